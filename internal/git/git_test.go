package git

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/internal/program"
)

// testEnv is an environment in which no configuration but the repository's own
// counts.
func testEnv(t *testing.T) []string {
	t.Helper()
	home := t.TempDir()
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "USERPROFILE=" + home, "SYSTEMROOT=" + os.Getenv("SYSTEMROOT"),
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES=" + os.TempDir(),
	}
}

// sandbox is a repository that a test makes.
type sandbox struct {
	t   *testing.T
	dir string
	env []string
}

func newSandbox(t *testing.T) *sandbox {
	t.Helper()
	s := &sandbox{t: t, dir: t.TempDir(), env: testEnv(t)}
	if _, err := program.Find("git", s.env); err != nil {
		t.Skip("git is not installed")
	}
	s.git("init", "-q", "-b", "main")
	return s
}

func (s *sandbox) git(args ...string) string {
	s.t.Helper()
	out, err := s.try(args...)
	if err != nil {
		s.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(out)
}

// try is git that may fail.
func (s *sandbox) try(args ...string) (string, error) {
	s.t.Helper()
	git, err := program.Find("git", s.env)
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(git, args...)
	cmd.Dir = s.dir
	cmd.Env = append(slices.Clone(s.env), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (s *sandbox) write(path, text string) {
	s.t.Helper()
	full := filepath.Join(s.dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *sandbox) open(dir string) *Repo {
	s.t.Helper()
	repo, err := Open(s.t.Context(), dir, s.env)
	if err != nil {
		s.t.Fatal(err)
	}
	return repo
}

func (s *sandbox) tracked(repo *Repo) []string {
	s.t.Helper()
	entries, err := repo.Tracked(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	var paths []string
	for _, e := range entries {
		paths = append(paths, e.Path)
	}
	return paths
}

func TestTracked(t *testing.T) {
	s := newSandbox(t)
	s.write(".env", "A=1\n")
	s.write("apps/web/.env", "B=1\n")
	s.write("apps/web/odd name\u00e9.txt", "x")
	s.write("untracked", "x")
	s.git("add", ".env", "apps")
	s.git("commit", "-q", "-m", "one")
	s.write("staged", "x")
	s.git("add", "staged")

	got := s.tracked(s.open(s.dir))
	if diff := cmp.Diff([]string{".env", "apps/web/.env", "apps/web/odd name\u00e9.txt", "staged"}, got); diff != "" {
		t.Error(diff)
	}
	below := s.open(filepath.Join(s.dir, "apps", "web"))
	if diff := cmp.Diff([]string{".env", "odd name\u00e9.txt"}, s.tracked(below)); diff != "" {
		t.Errorf("paths are relative to the directory: %s", diff)
	}
	if below.Prefix != "apps/web/" {
		t.Errorf("prefix %q", below.Prefix)
	}
	some, err := below.TrackedNames(t.Context(), func(base string) bool { return base == ".env" })
	if err != nil || len(some) != 1 || some[0].Path != ".env" || some[0].Mode != 0o100644 || some[0].Stage != 0 {
		t.Errorf("got %v, %v", some, err)
	}
	blobs, err := below.Blobs(t.Context(), []string{some[0].Blob, strings.Repeat("0", 40)})
	if err != nil || len(blobs) != 1 || string(blobs[some[0].Blob]) != "B=1\n" {
		t.Errorf("got %d blobs, %v", len(blobs), err)
	}
	if _, err := below.Blobs(t.Context(), []string{"--textconv"}); err == nil {
		t.Error("a name that is no name of an object was asked for")
	}
}

func TestIgnored(t *testing.T) {
	s := newSandbox(t)
	s.write(".gitignore", "/.env\n*.local\n!keep.local\n")
	s.write("apps/web/.gitignore", ".env\n")
	s.write("tracked.local", "x")
	s.git("add", "-f", "tracked.local")
	s.git("commit", "-q", "-m", "one")
	repo := s.open(s.dir)
	got, err := repo.Ignored(t.Context(), []string{".env", "apps/web/.env", "apps/api/.env", "a.local", "keep.local", "tracked.local", "../out", "x\x00y", ""})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{".env": true, "apps/web/.env": true, "a.local": true, "tracked.local": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if none, err := repo.Ignored(t.Context(), []string{"README.md"}); err != nil || len(none) != 0 {
		t.Errorf("none is ignored: got %v, %v", none, err)
	}
	if none, err := repo.Ignored(t.Context(), nil); err != nil || len(none) != 0 {
		t.Errorf("nothing asked: got %v, %v", none, err)
	}
}

func TestHead(t *testing.T) {
	s := newSandbox(t)
	repo := s.open(s.dir)
	ask := func() [3]string {
		t.Helper()
		branch, err1 := repo.Branch(t.Context())
		commit, err2 := repo.HeadCommit(t.Context())
		remote, err3 := repo.RemoteURL(t.Context())
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		return [3]string{branch, commit, remote}
	}
	if got := ask(); got != [3]string{"main", "", ""} {
		t.Errorf("unborn branch: %q", got)
	}
	if tracked := s.tracked(repo); len(tracked) != 0 {
		t.Errorf("empty repository tracks %v", tracked)
	}
	s.git("commit", "-q", "--allow-empty", "-m", "one")
	s.git("remote", "add", "origin", "https://user:"+"hunter2"+"@github.com/acme/shop.git?token=x")
	commit := s.git("rev-parse", "HEAD")
	if got := ask(); got != [3]string{"main", commit, "https://github.com/acme/shop.git"} {
		t.Errorf("on a branch: %q", got)
	}
	s.git("checkout", "-q", "--detach")
	if got := ask(); got[0] != "" || got[1] != commit {
		t.Errorf("detached: %q", got)
	}
}

func TestStripCredentials(t *testing.T) {
	for remote, want := range map[string]string{
		"git@github.com:acme/shop.git":                    "git@github.com:acme/shop.git",
		"ssh://git:pw@github.com/acme/shop.git":           "ssh://git@github.com/acme/shop.git",
		"https://x-access-token:abc@github.com/acme/shop": "https://github.com/acme/shop",
		"https://abc@github.com/acme/shop#frag":           "https://github.com/acme/shop",
		"../shop.git":                                     "../shop.git",
		"https://a:b%zz@host/":                            "",
	} {
		if got := stripCredentials(remote); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	s := newSandbox(t)
	outside := t.TempDir()
	if _, err := Open(t.Context(), outside, s.env); !errors.Is(err, ErrNotARepo) {
		t.Errorf("outside: %v", err)
	}
	if _, err := Open(t.Context(), s.dir, []string{"PATH=" + t.TempDir()}); !errors.Is(err, ErrNoGit) {
		t.Errorf("no git: %v", err)
	}
	if _, err := Open(t.Context(), s.dir, []string{"PATH=."}); !errors.Is(err, ErrNoGit) {
		t.Errorf("a relative PATH was searched: %v", err)
	}
	bare := t.TempDir()
	s.git("init", "-q", "--bare", bare)
	if _, err := Open(t.Context(), bare, s.env); !errors.Is(err, ErrBare) {
		t.Errorf("bare: %v", err)
	}
	if _, err := Open(t.Context(), filepath.Join(s.dir, ".git"), s.env); !errors.Is(err, ErrNotARepo) {
		t.Errorf("inside .git: %v", err)
	}
	if _, err := Open(t.Context(), filepath.Join(s.dir, "absent"), s.env); err == nil {
		t.Error("a directory that does not exist was opened")
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(canceled, s.dir, s.env); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

func TestOwner(t *testing.T) {
	r := &Repo{Dir: "/srv/shop"}
	// git refuses by itself only when another user owns the files, which a test
	// cannot arrange everywhere; the texts are those of git 2.35 and 2.47.
	for _, said := range []string{
		"fatal: unsafe repository ('/srv/shop' is owned by someone else)\nTo add an exception for this directory, call:\n\n\tgit config --global --add safe.directory /srv/shop\n",
		"fatal: detected dubious ownership in repository at '/srv/shop'\nTo add an exception for this directory, call:\n\n\tgit config --global --add safe.directory /srv/shop\n",
	} {
		err := r.explain("rev-parse", exitError(t), said)
		if !errors.Is(err, ErrOwner) || !strings.HasSuffix(err.Error(), "git config --global --add safe.directory /srv/shop") {
			t.Errorf("got %v", err)
		}
	}
}

func exitError(t *testing.T) error {
	t.Helper()
	s := newSandbox(t)
	git, _ := program.Find("git", s.env)
	err := exec.Command(git, "no-such-command").Run()
	if _, ok := errors.AsType[*exec.ExitError](err); !ok {
		t.Fatalf("got %v", err)
	}
	return err
}

func TestLinkedWorktree(t *testing.T) {
	s := newSandbox(t)
	s.write("a", "x")
	s.git("add", "a")
	s.git("commit", "-q", "-m", "one")
	linked := filepath.Join(t.TempDir(), "linked")
	s.git("worktree", "add", "-q", "-b", "feature", linked)
	repo := s.open(linked)
	if !samePath(repo.CommonDir, filepath.Join(s.dir, ".git")) || samePath(repo.GitDir, repo.CommonDir) {
		t.Errorf("git dir %s, common dir %s", repo.GitDir, repo.CommonDir)
	}
	branch, err := repo.Branch(t.Context())
	if err != nil || branch != "feature" {
		t.Errorf("branch %q, %v", branch, err)
	}
	if diff := cmp.Diff([]string{"a"}, s.tracked(repo)); diff != "" {
		t.Error(diff)
	}
}

func TestSubmodule(t *testing.T) {
	inner := newSandbox(t)
	inner.write("x", "x")
	inner.git("add", "x")
	inner.git("commit", "-q", "-m", "one")
	s := newSandbox(t)
	s.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.dir, "sub")
	repo := s.open(s.dir)
	entries, err := repo.Tracked(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(entries, func(e Entry) bool { return e.Path == "sub" })
	if i < 0 || entries[i].Mode != 0o160000 {
		t.Errorf("got %v", entries)
	}
	s.write(".gitignore", ".env\n")
	if err := os.Symlink("sub", filepath.Join(s.dir, "link")); err != nil {
		t.Skip("no symbolic links here")
	}
	got, err := repo.Ignored(t.Context(), []string{"sub", "sub/.env", "sub/x/.env", "link/.env", ".env", ":(top).env"})
	if diff := cmp.Diff(map[string]bool{".env": true, "sub/.env": true, "sub/x/.env": true}, got); diff != "" || err != nil {
		t.Errorf("paths that git cannot judge: %v %s", err, diff)
	}
	if got, err := s.open(filepath.Join(s.dir, "sub")).Ignored(t.Context(), []string{".env"}); err != nil || len(got) != 0 {
		t.Errorf("inside the submodule: %v, %v", got, err)
	}
	inside := s.open(filepath.Join(s.dir, "sub"))
	if diff := cmp.Diff([]string{"x"}, s.tracked(inside)); diff != "" {
		t.Errorf("a submodule is a repository of its own: %s", diff)
	}
}

// A commit of chosen files has an index of its own, which git names to the hook.
func TestHookEnvironment(t *testing.T) {
	s := newSandbox(t)
	s.write("a", "x")
	s.write("dir/b", "x")
	s.git("add", "a")
	s.git("commit", "-q", "-m", "one")
	index := filepath.Join(s.dir, ".git", "next-index")
	s.env = append(s.env, "GIT_INDEX_FILE="+index)
	s.git("add", "dir/b")

	for _, gitDir := range []string{"", ".git", filepath.Join(s.dir, ".git")} {
		for _, file := range []string{index, filepath.Join(".git", "next-index")} {
			env := append(testEnv(t), "GIT_INDEX_FILE="+file)
			if gitDir != "" {
				env = append(env, "GIT_DIR="+gitDir)
			}
			repo, err := Open(t.Context(), filepath.Join(s.dir, "dir"), env)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"b"}, s.tracked(repo)); diff != "" {
				t.Errorf("GIT_DIR=%q GIT_INDEX_FILE=%q: %s", gitDir, file, diff)
			}
		}
	}

	other := newSandbox(t)
	other.write("c", "x")
	other.git("add", "c")
	env := append(testEnv(t), "GIT_DIR="+filepath.Join(s.dir, ".git"))
	repo, err := Open(t.Context(), other.dir, env)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"c"}, other.tracked(repo)); diff != "" {
		t.Errorf("the variables of another repository were obeyed: %s", diff)
	}
}

// Everything in a repository's configuration that can name a program names one
// here. None may run.
func TestNothingOfTheRepositoryRuns(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the trap is a shell script")
	}
	s := newSandbox(t)
	trace := filepath.Join(t.TempDir(), "trace")
	trap := filepath.Join(s.dir, "trap")
	s.write("trap", "#!/bin/sh\necho \"$0 $*\" >> '"+trace+"'\ncat\n")
	if err := os.Chmod(trap, 0o755); err != nil {
		t.Fatal(err)
	}
	s.write(".gitattributes", "* filter=evil diff=evil\n")
	s.write(".env", "A=1\n")
	s.git("add", ".env", ".gitattributes")
	s.git("commit", "-q", "-m", "one")
	for _, key := range []string{
		"core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "core.gitProxy", "credential.helper",
		"filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv", "diff.evil.command", "diff.external",
		"pager.ls-files", "pager.check-ignore", "pager.rev-parse", "pager.config", "gpg.program", "sequence.editor",
		"alias.ls-files", "alias.rev-parse", "uploadpack.packObjectsHook",
	} {
		value := trap
		if strings.HasPrefix(key, "alias.") {
			value = "!" + trap
		}
		s.git("config", key, value)
	}
	hooks := filepath.Join(s.dir, "hooks")
	for _, hook := range []string{"post-index-change", "post-checkout", "pre-commit", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc"} {
		s.write("hooks/"+hook, "#!/bin/sh\necho hook >> '"+trace+"'\n")
		if err := os.Chmod(filepath.Join(hooks, hook), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s.git("config", "core.hooksPath", hooks)
	s.env = append(s.env, "GIT_PAGER="+trap, "GIT_EDITOR="+trap, "GIT_SSH_COMMAND="+trap, "GIT_ASKPASS="+trap, "GIT_EXTERNAL_DIFF="+trap, "GIT_TRACE="+trace+"2",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=core.fsmonitor", "GIT_CONFIG_VALUE_0="+trap, "GIT_EXEC_PATH="+hooks)
	// The file changes, so that git has a reason to look and to clean.
	s.write(".env", "A=2\n")
	_ = os.Remove(trace)

	repo, err := Open(t.Context(), s.dir, s.env)
	if err != nil {
		t.Fatal(err)
	}
	entries, err1 := repo.Tracked(t.Context())
	_, err2 := repo.Ignored(t.Context(), []string{".env"})
	_, err3 := repo.Branch(t.Context())
	_, err4 := repo.RemoteURL(t.Context())
	_, err5 := repo.HeadCommit(t.Context())
	blobs, err6 := repo.Blobs(t.Context(), []string{entries[0].Blob})
	_, err7 := repo.Removed(t.Context(), "gone")
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7); err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2 || len(blobs) != 1 {
		t.Errorf("got %d entries and %d blobs", len(entries), len(blobs))
	}
	for _, file := range []string{trace, trace + "2"} {
		if ran, err := os.ReadFile(file); err == nil {
			t.Errorf("something ran or was traced:\n%s", ran)
		}
	}
	if _, err := os.Stat(filepath.Join(s.dir, ".git", "index.lock")); err == nil {
		t.Error("a lock was left behind")
	}

	// The trap does work: without the hardening it is sprung.
	s.git("ls-files", "-m")
	status := exec.Command(repo.program, "-C", s.dir, "status")
	status.Env = repo.env
	_ = status.Run()
	if _, err := os.ReadFile(trace); err != nil {
		t.Error("the trap cannot catch anything: a plain git status did not spring it")
	}
}

func FuzzParseEntries(f *testing.F) {
	f.Add([]byte("100644 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391 0\ta b\x00120000 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391 2\tx\ty\x00"))
	f.Add([]byte("\x00\x00"))
	f.Fuzz(func(t *testing.T, out []byte) {
		entries, err := parseEntries(out)
		if err == nil && len(entries) > bytes.Count(out, []byte{0})+1 {
			t.Errorf("%d entries of %d records", len(entries), bytes.Count(out, []byte{0}))
		}
	})
}
