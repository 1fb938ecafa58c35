package match

import (
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMemo holds that what is remembered is what package regexp finds, though the
// buffers that texts are in are used again.
func TestMemo(t *testing.T) {
	var m Memo
	expressions := []*regexp.Regexp{regexp.MustCompile(`a+(b)?`), regexp.MustCompile(`(a)b|(b)$`), regexp.MustCompile(`x*`)}
	random := rand.New(rand.NewPCG(1, 1))
	buffer := make([]byte, 2*maxRemembered)
	for range 5 * maxAnswers {
		text := buffer[:random.IntN(8)]
		if random.IntN(50) == 0 {
			text = buffer[:random.IntN(len(buffer))]
		}
		for i := range text {
			text[i] = "abx"[random.IntN(3)]
		}
		for _, re := range expressions {
			if diff := cmp.Diff(re.FindAllIndex(text, -1), m.FindAllIndex(re, text)); diff != "" {
				t.Fatalf("all of %s in %q: %s", re, text, diff)
			}
			if diff := cmp.Diff(re.FindSubmatchIndex(text), m.FindSubmatchIndex(re, text)); diff != "" {
				t.Fatalf("the first of %s in %q: %s", re, text, diff)
			}
		}
	}
	if len(m.found) > maxAnswers {
		t.Errorf("%d answers are kept", len(m.found))
	}
}
