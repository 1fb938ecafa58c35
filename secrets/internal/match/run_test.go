package match

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMayNear holds that an expression without a literal is found in an edited text
// where it was not before, however long the runs are that it needs.
func TestMayNear(t *testing.T) {
	expressions := []string{
		`\b[0-9]{2}[a-f0-9]{14}(?:[;"]|$)`,
		`(?:x|yy)?[a-f0-9]{12,16}[xy]{0,3}`,
		`^[a-f]{12}y|y[a-c]{13}$`,
	}
	sets := make([]*Set, len(expressions))
	for i, e := range expressions {
		sets[i] = NewSet([]Expression{{Regex: e}})
		if len(sets[i].Whole()) != 1 {
			t.Fatalf("%s has anchors", e)
		}
	}
	random := rand.New(rand.NewPCG(1, 1))
	some := func(n int) (out []byte) {
		for range random.IntN(n) {
			out = append(out, "aaaaaabcdef0123456789 ;xy"[random.IntN(25)])
		}
		return out
	}
	found := 0
	for range 20_000 {
		n := random.IntN(len(sets))
		s, base := sets[n], some(80)
		if s.May(0, base) {
			continue
		}
		// Two edits: what is between them stays.
		a, b := random.IntN(len(base)+1), random.IntN(len(base)+1)
		a, b = min(a, b), max(a, b)
		cut := min(len(base), b+random.IntN(20))
		first, second := some(20), some(20)
		text := slices.Concat(base[:a], first, base[a:b], second, base[cut:])
		at := b + len(first)
		edits := []Span{{0, 0}, {a, a + len(first)}, {at, at + len(second)}, {len(text), len(text)}}
		want := s.May(0, text)
		if got, known := s.MayNear(0, text, edits); got != want || !known {
			t.Fatalf("MayNear(%q, %v) = %v, %v for %s, made of %q", text, edits, got, known, expressions[n], base)
		}
		if want {
			found++
		}
	}
	if found < 100 {
		t.Errorf("%d texts match: the test does not test much", found)
	}
}

// TestSpentBudget holds that an expression which goes far from many places leaves room
// for others: they are not looked for in the whole text.
func TestSpentBudget(t *testing.T) {
	s := NewSet([]Expression{{Regex: `curl [^\n]*!`}, {Regex: `token=[0-9]{4}`}})
	text := bytes.Repeat([]byte("curl token=12x "), 10_000)
	var found []int
	s.NewScanner().Windows(text, nil, func(expression int, _ []Span) { found = append(found, expression) })
	if diff := cmp.Diff([]int{0}, found); diff != "" {
		t.Error(diff)
	}
}
