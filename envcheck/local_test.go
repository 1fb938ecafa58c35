package envcheck

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/workspace"
)

const (
	nextApp   = `{"name": "web", "dependencies": {"next": "16"}}`
	pythonApp = "[project]\nname = \"api\"\ndependencies = [\"fastapi\", \"python-dotenv\"]\n"
)

// localCheck looks at the files as they stand on a machine.
func localCheck(t testing.TB, files map[string]string) *Check {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	w, err := workspace.Load(t.Context(), fsys, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return New(Options{FS: fsys, Workspace: w})
}

// TestLocalUnreadable: a file that its loader refuses proves nothing.
func TestLocalUnreadable(t *testing.T) {
	c := localCheck(t, map[string]string{
		"pyproject.toml": pythonApp, "main.py": "load_dotenv()\n", ".env.example": "A_KEY=\nB_KEY=\n",
		".env": "\xff\xfeA\x00_\x00K\x00E\x00Y\x00=\x001\x00\n\x00",
	})
	states, incomplete := c.LocalStates()
	if len(states) != 1 || len(incomplete) > 0 {
		t.Fatalf("%d states, %v", len(states), incomplete)
	}
	want := LocalState{
		App: "app", Target: ".env", Files: []LocalFile{{Path: ".env", Loader: "python-dotenv", Exists: true}},
		Open: []string{"python-dotenv cannot read .env (text is not UTF-8)"},
	}
	want.App = states[0].App
	if diff := cmp.Diff(want, states[0]); diff != "" {
		t.Error(diff)
	}
}

// TestLocalReferences: what refers to another file, or to the shell, is not empty.
func TestLocalReferences(t *testing.T) {
	c := localCheck(t, map[string]string{
		"package.json": nextApp, "next.config.ts": "", ".env.example": "A=\nB=\nC=\nD=\n",
		".env.local": "A=${B}\nC=${FROM_SHELL}\nD=\n", ".env": "B=1\nD=2\n",
	})
	states, _ := c.LocalStates()
	if diff := cmp.Diff([]string{"D"}, states[0].Empty); diff != "" || len(states[0].Missing) > 0 {
		t.Error(diff, states[0].Missing)
	}
}

// TestLocalNotAsked: without the word nobody looks, and nothing about it is said.
func TestLocalNotAsked(t *testing.T) {
	c := localCheck(t, map[string]string{"package.json": nextApp, "next.config.ts": "", ".env.example": "A_KEY=\n"})
	for _, environments := range [][]string{{"dev"}, {LocalEnvironment}} {
		c.options.Environments, c.options.Local = environments, environments[0] == "dev"
		report, err := envtight.Run(t.Context(), []envtight.Check{c}, envtight.Options{FS: c.options.FS})
		if err != nil {
			t.Fatal(err)
		}
		if got := findings(report, ""); got != "" {
			t.Errorf("%v, local %v: %s", environments, c.options.Local, got)
		}
		for _, entry := range report.Matrix.Rows[0].Cells {
			if entry.Surface == envtight.OnLocal {
				t.Error("the matrix has an entry of this machine")
			}
		}
	}
}

// TestDraftShared: apps that are handed one file share one draft.
func TestDraftShared(t *testing.T) {
	c := localCheck(t, map[string]string{
		"package.json":             `{"workspaces": ["apps/*"]}`,
		"apps/a/package.json":      `{"name": "a", "private": true, "scripts": {"start": "node --env-file=../../.env x.js"}}`,
		"apps/a/.env.example":      "# one\nA_KEY= # note\nBOTH='x y'\nexport MULTI=\"1\n2\"\n",
		"apps/b/package.json":      `{"name": "b", "private": true, "scripts": {"start": "node --env-file=../../.env x.js"}}`,
		"apps/b/.env.example":      "BOTH=2\n# envtight:ignore naming/case -- so\nb_key=3\n# @only(prod)\nP_KEY=4\n",
		"apps/b/.env.test.example": "T_KEY=1\n",
	})
	drafts, incomplete := c.Drafts()
	if len(incomplete) > 0 {
		t.Fatal(incomplete)
	}
	want := []Draft{{
		Path: ".env", Apps: []string{"a", "b"}, Examples: []string{"apps/a/.env.example", "apps/b/.env.example"}, Names: 4,
		Lacking: []string{"A_KEY", "BOTH", "MULTI", "b_key"},
		Text:    []byte("# one\n# note\nA_KEY=\nBOTH='x y'\nMULTI=\"1\n2\"\n\n# From apps/b/.env.example\nb_key=3\n# @only(prod)\n# P_KEY=4\n"),
	}}
	if diff := cmp.Diff(want, drafts); diff != "" {
		t.Error(diff)
	}
}

// FuzzDraft holds that a draft says what its example says: every name once, no
// comment behind a value, and nothing of the files that are there.
func FuzzDraft(f *testing.F) {
	f.Add("# a\nA=1 # b\n\nB='x'\n# C=2\nD\nE: 3\n")
	f.Add("\xc5=1\nA.B=2\n")
	f.Add("A=\"open\nB=1\n")
	f.Add("\xff\xfeA\x00=\x001\x00")
	f.Add("A=`x`\r\nA=2\r\n=3\nexport B=4\n'C'=5\n")
	f.Fuzz(func(t *testing.T, example string) {
		c := localCheck(t, map[string]string{"package.json": nextApp, "next.config.ts": "", ".env.example": example, ".env": "GIVEN=canary-4711\n"})
		drafts, _ := c.Drafts()
		if len(drafts) != 1 || strings.Contains(string(drafts[0].Text), "canary-4711") && !strings.Contains(example, "canary-4711") {
			t.Fatalf("drafts: %+v", drafts)
		}
		if len(drafts[0].Text) == 0 {
			return
		}
		wanted := map[string]bool{}
		for _, d := range dotenv.Parse([]byte(example)).Declarations() {
			if dotenv.IsPlainName(d.Name) {
				wanted[d.Name] = true
			}
		}
		seen := map[string]bool{}
		written := dotenv.Parse(drafts[0].Text)
		for _, e := range written.Entries() {
			if e.Kind == dotenv.Assignment && e.HasComment() {
				t.Errorf("a comment stands behind %s", e.Name)
			}
			if e.Kind == dotenv.Assignment && seen[e.Name] {
				t.Errorf("%s is written twice", e.Name)
			}
			seen[e.Name] = true
		}
		for name := range wanted {
			if !seen[name] {
				t.Errorf("%s is not written", name)
			}
		}
	})
}
