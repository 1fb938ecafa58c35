package githook

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/envtight/envtight/internal/lazyregexp"
)

// Change is what an installation or a removal is going to do to one hook.
type Change struct {
	Hook Hook
	// Path is the file of the hook.
	Path string
	// Done tells in words what the change does, in the past: "installed",
	// "is installed already".
	Done string
	// Kept is the file in which what stood there before is kept; empty when
	// nothing did.
	Kept string

	apply func() error
}

// Apply makes the change. Its error is about the file system.
func (c *Change) Apply() error {
	if c.apply == nil {
		return nil
	}
	return c.apply()
}

// Refusal says why a hook is left alone, and what to do instead.
type Refusal struct {
	Hook   Hook
	Path   string
	Reason string
	// Advice may have several lines.
	Advice string
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("%s was left as it is: %s\n%s", r.Path, r.Reason, r.Advice)
}

// maxScript is how much of a hook is read.
const maxScript = 1 << 20

// Install prepares the installation of a hook in a directory of hooks: see
// [Script] about program. The error is a *[Refusal] when what is there is to be
// left alone.
func Install(dir string, h Hook, program string) (*Change, error) {
	c := &Change{Hook: h, Path: filepath.Join(dir, string(h)), Done: "installed"}
	want := Script(h, program)
	old, owner, err := look(c.Path)
	if err != nil {
		return nil, err
	}
	kept := c.Path + keptSuffix
	_, keptErr := os.Lstat(kept)
	switch {
	case owner == edited:
		return nil, refuseEdited(c)
	case owner == ours && bytes.Equal(old, want):
		c.Done = "is installed already"
	case owner == ours:
		c.Done = "brought up to date"
		c.apply = func() error { return write(c.Path, want) }
	case keptErr == nil:
		return nil, &Refusal{
			Hook: h, Path: c.Path, Reason: filepath.Base(kept) + " stands beside it, of an installation that something else has replaced since",
			Advice: "look at both files, keep what is wanted as " + string(h) + ", and remove the other",
		}
	case old == nil:
		c.apply = func() error { return write(c.Path, want) }
	default:
		if r := refuse(c, old); r != nil {
			return nil, r
		}
		c.Kept = kept
		c.apply = func() error {
			if err := os.Rename(c.Path, kept); err != nil {
				return err
			}
			if err := write(c.Path, want); err != nil {
				return errors.Join(err, os.Rename(kept, c.Path))
			}
			return nil
		}
	}
	if m := managerOf(dir, nil); m != nil && c.apply != nil {
		return nil, refuseManaged(c, m)
	}
	return c, nil
}

// Uninstall prepares the removal of a hook.
func Uninstall(dir string, h Hook) (*Change, error) {
	c := &Change{Hook: h, Path: filepath.Join(dir, string(h)), Done: "removed"}
	_, owner, err := look(c.Path)
	if err != nil {
		return nil, err
	}
	kept := c.Path + keptSuffix
	switch {
	case owner == edited:
		return nil, refuseEdited(c)
	case owner != ours:
		c.Done = "is not installed"
	default:
		c.apply = func() error { return os.Remove(c.Path) }
		if _, err := os.Lstat(kept); err == nil {
			c.Done = "removed; what was there before is back"
			c.apply = func() error { return os.Rename(kept, c.Path) }
		}
	}
	return c, nil
}

// look reads what stands in a hook's place; nil when nothing does. What cannot be
// read as a file is somebody else's.
func look(path string) ([]byte, ownership, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, foreign, nil
	case err != nil:
		return nil, foreign, err
	case info.IsDir():
		return nil, foreign, fmt.Errorf("%s is a directory", path)
	}
	target, err := os.Stat(path)
	if script := err == nil && target.Mode().IsRegular() && target.Size() <= maxScript; !script {
		return []byte{}, foreign, nil // a link to nowhere, or a large program
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, foreign, err
	}
	if text == nil {
		text = []byte{}
	}
	return text, ownerOf(text), nil
}

// dispatches finds scripts that act by the name they are called by: under another
// one they would do something else.
var dispatches = lazyregexp.New(`basename\b[^\n]*\$\{?0|\$\{0##|path\.basename\(|__FILE__|sys\.argv\[0\]|\$PROGRAM_NAME`)

// refuse says why a foreign hook is not to be chained; nil when it may be.
func refuse(c *Change, script []byte) *Refusal {
	if m := managerOf(filepath.Dir(c.Path), script); m != nil {
		return refuseManaged(c, m)
	}
	if dispatches().Match(script) {
		return &Refusal{
			Hook: c.Hook, Path: c.Path, Reason: "what is there acts by the name that it is called by, so it cannot be kept under another one",
			Advice: "add this line to it:\n  " + lineFor(c.Hook),
		}
	}
	return nil
}

// lineFor is what a script of the user's own needs.
func lineFor(h Hook) string {
	if h == PrePush {
		return `envtight hook run pre-push "$1" || exit   # reads what git says on standard input`
	}
	return "envtight hook run " + string(h) + " || exit"
}

func refuseManaged(c *Change, m *Manager) *Refusal {
	return &Refusal{
		Hook: c.Hook, Path: c.Path, Reason: m.Name + " manages the hooks here",
		Advice: "add this " + m.Line(c.Hook),
	}
}

func refuseEdited(c *Change) *Refusal {
	return &Refusal{
		Hook: c.Hook, Path: c.Path, Reason: "envtight wrote it, and somebody has edited it since",
		Advice: "move what was added to " + filepath.Base(c.Path) + keptSuffix + ", which is run first, remove " + filepath.Base(c.Path) + ", and run this again",
	}
}

// write puts a hook in its place wholly or not at all.
func write(path string, script []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".envtight-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temporary.Name()) }()
	_, err = temporary.Write(script)
	if chmodErr := temporary.Chmod(0o755); err == nil {
		err = chmodErr
	}
	if closeErr := temporary.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	return err
}
