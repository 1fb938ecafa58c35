package gitstore

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// maxLooseHeader is more than "commit" and the longest number take.
const maxLooseHeader = 32

var errLooseHeader = errors.New("its header is not known")

// looseHeader reads "type size" and a zero byte.
func looseHeader(b []byte) (t Type, size int64, length int, err error) {
	end := bytes.IndexByte(b, 0)
	if end < 0 {
		return 0, 0, 0, errLooseHeader
	}
	name, digits, ok := bytes.Cut(b[:end], []byte{' '})
	if !ok {
		return 0, 0, 0, errLooseHeader
	}
	t, ok = parseType(name)
	size, err = strconv.ParseInt(string(digits), 10, 63)
	if !ok || err != nil || size < 0 || len(digits) > 1 && digits[0] == '0' || digits[0] == '+' {
		return 0, 0, 0, errLooseHeader
	}
	return t, size, end + 1, nil
}

// looseBound is more than a loose file takes for an object that may be read.
func (s *Store) looseBound() int64 { return s.options.MaxObject + s.options.MaxObject>>8 + 4096 }

// readLoose reads a loose object into buf. With header only, it stops after
// type and size.
func (s *Store) readLoose(path string, buf []byte, st *state, headerOnly bool) (Type, int64, []byte, *Error) {
	fail := func(kind Kind, err error) (Type, int64, []byte, *Error) {
		return 0, 0, nil, &Error{Kind: kind, File: path, Err: err}
	}
	limit := s.looseBound()
	file, err := readLooseFile(path, limit, headerOnly)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fail(ErrMissing, nil)
	case errors.Is(err, errFileSize):
		return fail(ErrTooLarge, nil)
	case err != nil:
		return fail(ErrUnreadable, err)
	}
	var head [maxLooseHeader]byte
	n, err := st.z.prefix(head[:], file)
	if err != nil {
		return fail(ErrStream, err)
	}
	t, size, length, err := looseHeader(head[:n])
	if err != nil {
		return fail(ErrLoose, err)
	}
	if headerOnly {
		return t, size, nil, nil
	}
	switch {
	case size > s.options.MaxObject:
		return fail(ErrTooLarge, nil)
	case !plausible(uint64(size), int64(len(file))):
		return fail(ErrStream, errRatio)
	}
	buf = grow(buf, int(size)+length)
	if err := st.z.inflate(buf, file); err != nil {
		return fail(ErrStream, err)
	}
	return t, size, buf[:copy(buf, buf[length:])], nil
}

var errFileSize = errors.New("larger than allowed")

// readLooseFile reads the file, or as much of its start as a header needs.
func readLooseFile(path string, limit int64, headerOnly bool) ([]byte, error) {
	f, size, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	if headerOnly {
		// Tables of a first block come before its bytes.
		size = min(size, 4096)
	}
	if size > limit {
		return nil, errFileSize
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, err
	}
	return data, nil
}

// grow returns a slice of n bytes, in buf when it is large enough.
func grow(buf []byte, n int) []byte {
	if cap(buf) < n {
		return make([]byte, n)
	}
	return buf[:n]
}

// A looseObject is a file in an object directory.
type looseObject struct {
	id  ID
	dir int // in Store.objects
}

// looseObjects lists the loose objects of a directory. Files with other names
// (temporary ones, above all) are passed over.
func (s *Store) looseObjects(dir int, problem func(*Error)) []looseObject {
	var out []looseObject
	digits := 2*s.format.Size() - 2
	for first := range 256 {
		prefix := hex.EncodeToString([]byte{byte(first)})
		path := filepath.Join(s.objects[dir], prefix)
		entries, err := os.ReadDir(path)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				problem(&Error{Kind: ErrUnreadable, File: path, Err: err})
			}
			continue
		}
		for _, e := range entries {
			if len(e.Name()) != digits {
				continue
			}
			if id, ok := s.format.parseHex([]byte(prefix + e.Name())); ok {
				out = append(out, looseObject{id: id, dir: dir})
			}
		}
	}
	return out
}
