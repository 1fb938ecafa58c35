package naming_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/naming"
)

// story is a repository in a txtar archive, read as far as names go: env
// examples, local env files, reads of process.env in code, package.json,
// envtight.hcl and the section "snapshot".
type story struct {
	variables []envtight.Variable
	options   naming.Options
}

func readStory(t testing.TB, archive *txtar.Archive) story {
	t.Helper()
	s := story{}
	for _, f := range archive.Files {
		base := path.Base(f.Name)
		switch {
		case f.Name == "want":
		case f.Name == "snapshot":
			s.snapshot(t, string(f.Data))
		case base == "envtight.hcl":
			s.config(t, string(f.Data))
		case base == "package.json":
			s.manifest(t, f)
		case strings.HasPrefix(base, ".env"):
			surface := envtight.OnLocal
			if strings.HasSuffix(base, "example") {
				surface = envtight.OnExample
			}
			s.matches(f, surface, envLine)
		case path.Ext(base) == ".ts":
			s.matches(f, envtight.OnCode, processEnv)
		default:
			t.Fatalf("a story has no use for %s", f.Name)
		}
	}
	return s
}

var (
	envLine    = regexp.MustCompile(`(?m)^(# )?([^#\n=]+)=`)
	processEnv = regexp.MustCompile(`()process\.env\.(\w+)`)
	policyLine = regexp.MustCompile(`(?m)^  (\w+) = (.*)$`)
)

// appOf names the app that a file belongs to: packages and the root have none.
func appOf(file string) string {
	dir := path.Dir(file)
	if dir == "." || strings.HasPrefix(dir, "packages/") {
		return ""
	}
	return strings.Split(strings.TrimPrefix(dir, "apps/"), "/")[0]
}

func (s *story) matches(f txtar.File, surface envtight.Surface, re *regexp.Regexp) {
	for _, m := range re.FindAllSubmatchIndex(f.Data, -1) {
		s.variables = append(s.variables, envtight.Variable{
			Name:     string(f.Data[m[4]:m[5]]),
			App:      appOf(f.Name),
			Surface:  surface,
			State:    envtight.Set,
			Optional: m[3] > m[2],
			Location: envtight.FileRange(f.Name, f.Data, envtight.Span{Start: m[4], End: m[5]}),
		})
	}
}

func (s *story) snapshot(t testing.TB, text string) {
	t.Helper()
	var cell envtight.Variable
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		switch {
		case len(f) == 4 && f[0] == "cell":
			platform, rest, _ := strings.Cut(f[3], ":")
			parts := strings.Split(rest, "/")
			place := envtight.Place{Platform: platform, Project: parts[0], Environment: parts[len(parts)-1]}
			cell = envtight.Variable{
				App: f[1], Environment: f[2], Surface: envtight.OnPlatform,
				Location: envtight.Location{Kind: envtight.AtPlatform, Place: place},
			}
		case len(f) >= 2 && line[0] == ' ':
			v := cell
			v.Name, v.Location.Place.Name = f[0], f[0]
			if err := v.State.UnmarshalText([]byte(f[1])); err != nil {
				t.Fatal(err)
			}
			v.Managed = len(f) > 2 && f[2] == "managed"
			s.variables = append(s.variables, v)
		default:
			t.Fatalf("snapshot: cannot read %q", line)
		}
	}
}

func (s *story) manifest(t testing.TB, f txtar.File) {
	t.Helper()
	var manifest struct{ Dependencies map[string]string }
	if err := json.Unmarshal(f.Data, &manifest); err != nil {
		t.Fatal(err)
	}
	s.options.Apps = append(s.options.Apps, naming.App{Name: appOf(f.Name), Dir: path.Dir(f.Name), SDKs: manifest.Dependencies})
}

func (s *story) config(t testing.TB, text string) {
	t.Helper()
	lists := func(in string) map[string][]string {
		out := map[string][]string{}
		if err := json.Unmarshal([]byte(strings.ReplaceAll(in, `" = [`, `": [`)), &out); err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		return out
	}
	texts := func(in string) map[string]string {
		out := map[string]string{}
		if err := json.Unmarshal([]byte(strings.ReplaceAll(in, `" = "`, `": "`)), &out); err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		return out
	}
	for _, m := range policyLine.FindAllStringSubmatch(text, -1) {
		o := &s.options
		switch m[1] {
		case "require_prefix":
			o.RequirePrefix = lists(m[2])
		case "require_suffix":
			o.RequireSuffix = lists(m[2])
		case "forbid":
			o.Forbid = lists(m[2])
		case "rename":
			o.Rename = texts(m[2])
		case "require_pattern":
			o.Pattern = map[string]*regexp.Regexp{}
			for scope, re := range texts(m[2]) {
				o.Pattern[scope] = regexp.MustCompile(re)
			}
		case "allow":
			o.Allow = lists(`{"" = ` + m[2] + `}`)[""]
		case "words":
			o.Words = lists(`{"" = ` + m[2] + `}`)[""]
		default:
			t.Fatalf("a story knows no %s", m[1])
		}
	}
}

// given is a check that hands out variables, as envcheck does.
type given []envtight.Variable

func (given) Rules() []*envtight.Rule { return nil }

func (g given) Run(_ context.Context, pass *envtight.Pass) error {
	pass.Facts.Variables = append(pass.Facts.Variables, g...)
	return nil
}

func run(t testing.TB, variables []envtight.Variable, o naming.Options) *envtight.Report {
	t.Helper()
	report, err := envtight.Run(context.Background(), []envtight.Check{given(variables), naming.New(o)}, envtight.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Incomplete) > 0 {
		t.Fatalf("incomplete: %v", report.Incomplete)
	}
	return report
}

// lines writes findings as txtar stories want them.
func (s story) lines(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, d := range run(t, s.variables, s.options).Diagnostics {
		out = append(out, fmt.Sprintf("%s: %s: %s [%s]", d.Location, d.Severity, d.Text(), d.Rule))
		if d.Advice != "" {
			out = append(out, "  advice: "+d.Advice)
		}
		for _, fix := range d.Fixes {
			for _, e := range fix.Edits {
				out = append(out, fmt.Sprintf("  fix: %s: %d-%d %q", e.Path, e.Span.Start, e.Span.End, e.New))
			}
		}
		for _, r := range d.Related {
			out = append(out, fmt.Sprintf("  see: %s: %s", r.Location, r.Message))
		}
	}
	return out
}

// only returns the findings of one rule, as the examples of rules want them.
func (s story) only(t testing.TB, ruleID string) []string {
	t.Helper()
	var out []string
	for _, d := range run(t, s.variables, s.options).Diagnostics {
		if d.Rule == ruleID {
			out = append(out, fmt.Sprintf("%s: %s", d.Location, d.Message))
		}
	}
	slices.Sort(out)
	return out
}
