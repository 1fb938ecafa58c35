package envcheck

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/workspace"
)

// world is a random repository with random platforms.
type world struct {
	rand     *rand.Rand
	files    fstest.MapFS
	links    []Link
	policies []Policy
	answers  map[string]Answer // by cell
	tokens   map[string]bool   // by cell: it can be asked
}

var (
	worldNames        = []string{"ALPHA", "BRAVO", "CHARLIE", "DELTA", "ECHO", "CF_API_KEY", "CF_EMAIL"}
	worldEnvironments = []string{"dev", "staging", "prod"}
	// worldStyles are ways to declare a name.
	worldStyles = []string{"%s=\n", "%s=x\n", "# %s=\n", "# @required(prod)\n%s=\n", "# @only(dev)\n%s=\n", "# @optional\n%s=\n",
		"# @optional(dev)\n%s=\n", "# @required=if($X)\n%s=\n", "# @required(production)\n# %s=\n"}
)

func newWorld(seed uint64) *world {
	w := &world{rand: rand.New(rand.NewPCG(seed, 1)), files: fstest.MapFS{}, answers: map[string]Answer{}, tokens: map[string]bool{}}
	w.file("package.json", `{"workspaces": ["apps/*", "packages/*"]}`)
	w.file("packages/db/package.json", `{"name": "@acme/db"}`)
	for _, app := range []string{"api", "web", "worker"} {
		w.file("apps/"+app+"/package.json", `{"name": "`+app+`", "dependencies": {"@acme/db": "workspace:*"}}`)
		w.file("apps/"+app+"/Dockerfile", "FROM scratch\n")
	}
	for _, path := range []string{".env.example", "packages/db/.env.example", "apps/api/.env.example", "apps/web/.env.example", "apps/api/.env.production.example"} {
		if w.chance(2) {
			w.file(path, w.example())
		}
	}
	for _, app := range []string{"api", "web", "worker"} {
		for _, service := range []string{"one", "two"} {
			if w.chance(2) {
				w.link(app, service)
			}
		}
	}
	for w.chance(3) {
		w.policies = append(w.policies, w.policy())
	}
	return w
}

func (w *world) chance(n int) bool { return w.rand.IntN(n) == 0 }

func (w *world) file(path, text string) { w.files[path] = &fstest.MapFile{Data: []byte(text)} }

func (w *world) example() string {
	var text strings.Builder
	for _, name := range worldNames {
		if w.chance(2) {
			fmt.Fprintf(&text, worldStyles[w.rand.IntN(len(worldStyles))]+"\n", name)
		}
	}
	return text.String()
}

func (w *world) policy() Policy {
	some := func() (out []string) {
		for _, environment := range worldEnvironments {
			if w.chance(3) {
				out = append(out, environment)
			}
		}
		return out
	}
	p := Policy{Name: worldNames[w.rand.IntN(len(worldNames))], Location: envtight.WholeFile("envtight.hcl")}
	if w.chance(2) {
		p.App = "api"
	}
	switch w.rand.IntN(3) {
	case 0:
		p.RequiredIn = some()
	case 1:
		p.AbsentIn = some()
	default:
		p.Optional = true
	}
	return p
}

func (w *world) link(app, service string) {
	platform := []string{"railway", "vercel"}[w.rand.IntN(2)]
	link := Link{
		App: app, Platform: platform, Project: "shop", Service: service, Environments: map[string]EnvironmentRef{},
		Values: w.chance(2), Required: w.chance(8), Guessed: w.chance(2), Sealed: w.chance(2),
	}
	for _, environment := range worldEnvironments {
		switch w.rand.IntN(6) {
		case 0:
		case 1:
			link.NotIn = append(link.NotIn, environment)
		default:
			link.Environments[environment] = EnvironmentRef{Name: "the-" + environment}
			place := envtight.Place{Platform: platform, Project: "shop", Service: service, Environment: "the-" + environment}
			w.answers[app+" "+environment+" "+platform+service] = w.answer(place)
			w.tokens[app+" "+environment+" "+platform+service] = !w.chance(8)
		}
	}
	w.links = append(w.links, link)
}

func (w *world) answer(place envtight.Place) Answer {
	a := Answer{Place: place, Complete: !w.chance(5)}
	a.Project.Deployed = w.time()
	if w.chance(12) {
		return Answer{Place: place, NoSuchEnvironment: true}
	}
	if w.chance(3) {
		a.Provided = []string{worldNames[w.rand.IntN(len(worldNames))]}
	}
	for _, name := range worldNames {
		if w.chance(2) {
			continue
		}
		s := Setting{Name: name, State: envtight.Set + envtight.State(w.rand.IntN(5)), Shared: w.chance(6), Updated: w.time()}
		if s.Storage = Storage(w.rand.IntN(4)); s.State == envtight.Unreadable {
			s.Storage = StoredSealed
		}
		if w.chance(6) {
			s.Managed = "system"
		}
		if s.State == envtight.Reference && w.chance(2) {
			s.References = []Reference{{Text: "${{X.Y}}", Resolution: Dangling}}
		}
		a.Settings = append(a.Settings, s)
	}
	return a
}

// time is unknown, or one of a few.
func (w *world) time() time.Time {
	if w.chance(3) {
		return time.Time{}
	}
	return time.Date(2026, 1, 1, 0, w.rand.IntN(6), 0, 0, time.UTC)
}

// worldClass: ALPHA is a secret, and BRAVO goes to browsers.
func worldClass(name string) envtight.Class {
	switch name {
	case "ALPHA":
		return envtight.ClassSecret
	case "BRAVO":
		return envtight.ClassPublic
	}
	return envtight.ClassUnknown
}

// worldSource answers for one platform of a world.
type worldSource struct {
	*world
	platform string
}

func (s worldSource) Platform() string { return s.platform }

func (s worldSource) Fetch(_ context.Context, targets []Target) []Answer {
	answers := make([]Answer, len(targets))
	for i, t := range targets {
		answers[i] = s.answers[t.App+" "+t.Environment+" "+s.platform+t.Service]
	}
	return answers
}

func (w *world) run(t *testing.T, o envtight.Options) *envtight.Report {
	t.Helper()
	ws, err := workspace.Load(t.Context(), w.files, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o.FS = w.files
	r, err := envtight.Run(t.Context(), []envtight.Check{New(Options{
		FS: w.files, Workspace: ws, Links: w.links, Environments: worldEnvironments, Policies: w.policies, Configured: true,
		Class: worldClass, PublicPrefixes: []string{"BRA"},
		Sources: []Source{worldSource{w, "railway"}, worldSource{w, "vercel"}},
		Tokens: func(l Link, environment string) (Token, bool) {
			return Token{}, w.tokens[l.App+" "+environment+" "+l.Platform+l.Service]
		},
	})}, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sealed reports whether the link of a cell wants secrets sealed.
func (w *world) sealed(c envtight.Cell) bool {
	return slices.ContainsFunc(w.links, func(l Link) bool {
		return l.Sealed && l.App == c.App && l.Platform == c.Place.Platform && l.Service == c.Place.Service
	})
}

// answerOf returns what was told of a cell of a finding; ok is false when nobody
// was asked.
func (w *world) answerOf(c envtight.Cell) (a Answer, ok bool) {
	key := c.App + " " + c.Environment + " " + c.Place.Platform + c.Place.Service
	return w.answers[key], w.tokens[key]
}

// TestRandomWorlds holds what is promised of every report, whatever is declared
// and whatever platforms say.
func TestRandomWorlds(t *testing.T) {
	rules := map[string]int{}
	for seed := range uint64(600) {
		w := newWorld(seed)
		r := w.run(t, envtight.Options{})
		for _, problem := range slices.Concat(w.findingsHold(r, rules), w.silenceIsTold(r), w.allMissingTold(r)) {
			t.Errorf("seed %d: %s", seed, problem)
		}
		first, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := json.Marshal(w.run(t, envtight.Options{})); string(first) != string(again) {
			t.Errorf("seed %d: two runs differ", seed)
		}
		w.suppressed(t, seed, r)
		if t.Failed() {
			for path, f := range w.files {
				if strings.Contains(path, ".env") {
					t.Logf("-- %s --\n%s", path, f.Data)
				}
			}
			t.Fatalf("%+v\n%+v\n%s", w.links, w.policies, findings(r, ""))
		}
	}
	for _, id := range []string{"env/missing", "env/empty", "env/extra", "env/drift", "env/forbidden", "env/dangling-reference", "env/cannot-tell", "nobody",
		"env/stored-in-clear", "env/public-sealed", "env/not-deployed", "env/staged", "env/service-incomplete"} {
		if rules[id] < 20 {
			t.Errorf("the worlds hold %d findings of %s only", rules[id], id)
		}
	}
}

// findingsHold holds each cell of each finding against the platform's answer and
// the matrix.
func (w *world) findingsHold(r *envtight.Report, rules map[string]int) (problems []string) {
	type key struct{ cell, name string }
	seen := map[key]string{}
	matrix := map[key][]envtight.MatrixEntry{}
	for _, row := range r.Matrix.Rows {
		for _, e := range row.Cells {
			k := key{row.App + " " + e.Environment + " " + e.Location.Place.Platform + e.Location.Place.Service, row.Name}
			matrix[k] = append(matrix[k], e)
		}
	}
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		if d.Name == "" || !strings.HasPrefix(d.Rule, "env/") {
			continue
		}
		for _, c := range d.Cells {
			rules[d.Rule]++
			k := key{c.App + " " + c.Environment + " " + c.Place.Platform + c.Place.Service, d.Name}
			if other, ok := seen[k]; ok {
				problems = append(problems, fmt.Sprintf("%v has two findings: %s and %s", k, other, d.Rule))
			}
			seen[k] = d.Rule
			a, asked := w.answerOf(c)
			at := slices.IndexFunc(a.Settings, func(s Setting) bool { return s.Name == d.Name })
			if !asked || len(matrix[k]) != 1 || !holds(d.Rule, d.Name, w.sealed(c), a, at, matrix[k][0]) {
				problems = append(problems, fmt.Sprintf("%s of %v does not follow from %+v and %+v", d.Rule, k, a, matrix[k]))
			}
		}
		if d.Rule == "env/missing" && d.App == "" {
			rules["nobody"]++
			problems = append(problems, w.nobodyHas(d)...)
		}
	}
	return problems
}

// holds reports whether a finding is true of an answer, in which the setting of
// the name is the at-th one, and of its entry in the matrix.
func holds(rule, name string, sealed bool, a Answer, at int, e envtight.MatrixEntry) bool {
	if at < 0 {
		absent := a.Complete && !a.NoSuchEnvironment && e.State == envtight.Absent && !a.Provides(name)
		return absent && (rule == "env/missing" && e.Need == envtight.Required || rule == "env/drift" && e.Need == envtight.Optional ||
			rule == "env/service-incomplete" && name == "CF_EMAIL" && (e.Need == envtight.Optional || e.Need == envtight.NotDeclared))
	}
	s := a.Settings[at]
	if s.State != e.State {
		return false
	}
	switch rule {
	case "env/empty":
		return s.State == envtight.Empty && e.Need == envtight.Required
	case "env/forbidden":
		return e.Need == envtight.Forbidden
	case "env/extra":
		return e.Need == envtight.NotDeclared && s.Managed == "" && !s.Shared && len(s.References) == 0
	case "env/cannot-tell":
		return s.State == envtight.Unreadable && e.Need == envtight.Required
	case "env/dangling-reference":
		return len(s.References) > 0
	case "env/stored-in-clear":
		return worldClass(name) == envtight.ClassSecret && s.State == envtight.Set && s.Managed == "" &&
			(s.Storage == StoredInClear || s.Storage == StoredReadable && sealed)
	case "env/public-sealed":
		return worldClass(name) == envtight.ClassPublic && s.Storage == StoredSealed && s.Managed == ""
	case "env/not-deployed":
		return !s.Updated.IsZero() && !a.Project.Deployed.IsZero() && s.Updated.Sub(a.Project.Deployed) > time.Minute && e.Need != envtight.NotDeclared
	case "env/staged":
		return s.State == envtight.Staged && e.Need == envtight.Required
	default:
		return false
	}
}

// nobodyHas proves that no app has what a finding says that no app has.
func (w *world) nobodyHas(d *envtight.Diagnostic) (problems []string) {
	declared := strings.Contains(d.Message, "declared at the root")
	for _, c := range d.Cells {
		for _, app := range []string{"api", "web", "worker"} {
			silent := !declared
			if w.files["apps/"+app+"/.env.example"] == nil && (app != "api" || w.files["apps/api/.env.production.example"] == nil) {
				silent = true // it does not say itself what it needs
			}
			looked, notIn := false, true
			for _, l := range w.links {
				if l.App != app {
					continue
				}
				notIn = notIn && slices.Contains(l.NotIn, c.Environment)
				if _, ok := l.Environments[c.Environment]; !ok {
					continue
				}
				looked, notIn = true, false
				a, asked := w.answerOf(envtight.Cell{App: app, Environment: c.Environment, Place: envtight.Place{Platform: l.Platform, Service: l.Service}})
				has := asked && slices.ContainsFunc(a.Settings, func(s Setting) bool { return s.Name == d.Name })
				if has || silent && (!asked || !a.Complete) {
					problems = append(problems, fmt.Sprintf("nobody has %s, but %s in %s", d.Name, app, c.Environment))
				}
			}
			linked := slices.ContainsFunc(w.links, func(l Link) bool { return l.App == app })
			if silent && !looked && !(linked && notIn) {
				problems = append(problems, fmt.Sprintf("nobody has %s, and nobody saw %s in %s", d.Name, app, c.Environment))
			}
		}
	}
	return problems
}

// silenceIsTold: each cell that did not show everything is in the report, and
// the exit code says so.
func (w *world) silenceIsTold(r *envtight.Report) (problems []string) {
	failed := false
	for _, l := range w.links {
		for environment := range l.Environments {
			cell := envtight.Cell{App: l.App, Environment: environment, Place: envtight.Place{Platform: l.Platform, Service: l.Service}}
			a, asked := w.answerOf(cell)
			told := slices.ContainsFunc(r.Incomplete, func(i envtight.Incompleteness) bool {
				return slices.ContainsFunc(i.Cells, func(c envtight.Cell) bool {
					return c.App == l.App && c.Environment == environment && c.Place.Platform == l.Platform && c.Place.Service == l.Service
				})
			})
			failed = failed || asked && !a.Complete && !a.NoSuchEnvironment || !asked && l.Required
			if (!asked || !a.Complete && !a.NoSuchEnvironment) && !told {
				problems = append(problems, fmt.Sprintf("nothing is said of %v", cell))
			}
		}
	}
	want := envtight.ExitClean
	if r.Counts().Errors > 0 {
		want = envtight.ExitFindings
	}
	if failed {
		want = envtight.ExitIncomplete
	}
	if got := r.ExitCode(envtight.ExitOptions{}); got != want {
		problems = append(problems, fmt.Sprintf("exit %d, want %d", got, want))
	}
	return problems
}

// allMissingTold: what the matrix shows as required and absent is reported, where
// an app's own or a package's example says so.
func (w *world) allMissingTold(r *envtight.Report) (problems []string) {
	for _, row := range r.Matrix.Rows {
		if len(row.Declared) == 0 || row.Declared[0].Path == ".env.example" {
			continue
		}
		for _, e := range row.Cells {
			cell := envtight.Cell{App: row.App, Environment: e.Environment, Place: e.Location.Place}
			a, _ := w.answerOf(cell)
			if e.Need != envtight.Required || e.State != envtight.Absent || a.Provides(row.Name) {
				continue
			}
			cell.Place.Name = ""
			if !slices.ContainsFunc(r.Diagnostics, func(d envtight.Diagnostic) bool {
				return d.Rule == "env/missing" && d.Name == row.Name && slices.ContainsFunc(d.Cells, func(c envtight.Cell) bool {
					c.Fingerprint = ""
					return c == cell
				})
			}) {
				problems = append(problems, fmt.Sprintf("%s of %v is required and absent, and nobody says so", row.Name, cell))
			}
		}
	}
	return problems
}

// suppressed runs again with one environment set aside: every cell is still in the
// report, on the right side.
func (w *world) suppressed(t *testing.T, seed uint64, before *envtight.Report) {
	t.Helper()
	after := w.run(t, envtight.Options{Suppressions: []envtight.Suppression{{Rule: "env/*", Environment: "dev", Name: "*A*", Reason: "r"}}})
	count := func(r *envtight.Report) map[string]bool {
		cells := map[string]bool{}
		for _, d := range r.Diagnostics {
			for _, c := range d.Cells {
				cells[d.Rule+" "+d.Name+" "+c.String()+" "+c.App+" "+c.Fingerprint] = true
				aside := c.Environment == "dev" && d.Name != "" && strings.Contains(d.Name, "A")
				if r == after && aside != (d.Suppressed != nil) {
					t.Errorf("seed %d: %s of %s in %s is on the wrong side", seed, d.Rule, d.Name, c.Environment)
				}
			}
		}
		return cells
	}
	was, is := count(before), count(after)
	for cell := range was {
		if !is[cell] {
			t.Errorf("seed %d: %s is lost", seed, cell)
		}
	}
	if len(is) != len(was) {
		t.Errorf("seed %d: %d cells became %d", seed, len(was), len(is))
	}
}
