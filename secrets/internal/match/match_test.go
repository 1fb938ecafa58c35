package match

import (
	"encoding/binary"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/secrets/internal/matchtest"
)

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
		if got := FindAll(re, text, windows[i], nil); !cmp.Equal(want, got) {
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
		g := matchtest.New(seed)
		var expressions []string
		for range 1 + g.IntN(4) {
			expressions = append(expressions, g.Expression(g.IntN(4)))
		}
		set, compiled := NewSet(asked(expressions)), compileAll(expressions)
		for range 8 {
			checkWindows(t, set, compiled, g.Text(expressions))
		}
	}
}

// TestRuns is about expressions that have no literals, and long runs of few bytes.
func TestRuns(t *testing.T) {
	expressions := []string{
		`(?i)\b(\d{15,16}(\||%)[0-9a-z\-_]{27,40})(?:[\x60'"\s;]|\\[nr]|$)`,
		`\b[a-f0-9]{40}\b`,
		`(?:x|yy)?[0-9]{12,}z*`,
		`[é-ü]{12}\b`,
		`(?:[0-9]{13}|[a-c]{12,14})$`,
		`[a-z]*\s[k-s]{14}`,
		`[^a]{20}a`,
	}
	set := NewSet(asked(expressions))
	for i, e := range set.expressions {
		if e.run == nil {
			t.Errorf("%s has no run", expressions[i])
		}
	}
	for seed := range uint64(2000) {
		checkWindows(t, set, compileAll(expressions), matchtest.New(seed).Text(expressions))
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
		slices.Sort(got)
		want := strings.Split(tt.want, "; ")
		slices.Sort(want)
		if diff := cmp.Diff(strings.Join(want, "; "), strings.Join(got, "; ")); diff != "" {
			t.Errorf("%s: %s", tt.expression, diff)
		}
	}
}
