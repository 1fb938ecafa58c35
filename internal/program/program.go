// Package program finds programs by the environment of the caller, with the
// standard library only. Nothing here reads the process's own.
package program

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Lookup finds a variable in env ("NAME=value"); the last entry wins. Windows
// ignores case.
func Lookup(env []string, name string) (string, bool) {
	for _, entry := range slices.Backward(env) {
		key, value, ok := strings.Cut(entry, "=")
		if ok && (key == name || runtime.GOOS == "windows" && strings.EqualFold(key, name)) {
			return value, true
		}
	}
	return "", false
}

// Find returns the path of a program: an absolute name as it is, any other by the
// PATH of env. Relative entries of PATH are passed over: they would find a program
// of the repository. On Windows a name without an extension is tried with those of
// PATHEXT. The error is
// exec.ErrNotFound.
func Find(name string, env []string) (string, error) {
	if filepath.IsAbs(name) {
		return findAt(name, env)
	}
	path, _ := Lookup(env, "PATH")
	for _, dir := range filepath.SplitList(path) {
		if !filepath.IsAbs(dir) || filepath.Base(name) != name {
			continue
		}
		if found, err := findAt(filepath.Join(dir, name), env); err == nil {
			return found, nil
		}
	}
	return "", exec.ErrNotFound
}

// findAt returns path, or path with the extension under which it is a program.
func findAt(path string, env []string) (string, error) {
	for _, extension := range extensions(path, env) {
		info, err := os.Stat(path + extension)
		if err == nil && info.Mode().IsRegular() && (runtime.GOOS == "windows" || info.Mode()&0o111 != 0) {
			return path + extension, nil
		}
	}
	return "", exec.ErrNotFound
}

func extensions(path string, env []string) []string {
	if runtime.GOOS != "windows" || filepath.Ext(path) != "" {
		return []string{""}
	}
	list, ok := Lookup(env, "PATHEXT")
	if !ok || list == "" {
		list = ".COM;.EXE;.BAT;.CMD"
	}
	return strings.Split(strings.ToLower(list), ";")
}
