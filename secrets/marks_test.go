package secrets_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
)

var _ secrets.Exceptions = (*secrets.Marks)(nil)

// markDetector finds what does not look like a secret to anybody else.
func markDetector(t testing.TB) *secrets.Detector {
	t.Helper()
	d, err := secrets.NewDetector(secrets.RuleSet{IgnoreMarks: true, Rules: []secrets.Rule{
		{ID: "aws-token", Regex: `tok_[a-z]+`},
		{ID: "private-key", Regex: `BEGIN[a-z\n]+END`},
		{ID: "named-key", Regex: `key:\s*(k_[a-z]+)\n?`},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// except returns, for each finding, its line and by which mark it is set aside.
func except(t testing.TB, m *secrets.Marks, at envtight.Location, text string) string {
	t.Helper()
	var out []string
	lines := envtight.NewLines([]byte(text))
	for _, match := range markDetector(t).Detect(secrets.File{Path: at.Path}, []byte(text)) {
		f := secrets.Finding{Match: match, Location: at}
		f.Location.Range = lines.Range(match.Span)
		word := "-"
		if s := m.Except(&f, []byte(text)); s != nil {
			word = s.Reason
			if s.By != "inline" || s.Location.Path != at.Path || s.Location.Range.IsZero() {
				t.Errorf("it is set aside by %s at %s", s.By, s.Location)
			}
		}
		out = append(out, fmt.Sprintf("%d %s", f.Location.Range.Start.Line, word))
	}
	return strings.Join(out, ", ")
}

func TestMarks(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"none", "tok_a\n", "1 -"},
		{"gitleaks, anywhere on the line", "tok_a gitleaks:allow\nxgitleaks:allowed tok_a\ntok_a\n", "1 gitleaks:allow, 2 gitleaks:allow, 3 -"},
		{"gitleaks, on any line of a match", "BEGIN\nab\nEND # gitleaks:allow\ntok_a", "1 gitleaks:allow, 4 -"},
		{"betterleaks", "tok_a // betterleaks:allow\ntok_a // betterleaks:allow-not\n'betterleaks:allow' # tok_a\n/* betterleaks:allow*/ tok_a",
			"1 betterleaks:allow, 2 -, 3 -, 4 betterleaks:allow"},
		{"trufflehog, behind the secret", "tok_a # trufflehog:ignore\n/* trufflehog:ignore */ tok_a\ntok_a tok_b # x trufflehog:ignore -- why\n",
			"1 trufflehog:ignore, 2 -, 3 trufflehog:ignore, 3 trufflehog:ignore"},
		{"trufflehog, on the last line", "BEGIN # trufflehog:ignore\nEND\nBEGIN\nEND # trufflehog:ignore\n", "3 trufflehog:ignore"},
		{"trufflehog, no comment", "tok_a trufflehog:ignore\n`# trufflehog:ignore` tok_a `trufflehog:ignore`\n", "1 -, 2 -"},
		{"a comment of several lines", "/*\n * tok_a trufflehog:ignore\n */ tok_a\n", "2 trufflehog:ignore, 3 -"},
		{"markup", "<p tok_a> <!-- trufflehog:ignore -->\n<p tok_a> <!--trufflehog:ignore-->\n", "1 trufflehog:ignore, 2 trufflehog:ignore"},
		{"several tools", "tok_a # nosec, trufflehog:ignore, betterleaks:allow\n", "1 betterleaks:allow"},
		{"detect-secrets", "tok_a # pragma: allowlist secret\ntok_a  //pragma:whitelist-secret\ntok_a /* pragma: allowlist secret */\ntok_a pragma: allowlist secret\ntok_a # pragma: allowlist\n",
			"1 pragma: allowlist secret, 2 pragma: allowlist secret, 3 pragma: allowlist secret, 4 -, 5 -"},
		{"detect-secrets, next line", "# pragma: allowlist nextline secret\ntok_a\ntok_a\nx # pragma: allowlist nextline secret\ntok_a\n# pragma: whitelist nextline secret\ntok_a\n",
			"2 pragma: allowlist nextline secret, 3 -, 5 -, 7 -"},
		{"detect-secrets, first line", "BEGIN\nEND # pragma: allowlist secret\ntok_a", "1 -, 3 -"},
		{"the line of the secret", "key:\nk_a # pragma: allowlist secret\nkey: # pragma: allowlist secret\nk_a\nkey: k_b\n# trufflehog:ignore\nkey:\nk_a // trufflehog:ignore\n",
			"2 pragma: allowlist secret, 5 -, 8 trufflehog:ignore"},
		{"secretlint, lines", "tok_a // secretlint-disable-line\ntok_a\n// secretlint-disable-next-line -- a sample\ntok_a\ntok_a\n",
			"1 secretlint-disable-line, 2 -, 4 secretlint-disable-next-line, 5 -"},
		{"secretlint, its rules", "tok_a // secretlint-disable-line @secretlint/secretlint-rule-aws\n" +
			"tok_a # secretlint-disable-line @secretlint/secretlint-rule-npm, @secretlint/secretlint-rule-aws -- why\n" +
			"tok_a # secretlint-disable-line @secretlint/secretlint-rule-npm\ntok_a # secretlint-disable-line other\n" +
			"tok_a /* secretlint-disable-line */\ntok_a <!-- secretlint-disable-line @secretlint/secretlint-rule-aw -->\n",
			"1 secretlint-disable-line, 2 secretlint-disable-line, 3 -, 4 -, 5 secretlint-disable-line, 6 -"},
		{"secretlint, areas", "tok_a\n// secretlint-disable\ntok_a\n// secretlint-enable\ntok_a\n# secretlint-disable\ntok_a", "1 -, 3 secretlint-disable, 5 -, 7 secretlint-disable"},
		{"secretlint, areas of rules", "// secretlint-disable @secretlint/secretlint-rule-privatekey\ntok_a\nBEGIN\nEND\n" +
			"// secretlint-enable @secretlint/secretlint-rule-npm\nBEGIN\nEND\n// secretlint-enable @secretlint/secretlint-rule-privatekey\nBEGIN\nEND\n",
			"2 -, 3 secretlint-disable, 6 secretlint-disable, 9 -"},
		{"secretlint, one line", "/* secretlint-enable */ tok_a /* secretlint-disable */ tok_a /* secretlint-enable */ tok_a\ntok_a", "1 -, 1 secretlint-disable, 1 -, 2 -"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := except(t, &secrets.Marks{}, envtight.WholeFile("a.txt"), tt.text)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestOwnMarks shows that marks of ours are obeyed here where no run obeys them.
func TestOwnMarks(t *testing.T) {
	text := "tok_a # envtight:ignore secrets/aws-token -- a sample\n# envtight:ignore secrets/* -- all of these\n# tok_a\ntok_b\n" +
		"tok_c # envtight:ignore secrets/other -- x\ntok_d # envtight:ignore secrets/aws-token\n"
	object := envtight.Location{Kind: envtight.AtObject, Path: "a.txt", Object: envtight.Object{Blob: "b", Commit: "c"}}
	for _, tt := range []struct {
		at   envtight.Location
		want string
	}{
		{object, "1 a sample, 3 all of these, 4 all of these, 5 -, 6 -"},
		{envtight.WholeFile("a.txt"), "1 -, 3 -, 4 -, 5 -, 6 -"},
	} {
		if diff := cmp.Diff(tt.want, except(t, &secrets.Marks{}, tt.at, text)); diff != "" {
			t.Error(diff)
		}
	}
}

// TestMarksOfLiveValues shows that no other program allows what is in force.
func TestMarksOfLiveValues(t *testing.T) {
	text := []byte("tok_a # gitleaks:allow\n# envtight:ignore secrets/aws-token -- known\ntok_a\n")
	at := envtight.Location{Kind: envtight.AtObject, Path: "a"}
	var got []bool
	for _, match := range markDetector(t).Detect(secrets.File{}, text) {
		match.Live = []envtight.Place{{Platform: "vercel"}}
		got = append(got, (&secrets.Marks{}).Except(&secrets.Finding{Match: match, Location: at}, text) != nil)
	}
	if diff := cmp.Diff([]bool{false, true}, got); diff != "" {
		t.Error(diff)
	}
}

// TestReusedBuffer shows that the marks of one text do not hold for the next in the
// same memory.
func TestReusedBuffer(t *testing.T) {
	m := &secrets.Marks{}
	buffer := []byte("tok_a # gitleaks:allow\n")
	find := func(path string) *envtight.Suppressed {
		match := markDetector(t).Detect(secrets.File{}, buffer)[0]
		return m.Except(&secrets.Finding{Match: match, Location: envtight.WholeFile(path)}, buffer)
	}
	if find("a") == nil {
		t.Error("the mark does nothing")
	}
	copy(buffer, "tok_a # gitleaks:asked\n")
	if find("b") != nil {
		t.Error("the mark of another text counts")
	}
}

func TestUnusedMarks(t *testing.T) {
	text := "x # gitleaks:allow\ntok_a # gitleaks:allow\ny # trufflehog:ignore, gitleaks:allow gitleaks:allow\n"
	m := &secrets.Marks{}
	m.LookedAt("b.txt", []byte(text))
	m.LookedAt("a.txt", []byte("gitleaks:allow"))
	// Texts may be told of behind their findings.
	later := "BEGIN\nEND # gitleaks:allow\n# gitleaks:allow\n"
	if diff := cmp.Diff("1 gitleaks:allow", except(t, m, envtight.WholeFile("d.txt"), later)); diff != "" {
		t.Error(diff)
	}
	m.LookedAt("d.txt", []byte(later))
	m.LookedAt("c.txt", []byte("tok_a # betterleaks:allow\n"))
	if diff := cmp.Diff("2 gitleaks:allow", except(t, m, envtight.WholeFile("b.txt"), text)); diff != "" {
		t.Error(diff)
	}
	var got []string
	for _, d := range m.Unused(true) {
		got = append(got, fmt.Sprintf("%s %s: %s", d.Location, d.Rule, d.Message))
	}
	const message = " config/unused-suppression: no secret is found on this line, so gitleaks:allow sets nothing aside"
	if diff := cmp.Diff([]string{"a.txt:1:1" + message, "b.txt:1:5" + message, "b.txt:3:24" + message, "d.txt:3:3" + message}, got); diff != "" {
		t.Error(diff)
	}
}

// TestCheckOfMarks shows that marks of gitleaks that do nothing are reported where
// the detector leaves marks to the check, and nowhere else.
func TestCheckOfMarks(t *testing.T) {
	text := planted + " # gitleaks:allow\nx # gitleaks:allow\n"
	for _, tt := range []struct {
		ignore, partial bool
		want            []string
	}{
		{true, false, []string{"a.txt:1:1 secrets/github-pat true", "a.txt:2:5 config/unused-suppression false"}},
		{true, true, []string{"a.txt:1:1 secrets/github-pat true", "a.txt:2:5 config/unused-suppression false"}},
		{false, false, nil},
	} {
		d, err := secrets.NewDetector(secrets.RuleSet{IgnoreMarks: tt.ignore, Rules: []secrets.Rule{{ID: "github-pat", Regex: `ghp_[0-9a-f]{16}`}}})
		if err != nil {
			t.Fatal(err)
		}
		c := secrets.NewCheck(d, secrets.Options{Partial: tt.partial, Exceptions: []secrets.Exceptions{&secrets.Marks{}}}, texts{at: file("a.txt"), text: text})
		report, err := envtight.Run(t.Context(), []envtight.Check{c}, envtight.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range report.Diagnostics {
			got = append(got, fmt.Sprint(d.Location, " ", d.Rule, " ", d.Suppressed != nil))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("marks left to the check: %v, a part: %v: %s", tt.ignore, tt.partial, diff)
		}
	}
}

// TestNoGitleaks shows that the marks of others stay.
func TestNoGitleaks(t *testing.T) {
	m := &secrets.Marks{NoGitleaks: true}
	text := "tok_a # gitleaks:allow\ntok_a # gitleaks:allow betterleaks:allow\n# gitleaks:allow\n"
	m.LookedAt("a", []byte(text))
	if diff := cmp.Diff("1 -, 2 betterleaks:allow", except(t, m, envtight.WholeFile("a"), text)); diff != "" || len(m.Unused(true)) > 0 {
		t.Error(diff, len(m.Unused(true)))
	}
}

// FuzzMarks holds that any text is read, and that marks are found in time.
func FuzzMarks(f *testing.F) {
	f.Add("tok_a # trufflehog:ignore", 3)
	f.Add("// secretlint-disable @secretlint/secretlint-rule-aws\ntok_a\n// secretlint-enable\n", 2)
	f.Add("# pragma: allowlist nextline secret\r\ntok_a\n# envtight:ignore secrets/* -- x\n", 5)
	f.Fuzz(func(t *testing.T, text string, times int) {
		text = strings.Repeat(text, 1+max(0, times)%50)
		m := &secrets.Marks{}
		m.LookedAt("a", []byte(text))
		at := envtight.Location{Kind: envtight.AtObject, Path: "a"}
		if got := except(t, m, at, text); !strings.ContainsAny(text, "#/*;-%") && !strings.Contains(text, "gitleaks:allow") && strings.Contains(got, "ignore") {
			t.Errorf("without a comment there is a mark: %s", got)
		}
		m.Unused(true)
	})
}

// BenchmarkMarks asks about many findings in a text that is nothing but marks. The
// cost of one does not depend on how many there are.
func BenchmarkMarks(b *testing.B) {
	for _, n := range []int{1000, 4000} {
		line := "tok_a /* secretlint-disable @secretlint/secretlint-rule-x */ // trufflehog:ignored\n"
		text := []byte(strings.Repeat(line, n))
		at := bytes.Index(text, []byte("tok_a"))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			m := &secrets.Marks{}
			f := secrets.Finding{Match: secrets.Match{Rule: &secrets.Rule{ID: "aws-token"}, Span: envtight.Span{Start: at, End: at + 5}, Whole: envtight.Span{Start: at, End: at + 5}}}
			for b.Loop() {
				m.Except(&f, text)
			}
		})
	}
}
