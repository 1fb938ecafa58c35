package gitstore

import (
	"bytes"
	"strconv"
)

// A Commit is the header of a commit. Its slices are parts of the bytes that it
// was read from, except Parents.
type Commit struct {
	Tree    ID
	Parents []ID
	Author  Signature
	// Committer's time orders commits.
	Committer Signature
	// Encoding is that of names and message; empty for UTF-8.
	Encoding []byte
	Message  []byte
}

// A Signature says who did something when.
type Signature struct {
	Name, Email []byte
	// Time is in seconds since 1970 in UTC, Zone in minutes east of it. Both
	// are 0 when Dated is false: the line has no time that can be read.
	Time  int64
	Zone  int
	Dated bool
}

// A Tag is the header of an annotated tag.
type Tag struct {
	Object  ID
	Type    Type
	Name    []byte
	Tagger  Signature
	Message []byte
}

// ParseCommit reads a commit into c, and uses the memory of c.Parents again. Only
// the tree and the parents must have their form; of other lines is taken what
// can be read, as git does. The error is [ErrParse].
func (f Format) ParseCommit(data []byte, c *Commit) error {
	*c = Commit{Parents: c.Parents[:0]}
	var ok bool
	key, value, rest := headerLine(data)
	if c.Tree, ok = f.parseLine(value); string(key) != "tree" || !ok {
		return &Error{Kind: ErrParse}
	}
	for {
		data = rest
		key, value, rest = headerLine(data)
		if string(key) != "parent" {
			break
		}
		parent, ok := f.parseLine(value)
		if !ok {
			return &Error{Kind: ErrParse}
		}
		c.Parents = append(c.Parents, parent)
	}
	for key != nil {
		switch string(key) {
		case "author":
			c.Author = parseSignature(value)
		case "committer":
			c.Committer = parseSignature(value)
		case "encoding":
			c.Encoding = value
		}
		data = rest
		key, value, rest = headerLine(data)
	}
	c.Message = rest
	return nil
}

// ParseTag reads an annotated tag into t. The error is [ErrParse].
func (f Format) ParseTag(data []byte, t *Tag) error {
	*t = Tag{}
	key, value, rest := headerLine(data)
	var ok bool
	if t.Object, ok = f.parseLine(value); string(key) != "object" || !ok {
		return &Error{Kind: ErrParse}
	}
	key, value, rest = headerLine(rest)
	if t.Type, ok = parseType(value); string(key) != "type" || !ok {
		return &Error{Kind: ErrParse}
	}
	for {
		if key, value, rest = headerLine(rest); key == nil {
			break
		}
		switch string(key) {
		case "tag":
			t.Name = value
		case "tagger":
			t.Tagger = parseSignature(value)
		}
	}
	t.Message = rest
	return nil
}

// headerLine takes a line "key value" off a header. The key is nil at the
// header's end, and rest is then what follows the empty line. Lines that begin
// with a space go on with the line before, whose key was another: they are
// passed over.
func headerLine(data []byte) (key, value, rest []byte) {
	for {
		line, rest, _ := bytes.Cut(data, []byte{'\n'})
		switch {
		case len(line) == 0:
			return nil, nil, rest
		case line[0] == ' ':
			data = rest
			continue
		}
		key, value, _ = bytes.Cut(line, []byte{' '})
		return key, value, rest
	}
}

// parseLine reads a value that is an ID and nothing else.
func (f Format) parseLine(value []byte) (ID, bool) {
	if len(value) != 2*f.Size() {
		return ID{}, false
	}
	return f.parseHex(value)
}

// parseSignature reads "Name <email> seconds zone". Like git, it takes the first
// "<" for the name's end and the last ">" for the address's.
func parseSignature(line []byte) Signature {
	var s Signature
	open, end := bytes.IndexByte(line, '<'), bytes.LastIndexByte(line, '>')
	if open < 0 {
		s.Name = bytes.TrimSpace(line)
		return s
	}
	s.Name = bytes.TrimSpace(line[:open])
	if end < open {
		return s
	}
	s.Email = bytes.TrimSpace(line[open+1 : end])
	seconds, zone, _ := bytes.Cut(bytes.TrimSpace(line[end+1:]), []byte{' '})
	time, err := strconv.ParseInt(string(seconds), 10, 64)
	if err != nil {
		return s
	}
	s.Time, s.Dated = time, true
	if minutes, err := strconv.Atoi(string(zone)); err == nil && minutes > -10000 && minutes < 10000 {
		s.Zone = minutes/100*60 + minutes%100
	}
	return s
}

// maxPeel bounds how many tags may lead to each other.
const maxPeel = 64

// Peel follows tags from an object to what they are for. An object that is no
// tag is its own. Errors are those of Object, and [ErrParse] for a tag that is
// malformed, [ErrType] for one whose object has another type than it says.
func (s *Store) Peel(id ID) (ID, Type, error) {
	t, _, err := s.Stat(id)
	if err != nil {
		return ID{}, 0, err
	}
	var tag Tag
	var buf []byte
	for range maxPeel {
		if t != TypeTag {
			return id, t, nil
		}
		if _, buf, err = s.Object(id, buf); err != nil {
			return ID{}, 0, err
		}
		if err := s.format.ParseTag(buf, &tag); err != nil {
			return ID{}, 0, &Error{Kind: ErrParse, ID: id}
		}
		if t, _, err = s.Stat(tag.Object); err != nil {
			return ID{}, 0, err
		}
		if t != tag.Type {
			return ID{}, 0, &Error{Kind: ErrType, ID: tag.Object}
		}
		id = tag.Object
	}
	return ID{}, 0, &Error{Kind: ErrDepth, ID: id}
}
