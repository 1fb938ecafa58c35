package regular

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ReadOwn returns the content of a regular file of at most limit bytes, if good
// takes it. No link is followed.
func ReadOwn(path string, limit int64, good func(fs.FileInfo) bool) ([]byte, bool) {
	before, err := os.Lstat(path)
	if err != nil || !before.Mode().IsRegular() || before.Size() > limit {
		return nil, false
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, false
	}
	defer func() { _ = file.Close() }() // it was only read
	info, err := file.Stat()
	if err != nil || !os.SameFile(before, info) || info.Size() > limit || !good(info) {
		return nil, false
	}
	text := make([]byte, info.Size())
	n, err := io.ReadFull(file, text)
	return text[:n], err == nil
}

// Replace writes a file as a whole, for its owner only: whoever reads it finds
// what was there before, or all of text. The temporary file beside it is named
// after pattern, as [os.CreateTemp] does.
func Replace(path, pattern string, text []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), pattern) // 0600
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}
