//go:build unix && !aix && !solaris && !illumos

package gitstore

import (
	"os"
	"syscall"
)

// openFlags keep a fifo that took the place of a file from blocking.
const openFlags = syscall.O_NONBLOCK

func mapFile(f *os.File, size int) ([]byte, func() error, error) {
	data, err := syscall.Mmap(int(f.Fd()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, nil, err
	}
	return data, func() error { return syscall.Munmap(data) }, nil
}
