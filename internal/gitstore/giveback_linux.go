package gitstore

import "syscall"

// giveBack unmaps the pages of a mapping of a file until they are read again. The
// kernel keeps what it has read of the file.
func giveBack(data []byte) {
	// Where it fails, they stay.
	_ = syscall.Madvise(data, syscall.MADV_DONTNEED)
}
