package envfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/envfile"
	"github.com/envtight/envtight/envcheck/sourcetest"
)

// secret begins every value.
const secret = "Kw83uncommon"

func target(path string) envcheck.Target {
	return envcheck.Target{App: "api", Environment: path, Project: "deploy", Ref: envcheck.EnvironmentRef{Name: path}}
}

func files(texts map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for path, text := range texts {
		fsys[path] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func fetch(t *testing.T, text string, values bool) envcheck.Answer {
	t.Helper()
	x := target("prod.env")
	x.Values = values
	return envfile.New(files(map[string]string{"prod.env": text})).Fetch(t.Context(), []envcheck.Target{x})[0]
}

func TestConformance(t *testing.T) {
	fsys := files(map[string]string{
		"deploy/prod.env": "API_KEY=" + secret + "old\nexport API_KEY='" + secret + "key'\n# OLD=" + secret + "gone\nEMPTY=\nURL=${API_KEY}\nLONG=\"" + secret + "one\n" + secret + "two\"\n",
		"deploy/dev.env":  "API_KEY=" + secret + "dev # " + secret + "note\n",
	})
	type states = map[string]envtight.State
	sourcetest.Run(t, sourcetest.Suite{
		New: func(testing.TB, sourcetest.Conn) envcheck.Source { return envfile.New(fsys) },
		Cells: []sourcetest.Cell{
			{Target: target("deploy/prod.env"), Names: states{
				"API_KEY": envtight.Set, "EMPTY": envtight.Empty, "URL": envtight.Reference, "LONG": envtight.Set,
			}},
			{Target: target("./deploy/dev.env"), Names: states{"API_KEY": envtight.Set}},
		},
		Values:  []string{secret + "old", secret + "key", secret + "gone", secret + "one", secret + "two", secret + "dev", secret + "note"},
		Offline: true,
	})
}

func TestStates(t *testing.T) {
	undecided := func(text string) []envcheck.Reference { return []envcheck.Reference{{Text: text}} }
	tests := map[string]struct {
		text string
		want envcheck.Setting
	}{
		"nothing":                   {"A=", envcheck.Setting{State: envtight.Empty, Readable: true}},
		"quotes round nothing":      {`A=""`, envcheck.Setting{State: envtight.Empty, Readable: true}},
		"a comment":                 {"A= # later", envcheck.Setting{State: envtight.Empty, Readable: true}},
		"blanks":                    {`A=" "`, envcheck.Setting{State: envtight.Set, Readable: true, Value: envtight.NewSecret(" ")}},
		"text":                      {"A=x", envcheck.Setting{State: envtight.Set, Readable: true, Value: envtight.NewSecret("x")}},
		"the last one":              {"A=x\nA=", envcheck.Setting{State: envtight.Empty, Readable: true}},
		"an escape":                 {`A="x\n"`, envcheck.Setting{State: envtight.Set}},
		"a reference inside":        {"A=x${B}\n", envcheck.Setting{State: envtight.Set}},
		"a reference and a default": {"A=${B:-x}", envcheck.Setting{State: envtight.Set}},
		"a reference":               {"B=x\nA=${B}", envcheck.Setting{State: envtight.Reference, References: []envcheck.Reference{{Text: "${B}", Resolution: envcheck.Resolved}}}},
		"a short reference":         {"A=\"$B\"\nB=x", envcheck.Setting{State: envtight.Reference, References: []envcheck.Reference{{Text: "$B", Resolution: envcheck.Resolved}}}},
		"a reference to elsewhere":  {"A=${B}", envcheck.Setting{State: envtight.Reference, References: undecided("${B}")}},
		"a reference to itself":     {"A=${A}", envcheck.Setting{State: envtight.Reference, References: undecided("${A}")}},
		"a reference that is none":  {"A='${B}'", envcheck.Setting{State: envtight.Set, Readable: true, Value: envtight.NewSecret("${B}")}},
	}
	for name, test := range tests {
		answer := fetch(t, test.text, true)
		test.want.Name = "A"
		if !answer.Complete || len(answer.Settings) == 0 {
			t.Errorf("%s: %+v", name, answer)
			continue
		}
		if diff := cmp.Diff(test.want, answer.Settings[0]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestDoubt: a line of which nobody knows what it sets keeps absence from being
// proven, and only that.
func TestDoubt(t *testing.T) {
	tests := map[string]struct{ text, cause string }{
		"a word":           {"A=1\nsome words\n", "file: nobody can say what line 2 of prod.env sets (no delimiter)"},
		"a bare name":      {"A=1\n\nB\n", "file: nobody can say what line 3 of prod.env sets (no delimiter)"},
		"an open quote":    {"A=1\nB=\"" + secret + "\n" + secret + "==\nC=1\n", "file: nobody can say what line 2 of prod.env sets (unterminated quote)"},
		"an odd key":       {"A=1\nodd.key=1\n", ""},
		"a commented line": {"A=1\n# B=\"x\n", ""},
		"nothing at all":   {"", ""},
	}
	for name, test := range tests {
		answer := fetch(t, test.text, false)
		cause := ""
		if len(answer.Incomplete) > 0 {
			cause = answer.Incomplete[0].Cause
		}
		if cause != test.cause || answer.Complete != (cause == "") {
			t.Errorf("%s: complete %v, %q", name, answer.Complete, cause)
		}
		if test.text != "" && (len(answer.Settings) == 0 || answer.Settings[0].Name != "A") {
			t.Errorf("%s: what is plain is not known: %v", name, answer.Settings)
		}
		sourcetest.NoValues(t, []string{secret}, answer)
	}
}

func TestPlaces(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "outside.env")
	for path, text := range map[string]string{outside: "A=1\n", filepath.Join(dir, "dev.env"): "A=1\n", filepath.Join(dir, "notes.txt"): ""} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Symlink(outside, filepath.Join(dir, "link.env")), os.Mkdir(filepath.Join(dir, "dir.env"), 0o755)); err != nil {
		t.Skip(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	source := envfile.New(root.FS())
	for path, want := range map[string]string{
		"link.env":        "file: cannot read link.env: it is a symbolic link that leads out of the repository",
		"dir.env":         "file: cannot read dir.env: it is no regular file",
		"../outside.env":  `file: "../outside.env" is no path inside the repository`,
		"/etc/passwd":     `file: "/etc/passwd" is no path inside the repository`,
		`deploy\prod.env`: `file: "deploy\\prod.env" is no path inside the repository`,
		"":                `file: "" is no path inside the repository`,
	} {
		answer := source.Fetch(t.Context(), []envcheck.Target{target(path)})[0]
		if answer.Complete || answer.NoSuchEnvironment || len(answer.Incomplete) != 1 || answer.Incomplete[0].Cause != want {
			t.Errorf("%s: %+v", path, answer)
		}
		if reach := source.Probe(t.Context(), target(path)); reach.OK || reach.Problem != want || reach.Advice == "" {
			t.Errorf("%s: probed as %+v", path, reach)
		}
	}
	answer := source.Fetch(t.Context(), []envcheck.Target{target("prod.env")})[0]
	if !answer.NoSuchEnvironment || !cmp.Equal(answer.Environments, []string{"dev.env", "link.env"}) || answer.Complete {
		t.Errorf("a file that is not there: %+v", answer)
	}
	if reach := source.Probe(t.Context(), target("prod.env")); reach.OK || reach.Problem != "prod.env does not exist" {
		t.Errorf("a file that is not there is probed as %+v", reach)
	}
	if reach := source.Probe(t.Context(), target("dev.env")); !reach.OK || reach.Sees != "dev.env, names: 1" {
		t.Errorf("probed as %+v", reach)
	}
}

// FuzzFetch: whatever stands in the file, names are names, sorted and unique, and
// nothing of values is kept that nobody asked for.
func FuzzFetch(f *testing.F) {
	for _, seed := range []string{"", "A=1\nB=${A}\n", "A=\"x\n", "export A='1'\n# C=\n", "\xff\xfeA\x00=\x001\x00", "A=$B\nB=$A\n", "A: x\nodd key=1\n\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var fsys fs.FS = fstest.MapFS{"x.env": {Data: text}}
		answer := envfile.New(fsys).Fetch(t.Context(), []envcheck.Target{target("x.env")})[0]
		if answer.Complete == (len(answer.Incomplete) > 0) {
			t.Errorf("complete %v with %d causes", answer.Complete, len(answer.Incomplete))
		}
		for i, s := range answer.Settings {
			if s.Name == "" || i > 0 && answer.Settings[i-1].Name >= s.Name {
				t.Errorf("setting %d is not sorted, or has no name", i)
			}
			if s.Readable || !s.Value.IsEmpty() || !s.State.IsSet() {
				t.Errorf("setting %d holds a value or has the state %s", i, s.State)
			}
		}
	})
}
