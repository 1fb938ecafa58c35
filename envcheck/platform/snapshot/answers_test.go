package snapshot

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// platform answers what it is told to.
type platform struct{ answers []envcheck.Answer }

func (platform) Platform() string { return "railway" }

func (p platform) Fetch(context.Context, []envcheck.Target) []envcheck.Answer { return p.answers }

func (platform) SetCommand(_ envcheck.Target, name string) string { return "set " + name }

func target(app, environment string) envcheck.Target {
	return envcheck.Target{App: app, Environment: environment, Project: "shop", Service: app, Ref: envcheck.EnvironmentRef{Name: environment}}
}

// TestSource: a snapshot answers target by target, in order. The suite of package
// sourcetest is for sources that can give values, which this one never does.
func TestSource(t *testing.T) {
	f := large(2, 2, 5)
	names := map[string]envtight.State{}
	for _, s := range f.Cells[0].Answer.Settings {
		names[s.Name] = s.State
	}
	src := NewAnswers(f, Options{Path: "f", Now: taken()}).Source(platform{})
	t.Run("fetch", func(t *testing.T) {
		targets := []envcheck.Target{target("app-01", "env-0"), target("app-00", "env-1"), target("app-00", "env-1")}
		answers := src.Fetch(t.Context(), targets)
		if len(answers) != len(targets) {
			t.Fatalf("%d answers", len(answers))
		}
		for i, a := range answers {
			if !a.Complete || a.Place.Service != targets[i].App || len(a.Settings) != len(names) {
				t.Errorf("answer %d: %+v", i, a)
			}
			for _, s := range a.Settings {
				if names[s.Name] != s.State {
					t.Errorf("%s is %s", s.Name, s.State)
				}
			}
		}
	})
	t.Run("needs nothing", func(t *testing.T) {
		if needs := envcheck.NeedsOf(src, envcheck.Link{}); needs != (envcheck.Needs{}) {
			t.Errorf("it needs %+v", needs)
		}
	})
	t.Run("advises as the platform", func(t *testing.T) {
		adviser, ok := envcheck.As[envcheck.Adviser](src)
		if !ok || adviser.SetCommand(envcheck.Target{}, "A") != "set A" {
			t.Error("the advice of the platform is lost")
		}
	})
}

// TestMeans: a link that means another place now is another question.
func TestMeans(t *testing.T) {
	c := Cell{App: "api", Environment: "prod", Platform: "railway", Project: "shop", Service: "api", Ref: envcheck.EnvironmentRef{Name: "production"}}
	c.Answer = envcheck.Answer{
		Complete: true, Place: envtight.Place{Platform: "railway", Project: "Shop", Service: "Api", Environment: "Production"},
		Project: envcheck.ProjectFacts{ID: "p-1", EnvironmentID: "e-1", ServiceID: "s-1"},
	}
	answers := NewAnswers(&File{Taken: taken(), Cells: []Cell{c}}, Options{Path: "f", Now: taken()})
	for name, tt := range map[string]struct {
		change func(*envcheck.Target)
		want   bool
	}{
		"the same words":      {func(*envcheck.Target) {}, true},
		"ids":                 {func(t *envcheck.Target) { t.Project, t.Service, t.Ref.Name = "p-1", "s-1", "e-1" }, true},
		"names":               {func(t *envcheck.Target) { t.Project, t.Service, t.Ref.Name = "Shop", "Api", "Production" }, true},
		"another project":     {func(t *envcheck.Target) { t.Project = "other" }, false},
		"no project":          {func(t *envcheck.Target) { t.Project = "" }, false},
		"another service":     {func(t *envcheck.Target) { t.Service = "web" }, false},
		"another environment": {func(t *envcheck.Target) { t.Ref.Name = "staging" }, false},
		"a branch":            {func(t *envcheck.Target) { t.Ref.Branch = "dev" }, false},
		"a pull request":      {func(t *envcheck.Target) { t.Ref.Pull.Number = 12 }, false},
		"another app":         {func(t *envcheck.Target) { t.App = "web" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			target := targetOf(&c)
			tt.change(&target)
			a := answers.Source(platform{}).Fetch(t.Context(), []envcheck.Target{target})[0]
			if a.Complete != tt.want {
				t.Errorf("complete %v, want %v", a.Complete, tt.want)
			}
			if !tt.want && (len(a.Incomplete) != 1 || a.Incomplete[0].Silence != envtight.NotAsked) {
				t.Errorf("it is not called not asked: %+v", a.Incomplete)
			}
		})
	}
}

// targetOf is the question that a cell answers.
func targetOf(c *Cell) envcheck.Target {
	return envcheck.Target{App: c.App, Environment: c.Environment, Team: c.Team, Project: c.Project, Service: c.Service, Ref: c.Ref}
}

func TestAge(t *testing.T) {
	f := &File{Taken: taken()}
	for name, tt := range map[string]struct {
		age, most time.Duration
		refused   string
	}{
		"fresh":               {time.Hour, DefaultMaxAge, ""},
		"as old as can be":    {DefaultMaxAge, DefaultMaxAge, ""},
		"a second older":      {DefaultMaxAge + time.Second, DefaultMaxAge, "too old"},
		"any age":             {1000 * DefaultMaxAge, 0, ""},
		"a clock ahead":       {-time.Hour, DefaultMaxAge, ""},
		"from the future":     {-time.Hour - time.Second, DefaultMaxAge, "yet to come"},
		"the future, any age": {-2 * time.Hour, 0, "yet to come"},
	} {
		t.Run(name, func(t *testing.T) {
			refusal := NewAnswers(f, Options{Path: "f", Now: taken().Add(tt.age), MaxAge: tt.most}).Refusal()
			if (refusal != nil) != (tt.refused != "") || refusal != nil && (!strings.Contains(refusal.Cause, tt.refused) || refusal.Silence != envtight.Failed) {
				t.Errorf("refused: %+v", refusal)
			}
		})
	}
}

// TestFallback: only cells that could not be reached are answered, and only wholly.
func TestFallback(t *testing.T) {
	f := large(4, 1, 2)
	f.Cells[3].Answer.Complete = false
	failed := []envtight.Incompleteness{{Silence: envtight.Failed, Cause: "railway: c", Advice: "a"}}
	down := envcheck.Answer{Unreachable: true, Incomplete: failed}
	live := platform{[]envcheck.Answer{down, {Incomplete: failed}, {Complete: true, Unreachable: true}, down, down}}
	targets := []envcheck.Target{target("app-00", "env-0"), target("app-01", "env-0"), target("app-02", "env-0"), target("app-03", "env-0"), target("none", "env-0")}
	got := NewAnswers(f, Options{Path: "f", Now: taken()}).Fallback(live).Fetch(t.Context(), targets)
	if a := got[0]; !a.Complete || a.Unreachable || len(a.Settings) != 2 || len(a.Incomplete) != 1 ||
		a.Incomplete[0].Silence != envtight.NotAsked || !strings.Contains(a.Incomplete[0].Cause, "railway could not be reached: the snapshot f of 2026-11-25 03:00 UTC answered for 1 cell") {
		t.Errorf("what is down is not stood in for: %+v", a)
	}
	if diff := cmp.Diff(live.answers[1:], got[1:]); diff != "" {
		t.Errorf("other answers were changed:\n%s", diff)
	}
	stale := NewAnswers(f, Options{Path: "f", Now: taken().Add(time.Hour), MaxAge: time.Minute}).Fallback(live).Fetch(t.Context(), targets)
	if stale[0].Complete || len(stale[0].Incomplete) != 2 || stale[0].Incomplete[0].Silence != envtight.Failed {
		t.Errorf("a stale snapshot stood in: %+v", stale[0])
	}
}

func TestHidden(t *testing.T) {
	key := func(c string) *Key {
		k, err := NewKey(envtight.NewSecret(strings.Repeat(c, minKey)))
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	if _, err := NewKey(envtight.NewSecret(strings.Repeat("k", minKey-1))); err == nil {
		t.Error("a short key is taken")
	}
	c := Cell{App: "api", Environment: "prod", Platform: "railway"}
	c.Answer = envcheck.Answer{
		Complete: true,
		Settings: []envcheck.Setting{
			{Name: "KNOWN_NAME", State: envtight.Reference, References: []envcheck.Reference{{Text: "${{Store.SECRET_NAME}}", Resolution: envcheck.Dangling, Why: "no SECRET_NAME"}}},
			{Name: "SECRET_NAME", State: envtight.Set},
		},
		Incomplete: []envtight.Incompleteness{{Silence: envtight.Undecidable, Cause: "SECRET_NAME is odd", Advice: "look at SECRET_NAME"}},
		Project:    envcheck.ProjectFacts{NotCopied: []string{"SECRET_NAME"}, Branches: []envcheck.BranchSettings{{Branch: "dev", Names: []string{"KNOWN_NAME", "SECRET_NAME"}}}},
	}
	plain := &File{Taken: taken(), Cells: []Cell{c}}
	text := string(plain.Hide(key("k")).Encode())
	for _, name := range []string{"KNOWN_NAME", "SECRET_NAME", "Store", strings.Repeat("k", 8)} {
		if strings.Contains(text, name) {
			t.Errorf("%s shows in the file:\n%s", name, text)
		}
	}
	if string(plain.Encode()) == text || plain.Cells[0].Answer.Settings[0].Name != "KNOWN_NAME" {
		t.Error("hiding changed the file that it was asked to hide")
	}
	if other := string(plain.Hide(key("m")).Encode()); strings.Split(other, "\n")[7] == strings.Split(text, "\n")[7] {
		t.Error("two keys hide names in one way")
	}
	f, err := Decode("f", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	answers := NewAnswers(f, Options{Path: "f", Now: taken(), Key: key("k"), Known: []string{"OTHER", "KNOWN_NAME"}})
	a := answers.Source(platform{}).Fetch(t.Context(), []envcheck.Target{targetOf(&c)})[0]
	want := []envcheck.Setting{{Name: "KNOWN_NAME", State: envtight.Reference, References: []envcheck.Reference{{Text: noReference, Resolution: envcheck.Dangling}}}}
	if diff := cmp.Diff(want, a.Settings, kept); diff != "" || !a.Complete {
		t.Errorf("complete %v, %s", a.Complete, diff)
	}
	if diff := cmp.Diff([]string{"KNOWN_NAME"}, a.Project.Branches[0].Names); diff != "" || len(a.Project.NotCopied) != 0 {
		t.Errorf("%v %s", a.Project.NotCopied, diff)
	}
	for _, tt := range []struct {
		key  *Key
		want envtight.Silence
	}{{nil, envtight.NotAsked}, {key("m"), envtight.Failed}} {
		if refusal := NewAnswers(f, Options{Path: "f", Now: taken(), Key: tt.key}).Refusal(); refusal == nil || refusal.Silence != tt.want {
			t.Errorf("%+v, want %s", refusal, tt.want)
		}
	}
}

func TestCompare(t *testing.T) {
	cell := func(app string, complete bool, settings ...envcheck.Setting) Cell {
		return Cell{App: app, Environment: "prod", Platform: "railway", Answer: envcheck.Answer{Complete: complete, Settings: settings}}
	}
	set := func(name string) envcheck.Setting { return envcheck.Setting{Name: name, State: envtight.Set} }
	sealed := envcheck.Setting{Name: "B", State: envtight.Unreadable, Type: "sealed", Storage: envcheck.StoredSealed}
	later := envcheck.Setting{Name: "C", State: envtight.Set, Updated: taken()}
	from := &File{Taken: taken(), Cells: []Cell{cell("a", true, set("A"), set("B"), set("C"), set("D")), cell("b", true, set("A")), cell("c", false), cell("d", true, set("A"))}}
	to := &File{Taken: taken(), Cells: []Cell{cell("a", true, sealed, later, set("D"), set("E")), cell("b", false), cell("c", true, set("A")), cell("e", true, set("A"))}}
	diff, err := Compare(from, to)
	if err != nil {
		t.Fatal(err)
	}
	place := envtight.Place{Platform: "railway"}
	want := []CellDiff{
		{App: "a", Environment: "prod", Place: place, Changes: []Change{
			{Name: "A", Kind: Gone},
			{Name: "B", Kind: Changed, What: []string{"state set -> unreadable", "type none -> sealed", "storage none -> sealed"}},
			{Name: "C", Kind: Updated},
			{Name: "E", Kind: Appeared},
		}},
		{App: "b", Environment: "prod", Place: place, Unknown: "incomplete in the second snapshot"},
		{App: "c", Environment: "prod", Place: place, Unknown: "incomplete in the first snapshot"},
		{App: "d", Environment: "prod", Place: place, Cell: Gone},
		{App: "e", Environment: "prod", Place: place, Cell: Appeared},
	}
	if d := cmp.Diff(want, diff.Cells); d != "" || diff.Same() {
		t.Error(d)
	}
	if same, err := Compare(from, from); err != nil || !same.Same() {
		t.Errorf("a file differs from itself: %+v, %v", same, err)
	}
}

// TestRecorder: answers are kept without values, and nobody is asked for values.
func TestRecorder(t *testing.T) {
	var r Recorder
	asked := target("api", "prod")
	asked.Values, asked.Token.From = true, "T"
	src := r.Source(platform{[]envcheck.Answer{{Complete: true}, {Unreachable: true}}})
	unreached := target("web", "prod")
	unreached.Token.From = "U"
	src.Fetch(t.Context(), []envcheck.Target{asked, unreached})
	if cells := r.Cells(); len(cells) != 2 || cells[0].Token != "T" || !cells[0].Answer.Complete {
		t.Errorf("kept %+v", cells)
	}
	if a := r.Asked(); len(a) != 1 || a[0].Target.Token.From != "T" || a[0].Target.Values {
		t.Errorf("asked %+v", a)
	}
}
