// Package envfile reads an env file of the repository as if it were a platform:
// what a deployment is given by hand, by a chart or by compose. Its name in
// configuration is "file", and its environments are paths.
//
// The file is read as package dotenv describes under "the neutral tree", the last
// assignment of a name counting. Whether a name is empty is known, since the text
// is there; no value is kept unless [envcheck.Target].Values asks for it. It takes
// no token and no connection, so an offline run reads it, too.
//
// A file that is not there is an environment that does not exist: the rule
// env/environment-missing says so once, and lists the env files beside it. A file
// with a line of which nobody can say what it sets proves no absence.
package envfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	pathpkg "path"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/internal/lazyregexp"
	"github.com/envtight/envtight/internal/regular"
)

// Platform is the name in configuration.
const Platform = "file"

// maxSize is the size in bytes above which a file is not read.
const maxSize = 8 << 20

// Source reads env files. It is safe for concurrent use and keeps nothing between
// two fetches.
type Source struct {
	fsys fs.FS
}

var (
	_ envcheck.Source  = (*Source)(nil)
	_ envcheck.Needer  = (*Source)(nil)
	_ envcheck.Prober  = (*Source)(nil)
	_ envcheck.Adviser = (*Source)(nil)
)

// New returns a source of the files of a repository. What lies outside of fsys is
// out of reach: a file system as that of os.Root follows no link there.
func New(fsys fs.FS) *Source { return &Source{fsys: fsys} }

// Platform returns "file".
func (*Source) Platform() string { return Platform }

// Needs returns none.
func (*Source) Needs(envcheck.Link) envcheck.Needs { return envcheck.Needs{} }

// SetCommand says which line to add where.
func (*Source) SetCommand(target envcheck.Target, name string) string {
	return fmt.Sprintf("add the line %s=<value> to %s", name, target.Ref.Name)
}

// Fetch implements [envcheck.Source].
func (s *Source) Fetch(ctx context.Context, targets []envcheck.Target) []envcheck.Answer {
	answers := make([]envcheck.Answer, len(targets))
	for i, target := range targets {
		answers[i] = s.answer(ctx, target)
	}
	return answers
}

// Probe reads the file of a target.
func (s *Source) Probe(ctx context.Context, target envcheck.Target) envcheck.Reach {
	reach := envcheck.Reach{Kind: "env file"}
	target.Values = false
	answer := s.answer(ctx, target)
	switch {
	case answer.NoSuchEnvironment:
		reach.Problem = target.Ref.Name + " does not exist"
		reach.Advice = "correct environments in the app's platform block"
	case len(answer.Incomplete) > 0:
		reach.Problem, reach.Advice = answer.Incomplete[0].Cause, answer.Incomplete[0].Advice
	default:
		reach.OK = true
		reach.Sees = fmt.Sprintf("%s, names: %d", target.Ref.Name, len(answer.Settings))
	}
	return reach
}

func (s *Source) answer(ctx context.Context, target envcheck.Target) envcheck.Answer {
	// The project only says what the file is for; its path is the place.
	a := envcheck.Answer{Place: envtight.Place{Platform: Platform, Service: target.Service, Environment: target.Ref.Name}}
	fail := func(cause, advice string) envcheck.Answer {
		a.Incomplete = []envtight.Incompleteness{{Silence: envtight.Failed, Cause: "file: " + cause, Advice: advice}}
		return a
	}
	if ctx.Err() != nil {
		return fail("the run was stopped before "+target.Ref.Name+" was read", "run it again")
	}
	path := pathpkg.Clean(target.Ref.Name)
	if target.Ref.Name == "" || strings.Contains(path, `\`) || !fs.ValidPath(path) {
		return fail(fmt.Sprintf("%q is no path inside the repository", target.Ref.Name), `write it relative to its root, with "/"`)
	}
	text, err := regular.Read(s.fsys, path, maxSize)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		a.NoSuchEnvironment, a.Environments = true, s.beside(path)
		return a
	case err != nil:
		return fail(fmt.Sprintf("cannot read %s: %v", path, err), "name a regular file inside the repository that you may read")
	}
	file := dotenv.Parse(text)
	doubt := doubtful(file)
	a.Settings = settings(file, target.Values, doubt)
	if doubt != nil {
		line := file.Range(doubt.Span).Start.Line
		return fail(fmt.Sprintf("nobody can say what line %d of %s sets (%s)", line, path, doubt.Problem), "mend the line, or make a comment of it")
	}
	a.Complete = true
	return a
}

// beside lists the env files in the directory of path, sorted.
func (s *Source) beside(path string) []string {
	entries, err := fs.ReadDir(s.fsys, pathpkg.Dir(path))
	if err != nil {
		return nil
	}
	var out []string
	for _, entry := range entries {
		if !entry.IsDir() && dotenv.Kind(entry.Name()) == dotenv.Real {
			out = append(out, pathpkg.Join(pathpkg.Dir(path), entry.Name()))
		}
	}
	slices.Sort(out)
	return out
}

// doubtful returns the first entry of which loaders disagree what it sets, and how
// far it goes; nil when there is none.
func doubtful(file *dotenv.File) *dotenv.Entry {
	for i := range file.Entries() {
		e := &file.Entries()[i]
		if e.Kind == dotenv.BadLine || e.Kind == dotenv.Assignment && (e.Problem == dotenv.UnterminatedQuote || e.Problem == dotenv.StrayText) {
			return e
		}
	}
	return nil
}

// settings returns what the file sets, sorted by name. What stands behind doubt
// may be the rest of a value: there only names in capitals are names.
func settings(file *dotenv.File, values bool, doubt *dotenv.Entry) []envcheck.Setting {
	last := map[string]*dotenv.Entry{}
	for i := range file.Entries() {
		e := &file.Entries()[i]
		inDoubt := doubt != nil && e.Span.Start > doubt.Span.Start
		if e.Kind == dotenv.Assignment && e.Problem != dotenv.BadKey && (!inDoubt || e.Name == strings.ToUpper(e.Name)) {
			last[e.Name] = e
		}
	}
	out := make([]envcheck.Setting, 0, len(last))
	for name, e := range last {
		out = append(out, setting(name, file, e, values, last))
	}
	slices.SortFunc(out, func(a, b envcheck.Setting) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// wholeReference matches a value that is another variable and nothing else. One
// with a default is none: the default is a value.
var wholeReference = lazyregexp.New(`^\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))$`)

func setting(name string, file *dotenv.File, e *dotenv.Entry, values bool, all map[string]*dotenv.Entry) envcheck.Setting {
	s := envcheck.Setting{Name: name, State: envtight.Set}
	value := file.Value(e)
	text := value.Reveal()
	literal := e.Quote == dotenv.Single
	switch match := wholeReference().FindStringSubmatch(text); {
	case text == "":
		s.State = envtight.Empty
	case match != nil && !literal:
		s.State = envtight.Reference
		reference := envcheck.Reference{Text: match[0]}
		// What the file does not set, the process may have.
		if to := match[1] + match[2]; to != name && all[to] != nil {
			reference.Resolution = envcheck.Resolved
		}
		s.References = []envcheck.Reference{reference}
		return s
	}
	// With an escape or a reference in it, its text depends on the loader.
	if values && (literal || !strings.ContainsAny(text, `$\`)) {
		s.Value, s.Readable = value, true
	}
	return s
}
