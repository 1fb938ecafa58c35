package gitstore

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"
)

// Format is the hash that names the objects of a repository.
type Format uint8

// The formats that git knows.
const (
	SHA1 Format = iota
	SHA256
)

// Size is the length of an ID in bytes: 20 or 32.
func (f Format) Size() int {
	if f == SHA256 {
		return sha256.Size
	}
	return sha1.Size
}

// String is the format's name as git's configuration writes it.
func (f Format) String() string {
	if f == SHA256 {
		return "sha256"
	}
	return "sha1"
}

func (f Format) hash() hash.Hash {
	if f == SHA256 {
		return sha256.New()
	}
	return sha1.New()
}

// Sum is the ID of an object of type t with these bytes.
func (f Format) Sum(t Type, data []byte) ID {
	h := f.hash()
	h.Write(appendHeader(nil, t, len(data)))
	h.Write(data)
	return f.id(h.Sum(nil))
}

// appendHeader appends what precedes an object's bytes where they are hashed
// or stored loose.
func appendHeader(b []byte, t Type, size int) []byte {
	b = append(append(b, t.String()...), ' ')
	return append(strconv.AppendInt(b, int64(size), 10), 0)
}

// id makes an ID of the first bytes of b, which must hold at least f.Size.
func (f Format) id(b []byte) ID {
	id := ID{size: uint8(f.Size())}
	copy(id.sum[:id.size], b)
	return id
}

// ID names an object. IDs are comparable; the zero ID names none.
type ID struct {
	sum  [sha256.Size]byte
	size uint8
}

// ParseID reads 40 or 64 hexadecimal digits.
func ParseID(s string) (ID, bool) {
	var id ID
	if len(s) != 2*sha1.Size && len(s) != 2*sha256.Size {
		return id, false
	}
	if _, err := hex.Decode(id.sum[:], []byte(s)); err != nil {
		return ID{}, false
	}
	id.size = uint8(len(s) / 2)
	return id, true
}

// IDFrom makes an ID of its binary form, 20 or 32 bytes.
func IDFrom(b []byte) (ID, bool) {
	if len(b) != sha1.Size && len(b) != sha256.Size {
		return ID{}, false
	}
	id := ID{size: uint8(len(b))}
	copy(id.sum[:], b)
	return id, true
}

// parseHex is ParseID for an ID of format f at the start of b.
func (f Format) parseHex(b []byte) (ID, bool) {
	n := 2 * f.Size()
	if len(b) < n {
		return ID{}, false
	}
	id := ID{size: uint8(n / 2)}
	if _, err := hex.Decode(id.sum[:], b[:n]); err != nil {
		return ID{}, false
	}
	return id, true
}

// IsZero tells that id names no object: it is the zero value, or all its digits
// are 0, as git writes "none".
func (id ID) IsZero() bool { return id.sum == [sha256.Size]byte{} }

// String is the ID in lower-case hexadecimal, empty for the zero value.
func (id ID) String() string { return hex.EncodeToString(id.sum[:id.size]) }

// Bytes is the binary form, a copy.
func (id ID) Bytes() []byte { return bytes.Clone(id.bytes()) }

// Append appends the binary form to b.
func (id ID) Append(b []byte) []byte { return append(b, id.sum[:id.size]...) }

func (id *ID) bytes() []byte { return id.sum[:id.size] }

// Compare orders IDs as git does: by their bytes.
func (id ID) Compare(other ID) int { return bytes.Compare(id.bytes(), other.bytes()) }

// Type is the type of an object. The numbers are those that packs use.
type Type uint8

// The types of objects.
const (
	TypeCommit Type = 1
	TypeTree   Type = 2
	TypeBlob   Type = 3
	TypeTag    Type = 4

	// Inside packs only: deltas against an earlier entry, or against a named
	// object.
	typeOffset Type = 6
	typeRef    Type = 7
)

var typeNames = [...]string{TypeCommit: "commit", TypeTree: "tree", TypeBlob: "blob", TypeTag: "tag"}

// String is git's word for the type, empty for none.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return ""
}

func parseType(name []byte) (Type, bool) {
	for t := TypeCommit; t <= TypeTag; t++ {
		if string(name) == typeNames[t] {
			return t, true
		}
	}
	return 0, false
}

// Types is a set of types; the zero value means all.
type Types uint8

// TypesOf makes a set.
func TypesOf(types ...Type) Types {
	var s Types
	for _, t := range types {
		s |= 1 << t
	}
	return s
}

func (s Types) has(t Type) bool { return s == 0 || s&(1<<t) != 0 }
