// Package regular reads regular files, with the standard library only.
package regular

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// Read returns the content of a regular file of at most limit bytes, which is
// a whole number of MiB. Errors do not name the path, so that messages may say it
// in their own way; a file that does not exist is fs.ErrNotExist.
func Read(fsys fs.FS, path string, limit int64) ([]byte, error) {
	// Opening a pipe would wait for whoever writes to it.
	switch info, err := fs.Stat(fsys, path); {
	case err != nil:
		return nil, pathless(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	}
	file, err := fsys.Open(path)
	if err != nil {
		return nil, pathless(err)
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, pathless(err)
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("it is larger than %d MiB", limit>>20)
	}
	return text, nil
}

// pathless drops the path from an error.
func pathless(err error) error {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		// os.Root has no error value of its own for this.
		if pathErr.Err.Error() == "path escapes from parent" {
			return errors.New("it is a symbolic link that leads out of the repository")
		}
		return pathErr.Err
	}
	return err
}
