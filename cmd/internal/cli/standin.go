package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/snapshot"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/internal/lazyregexp"
	"github.com/envtight/envtight/naming"
)

// standIn is a snapshot that answers in place of platforms, or of those that cannot
// be reached.
type standIn struct {
	answers  *snapshot.Answers // nil: there is none
	fallback bool
	// words say in the header that a snapshot answers.
	words string
	found snapshotFound
}

// snapshotFound is what reading the snapshot brought to light. No line of the file is
// ever shown: one that is refused may hold a value.
type snapshotFound struct {
	given

	path string
}

// Mask implements [envtight.Masker].
func (f *snapshotFound) Mask(path string, text []byte) []envtight.Span {
	if path != f.path || path == "" {
		return nil
	}
	return []envtight.Span{{Start: 0, End: len(text)}}
}

// says is what stands in the header of a snapshot that answers; s may be nil.
func (s *standIn) says() string {
	if s == nil {
		return ""
	}
	return s.words
}

// in puts the snapshot in place of the sources.
func (s *standIn) in(sources []envcheck.Source) []envcheck.Source {
	if s.answers == nil {
		return sources
	}
	out := make([]envcheck.Source, len(sources))
	for i, source := range sources {
		if s.fallback {
			out[i] = s.answers.Fallback(source)
		} else {
			out[i] = s.answers.Source(source)
		}
	}
	return out
}

// standIn reads the snapshot that the flags name.
func (a *app) standIn(ctx context.Context, p *project) (*standIn, error) {
	s := &standIn{fallback: a.flags.fallback != "", found: snapshotFound{given: given{rules: snapshot.Rules()}}}
	name := a.flags.snapshot
	switch {
	case s.fallback && name != "":
		return nil, usage("--snapshot and --fallback-snapshot exclude each other")
	case s.fallback && a.flags.offline:
		return nil, usage("--offline and --fallback-snapshot exclude each other: offline, --snapshot answers")
	case s.fallback:
		name = a.flags.fallback
	}
	if name == "" {
		if a.flags.maxAge != "" {
			return nil, usage("--max-age is about a snapshot: name one with --snapshot or --fallback-snapshot")
		}
		return s, nil
	}
	age, err := maxAge(a.flags.maxAge)
	if err != nil {
		return nil, err
	}
	key, err := a.snapshotKey()
	if err != nil {
		return nil, err
	}
	path, err := filepath.Abs(a.path(name))
	if err != nil {
		return nil, usage("cannot find the snapshot %s: %w", name, err)
	}
	o := snapshot.Options{Path: p.relative(realPath(path)), Now: a.env.now(), MaxAge: age, Key: key}
	s.found.path = o.Path
	text, refusal, err := a.snapshotText(ctx, p, path, &s.found.given)
	switch {
	case err != nil:
		return nil, err
	case refusal != nil:
		s.answers = snapshot.NoAnswers(o.Path, *refusal)
	default:
		s.answers = p.answersOf(text, o)
	}
	if refusal := s.answers.Refusal(); refusal == nil && !s.fallback {
		s.words = ", platforms as in the snapshot " + s.answers.String()
	} else if refusal != nil && s.fallback && refusal.Silence == envtight.Failed {
		s.found.incomplete = append(s.found.incomplete, *refusal)
	}
	return s, nil
}

// answersOf reads a snapshot; one that cannot be read answers with the reason.
func (p *project) answersOf(text []byte, o snapshot.Options) *snapshot.Answers {
	f, err := snapshot.Decode(o.Path, text)
	if err != nil {
		reason := envtight.Incompleteness{Silence: envtight.Failed, Cause: "the snapshot cannot be read: " + err.Error()}
		if refused, ok := errors.AsType[*snapshot.Error](err); ok {
			reason.Cause, reason.Advice, reason.Location = "the snapshot cannot be read: "+refused.Problem, refused.Advice, refused.Location()
		}
		return snapshot.NoAnswers(o.Path, reason)
	}
	if f.KeyID != "" && o.Key != nil {
		o.Known = p.knownNames()
	}
	return snapshot.NewAnswers(f, o)
}

// snapshotText returns the snapshot that counts: in a pull request that of the
// revision which it starts from, and else the file as it is. A file outside of the
// repository no change can have written.
func (a *app) snapshotText(ctx context.Context, p *project, path string, found *given) ([]byte, *envtight.Incompleteness, error) {
	text, err := readSnapshot(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, usage("cannot read the snapshot %s: %w", path, bare(err))
	}
	shown := p.relative(realPath(path))
	rel, relErr := filepath.Rel(p.root, realPath(path))
	b, baseErr := a.baseRevision(ctx, p)
	if relErr != nil || !filepath.IsLocal(rel) || b == nil && baseErr == nil {
		if err != nil {
			return nil, nil, usage("cannot read the snapshot %s: %w", path, bare(err))
		}
		return text, nil, nil
	}
	unread := func(cause error) *envtight.Incompleteness {
		return &envtight.Incompleteness{
			Silence: envtight.Failed, Advice: fetchBase,
			Cause: "the snapshot " + shown + " was not read: in a pull request that of the base counts, and it cannot be had: " + cause.Error(),
		}
	}
	if baseErr != nil {
		return nil, unread(baseErr), nil
	}
	old, err := b.file(ctx, filepath.ToSlash(rel))
	if err != nil {
		return nil, unread(err), nil
	}
	if !bytes.Equal(old, text) || (old == nil) != (text == nil) {
		found.diagnostics = append(found.diagnostics, snapshot.ReportChange(shown, old, text)...)
	}
	if old == nil {
		return nil, &envtight.Incompleteness{
			Silence: envtight.NotAsked,
			Cause:   "platforms were not asked: in a pull request the snapshot of " + b.name + " counts, which has no " + shown,
			Advice:  "commit the snapshot to " + b.name + ", or keep it outside of the repository",
		}, nil
	}
	return old, nil, nil
}

// readSnapshot reads a file up to a byte more than a snapshot may have.
func readSnapshot(path string) ([]byte, error) {
	file, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, snapshot.MaxSize+1))
	if err == nil && text == nil {
		text = []byte{}
	}
	return text, err
}

// openRegular opens a regular file. Opening a pipe would wait for whoever writes to
// it, and nothing could interrupt that.
func openRegular(path string) (*os.File, error) {
	if info, err := os.Stat(path); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	return os.Open(path)
}

// realPath resolves what of a path exists, so that it can be compared with the root.
func realPath(path string) string {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		return resolved
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// maxAge reads --max-age.
func maxAge(text string) (time.Duration, error) {
	if text == "" {
		return snapshot.DefaultMaxAge, nil
	}
	if text == "0" {
		return 0, nil
	}
	unit := map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour}[text[len(text)-1]]
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 16)
	if unit == 0 || err != nil || n == 0 {
		return 0, usage("--max-age %s: want days or hours, as 7d or 12h, or 0 for any age", text)
	}
	return time.Duration(n) * unit, nil
}

// snapshotKey is the key for hidden names; nil when there is none.
func (a *app) snapshotKey() (*snapshot.Key, error) {
	text := strings.TrimSpace(a.env.getenv(snapshot.KeyVariable))
	if text == "" {
		return nil, nil //nolint:nilnil // no key is no error
	}
	key, err := snapshot.NewKey(envtight.NewSecret(text))
	if err != nil {
		return nil, usage("%s: %w", snapshot.KeyVariable, err)
	}
	return key, nil
}

// nameLike finds whatever may be the name of a variable.
var nameLike = lazyregexp.New(`[A-Za-z_][A-Za-z0-9_.-]*`)

// knownNames are the names that may be looked for among hidden ones: all that stand in
// env examples and in the configuration, and those that rules about names know. It
// does no harm when one of them is no name at all.
func (p *project) knownNames() []string {
	known := map[string]bool{}
	add := func(text []byte) {
		for _, name := range nameLike().FindAll(text, -1) {
			known[string(name)] = true
		}
	}
	add(p.configText)
	units := []*workspace.Unit{&p.workspace.Root}
	for _, w := range p.workspace.Apps {
		units = append(units, &w.Unit)
	}
	for _, w := range p.workspace.Packages {
		units = append(units, &w.Unit)
	}
	for _, unit := range units {
		for _, example := range unit.Examples {
			if text, err := fs.ReadFile(p.fsys, example.Path); err == nil {
				add(text)
			}
		}
	}
	for _, name := range naming.KnownNames() {
		known[name] = true
	}
	return slices.Sorted(maps.Keys(known))
}
