package envtight_test

import (
	"bytes"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/envtight/envtight"
)

// FuzzRun gives a text with a finding, a mask and perhaps marks to Run: nothing of
// the mask is shown, columns lie in the snippet, and a second run says the same.
func FuzzRun(f *testing.F) {
	f.Add([]byte("A=1 # envtight:ignore env/missing -- r\n"), 0, 1, 2, 3)
	f.Add([]byte("<!-- envtight:ignore env/missing -->\r\nA=\xff\xfe1\r\n"), 38, 40, 39, 44)
	f.Add([]byte("\xef\xbb\xbf漢字=\tvalue\n/* envtight:ignore */\n"), 3, 9, 10, 20)
	f.Add(bytes.Repeat([]byte("x=ä "), 200), 400, 420, 380, 700)
	f.Fuzz(func(t *testing.T, text []byte, start, end, maskStart, maskEnd int) {
		clamp := func(n int) int { return max(0, min(n, len(text))) }
		start, maskStart = clamp(start), clamp(maskStart)
		end, maskEnd = max(start, clamp(end)), max(maskStart, clamp(maskEnd))
		masked := bytes.Clone(text) // a text in which the mask holds a sign that nothing else has
		for i := maskStart; i < maskEnd; i++ {
			if masked[i] != '\n' && masked[i] != '\r' {
				masked[i] = 0x01
			}
		}
		if bytes.Count(text, []byte{0x01}) > 0 {
			t.Skip("the sign is taken")
		}
		c := &reporter{
			diagnostics: []envtight.Diagnostic{{Rule: "env/missing", Location: envtight.FileRange("f", masked, envtight.Span{Start: start, End: end})}},
			texts:       map[string]string{"f": string(masked)},
		}
		o := envtight.Options{FS: fstest.MapFS{"f": {Data: masked}}, Maskers: []envtight.Masker{envtight.MaskerFunc(func(string, []byte) []envtight.Span {
			return []envtight.Span{{Start: maskStart, End: maskEnd}}
		})}}
		first, second := run(t, c, o), run(t, c, o)
		for i := range first.Diagnostics {
			d := &first.Diagnostics[i]
			if d.Fingerprint == "" || d.Fingerprint != second.Diagnostics[i].Fingerprint {
				t.Fatal("the fingerprint is not stable")
			}
			s := d.Snippet
			if s == nil {
				continue
			}
			if bytes.IndexByte([]byte(s.Text), 0x01) >= 0 {
				t.Fatal("a masked byte is shown")
			}
			if n := utf8.RuneCountInString(s.Text); s.Start < 1 || s.End < s.Start || s.End > n+1 || !utf8.ValidString(s.Text) {
				t.Fatalf("columns %d-%d of %d", s.Start, s.End, n)
			}
		}
	})
}
