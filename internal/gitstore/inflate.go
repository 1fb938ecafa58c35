package gitstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/adler32"
	"io"

	"github.com/klauspost/compress/flate"
)

// An inflater reads zlib streams, one after another. It is the only place that
// knows how streams are decompressed.
type inflater struct {
	src bytes.Reader
	z   io.ReadCloser
}

var (
	errZlibHeader = errors.New("it does not begin as a zlib stream does")
	errTooShort   = errors.New("they make fewer bytes than declared")
	errTooLong    = errors.New("they make more bytes than declared")
	errAdler      = errors.New("their checksum differs")
	errRatio      = errors.New("they are too few for the size declared")
)

// maxRatio is the most that deflate can expand, rounded up: 258 bytes for two
// bits.
const maxRatio = 1032

// plausible tells whether n compressed bytes can make size bytes. It keeps a
// size that is a lie from allocating memory.
func plausible(size uint64, n int64) bool {
	return n > 0 && size <= uint64(n)*maxRatio
}

// inflate fills dst from the stream at the start of src, which must make
// exactly that many bytes; its checksum is verified. More may follow in src.
func (z *inflater) inflate(dst, src []byte) error {
	if err := z.start(src); err != nil {
		return err
	}
	if _, err := io.ReadFull(z.z, dst); err != nil {
		return shortStream(err)
	}
	var more [1]byte
	n, err := io.ReadFull(z.z, more[:])
	switch {
	case n > 0:
		return errTooLong
	case !errors.Is(err, io.EOF):
		return err
	}
	var sum [4]byte
	if _, err := io.ReadFull(&z.src, sum[:]); err != nil {
		return io.ErrUnexpectedEOF
	}
	if binary.BigEndian.Uint32(sum[:]) != adler32.Checksum(dst) {
		return errAdler
	}
	return nil
}

// prefix fills dst with the first bytes of the stream, as many as there are,
// and returns how many.
func (z *inflater) prefix(dst, src []byte) (int, error) {
	if err := z.start(src); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(z.z, dst)
	if errors.Is(err, io.EOF) || n > 0 && errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return n, err
}

func (z *inflater) start(src []byte) error {
	// RFC 1950: deflate with a window of at most 32 KiB, no dictionary.
	if len(src) < 2 || src[0]&0x8f != 0x08 || src[1]&0x20 != 0 || (uint(src[0])<<8|uint(src[1]))%31 != 0 {
		return errZlibHeader
	}
	z.src.Reset(src[2:])
	if z.z == nil {
		z.z = flate.NewReader(&z.src)
		return nil
	}
	return z.z.(flate.Resetter).Reset(&z.src, nil)
}

func shortStream(err error) error {
	if errors.Is(err, io.EOF) {
		return errTooShort
	}
	return err
}
