package snapshot

import (
	"context"
	"fmt"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// DefaultMaxAge is how old a snapshot may be when nobody says otherwise.
const DefaultMaxAge = 7 * 24 * time.Hour

// maxSkew is how far the clock of who took a snapshot may be ahead.
const maxSkew = time.Hour

// Options say how a snapshot answers.
type Options struct {
	// Path is what to call the file.
	Path string
	// Now is the time that the age is counted to, MaxAge what it may be; 0: any.
	Now    time.Time
	MaxAge time.Duration
	// Key opens hidden names, of which only those in Known are found. Nil: there
	// is no key.
	Key   *Key
	Known []string
}

// Answers are what a snapshot says, in place of platforms. They are safe for
// concurrent use.
type Answers struct {
	path  string
	taken time.Time
	cells map[cellKey][]*Cell
	// hidden is how many names are in the file that nobody knows.
	hidden int
	// refusal says why the file does not answer; nil when it does.
	refusal *envtight.Incompleteness
}

type cellKey struct{ app, environment, platform string }

// NewAnswers returns what a file says. A file that is too old, or whose names are
// hidden under another key, answers nothing, and says so for every cell.
func NewAnswers(f *File, o Options) *Answers {
	a := &Answers{path: o.Path, taken: f.Taken, cells: map[cellKey][]*Cell{}}
	if a.refusal = f.refusal(o); a.refusal != nil {
		return a
	}
	cells := f.Cells
	if f.KeyID != "" {
		var hidden map[string]bool
		cells, hidden = f.reveal(o.Key, o.Known)
		a.hidden = len(hidden)
	}
	for i := range cells {
		key := cellKey{cells[i].App, cells[i].Environment, cells[i].Platform}
		a.cells[key] = append(a.cells[key], &cells[i])
	}
	return a
}

// NoAnswers answers every question with a reason for not answering.
func NoAnswers(path string, reason envtight.Incompleteness) *Answers {
	return &Answers{path: path, refusal: &reason}
}

// Refusal returns why nothing is answered; nil when it is.
func (a *Answers) Refusal() *envtight.Incompleteness { return a.refusal }

// String names the snapshot, as in "platforms.snapshot of 2026-11-25 03:00 UTC".
func (a *Answers) String() string { return a.path + " of " + timeWords(a.taken) }

func timeWords(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func (f *File) refusal(o Options) *envtight.Incompleteness {
	refuse := func(silence envtight.Silence, cause, advice string) *envtight.Incompleteness {
		return &envtight.Incompleteness{Silence: silence, Cause: "the snapshot " + o.Path + " " + cause, Advice: advice}
	}
	takeNew := "take a new one: envtight snapshot -o " + o.Path
	switch age := o.Now.Sub(f.Taken); {
	case age < -maxSkew:
		return refuse(envtight.Failed, "says that it was taken on "+timeWords(f.Taken)+", which is yet to come", "look at the clocks, then "+takeNew)
	case o.MaxAge > 0 && age > o.MaxAge:
		return refuse(envtight.Failed, "is too old: it was taken on "+timeWords(f.Taken), takeNew+"; or allow it with --max-age")
	case f.KeyID != "" && o.Key == nil:
		return refuse(envtight.NotAsked, "was not read: its names are hidden, and there is no key", "set "+KeyVariable)
	case f.KeyID != "" && f.KeyID != o.Key.ID():
		return refuse(envtight.Failed, "cannot be read: its names are hidden under another key than the one in "+KeyVariable, "correct the key, or "+takeNew)
	}
	return nil
}

// Source answers in place of a platform. It needs neither token nor connection,
// and advises as the platform does.
func (a *Answers) Source(live envcheck.Source) envcheck.Source { return &source{a, live} }

type source struct {
	answers *Answers
	live    envcheck.Source
}

func (s *source) Platform() string { return s.live.Platform() }

func (s *source) Needs(envcheck.Link) envcheck.Needs { return envcheck.Needs{} }

func (s *source) Fetch(_ context.Context, targets []envcheck.Target) []envcheck.Answer {
	out := make([]envcheck.Answer, len(targets))
	for i, t := range targets {
		out[i] = s.answers.to(s.Platform(), t)
	}
	return out
}

// Unwrap lets the platform advise.
func (s *source) Unwrap() envcheck.Source { return s.live }

// to answers a question.
func (a *Answers) to(platform string, t envcheck.Target) envcheck.Answer {
	open := func(inc envtight.Incompleteness) envcheck.Answer {
		return envcheck.Answer{
			Place:      envtight.Place{Platform: platform, Project: t.Project, Service: t.Service, Environment: t.Ref.Name},
			Incomplete: []envtight.Incompleteness{inc},
		}
	}
	if a.refusal != nil {
		return open(*a.refusal)
	}
	c := a.find(platform, t)
	if c == nil {
		return open(envtight.Incompleteness{
			Silence: envtight.NotAsked,
			Cause:   "the snapshot " + a.path + " does not hold every app and environment",
			Advice:  "take a new one, where there are tokens for all: envtight snapshot -o " + a.path,
		})
	}
	answer := c.AnswerTo(t)
	for i := range answer.Incomplete {
		inc := &answer.Incomplete[i]
		inc.Cause = "in the snapshot " + a.path + ": " + inc.Cause
		inc.Advice = "take a new one: envtight snapshot -o " + a.path
	}
	if a.hidden > 0 {
		answer.Incomplete = append(answer.Incomplete, envtight.Incompleteness{
			Silence: envtight.NotAsked,
			Cause:   fmt.Sprintf("%s that nothing here declares, hidden in the snapshot %s, could not be read", count(a.hidden, "name", "names"), a.path),
		})
	}
	if t.Values {
		answer.Incomplete = append(answer.Incomplete, envtight.Incompleteness{
			Silence: envtight.NotAsked,
			Cause:   "values were not compared: a snapshot holds none",
		})
	}
	return answer
}

// find returns the cell that is about the place which a target means.
func (a *Answers) find(platform string, t envcheck.Target) *Cell {
	for _, c := range a.cells[cellKey{t.App, t.Environment, platform}] {
		if c.means(t) {
			return c
		}
	}
	return nil
}

// means reports whether a target is the place that the cell is about, in the words of
// the link as it was or in the platform's own: a link that says something else now
// is another question.
func (c *Cell) means(t envcheck.Target) bool {
	same := func(word string, asked string, told ...string) bool {
		if word == asked {
			return true
		}
		for _, other := range told {
			if word != "" && word == other {
				return true
			}
		}
		return false
	}
	place, facts := &c.Answer.Place, &c.Answer.Project
	return (t.Team == c.Team || t.Team == "" || c.Team == "") &&
		same(t.Project, c.Project, place.Project, facts.ID, facts.Name) &&
		same(t.Service, c.Service, place.Service, facts.ServiceID) &&
		same(t.Ref.Name, c.Ref.Name, place.Environment, facts.EnvironmentID) &&
		t.Ref.Branch == c.Ref.Branch && t.Ref.Pull == c.Ref.Pull
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
