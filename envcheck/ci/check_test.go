package ci_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/ci"
	"github.com/envtight/envtight/envcheck/workspace"
)

// judge runs the check over a txtar archive.
func judge(t *testing.T, archive string) *envtight.Report {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	w, err := workspace.Load(t.Context(), fsys, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	report, err := envtight.Run(t.Context(), []envtight.Check{ci.New(ci.Options{Tree: w.Tree})}, envtight.Options{FS: fsys})
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
		"a head that nothing runs":    "jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: '${{ github.head_ref }}'}\n      - uses: a/lint@v1\n        with: {x: '${{ secrets.X }}'}\n",
		"a head without secrets":      "permissions: {}\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: '${{ github.head_ref }}'}\n      - run: make\n        env: {T: '${{ secrets.GITHUB_TOKEN }}'}\n",
		"a head behind an approval":   "jobs:\n  a:\n    environment: preview\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: '${{ github.head_ref }}'}\n      - run: make ${{ secrets.X }}\n",
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

// TestReach says what code of a pull request can take.
func TestReach(t *testing.T) {
	for job, want := range map[string]string{
		"permissions: write-all\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: '${{ github.head_ref }}'}\n      - run: make\n":                                           "a token that may write",
		"permissions: write-all\njobs:\n  a:\n    permissions: read-all\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: '${{ github.head_ref }}'}\n      - run: make\n":                "",
		"env: {X: '${{ secrets.X }}'}\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: 'refs/pull/${{ github.event.number }}/merge'}\n      - uses: ./.github/actions/x\n": "X",
		"jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: '${{ github.head_ref }}'}\n      - run: make ${{ toJSON(secrets) }}\n":                                            "secrets",
		"jobs:\n  b:\n    steps: [{run: '${{ secrets.X }}'}]\n  a:\n    steps:\n      - uses: actions/checkout@v5\n        with: {ref: '${{ github.head_ref }}'}\n      - run: make\n":                     "",
	} {
		got := said(judge(t, "-- .github/workflows/a.yml --\non: pull_request_target\n"+job), "ci/pull-request-target")
		if want == "" && got != "" || want != "" && !strings.HasSuffix(got, "with "+want+" in reach") {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
