package gitstore

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync/atomic"
)

// A file is an index or a pack that is open: mapped where that is possible,
// read piece by piece where it is not.
type file struct {
	path  string
	size  int64
	data  []byte // all of it, when mapped
	unmap func() error
	read  atomic.Int64 // bytes of it that were passed, when mapped
	f     *os.File     // when not mapped
}

// maxPassed is how many bytes of a mapped file are read before its pages are given
// back. Several times as many are mapped by then: the kernel maps what is round a
// page, too.
const maxPassed = 8 << 20

var errNotRegular = errors.New("not a regular file")

// openRegular opens a file, or what a symbolic link leads to, when it is a
// regular one. A fifo or a device is not even opened: that could block or have
// effects.
func openRegular(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, errNotRegular
	}
	f, err := os.OpenFile(path, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, 0, err
	}
	// It may have been exchanged in between.
	info, err = f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

// readFile reads a regular file of at most limit bytes.
func readFile(path string, limit int64) ([]byte, error) {
	f, size, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	if size > limit {
		return nil, fmt.Errorf("larger than %d bytes", limit)
	}
	data := make([]byte, size)
	n, err := io.ReadFull(f, data)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // it was cut in between; the reader of the format will see
	}
	return data[:n], err
}

func openFile(path string, noMap bool) (*file, error) {
	f, size, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	file := &file{path: path, size: size}
	if !noMap && size > 0 && int64(int(size)) == size {
		if data, unmap, err := mapFile(f, int(size)); err == nil {
			file.data, file.unmap = data, unmap
			return file, f.Close()
		}
	}
	file.f = f
	return file, nil
}

func (f *file) close() error {
	var err error
	if f.unmap != nil {
		err = f.unmap()
	}
	if f.f != nil {
		err = errors.Join(err, f.f.Close())
	}
	f.data, f.unmap, f.f = nil, nil, nil
	return err
}

// bytes returns the bytes from off up to end, or up to the file's end when that
// comes first. A file that is not mapped is read into *scratch, which grows as
// needed.
func (f *file) bytes(off, end int64, scratch *[]byte) ([]byte, error) {
	end = min(end, f.size)
	if off < 0 || off >= end {
		return nil, nil
	}
	if f.data != nil {
		return f.data[off:end], nil
	}
	if f.f == nil {
		return nil, os.ErrClosed
	}
	n := int(end - off)
	if cap(*scratch) < n {
		*scratch = make([]byte, n)
	}
	b := (*scratch)[:n]
	got, err := f.f.ReadAt(b, off)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return b[:got], err
}

// passed tells that n bytes of a file have been read and are not needed soon. Now
// and then the pages of a mapped file are given back: what a walk goes through once
// would else stay in memory until it ends, which is counted as the process's own.
// They may be in use at that time, and are mapped again then.
func (f *file) passed(n int64) {
	if f.unmap == nil {
		return
	}
	if total := f.read.Add(n); total/maxPassed != (total-n)/maxPassed {
		giveBack(f.data)
	}
}

// A mapped file that somebody cuts short faults where it is read. guard turns
// that into an error: it is to be deferred with the result of armFaults.
//
//	defer guard(armFaults(), &err)
func guard(before bool, err *error) {
	debug.SetPanicOnFault(before)
	if fault := asFault(recover()); fault != nil {
		*err = fault
	}
}

func armFaults() bool { return debug.SetPanicOnFault(true) }

// asFault takes what recover returned. Only a fault at an address becomes an
// error; any other panic goes on.
func asFault(r any) *Error {
	if r == nil {
		return nil
	}
	fault, ok := r.(interface {
		error
		Addr() uintptr
	})
	if !ok {
		panic(r)
	}
	return &Error{Kind: ErrVanished, Err: fault}
}
