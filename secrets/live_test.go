package secrets

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
)

// random makes a value of n of some characters, a new one for each seed.
func random(seed uint64, n int, from string) string {
	r := rand.New(rand.NewPCG(seed, 7))
	out := make([]byte, n)
	for i := range out {
		out[i] = from[r.IntN(len(from))]
	}
	return string(out)
}

const alnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// key makes something that is broken into lines as private keys are.
func key(seed uint64) string {
	body := random(seed, 300, alnum+"+/")
	out := "-----BEGIN EC PRIVATE " + "KEY-----\n"
	for len(body) > 64 {
		out += body[:64] + "\n"
		body = body[64:]
	}
	return out + body + "\n-----END EC PRIVATE " + "KEY-----"
}

func liveOf(values ...string) *live {
	var all []envtight.LiveValue
	for _, v := range values {
		all = append(all, envtight.LiveValue{Value: envtight.NewSecret(v), Class: envtight.ClassSecret})
	}
	l, _ := newLive(all)
	return l
}

func inText(t *testing.T, encode func(any) ([]byte, error), v any) string {
	t.Helper()
	out, err := encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Trim(string(out), `"`)
}

func wrap(text string, width int, with string) string {
	var out []string
	for len(text) > width {
		out = append(out, text[:width])
		text = text[width:]
	}
	return strings.Join(append(out, text), with)
}

// TestLiveForms plants a value in many forms, and asks for the place of each.
func TestLiveForms(t *testing.T) {
	plain := random(1, 24, alnum)
	marks := random(2, 10, alnum) + `"/<\&+ ` + random(3, 14, alnum)
	address := "postgres://app:" + random(4, 16, alnum) + "@db.example.com/app"
	pem := key(5)
	lines := func(s string) string { return strings.ReplaceAll(pem, "\n", s) }
	in64 := base64.StdEncoding.EncodeToString([]byte(pem))
	tests := []struct {
		name, value, form string
		encoding          string
	}{
		{"as it is", plain, plain, ""},
		{"with marks", marks, marks, ""},
		{"address", address, address, ""},
		{"spaces round the value", " " + plain + "\n", plain, ""},
		{"hex", plain, hex.EncodeToString([]byte(plain)), "decoded:hex"},
		{"hex in capitals", plain, strings.ToUpper(hex.EncodeToString([]byte(plain))), "decoded:hex"},
		{"base64", plain, base64.StdEncoding.EncodeToString([]byte(plain)), "decoded:base64"},
		{"base64 for addresses", marks, base64.URLEncoding.EncodeToString([]byte(marks)), "decoded:base64"},
		{"percent, a part of a query", marks, url.QueryEscape(strings.ReplaceAll(marks, " ", "")) + "", "decoded:percent"},
		{"percent, a part of a path", address, url.PathEscape(address), "decoded:percent"},
		{"percent, small letters", address, strings.NewReplacer(":", "%3a", "/", "%2f", "@", "%40").Replace(address), "decoded:percent"},
		{"JSON", marks, inText(t, json.Marshal, marks), ""},
		{"JSON without care for HTML", marks, strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(marks), ""},
		{"JSON of PHP", address, strings.ReplaceAll(address, "/", `\/`), ""},
		{"lines", pem, pem, ""},
		{"lines of Windows", pem, lines("\r\n"), ""},
		{"lines, indented", pem, lines("\n        "), ""},
		{"lines in one", pem, lines(`\n`), ""},
		{"lines in JSON in JSON", pem, lines(`\\n`), ""},
		{"lines without breaks", pem, lines(""), ""},
		{"lines joined by spaces", pem, lines(" "), ""},
		{"lines broken elsewhere", pem, wrap(lines(""), 41, "\n"), ""},
		{"lines that were one", lines(`\n`), pem, ""},
		{"lines, percent", pem, url.PathEscape(pem), "decoded:percent"},
		{"lines in base64", pem, in64, "decoded:base64"},
		{"lines in base64 in lines", pem, wrap(in64, 76, "\n    "), "decoded:base64"},
		{"lines in base64 in narrow lines", pem, wrap(in64, 60, "\r\n"), "decoded:base64"},
		{"lines that were one, in base64", lines(`\n`), in64, "decoded:base64"},
		{"lines in hex", pem, wrap(hex.EncodeToString([]byte(pem)), 64, "\n"), "decoded:hex"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			value := tt.value
			if tt.name == "percent, a part of a query" {
				value = strings.ReplaceAll(value, " ", "")
			}
			before := "first line\nNAME=\""
			text := before + tt.form + "\" # and more\n"
			got := liveOf(random(9, 20, alnum), value).find([]byte(text), envtight.Span{Start: 0, End: len(text)})
			want := []liveHit{{envtight.Span{Start: len(before), End: len(before) + len(tt.form)}, 1, tt.encoding}}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(liveHit{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestLiveAlignment finds a value wherever it begins in what was encoded.
func TestLiveAlignment(t *testing.T) {
	for n := anchorLen; n < anchorLen+5; n++ {
		value := random(uint64(n), n, alnum)
		if !isStrong([]byte(value)) {
			t.Fatalf("seed %d gives a weak value", n)
		}
		for before := range 7 {
			for behind := range 4 {
				whole := base64.StdEncoding.EncodeToString([]byte("before:"[:before] + value + ":behind"[:behind]))
				if hits := liveOf(value).find([]byte(whole), envtight.Span{Start: 0, End: len(whole)}); len(hits) != 1 {
					t.Errorf("%d hits for %d bytes, %d before and %d behind", len(hits), n, before, behind)
				}
			}
		}
	}
}

// TestWeak holds that what anybody might write is not searched for.
func TestWeak(t *testing.T) {
	for _, value := range []string{
		"", "1", "true", "production", "production12", "development-secret", "staging-2024", "application/json", "productionDatabase",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "0000000000000000", "1234567890123456", "localhost:5432", "redis://localhost:6379/0",
		"postgres://localhost/app", "https://app.example.com/api/auth/callback", "https://user@example.com", "http://", "a b c d e f g h i j",
		"change me please", "us-east-1,eu-west-1", "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n",
	} {
		if liveOf(value) != nil {
			t.Errorf("%q is searched for", value)
		}
	}
	if l, n := newLive([]envtight.LiveValue{{Value: envtight.NewSecret(random(1, 30, alnum)), Class: envtight.ClassConfig}}); l != nil || n > 0 {
		t.Error("a value that is no secret is searched for")
	}
	for _, alphabet := range []string{alnum, "0123456789abcdef", alnum[26:]} {
		for seed := range uint64(50) {
			if value := random(seed, 20, alphabet); !isStrong([]byte(value)) {
				t.Errorf("a value of 20 of %q is not searched for", alphabet)
			}
		}
	}
}

// TestLiveHidden: nothing that prints a detector shows a value.
func TestLiveHidden(t *testing.T) {
	value := random(1, 30, alnum)
	d, err := NewDetector(RuleSet{}, WithLive([]envtight.LiveValue{{Value: envtight.NewSecret(value), Class: envtight.ClassSecret}}))
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{fmt.Sprintf("%v %+v %#v", d, d, d), fmt.Sprintf("%+v %#v", d.live, d.live), cmp.Diff(d.live, &live{}, cmp.AllowUnexported(live{}))} {
		for _, part := range []string{value, hex.EncodeToString([]byte(value[:8])), base64.StdEncoding.EncodeToString([]byte(value[:9])), fmt.Sprint([]byte(value[:8]))} {
			if strings.Contains(shown, part) {
				t.Error("a printer shows a live value")
			}
		}
	}
}

// FuzzLive plants values in texts: they are found by what is near any of their
// bytes, and nothing else is.
func FuzzLive(f *testing.F) {
	for seed := range uint64(10) {
		f.Add([]byte("some text with \\n and \\\\n, %20 and %0A\n\tand \x80"), seed)
	}
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1))
		values := []string{random(seed, 12+r.IntN(40), alnum), key(seed), random(seed+1, 16, alnum+"\"/%\\+n") + random(seed+2, 10, alnum)}
		l := liveOf(values...)
		if hits := l.find(text, envtight.Span{Start: 0, End: len(text)}); len(hits) > 0 {
			t.Fatalf("%d hits where no value is", len(hits))
		}
		n := r.IntN(len(values))
		if !isStrong([]byte(values[n])) {
			return
		}
		forms := formsOf([]byte(values[n]))
		which := r.IntN(len(forms))
		form := forms[which]
		planted := form.text
		if form.loose && !bytes.Contains(planted, []byte(`\`)) { // nobody breaks an escape
			planted = []byte(wrap(string(planted), 30+r.IntN(60), spaces[r.IntN(len(spaces))]+"  "))
		}
		at := r.IntN(len(text) + 1)
		text = bytes.Join([][]byte{text[:at], {'"'}, planted, {'"'}, text[at:]}, nil)
		span := envtight.Span{Start: at + 1, End: at + 1 + len(planted)}
		for _, touched := range []envtight.Span{{Start: 0, End: len(text)}, {Start: span.Start, End: span.Start}, {Start: span.End, End: span.End}, {Start: at + 1 + r.IntN(len(planted)), End: span.End}} {
			hits := l.find(text, l.near(touched, len(text)))
			if len(hits) != 1 || hits[0].Span != span {
				t.Fatalf("form %d of value %d: %d hits", which, n, len(hits))
			}
		}
	})
}

func BenchmarkLive(b *testing.B) {
	text := bytes.Repeat([]byte("\tconst response = await fetch(`${baseUrl}/api/workspaces/${workspaceId}`, { method: \"GET\" });\n"), 10_000)
	for _, n := range []int{10, 1000} {
		var values []string
		for seed := range uint64(n) {
			values = append(values, random(seed, 40, alnum))
		}
		l := liveOf(values...)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				l.find(text, envtight.Span{Start: 0, End: len(text)})
			}
		})
	}
}
