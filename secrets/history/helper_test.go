package history

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
)

// git runs git apart from anybody's configuration.
func git(t testing.TB, dir string, stdin []byte, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Stdin = bytes.NewReader(stdin)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C", "GIT_ALLOW_PROTOCOL=file",
		"GIT_AUTHOR_NAME=A U Thor", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_AUTHOR_DATE=1700000000 +0100",
		"GIT_COMMITTER_NAME=C O Mitter", "GIT_COMMITTER_EMAIL=c@example.com", "GIT_COMMITTER_DATE=1700000001 -0330",
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return strings.TrimSpace(string(out))
}

// token makes a secret of the rule "token", the same for the same number.
func token(n int) string { return fmt.Sprintf("tok"+"_%024x", 0x9e3779b97f4a7c15*uint64(n+1)) }

// block makes a secret of the rule "block", which has several lines.
func block(n, lines int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "--BEGIN%04d\n", n)
	for i := range lines {
		fmt.Fprintf(&b, "%040x\n", 0x9e3779b97f4a7c15*uint64(n+i+1))
	}
	return b.String() + "--END"
}

// rules have one short secret and one of unbounded reach.
func rules() secrets.RuleSet {
	return secrets.RuleSet{Rules: []secrets.Rule{
		{ID: "token", Regex: `\b(tok_[0-9a-f]{24})\b`, Keywords: []string{"tok_"}},
		{ID: "block", Regex: `--BEGIN[\s\S]{10,}?--END`, Keywords: []string{"--begin"}},
	}}
}

func detector(t testing.TB, set secrets.RuleSet) *secrets.Detector {
	t.Helper()
	d, err := secrets.NewDetector(set)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A commit of a history that a test writes down. Files whose text is "" are
// removed.
type commit struct {
	branch string
	from   []int // numbers of commits, from 1; the merged ones after the first
	files  map[string]string
	say    string
}

// build makes a bare repository of commits, which are numbered from 1, and returns
// the number of each by its name.
func build(t testing.TB, commits []commit, init ...string) (dir string, number map[string]int) {
	t.Helper()
	dir = t.TempDir()
	git(t, dir, nil, append([]string{"init", "-q", "--bare", "-b", "main"}, init...)...)
	marks := t.TempDir() + "/marks"
	git(t, dir, stream(commits), "-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--export-marks="+marks)
	text, err := os.ReadFile(marks)
	if err != nil {
		t.Fatal(err)
	}
	number = map[string]int{}
	for line := range strings.Lines(string(text)) {
		var n int
		var id string
		if _, err := fmt.Sscanf(line, ":%d %s", &n, &id); err != nil {
			t.Fatal(err)
		}
		number[id] = n
	}
	return dir, number
}

// stream is the commits for git fast-import.
func stream(commits []commit) []byte {
	var b bytes.Buffer
	for i, c := range commits {
		fmt.Fprintf(&b, "commit refs/heads/%s\nmark :%d\nauthor A%d <a@example.com> %d +0100\ncommitter C <c@example.com> %d +0000\n",
			c.branch, i+1, i+1, 1600000000+60*i, 1600000000+60*i)
		fmt.Fprintf(&b, "data %d\n%s\n", len(c.say), c.say)
		for k, from := range c.from {
			fmt.Fprintf(&b, "%s :%d\n", map[bool]string{true: "from", false: "merge"}[k == 0], from)
		}
		paths := make([]string, 0, len(c.files))
		for path := range c.files {
			paths = append(paths, path)
		}
		slices.Sort(paths)
		for _, path := range paths {
			if text := c.files[path]; text == "" {
				fmt.Fprintf(&b, "D %s\n", path)
			} else {
				fmt.Fprintf(&b, "M 100644 inline %s\ndata %d\n%s\n", path, len(text), text)
			}
		}
	}
	return b.Bytes()
}

// A result is what a scan yielded and told.
type result struct {
	findings   []secrets.Finding
	incomplete []envtight.Incompleteness
	looked     map[string]int
}

func scan(t testing.TB, dir string, o Options, d *secrets.Detector, so secrets.Options) result {
	t.Helper()
	src, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	}()
	r := result{looked: map[string]int{}}
	so.Incomplete = func(i envtight.Incompleteness) { r.incomplete = append(r.incomplete, i) }
	so.Looked = func(what string, n int) { r.looked[what] += n }
	for f, err := range secrets.Scan(t.Context(), src, d, so) {
		if err != nil {
			t.Fatal(err)
		}
		r.findings = append(r.findings, f)
	}
	return r
}

// lines are the findings in words, commits by their numbers.
func (r result) lines(number map[string]int) []string {
	var out []string
	for _, f := range r.findings {
		line := fmt.Sprintf("%s:%d:%d %s by %d", f.Location.Path, f.Location.Range.Start.Line, f.Location.Range.Start.Column, f.Rule.ID, number[f.History.Introduced.ID])
		for _, a := range f.History.Added[min(1, len(f.History.Added)):] {
			line += fmt.Sprintf(", again by %d", number[a.Commit])
		}
		if len(f.History.Tips) > 0 {
			line += " at " + strings.Join(f.History.Tips, " ")
		}
		if f.History.Gone != nil {
			line += fmt.Sprintf(" gone by %d", number[f.History.Gone.ID])
		}
		out = append(out, line)
	}
	return out
}
