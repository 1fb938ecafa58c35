package archive

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"io"
	"strconv"
)

type format int

const (
	plain format = iota
	isZip
	isTar
	isGzip
	isBzip2
	isUnsupported // it would need more than the standard library
)

// headLen is how many bytes tell the format.
const headLen = 512

// magics are what files begin with, as the specifications of the formats say.
var magics = []struct {
	begin  string
	format format
}{
	{"PK\x03\x04", isZip},
	{"PK\x05\x06", isZip}, // without members
	{"\x1f\x8b\x08", isGzip},
	{"\xfd7zXZ\x00", isUnsupported},
	{"\x28\xb5\x2f\xfd", isUnsupported},   // zstd
	{"7z\xbc\xaf\x27\x1c", isUnsupported}, // 7-Zip
	{"Rar!\x1a\x07", isUnsupported},       // RAR
	{"\x04\x22\x4d\x18", isUnsupported},   // LZ4
}

func formatOf(head []byte) format {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.begin)) {
			return m.format
		}
	}
	switch {
	case isBzip2Head(head):
		return isBzip2
	case isTarHead(head):
		return isTar
	}
	return plain
}

// isBzip2Head looks at the first block, too, as a text may begin with "BZh9".
func isBzip2Head(head []byte) bool {
	const prefix = len("BZh9")
	if len(head) < prefix || !bytes.HasPrefix(head, []byte("BZh")) {
		return false
	}
	block := head[prefix:]
	return bytes.HasPrefix(block, []byte("\x31\x41\x59\x26\x53\x59")) ||
		bytes.HasPrefix(block, []byte("\x17\x72\x45\x38\x50\x90")) // empty
}

// isTarHead tells by the checksum, as the oldest tar archives have no magic: the
// sum of the header's bytes with the sum itself blank, in octal digits.
func isTarHead(head []byte) bool {
	const start, end = 148, 156
	if len(head) < headLen {
		return false
	}
	want, err := strconv.ParseInt(string(bytes.Trim(head[start:end], " \x00")), 8, 64)
	if err != nil {
		return false
	}
	sum := int64(' ') * (end - start)
	for i, c := range head[:headLen] {
		if i < start || i >= end {
			sum += int64(c)
		}
	}
	return sum == want
}

// compressed looks at what a decompressor gives: the members of a tar archive, or
// one file that has no name of its own.
func (w *walk) compressed(name string, f format, packed io.Reader, depth int) bool {
	var stream io.Reader
	if f == isGzip {
		unzip, err := gzip.NewReader(packed)
		if err != nil {
			return w.fail(name, err)
		}
		stream = unzip
	} else {
		stream = bzip2.NewReader(packed)
	}
	buffered := bufio.NewReader(&meter{stream, &w.unpacked})
	if head, _ := buffered.Peek(headLen); isTarHead(head) {
		return w.tar(name, buffered, depth)
	}
	return w.file(name, buffered, 0, depth)
}

func (w *walk) tar(name string, stream io.Reader, depth int) bool {
	r := tar.NewReader(stream)
	for {
		header, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return true
		case err != nil && !errors.Is(err, tar.ErrInsecurePath):
			return w.fail(name, err)
		}
		if !w.next(name) {
			return false
		}
		if header.FileInfo().Mode().IsRegular() && !w.file(join(name, header.Name), r, header.Size, depth) {
			return false
		}
	}
}

func (w *walk) zip(name string, r io.ReaderAt, size int64, depth int) bool {
	n, err := entries(r, size)
	switch {
	case err != nil:
		return w.fail(name, err)
	case n > w.limits.Members-w.members:
		return w.fail(name, ErrMembers)
	}
	archive, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return w.fail(name, err)
	}
	for _, f := range archive.File {
		if !w.next(name) {
			return false
		}
		if f.Mode().IsRegular() && !w.zipped(join(name, f.Name), f, depth) {
			return false
		}
	}
	return true
}

// zipped looks at a member of a zip archive.
func (w *walk) zipped(name string, f *zip.File, depth int) bool {
	const encrypted = 1
	if f.Flags&encrypted != 0 {
		return w.fail(name, ErrEncrypted)
	}
	r, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		err = ErrUnsupported
	}
	if err != nil {
		return w.fail(name, err)
	}
	defer func() { _ = r.Close() }() // it was only read
	size := int64(min(f.UncompressedSize64, 1<<62))
	return w.file(name, &meter{r, &w.unpacked}, size, depth)
}

// entries counts what could be entries of a zip archive's directory, which package
// zip reads as a whole: a small one can have millions.
func entries(r io.ReaderAt, size int64) (int, error) {
	magic := []byte("PK\x01\x02")
	buffer := make([]byte, 64<<10)
	n, keep := 0, 0
	for at := int64(0); at < size; {
		got, err := r.ReadAt(buffer[keep:min(int64(len(buffer)), int64(keep)+size-at)], at)
		if got == 0 {
			return n, err //nolint:wrapcheck // see watched
		}
		at += int64(got)
		n += bytes.Count(buffer[:keep+got], magic)
		keep = copy(buffer, buffer[max(0, keep+got-len(magic)+1):keep+got])
	}
	return n, nil
}
