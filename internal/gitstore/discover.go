package gitstore

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Dirs are the directories of a repository.
type Dirs struct {
	// GitDir is the directory of this work tree's own state (HEAD, index).
	GitDir string
	// CommonDir is the directory of what all work trees share (objects, refs).
	// When it is empty, Open takes it from GitDir.
	CommonDir string
	// WorkTree is the directory whose .git led here; empty for a bare
	// repository. Open does not need it.
	WorkTree string
}

// maxSmall bounds files that hold one line.
const maxSmall = 1 << 20

// Find looks for a repository in dir and the directories above it: a .git
// directory, a .git file as linked work trees and submodules have it, or a bare
// repository. It crosses file systems, and it does not ask who owns what it
// finds: nothing there is executed. The error is [ErrNotRepository] when there
// is none.
func Find(dir string) (Dirs, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Dirs{}, &Error{Kind: ErrNotRepository, File: dir, Err: err}
	}
	for at := dir; ; at = filepath.Dir(at) {
		dot := filepath.Join(at, ".git")
		gitDir, err := follow(dot)
		switch {
		case err == nil:
			return Dirs{GitDir: gitDir, CommonDir: commonDir(gitDir), WorkTree: at}, nil
		case !errors.Is(err, fs.ErrNotExist):
			return Dirs{}, err
		}
		if isGitDir(at) {
			return Dirs{GitDir: at, CommonDir: commonDir(at)}, nil
		}
		if at == filepath.Dir(at) {
			return Dirs{}, &Error{Kind: ErrNotRepository, File: dir}
		}
	}
}

// follow resolves a .git entry. The error is fs.ErrNotExist when there is none
// or it is a directory that is no repository, which git passes over.
func follow(dot string) (string, error) {
	info, err := os.Stat(dot)
	if err != nil {
		return "", fs.ErrNotExist
	}
	if info.IsDir() {
		if isGitDir(dot) {
			return dot, nil
		}
		return "", fs.ErrNotExist
	}
	line, err := readFile(dot, maxSmall)
	if err != nil {
		return "", &Error{Kind: ErrUnreadable, File: dot, Err: err}
	}
	rest, ok := bytes.CutPrefix(line, []byte("gitdir: "))
	target := strings.TrimRight(string(rest), "\r\n")
	if !ok || target == "" {
		return "", &Error{Kind: ErrNotRepository, File: dot}
	}
	target = resolve(filepath.Dir(dot), target)
	if !isGitDir(target) {
		return "", &Error{Kind: ErrNotRepository, File: target}
	}
	return target, nil
}

// resolve reads a path as git writes it into its files.
func resolve(base, path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(base, path)
}

// commonDir follows the file of that name in a linked work tree's directory.
func commonDir(gitDir string) string {
	line, err := readFile(filepath.Join(gitDir, "commondir"), maxSmall)
	target := strings.TrimRight(string(line), "\r\n")
	if err != nil || target == "" {
		return gitDir
	}
	return resolve(gitDir, target)
}

// isGitDir tells what git's is_git_directory does: there are a HEAD that looks
// like one, objects and refs.
func isGitDir(dir string) bool {
	common := commonDir(dir)
	return isDir(filepath.Join(common, "objects")) && isDir(filepath.Join(common, "refs")) &&
		isHead(filepath.Join(dir, "HEAD"))
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func isHead(path string) bool {
	if target, err := os.Readlink(path); err == nil {
		return strings.HasPrefix(filepath.ToSlash(target), "refs/")
	}
	line, err := readFile(path, maxSmall)
	if err != nil {
		return false
	}
	if target, ok := bytes.CutPrefix(line, []byte("ref:")); ok {
		return bytes.HasPrefix(bytes.TrimLeft(target, " \t"), []byte("refs/"))
	}
	_, sha1 := SHA1.parseHex(line)
	return sha1
}
