package python

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/envtight/envtight/envcheck/usage"
)

// grown makes a file of classes and functions with reads and decoys at random places.
// Reads have names that begin with R, decoys with D.
func grown(r *rand.Rand) (text string, reads int) {
	var b strings.Builder
	b.WriteString("import os\nfrom os import environ as env, getenv\n\n")
	n := 0
	read := func() string {
		n++
		return fmt.Sprintf([]string{
			`os.environ["R%d"]`, `os.environ.get('R%d')`, `os.getenv("R%d", "x")`, `env["R%d"]`, `getenv(key="R%d")`, `"R%d" in os.environ`,
			`os.environ["""R%d"""]`, `os.environ['''R%d''']`, `os.environ[ # D
            r"R%d"
        ]`,
		}[r.IntN(9)], n)
	}
	decoys := []string{
		`"os.environ['D']"`, `'os.getenv("D")'`, `f"os.environ['D'] {x} {{os.environ['D']}}"`, `"""os.environ["D"]
  it's os.getenv('D')
"""`, `self.environ["D"]`, `# os.environ["D"]
`, `rb'os.environ["D"]'`, `request.environ.get("D")`,
	}
	expression := func() string {
		switch r.IntN(8) {
		case 0, 1, 2:
			return read()
		case 3:
			return "f(" + read() + ", *args, key=" + read() + ")"
		case 4:
			return fmt.Sprintf(`f"{%s!r:>{width}} it's"`, strings.ReplaceAll(read(), " # D\n", "\n"))
		case 5:
			return "{'a': [" + read() + "], **other}"
		default:
			return "g(" + decoys[r.IntN(len(decoys))] + "\n        , 1)"
		}
	}
	for c := range 12 {
		fmt.Fprintf(&b, "class C%d(Base):\n    \"\"\"It's a class: os.environ['D'].\"\"\"\n\n", c)
		for m := range 4 {
			fmt.Fprintf(&b, "    async def m%d(self, a: int = 1, *, b=None) -> dict[str, int]:\n", m)
			for range 1 + r.IntN(4) {
				b.WriteString("        plain = await call(1, [2, 3], {'k': value})\n        for item in plain:\n            other(item, key=plain[item])\n")
				fmt.Fprintf(&b, "        %s = %s\n", []string{"x", "self.y", "z[0]"}[r.IntN(3)], expression())
				if r.IntN(3) == 0 {
					fmt.Fprintf(&b, "        if %s:\n            return %s\n", expression(), expression())
				}
			}
			b.WriteString("        os.environ['D'] = x\n\n")
		}
	}
	return b.String(), n
}

// namesIn are the names that a text is found to read.
func namesIn(s *script, text string) map[string]bool {
	s.analyse("a.py", []byte(text), nil)
	out := map[string]bool{}
	for _, r := range s.reads {
		if r.kind != usage.Dynamic && r.kind != usage.Whole {
			out[r.name] = true
		}
	}
	return out
}

func TestPlanted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var s script
	for range 60 {
		text, n := grown(r)
		got := namesIn(&s, text)
		if got["D"] {
			t.Fatalf("a decoy is reported in\n%s", text)
		}
		if len(got) != n {
			t.Fatalf("%d of %d reads are found in\n%s", len(got), n, text)
		}
	}
}

// breaks are what happens to files.
var breaks = []struct {
	name string
	do   func(r *rand.Rand, text string) (broken string, kept int)
}{
	{"stray quote", func(r *rand.Rand, text string) (string, int) { return insert(r, text, `'`) }},
	{"unclosed bracket", func(r *rand.Rand, text string) (string, int) { return insert(r, text, "{ (((") }},
	{"unclosed triple quote", func(r *rand.Rand, text string) (string, int) { return insertLine(r, text, `"""`) }},
	{"conflict", func(r *rand.Rand, text string) (string, int) {
		return insertLine(r, text, "<<<<<<< HEAD\nit's = 1\n=======\nx = 2\n>>>>>>> main")
	}},
	{"truncation", func(r *rand.Rand, text string) (string, int) {
		at := r.IntN(len(text))
		return text[:at], at
	}},
	{"lost bracket", func(r *rand.Rand, text string) (string, int) {
		at := r.IntN(len(text))
		next := strings.IndexAny(text[at:], ")]}")
		if next < 0 {
			return text, len(text)
		}
		at += next
		return text[:at] + text[at+1:], len(text)
	}},
}

// insert puts something before a space: not into the words of a read, which none
// would survive.
func insert(r *rand.Rand, text, what string) (string, int) {
	at := r.IntN(len(text))
	at += max(0, strings.IndexByte(text[at:], ' '))
	return text[:at] + what + text[at:], len(text)
}

func insertLine(r *rand.Rand, text, what string) (string, int) {
	at := r.IntN(len(text))
	at += strings.IndexByte(text[at:], '\n') + 1
	return text[:at] + what + "\n" + text[at:], len(text)
}

// TestBroken breaks files, generated ones and those of -oracle-repo, and holds that
// nearly all reads survive each mistake.
func TestBroken(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var texts []string
	for range 60 {
		text, _ := grown(r)
		texts = append(texts, text)
	}
	if *oracleRepo != "" {
		texts = realTexts(t)
	}
	var s script
	for _, b := range breaks {
		all, survived := 0, 0
		for _, text := range texts {
			for range 5 {
				broken, kept := b.do(r, text)
				want := namesIn(&s, text[:kept])
				got := namesIn(&s, broken)
				for name := range want {
					all++
					if got[name] {
						survived++
					}
				}
			}
		}
		share := float64(survived) / float64(max(all, 1))
		t.Logf("%s: %d of %d reads survive (%.4f)", b.name, survived, all, share)
		if share < 0.99 {
			t.Errorf("%s: only %.4f of the reads survive", b.name, share)
		}
	}
}

// realTexts are the files of -oracle-repo that read.
func realTexts(t *testing.T) (out []string) {
	t.Helper()
	var s script
	err := filepath.WalkDir(*oracleRepo, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !match(p) {
			return err
		}
		text, err := os.ReadFile(p)
		if err == nil && isMarked(text, skim(text, &s)) && len(namesIn(&s, string(text))) > 0 {
			out = append(out, string(text))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestLinear holds that no text takes more than its length: each of these is a
// quarter of a megabyte of one thing, which a search that goes back over it would not end.
func TestLinear(t *testing.T) {
	const size = 1 << 18
	var s script
	for _, unit := range []string{
		"(", ")", "[", "{", "([{", "f'{", "f\"{x:{", "'''", "\"", "\\", "os.environ['A'],", "os.environ['A']+", "x=", "a.", "in os.environ ", "not ",
		"os.getenv(", "os.getenv('A') or ", "if os.getenv('A'):\n", "del os.environ['A'],", "def f(os=os, *, os):\n", "class A(A):\n", "envvar='A',",
		"for k in ('A','B'):os.environ[k]\n", "import os,", "from a import (b,", "try:\n", "os.environ", "x = os.getenv('A')\n", "@", "with env.prefixed('A'):\n",
		"def f(n): return os.environ[n]\n", "f(f(", "lambda:", "'A' 'B' ", "<<<<<<< \n", "{{", "=os.environ,",
	} {
		for _, before := range []string{"import os\n", "import os\nf(", "import os\nf'''", "from environs import Env\nenv = Env()\ndef g(a, b=os.environ):\n "} {
			text := []byte(before + strings.Repeat(unit, size/len(unit)))
			s.analyse("a.py", text, nil)
			s.findClasses("a.py")
			skim(text, &s)
		}
	}
}
