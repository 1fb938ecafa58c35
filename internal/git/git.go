// Package git asks git about a repository: what is tracked, what is ignored,
// which branch is checked out.
//
// The git it starts runs nothing that the repository names: no hook, no
// fsmonitor, no filter, no pager, no credential helper. It takes no lock and
// asks nobody. The environment comes from the caller; nothing here reads the
// process's own.
package git

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/envtight/envtight/internal/program"
)

// Errors of [Open] and the methods of [Repo], to be tested with errors.Is. Their
// texts say what to do.
var (
	// ErrNoGit: there is no git program.
	ErrNoGit = errors.New("git was not found in PATH: install it, or run without the checks that need it")
	// ErrNotARepo: the directory is in no repository.
	ErrNotARepo = errors.New("not a git repository")
	// ErrBare: the repository has no work tree.
	ErrBare = errors.New("the repository is bare: it has no files to look at; clone it first")
	// ErrOwner: git refuses a repository that belongs to somebody else.
	ErrOwner = errors.New("git refuses the repository because another user owns it")
	// ErrOutput: git said more than is sensible.
	ErrOutput = errors.New("git wrote more output than expected")
)

// maxOutput bounds what is read from a git child: 256 MiB hold the index of a
// repository of a million files.
const maxOutput = 256 << 20

// waitDelay is how long a killed child may keep its pipes open.
const waitDelay = 2 * time.Second

// hardening comes before every command. Configuration of the repository cannot
// override it.
var hardening = []string{
	"--no-pager",
	"--no-optional-locks",
	"-c", "core.fsmonitor=false",
	"-c", "core.untrackedCache=false",
	"-c", "core.hooksPath=" + os.DevNull,
	"-c", "core.pager=cat",
	"-c", "core.editor=false",
	"-c", "core.askPass=",
	"-c", "core.sshCommand=false",
	"-c", "credential.helper=",
	"-c", "core.quotePath=false",
	"-c", "submodule.recurse=false",
	"-c", "log.showSignature=false",
	"-c", "protocol.allow=never",
	"-c", "maintenance.auto=false",
	"-c", "gc.auto=0",
}

// Repo is a git repository with a work tree, seen from one of its directories.
// It is safe for concurrent use.
type Repo struct {
	// Dir is the directory that was given to Open. Paths that methods take
	// and return are relative to it and use "/".
	Dir string
	// Top is the top directory of the work tree.
	Top string
	// GitDir is the directory of this work tree's own state, CommonDir the one
	// of the objects; they differ in a linked work tree.
	GitDir    string
	CommonDir string
	// Prefix is the path from Top to Dir, with a "/" at its end, or empty.
	Prefix string

	program string
	env     []string
}

// Open finds the repository round dir. env is the environment of the process
// ("NAME=value"): PATH is searched for git, HOME and the like let git find the
// user's configuration, and the variables that a hook sets (GIT_DIR,
// GIT_INDEX_FILE) are honored when they speak of this repository.
func Open(ctx context.Context, dir string, env []string) (*Repo, error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("git: %w", err)
	}
	path, err := program.Find("git", env)
	if err != nil {
		return nil, ErrNoGit
	}
	plain := &Repo{Dir: absolute, program: path, env: environment(env)}
	if err := plain.locate(ctx); err != nil {
		return nil, err
	}
	return plain.adopt(ctx, env), nil
}

// locate fills the directories. Older gits know no --path-format, so paths are
// made absolute here.
func (r *Repo) locate(ctx context.Context) error {
	out, err := r.run(ctx, nil, "rev-parse", "--is-bare-repository", "--is-inside-work-tree", "--git-dir", "--git-common-dir")
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) != 4 {
		return fmt.Errorf("git rev-parse: unexpected answer of %d lines", len(lines))
	}
	if lines[1] != "true" {
		if lines[0] == "true" {
			return ErrBare
		}
		return fmt.Errorf("%w: %s lies inside the .git directory", ErrNotARepo, r.Dir)
	}
	r.GitDir, r.CommonDir = r.absolute(lines[2]), r.absolute(lines[3])
	out, err = r.run(ctx, nil, "rev-parse", "--show-toplevel")
	if err != nil {
		return err
	}
	r.Top = filepath.FromSlash(strings.TrimSuffix(string(out), "\n"))
	out, err = r.run(ctx, nil, "rev-parse", "--show-prefix")
	if err != nil {
		return err
	}
	r.Prefix = strings.TrimSuffix(string(out), "\n")
	return nil
}

func (r *Repo) absolute(path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(r.Dir, path)
}

// adopt passes on what a hook was told, when it is about this repository: a
// commit of chosen files has an index of its own, and that index is what will be
// committed. For any other repository the variables would be a lie.
func (r *Repo) adopt(ctx context.Context, env []string) *Repo {
	gitDir, index := lookup(env, "GIT_DIR"), lookup(env, "GIT_INDEX_FILE")
	if gitDir == "" && index == "" {
		return r
	}
	told := *r
	told.env = slices.Clone(r.env)
	for _, name := range []string{"GIT_DIR", "GIT_COMMON_DIR", "GIT_INDEX_FILE"} {
		if value := lookup(env, name); value != "" {
			told.env = append(told.env, name+"="+r.hookPath(value))
		}
	}
	if gitDir != "" {
		// With GIT_DIR alone, git takes the current directory for the top.
		told.env = append(told.env, "GIT_WORK_TREE="+r.Top)
	}
	if err := told.locate(ctx); err != nil || !samePath(told.GitDir, r.GitDir) || !samePath(told.Top, r.Top) {
		return r
	}
	return &told
}

// hookPath makes a path of a hook's environment absolute: hooks run at the top
// of the work tree.
func (r *Repo) hookPath(value string) string {
	if filepath.IsAbs(value) {
		return value
	}
	return filepath.Join(r.Top, value)
}

func samePath(a, b string) bool {
	if a == b {
		return true
	}
	left, err := os.Stat(a)
	if err != nil {
		return false
	}
	right, err := os.Stat(b)
	return err == nil && os.SameFile(left, right)
}

// run starts git in r.Dir and returns what it wrote.
func (r *Repo) run(ctx context.Context, stdin io.Reader, args ...string) ([]byte, error) {
	return r.runWith(ctx, nil, stdin, args...)
}

// runWith is run with options of git itself, before its command.
func (r *Repo) runWith(ctx context.Context, options []string, stdin io.Reader, args ...string) ([]byte, error) {
	out, _, err := r.runBoth(ctx, options, stdin, args...)
	return out, err
}

// runBoth is runWith that returns also what git said on its error output.
func (r *Repo) runBoth(ctx context.Context, options []string, stdin io.Reader, args ...string) ([]byte, string, error) {
	cmd := exec.CommandContext(ctx, r.program, slices.Concat(hardening, options, []string{"-C", r.Dir}, args)...)
	cmd.Env = r.env
	cmd.Stdin = stdin
	cmd.WaitDelay = waitDelay
	stdout, stderr := &program.Output{Max: maxOutput}, &program.Output{Max: 64 << 10, Drop: true}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, "", fmt.Errorf("git %s: %w", args[0], context.Cause(ctx))
	case stdout.Over():
		return nil, "", fmt.Errorf("git %s: %w", args[0], ErrOutput)
	case err != nil:
		return stdout.Bytes(), "", r.explain(args[0], err, stderr.String())
	}
	return stdout.Bytes(), stderr.String(), nil
}

// Failure is a git child that ended with a code other than 0.
type Failure struct {
	Command string
	Code    int
	// Message is the first line that git wrote to its error output.
	Message string
}

func (f *Failure) Error() string {
	return fmt.Sprintf("git %s ended with code %d: %s", f.Command, f.Code, f.Message)
}

// explain turns the failure of a child into one of the package's errors.
func (r *Repo) explain(command string, err error, stderr string) error {
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
			return ErrNoGit
		}
		return fmt.Errorf("git %s: %w", command, err)
	}
	switch {
	case strings.Contains(stderr, "dubious ownership"), strings.Contains(stderr, "unsafe repository"):
		return fmt.Errorf("%w; if you trust it: git config --global --add safe.directory %s", ErrOwner, ownedDirectory(stderr, r.Dir))
	case strings.Contains(stderr, "not a git repository"):
		return fmt.Errorf("%w: %s", ErrNotARepo, r.Dir)
	case strings.Contains(stderr, "must be run in a work tree"):
		return ErrBare
	}
	line, _, _ := strings.Cut(strings.TrimSpace(stderr), "\n")
	return &Failure{Command: command, Code: exit.ExitCode(), Message: strings.TrimPrefix(line, "fatal: ")}
}

// ownedDirectory is the directory that git itself names in its refusal.
func ownedDirectory(stderr, fallback string) string {
	if _, after, ok := strings.Cut(stderr, "safe.directory "); ok {
		line, _, _ := strings.Cut(after, "\n")
		return strings.TrimSpace(line)
	}
	return fallback
}

// passedOn are the variables of the caller's environment that git may see, apart
// from those in environment. All GIT_ variables are left out: they can name
// programs.
var passedOn = []string{
	"PATH", "HOME", "XDG_CONFIG_HOME", "USER", "LOGNAME", "TMPDIR", "TEMP", "TMP", "SUDO_UID", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
	"USERPROFILE", "HOMEDRIVE", "HOMEPATH", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "PROGRAMDATA", "APPDATA", "LOCALAPPDATA",
}

// configured are GIT_ variables that only say which configuration files count
// and where to stop looking for a repository.
var configured = []string{
	"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM",
}

// environment is what a git child sees. The system and user configuration stay
// in force, because safe.directory and core.excludesFile are there; what they
// could run is switched off by the hardening.
func environment(env []string) []string {
	out := []string{
		"LC_ALL=C", "LANGUAGE=", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_PAGER=cat", "GIT_EDITOR=false",
		"GIT_ASKPASS=", "SSH_ASKPASS=", "GIT_NO_LAZY_FETCH=1", "GIT_ATTR_NOSYSTEM=1", "GIT_NO_REPLACE_OBJECTS=1",
	}
	for _, name := range slices.Concat(passedOn, configured) {
		if value, ok := program.Lookup(env, name); ok {
			out = append(out, name+"="+value)
		}
	}
	return out
}

func lookup(env []string, name string) string {
	value, _ := program.Lookup(env, name)
	return value
}

// stripCredentials removes user and password, and everything that could hold a
// token, from a remote's URL.
func stripCredentials(remote string) string {
	if parsed, err := url.Parse(remote); err == nil && parsed.Scheme != "" && parsed.Host != "" {
		if parsed.Scheme != "ssh" || parsed.User == nil {
			parsed.User = nil
		} else {
			parsed.User = url.User(parsed.User.Username())
		}
		parsed.RawQuery, parsed.Fragment = "", ""
		return parsed.String()
	}
	if strings.Contains(remote, "://") {
		return "" // cannot be parsed, so nobody knows where a password ends
	}
	// scp form: user@host:path holds no password.
	return remote
}
