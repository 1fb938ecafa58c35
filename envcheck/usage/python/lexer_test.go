package python

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// cut writes the tokens of a text: strings as S and F, ends of logical lines as "/".
func cut(text string) string {
	var l lexer
	l.run([]byte(text))
	var out []string
	for _, t := range l.tokens {
		switch t.kind {
		case newline:
			out = append(out, "/")
		case literal:
			out = append(out, "S")
		case format:
			out = append(out, "F")
		default:
			out = append(out, text[t.start:t.end])
		}
	}
	return strings.Join(out, " ")
}

func TestLexer(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"lines", "a = 1\n\n# x\nb\n", "a = 1 / b /"},
		{"no last line break", "a", "a /"},
		{"continued", "a = \\\n  b\n", "a = b /"},
		{"brackets join lines", "f(a,\n  b)\n", "f ( a , b ) /"},
		{"line breaks of all kinds", "a\r\nb\rc\n", "a / b / c /"},
		{"comment ends at CR", "a # x\rb", "a / b /"},
		{"strings", `x = 'a' "b" r'\'' b"" '''c` + "\n'''", "x = S S S S S /"},
		{"escaped quote", `x = 'a\'b' y`, "x = S y /"},
		{"triple with escapes", `x = """a\"""b""" y`, "x = S y /"},
		{"triple with backslash before its end", `x = """a\\""" y`, "x = S y /"},
		{"fields", `f"a{b!r:>{w}}{{c}}" d`, "F { b { w } } d /"},
		{"quotes in fields", `f"{a["x"]}" d`, "F { a [ S ] } d /"},
		{"nested", `f"{f'{a}'}" d`, "F { F { a } } d /"},
		{"not equal in a field", `f"{a != b}" d`, "F { a != b } d /"},
		{"named character", `f"\N{DASH}{a}" d`, "F { a } d /"},
		{"raw field", `rf"\{a}" d`, "F { a } d /"},
		{"template string", `t"{a}" d`, "F { a } d /"},
		{"line breaks in a field", "f\"{a\n+ b}\" d", "F { a + b } d /"},
		{"stray quote", "a = 'b\nc = 1\n", "a = b / c = 1 /"},
		{"lost bracket", "f(a\ndef g(): pass\n", "f ( a / def g ( ) : pass /"},
		{"lost bracket of a field", "f'''{a\nclass B: pass\n", "F { a / class B : pass /"},
		{"unopened bracket", "a)\nb\n", "a ) / b /"},
		{"conflict", "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x 'y\nd\n", "a / b / c / d /"},
		{"byte order mark", "\ufeffa\n", "a /"},
		{"unclosed triple", "a = f(1)\n'''\nb = g(2)\nc = h(3)\n'''doc'''\nd = i(4)\n", "a = f ( 1 ) / b = g ( 2 ) / c = h ( 3 ) / S / d = i ( 4 ) /"},
		{"stray quote before a triple", "a = ' b['''c''']\nd = e['''f''']\ng = h(1)\n", "a = S S c ] / d = e [ S ] / g = h ( 1 ) /"},
		{"cut off in a triple", "a = f(1)\n'''doc'''\nb = g(2)\n'''do", "a = f ( 1 ) / S / b = g ( 2 ) / do /"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, cut(c.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBlocks(t *testing.T) {
	var l lexer
	l.run([]byte("class A:\n\tdef f(self):\n\t\treturn (1,\n2)\n\n\tx = 1\ny = 2\n"))
	var owners []int32
	for _, line := range l.lines {
		owners = append(owners, line.owner)
	}
	if diff := cmp.Diff([]int32{-1, 0, 1, 0, -1}, owners); diff != "" {
		t.Error(diff)
	}
}
