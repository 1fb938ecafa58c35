package dotenv

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	compose "github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/docker/cli/pkg/kvfile"
	"github.com/joho/godotenv"
	"github.com/sirupsen/logrus"

	"github.com/envtight/envtight/internal/loaders"
)

var (
	loaderFiles = flag.Int("loader-files", 10000, "random files that each real loader reads")
	loaderSeed  = flag.Uint64("loader-seed", 1, "seed of the random files")
)

// tooLargeShare is the share of files, of a thousand, that an evaluator may give
// up because their expansion has no end. The loader would hang on them.
const tooLargeShare = 20

// undecidableShare is the share of files, of a thousand, that may hold what
// cannot be told without running it. The generator makes such files on purpose.
const undecidableShare = 500

// TestLoaders compares the evaluators with the real loaders on random files. It
// looks for installed ones in the directory that ENVTIGHT_LOADERS names, see
// internal/loaders/install.sh; those written in Go and the shells need no
// installation, but the shells, which are slow, get all files only beside the
// others. The files are test data, so mismatches are printed.
func TestLoaders(t *testing.T) {
	quietCompose()
	for _, d := range Dialects() {
		t.Run(d.String(), func(t *testing.T) {
			run := realLoader(t, d)
			count := *loaderFiles
			quick := testing.Short() || d.Shell() && os.Getenv("ENVTIGHT_LOADERS")+os.Getenv("ENVTIGHT_REQUIRE") == ""
			if quick {
				count = min(count, 1000)
			}
			compareLoader(t, d, run, newGenerator(d, *loaderSeed), count)
		})
	}
}

// TestLoadOrders holds [LoadOrder] against the frameworks: of every combination of
// env files, the one that wins in development must be the first of the order.
func TestLoadOrders(t *testing.T) {
	dir := os.Getenv("ENVTIGHT_LOADERS")
	if dir == "" {
		missingLoader(t, "ENVTIGHT_LOADERS names no directory made by internal/loaders/install.sh")
	}
	all := []string{".env", ".env.local", ".env.development", ".env.development.local", ".env.dev", ".env.production", ".env.example"}
	for _, d := range []Dialect{Next, Vite} {
		t.Run(d.String(), func(t *testing.T) {
			var directories, want []string
			for set := range 1 << len(all) {
				root := t.TempDir()
				var present []string
				for i, name := range all {
					if set&(1<<i) != 0 {
						present = append(present, name)
						if err := os.WriteFile(filepath.Join(root, name), []byte("WINNER="+name+"\n"), 0o600); err != nil {
							t.Fatal(err)
						}
					}
				}
				first := ""
				for _, name := range slices.Backward(LoadOrder(d, "development")) {
					if slices.Contains(present, name) {
						first = name
					}
				}
				directories, want = append(directories, root), append(want, first)
			}
			got, err := loaders.Winners(t.Context(), dir, d.String(), directories)
			if err != nil {
				t.Fatal(err)
			}
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("combination %07b: %q wins, want %q", i, got[i], want[i])
				}
			}
		})
	}
}

// quietCompose keeps compose-go from logging each variable that is not set.
func quietCompose() { logrus.SetOutput(io.Discard) }

// runLoader runs a real loader on all cases.
type runLoader func(t *testing.T, cases []loaders.Case) []loaders.Result

// realLoader returns the loader of a dialect, or skips the test.
func realLoader(t *testing.T, d Dialect) runLoader {
	t.Helper()
	switch d {
	case Godotenv:
		return inProcess(loadGodotenv)
	case Compose:
		return inProcess(loadCompose)
	case DockerRun:
		return inProcess(loadDockerRun)
	case Bash, Dash:
		if _, err := exec.LookPath(d.String()); err != nil || runtime.GOOS != "linux" {
			missingLoader(t, d.String()+" of the version that is followed is not installed")
		}
		return external(func(ctx context.Context, cases []loaders.Case) ([]loaders.Result, error) {
			return loaders.Shell(ctx, d.String(), cases)
		})
	}
	dir := os.Getenv("ENVTIGHT_LOADERS")
	if dir == "" {
		missingLoader(t, "ENVTIGHT_LOADERS names no directory made by internal/loaders/install.sh")
	}
	if d == PythonDotenv {
		return external(func(ctx context.Context, cases []loaders.Case) ([]loaders.Result, error) {
			return loaders.Python(ctx, dir, cases)
		})
	}
	return external(func(ctx context.Context, cases []loaders.Case) ([]loaders.Result, error) {
		return loaders.Node(ctx, dir, d.String(), cases)
	})
}

func missingLoader(t *testing.T, why string) {
	t.Helper()
	if strings.Contains(os.Getenv("ENVTIGHT_REQUIRE"), "tools") {
		t.Fatal(why)
	}
	t.Skip(why)
}

func external(run func(context.Context, []loaders.Case) ([]loaders.Result, error)) runLoader {
	return func(t *testing.T, cases []loaders.Case) []loaders.Result {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		results, err := run(ctx, cases)
		if err != nil {
			t.Fatal(err)
		}
		return results
	}
}

func inProcess(load func(loaders.Case) (map[string]string, error)) runLoader {
	return func(_ *testing.T, cases []loaders.Case) []loaders.Result {
		results := make([]loaders.Result, len(cases))
		for i, c := range cases {
			results[i] = runInProcess(load, c)
		}
		return results
	}
}

// runInProcess counts a panic of the loader as an error of it.
func runInProcess(load func(loaders.Case) (map[string]string, error), c loaders.Case) (result loaders.Result) {
	defer func() {
		if recover() != nil {
			result = loaders.Result{Failed: true}
		}
	}()
	values, err := load(c)
	result.Failed = err != nil
	result.Values = map[string]*string{}
	for name, value := range values {
		result.Values[name] = &value
	}
	return result
}

func loadGodotenv(c loaders.Case) (map[string]string, error) {
	return godotenv.UnmarshalBytes(c.Src)
}

func loadCompose(c loaders.Case) (map[string]string, error) {
	return compose.ParseWithLookup(bytes.NewReader(c.Src), func(name string) (string, bool) {
		value, ok := c.Env[name]
		return value, ok
	})
}

func loadDockerRun(c loaders.Case) (map[string]string, error) {
	lines, err := kvfile.ParseFromReader(bytes.NewReader(c.Src), func(name string) (string, bool) {
		value, ok := c.Env[name]
		return value, ok
	})
	values := map[string]string{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		values[name] = value
	}
	return values, err
}

// compareLoader fails for each of count files that the evaluator and the loader read
// differently, and prints the shortest form of the first ones. Files of which the
// evaluator says that it cannot tell come on top.
func compareLoader(t *testing.T, d Dialect, run runLoader, g *generator, count int) {
	t.Helper()
	var asked []loaders.Case
	files, tooLarge, undecidable, failed := 0, 0, 0, 0
	for ; len(asked) < count && files < 10*count; files++ {
		c := g.file()
		_, err := Evaluate(c.Src, d, EvalOptions{Lookup: lookupIn(c.Env)})
		switch skipCase(d, c) {
		case TooLarge:
			tooLarge++
			continue
		case Undecidable:
			undecidable++
			continue
		}
		if err != nil {
			failed++
		}
		asked = append(asked, c)
	}
	t.Logf("seed %d: %d files, of which %d are undecidable and %d without end; of %d asked, %d are errors",
		*loaderSeed, files, undecidable, tooLarge, len(asked), failed)
	if tooLarge*1000 > files*tooLargeShare {
		t.Errorf("%d of %d files expand without end", tooLarge, files)
	}
	if undecidable*1000 > files*undecidableShare {
		t.Errorf("%d of %d files are undecidable", undecidable, files)
	}
	mismatches := 0
	for i, result := range run(t, asked) {
		if difference(d, asked[i], result) == "" {
			continue
		}
		mismatches++
		if mismatches <= 5 {
			reportMismatch(t, d, run, asked[i])
		}
	}
	if mismatches > 0 {
		t.Errorf("%d of %d files are read differently", mismatches, len(asked))
	}
}

// skipCase returns the kind of error for which the loader is not asked, or 0.
func skipCase(d Dialect, c loaders.Case) ErrorKind {
	values, err := Evaluate(c.Src, d, EvalOptions{Lookup: lookupIn(c.Env)})
	for _, kind := range []ErrorKind{TooLarge, Undecidable} {
		if errors.Is(err, &EvalError{Kind: kind}) {
			return kind
		}
	}
	for _, v := range values {
		if v.Undecidable {
			return Undecidable
		}
	}
	return 0
}

// difference says how the evaluator and the loader differ on a case, or "".
func difference(d Dialect, c loaders.Case, want loaders.Result) string {
	if want.Crashed {
		return "" // nothing was read, by an accident of the process
	}
	values, err := Evaluate(c.Src, d, EvalOptions{Lookup: lookupIn(c.Env)})
	if (err != nil) != want.Failed {
		return fmt.Sprintf("error is %v, loader failed: %t", err, want.Failed)
	}
	if err != nil && !d.Shell() {
		return ""
	}
	got := map[string]*string{}
	for _, v := range values {
		if _, twice := got[v.Name]; twice {
			return fmt.Sprintf("%q is listed twice", v.Name)
		}
		text := v.Value.Reveal()
		got[v.Name] = &text
		if v.Null {
			got[v.Name] = nil
		}
	}
	if d.Shell() {
		// The shell's report has the variables of the environment too.
		for name, value := range c.Env {
			if _, ok := got[name]; !ok {
				got[name] = &value
			}
		}
	}
	return diffValues(want.Values, got)
}

func diffValues(want, got map[string]*string) string {
	var out strings.Builder
	show := func(p *string, ok bool) string {
		switch {
		case !ok:
			return "absent"
		case p == nil:
			return "null"
		}
		return fmt.Sprintf("%q", *p)
	}
	names := slices.Sorted(maps.Keys(want))
	for name := range got {
		if _, ok := want[name]; !ok {
			names = append(names, name)
		}
	}
	for _, name := range names {
		w, inWant := want[name]
		g, inGot := got[name]
		if ws, gs := show(w, inWant), show(g, inGot); ws != gs {
			fmt.Fprintf(&out, "%q: loader %s, we %s\n", name, ws, gs)
		}
	}
	return out.String()
}

// reportMismatch prints a case after taking away what it does not need.
func reportMismatch(t *testing.T, d Dialect, run runLoader, c loaders.Case) {
	t.Helper()
	for again := true; again; {
		again = false
		smaller := shrink(c)
		for start := 0; start < len(smaller) && !again; start += 64 {
			batch := smaller[start:min(start+64, len(smaller))]
			batch = slices.DeleteFunc(slices.Clone(batch), func(c loaders.Case) bool { return skipCase(d, c) != 0 })
			for i, result := range run(t, batch) {
				if difference(d, batch[i], result) != "" {
					c, again = batch[i], true
					break
				}
			}
		}
	}
	result := run(t, []loaders.Case{c})[0]
	t.Errorf("file %q with environment %q:\n%s", c.Src, c.Env, difference(d, c, result))
}

// shrink returns the cases that lack one stretch of the file or one variable of
// the environment, the shortest first.
func shrink(c loaders.Case) []loaders.Case {
	var out []loaders.Case
	for name := range c.Env {
		env := maps.Clone(c.Env)
		delete(env, name)
		out = append(out, loaders.Case{Src: c.Src, Env: env})
	}
	for size := len(c.Src) / 2; size > 0; size /= 2 {
		for at := 0; at+size <= len(c.Src); at += size {
			out = append(out, loaders.Case{Src: slices.Concat(c.Src[:at], c.Src[at+size:]), Env: c.Env})
		}
	}
	return out
}

// generator makes random env files that are mostly made of what loaders stumble
// over.
type generator struct {
	rng    *rand.Rand
	tokens []string
	names  []string
	shell  bool

	// tame is set for files that most loaders take: about half, because the
	// strict ones refuse a file for its first mistake.
	tame bool
}

func newGenerator(d Dialect, seed uint64) *generator {
	g := &generator{rng: rand.New(rand.NewPCG(seed, uint64(d))), tokens: anyTokens, names: anyNames}
	if d.Shell() {
		g.tokens, g.names, g.shell = shellTokens, shellNames, true
	}
	return g
}

var anyNames = []string{
	"A", "B", "K", "Z", "A_1", "KEY", "a.b", "A-B", "1K", "7", "10", "null", "nullable", "export", "É", "K[0]",
}

// objectNames are properties of every object in JavaScript.
var objectNames = []string{"toString", "constructor", "__proto__", "valueOf"}

// anyTokens is what values and broken lines are made of.
var anyTokens = []string{
	"a", "b", "Z", "0", "5", "_", ".", "-", "word", "null", " ", " ", "  ", "\t", "\n", "\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x00",
	"'", "'", "\"", "\"", "`", "\\", "\\", "\\\\", "\\n", "\\r", "\\t", "\\\"", "\\'", "\\$", "\\0", "\\0123", "\\x41", "\\a", "\\c",
	"#", "#", " #", " # note", "=", "=", ":", ": ", "$", "$", "$$", "$A", "$K", "${A}", "${K}", "${B", "${", "}", "}", "{", "{}", "${Z:-", "${A-", "${B:+",
	"${A:?", "${A?m}", "${Z+", "${Z:-${A}}", "${A:-x}", "${B-y}", "${K:+z}", "$(", ")", "(", "$&", "$`", "$'", "$1", "$nullable", "export ", "export", "!", "/", "~", "*", ";", "&", "|",
	"<", ">", "[", "]", "%", "@", ",", "\u00a0", "\u2028", "\u2029", "\ufeff", "\u0085", "\u3000", "é", "ž", "😀", "\u017f", "\u212a", "\xe9", "\xff", "\xc3", "\xf0\x9f", "\xed\xa0\x80",
	"K='", "K=\"", "B=`", "A=", "B=", "K=", "Z=", "=A", "\nA=", "\nK=", "\nexport B=", "\n#c\n", "\n# B=1\n", "\n\n", "\n ", " \n", "encrypted:", "${toString}", "${__proto__:-d}",
}

// file makes one case. Most lines are assignments, some are tokens only.
func (g *generator) file() loaders.Case {
	var b strings.Builder
	g.tame = g.rng.IntN(2) == 0
	if g.rng.IntN(40) == 0 {
		b.WriteString("\ufeff")
	}
	for range 1 + g.rng.IntN(5) {
		switch g.rng.IntN(12) {
		case 0:
			if !g.shell && !g.tame { // a command, or junk
				b.WriteString(g.text(4))
			}
		case 1:
			b.WriteString("#" + g.text(3))
		default:
			g.assignment(&b)
		}
		ends := []string{"\n", "\n", "\n", "\n", "\n", "\n\n", " \n", "\r\n", ""}
		if g.shell || g.tame { // a carriage return is a character to shells
			ends = ends[:7]
		}
		b.WriteString(g.pick(ends...))
	}
	return loaders.Case{Src: []byte(b.String()), Env: g.env()}
}

func (g *generator) assignment(b *strings.Builder) {
	if g.shell {
		g.shellAssignment(b)
		return
	}
	if g.tame {
		quote := g.pick("", "", "", "'", "\"", "\"", "`")
		b.WriteString(g.pick("", "", "", " ", "export ") + g.name() + g.pick("=", "=", "=", "=", " = ", ": "))
		b.WriteString(quote + g.text(6) + quote + g.pick("", "", "", " ", " # note"))
		return
	}
	b.WriteString(g.pick("", "", "", "", "", "", " ", "export ", "export  ", "\t", "'"))
	b.WriteString(g.name())
	b.WriteString(g.pick("=", "=", "=", "=", "=", "=", "=", " = ", "= ", "=  ", "=\t", " =", ": ", ":", "", "'="))
	quote := g.pick("", "", "", "'", "\"", "\"", "`")
	b.WriteString(quote)
	b.WriteString(g.text(6))
	if g.rng.IntN(8) != 0 {
		b.WriteString(quote)
	}
	b.WriteString(g.pick("", "", "", "", " ", " # note", "#", g.text(2)))
}

// shellAssignment closes quotes more often than not, for most of what is broken is
// an error of the whole file.
func (g *generator) shellAssignment(b *strings.Builder) {
	b.WriteString(g.pick("", "", "", "", "", " ", "export ", "export A "))
	for range 1 + g.rng.IntN(8)/6 {
		b.WriteString(g.name())
		b.WriteString(g.pick("=", "=", "=", "=", "=", "=", "=", "=", "=", "=", g.pick("=", "+=", " =", "= ")))
		quote := g.pick("", "", "'", "\"", "\"")
		text := g.text(4)
		if quote == "" && g.rng.IntN(6) != 0 {
			text = strings.NewReplacer(" ", "\\ ", "\t", "", "&", "", ";", "").Replace(text)
		}
		b.WriteString(quote + text + quote)
		b.WriteString(g.pick("", "", "", "", "", "", "", " ", " # note", "; ", " ", g.text(1)))
	}
}

func (g *generator) name() string {
	switch {
	case g.shell:
		return g.pick(g.names...)
	case g.tame:
		return g.pick(g.names[:6]...)
	case g.rng.IntN(80) == 0:
		return g.pick(objectNames...)
	}
	return g.pick(g.names...)
}

func (g *generator) text(most int) string {
	var b strings.Builder
	for range g.rng.IntN(most + 1) {
		token := g.pick(g.tokens...)
		if g.tame && !g.shell && (!utf8.ValidString(token) || strings.ContainsAny(token, "\n\r'\"")) {
			token = "x"
		}
		b.WriteString(token)
	}
	return b.String()
}

func (g *generator) pick(texts ...string) string { return texts[g.rng.IntN(len(texts))] }

// env makes a process environment, often an empty one.
func (g *generator) env() map[string]string {
	env := map[string]string{}
	for range g.rng.IntN(6) - 2 {
		env[g.pick("A", "B", "K", "Z")] = g.pick("", "env", "p$A", "${Z}", "\\$B", "a b", "$$")
	}
	return env
}

var shellNames = []string{"A", "B", "K", "Z", "A_1", "KEY", "_x"}

// shellTokens make assignments rather than commands, and nothing that would do
// harm if the evaluator took a command for something else.
var shellTokens = []string{
	"a", "b", "Z", "0", "5", "_", ".", "-", "word", "x=y", " ", "  ", "\t", "\n", "\n", "\r\n", "\r", "\v", "\x00",
	"'", "''", "'x y'", "\"", "\"\"", "\"x y\"", "\\", "\\\\", "\\n", "\\\"", "\\'", "\\$", "\\`", "\\}", "\\ ", "\\\n",
	"#", " #", " # note", "=", ":", "$", "$A", "$K", "${A}", "${K}", "${B", "${", "}", "}", "{", "{}", "${Z:-", "${A-", "${B:+",
	"${A:?", "${A?m}", "${Z+", "${Z:-${A}}", "${A:-x y}", "${B-y}", "${K:+z}", "${Z:=w}", "${KEY=v}", "${#A}", "${A%b}", "${B##a}", "${A#$B}",
	"$1", "${1:-p}", "$@", "$#", "$'", "$'\\n\\101\\x41'", "$\"", "~", "~/x", ":~", "*", "?", "[ab]", "{a,b}", ";", "&", "%", "@", ",", "^", "!",
	"\u00a0", "\ufeff", "\u00e9", "\xe9", "\xff", "\x81", "\x88", "\n\n", "\nA=", "\nexport B=", "\n#c\n", "A=", " B=", " K+=", "\"${A:-", "\"${Z+",
}
