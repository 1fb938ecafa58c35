package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Entry is a file of the index.
type Entry struct {
	// Path is relative to the directory of the Repo.
	Path string
	// Blob is the object's name, hexadecimal.
	Blob string
	// Mode is 0o100644, 0o100755, 0o120000 (symbolic link) or 0o160000
	// (submodule).
	Mode uint32
	// Stage is 0, or 1 to 3 while a merge is unresolved.
	Stage int
}

// Tracked returns the files of the index at or below the repo's directory, in
// the index's order: what is committed and what is staged.
func (r *Repo) Tracked(ctx context.Context) ([]Entry, error) {
	out, err := r.run(ctx, nil, "ls-files", "-s", "-z")
	if err != nil {
		return nil, err
	}
	return parseEntries(out)
}

// TrackedNames is Tracked for the files whose base name keep accepts.
func (r *Repo) TrackedNames(ctx context.Context, keep func(base string) bool) ([]Entry, error) {
	all, err := r.Tracked(ctx)
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, e := range all {
		if keep(e.Path[strings.LastIndexByte(e.Path, '/')+1:]) {
			out = append(out, e)
		}
	}
	return out, nil
}

// parseEntries reads "mode SP name SP stage TAB path NUL" records.
func parseEntries(out []byte) ([]Entry, error) {
	var entries []Entry
	for record := range bytes.SplitSeq(out, []byte{0}) {
		if len(record) == 0 {
			continue
		}
		facts, path, ok := strings.Cut(string(record), "\t")
		fields := strings.Fields(facts)
		if !ok || len(fields) != 3 {
			return nil, errors.New("git ls-files: unexpected record")
		}
		mode, err := strconv.ParseUint(fields[0], 8, 32)
		if err != nil {
			return nil, errors.New("git ls-files: unexpected mode")
		}
		stage, err := strconv.Atoi(fields[2])
		if err != nil {
			return nil, errors.New("git ls-files: unexpected stage")
		}
		entries = append(entries, Entry{Path: path, Blob: fields[1], Mode: uint32(mode), Stage: stage})
	}
	return entries, nil
}

// Ignored tells which of the paths git ignores by its rules, whether they exist
// or not and whether they are tracked or not. A path in a submodule is judged by
// the rules of this repository, which are not those that hold there. Paths
// behind a symbolic link and paths outside the repository are never ignored.
func (r *Repo) Ignored(ctx context.Context, paths []string) (map[string]bool, error) {
	var ask []string
	for _, path := range paths {
		if path != "" && path != ".." && !strings.ContainsRune(path, 0) && !strings.HasPrefix(path, "../") {
			ask = append(ask, path)
		}
	}
	for range len(ask) + 1 {
		ignored, err := r.checkIgnore(ctx, ask)
		failure, ok := errors.AsType[*Failure](err)
		if !ok {
			return ignored, err
		}
		// git gives up at the first path that it cannot judge.
		left := withoutRefused(ask, failure.Message)
		if len(left) == len(ask) {
			return nil, err
		}
		ask = left
	}
	return map[string]bool{}, nil
}

// dot keeps a path from being taken for a pathspec with magic (":(top)x").
const dot = "./"

func (r *Repo) checkIgnore(ctx context.Context, paths []string) (map[string]bool, error) {
	ignored := make(map[string]bool, len(paths))
	if len(paths) == 0 {
		return ignored, nil
	}
	input := strings.NewReader(dot + strings.Join(paths, "\x00"+dot) + "\x00")
	out, err := r.run(ctx, input, "check-ignore", "-z", "--stdin", "--no-index")
	if failure, ok := errors.AsType[*Failure](err); ok && failure.Code == 1 {
		return ignored, nil // none is ignored
	}
	if err != nil {
		return nil, err
	}
	for path := range bytes.SplitSeq(out, []byte{0}) {
		if len(path) > 0 {
			ignored[strings.TrimPrefix(string(path), dot)] = true
		}
	}
	return ignored, nil
}

// withoutRefused drops the path that git's message says it cannot judge: one
// behind a symbolic link or, for older gits, in a submodule.
func withoutRefused(paths []string, message string) []string {
	_, rest, ok := strings.Cut(message, "athspec '")
	path, _, ok2 := strings.Cut(rest, "' is ")
	if !ok || !ok2 {
		return paths
	}
	path = strings.TrimPrefix(path, dot)
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return p == path })
}

// Branch returns the name of the branch that is checked out, born or not; empty
// when HEAD is detached.
func (r *Repo) Branch(ctx context.Context) (string, error) {
	out, err := r.run(ctx, nil, "symbolic-ref", "--quiet", "--short", "HEAD")
	if failure, ok := errors.AsType[*Failure](err); ok && failure.Code == 1 {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}

// Version returns the version of the git program, as in "2.43.0".
func (r *Repo) Version(ctx context.Context) (string, error) {
	out, err := r.run(ctx, nil, "version")
	if err != nil {
		return "", err
	}
	return strings.TrimPrefix(strings.TrimSpace(string(out)), "git version "), nil
}

// HeadCommit returns the name of the commit that is checked out; empty while
// there is none.
func (r *Repo) HeadCommit(ctx context.Context) (string, error) {
	out, err := r.run(ctx, nil, "rev-parse", "--quiet", "--verify", "HEAD^{commit}")
	if failure, ok := errors.AsType[*Failure](err); ok && failure.Code == 1 {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}

// RemoteURL returns the URL of the remote "origin", without user, password and
// query; empty when there is no such remote.
func (r *Repo) RemoteURL(ctx context.Context) (string, error) {
	out, err := r.run(ctx, nil, "config", "--get", "remote.origin.url")
	if failure, ok := errors.AsType[*Failure](err); ok && failure.Code == 1 {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("remote: %w", err)
	}
	return stripCredentials(strings.TrimSuffix(string(out), "\n")), nil
}

// Blobs returns the contents of objects by their hexadecimal names, as they are
// stored: no filter and no text conversion is applied. An object that is missing
// is not in the result.
func (r *Repo) Blobs(ctx context.Context, names []string) (map[string][]byte, error) {
	var input bytes.Buffer
	for _, name := range names {
		if !isHex(name) {
			return nil, errors.New("git cat-file: not the name of an object")
		}
		input.WriteString(name + "\n")
	}
	blobs := make(map[string][]byte, len(names))
	if len(names) == 0 {
		return blobs, nil
	}
	out, err := r.run(ctx, &input, "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	for len(out) > 0 {
		// "NAME SP type SP size LF content LF", or "NAME SP missing LF"
		header, rest, _ := bytes.Cut(out, []byte{'\n'})
		out = rest
		fields := strings.Fields(string(header))
		if len(fields) != 3 {
			continue
		}
		size, err := strconv.Atoi(fields[2])
		if err != nil || size < 0 || size+1 > len(rest) {
			return nil, errors.New("git cat-file: unexpected answer")
		}
		if fields[1] == "blob" {
			blobs[fields[0]] = rest[:size:size]
		}
		out = rest[size+1:]
	}
	return blobs, nil
}

func isHex(s string) bool {
	return len(s) >= 4 && len(s) <= 64 && strings.Trim(s, "0123456789abcdef") == ""
}
