//go:build unix

package cache

import (
	"io/fs"
	"os"
	"syscall"
)

// owned reports whether a file is of the user that this process runs as.
func owned(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int64(stat.Uid) == int64(os.Geteuid())
}

func writableByOthers(info fs.FileInfo) bool { return info.Mode().Perm()&0o022 != 0 }

func reachableByOthers(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }
