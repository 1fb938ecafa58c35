package match

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A generator makes expressions and texts that they may match.
type generator struct{ *rand.Rand }

func newGenerator(seed uint64) generator { return generator{rand.New(rand.NewPCG(seed, 1))} }

func pick[T any](g generator, list ...T) T { return list[g.IntN(len(list))] }

func (g generator) expression(depth int) string {
	if depth == 0 {
		return g.leaf()
	}
	sub := func() string { return g.expression(depth - 1) }
	switch g.IntN(9) {
	case 0:
		return "(?:" + sub() + "|" + sub() + ")"
	case 1:
		return "(" + sub() + "|" + sub() + "|" + sub() + ")"
	case 2:
		return "(?:" + sub() + ")" + pick(g, "?", "*", "+", "{2}", "{1,3}", "{2,}", "{0,2}", "??", "*?", "+?", "{1,2}?")
	case 3:
		return "(" + sub() + ")"
	case 4:
		return pick(g, "(?i:", "(?s:", "(?-i:", "(?m:") + sub() + ")"
	case 5:
		return g.leaf()
	}
	return sub() + sub() + sub()
}

func (g generator) leaf() string {
	if g.IntN(3) > 0 {
		return pick(g, "key", "sk-", "ask", "abc", "KS", "é", "s", "x.", "token", "kſ", "a-b", "yz_", "=\n")
	}
	return pick(g, `\b`, `\B`, `^`, `$`, `(?m:^)`, `(?m:$)`, `\z`, `\A`, ".", `\w`, `\d`, `[^a]`, `\s`, `[a-c]`, `[k-s]`, `[^\x00-\x7f]`, `\x{fffd}`, `[\x{80}-\x{10ffff}]`, `\W`)
}

// text makes text out of what expressions are about, in any case, with bytes that
// are no UTF-8.
func (g generator) text(expressions []string) []byte {
	var out []byte
	for range g.IntN(12) {
		switch g.IntN(8) {
		case 0:
			out = append(out, pick(g, "\xff", "\xc5", "\xe2\x84", "ſ", "\u212a", "é", "漢", "\x00", "\xef\xbf\xbd", "\n\n")...)
		case 1:
			out = append(out, pick(g, " ", "\n", "=", "_", "a", "k", "1", ".")...)
		default:
			out = append(out, g.inCase(g.example(pick(g, expressions...)))...)
		}
	}
	if g.IntN(4) == 0 && len(out) > 0 {
		out[g.IntN(len(out))] = byte(g.IntN(256))
	}
	return out
}

func (g generator) inCase(s string) string {
	switch g.IntN(6) {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return strings.ReplaceAll(strings.ReplaceAll(s, "k", "\u212a"), "s", "ſ")
	}
	return s
}

// example returns a text that an expression matches, perhaps.
func (g generator) example(expression string) string {
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return ""
	}
	var out strings.Builder
	g.write(&out, tree)
	return out.String()
}

func (g generator) write(out *strings.Builder, re *syntax.Regexp) {
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
		out.WriteString(pick(g, "a", "=", "é", "k"))
	case syntax.OpStar:
		times(0, 3)
	case syntax.OpPlus:
		times(1, 3)
	case syntax.OpQuest:
		times(0, 1)
	case syntax.OpRepeat:
		times(re.Min, min(re.Max, re.Min+4))
	case syntax.OpAlternate:
		g.write(out, pick(g, re.Sub...))
	default:
		for _, sub := range re.Sub {
			g.write(out, sub)
		}
	}
}

// checkWindows holds windows against package regexp.
func checkWindows(t *testing.T, set *Set, compiled []*regexp.Regexp, text []byte) {
	t.Helper()
	windows := map[int][]Span{}
	set.NewScanner().Windows(text, nil, func(expression int, spans []Span) {
		windows[expression] = append([]Span{}, spans...)
	})
	for i, re := range compiled {
		if re == nil {
			continue
		}
		want := re.FindAllIndex(text, -1)
		if got := FindAll(re, text, windows[i]); !cmp.Equal(want, got) {
			t.Fatalf("%q on %q: FindAll differs from package regexp in windows %v:\n%s", re, text, windows[i], cmp.Diff(want, got))
		}
	}
}

func asked(expressions []string) (out []Expression) {
	for _, e := range expressions {
		out = append(out, Expression{Regex: e})
	}
	return out
}

func compileAll(expressions []string) []*regexp.Regexp {
	out := make([]*regexp.Regexp, len(expressions))
	for i, e := range expressions {
		out[i], _ = regexp.Compile(e)
	}
	return out
}

func TestRandomExpressions(t *testing.T) {
	for seed := range uint64(3000) {
		g := newGenerator(seed)
		var expressions []string
		for range 1 + g.IntN(4) {
			expressions = append(expressions, g.expression(g.IntN(4)))
		}
		set, compiled := NewSet(asked(expressions)), compileAll(expressions)
		for range 8 {
			checkWindows(t, set, compiled, g.text(expressions))
		}
	}
}

func FuzzWindows(f *testing.F) {
	f.Add(`(?i)\b(sk-[a-z]{3,}|ask)(?:\s|$)`, []byte("x sk-abcd \u212aſk ask\n"))
	f.Add(`key\s*=\s*(\w+)`, []byte("key\xff=abc key = é"))
	f.Fuzz(func(t *testing.T, expression string, text []byte) {
		re, err := regexp.Compile(expression)
		if err != nil || expression == "" || len(expression) > 200 || len(text) > 1000 {
			return
		}
		checkWindows(t, NewSet([]Expression{{Regex: expression}}), []*regexp.Regexp{re}, text)
	})
}

// TestAnchors shows what is taken for anchors: literals, cut off after eight bytes,
// and how far a match can begin before them.
func TestAnchors(t *testing.T) {
	tests := []struct{ expression, want string }{
		{`\b(p8ed-(?i)[a-z]{5})`, "0 p8ed-"},
		{`(?i)[\w.-]{0,50}?(?:adafruit)(?:=)`, "151 dafruit="},
		{`(?i)task`, "0 taſ\u212a; 0 taſk; 0 tas\u212a; 0 task"},
		{`[Aa]pi|API`, "0 api; 0 API"},
		{`((?:sk|rk)_(?:test|live)_)[a-z]`, "0 sk_test_; 0 sk_live_; 0 rk_test_; 0 rk_live_"},
		{`x-(?:abcd|efgh[0-9]+|ij)yz`, "0 x-abcd; 0 x-efgh; 0 x-ij"},
		{`\d{3}(?:Q~ab){2,}`, "3 Q~abQ~ab"},
		{`(?:[a-z]+foo-bar)+`, "1099511627776 foo-bar"},
		{`(?:[a-z]{2}foo-bar){3}`, "2 foo-bar"},
		{`[0-9]+`, ""},
		{`(?:foobar)?[0-9]*`, ""},
		{`foobar|[0-9]{9}`, ""},
		{`ab`, ""},
		{`foo\x{fffd}`, "0 foo"},
	}
	for _, tt := range tests {
		tree, err := syntax.Parse(tt.expression, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range anchorsOf(tree) {
			for _, l := range a.literals {
				var text [8]byte
				binary.LittleEndian.PutUint64(text[:], l.bytes)
				got = append(got, fmt.Sprintf("%d %s", extentOfAll(a.before).max, text[:l.len]))
			}
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, "; ")); diff != "" {
			t.Errorf("%s: %s", tt.expression, diff)
		}
	}
}
