package regular_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/envtight/envtight/internal/regular"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "outside")
	for path, text := range map[string]string{filepath.Join(dir, "file"): "text", filepath.Join(dir, "large"): strings.Repeat("x", 1<<20+1), outside: "x"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	if text, err := regular.Read(root.FS(), "file", 1<<20); err != nil || string(text) != "text" {
		t.Errorf("got %q, %v", text, err)
	}
	for path, want := range map[string]string{
		".": "it is no regular file", "large": "it is larger than 1 MiB", "link": "it is a symbolic link that leads out of the repository",
	} {
		if _, err := regular.Read(root.FS(), path, 1<<20); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	if _, err := regular.Read(root.FS(), "gone", 1<<20); !errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), "gone") {
		t.Errorf("a file that is not there: %v", err)
	}
}
