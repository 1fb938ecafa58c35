package gitstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"path/filepath"
	"strings"
)

// Reftables keep refs in a stack of binary tables: later ones override earlier
// ones. Source: git's Documentation/technical/reftable. Only blocks of refs are
// read; logs, and the indexes that make single look-ups fast, are passed over.

var (
	errTableMagic = errors.New("it is no reftable of a known version")
	errTableHash  = errors.New("it is for another object format")
	errTableCRC   = errors.New("its checksum differs")
	errTableBlock = errors.New("a block is damaged")
	errTableName  = errors.New("the list names something else than a table")
)

// maxReloads is how often a stack is read again when a table has gone: another
// process may have merged tables in between.
const maxReloads = 3

func (r *refReader) loadReftables(dir string, all map[string]Ref) {
	for reload := 0; ; reload++ {
		clear(all)
		err := r.loadStack(dir, all)
		if err == nil {
			return
		}
		if !errors.Is(err.Err, fs.ErrNotExist) || reload == maxReloads {
			r.problem(err)
			return
		}
	}
}

func (r *refReader) loadStack(dir string, all map[string]Ref) *Error {
	list := filepath.Join(dir, "tables.list")
	names, err := readFile(list, maxSmall)
	if err != nil {
		return &Error{Kind: ErrUnreadable, File: list, Err: err}
	}
	for name := range strings.FieldsSeq(string(names)) {
		if strings.ContainsAny(name, `/\`) || strings.HasPrefix(name, ".") {
			return &Error{Kind: ErrRef, File: list, Err: errTableName}
		}
		path := filepath.Join(dir, name)
		data, err := readFile(path, maxPackedRefs)
		if err != nil {
			return &Error{Kind: ErrUnreadable, File: path, Err: err}
		}
		err = parseReftable(data, r.store.format, func(ref Ref, deleted bool) {
			if deleted {
				delete(all, ref.Name)
			} else {
				all[ref.Name] = ref
			}
		})
		if err != nil {
			return &Error{Kind: ErrRef, File: path, Err: err}
		}
	}
	return nil
}

// A reftable is the outline of a table.
type reftable struct {
	data      []byte // without the footer
	header    int
	blockSize int
	end       int // of the blocks of refs
	idSize    int
}

// parseReftable hands out the refs of a table in their order.
func parseReftable(data []byte, format Format, yield func(ref Ref, deleted bool)) error {
	t, err := openReftable(data, format)
	if err != nil {
		return err
	}
	for at := 0; at < t.end; {
		start := at
		if at == 0 {
			start = t.header // the first block has the file's header in it
		}
		if start+4 > t.end || t.data[start] != 'r' {
			return nil // there are no refs, or no more
		}
		size := int(t.data[start+1])<<16 | int(t.data[start+2])<<8 | int(t.data[start+3])
		if size < start-at+4+2 || size > len(t.data)-at {
			return errTableBlock
		}
		if err := t.block(t.data[start+4:at+size], format, yield); err != nil {
			return err
		}
		// A block is filled up with zeros to the size of all, unless blocks
		// are not aligned.
		full := t.blockSize
		if full == 0 || size > full || size < full && at+size < len(t.data) && t.data[at+size] != 0 {
			full = size
		}
		at += full
	}
	return nil
}

func openReftable(data []byte, format Format) (reftable, error) {
	t := reftable{idSize: format.Size()}
	if len(data) < 24 || string(data[:4]) != "REFT" {
		return t, errTableMagic
	}
	version := data[4]
	switch version {
	case 1:
		t.header = 24
		if format != SHA1 {
			return t, errTableHash
		}
	case 2:
		t.header = 28
	default:
		return t, errTableMagic
	}
	footer := t.header + 5*8 + 4
	if len(data) < t.header+footer {
		return t, errTableMagic
	}
	if version == 2 && string(data[24:28]) != map[Format]string{SHA1: "sha1", SHA256: "s256"}[format] {
		return t, errTableHash
	}
	foot := data[len(data)-footer:]
	if !bytes.Equal(foot[:t.header], data[:t.header]) {
		return t, errTableBlock
	}
	if crc32.ChecksumIEEE(foot[:footer-4]) != binary.BigEndian.Uint32(foot[footer-4:]) {
		return t, errTableCRC
	}
	t.data = data[:len(data)-footer]
	t.blockSize = int(data[5])<<16 | int(data[6])<<8 | int(data[7])
	t.end = len(t.data)
	// Where the next section begins: index of refs, objects, logs.
	positions := foot[t.header:]
	for _, at := range []uint64{
		binary.BigEndian.Uint64(positions), binary.BigEndian.Uint64(positions[8:]) >> 5, binary.BigEndian.Uint64(positions[24:]),
	} {
		if at > 0 {
			t.end = int(min(uint64(t.end), at))
		}
	}
	return t, nil
}

// block reads the records of a block, whose bytes end with the table of restart
// points. Every name is the start of the one before and a suffix.
func (t *reftable) block(b []byte, format Format, yield func(Ref, bool)) error {
	restarts := int(binary.BigEndian.Uint16(b[len(b)-2:]))
	tail := 3*restarts + 2
	if tail > len(b) {
		return errTableBlock
	}
	b = b[:len(b)-tail]
	var name []byte
	for len(b) > 0 {
		r := reftableReader{rest: b}
		prefix, suffix := r.varint(), r.varint()
		kind := suffix & 7
		if prefix > uint64(len(name)) {
			return errTableBlock
		}
		name = append(name[:prefix], r.bytes(suffix>>3)...)
		r.varint() // when it was written
		ref := Ref{}
		switch kind {
		case 0:
		case 1:
			ref.ID = r.id(format)
		case 2:
			ref.ID, ref.Peeled = r.id(format), r.id(format)
		case 3:
			ref.Target = string(r.bytes(r.varint()))
		default:
			return errTableBlock
		}
		if ref.Name = string(name); r.bad || !validRefName(ref.Name) || kind == 3 && !validRefName(ref.Target) {
			return errTableBlock
		}
		yield(ref, kind == 0)
		b = r.rest
	}
	return nil
}

// A reftableReader takes fields off a record; after a bad one, all are empty.
type reftableReader struct {
	rest []byte
	bad  bool
}

func (r *reftableReader) varint() uint64 {
	v, n := backVarint(r.rest)
	if n == 0 {
		r.bad, r.rest = true, nil
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reftableReader) bytes(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.bad, r.rest = true, nil
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reftableReader) id(format Format) ID {
	b := r.bytes(uint64(format.Size()))
	if b == nil {
		return ID{}
	}
	return format.id(b)
}
