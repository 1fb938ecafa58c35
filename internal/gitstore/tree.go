package gitstore

import "bytes"

// Modes of tree entries. Files of old repositories may have others, as 0o100664.
const (
	ModeTree   = 0o040000
	ModeFile   = 0o100644
	ModeExec   = 0o100755
	ModeLink   = 0o120000
	ModeModule = 0o160000
)

// A TreeEntry is a line of a tree. Name is a part of the tree's bytes; it is not
// empty and holds no zero byte, and everything else is possible in a tree that
// was made to harm: "..", "/", ".git".
type TreeEntry struct {
	Mode uint32
	Name []byte
	ID   ID
}

// IsTree tells that the entry is a directory.
func (e *TreeEntry) IsTree() bool { return e.Mode&0o170000 == ModeTree }

// IsModule tells that the entry is a commit of another repository.
func (e *TreeEntry) IsModule() bool { return e.Mode&0o170000 == ModeModule }

// A TreeReader hands out the entries of a tree in their order, without memory of
// its own.
type TreeReader struct {
	rest   []byte
	format Format
	bad    bool
}

// ReadTree begins to read a tree's bytes.
func (f Format) ReadTree(data []byte) TreeReader { return TreeReader{rest: data, format: f} }

// Next fills e with the next entry. It returns false at the end, or where the
// tree is malformed.
func (r *TreeReader) Next(e *TreeEntry) bool {
	if len(r.rest) == 0 || r.bad {
		return false
	}
	size := r.format.Size()
	var mode uint32
	i := 0
	for ; i < len(r.rest) && r.rest[i] != ' '; i++ {
		digit := r.rest[i] - '0'
		if digit > 7 || i > 6 {
			r.bad = true
			return false
		}
		mode = mode<<3 | uint32(digit)
	}
	end := -1
	if i > 0 && i < len(r.rest) {
		end = bytes.IndexByte(r.rest[i+1:], 0)
	}
	if end < 1 || len(r.rest) < i+1+end+1+size {
		r.bad = true
		return false
	}
	name := r.rest[i+1 : i+1+end]
	rest := r.rest[i+1+end+1:]
	e.Mode, e.Name, e.ID = mode, name, r.format.id(rest)
	r.rest = rest[size:]
	return true
}

// Err is [ErrParse] when Next stopped before the tree's end.
func (r *TreeReader) Err() error {
	if r.bad {
		return &Error{Kind: ErrParse}
	}
	return nil
}
