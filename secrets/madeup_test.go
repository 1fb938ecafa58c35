package secrets

import (
	"math/rand/v2"
	"testing"
)

// TestMadeUpWords: the words leave out nothing that the expression matches.
func TestMadeUpWords(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{
		"example", "EXAMPLE", "KEY", "Sample", "dummy", "fake", "placeholder", "change", "-", "me", "replace", "redacted", "insert", "todo", "your",
		"x", "X", "xx", "*", "**", "0000", "1111", "123456", "7890", "abcde", "FGHIJ", "...", ".", "<", ">", "_", "test", "q", "9", "\u017f", "\u212a",
	}
	matched := 0
	for range 20_000 {
		text := ""
		for range 1 + random.IntN(6) {
			text += pieces[random.IntN(len(pieces))]
		}
		want := madeUp().MatchString(text)
		if want {
			matched++
		}
		if got := isMadeUp(text); got != want {
			t.Fatalf("%q: %v, want %v", text, got, want)
		}
	}
	if matched < 1000 {
		t.Errorf("only %d texts are made up", matched)
	}
}
