package snapshot

import (
	"fmt"

	"github.com/envtight/envtight"
)

// Error says where and why a snapshot is refused. It never quotes the file: what
// does not belong there may be a value.
type Error struct {
	// Path is the file, as the caller of [Decode] named it; it may be empty.
	Path string
	// At is the place.
	At envtight.Position
	// Problem says what is wrong, Advice what to do about it.
	Problem string
	Advice  string
}

// Error returns "path:line:column: problem".
func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Location(), e.Problem) }

// Location returns the place in the file.
func (e *Error) Location() envtight.Location {
	return envtight.Location{Kind: envtight.AtFile, Path: e.Path, Range: envtight.Range{Start: e.At, End: e.At}}
}

const (
	adviceNew     = "take a new snapshot: envtight snapshot -o FILE"
	adviceMerge   = "take the file of one side, or a new snapshot: envtight snapshot -o FILE"
	adviceUpgrade = "upgrade envtight"
)
