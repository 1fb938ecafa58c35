package gitleaks_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zricethezav/gitleaks/v8/config"
	"github.com/zricethezav/gitleaks/v8/detect"
	"github.com/zricethezav/gitleaks/v8/report"

	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/gitleaks"
)

func gitleaksConfig(t testing.TB) config.Config {
	t.Helper()
	c, err := translate("[[rules]]\nid = 'r'\nregex = 'a'\n")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func loadBaseline(text string) (*gitleaks.Baseline, error) {
	return gitleaks.LoadBaseline(gitleaks.BaselineOptions{
		Path: "base.json",
		Open: func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
	})
}

// theirs is a finding as gitleaks reports it.
func theirs(f *secrets.Finding, commit string, line int) report.Finding {
	return report.Finding{
		RuleID: f.Rule.ID, Description: f.Rule.Description, StartLine: line, EndLine: line + f.EndLine - f.StartLine,
		StartColumn: f.StartColumn, EndColumn: f.EndColumn, Match: "x" + f.Secret.Reveal(), Secret: f.Secret.Reveal(),
		File: f.Location.Path, Commit: commit, Entropy: float32(f.Entropy),
	}
}

// TestBaselineIsTheirs holds that a change of any field makes a finding new here when
// it does so in gitleaks, but for those that follow from others.
func TestBaselineIsTheirs(t *testing.T) {
	changes := map[string]func(*report.Finding){
		"nothing": func(*report.Finding) {},
		"rule":    func(f *report.Finding) { f.RuleID = "q" }, "start line": func(f *report.Finding) { f.StartLine++; f.EndLine++ },
		"end line": func(f *report.Finding) { f.EndLine++ }, "start column": func(f *report.Finding) { f.StartColumn += 2 },
		"end column": func(f *report.Finding) { f.EndColumn += 2 }, "secret": func(f *report.Finding) { f.Secret = "kq"; f.Match = "xkq" },
		"file": func(f *report.Finding) { f.File = "b.txt" }, "commit": func(f *report.Finding) { f.Commit = commitB },
		"entropy": func(f *report.Finding) { f.Entropy += 0.25 },
	}
	for name, change := range changes {
		for _, commit := range []string{"", commitA} {
			for _, redact := range []uint{0, 20, 100} {
				f := findingAt("a.txt", "r", 7)
				if commit != "" {
					f = added(f, secrets.Added{Commit: commit, Line: 7})
				}
				entry := theirs(f, commit, 7)
				change(&entry)
				want := detect.IsNew(theirs(f, commit, 7), redact, []report.Finding{entry})
				if redact > 0 {
					entry.Redact(redact)
				}
				text, err := json.Marshal([]report.Finding{entry})
				if err != nil {
					t.Fatal(err)
				}
				b, err := loadBaseline(string(text))
				if err != nil {
					t.Fatal(err)
				}
				if got := b.Except(f, nil) == nil; got != want {
					t.Errorf("%s, commit %q, redacted %d: it is new: %v", name, commit, redact, got)
				}
				if got := len(b.Unused(true)) == 1; got != want {
					t.Errorf("%s, commit %q, redacted %d: the entry is unused: %v", name, commit, redact, got)
				}
			}
		}
	}
}

// TestBaselineOfHistory shows that any of the commits that added a secret will do,
// and that columns on the first line of a hunk are those of another line.
func TestBaselineOfHistory(t *testing.T) {
	f := added(findingAt("a.txt", "r", 9), secrets.Added{Commit: commitB, Line: 9}, secrets.Added{Commit: commitA, Line: 3})
	first := theirs(f, commitA, 3)
	first.StartColumn--
	first.EndColumn--
	later := theirs(f, commitA, 9)
	text, err := json.Marshal([]report.Finding{later, first})
	if err != nil {
		t.Fatal(err)
	}
	b, err := loadBaseline(string(text))
	if err != nil {
		t.Fatal(err)
	}
	s := b.Except(f, nil)
	if s == nil || s.By != "baseline" || s.Reason != "in base.json" {
		t.Errorf("it is set aside by %+v", s)
	}
	const want = "base.json: info: 1 of 2 entries of this baseline match nothing [secrets/unused-ignore]\n"
	if diff := cmp.Diff(want, lines(b.Unused(true))); diff != "" {
		t.Error(diff)
	}
}

// TestBaselineKeepsNoSecret prints everything that a baseline holds.
func TestBaselineKeepsNoSecret(t *testing.T) {
	secret := "k3yb0ard" + "-c4t-9q"
	text := fmt.Sprintf(`[{"RuleID": "r", "Match": "x=%s", "Secret": %q, "File": "a.txt"}]`, secret, secret)
	b, err := loadBaseline(text)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(fmt.Sprintf("%+v %#v", b, b), secret) || strings.Contains(cmp.Diff(nil, b, cmp.Exporter(func(reflect.Type) bool { return true })), secret) {
		t.Error("it holds the secret")
	}
	for _, broken := range []string{
		text[:len(text)-2], "[" + text + "]", `{"a": "` + secret + `"}`, `[{"StartLine": "` + secret + `"}]`, `[{"Secret": 3}]`, "[" + secret, "", "[] " + secret, text + "]", `"` + secret + `"`,
	} {
		_, err := loadBaseline(broken)
		if err == nil || strings.Contains(err.Error(), secret) || !strings.HasSuffix(err.Error(), "base.json cannot be read: it is no report of gitleaks in JSON") {
			t.Errorf("a broken report gives %T", err)
		}
	}
}

func TestBaselineOnDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "base.json")
	if err := os.WriteFile(path, []byte("null"), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := gitleaks.LoadBaseline(gitleaks.BaselineOptions{Path: path})
	if err != nil || b.Except(findingAt("a.txt", "r", 1), nil) != nil || len(b.Unused(true)) != 0 {
		t.Errorf("a report of nothing: %v", err)
	}
	if _, err := gitleaks.LoadBaseline(gitleaks.BaselineOptions{Path: path + "x"}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := gitleaks.LoadBaseline(gitleaks.BaselineOptions{Path: os.DevNull}); err == nil {
		t.Error("a device is read")
	}
}
