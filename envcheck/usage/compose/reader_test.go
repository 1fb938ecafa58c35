package compose

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/workspace"
)

func TestReader(t *testing.T) {
	const text = "services:\n  a:\n    build: {context: ., args: [A]}\n    environment: {B: x, C: \"${C:-y}\", D: \"${E}\"}\n  b:\n    image: ${F:?no}\n"
	w, err := workspace.Load(t.Context(), fstest.MapFS{"compose.yaml": {Data: []byte(text)}}, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := usage.Scan(t.Context(), w, []usage.Reader{Reader()}, 1)
	if err != nil {
		t.Fatal(err)
	}
	at := func(line, column, offset, size int) envtight.Range {
		return envtight.Range{Start: envtight.Position{Line: line, Column: column, Offset: offset}, End: envtight.Position{Line: line, Column: column + size, Offset: offset + size}}
	}
	want := []usage.File{{
		Path: "compose.yaml", Surface: envtight.OnCompose,
		Mentions: []usage.Mention{
			{Name: "A", Role: usage.Passes, Subject: "a", Key: "args", Range: at(3, 32, 46, 1)},
			{Name: "B", Role: usage.Sets, Subject: "a", Key: "environment", Range: at(4, 19, 68, 1)},
			{Name: "C", Role: usage.Passes, Subject: "a", Key: "environment", Range: at(4, 25, 74, 1)},
			{Name: "D", Role: usage.Sets, Subject: "a", Key: "environment", Range: at(4, 39, 88, 1)},
		},
		Reads: []usage.Read{
			{Name: "C", Kind: usage.Defaulted, Range: at(4, 31, 80, 1)},
			{Name: "E", Range: at(4, 45, 94, 1)},
			{Name: "F", Kind: usage.Required, Range: at(6, 14, 117, 1)},
		},
	}}
	if diff := cmp.Diff(want, got.Files); diff != "" {
		t.Error(diff)
	}
}
