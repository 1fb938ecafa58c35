package envcheck

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/usage/languages"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// check runs the whole room over a txtar archive.
func check(t *testing.T, files string, o Options) *envtight.Report {
	t.Helper()
	fsys, s, err := parseExample(files)
	if err != nil {
		t.Fatal(err)
	}
	o.FS = fsys
	if o.Workspace, err = workspace.Load(t.Context(), fsys, workspace.Options{}); err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(o.Workspace.Tree.Files, isCode) {
		o.Usage = func(ctx context.Context) (*usage.Result, error) {
			return usage.Scan(ctx, o.Workspace, languages.All(), 2)
		}
	}
	o.Links, o.Environments, o.Sources, o.Configured = s.links, s.environments(), s.sources(), s.configured
	o.Local, o.Tracked = s.local, func(path string) bool { return slices.Contains(s.tracked, path) }
	o.PublicPrefixes = []string{"NEXT_PUBLIC_"}
	if s.branches.Repository != "" {
		o.Branches = func(context.Context) Branches { return s.branches }
	}
	if o.Repository == nil {
		o.Repository = &Repository{Name: "acme/shop", Removed: func(_ context.Context, dir string) (Removal, bool, error) {
			return Removal{Commit: strings.Repeat("1a2b3c4d", 5), Author: "Ada", At: time.Unix(0, 0)}, s.removed[dir], nil
		}}
		o.History = history{s}
	}
	o.Policies = append(o.Policies, s.policies...)
	o.Tokens = func(Link, string) (Token, bool) { return Token{From: "TEST"}, true }
	report, err := envtight.Run(t.Context(), []envtight.Check{New(o)}, envtight.Options{FS: fsys})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// isCode tells that a file is part of an app: configuration of a build that stands there
// to show what the app is does not make an example one about code.
func isCode(f workspace.File) bool {
	return usage.ScopeOf(f.Path) == usage.Runtime && slices.ContainsFunc(languages.Code(), func(r usage.Reader) bool { return r.Match(f.Path) })
}

// history is that of an example: what was removed, and the line that brought a name.
type history struct{ *snapshot }

func (h history) LastNamed(_ context.Context, name string) (Removal, bool, error) {
	return Removal{Commit: strings.Repeat("1a2b3c4d", 5), Author: "Ada", At: time.Unix(0, 0)}, h.removed[name], nil
}

func (history) Brought(context.Context, string, string) (Removal, bool, error) {
	return Removal{Commit: strings.Repeat("5e6f7a8b", 5), Author: "Ada", At: time.Unix(0, 0)}, true, nil
}

// findings renders what is to be compared; only the given rule's, or all.
func findings(r *envtight.Report, rule string) string {
	var out strings.Builder
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		if rule != "" && d.Rule != rule {
			continue
		}
		out.WriteString(d.Location.String() + ": ")
		if rule == "" {
			out.WriteString(d.Severity.String() + ": ")
		}
		out.WriteString(d.Text())
		if rule == "" {
			out.WriteString(" [" + d.Rule + "]")
		}
		out.WriteString("\n")
	}
	for _, i := range r.Incomplete {
		if rule == "" {
			out.WriteString(string(i.Silence) + ": " + i.Cause + "\n")
		}
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// TestExamples runs the examples that the rules carry.
func TestExamples(t *testing.T) {
	for _, r := range rules {
		if len(r.Examples) == 0 {
			t.Errorf("%s has no example", r.ID)
		}
		for _, example := range r.Examples {
			t.Run(r.ID+" "+example.Title, func(t *testing.T) {
				got := findings(check(t, example.Files, Options{}), r.ID)
				if diff := cmp.Diff(example.Want, got); diff != "" {
					t.Errorf("%s\n%s", diff, example.Files)
				}
			})
		}
	}
}

// TestStories runs testdata/*.txtar: a comment, the files, and the section
// "want". ENVTIGHT_UPDATE=1 rewrites that section.
func TestStories(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want := &archive.Files[len(archive.Files)-1]
			if want.Name != "want" {
				t.Fatal("the last section is not want")
			}
			input := *archive
			input.Files = archive.Files[:len(archive.Files)-1]
			got := findings(check(t, string(txtar.Format(&input)), Options{}), "") + "\n"
			if os.Getenv("ENVTIGHT_UPDATE") != "" {
				want.Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(want.Data), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
