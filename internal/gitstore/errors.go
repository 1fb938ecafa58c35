package gitstore

import "strings"

// Kind says what is wrong, in the words that a report can use. It is an error,
// so that errors.Is finds it in an [Error].
type Kind string

func (k Kind) Error() string { return string(k) }

// What can be wrong.
const (
	// ErrNotRepository: the directory is in no repository.
	ErrNotRepository Kind = "not a git repository"
	// ErrUnsupported: the repository uses a version or an extension that is
	// not known here, so nothing that it holds can be judged.
	ErrUnsupported Kind = "repository uses a format that is not known"
	// ErrUnreadable: a file cannot be opened or read, or is no regular file.
	ErrUnreadable Kind = "file cannot be read"
	// ErrIndex: a pack index contradicts itself.
	ErrIndex Kind = "pack index is damaged"
	// ErrPack: a file is no pack of a known version.
	ErrPack Kind = "pack is damaged"
	// ErrMismatch: index and pack do not belong together.
	ErrMismatch Kind = "pack index belongs to another pack"
	// ErrEntry: the header of an entry is impossible.
	ErrEntry Kind = "pack entry is damaged"
	// ErrStream: compressed data are damaged, end early or go on too long.
	ErrStream Kind = "compressed data are damaged"
	// ErrDelta: a delta's instructions do not fit its base or its result.
	ErrDelta Kind = "delta is damaged"
	// ErrBase: the base of a delta is missing or damaged itself.
	ErrBase Kind = "base of a delta is missing"
	// ErrCycle: deltas are each other's base.
	ErrCycle Kind = "deltas go round in a circle"
	// ErrDepth: a chain of deltas is longer than any that git writes.
	ErrDepth Kind = "chain of deltas is too long"
	// ErrTooLarge: an object is larger than Options.MaxObject.
	ErrTooLarge Kind = "object is too large"
	// ErrTooMuch: the objects walked over make more than WalkOptions.MaxTotal.
	ErrTooMuch Kind = "objects are too large together"
	// ErrMissing: the object is in no place.
	ErrMissing Kind = "object is missing"
	// ErrLoose: a loose object's header is damaged or its size wrong.
	ErrLoose Kind = "loose object is damaged"
	// ErrHash: an object is not what its name says (with WalkOptions.Verify).
	ErrHash Kind = "object does not match its name"
	// ErrAlternates: the list of alternates loops or is too deep.
	ErrAlternates Kind = "list of alternates cannot be followed"
	// ErrRef: a ref, or a file that holds refs, is damaged.
	ErrRef Kind = "ref is damaged"
	// ErrStaged: the index is damaged or has a form that is not known here.
	ErrStaged Kind = "index is damaged or of a form that is not known"
	// ErrParse: a commit, tree or tag does not have the form it must have.
	ErrParse Kind = "object is malformed"
	// ErrType: an object has another type than is needed.
	ErrType Kind = "object has another type"
	// ErrVanished: a file was cut short while it was being read.
	ErrVanished Kind = "file changed while it was read"
)

// Error is a thing that could not be read. Its text names files and objects,
// never their contents.
type Error struct {
	// Kind is one of the constants above.
	Kind Kind
	// File is the file that is at fault; empty when it is none in particular.
	File string
	// Offset is the place in File; 0 when the file as a whole is meant.
	Offset int64
	// ID is the object that cannot be had for it; zero when it is not known,
	// or when a whole file is meant.
	ID ID
	// Err is the cause below, if there is one.
	Err error
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		b.WriteString(": ")
	}
	if !e.ID.IsZero() {
		b.WriteString(e.ID.String())
		b.WriteString(": ")
	}
	b.WriteString(string(e.Kind))
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

// Unwrap lets errors.Is find the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

func (e *Error) withID(id ID) *Error {
	if e.ID.IsZero() {
		e.ID = id
	}
	return e
}
