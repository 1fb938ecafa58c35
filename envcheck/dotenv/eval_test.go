package dotenv

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/loaders"
)

// FuzzEvaluate holds what is promised for any bytes and every dialect.
func FuzzEvaluate(f *testing.F) {
	for _, row := range dialectRows(f) {
		f.Add(string(row.File), "one")
	}
	f.Add("A=${A:-$A}\nB=$$A${", "p$A")
	f.Fuzz(func(t *testing.T, src, env string) {
		opts := EvalOptions{Lookup: lookupIn(map[string]string{"A": env})}
		for _, d := range Dialects() {
			values, err := Evaluate([]byte(src), d, opts)
			var evalErr *EvalError
			if err != nil && (!errors.As(err, &evalErr) || evalErr.Dialect != d || evalErr.Kind == 0) {
				t.Fatalf("%s: error %#v", d, err)
			}
			if err != nil && evalErr.Line > 1+strings.Count(src, "\n")+strings.Count(src, "\r") {
				t.Errorf("%s: error in line %d", d, evalErr.Line)
			}
			if (values == nil) != (err != nil && !d.Shell()) {
				t.Errorf("%s: values are nil: %t, error is %v", d, values == nil, err)
			}
			seen := map[string]bool{}
			for _, v := range values {
				if seen[v.Name] {
					t.Errorf("%s: %q is listed twice", d, v.Name)
				}
				seen[v.Name] = true
				if (v.Null || v.Undecidable) && !v.Value.IsEmpty() {
					t.Errorf("%s: %q has a value and has none", d, v.Name)
				}
			}
		}
	})
}

// FuzzEvalGodotenv compares with godotenv 1.5.1.
func FuzzEvalGodotenv(f *testing.F) { fuzzLoader(f, Godotenv, loadGodotenv) }

// FuzzEvalCompose compares with compose-go.
func FuzzEvalCompose(f *testing.F) { fuzzLoader(f, Compose, loadCompose) }

// FuzzEvalDockerRun compares with docker/cli.
func FuzzEvalDockerRun(f *testing.F) { fuzzLoader(f, DockerRun, loadDockerRun) }

func fuzzLoader(f *testing.F, d Dialect, load func(loaders.Case) (map[string]string, error)) {
	quietCompose()
	for _, row := range dialectRows(f) {
		f.Add(row.File, "", "")
	}
	g := newGenerator(d, 7)
	for range 50 {
		c := g.file()
		f.Add(c.Src, c.Env["A"], c.Env["K"])
	}
	f.Fuzz(func(t *testing.T, src []byte, a, k string) {
		c := loaders.Case{Src: src, Env: map[string]string{"A": a, "K": k}}
		if skipCase(d, c) != 0 {
			return
		}
		if diff := difference(d, c, runInProcess(load, c)); diff != "" {
			t.Errorf("%q with A=%q K=%q: %s", src, a, k, diff)
		}
	})
}

// TestEvaluateUndecidable has what cannot be told without running something.
func TestEvaluateUndecidable(t *testing.T) {
	tests := []struct {
		name        string
		dialect     Dialect
		src         string
		values      map[string]string
		undecidable []string
		line        int // of the error; 0 is none
	}{
		{"a command", Bash, "A=1\ndo_it --now\nB=$A\n", map[string]string{"A": "1", "B": "1"}, nil, 2},
		{"a substitution and what refers to it", Dash, "A=$(pass show db)\nB=x$A\nC=1\n", map[string]string{"C": "1"}, []string{"A", "B"}, 0},
		{"a value that holds for a command alone", Bash, "A=1 run\n", map[string]string{}, nil, 1},
		{"control structures end the evaluation", Bash, "A=1\nif true; then B=2; fi\nC=3\n", map[string]string{"A": "1"}, nil, 2},
		{"a builtin that changes variables ends it", Dash, "A=1\nunset A\nB=2\n", map[string]string{"A": "1"}, nil, 2},
		{"the process number", Bash, "A=a$$b\nB=1\n", map[string]string{"B": "1"}, []string{"A"}, 0},
		{"arithmetic", Dash, "A=$((1+2))\n", map[string]string{}, []string{"A"}, 0},
		{"arrays", Bash, "A=(1 2)\nB=2\n", map[string]string{}, nil, 1},
		{"a dynamic variable", Bash, "A=$RANDOM\n", map[string]string{}, []string{"A"}, 0},
		{"the home directory of an unknown user", Bash, "A=~/x\nB=~ada\n", map[string]string{}, []string{"A", "B"}, 0},
		{"a command of dotenv-expand", DotenvExpand, "A=$(date)\nB=${A}\nC=$(date\n", map[string]string{"C": "$(date"}, []string{"A", "B"}, 0},
		{"an encrypted value", DotenvExpand, "DOTENV_PRIVATE_KEY=k\nA=encrypted:x\n", map[string]string{"DOTENV_PRIVATE_KEY": "k"}, []string{"A"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			values, err := Evaluate([]byte(tt.src), tt.dialect, EvalOptions{})
			got, undecidable := plain(values)
			want := map[string]*string{}
			for name, value := range tt.values {
				want[name] = &value
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("values (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.undecidable, undecidable); diff != "" {
				t.Errorf("undecidable (-want +got):\n%s", diff)
			}
			if (tt.line != 0) != errors.Is(err, &EvalError{Kind: Undecidable, Line: tt.line}) || tt.line == 0 && err != nil {
				t.Errorf("error is %v, want one in line %d", err, tt.line)
			}
		})
	}
}

// TestEvaluateErrors has the kind and line of errors.
func TestEvaluateErrors(t *testing.T) {
	tests := []struct {
		dialect Dialect
		src     string
		want    EvalError
	}{
		{PythonDotenv, "A=1\nB=caf\xe9\n", EvalError{Kind: BadEncoding, Line: 2}},
		{Compose, "A=1\nB C=2\n", EvalError{Kind: BadName, Line: 2}},
		{Compose, "A=1\n\nB=${X:?gone}\n", EvalError{Kind: Required, Line: 3}},
		{Compose, "A=1\nB=\"x\n", EvalError{Kind: Unterminated, Line: 2}},
		{Compose, "A=${}\n", EvalError{Kind: Malformed, Line: 1}},
		{Godotenv, "A=1\nB-C=2\n", EvalError{Kind: BadName, Line: 2}},
		{Godotenv, "A='\n", EvalError{Kind: Unterminated, Line: 1}},
		{DockerRun, "A=1\nB C=2\n", EvalError{Kind: BadName, Line: 2}},
		{DockerRun, "A=1\n#\nB=" + strings.Repeat("x", 1<<16) + "\n", EvalError{Kind: Malformed, Line: 3}},
		{Bash, "A=1\nB='x\n", EvalError{Kind: Unterminated, Line: 2}},
		{Dash, "A=1\n\nB=${X:?gone}\n", EvalError{Kind: Required, Line: 3}},
		{Bash, "A=1\n;\n", EvalError{Kind: Malformed, Line: 2}},
		{Vite, "toString=1\n", EvalError{Kind: Crash}},
		{Vite, "A=a$B\nB=b$C\nC=c$B\n", EvalError{Kind: TooLarge}},
		{DotenvExpand, "A=\\$A\nB=x$A\n", EvalError{Kind: TooLarge}},
		{Dash, double(40), EvalError{Kind: TooLarge}},
		{Compose, double(40), EvalError{Kind: TooLarge}},
		{Godotenv, double(40), EvalError{Kind: TooLarge}},
		{PythonDotenv, double(40), EvalError{Kind: TooLarge}},
		{DotenvExpand, double(40), EvalError{Kind: TooLarge}},
		{Next, double(40), EvalError{Kind: TooLarge}},
	}
	for i, tt := range tests {
		t.Run(fmt.Sprint(i, tt.dialect), func(t *testing.T) {
			_, err := Evaluate([]byte(tt.src), tt.dialect, EvalOptions{})
			tt.want.Dialect = tt.dialect
			if !errors.Is(err, &tt.want) {
				t.Errorf("error is %v, want %v", err, &tt.want)
			}
		})
	}
}

// double makes lines each of which doubles the one above.
func double(lines int) string {
	var b strings.Builder
	b.WriteString("A0=xx\n")
	for i := 1; i <= lines; i++ {
		fmt.Fprintf(&b, "A%d=${A%d}${A%d}\n", i, i-1, i-1)
	}
	return b.String()
}

// TestEvaluateNextCircle has the file of which Next.js takes nothing.
func TestEvaluateNextCircle(t *testing.T) {
	values, err := Evaluate([]byte("A=1\nB=$C\nC=x$B\n"), Next, EvalOptions{})
	if err != nil || values == nil || len(values) != 0 {
		t.Errorf("%d values, error %v; want none and no error", len(values), err)
	}
}

// TestEvaluateProcess has what a name keeps that the process environment has.
func TestEvaluateProcess(t *testing.T) {
	opts := EvalOptions{Lookup: lookupIn(map[string]string{"A": "process", "E": ""})}
	const src = "A=file\nB=${A}\nE=file\nF=${E:-word}\n"
	want := map[Dialect]string{
		Next:         "A=process B=process E= F=word",
		Dotenv:       "A=file B=${A} E=file F=${E:-word}",
		DotenvExpand: "A=process B=process E=file F=word",
		Vite:         "A=process B=process E= F=word",
		Node:         "A=file B=${A} E=file F=${E:-word}",
		PythonDotenv: "A=file B=file E=file F=file",
		Compose:      "A=file B=process E=file F=word",
		DockerRun:    "A=file B=${A} E=file F=${E:-word}",
		Godotenv:     "A=file B=file E=file F=file:-word}",
		Bash:         "A=file B=file E=file F=file",
		Dash:         "A=file B=file E=file F=file",
	}
	for _, d := range Dialects() {
		values, err := Evaluate([]byte(src), d, opts)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range values {
			got = append(got, v.Name+"="+v.Value.Reveal())
		}
		if diff := cmp.Diff(want[d], strings.Join(got, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", d, diff)
		}
	}
	if v, ok := (Values{{Name: "A"}, {Name: "B", Null: true}}).Lookup("B"); !ok || !v.Null {
		t.Error("Lookup does not find B")
	}
}

// TestEvaluateHides prints values and errors in every way and looks for the text.
func TestEvaluateHides(t *testing.T) {
	const canary = "hunter" + "2canary"
	for _, d := range Dialects() {
		for _, src := range []string{
			"A=" + canary, "A='" + canary, canary + " " + canary + "\n", "A=${B:?" + canary + "}", "A=\"" + canary + "\"" + canary, "A=`" + canary + "`",
		} {
			values, err := Evaluate([]byte(src), d, EvalOptions{})
			for i := range values {
				// Names may be anything; see Value.
				values[i].Name = "name"
			}
			text, jsonErr := json.Marshal(values)
			if jsonErr != nil {
				t.Fatal(jsonErr)
			}
			out := fmt.Sprintf("%v %+v %#v %s %v %+v %#v", values, values, values, text, err, err, err)
			if strings.Contains(out, "hunter") {
				t.Errorf("%s shows a value", d)
			}
		}
	}
}

// TestEvaluateTime evaluates files that make a backtracking or a rescanning reader
// slow. Each has 256 KiB; the limit is a hundred times what they take.
func TestEvaluateTime(t *testing.T) {
	const size = 256 << 10
	fill := func(text string) string { return strings.Repeat(text, size/len(text)) }
	files := map[string]string{
		"open double quotes":   fill("A=\"x\\\n"),
		"open single quotes":   fill("A='x\\'\n"),
		"escaped quotes":       "A='" + fill("\\' "),
		"blanks":               "A=" + fill(" ") + "x",
		"line ends":            fill("A\n"),
		"white space in names": "A" + fill("\n") + "x",
		"blanks and comments":  "A=x" + fill(" #"),
		"exports":              fill("export "),
		"open references":      "A=" + fill("${"),
		"open defaults":        "A=" + fill("${A:-"),
		"names in braces":      "A=" + fill("${A") + ":",
		"open commands":        "A=" + fill("$("),
		"open commands, text":  "A=\"" + fill("$(x ") + "\"",
		"references":           "A=" + fill("$B"),
		"references in braces": "A=" + fill("${B}"),
		"defaults":             "A=" + fill("${B:-x}"),
		"dollar signs":         "A=" + fill("$"),
		"separators":           "A='\u2028" + fill("'\u2028") + "x",
		"backslashes":          "A=\"" + fill("\\") + "\"",
		"many names":           manyNames(size / 16),
		"circle":               "A=x$B\nB=$A\n",
	}
	opts := EvalOptions{Lookup: func(string) (envtight.Secret, bool) { return envtight.Secret{}, false }}
	for name, src := range files {
		for _, d := range Dialects() {
			start := time.Now()
			_, err := Evaluate([]byte(src), d, opts)
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("%s: %s takes %v (error %v)", name, d, took, err)
			} else if testing.Verbose() && took > 50*time.Millisecond {
				t.Logf("%s: %s takes %v (error %v)", name, d, took, err)
			}
		}
	}
}

func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "A%d=${A%d}x\n", i, i/2)
	}
	return b.String()
}
