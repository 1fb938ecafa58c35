package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	pathpkg "path"

	"github.com/envtight/envtight"
)

// Find looks for [FileName] in dir and the directories above it, up to the root
// of fsys, which is the root of the repository, and returns the nearest. dir is
// relative to that root, with "/"; "." is the root. Whatever has the name
// and is no directory is found: a link that leads nowhere was meant to be a configuration, and [Load]
// says what is wrong with it.
//
// home is the user's home directory in the same form, or empty when it lies
// outside of the repository. Nothing is taken from it: a repository is judged by
// its own files, and by the same ones for everybody.
func Find(fsys fs.FS, dir, home string) (path string, found bool) {
	dir = pathpkg.Clean(dir)
	if !fs.ValidPath(dir) {
		return "", false
	}
	for {
		if home == "" || dir != pathpkg.Clean(home) {
			path = pathpkg.Join(dir, FileName)
			if info, err := fs.Lstat(fsys, path); err == nil && !info.IsDir() {
				return path, true
			}
		}
		if dir == "." {
			return "", false
		}
		dir = pathpkg.Dir(dir)
	}
}

// Load reads and parses the file at path, whose text it returns for [NewCheck].
// An error means that the file could not be read; what is wrong in it is in the
// diagnostics.
func Load(fsys fs.FS, path string, known Known) (*Config, []byte, []envtight.Diagnostic, error) {
	// Opening a pipe would wait for whoever writes to it.
	if info, err := fs.Stat(fsys, path); err != nil {
		return nil, nil, nil, fmt.Errorf("read configuration: %w", err)
	} else if !info.Mode().IsRegular() {
		return nil, nil, nil, errors.New("it is no regular file")
	}
	file, err := fsys.Open(path)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("read configuration: %w", err)
	}
	defer func() { _ = file.Close() }()
	src, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err != nil {
		return nil, nil, nil, fmt.Errorf("read configuration: %w", err)
	}
	c, diagnostics := Parse(path, src, known)
	return c, src, diagnostics, nil
}
