package python

import (
	"context"
	"path"
	"sync"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
)

// Reader returns the reader of Python files.
func Reader() usage.Reader {
	return usage.Reader{Name: "Python", Match: match, Scan: scan}
}

func match(p string) bool {
	ext := path.Ext(p)
	return ext == ".py" || ext == ".pyw"
}

func scan(ctx context.Context, in *usage.Input) []usage.File {
	files := make([]*usage.File, len(in.Paths))
	memory := sync.Pool{New: func() any { return &script{} }}
	in.Each(ctx, in.Paths, func(i int, p string) {
		text, ok := in.Text(p)
		if !ok || !isMarked(text) {
			return
		}
		s := memory.Get().(*script)
		defer memory.Put(s)
		s.analyse(p, text, nil)
		files[i] = s.file(p)
	})
	var out []usage.File
	for _, f := range files {
		if f != nil {
			out = append(out, *f)
		}
	}
	return out
}

// file turns what was found into a file, nil when nothing was.
func (s *script) file(p string) *usage.File {
	if len(s.reads) == 0 {
		return nil
	}
	f := &usage.File{Path: p, Surface: envtight.OnCode}
	lines := envtight.NewLines(s.text)
	scope := usage.ScopeOf(p)
	for _, r := range s.sorted() {
		f.Reads = append(f.Reads, usage.Read{Name: r.name, Kind: r.kind, Scope: scope, Via: r.via, Range: lines.Range(r.span)})
	}
	return f
}
