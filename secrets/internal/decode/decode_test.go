package decode

import (
	"bytes"
	std "encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
)

// The comparison with gitleaks' own code is in package secrets/gitleaks, which may
// import it.

func TestDecode(t *testing.T) {
	words := "words that are long enough, 16"
	in64, inHex := std.StdEncoding.EncodeToString([]byte(words)), hex.EncodeToString([]byte(words))
	tests := []struct{ name, text, want string }{
		{"nothing", "nothing is encoded here: 100% or c:\\users\\u", ""},
		{"empty", "", ""},
		{"percent", "a%20b%3Dc\n%", "a b=c\n%"},
		{"percent spans its line", "a%20b %e4 c%3D\nd%3D", "a%20b %e4 c%3D\nd="},
		{"code points", "x=U+0041 U+0042 c", "x=ABc"},
		{"escapes", `x=\u0041\\u0042\U0043`, "x=ABC"},
		{"half a surrogate", `\ud83d`, "\ufffd"},
		{"hex", "x=" + inHex, "x=" + words},
		{"hex of odd length", "x=" + inHex + "4", ""},
		{"hex before letters", inHex + ".x", words + ".x"},
		{"base64", "x=" + in64, "x=" + words},
		{"base64 without padding", "x=" + strings.TrimRight(in64, "="), "x=" + words},
		{"base64 with too much padding", "x=" + in64 + "==", ""},
		{"base64 of bytes", "x=" + std.StdEncoding.EncodeToString([]byte(words[:20]+"\x01")), ""},
		{"a word is no base64", "x=" + "aGVsbGhlbGxoZWxsaGVsbGhlbGxv", ""},
		{"what touches waits", "%41" + in64, "A" + in64},
		{"what touches waits for good", "%e4" + in64, ""},
		{"short", in64[:12], ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, segments := Decode([]byte(tt.text), nil)
			if diff := cmp.Diff(tt.want, string(out)); diff != "" {
				t.Error(diff)
			}
			if (segments == nil) != (tt.want == "") {
				t.Errorf("segments %v for %q", segments, out)
			}
		})
	}
}

func TestPart(t *testing.T) {
	inner := std.StdEncoding.EncodeToString([]byte("password=0123456789abcdef"))
	text := []byte("first\nkey: " + percentAll(inner) + " end\nlast")
	once, segments := Decode(text, nil)
	twice, segments := Decode(once, segments)
	if want := "first\nkey: password=0123456789abcdef end\nlast"; string(twice) != want {
		t.Fatalf("decoded %q, want %q", twice, want)
	}
	at := bytes.Index(twice, []byte("0123"))
	match := envtight.Span{Start: at, End: at + 16}
	part, ok := segments.Touching(match)
	if !ok {
		t.Fatal("the match touches no segment")
	}
	if diff := cmp.Diff([]string{"decoded:percent", "decoded:base64", "decode-depth:2"}, part.Tags()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(percentAll(inner), string(part.Original(match).Of(text))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("\nkey: password=0123456789abcdef end", string(part.Line(twice).Of(twice))); diff != "" {
		t.Error(diff)
	}
	if _, ok := segments.Touching(envtight.Span{Start: 0, End: 10}); ok {
		t.Error("plain text touches a segment")
	}
	if out, segments := Decode(twice, segments); out != nil || segments != nil {
		t.Errorf("a third pass gives %q", out)
	}
}

func percentAll(text string) string {
	var out strings.Builder
	for i := range len(text) {
		fmt.Fprintf(&out, "%%%02x", text[i])
	}
	return out.String()
}

// TestLong ends, as every byte is looked at a bounded number of times.
func TestLong(t *testing.T) {
	for _, unit := range []string{
		"%41\n", "%41", "%", "%e4 ", "\\", `\u0041`, `\u0041 `, `\\\u`, "U+", "U+0041 ", "U+0041\n", "U+0041x", "a", "0", "41", "0=", "%41aaaaaaaaaaaaaaaa ",
		"dGVzdC1zZWNyZXQtdmFsdWU= ", `dGVzdC1zZWNyZXQtdmFsdWU\u0041`, `4142434445464748495041424344454647484950U+0041 `, "aaaaaaaaaaaaaaaa\n",
	} {
		text, segments := bytes.Repeat([]byte(unit), 1<<20/len(unit)), (*Segments)(nil)
		for range 5 {
			decoded, next := Decode(text, segments)
			if next == nil {
				break
			}
			text, segments = decoded, next
			for at := range min(len(text), 100_000) {
				span := envtight.Span{Start: at, End: at + 1}
				if part, ok := segments.Touching(span); ok {
					part.Original(span)
					part.Line(text)
				}
			}
		}
	}
}

// whole does all passes over a text.
func whole(text []byte, depth int) (texts [][]byte, passes []*Segments) {
	var segments *Segments
	for range depth {
		text, segments = Decode(text, segments)
		if segments == nil {
			break
		}
		texts, passes = append(texts, text), append(passes, segments)
	}
	return texts, passes
}

// FuzzAround compares what May and Around say of a part with passes over the whole.
func FuzzAround(f *testing.F) {
	for _, text := range []string{
		"", "a\nb%41c\nd%e4\n", "%2541 \\u0041\n%41\n\n%25%32", "x\nU+0041\ny", "U+0041 x\ny U+0042", "\\u0025\\u0034\\u0031 %4\n%41",
		"a\ndGVzdC1zZWNyZXQtdmFsdWU=\nb\n\\u0041\nc", "%55+0041\na\nb\nc",
	} {
		for seed := range uint64(8) {
			f.Add([]byte(text), seed)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		random := rand.New(rand.NewPCG(seed, 1))
		if seed%2 == 0 {
			text = generate(random, text)
		}
		a, b := random.IntN(len(text)+1), random.IntN(len(text)+1)
		span := envtight.Span{Start: min(a, b), End: min(max(a, b), min(a, b)+random.IntN(20))}
		reach, depth := random.IntN(30), 1+random.IntN(5)
		texts, passes := whole(text, depth)
		if len(passes) > 0 && passes[len(passes)-1].Joined() {
			return
		}
		compareMay(t, text, span, passes)
		compareAround(t, text, span, reach, depth, texts, passes)
	})
}

func compareMay(t *testing.T, text []byte, span envtight.Span, passes []*Segments) {
	t.Helper()
	want, lines := false, Lines(text, span)
	if len(passes) > 0 {
		for _, s := range passes[0].list {
			want = want || s.encoded.Start < lines.End && s.encoded.End > lines.Start
		}
	}
	if got := May(lines.Of(text)); got != want {
		t.Fatalf("May(%q) = %v", lines.Of(text), got)
	}
}

func compareAround(t *testing.T, text []byte, span envtight.Span, reach, depth int, texts [][]byte, passes []*Segments) {
	t.Helper()
	core := Lines(text, span)
	views, region, ok := Around(text, core, reach, depth)
	if !ok {
		t.Fatalf("Around(%q) finds joined lines where there are none", text)
	}
	start, end := region.Start, region.End
	for i, segments := range passes {
		start, end = segments.after(start), segments.after(end)
		core = envtight.Span{Start: segments.after(core.Start), End: segments.after(core.End)}
		var want []envtight.Span
		for _, s := range segments.All() {
			if s.Start < end && s.End > start {
				want = append(want, envtight.Span{Start: s.Start - start, End: s.End - start})
			}
		}
		if i >= len(views) {
			if want != nil {
				t.Fatalf("pass %d of %q decodes near %v; there are %d views", i, text, span, len(views))
			}
			continue
		}
		v := views[i]
		if diff := cmp.Diff(string(texts[i][start:end]), string(v.Text)); diff != "" {
			t.Fatalf("pass %d of %q: %s", i, text, diff)
		}
		if diff := cmp.Diff(want, v.Segments.All()); diff != "" {
			t.Fatalf("pass %d of %q: %s", i, text, diff)
		}
		if got := (envtight.Span{Start: v.Core.Start + start, End: v.Core.End + start}); got != core {
			t.Fatalf("pass %d of %q: the core is %v, want %v", i, text, got, core)
		}
		if start > 0 && v.Core.Start < reach || end < len(texts[i]) && len(v.Text)-v.Core.End < reach {
			t.Fatalf("pass %d of %q shows less than %d bytes round the core", i, text, reach)
		}
	}
}

// generate encodes parts of a text, some twice, and puts line breaks between.
func generate(random *rand.Rand, text []byte) []byte {
	encode := func(part string) string {
		switch random.IntN(5) {
		case 0:
			return percentAll(part)
		case 1:
			return std.StdEncoding.EncodeToString([]byte(part))
		case 2:
			return hex.EncodeToString([]byte(part))
		case 3:
			return strings.ReplaceAll(percentAll(part), "%", `\u00`)
		}
		return part
	}
	var out []byte
	for range 1 + random.IntN(12) {
		a, b := random.IntN(len(text)+1), random.IntN(len(text)+1)
		part := string(text[min(a, b):max(a, b)]) + "some more text; "[:random.IntN(16)]
		out = append(out, encode(encode(part))...)
		out = append(out, []string{"\n", "\n", " ", "\"", "", "%e4"}[random.IntN(6)]...)
	}
	return out
}
