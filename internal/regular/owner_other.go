//go:build !unix

package regular

import "io/fs"

// Elsewhere permissions are not told by a mode. Files lie in places that are
// closed to other users, or are theirs by intent.

// Owned reports whether a file is of the user that this process runs as.
func Owned(fs.FileInfo) bool { return true }

// WritableByOthers reports whether somebody else may change a file.
func WritableByOthers(fs.FileInfo) bool { return false }

// ReachableByOthers reports whether somebody else may read or change a file.
func ReachableByOthers(fs.FileInfo) bool { return false }
