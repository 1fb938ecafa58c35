package ecma

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/workspace"
)

// FuzzLook: whatever the bytes, tokens lie in order inside the text, brackets pair up,
// and reads stand in the text.
func FuzzLook(f *testing.F) {
	for _, s := range shapes {
		f.Add(s.text)
	}
	r := rand.New(rand.NewPCG(7, 8))
	for range 10 {
		text, _ := program(r, true, 10)
		f.Add(text)
	}
	f.Add("Deno.env.toObject(")
	for _, unit := range hostile {
		f.Add(strings.Repeat(unit, 20))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, path := range []string{"a.ts", "a.tsx", "a.svelte"} {
			l := &lexer{}
			m := cut(l, path, []byte(text))
			checkTokens(t, &l.tokens)
			m.match()
			for _, r := range m.reads {
				if r.start < 0 || r.start >= r.end || r.end > len(text) {
					t.Fatalf("%s: a read at %d-%d of %d bytes", path, r.start, r.end, len(text))
				}
			}
			look(l, path, []byte(text))
		}
	})
}

// FuzzResolve: whatever configuration says, a search for a file ends.
func FuzzResolve(f *testing.F) {
	f.Add(`{"name": "a", "exports": {"./*": {"import": ["./src/*.ts"]}}, "imports": {"#a": "./b.ts"}}`, `{"extends": ["./tsconfig.json"], "compilerOptions": {"baseUrl": "..", "paths": {"*": ["*"]}}}`, "a/b")
	f.Add(`{"exports": "./"}`, `{"references": [{"path": "."}]}`, "#a")
	f.Add(`{"main": "."}`, ``, "../..")
	f.Fuzz(func(t *testing.T, manifest, config, module string) {
		fsys := fstest.MapFS{
			"package.json": {Data: []byte(manifest)}, "tsconfig.json": {Data: []byte(config)}, "src/b.ts": {},
			"a.js": {Data: []byte("import " + strconv.Quote(module))},
		}
		w, err := workspace.Load(t.Context(), fsys, workspace.Options{})
		if err != nil {
			t.Skip()
		}
		result, err := usage.Scan(t.Context(), w, []usage.Reader{Reader()}, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range result.Files {
			for _, i := range file.Imports {
				if !w.Tree.Has(i.Path) {
					t.Errorf("a file that is not there is imported")
				}
			}
		}
	})
}

func checkTokens(t *testing.T, tokens *tokens) {
	t.Helper()
	last := int32(0)
	for i, tok := range tokens.list {
		if tok.start < last || tok.end < tok.start || int(tok.end) > len(tokens.text) {
			t.Fatalf("token %d covers %d-%d after %d", i, tok.start, tok.end, last)
		}
		last = tok.start
		if m := int(tok.match); m >= 0 && int(tokens.list[m].match) != i {
			t.Fatalf("token %d is matched by %d, which is not by it", i, m)
		}
		if p := int(tok.parent); p >= i {
			t.Fatalf("token %d lies in %d", i, p)
		}
	}
}

// hostile are texts that cost much when they are repeated.
var hostile = []string{
	"(", "[", "{", ")", "]", "}", "(]", "{)", "`", "`${", "`\\`", "<a>", "<a", "<a b={", "<a>{", "</a>", "<T>(x) => ", "/", "/*", "/* \n", "'", "\"", "\\", "$",
	"process.env", "process.env.A ", "const e = process.env; ", "process.env[", "process.env[a", "process.env[a](", "((process.env as any)", "x => ", "(x) => ", "env => env.A, ",
	"const {", "const { a: { ", "a ? b : ", "a ?? ", "a.b(", "import(", "import {", "import a from 'a'\n", "export * from 'a'\n", "require('a'", "z.object({ A: ", "z.object({}).merge(",
	"createEnv({ server: {", "const a = b; ", "const a = a.merge(a); a.parse(process.env); ", "function f(n) { return process.env[n] } f(", "if (!process.env.A) { ",
	"const f = (k) => process.env[k]; f(", "<T extends ", "a<b>(", "a as ", "let a: b = ", "\n// '\n", "<a b='", "<a>\n<<<<<<< x\n", "{/*", "/* { /*", "env.A", "function process() {",
}

// TestHostile: the lexer looks again at no more of a text than it may, however often
// it has to back off.
func TestHostile(t *testing.T) {
	const length = 1 << 16
	for _, unit := range hostile {
		text := strings.Repeat(unit, length/len(unit)) + " process.env.LAST"
		for _, path := range []string{"a.ts", "a.tsx", "a.astro"} {
			l := &lexer{}
			look(l, path, []byte(text))
			if l.again < -2*len(text) {
				t.Errorf("%s, %q: %d bytes more than allowed", path, unit, -l.again)
			}
		}
	}
}
