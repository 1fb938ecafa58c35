package usage_test

import (
	"context"
	"path"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/workspace"
)

// words is a reader of a language whose files hold one name each.
func words(extension string) usage.Reader {
	return usage.Reader{
		Name:  extension,
		Match: func(p string) bool { return path.Ext(p) == extension },
		Scan: func(ctx context.Context, in *usage.Input) []usage.File {
			files := make([]usage.File, len(in.Paths))
			in.Each(ctx, in.Paths, func(i int, p string) {
				files[i].Path = p
				if text, ok := in.Text(p); ok {
					files[i].Reads = []usage.Read{{Name: string(text)}}
				}
			})
			return files
		},
	}
}

func TestScan(t *testing.T) {
	fsys := fstest.MapFS{
		"b.a": {Data: []byte("B")}, "a.a": {Data: []byte("A")}, "c.b": {Data: []byte("C")}, "d.c": {Data: []byte("D")},
		"large.a": {Data: make([]byte, 100)},
	}
	w, err := workspace.Load(t.Context(), fsys, workspace.Options{MaxFileSize: 50})
	if err != nil {
		t.Fatal(err)
	}
	got, err := usage.Scan(t.Context(), w, []usage.Reader{words(".b"), words(".a")}, 3)
	if err != nil {
		t.Fatal(err)
	}
	name := func(n string) []usage.Read { return []usage.Read{{Name: n}} }
	want := &usage.Result{
		Files:  []usage.File{{Path: "a.a", Reads: name("A")}, {Path: "b.a", Reads: name("B")}, {Path: "c.b", Reads: name("C")}, {Path: "large.a"}},
		Looked: 3, Bytes: 3, Unread: []string{"large.a"},
		Incomplete: []envtight.Incompleteness{{
			Silence:  envtight.Undecidable,
			Cause:    "large.a could not be read, so the variables that it asks for are not known: file is too large",
			Advice:   "exclude it, or split it",
			Location: envtight.WholeFile("large.a"),
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := usage.Scan(ended, w, []usage.Reader{words(".a")}, 1); err == nil {
		t.Error("a run that was stopped has no result")
	}
}
