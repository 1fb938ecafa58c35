package naming_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/naming"
)

var update = flag.Bool("update", false, "rewrite the wanted findings of the stories")

func TestRuleExamples(t *testing.T) {
	for _, rule := range naming.Rules() {
		if len(rule.Examples) == 0 || rule.Doc == "" || rule.Title == "" || rule.Since == "" || rule.Default == envtight.Off {
			t.Errorf("%s: incomplete", rule.ID)
		}
		for i, e := range rule.Examples {
			want := strings.Split(e.Want, "\n")
			if e.Want == "" {
				want = nil
			}
			slices.Sort(want)
			got := readStory(t, txtar.Parse([]byte(e.Files))).only(t, rule.ID)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, example %d (-want +got):\n%s", rule.ID, i, diff)
			}
		}
	}
}

func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
			if at < 0 {
				t.Fatal("no section want")
			}
			got := strings.Join(readStory(t, archive).lines(t), "\n")
			if got != "" {
				got += "\n"
			}
			if *update {
				archive.Files[at].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(archive.Files[at].Data), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestEveryRuleHasAStory holds that each rule speaks in some story.
func TestEveryRuleHasAStory(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	for _, rule := range naming.Rules() {
		if !strings.Contains(all.String(), "["+rule.ID+"]") {
			t.Errorf("no story in testdata shows %s", rule.ID)
		}
	}
}
