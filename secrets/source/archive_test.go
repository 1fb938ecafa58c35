package source_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/source"
)

// zipped packs files, given as names and texts in turn.
func zipped(t *testing.T, files ...string) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestDirArchives(t *testing.T) {
	dir := t.TempDir()
	inner := zipped(t, "x/y", "a\n"+token)
	write(t, dir, "a.zip", zipped(t, "one", token, "binary", "\x00"+token, "inner.zip", inner))
	write(t, dir, "b.zip", inner[:len(inner)-20])
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte(token))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "c.gz", packed.String())
	for depth, want := range map[int]struct{ found, causes []string }{
		0: {nil, []string{"not asked: binary files were not looked at"}},
		1: {[]string{"a.zip!one:1:1", "c.gz:1:1"}, []string{
			"not asked: binary files were not looked at", "not asked: archives that are nested too deep were not looked at",
			"failed: could not be unpacked as a whole (it is damaged): b.zip",
		}},
		2: {[]string{"a.zip!one:1:1", "a.zip!inner.zip!x/y:2:1", "c.gz:1:1"}, []string{
			"not asked: binary files were not looked at", "failed: could not be unpacked as a whole (it is damaged): b.zip",
		}},
	} {
		got := run(t, source.NewDir(source.DirOptions{Root: dir, ArchiveDepth: depth}), secrets.Options{})
		if diff := cmp.Diff(want.found, got.found); diff != "" || got.err != nil {
			t.Errorf("depth %d: %v %s", depth, got.err, diff)
		}
		if diff := cmp.Diff(want.causes, got.causes()); diff != "" {
			t.Errorf("depth %d: %s", depth, diff)
		}
	}
}
