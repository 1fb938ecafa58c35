package program

import (
	"bytes"
	"errors"
)

// Output keeps what a program writes, up to Max bytes. Beyond that it drops the
// rest, or fails the write so that the program is stopped. It is for one writer.
type Output struct {
	Max  int
	Drop bool
	// Stop, when it is not nil, is called when there is too much.
	Stop func()

	// A buffer that was embedded would be read into past Write.
	buffer bytes.Buffer
	over   bool
}

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	if o.buffer.Len()+len(p) <= o.Max {
		return o.buffer.Write(p)
	}
	if o.Drop {
		_, _ = o.buffer.Write(p[:o.Max-o.buffer.Len()])
		return len(p), nil
	}
	o.over = true
	if o.Stop != nil {
		o.Stop()
	}
	return 0, errors.New("too much output")
}

// Over reports whether there was too much.
func (o *Output) Over() bool { return o.over }

// Bytes returns what was kept.
func (o *Output) Bytes() []byte { return o.buffer.Bytes() }

// String returns what was kept.
func (o *Output) String() string { return o.buffer.String() }
