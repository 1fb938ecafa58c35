//go:build !unix

package cache

import "io/fs"

// Elsewhere permissions are not told by a mode: the directory for caches lies in
// the user's profile, which is closed to other users.

func owned(fs.FileInfo) bool { return true }

func writableByOthers(fs.FileInfo) bool { return false }

func reachableByOthers(fs.FileInfo) bool { return false }
