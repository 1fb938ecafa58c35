package secrets_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/gitleaks"
	"github.com/envtight/envtight/secrets/internal/matchtest"
)

func defaults(t testing.TB) (*secrets.Detector, []secrets.Rule) {
	t.Helper()
	set, err := gitleaks.Default()
	if err != nil {
		t.Fatal(err)
	}
	return detectorOf(t, set), set.Rules
}

func detectorOf(t testing.TB, set secrets.RuleSet) *secrets.Detector {
	t.Helper()
	d, err := secrets.NewDetector(set)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A writer makes texts for tests of a sieve.
type writer struct {
	matchtest.Generator
	rules []secrets.Rule
}

// text is made of lines that some rules match, some encoded, and others.
func (w writer) text() []byte {
	var rules []secrets.Rule
	for range 3 {
		rules = append(rules, w.rules[w.IntN(len(w.rules))])
	}
	var out []byte
	for range 1 + w.IntN(12) {
		out = append(out, w.piece(rules)...)
	}
	return out
}

func (w writer) piece(rules []secrets.Rule) string {
	r := matchtest.Pick(w.Generator, rules...)
	switch w.IntN(12) {
	case 0:
		return w.encoded(w.Example(r.Regex))
	case 1:
		return w.words()
	case 2:
		return strings.Repeat("filler of no interest\n", w.IntN(12))
	case 3:
		return string(w.Text([]string{r.Regex}))
	case 4:
		return matchtest.Pick(w.Generator, append(r.Keywords, "\u212a", "ſ", "\xff", "%41", `\u0041`, "U+0041 ", "curl ")...)
	case 5:
		return " -----BEGIN PRIVATE KEY----- "
	}
	return w.Example(r.Regex) + matchtest.Pick(w.Generator, "", "\n", "\n", " ", ";", `"`)
}

func (w writer) words() string {
	return matchtest.Pick(w.Generator, "key", "token = ", "api_key: ", "secret", "data:\n  ", "kind: Secret\n", "password=", " gitleaks:allow\n", "facebook ", "\n")
}

func (w writer) encoded(s string) string {
	switch w.IntN(4) {
	case 0:
		return "x" + hex.EncodeToString([]byte(s)) + "\n"
	case 1:
		var out strings.Builder
		for _, b := range []byte(s) {
			fmt.Fprintf(&out, "%%%02x", b)
		}
		return out.String() + "\n"
	case 2:
		return "x " + w.encoded(base64.RawURLEncoding.EncodeToString([]byte(s)))
	}
	return "x " + base64.StdEncoding.EncodeToString([]byte(s)) + "\n"
}

// edit makes a text from a base, by copying, moving, doubling and leaving out parts
// of it and putting others between.
func (w writer) edit(base []byte) ([]byte, []secrets.Op) {
	var text []byte
	var ops []secrets.Op
	rules := []secrets.Rule{w.rules[w.IntN(len(w.rules))], w.rules[w.IntN(len(w.rules))]}
	at := 0
	copyTo := func(end int) {
		if end > at {
			text = append(text, base[at:end]...)
			ops = append(ops, secrets.Op{Base: int64(at), Len: int64(end - at)})
		}
		at = end
	}
	for range 1 + w.IntN(4) {
		switch w.IntN(5) {
		case 0, 1:
			copyTo(at + w.IntN(len(base)-at+1))
		case 2:
			at = w.IntN(len(base) + 1)
		case 3:
			at = min(len(base), at+w.IntN(10))
		case 4:
			some := w.piece(rules)
			if w.IntN(2) == 0 {
				some = some[:w.IntN(len(some)+1)]
			}
			if some != "" {
				text = append(text, some...)
				ops = append(ops, secrets.Op{Base: -1, Len: int64(len(some))})
			}
		}
	}
	if w.IntN(4) > 0 {
		copyTo(len(base))
	}
	return text, ops
}

func checkSound(t *testing.T, d *secrets.Detector, traces secrets.Traces, text []byte, seed uint64) {
	t.Helper()
	if traces.None() && !d.Inspect(text).None() {
		t.Errorf("the sieve takes out a text that holds something: seed %d", seed)
	}
}

// TestSieve holds that what is sieved out holds nothing, and that what is not is
// found again however the text was edited.
func TestSieve(t *testing.T) {
	d, rules := defaults(t)
	sieve := d.NewSieve()
	none := 0
	for seed := range uint64(500) {
		w := writer{matchtest.New(seed), rules}
		text := w.text()
		traces := sieve.Text(text)
		for range 4 {
			checkSound(t, d, traces, text, seed)
			if traces.None() {
				none++
			}
			next, ops := w.edit(text)
			got, want := sieve.Edited(next, traces, ops), sieve.Text(next)
			if !cmp.Equal(want.Places(), got.Places()) || want.None() != got.None() || want.Whole() != got.Whole() {
				t.Fatalf("seed %d: edited by %v from a text of %d bytes: %v instead of %v:\n%s",
					seed, ops, len(text), got.None(), want.None(), cmp.Diff(want.Places(), got.Places()))
			}
			text, traces = next, got
		}
	}
	if none < 200 || none > 1800 {
		t.Errorf("%d of 2000 texts are sieved out: the test does not test much", none)
	}
}

// TestManyPlaces holds that a text made of nothing but begins of secrets is given up,
// in time: from every one of them an automaton would go to its end.
func TestManyPlaces(t *testing.T) {
	d, _ := defaults(t)
	for _, text := range []string{
		strings.Repeat("-----BEGIN "+"PRIVATE KEY----- ", 50_000),
		strings.Repeat("curl ", 500_000),
	} {
		traces := d.NewSieve().Text([]byte(text))
		if traces.None() || !traces.Whole() {
			t.Errorf("None() = %v, Whole() = %v of many %q", traces.None(), traces.Whole(), text[:5])
		}
	}
}

// TestSmallTexts holds that the first texts, for which only some rules are prepared,
// are looked at as later ones are.
func TestSmallTexts(t *testing.T) {
	set, err := gitleaks.Default()
	if err != nil {
		t.Fatal(err)
	}
	used, found := detectorOf(t, set), 0
	large := bytes.Repeat([]byte("large\n"), 1<<14)
	used.Inspect(large)
	for seed := range uint64(40) {
		text := writer{matchtest.New(seed), set.Rules}.text()
		want := used.Detect(secrets.File{Path: "a"}, text)
		if got := detectorOf(t, set).Detect(secrets.File{Path: "a"}, text); len(got) != len(want) {
			t.Errorf("seed %d: %d matches instead of %d", seed, len(got), len(want))
		}
		found += len(want)
	}
	if found == 0 {
		t.Error("the texts hold nothing")
	}
}

// TestSieveIsShared holds that traces are not changed by what is made from them.
func TestSieveIsShared(t *testing.T) {
	d, rules := defaults(t)
	w := writer{matchtest.New(1), rules}
	base := bytes.Repeat(w.text(), 20)
	traces := d.NewSieve().Text(base)
	want := slices.Clone(traces.Places())
	if len(want) == 0 {
		t.Fatal("the text has no traces")
	}
	done := make(chan bool)
	for worker := range 4 {
		go func() {
			w := writer{matchtest.New(uint64(worker)), rules}
			sieve := d.NewSieve()
			for range 50 {
				text, ops := w.edit(base)
				sieve.Edited(text, traces, ops)
			}
			done <- true
		}()
	}
	for range 4 {
		<-done
	}
	if diff := cmp.Diff(want, traces.Places()); diff != "" {
		t.Error(diff)
	}
}
