package python

import (
	"testing"

	"github.com/envtight/envtight"
)

func FuzzAnalyse(f *testing.F) {
	for _, c := range readCases {
		f.Add(c.text)
	}
	f.Add("f'{f\"{f'''{x:{y!r}}'''}\"}' os.environ[\"A\"")
	f.Add("'''\nx\n\"\"\"\nos.environ['A']\n<<<<<<< HEAD\n")
	f.Fuzz(func(t *testing.T, text string) {
		var s script
		s.analyse("a.py", []byte(text), nil)
		lines := envtight.NewLines([]byte(text))
		before := 0
		for _, r := range s.sorted() {
			if r.span.Start < before || r.span.End < r.span.Start || r.span.End > len(text) {
				t.Fatalf("a read at %d..%d of %d bytes, behind one at %d", r.span.Start, r.span.End, len(text), before)
			}
			before = r.span.Start
			lines.Range(r.span)
		}
		for i, tok := range s.tokens {
			if tok.end < tok.start || int(tok.end) > len(text) || tok.parent >= int32(i) || tok.match >= int32(len(s.tokens)) && tok.kind != format {
				t.Fatalf("token %d is %+v", i, tok)
			}
		}
	})
}
