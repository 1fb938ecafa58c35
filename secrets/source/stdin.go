package source

import (
	"context"
	"fmt"
	"io"
	"iter"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
)

// StdinOptions say how a stream is looked at. The zero value is sensible.
type StdinOptions struct {
	// Path is what rules and findings take for the path of the text; there is
	// none when it is empty.
	Path string
	// Max is how many bytes are looked at; 100 MiB when it is 0.
	Max int64
}

// Stdin is a stream.
type Stdin struct {
	stream  io.Reader
	options StdinOptions
}

const streamBytes = "bytes of standard input"

// NewStdin makes a source of a stream, which can be scanned once.
func NewStdin(stream io.Reader, o StdinOptions) *Stdin { return &Stdin{stream: stream, options: o} }

// Scan implements [secrets.Source]. When the stream breaks off, what was read is
// looked at all the same.
func (s *Stdin) Scan(ctx context.Context, d *secrets.Detector, o secrets.Options) iter.Seq2[secrets.Finding, error] {
	return func(yield func(secrets.Finding, error) bool) {
		limit := s.options.Max
		if limit <= 0 {
			limit = defaultMaxFile
		}
		type answer struct {
			text []byte
			err  error
		}
		// Whoever writes may never end.
		done := make(chan answer, 1)
		go func() {
			text, err := io.ReadAll(io.LimitReader(s.stream, limit+1))
			done <- answer{text, err}
		}()
		var got answer
		select {
		case got = <-done:
		case <-ctx.Done():
			yield(secrets.Finding{}, ctx.Err())
			return
		}
		if int64(len(got.text)) > limit {
			got.text = got.text[:limit]
			o.Incomplete(envtight.Incompleteness{
				Silence: envtight.Failed, Count: 1,
				Cause:  fmt.Sprintf("only the first %s of the standard input were looked at", amount(limit)),
				Advice: "raise the limit, or send less at a time",
			})
		}
		if got.err != nil {
			o.Incomplete(envtight.Incompleteness{
				Silence: envtight.Failed, Count: 1,
				Cause: fmt.Sprintf("the standard input broke off: %v", bare(got.err)),
			})
		}
		file := secrets.File{Path: s.options.Path}
		if d.Allows(file) {
			o.Looked(streamBytes, 0)
			o.Incomplete(envtight.Incompleteness{
				Silence: envtight.NotAsked, Count: 1,
				Cause: "the standard input was not looked at: the rules pass over files of this path",
			})
			return
		}
		o.Looked(streamBytes, len(got.text))
		name := file.Path
		if name == "" {
			name = "stdin"
		}
		matches := append(d.DetectPath(file), d.Detect(file, got.text)...)
		// No file of the work tree: a line of one must not be shown for it.
		at := envtight.Location{Kind: envtight.AtObject, Path: name}
		for _, f := range d.Findings(at, got.text, matches, o) {
			o.Except(&f, got.text)
			if !yield(f, nil) {
				return
			}
		}
	}
}
