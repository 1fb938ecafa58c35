// Package matchtest makes texts that expressions match, for tests.
package matchtest

import (
	"math/rand/v2"
	"regexp/syntax"
	"strings"
)

// A Generator makes expressions and texts that they may match, for tests.
type Generator struct{ *rand.Rand }

// New makes a generator. The same seed makes the same.
func New(seed uint64) Generator { return Generator{rand.New(rand.NewPCG(seed, 1))} }

// Pick returns one of a list.
func Pick[T any](g Generator, list ...T) T { return list[g.IntN(len(list))] }

// Expression makes an expression of a depth, in the syntax of package regexp. Some
// are none.
func (g Generator) Expression(depth int) string {
	if depth == 0 {
		return g.leaf()
	}
	sub := func() string { return g.Expression(depth - 1) }
	switch g.IntN(9) {
	case 0:
		return "(?:" + sub() + "|" + sub() + ")"
	case 1:
		return "(" + sub() + "|" + sub() + "|" + sub() + ")"
	case 2:
		return "(?:" + sub() + ")" + Pick(g, "?", "*", "+", "{2}", "{1,3}", "{2,}", "{0,2}", "??", "*?", "+?", "{1,2}?")
	case 3:
		return "(" + sub() + ")"
	case 4:
		return Pick(g, "(?i:", "(?s:", "(?-i:", "(?m:") + sub() + ")"
	case 5:
		return g.leaf()
	}
	return sub() + sub() + sub()
}

func (g Generator) leaf() string {
	if g.IntN(3) > 0 {
		return Pick(g, "key", "sk-", "ask", "abc", "KS", "é", "s", "x.", "token", "kſ", "a-b", "yz_", "=\n")
	}
	return Pick(g, `\b`, `\B`, `^`, `$`, `(?m:^)`, `(?m:$)`, `\z`, `\A`, ".", `\w`, `\d`, `[^a]`, `\s`, `[a-c]`, `[k-s]`, `[^\x00-\x7f]`, `\x{fffd}`, `[\x{80}-\x{10ffff}]`, `\W`)
}

// Text makes text out of what expressions are about, in any case, with bytes that
// are no UTF-8.
func (g Generator) Text(expressions []string) []byte {
	var out []byte
	for range g.IntN(12) {
		switch g.IntN(8) {
		case 0:
			out = append(out, Pick(g, "\xff", "\xc5", "\xe2\x84", "ſ", "\u212a", "é", "漢", "\x00", "\xef\xbf\xbd", "\n\n")...)
		case 1:
			out = append(out, Pick(g, " ", "\n", "=", "_", "a", "k", "1", ".")...)
		default:
			out = append(out, g.inCase(g.Example(Pick(g, expressions...)))...)
		}
	}
	if g.IntN(4) == 0 && len(out) > 0 {
		out[g.IntN(len(out))] = byte(g.IntN(256))
	}
	return out
}

func (g Generator) inCase(s string) string {
	switch g.IntN(6) {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return strings.ReplaceAll(strings.ReplaceAll(s, "k", "\u212a"), "s", "ſ")
	}
	return s
}

// Example returns a text that an expression matches, perhaps.
func (g Generator) Example(expression string) string {
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return ""
	}
	var out strings.Builder
	g.write(&out, tree)
	return out.String()
}

func (g Generator) write(out *strings.Builder, re *syntax.Regexp) {
	times := func(low, high int) {
		if high < 0 {
			high = low + 3
		}
		for range low + g.IntN(high-low+1) {
			g.write(out, re.Sub[0])
		}
	}
	switch re.Op {
	case syntax.OpLiteral:
		out.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		i := 2 * g.IntN(len(re.Rune)/2)
		out.WriteRune(re.Rune[i] + rune(g.IntN(int(min(re.Rune[i+1]-re.Rune[i], 1000))+1)))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		out.WriteString(Pick(g, "a", "=", "é", "k"))
	case syntax.OpStar:
		times(0, 3)
	case syntax.OpPlus:
		times(1, 3)
	case syntax.OpQuest:
		times(0, 1)
	case syntax.OpRepeat:
		times(re.Min, min(re.Max, re.Min+4))
	case syntax.OpAlternate:
		g.write(out, Pick(g, re.Sub...))
	default:
		for _, sub := range re.Sub {
			g.write(out, sub)
		}
	}
}
