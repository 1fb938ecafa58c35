package ci_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/ci"
	"github.com/envtight/envtight/envcheck/workspace"
)

// store is what GitHub has, as the section "snapshot" of an example says: lines
// "cell ci LEVEL PLACE", each followed by indented lines "NAME STATE KIND".
type store struct {
	has   ci.Holdings
	asked []ci.Question
}

func (s *store) Holdings(_ context.Context, q ci.Question) ci.Holdings {
	s.asked = append(s.asked, q)
	return s.has
}

func readStore(t *testing.T, text string) *store {
	t.Helper()
	s := &store{has: ci.Holdings{Complete: true, Environments: map[string][]ci.Held{}}}
	level := ""
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case len(words) == 4 && words[0] == "cell":
			if level = words[2]; level != "repository" && level != "organization" {
				s.has.Environments[level] = nil
			}
		case len(words) == 3 && level == "repository":
			s.has.Repository = append(s.has.Repository, ci.Held{Name: words[0], Secret: words[2] == "secret"})
		case len(words) == 3 && level == "organization":
			s.has.Organization = append(s.has.Organization, ci.Held{Name: words[0], Secret: words[2] == "secret"})
		case len(words) == 3:
			s.has.Environments[level] = append(s.has.Environments[level], ci.Held{Name: words[0], Secret: words[2] == "secret"})
		default:
			t.Fatalf("not understood: %q", line)
		}
	}
	return s
}

// judge runs the check over a txtar archive.
func judge(t *testing.T, archive string) *envtight.Report {
	t.Helper()
	var o ci.Options
	fsys := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		if f.Name == "snapshot" {
			o.Store = readStore(t, string(f.Data))
			continue
		}
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return judgeWith(t, fsys, o)
}

func judgeWith(t *testing.T, fsys fstest.MapFS, o ci.Options) *envtight.Report {
	t.Helper()
	w, err := workspace.Load(t.Context(), fsys, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o.Tree, o.Repository = w.Tree, "acme/shop"
	o.Class = func(name string) envtight.Class {
		if strings.HasSuffix(name, "_TOKEN") {
			return envtight.ClassSecret
		}
		return envtight.ClassUnknown
	}
	report, err := envtight.Run(t.Context(), []envtight.Check{ci.New(o)}, envtight.Options{FS: fsys})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// said are the findings of one rule, or of all with the names of the rules.
func said(r *envtight.Report, rule string) string {
	var lines []string
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		switch {
		case rule == "":
			lines = append(lines, d.Location.String()+": "+d.Severity.String()+": "+d.Text()+" ["+d.Rule+"]")
		case d.Rule == rule:
			lines = append(lines, d.Location.String()+": "+d.Text())
		}
	}
	return strings.Join(lines, "\n")
}

func TestExamples(t *testing.T) {
	for _, r := range ci.Rules() {
		if r.Topic() != "ci" {
			continue // of the room, whose tests run its examples
		}
		if len(r.Examples) == 0 {
			t.Errorf("%s has no example", r.ID)
		}
		for _, example := range r.Examples {
			t.Run(r.ID+" "+example.Title, func(t *testing.T) {
				if diff := cmp.Diff(example.Want, said(judge(t, example.Files), r.ID)); diff != "" {
					t.Errorf("%s\n%s", diff, example.Files)
				}
			})
		}
	}
}

// TestUnread holds that a workflow which cannot be read is said, and the others are
// judged all the same.
func TestUnread(t *testing.T) {
	r := judge(t, `
-- .github/workflows/a.yml --
on: push
jobs: [
-- .github/workflows/b.yml --
on: push
jobs: {a: {steps: [{run: "${{ secrets.GITHUB_X }}"}]}}
-- .github/workflows/note.txt --
${{ secrets.GITHUB_X }}
`)
	if diff := cmp.Diff(".github/workflows/b.yml:2:31: error: secrets.GITHUB_X is always empty: no secret can be named so, since GITHUB_ is reserved [ci/secret-name]", said(r, "")); diff != "" {
		t.Error(diff)
	}
	if len(r.Incomplete) != 1 || r.Incomplete[0].Silence != envtight.Undecidable || r.Incomplete[0].Location.String() != ".github/workflows/a.yml:2:1" {
		t.Errorf("%+v", r.Incomplete)
	}
}

// TestNothing holds cases in which a rule has nothing to say.
func TestNothing(t *testing.T) {
	const head = "-- .github/workflows/a.yml --\non: [pull_request, pull_request_target]\n"
	for name, job := range map[string]string{
		"a fork's job that waits for a guarded one": "jobs:\n  a:\n    if: github.event.label\n    steps: []\n  b:\n    needs: a\n    steps:\n      - uses: docker/login-action@v3\n        with: {password: '${{ secrets.X }}'}\n",
		"may fail":                    "jobs:\n  a:\n    steps:\n      - uses: docker/login-action@v3\n        continue-on-error: true\n        with: {password: '${{ secrets.X }}'}\n",
		"has a default":               "jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n        with: {token: '${{ secrets.X || github.token }}'}\n",
		"a head that nothing runs":    "jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: '${{ github.event.pull_request.head.sha }}'}\n      - uses: a/lint@v1\n        with: {x: '${{ secrets.X }}'}\n",
		"a head without secrets":      "permissions: {}\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: '${{ github.event.pull_request.head.sha }}'}\n      - run: make\n        env: {T: '${{ secrets.GITHUB_TOKEN }}'}\n",
		"a branch of the repository":  "jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: '${{ github.head_ref }}'}\n      - run: make ${{ secrets.X }}\n",
		"a head behind an approval":   "jobs:\n  a:\n    environment: preview\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: '${{ github.event.pull_request.head.sha }}'}\n      - run: make ${{ secrets.X }}\n",
		"a workflow of another place": "jobs:\n  a:\n    uses: acme/flows/.github/workflows/x.yml@v1\n    with: {y: z}\n  b:\n    uses: ./.github/workflows/none.yml\n    with: {y: z}\n",
		"env of the job and a step":   "jobs:\n  a:\n    env: {A: b}\n    steps:\n      - run: ${{ env.a }} ${{ env.B }} ${{ env.GITHUB_SHA }}\n        env: {B: c}\n",
		"env after an action":         "jobs:\n  a:\n    steps:\n      - uses: acme/setup@v1\n      - run: ${{ env.A }}\n",
		"env with a default":          "jobs:\n  a:\n    steps:\n      - run: ${{ env.A || 'b' }}\n        if: env.A == ''\n",
		"needs in a circle":           "jobs:\n  a:\n    needs: [a, b]\n    steps: []\n  b:\n    needs: a\n    steps: []\n",
	} {
		if got := said(judge(t, head+job), ""); got != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestTypes holds that what runs only when somebody of the repository acts is passed
// over.
func TestTypes(t *testing.T) {
	const rest = "\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: '${{ github.event.pull_request.head.sha }}', token: '${{ secrets.X }}'}\n      - run: make\n"
	for on, want := range map[string]int{
		"{pull_request: , pull_request_target: }":                                            2,
		"{pull_request: {types: opened}, pull_request_target: {types: edited}}":              2,
		"{pull_request: {types: [closed]}, pull_request_target: {types: [labeled, closed]}}": 0,
	} {
		if r := judge(t, "-- .github/workflows/a.yml --\non: "+on+rest); len(r.Diagnostics) != want {
			t.Errorf("%s: %s", on, said(r, ""))
		}
	}
}

// TestReach says what code of a pull request can take.
func TestReach(t *testing.T) {
	for job, want := range map[string]string{
		"jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: '${{ github.head_ref }}', repository: '${{ github.event.pull_request.head.repo.full_name }}'}\n      - run: make ${{ secrets.X }}\n": "X",
		"permissions: write-all\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: '${{ github.event.pull_request.head.sha }}'}\n      - run: make\n":                                           "a token that may write",
		"permissions: write-all\njobs:\n  a:\n    permissions: read-all\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: '${{ github.event.pull_request.head.sha }}'}\n      - run: make\n":                "",
		"env: {X: '${{ secrets.X }}'}\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: 'refs/pull/${{ github.event.number }}/merge'}\n      - uses: ./.github/actions/x\n":                    "X",
		"jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: '${{ github.event.pull_request.head.sha }}'}\n      - run: make ${{ toJSON(secrets) }}\n":                                            "secrets",
		"jobs:\n  b:\n    steps: [{run: '${{ secrets.X }}'}]\n  a:\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: '${{ github.event.pull_request.head.sha }}'}\n      - run: make\n":                     "",
	} {
		got := said(judge(t, "-- .github/workflows/a.yml --\non: pull_request_target\n"+job), "ci/pull-request-target")
		if want == "" && got != "" || want != "" && !strings.HasSuffix(got, "with "+want+" in reach") {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestWithStore holds what is said of names that GitHub has.
func TestWithStore(t *testing.T) {
	const deploy = "-- .github/workflows/a.yml --\non: push\nenv: {TOP: '${{ secrets.TOP }}'}\njobs:\n  a:\n    environment: Production\n    steps: [{run: '${{ secrets.own }}'}]\n  b:\n    steps: [{run: '${{ vars.R }}'}]\n"
	for name, tt := range map[string]struct{ archive, want string }{
		"everything is there": {deploy + "-- snapshot --\ncell ci organization x\n  R set variable\ncell ci production x\n  OWN set secret\n  TOP set secret\n", ""},
		"nothing is there": {deploy + "-- snapshot --\n", ".github/workflows/a.yml:2:17: warning: the secret TOP is not set: not in the repository or its organization [ci/secret-missing]\n" +
			".github/workflows/a.yml:6:24: warning: the secret OWN is not set: not in the environment Production, the repository or its organization [ci/secret-missing]\n" +
			".github/workflows/a.yml:8:24: warning: the variable R is not set: not in the repository or its organization [ci/secret-missing]"},
		"what looks like a secret": {deploy + "-- snapshot --\ncell ci repository x\n  R set variable\n  TOP set secret\n  NPM_TOKEN set variable\ncell ci production x\n  OWN set secret\n",
			"github:acme/shop/NPM_TOKEN: warning: NPM_TOKEN looks like a secret and is a variable: whoever may read the repository's settings, and every log, sees its value [env/stored-in-clear]"},
		"in another environment": {"-- .github/workflows/a.yml --\non: push\njobs:\n  a:\n    environment: dev\n    steps: [{run: '${{ secrets.X }}'}]\n  b:\n    environment: prod\n    steps: [{run: '${{ secrets.X }}'}]\n-- snapshot --\ncell ci prod x\n  X set secret\n",
			".github/workflows/a.yml:5:24: warning: the secret X is not set: not in the environment dev, the repository or its organization; it is in prod [ci/secret-missing]"},
		"of whoever calls": {"-- .github/workflows/a.yml --\non: {workflow_call: {secrets: {Y: }}}\njobs:\n  a:\n    steps: [{run: '${{ secrets.X }} ${{ secrets.Y }}'}]\n-- snapshot --\n", ""},
		"of whoever calls, here": {"-- .github/workflows/a.yml --\non: workflow_call\njobs:\n  a:\n    steps: [{run: '${{ secrets.X }}'}]\n-- .github/workflows/b.yml --\non: push\njobs:\n  b:\n    uses: ./.github/workflows/a.yml\n    secrets: inherit\n-- snapshot --\n",
			".github/workflows/a.yml:4:24: warning: the secret X is not set: not in the repository or its organization [ci/secret-missing]"},
		"used by an action": {"-- .github/workflows/a.yml --\non: push\njobs: {a: {steps: [{run: '${{ vars.R }}'}]}}\n-- tools/action.yml --\nruns: {using: composite, steps: [{run: '${{ vars.S }}'}]}\n-- snapshot --\ncell ci repository x\n  R set variable\n  S set variable\n  T set variable\n  ACTIONS_STEP_DEBUG set secret\n",
			"github:acme/shop/T: warning: the variable T is set in the repository, and no workflow asks for it [ci/unused]"},
		"passed on to strangers":  {"-- .github/workflows/a.yml --\non: push\njobs: {a: {uses: x/y/.github/workflows/z.yml@v1, secrets: inherit, with: {r: '${{ vars.R }}'}}}\n-- snapshot --\ncell ci repository x\n  R set variable\n  S set secret\n  T set variable\n", ""},
		"one that cannot be read": {"-- .github/workflows/a.yml --\non: push\njobs: {a: {steps: [{run: '${{ vars.R }}'}]}}\n-- .github/workflows/b.yml --\n]\n-- snapshot --\ncell ci repository x\n  R set variable\n  S set secret\n", ""},
	} {
		if diff := cmp.Diff(tt.want, said(judge(t, tt.archive), "")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestStoreIsAsked says when the store is asked, what for, and what is said when it is
// not, or does not know.
func TestStoreIsAsked(t *testing.T) {
	file := func(text string) fstest.MapFS {
		return fstest.MapFS{".github/workflows/a.yml": {Data: []byte("on: push\njobs:\n  a:\n    environment: prod\n    steps: [{run: '" + text + "'}]\n")}}
	}
	s := readStore(t, "")
	judgeWith(t, file("${{ secrets.X }}"), ci.Options{Store: s})
	judgeWith(t, file("make"), ci.Options{Store: s})
	if diff := cmp.Diff([]ci.Question{{Repository: "acme/shop", Environments: []string{"prod"}}}, s.asked); diff != "" {
		t.Error(diff)
	}
	failed := &store{has: ci.Holdings{Incomplete: []envtight.Incompleteness{{Silence: envtight.Failed, Cause: "down"}}}}
	r := judgeWith(t, file("${{ secrets.X }}"), ci.Options{Store: failed})
	if len(r.Diagnostics) > 0 || len(r.Incomplete) != 1 || r.Incomplete[0].Cause != "down" {
		t.Errorf("%+v", r)
	}
	r = judgeWith(t, file("${{ secrets.X }}"), ci.Options{Lacking: "nobody asked"})
	if len(r.Diagnostics) > 0 || len(r.Incomplete) != 1 || r.Incomplete[0].Silence != envtight.NotAsked {
		t.Errorf("%+v", r)
	}
	if r = judgeWith(t, file("${{ secrets.GITHUB_TOKEN }}"), ci.Options{Lacking: "nobody asked"}); len(r.Incomplete) > 0 {
		t.Errorf("what GitHub gives is asked of nobody: %+v", r.Incomplete)
	}
}

func TestMask(t *testing.T) {
	const text = "on: push\nenv: {A: 'x y', B: }\njobs:\n  a:\n    steps:\n      - env:\n          C: |\n            one ${{ secrets.C }} two\n            three\n        run: echo four\n"
	masked := []byte(text)
	for _, span := range ci.Mask(".github/workflows/a.yml", masked) {
		for i := span.Start; i < span.End; i++ {
			masked[i] = '.'
		}
	}
	want := strings.NewReplacer("x y", "...", "one ", "....", " two\n            three", strings.Repeat(".", 22)).Replace(text)
	if diff := cmp.Diff(want, string(masked)); diff != "" {
		t.Error(diff)
	}
	if got := ci.Mask("a.yml", []byte(text)); got != nil {
		t.Errorf("%v of a file that is no workflow", got)
	}
	if diff := cmp.Diff([]envtight.Span{{Start: 0, End: 1}}, ci.Mask(".github/workflows/a.yml", []byte("]"))); diff != "" {
		t.Error(diff)
	}
}

// FuzzCheck holds that the check ends with whatever workflow, and that what it blanks
// and where it points to lies in the text.
func FuzzCheck(f *testing.F) {
	for _, r := range ci.Rules() {
		for _, example := range r.Examples {
			for _, file := range txtar.Parse([]byte(example.Files)).Files {
				f.Add(string(file.Data))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		path := ".github/workflows/a.yml"
		for _, span := range ci.Mask(path, []byte(text)) {
			if span.Start < 0 || span.Start > span.End || span.End > len(text) {
				t.Fatalf("%v of %d bytes", span, len(text))
			}
		}
		r := judgeWith(t, fstest.MapFS{path: {Data: []byte(text)}}, ci.Options{Store: readStore(t, "")})
		for i := range r.Diagnostics {
			if at := r.Diagnostics[i].Location.Range; at.Start.Offset > at.End.Offset || at.End.Offset > len(text) {
				t.Fatalf("%v of %d bytes", at, len(text))
			}
		}
	})
}
