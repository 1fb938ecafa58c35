package dotenvlint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// lintArchive runs all rules over the env files of an archive. A line
// "loaders: NAME..." in its comment names the loaders.
func lintArchive(t *testing.T, archive string) []envtight.Diagnostic {
	t.Helper()
	parsed := txtar.Parse([]byte(archive))
	var opts Options
	if list, ok := strings.CutPrefix(string(parsed.Comment), "loaders:"); ok {
		for id := range strings.FieldsSeq(list) {
			d, err := dotenv.ParseDialect(id)
			if err != nil {
				t.Fatal(err)
			}
			opts.Loaders = append(opts.Loaders, d)
		}
	}
	var out []envtight.Diagnostic
	for _, file := range parsed.Files {
		out = append(out, Lint(dotenv.Parse(file.Data), file.Name, opts)...)
	}
	return out
}

func TestExamples(t *testing.T) {
	for _, r := range Rules() {
		fires := r.ID == finalNewline.ID // no txtar archive can show it
		for _, example := range r.Examples {
			t.Run(r.ID+" "+example.Title, func(t *testing.T) {
				var got []string
				for _, d := range lintArchive(t, example.Files) {
					if d.Rule == r.ID {
						got = append(got, d.Location.String()+": "+d.Message)
					}
				}
				if diff := cmp.Diff(example.Want, strings.Join(got, "\n")); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
			fires = fires || example.Want != ""
		}
		if !fires {
			t.Errorf("%s has no example that fires", r.ID)
		}
	}
}

func TestRules(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.ID] || r.Topic() != "dotenv" || r.Title == "" || r.Doc == "" || r.Since == "" || r.Default == envtight.Off {
			t.Errorf("rule %q is incomplete or a double", r.ID)
		}
		seen[r.ID] = true
	}
	if !slices.IsSortedFunc(Rules(), func(a, b *envtight.Rule) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("rules are not sorted")
	}
}

// Every check of dotenv-linter 4.0 (Rust) and of wemake's dotenv-linter, with an
// input for which it fires.
func TestCoversOtherLinters(t *testing.T) {
	tests := []struct{ linter, check, input, rule string }{
		{"dotenv-linter", "DuplicatedKey", "FOO=1\nFOO=2\n", "dotenv/duplicate-key"},
		{"dotenv-linter", "EndingBlankLine", "FOO=1", "dotenv/final-newline"},
		{"dotenv-linter", "ExtraBlankLine", "A=1\n\n\nB=1\n", "dotenv/blank-lines"},
		{"dotenv-linter", "IncorrectDelimiter", "FOO-BAR=1\n", "dotenv/bad-key"},
		{"dotenv-linter", "IncorrectDelimiter (blank)", "FOO BAR=1\n", "dotenv/bad-key"},
		{"dotenv-linter", "IncorrectDelimiter (symbol)", "FOO*BAR=1\n", "dotenv/bad-key"},
		{"dotenv-linter", "KeyWithoutValue", "FOO\n", "dotenv/no-delimiter"},
		{"dotenv-linter", "LeadingCharacter (blank)", " FOO=1\n", "dotenv/leading-character"},
		{"dotenv-linter", "LeadingCharacter (digit)", "1FOO=1\n", "dotenv/leading-character"},
		{"dotenv-linter", "LeadingCharacter (symbol)", ".FOO=1\n", "dotenv/leading-character"},
		{"dotenv-linter", "LeadingCharacter (asterisk)", "*FOO=1\n", "dotenv/leading-character"},
		{"dotenv-linter", "LowercaseKey", "FOO_bAR=1\n", "dotenv/lowercase-key"},
		{"dotenv-linter", "QuoteCharacter", "FOO=\"bar\"\n", "dotenv/needless-quotes"},
		{"dotenv-linter", "QuoteCharacter (single)", "FOO='bar'\n", "dotenv/needless-quotes"},
		{"dotenv-linter", "SpaceCharacter", "FOO =bar\n", "dotenv/spaces"},
		{"dotenv-linter", "SpaceCharacter (behind)", "FOO= bar\n", "dotenv/spaces"},
		{"dotenv-linter", "SubstitutionKey", "FOO=${BAR\n", "dotenv/substitution"},
		{"dotenv-linter", "SubstitutionKey (closing)", "FOO=\"$BAR}\"\n", "dotenv/substitution"},
		{"dotenv-linter", "TrailingWhitespace", "FOO=1 \n", "dotenv/trailing-space"},
		{"dotenv-linter", "UnorderedKey", "FOO=1\nBAR=1\n", "dotenv/order"},
		{"dotenv-linter", "ValueWithoutQuotes", "FOO=a b\n", "dotenv/unquoted-blank"},
		// SchemaViolation compares values with a schema: the rules of topic
		// value do so, from @type.
		{"wemake", "001 cannot parse", "some text\n", "dotenv/no-delimiter"},
		{"wemake", "100 space before name", " FOO=1\n", "dotenv/leading-character"},
		{"wemake", "101 bad characters in name", "FOO-BAR=1\n", "dotenv/bad-key"},
		{"wemake", "102 duplicate", "FOO=1\nFOO=1\n", "dotenv/duplicate-key"},
		{"wemake", "103 name without =", "FOO\n", "dotenv/no-delimiter"},
		{"wemake", "104 reserved name", "DJANGO_ENV=x\n", "dotenv/reserved-name"},
		{"wemake", "105 unreadable combination", "FOO_1I=x\n", "dotenv/unreadable-name"},
		{"wemake", "105 unreadable combination (zero)", "FOO_0O=x\n", "dotenv/unreadable-name"},
		{"wemake", "200 spaces round =", "FOO = 1\n", "dotenv/spaces"},
		{"wemake", "300 trailing space in value", "FOO=1 \n", "dotenv/trailing-space"},
		{"wemake", "301 quoted value", "FOO=\"1\"\n", "dotenv/needless-quotes"},
		{"wemake", "302 CRLF", "FOO=1\r\n", "dotenv/crlf"},
		{"wemake", "303 comment after a value", "FOO=1 # x\n", "dotenv/inline-comment"},
		{"wemake", "400 badly spaced comment", "#x\n", "dotenv/comment-spacing"},
	}
	for _, test := range tests {
		found := Lint(dotenv.Parse([]byte(test.input)), ".env.example", Options{})
		if !slices.ContainsFunc(found, func(d envtight.Diagnostic) bool { return d.Rule == test.rule }) {
			t.Errorf("%s %s: %s does not fire for %q", test.linter, test.check, test.rule, test.input)
		}
	}
}

func TestSeverityFollowsLoaders(t *testing.T) {
	tests := []struct {
		rule, input string
		loaders     []dotenv.Dialect
		want        string
	}{
		{"dotenv/comment-as-value", "A= # x\n", nil, "warning"},
		{"dotenv/comment-as-value", "A= # x\n", []dotenv.Dialect{dotenv.Next, dotenv.Vite}, ""},
		{"dotenv/comment-as-value", "A= # x\n", []dotenv.Dialect{dotenv.Next, dotenv.PythonDotenv}, "warning"},
		{"dotenv/comment-as-value", "A= # x\n", []dotenv.Dialect{dotenv.PythonDotenv, dotenv.Compose}, "error"},
		{"dotenv/comment-as-value", "A=x # x\n", []dotenv.Dialect{dotenv.PythonDotenv}, ""},
		{"dotenv/comment-as-value", "A=x # x\n", []dotenv.Dialect{dotenv.DockerRun}, "error"},
		{"dotenv/comment-as-value", "A=\"\" # x\n", []dotenv.Dialect{dotenv.PythonDotenv, dotenv.Compose}, ""},
		{"dotenv/comment-as-value", "# AB= # x\n", []dotenv.Dialect{dotenv.PythonDotenv}, ""},
		{"dotenv/encoding", "\ufeffA=1\n", nil, "warning"},
		{"dotenv/encoding", "\ufeffA=1\n", []dotenv.Dialect{dotenv.Next}, "info"},
		{"dotenv/encoding", "\ufeffA=1\n", []dotenv.Dialect{dotenv.Node}, "error"},
		{"dotenv/encoding", "A=caf\xe9\n", []dotenv.Dialect{dotenv.PythonDotenv}, "error"},
		{"dotenv/encoding", "\xff\xfeA\x00=\x00", nil, "error"},
		{"dotenv/encoding", "A=\x00\n", nil, "warning"},
		{"dotenv/encoding", "A=1\r\nB=1\n", nil, "info"},
		{"dotenv/encoding", "A=1\r\nB=1\n", []dotenv.Dialect{dotenv.Dash}, "warning"},
		{"dotenv/encoding", "A=\u05d0\u200d\u05d1\n", nil, ""},
		{"dotenv/bad-key", "A-B=1\n", nil, "warning"},
		{"dotenv/bad-key", "A-B=1\n", []dotenv.Dialect{dotenv.PythonDotenv}, "info"},
		{"dotenv/bad-key", "A-B=1\n", []dotenv.Dialect{dotenv.Godotenv}, "error"},
		{"dotenv/bad-key", "'A'=1\n", nil, "warning"},
		{"dotenv/no-delimiter", "AB\n", []dotenv.Dialect{dotenv.Compose, dotenv.DockerRun}, ""},
		{"dotenv/no-delimiter", "AB\n", []dotenv.Dialect{dotenv.PythonDotenv}, "warning"},
		{"dotenv/no-delimiter", "some text\n", []dotenv.Dialect{dotenv.Next}, "warning"},
		{"dotenv/no-delimiter", "some text\n", []dotenv.Dialect{dotenv.Next, dotenv.Compose}, "error"},
		{"dotenv/quotes", "A=\"a\"b\n", []dotenv.Dialect{dotenv.PythonDotenv}, "error"},
		{"dotenv/quotes", "A=\"a\"b\n", []dotenv.Dialect{dotenv.Compose}, "warning"},
		{"dotenv/unterminated-quote", "A=\"a\n", nil, "error"},
		{"dotenv/no-delimiter", "A=\"-----BEGIN\nabc\ndef\n", nil, ""},
	}
	for _, test := range tests {
		var got []string
		for _, d := range Lint(dotenv.Parse([]byte(test.input)), ".env.example", Options{Loaders: test.loaders}) {
			if d.Rule == test.rule {
				severity := d.Severity
				if severity == envtight.Off {
					i := slices.IndexFunc(rules, func(r *rule) bool { return r.ID == d.Rule })
					severity = rules[i].Default
				}
				got = append(got, severity.String())
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s on %q for %v: %q, want %q", test.rule, test.input, test.loaders, got, test.want)
		}
	}
}

func TestPortability(t *testing.T) {
	tests := []struct{ loaders, input, want string }{
		{"next python-dotenv", "A=1\nB=http://x.test:80/a,b\nC=\"x y\"\nD='x'\nE=\nF=a b\n", ""},
		{"next vite dotenv-expand", "A=x\nB=${A}/y\nC=\"a\\nb\"\n", ""},
		{"next vite python-dotenv", "A=a#b\n", "A has a # in a value without quotes: Next.js and Vite cut the value at the #, python-dotenv takes it as written"},
		{"next python-dotenv", "A=x\nB=$A/y\n", "B has a $ in its value: Next.js expands it, python-dotenv takes it as written"},
		{"next python-dotenv", "A=x\nB=${A}/y\n", ""},
		{"next python-dotenv", "B=${A}/y\nA=x\n", "B has a $ in its value: Next.js expands it, python-dotenv expands it to another result"},
		{"python-dotenv compose", "A='pa$$word'\n", ""},
		{"python-dotenv compose", "A=pa$$word\n", "A has a $ in its value: python-dotenv takes it as written, docker compose expands it"},
		{"compose docker-run", "A=\"x\"\n", "A has a value in quotes: docker compose strips them, docker run --env-file keeps the quotes"},
		{"compose docker-run", "A=\"x\ny\"\n", "A has a value of several lines: docker compose takes it as written, docker run --env-file stops at the end of the first line"},
		{"dotenv python-dotenv", "A=\"C:\\temp\"\n", "A has a backslash in its value: dotenv takes it as written, python-dotenv resolves the backslashes"},
		{"next compose docker-run", "export A=x\n", "A begins with \"export\": Next.js and docker compose skip it, docker run --env-file refuses the file"},
		{"next vite", "A: x\n", "A is assigned with a colon: Next.js takes it, Vite drops the line"},
		{"next bash", "A=a b\n", "A has text that a shell runs: Next.js takes it as written, bash runs a part of it as a command"},
		{"next bash", "A = b\n", "A has blanks around the =: Next.js skips them, bash runs a part of it as a command"},
		{"next bash", "A=~/x\n", "A has text that shells expand: Next.js takes it as written, bash computes it while loading"},
		{"next bash", "A=<token>\nB='a b'\nC=\"a b\"\n", ""},
		{"next bash", "A=[\"a\"]\n", "A has quotes inside its value: Next.js takes it as written, bash drops the quotes inside it"},
		{"python-dotenv compose", "A=`x`\nB=`x y`\n", ""},
		{"next python-dotenv", "A=`x`\n", "A has a value in quotes: Next.js strips them, python-dotenv keeps the quotes"},
		{"next docker-run", "A='1'\nB='2'\nC='3'\nD='4'\nE = 1\n", "4 assignments have values in quotes: Next.js strips them, docker run --env-file keeps the quotes\n" +
			"E has blanks around the =: Next.js skips them, docker run --env-file refuses the file"},
		{"next", "A=a#b\n", ""},
		{"", "A=a#b\n", ""},
	}
	for _, test := range tests {
		var got []string
		for _, d := range lintArchive(t, "loaders: "+test.loaders+"\n-- .env.example --\n"+test.input) {
			if d.Rule == portability.ID {
				got = append(got, d.Message)
			}
		}
		if diff := cmp.Diff(test.want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%q for %s (-want +got):\n%s", test.input, test.loaders, diff)
		}
	}
}

// No finding tells anything of a value, whatever the file and its kind.
func FuzzLint(f *testing.F) {
	for _, s := range []string{
		"A=%s\n", "A=\"%s\n", "A= # %s\n", "A=x%s#%s\n", "%s\n", "%s=\n", "A='%s'x\n", "A=\"a\n%s==\n", "# @requierd=%s\nA=\n", "# @required\n# @optional\n%s=\n", "A=\n%s=\nA=%s\n%s=\n", "A=$%s\n", "A=${%s\n",
		"%s%s=\n%s=\n", "'%s'=1\n", "%s*B=1\n", "export %s=1\n", "\ufeffA=%s", "A=“%s”\r\nB=\n", "\xff\xfeA\x00 \x00=\x001\x00", "A=a\u00a0\r", "A: '%s'#\n  B = 1\n",
	} {
		f.Add(s, uint16(0xffff))
		f.Add(s, uint16(0x7fff))
	}
	// One that cannot be a key, and one that some loaders take for a key.
	canaries := []string{"zq7canary-4f+x", "zq7canary-4f.x"}
	f.Fuzz(func(t *testing.T, src string, loaders uint16) {
		src = strings.ReplaceAll(src, "%s", canaries[loaders>>15])
		var opts Options
		for i, d := range dotenv.Dialects() {
			if loaders&(1<<i) != 0 {
				opts.Loaders = append(opts.Loaders, d)
			}
		}
		file := dotenv.Parse([]byte(src))
		for _, d := range Lint(file, ".env", opts) {
			if text := fmt.Sprintf("%+v", d); strings.Contains(text, "zq7canary") {
				t.Errorf("%s shows a part of the file %q", d.Rule, src)
			}
			if d.Location.Range.End.Offset > len(src) || d.Message == "" {
				t.Errorf("%s has no message, or lies at %+v of %d bytes", d.Rule, d.Location.Range, len(src))
			}
			for _, fix := range d.Fixes {
				checkFix(t, file, src, d.Rule, fix)
			}
		}
	})
}

// checkFix applies a fix and checks that it changes no value and, when it is
// safe, no name.
func checkFix(t *testing.T, file *dotenv.File, src, rule string, fix envtight.Fix) {
	edits := slices.SortedFunc(slices.Values(fix.Edits), func(a, b envtight.Edit) int { return b.Span.Start - a.Span.Start })
	for i, e := range edits {
		if i > 0 && e.Span.End > edits[i-1].Span.Start {
			t.Fatalf("edits of %s overlap", rule)
		}
	}
	after := dotenv.Parse([]byte(apply(src, fix)))
	if want, got := assigned(file), assigned(after); !slices.EqualFunc(want, got, func(a, b pair) bool { return a.name == b.name && a.value.Equal(b.value) }) {
		t.Errorf("the fix of %s changes the assignments of %q", rule, src)
	}
}

type pair struct {
	name  string
	value envtight.Secret
}

func assigned(f *dotenv.File) (out []pair) {
	for i := range f.Entries() {
		if e := &f.Entries()[i]; e.Kind == dotenv.Assignment {
			out = append(out, pair{e.Name, f.Value(e)})
		}
	}
	return out
}

func TestLintIsLinear(t *testing.T) {
	for _, unit := range []string{"A=a#b\n", "A=$A\n", "A=\"x\n", "A\n", "A=\"x\"y\n", "#x\n", "\n"} {
		text := []byte(strings.Repeat(unit, 20_000))
		Lint(dotenv.Parse(text), ".env", Options{Loaders: []dotenv.Dialect{dotenv.Next, dotenv.PythonDotenv, dotenv.Compose}})
	}
}
