package envcheck

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/envtight/envtight"
)

// Repository is the checkout as the rest of the world knows it.
type Repository struct {
	// Name is "owner/name" of the remote, with all groups that it lies in, and
	// Host the host of the remote; an empty Host is GitHub. With an empty Name
	// nobody knows what is built from it.
	Name, Host string
	// Removed returns the commit that removed a directory; false when no commit
	// did, as far as the history is at hand. Nil: there is no history.
	Removed func(ctx context.Context, dir string) (Removal, bool, error)
	// Shallow tells that the history at hand is not all of it.
	Shallow bool
}

// History tells which commits changed how often the texts of the repository hold a
// name, as far as it is at hand.
type History interface {
	// LastNamed returns the last such commit that is about more than env files and
	// documentation; false when there is none.
	LastNamed(ctx context.Context, name string) (Removal, bool, error)
	// Brought returns the last such commit that is about the file at path; false when
	// there is none.
	Brought(ctx context.Context, path, name string) (Removal, bool, error)
}

// Removal is a commit that removed a directory, or that changed how often a name stands
// somewhere.
type Removal struct {
	Commit string // hexadecimal
	Author string // any text
	At     time.Time
}

// Bounds of what a survey costs beyond the lists of what there is.
const (
	maxCounted = 10               // orphans whose variables are counted
	maxTraced  = 20               // directories that are looked for in the history
	traceTime  = 10 * time.Second // for the history as a whole
)

// survey is what the platforms have that is built from the repository.
type survey struct {
	found      []surveyed
	incomplete []envtight.Incompleteness
	// whole tells that everything was seen that the tokens are for.
	whole bool
}

// surveyed is something deployed, as one token sees it.
type surveyed struct {
	Deployed
	source Source
	query  Query
}

// orphan is something deployed that no app is.
type orphan struct {
	surveyed
	removal Removal
	// names is how many variables are set there by hand, and counts how many in
	// each environment. counted tells that they are known.
	names   int
	counts  []string
	counted bool
}

// question is a token and a team to survey with.
type question struct {
	surveyor Surveyor
	source   Source
	query    Query
	// unlinked tells that no app is on the platform: that it cannot be asked is
	// then no failure of the run.
	unlinked bool
}

// surveys reports whether the run looks at the whole repository and may ask.
func (c *Check) surveys() bool {
	return c.options.Repository != nil && c.options.Apps == nil && !c.options.Offline && !c.options.FactsOnly
}

// survey asks all questions at once.
func (c *Check) survey(ctx context.Context, questions []question) *survey {
	s := &survey{}
	switch {
	case len(questions) == 0:
		return s
	case c.options.Repository.Name == "":
		s.incomplete = []envtight.Incompleteness{{
			Silence: envtight.NotAsked,
			Cause:   "what else is built from this repository was not asked: it has no remote called origin",
		}}
		return s
	}
	ctx, cancel := context.WithTimeout(ctx, c.options.Deadline)
	defer cancel()
	answers := make([]survey, len(questions))
	var wait sync.WaitGroup
	for i, q := range questions {
		wait.Go(func() { answers[i].ask(ctx, q) })
	}
	wait.Wait()
	s.whole = true
	for _, a := range answers {
		s.found = append(s.found, a.found...)
		s.incomplete = append(s.incomplete, a.incomplete...)
		s.whole = s.whole && a.whole
	}
	return s
}

// ask asks one question. An adapter that panics leaves it open.
func (s *survey) ask(ctx context.Context, q question) {
	s.incomplete = []envtight.Incompleteness{{
		Silence: envtight.Failed, Cause: fmt.Sprintf("the %s adapter gave no answer", q.source.Platform()), Advice: "this is a bug of the adapter",
	}}
	defer func() { _ = recover() }() // its text may quote an answer
	found, incomplete := q.surveyor.Survey(ctx, q.query)
	s.incomplete, s.whole = slices.Clone(incomplete), len(incomplete) == 0
	for i := range s.incomplete {
		if q.unlinked {
			s.incomplete[i].Silence = envtight.NotAsked
		}
	}
	for _, d := range found {
		s.found = append(s.found, surveyed{d, q.source, q.query})
	}
}

// questions are one for each platform, token and team that links have. Links of
// apps that are gone count: what they are linked to is not. Who said nothing of any
// app is not asked again; that is reported already.
func (c *Check) questions(cells []*cell) []question {
	if !c.surveys() {
		return nil
	}
	type key struct{ platform, team, from, token string }
	index := map[key]int{}
	var out []question
	for _, link := range c.surveyedLinks() {
		source := SourceOf(c.options.Sources, link.Platform)
		surveyor, ok := As[Surveyor](source)
		if !ok || c.options.Tokens == nil {
			continue
		}
		for _, environment := range c.options.Environments {
			if _, mapped := link.Environments[environment]; !mapped {
				continue
			}
			token, ok := c.options.Tokens(*link, environment)
			if !ok || unanswered(cells, link, token) {
				continue
			}
			k := key{link.Platform, link.Team, token.From, token.Secret.Reveal()}
			at, asked := index[k]
			if !asked {
				at = len(out)
				index[k] = at
				out = append(out, question{surveyor, source, Query{
					Repository: c.options.Repository.Name, Host: c.options.Repository.Host, Team: link.Team, Token: token,
				}, link.Project == ""})
			}
			if q := &out[at].query; link.Project != "" && !slices.Contains(q.Linked, link.Project) {
				q.Linked = append(q.Linked, link.Project)
			}
		}
	}
	return out
}

// surveyedLinks are the links of all apps, and for a platform that the last app has
// left one to nothing: its token is still here, and so may be what it was for. Where
// nobody wrote a link, a token is no wish to be asked.
func (c *Check) surveyedLinks() []*Link {
	var out []*Link
	written := false
	for i := range c.options.Links {
		out = append(out, &c.options.Links[i])
		written = written || !c.options.Links[i].Guessed
	}
	if !written {
		return out
	}
	for _, source := range c.options.Sources {
		left := !slices.ContainsFunc(out, func(l *Link) bool { return l.Platform == source.Platform() })
		if _, ok := As[Surveyor](source); ok && left {
			link := &Link{Platform: source.Platform(), Environments: map[string]EnvironmentRef{}}
			for _, environment := range c.options.Environments {
				link.Environments[environment] = EnvironmentRef{}
			}
			out = append(out, link)
		}
	}
	return out
}

// unanswered reports whether cells were asked about with a token in a team, and none
// was answered.
func unanswered(cells []*cell, link *Link, token Token) bool {
	asked := false
	for _, cell := range cells {
		if !cell.asked || cell.link.Platform != link.Platform || cell.link.Team != link.Team ||
			cell.target.Token.From != token.From || !cell.target.Token.Secret.Equal(token.Secret) {
			continue
		}
		if cell.answered() || cell.answer.NoSuchEnvironment {
			return false
		}
		asked = true
	}
	return asked
}

// orphans are what no app is, whose directory some commit removed. What nobody can
// tell about is in the survey's incomplete.
func (c *Check) orphans(ctx context.Context, s *survey) []orphan {
	var out []orphan
	seen := map[envtight.Place]int{}
	traced, untold := map[string]bool{}, 0
	bounded, cancel := context.WithTimeout(ctx, traceTime)
	defer cancel()
	for _, d := range s.found {
		id := envtight.Place{Platform: d.Place.Platform, Project: d.Facts.ID, Service: d.Facts.ServiceID}
		if _, again := seen[id]; again || !c.gone(d.Facts) || c.mapped(d) {
			continue
		}
		seen[id] = len(out)
		dir := d.Facts.RootDirectory
		traced[dir] = true
		removal, removed, err := c.traced(bounded, dir, len(traced))
		switch {
		case removed:
			out = append(out, orphan{surveyed: d, removal: removal})
		case err != nil || c.options.Repository.Removed == nil || c.options.Repository.Shallow:
			untold++
		}
	}
	if untold > 0 {
		s.whole = false
		s.incomplete = append(s.incomplete, envtight.Incompleteness{
			Silence: envtight.Undecidable, Count: untold,
			Cause:  "projects or services are built from directories that are not here, and the history at hand does not tell whether they were removed",
			Advice: "look at the whole history: git fetch --unshallow, or fetch-depth: 0 of actions/checkout",
		})
	}
	slices.SortFunc(out, func(a, b orphan) int { return cmp.Compare(a.Place.String(), b.Place.String()) })
	for i := range out[:min(len(out), maxCounted)] {
		out[i].count(ctx, s.found)
	}
	return out
}

// traced looks a directory up in the history.
func (c *Check) traced(ctx context.Context, dir string, n int) (Removal, bool, error) {
	switch {
	case c.options.Repository.Removed == nil:
		return Removal{}, false, nil
	case n > maxTraced:
		return Removal{}, false, errors.New("too many directories")
	}
	return c.options.Repository.Removed(ctx, dir)
}

// gone reports whether the platform builds a directory that is not in the tree. The
// root builds anything: which, only commands or a Dockerfile tell.
func (c *Check) gone(f ProjectFacts) bool {
	if !f.RootKnown || f.RootDirectory == "" || !fs.ValidPath(f.RootDirectory) {
		return false
	}
	_, err := fs.Stat(c.options.FS, f.RootDirectory)
	return errors.Is(err, fs.ErrNotExist)
}

// mapped reports whether some app is, or may be, what is deployed: by a link, or by
// its name when it has no link there.
func (c *Check) mapped(d surveyed) bool {
	names := func(meant, id, name string) bool { return meant == id || strings.EqualFold(meant, name) }
	linked := map[string]bool{}
	for i := range c.options.Links {
		link := &c.options.Links[i]
		if link.Platform != d.Place.Platform {
			continue
		}
		linked[link.App] = true
		if names(link.Project, d.Facts.ID, d.Facts.Name) &&
			(link.Service == "" || names(link.Service, d.Facts.ServiceID, d.Place.Service)) {
			return true
		}
	}
	called := cmp.Or(d.Place.Service, d.Place.Project)
	for _, w := range c.options.Workspace.Apps {
		if !linked[w.Name] && (strings.EqualFold(w.Name, called) || strings.EqualFold(path.Base(w.Dir), called)) {
			return true
		}
	}
	return false
}

// count asks for the variables that are set there, in all environments that some
// token reaches. That some could not be seen is no failure: it is said.
func (o *orphan) count(ctx context.Context, found []surveyed) {
	defer func() { _ = recover() }() // as in fetchFrom
	names := map[string]bool{}
	o.counted = true
	asked := map[string]bool{}
	for _, d := range found {
		if d.Facts.ID != o.Facts.ID || d.Facts.ServiceID != o.Facts.ServiceID || d.Place.Platform != o.Place.Platform {
			continue
		}
		var targets []Target
		for _, environment := range d.Environments {
			if !asked[environment] {
				asked[environment] = true
				targets = append(targets, Target{
					Environment: environment, Team: d.query.Team, Project: d.Facts.ID, Service: d.Facts.ServiceID,
					Ref: EnvironmentRef{Name: environment}, Token: d.query.Token,
				})
			}
		}
		for i, answer := range d.source.Fetch(ctx, targets) {
			n := 0
			for j := range answer.Settings {
				if s := &answer.Settings[j]; s.Managed == "" && !s.Shared {
					names[s.Name] = true
					n++
				}
			}
			o.counted = o.counted && answer.Complete
			if n > 0 {
				o.counts = append(o.counts, fmt.Sprintf("%s %d", targets[i].Environment, n))
			}
		}
	}
	o.names = len(names)
}
