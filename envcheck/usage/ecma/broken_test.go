package ecma

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/envtight/envtight/envcheck/usage"
)

// pieces are statements of a program, in which "%" stands for an expression. Those
// that read nothing are full of what misleads.
var pieces = []string{
	"const v# = %;\n", "call(%, { a: % });\n", "if (%) {\n  run(%);\n}\n", "export function f#(a: string) {\n  return `x ${%} y ${`${%}`}`;\n}\n",
	"const s# = \"it's process.env.DECOY\";\n", "// don't process.env.DECOY `\n", "/* process.env.DECOY ' ` */\n", "const r# = /['\"`]process.env.DECOY/.test(x) ? % : a / 2 / b;\n",
	"const t# = `\n  text process.env.DECOY isn't\n  ${%}\n`;\n", "class C# {\n  x = %;\n  m() {\n    return [%, ...[%]];\n  }\n}\n",
	"const o# = { process: 1, env: 2, a: %, [%]: 3 };\n", "type T# = { a?: 'process.env.DECOY' };\n", "for (const k of [%]) { use(k, %) }\n",
	"const a# = async (b: number) => { await go(%) };\n", "switch (%) { case 'a': break }\n", "const d# = x ? % : y?.z;\n", "x.process.env.DECOY;\n",
	"const url# = `https://${%}/path`;\n",
}

// markup are more of them, with JSX.
var markup = []string{
	"const e# = <div title=\"it's process.env.DECOY\" a={%}>don't process.env.DECOY {%} <b c={<i>{%}</i>} {...p}/> {/* process.env.DECOY ' */}</div>;\n",
	"const g# = <T,>(x: T) => <>{%}</>;\n", "function P#() {\n  return (\n    <List<string> x={%}>\n      {(y) => <p>{y / 2} text {%}</p>}\n    </List>\n  );\n}\n",
}

// reading are the ways in which "$" is read.
var reading = []string{
	"process.env.$", "process.env[\"$\"]", "process.env?.$", "(process.env as any).$", "import.meta.env.$", "process.env.$!", "(process.env.$ ?? \"x\")", "globalThis.process.env['$']", "env.$", "process?.[\"env\"].$",
}

// program returns a program of random pieces, and the names that it reads.
func program(r *rand.Rand, jsx bool, length int) (text string, names []string) {
	all := pieces
	if jsx {
		all = slices.Concat(pieces, markup, markup)
	}
	var b strings.Builder
	b.WriteString("import { env } from \"node:process\";\n")
	for n := range length {
		piece := strings.ReplaceAll(all[r.IntN(len(all))], "#", fmt.Sprint(n))
		for {
			before, after, found := strings.Cut(piece, "%")
			b.WriteString(before)
			if !found {
				break
			}
			name := fmt.Sprintf("N%d", len(names))
			names = append(names, name)
			b.WriteString(strings.ReplaceAll(reading[r.IntN(len(reading))], "$", name))
			piece = after
		}
	}
	return b.String(), names
}

// readIn returns the names that are read in a text, decoys among them.
func readIn(path, text string) map[string]bool {
	out := map[string]bool{}
	for _, r := range look(&lexer{}, path, []byte(text)).reads {
		if r.kind != usage.Whole {
			out[r.name] = true
		}
		if text[r.start:r.end] != r.name {
			panic("the place of a read is wrong")
		}
	}
	return out
}

// TestPlanted: reads at random places of programs are found, and nothing else.
func TestPlanted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	planted := 0
	for n := range 300 {
		path := "a.ts"
		if n%2 == 1 {
			path = "a.tsx"
		}
		text, names := program(r, n%2 == 1, 40)
		got := readIn(path, text)
		planted += len(names)
		for _, name := range names {
			if !got[name] {
				t.Fatalf("%s is not found in\n%s", name, text)
			}
			delete(got, name)
		}
		for name := range got {
			t.Fatalf("%s is none in\n%s", name, text)
		}
	}
	if planted < 10000 {
		t.Errorf("only %d reads were planted", planted)
	}
}

// breaks are what spoils a text at a line.
var breaks = map[string]func(lines []string, at int) []string{
	"stray quote":       func(l []string, at int) []string { return slices.Insert(l, at, "'") },
	"unclosed braces":   func(l []string, at int) []string { return slices.Insert(l, at, "{ (((") },
	"unclosed template": func(l []string, at int) []string { return slices.Insert(l, at, "`${") },
	"stray back quote":  func(l []string, at int) []string { return slices.Insert(l, at, "const broken = `") },
	"unclosed comment":  func(l []string, at int) []string { return slices.Insert(l, at, "/*") },
	"conflict": func(l []string, at int) []string {
		return slices.Insert(l, at, "<<<<<<< HEAD", "const ours = 'x';", "=======", "const theirs = 'x';", ">>>>>>> branch")
	},
	"closing braces": func(l []string, at int) []string { return slices.Insert(l, at, ")))}]") },
	"truncated":      func(l []string, at int) []string { return l[:at] },
}

// TestBroken: at least 99 of 100 reads are found in spite of each break but one.
func TestBroken(t *testing.T) {
	for kind, spoil := range breaks {
		for _, path := range []string{"a.ts", "a.tsx"} {
			r := rand.New(rand.NewPCG(3, 4))
			total, lost := 0, 0
			for range 100 {
				text, names := program(r, path == "a.tsx", 40)
				lines := strings.Split(text, "\n")
				broken := strings.Join(spoil(lines, 1+r.IntN(len(lines)-1)), "\n")
				got := readIn(path, broken)
				for _, name := range names {
					if kind == "truncated" && !strings.Contains(broken, name) {
						continue
					}
					if total++; !got[name] {
						lost++
					}
				}
			}
			share := 1 - float64(lost)/float64(total)
			want := 0.99
			if kind == "stray back quote" { // what follows may well be the text of a template
				want = 0.96
			}
			if share < want {
				t.Errorf("%s, %s: %.4f of the reads survive", kind, path, share)
			}
		}
	}
}
