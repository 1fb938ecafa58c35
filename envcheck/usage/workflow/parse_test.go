package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck/usage/workflow"
)

func parse(t testing.TB, path, text string) *workflow.File {
	t.Helper()
	f, err := workflow.Parse(path, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// references are those of a file in order of place, in words.
func references(f *workflow.File) []string {
	type placed struct {
		offset int
		words  string
	}
	var all []placed
	f.Each(func(job *workflow.Job, _ *workflow.Step, r *workflow.Reference) {
		w := fmt.Sprintf("%d:%d %s", r.Range.Start.Line, r.Range.Start.Column, strings.Join(append([]string{r.Context}, r.Path...), "."))
		for word, is := range map[string]bool{" dynamic": r.Dynamic, " whole": r.Whole} {
			if is {
				w += word
			}
		}
		if r.Defaulted {
			w += " defaulted"
		}
		if r.Compared {
			w += " compared"
		}
		if job != nil && job.ID != "" {
			w += " in " + job.ID
		}
		all = append(all, placed{r.Range.Start.Offset, w})
	})
	slices.SortStableFunc(all, func(a, b placed) int { return a.offset - b.offset })
	var out []string
	for _, p := range all {
		out = append(out, p.words)
	}
	return out
}

func TestReferences(t *testing.T) {
	const text = `name: "not ${{ secrets.NAME }}"
on: {push: , workflow_dispatch: {inputs: {x: {default: 'a'}}}}
run-name: ${{ github.actor }}
# ${{ secrets.COMMENT }}
env:
  A: ${{ secrets.A }}${{secrets['B']}}
  'C': '${{ secrets[''C''] || vars.D }}'
jobs:
  build:
    runs-on: ${{ matrix.os }}
    if: github.event_name != 'push' && env.A
    environment: {name: "production", url: "${{ steps.x.outputs.url }}"}
    env: {E: literal, F: ""}
    steps:
      - run: |
          echo "${{ secrets.RUN }}" # ${{ secrets.SHELL }}
            ${{ toJSON(secrets) }} ${{ secrets.* }}
      - continue-on-error: ${{ matrix.may }}
        uses: a/b@v1
        if: ${{ secrets.TEXT != '' }}
        with:
          token: >-
            ${{ secrets[format('{0}_X', matrix.os)] }}
            ${{ Secrets . Upper }} ${{ 'secrets.STRING' }} ${{ fromJSON(vars.J).secrets.not }}
          more: ${{ secrets.A-B == 1e3 }} $${ secrets.NOT } ${{ secrets.OPEN
`
	f := parse(t, ".github/workflows/a.yml", text)
	want := []string{
		"1:16 secrets.NAME", "3:15 github.actor", "6:10 secrets.A", "6:25 secrets.B",
		"7:13 secrets.C defaulted", "7:31 vars.D compared",
		"10:18 matrix.os in build", "11:9 github.event_name compared in build", "11:40 env.A in build",
		"12:49 steps.x.outputs.url in build",
		"16:21 secrets.RUN in build", "16:43 secrets.SHELL in build", "17:24 secrets whole in build", "17:40 secrets dynamic in build",
		"18:32 matrix.may in build", "20:17 secrets.TEXT compared in build",
		"23:17 secrets dynamic in build", "23:41 matrix.os in build", "24:17 secrets.Upper in build", "24:73 vars.J in build",
		"25:21 secrets.A-B compared in build", "25:65 secrets.OPEN in build",
	}
	if diff := cmp.Diff(want, references(f)); diff != "" {
		t.Error(diff)
	}
	job := f.Jobs[0]
	if job.Environment.Name != "production" || job.Environment.Dynamic {
		t.Errorf("environment %+v", job.Environment)
	}
	if len(job.Env) != 2 || len(job.Env[0].Plain) != 1 || job.Env[0].Text != "literal" || job.Env[1].Text != "" {
		t.Errorf("env %+v", job.Env)
	}
	if step := job.Steps[1]; step.Action() != "a/b" || step.Input("TOKEN") == nil || step.Range.Start.Line != 18 || !step.MayFail {
		t.Errorf("step %+v", step)
	}
}

func TestInterfaces(t *testing.T) {
	f := parse(t, ".github/workflows/a.yaml", `"on":
  workflow_call:
    inputs: {a: {required: true}, b: {required: true, default: x}, c: }
    secrets:
      token: {required: True}
  pull_request_target: {types: [opened, labeled]}
permissions: {contents: read}
jobs:
  call:
    uses: ./.github/workflows/b.yml
    needs: [x, y]
    permissions: write-all
    environment: ${{ inputs.a }}
    secrets: inherit
  pass:
    needs: call
    uses: ./.github/workflows/b.yml
    with: {a: 1}
    secrets: {t: "${{ secrets.T }}"}
`)
	var parameters []string
	for _, p := range append(f.Call.Inputs, f.Call.Secrets...) {
		parameters = append(parameters, fmt.Sprint(p.Name, " ", p.Required))
	}
	if diff := cmp.Diff([]string{"a true", "b false", "c false", "token true"}, parameters); diff != "" {
		t.Error(diff)
	}
	if workflow.Find(f.Call.Secrets, "TOKEN") == nil || len(f.Starts("pull_request_target").Types) != 2 || f.Starts("push") != nil {
		t.Error("names of parameters have no case, and triggers are what they are")
	}
	if !f.Permissions.Given || f.Permissions.Writes || !f.Jobs[0].Permissions.Writes || f.Jobs[1].Permissions.Given {
		t.Error("permissions")
	}
	call, pass := f.Jobs[0], f.Jobs[1]
	if !call.Inherit || !call.Environment.Dynamic || call.Environment.Name != "" || len(call.Needs) != 2 {
		t.Errorf("%+v", call)
	}
	if pass.Inherit || len(pass.With) != 1 || pass.Secrets[0].References[0].Name() != "T" || len(pass.Needs) != 1 {
		t.Errorf("%+v", pass)
	}
}

func TestAction(t *testing.T) {
	f := parse(t, "tools/action.yml", `inputs: {token: {required: true}}
outputs: {x: {value: "${{ steps.y.outputs.z }}"}}
runs:
  using: composite
  steps:
    - run: echo ${{ inputs.token }} ${{ env.HOME }}
`)
	if diff := cmp.Diff([]string{"2:27 steps.y.outputs.z", "6:21 inputs.token", "6:41 env.HOME"}, references(f)); diff != "" {
		t.Error(diff)
	}
	if !f.Action || f.Starts("push") != nil || !f.Call.Inputs[0].Required {
		t.Errorf("%+v", f)
	}
}

func TestWhichFiles(t *testing.T) {
	for path, want := range map[string][2]bool{
		".github/workflows/a.yml": {true, false}, ".github/workflows/action.yaml": {true, true}, ".github/workflows/a/b.yml": {},
		".github/actions/x/action.yml": {false, true}, "action.yaml": {false, true}, "a.yml": {}, ".github/workflows/a.json": {},
	} {
		if got := [2]bool{workflow.IsWorkflow(path), workflow.IsAction(path)}; got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}

// TestOddFiles holds that nothing keeps the reader busy or ends it.
func TestOddFiles(t *testing.T) {
	for _, text := range []string{"", "a", "[]", "jobs: []", "on:", "jobs: {a: b, c: [d], e: {steps: {f: g}, environment: [h], secrets: [i]}}", "on: [[a], {b: c}]"} {
		parse(t, ".github/workflows/a.yml", text)
	}
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x]\n"
	for i := range 20 {
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 8))
	}
	for name, text := range map[string]string{
		"aliases": bomb,
		"steps":   "x: &x\n" + strings.Repeat("  - run: a\n", 2000) + "jobs:\n" + strings.Repeat("  a: {steps: *x}\n", 2000),
		"size":    strings.Repeat("# a long comment\n", 1<<16),
	} {
		if _, err := workflow.Parse(".github/workflows/a.yml", []byte(text)); err == nil {
			t.Errorf("%s: such a file is refused", name)
		}
	}
}

// FuzzParse holds that a reference stands where its range says.
func FuzzParse(f *testing.F) {
	f.Add("on: push\njobs:\n  a:\n    if: secrets.A\n    steps:\n      - run: |\n          ${{ secrets['B'] }}\n      - with: {a: '${{ vars.C }}'}\n")
	f.Add("env: &a\n  b: ${{ secrets[vars.x].y }}\njobs: {a: {env: *a, environment: {name: \"${{ inputs.a }}\"}}}")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := workflow.Parse(".github/workflows/a.yml", []byte(text))
		if err != nil {
			return
		}
		file.Each(func(_ *workflow.Job, _ *workflow.Step, r *workflow.Reference) {
			start, end := r.Range.Start.Offset, r.Range.End.Offset
			if start > end || end > len(text) {
				t.Fatalf("%v is no range of %d bytes", r.Range, len(text))
			}
			if said := text[start:end]; end-start >= len(r.Context) && !strings.ContainsAny(said, "\\\r\n\t &|>") && !strings.EqualFold(said[:len(r.Context)], r.Context) {
				t.Fatalf("%q is no %s", said, r.Context)
			}
		})
	})
}
