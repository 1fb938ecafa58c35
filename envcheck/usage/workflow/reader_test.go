package workflow_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/usage/workflow"
	"github.com/envtight/envtight/envcheck/workspace"
)

func TestReader(t *testing.T) {
	fsys := fstest.MapFS{
		".github/workflows/a.yml": {Data: []byte("on: push\nenv: {A: b, C: '${{ secrets.C }}', D: '${{ vars.D }}/x', E: }\njobs:\n  test:\n    env: {F: '${{ env.A }}'}\n    steps:\n      - run: '${{ secrets.G }} ${{ toJSON(secrets) }}'\n        env: {H: '1'}\n")},
		".github/workflows/b.yml": {Data: []byte("]")},
		"tools/x/action.yaml":     {Data: []byte("runs: {steps: [{run: x, env: {I: '${{ inputs.i }}'}}]}\n")},
		"a.yml":                   {Data: []byte("env: {J: k}\n")},
	}
	w, err := workspace.Load(t.Context(), fsys, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := usage.Scan(t.Context(), w, []usage.Reader{workflow.Reader()}, 1)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range r.Files {
		if f.Surface != envtight.OnWorkflow || len(f.Reads) > 0 {
			t.Errorf("%+v", f)
		}
		for _, m := range f.Mentions {
			role := map[usage.Role]string{usage.Sets: "sets", usage.Passes: "passes"}[m.Role]
			got = append(got, fmt.Sprintf("%s:%d:%d %s %s %s %s", f.Path, m.Range.Start.Line, m.Range.Start.Column, m.Subject, role, m.Key, m.Name))
		}
	}
	want := []string{
		".github/workflows/a.yml:2:7  sets env A", ".github/workflows/a.yml:2:13  passes env C", ".github/workflows/a.yml:2:21  passes secrets C",
		".github/workflows/a.yml:2:36  sets env D", ".github/workflows/a.yml:2:44  passes vars D", ".github/workflows/a.yml:2:58  sets env E",
		".github/workflows/a.yml:5:11 test passes env F", ".github/workflows/a.yml:7:19 test passes secrets G", ".github/workflows/a.yml:8:15 test sets env H",
		"tools/x/action.yaml:1:31  passes env I",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{".github/workflows/b.yml"}, r.Unread); diff != "" {
		t.Error(diff)
	}
}
