package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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
// or not and whether they are tracked or not. Paths of submodules and paths
// outside the repository are never ignored.
func (r *Repo) Ignored(ctx context.Context, paths []string) (map[string]bool, error) {
	ignored := make(map[string]bool, len(paths))
	var input bytes.Buffer
	for _, path := range paths {
		if path == "" || strings.ContainsRune(path, 0) || path == ".." || strings.HasPrefix(path, "../") {
			continue
		}
		input.WriteString(path)
		input.WriteByte(0)
	}
	if input.Len() == 0 {
		return ignored, nil
	}
	out, err := r.run(ctx, &input, "check-ignore", "-z", "--stdin", "--no-index")
	if failure, ok := errors.AsType[*Failure](err); ok && failure.Code == 1 {
		return ignored, nil // none is ignored
	}
	if err != nil {
		return nil, err
	}
	for path := range bytes.SplitSeq(out, []byte{0}) {
		if len(path) > 0 {
			ignored[string(path)] = true
		}
	}
	return ignored, nil
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

// Blob returns the content of an object by its hexadecimal name, as it is
// stored: no filter and no text conversion is applied.
func (r *Repo) Blob(ctx context.Context, name string) ([]byte, error) {
	if !isHex(name) {
		return nil, errors.New("git cat-file: not the name of an object")
	}
	return r.run(ctx, nil, "cat-file", "blob", name)
}

func isHex(s string) bool {
	return len(s) >= 4 && len(s) <= 64 && strings.Trim(s, "0123456789abcdef") == ""
}
