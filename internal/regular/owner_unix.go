//go:build unix

package regular

import (
	"io/fs"
	"os"
	"syscall"
)

// Owned reports whether a file is of the user that this process runs as.
func Owned(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int64(stat.Uid) == int64(os.Geteuid())
}

// WritableByOthers reports whether somebody else may change a file.
func WritableByOthers(info fs.FileInfo) bool { return info.Mode().Perm()&0o022 != 0 }

// ReachableByOthers reports whether somebody else may read or change a file.
func ReachableByOthers(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }
