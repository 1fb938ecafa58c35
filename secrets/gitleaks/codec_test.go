package gitleaks_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zricethezav/gitleaks/v8/detect/codec"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets/internal/decode"
)

// passes is more than what is asked for by default.
const passes = 7

// TestCodec compares decoding with gitleaks' own, on texts made of everything
// that it looks at.
func TestCodec(t *testing.T) {
	for seed := range uint64(400) {
		compareCodec(t, encoded(rand.New(rand.NewPCG(seed, 3))), seed)
	}
}

// FuzzCodec takes the text itself and a seed for another.
func FuzzCodec(f *testing.F) {
	for _, text := range []string{
		"", "%", "%4", "%41", "%41%4", "a%41 b%42\nc%zz%43", "%e4 %41", "\\u0041\\\\u0042\\\\\\u0043", "U+0041 U+0042",
		"U+0041\nU+d800 U+0043x", "0123456789abcdef0123456789abcdefghijklmnopqrstuvwxyz",
		"6162636465666768696a6b6c6d6e6f7071", "dGVzdC1zZWNyZXQtdmFsdWU=", "dGVzdC1zZWNyZXQtdmFsdWU==", "%41dGVzdC1zZWNyZXQtdmFsdWU=",
		"\xff%41\xffdGVzdC1zZWNyZXQtdmFsdWU\xff", "4a4b4c4d4e4f505152535455565758594a4b4c4d4e4f50515253545556575859U+0041 ",
		"dGVzdC1zZWNyZXQtdmFsdWU=\\u0041", "%25%34%31 %2541", "54573031654842785a575230", "U+0025\n41%", "%20\nU+0041\n%41",
	} {
		f.Add([]byte(text), uint64(len(text)))
	}
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		random := rand.New(rand.NewPCG(seed, uint64(len(text))))
		compareCodec(t, text, seed)
		compareCodec(t, splice(random, text, encoded(random)), seed)
	})
}

func compareCodec(t *testing.T, text []byte, seed uint64) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1))
	decoder := codec.NewDecoder()
	theirText, theirs := string(text), []*codec.EncodedSegment(nil)
	var ours *decode.Segments
	for pass := range passes {
		theirText, theirs = decoder.Decode(theirText, theirs)
		text, ours = decode.Decode(text, ours)
		if len(theirs) == 0 {
			if ours != nil {
				t.Fatalf("pass %d decodes where gitleaks does not: %q", pass, text)
			}
			return
		}
		if diff := cmp.Diff(theirText, string(text)); diff != "" {
			t.Fatalf("pass %d: %s", pass, diff)
		}
		spans := ours.All()
		if len(spans) != len(theirs) {
			t.Fatalf("pass %d: %d segments, gitleaks has %d", pass, len(spans), len(theirs))
		}
		for range 20 {
			a, b := random.IntN(len(text)+1), random.IntN(len(text)+1)
			spans = append(spans, envtight.Span{Start: min(a, b), End: max(a, b)}, envtight.Span{Start: a, End: a})
		}
		for _, span := range spans {
			if diff := cmp.Diff(answersOfGitleaks(theirText, theirs, span), answers(text, ours, span)); diff != "" {
				t.Fatalf("pass %d, %v of %q: %s", pass, span, text, diff)
			}
		}
	}
}

type answersAbout struct {
	Tags     []string
	Original []int
	Line     string
}

func answersOfGitleaks(text string, all []*codec.EncodedSegment, span envtight.Span) *answersAbout {
	segments := codec.SegmentsWithDecodedOverlap(all, span.Start, span.End)
	if len(segments) == 0 {
		return nil
	}
	return &answersAbout{
		Tags:     codec.Tags(segments),
		Original: codec.AdjustMatchIndex(segments, []int{span.Start, span.End}),
		Line:     codec.CurrentLine(segments, text),
	}
}

func answers(text []byte, segments *decode.Segments, span envtight.Span) *answersAbout {
	part, ok := segments.Touching(span)
	if !ok {
		return nil
	}
	original := part.Original(span)
	return &answersAbout{
		Tags:     part.Tags(),
		Original: []int{original.Start, original.End},
		Line:     string(part.Line(text).Of(text)),
	}
}

// encoded makes a text of plain and encoded parts, whole and broken, up to five
// deep, side by side with and without anything between them.
func encoded(random *rand.Rand) []byte {
	var out []byte
	for range 1 + random.IntN(8) {
		part := plain(random)
		for range random.IntN(6) {
			if len(part) > 4000 {
				break
			}
			part = encode(random, part)
			if random.IntN(4) == 0 {
				part = splice(random, part, plain(random))
			}
		}
		out = append(out, part...)
		out = append(out, pick(random, "", "", "\n", " ", "=", "\"", "%", "%4", "%41", "%e4", "\\u0041", "U+0041 ", "U+0041\n", "4", "U", "\\", "é", "\xff")...)
	}
	return out
}

func plain(random *rand.Rand) []byte {
	const letters = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOP0123456789+/-_=%\\uU\n\r\t.:\"'\x00\x7fé\xff"
	alphabet := letters
	if random.IntN(2) == 0 {
		alphabet = letters[:43]
	}
	out := make([]byte, random.IntN(40))
	for i := range out {
		out[i] = alphabet[random.IntN(len(alphabet))]
	}
	return out
}

func encode(random *rand.Rand, text []byte) []byte {
	switch random.IntN(9) {
	case 0:
		return []byte(base64.StdEncoding.EncodeToString(text))
	case 1:
		return []byte(base64.RawURLEncoding.EncodeToString(text))
	case 2:
		return []byte(hex.EncodeToString(text))
	case 3:
		return []byte(strings.ToUpper(hex.EncodeToString(text)))
	case 4:
		return each(text, func(c byte) string { return fmt.Sprintf("%%%02x", c) })
	case 5:
		return each(text, func(c byte) string {
			if random.IntN(3) > 0 {
				return string([]byte{c})
			}
			return fmt.Sprintf("%%%02X", c)
		})
	case 6:
		return each(text, func(c byte) string {
			return fmt.Sprintf("U+%04X%s", c, pick(random, " ", " ", " ", "\n", "\r", "\f", ""))
		})
	case 7:
		escape := pick(random, `\u`, `\\u`, `\U`)
		return each(text, func(c byte) string { return fmt.Sprintf("%s%04x", escape, c) })
	}
	return each(text, func(c byte) string {
		return fmt.Sprintf("%s%04x", pick(random, `\u`, `\\u`, `\\\u`), int(c)<<random.IntN(9))
	})
}

func each(text []byte, write func(c byte) string) []byte {
	var out []byte
	for _, c := range text {
		out = append(out, write(c)...)
	}
	return out
}

func splice(random *rand.Rand, text, part []byte) []byte {
	at := random.IntN(len(text) + 1)
	return []byte(string(text[:at]) + string(part) + string(text[at:]))
}

func pick(random *rand.Rand, from ...string) string { return from[random.IntN(len(from))] }
