package gitstore

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What was read of a mapped file is given back, and can be read again.
func TestPassed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pack")
	want := bytes.Repeat([]byte("0123456789abcdef"), maxPassed>>4)
	if err := os.WriteFile(path, want, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := openFile(path, false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.close(); err != nil {
			t.Error(err)
		}
	}()
	for range 2 {
		if !bytes.Equal(f.data, want) {
			t.Fatal("the bytes are not those of the file")
		}
		f.passed(maxPassed - 1)
		if got := resident(t, path); got < maxPassed {
			t.Errorf("%d bytes are mapped of a file that was read, want all %d", got, maxPassed)
		}
		f.passed(1)
		if got := resident(t, path); got != 0 {
			t.Errorf("%d bytes are mapped when so many were passed, want none", got)
		}
	}
}

// resident is how many bytes of a mapped file are in memory for this process.
func resident(t *testing.T, path string) int {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Skip(err)
	}
	_, rest, ok := strings.Cut(string(maps), path+"\n")
	if !ok {
		t.Fatal("the file is not mapped")
	}
	_, rest, _ = strings.Cut(rest, "\nRss:")
	var kib int
	if _, err := fmt.Sscanf(rest, "%d kB", &kib); err != nil {
		t.Fatal(err)
	}
	return kib << 10
}
