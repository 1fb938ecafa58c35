package workspace

import (
	"context"
	"fmt"
	pathpkg "path"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/internal/git"
)

// Repository is what [Hygiene] asks of git; *git.Repo is one. Paths are relative
// to the root of the workspace.
type Repository interface {
	// Tracked returns what is committed or staged.
	Tracked(context.Context) ([]git.Entry, error)
	// Ignored tells which paths git would ignore, whether they exist or not.
	Ignored(context.Context, []string) (map[string]bool, error)
	// Blobs returns the contents of objects.
	Blobs(context.Context, []string) (map[string][]byte, error)
}

var _ Repository = (*git.Repo)(nil)

// Hygiene reports env files that are in git or about to get there, or into an
// image: rules env/tracked and env/not-ignored. With a nil repo it looks at
// Dockerfiles only. An error means that git could not answer; what was found
// until then is returned with it.
func Hygiene(ctx context.Context, w *Workspace, repo Repository) ([]envtight.Diagnostic, error) {
	h := &hygiene{w: w, ctx: ctx, repo: repo, tracked: map[string]git.Entry{}}
	h.images()
	var err error
	if repo != nil {
		if err = h.findTracked(); err == nil {
			err = h.findUnignored()
		}
	}
	slices.SortStableFunc(h.out, func(a, b envtight.Diagnostic) int {
		return strings.Compare(a.Location.Path+"\x00"+a.Rule, b.Location.Path+"\x00"+b.Rule)
	})
	return h.out, err
}

type hygiene struct {
	w       *Workspace
	ctx     context.Context
	repo    Repository
	tracked map[string]git.Entry
	// submodules are directories that another repository answers for.
	submodules []string
	out        []envtight.Diagnostic
}

func (h *hygiene) report(d envtight.Diagnostic) {
	if o := h.w.owner(d.Location.Path); o.app != nil {
		d.App = o.app.Name
	}
	h.out = append(h.out, d)
}

// real reports whether a path names a file with values, outside of samples and
// of what others wrote.
func (h *hygiene) real(path string) bool {
	return dotenv.Kind(path) == dotenv.Real && !isSample(pathpkg.Dir(path)) && !h.w.Tree.OutOfSight(path) &&
		!slices.ContainsFunc(h.submodules, func(dir string) bool { return within(path, dir) })
}

// Modes of git's index: the type of regular files, and a submodule.
const (
	modeRegular   = 0o100000
	modeSubmodule = 0o160000
)

// findTracked looks at the env files of the index.
func (h *hygiene) findTracked() error {
	entries, err := h.repo.Tracked(h.ctx)
	if err != nil {
		return err
	}
	var found []git.Entry
	var names []string
	for _, e := range entries {
		if e.Mode == modeSubmodule {
			h.submodules = append(h.submodules, e.Path)
		}
	}
	for _, e := range entries {
		if dotenv.Kind(e.Path) == dotenv.NotEnv {
			continue
		}
		h.tracked[e.Path] = e
		if e.Mode&0o170000 == modeRegular && h.real(e.Path) {
			found = append(found, e)
			names = append(names, e.Blob)
		}
	}
	blobs, err := h.repo.Blobs(h.ctx, names)
	if err != nil {
		return err
	}
	for _, e := range found {
		text, ok := blobs[e.Blob]
		if e.Stage > 1 {
			continue // the other sides of a merge
		}
		if !ok {
			return fmt.Errorf("the object of %q is not in the repository", e.Path)
		}
		h.judgeTracked(e.Path, text)
	}
	return nil
}

// judgeTracked decides what a tracked env file deserves: see the documentation
// of the rule.
func (h *hygiene) judgeTracked(path string, text []byte) {
	file := envFile(path, false)
	found := look(text)
	d := envtight.Diagnostic{
		Rule: tracked.ID, Severity: envtight.Error, Grade: envtight.Certain, Location: envtight.WholeFile(path),
		Advice: fmt.Sprintf("take it out of git and keep it on disk: git rm --cached -- %s && echo %s >> .gitignore; "+
			"then change every secret in it, because the history keeps them", shellQuote(path), shellQuote(baseName(path))),
	}
	switch {
	case baseName(path) == keysFile:
		d.Message = path + " is in git: it holds the private keys of the encrypted env files"
	case found.encrypted || found.values == 0 && !file.Personal:
		return
	case len(found.secrets) > 0:
		first := found.secrets[0]
		d.Grade = envtight.Likely
		d.Message = fmt.Sprintf("%s is in git and holds %s", path, listed(found.names(), "what looks like a secret", "what look like secrets"))
		d.Name = first.name
		d.Location = envtight.FileRange(path, text, first.key)
		if testMode(file.Mode) {
			d.Severity, d.Grade = envtight.Warning, envtight.Sample
			d.Advice = "if these are real, " + d.Advice
		}
	case file.Personal:
		d.Message = path + " is in git: files of that name are for one machine only"
		d.Advice = fmt.Sprintf("git rm --cached -- %s && echo %s >> .gitignore", shellQuote(path), shellQuote(baseName(path)))
		if found.values == 0 {
			d.Severity = envtight.Warning
		}
	case file.Mode == "" && len(found.placeholders) > 0:
		d.Severity = envtight.Warning
		d.Message = fmt.Sprintf("%s is in git with placeholders for %s: whoever fills them in commits them", path,
			listed(found.placeholders, "a secret", "secrets"))
		d.Advice = fmt.Sprintf("rename it to %s.example and ignore %s: git mv -- %s %s && echo %s >> .gitignore",
			baseName(path), baseName(path), shellQuote(path), shellQuote(path+".example"), shellQuote(baseName(path)))
	case file.Mode == "" && !h.layered(path):
		d.Severity = envtight.Info
		d.Message = path + " is in git; it holds no secret, as far as names can tell"
		d.Advice = "if that is meant, say so: # envtight:ignore env/tracked -- REASON, in its first line"
		d.Location = envtight.FileRange(path, text, envtight.Span{End: min(len(text), 1)})
	default:
		return
	}
	h.report(d)
}

// testMode reports whether a mode is that of tests, whose secrets open nothing
// as a rule.
func testMode(mode string) bool {
	return slices.ContainsFunc(strings.Split(mode, "-"), func(word string) bool {
		return word == "test" || word == "testing" || word == "ci" || word == "e2e"
	})
}

// layered reports whether a framework reads several files one above the other,
// so that ".env" is documented as the place of public defaults.
func (h *hygiene) layered(path string) bool {
	unit := h.w.Unit(path)
	if unit == nil {
		unit = &h.w.Root
	}
	return layeredUnit(unit)
}

func layeredUnit(unit *Unit) bool {
	return slices.ContainsFunc(unit.Loaders, func(l Loader) bool {
		return l.Dialect == dotenv.Next || l.Dialect == dotenv.Vite
	}) || unit.Framework == CRA || unit.Framework == Gatsby || unit.Framework == Expo
}

// listed names at most three variables, and says how many more there are.
func listed(names []string, one, many string) string {
	if len(names) == 1 {
		return one + ": " + names[0]
	}
	shown := names
	more := ""
	if len(names) > 3 {
		shown, more = names[:3], fmt.Sprintf(" and %d more", len(names)-3)
	}
	return many + ": " + strings.Join(shown, ", ") + more
}

// shellQuote quotes a path for a POSIX shell, where it needs it.
func shellQuote(path string) string {
	plain := strings.IndexFunc(path, func(r rune) bool {
		return !strings.ContainsRune("._-/@+:", r) && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) < 0
	if plain && path != "" && path[0] != '-' {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
