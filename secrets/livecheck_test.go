package secrets_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
)

// liveValue makes a value, a new one in each run, and says where it is live.
func liveValue() (string, envtight.LiveValue) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	value := make([]byte, 40)
	for i := range value {
		value[i] = letters[rand.IntN(len(letters))]
	}
	place := envtight.Place{Platform: "railway", Project: "shop", Environment: "production", Service: "web", Name: "SESSION_KEY"}
	other := envtight.Place{Platform: "vercel", Project: "shop", Environment: "production", Name: "SESSION_KEY"}
	return string(value), envtight.LiveValue{Value: envtight.NewSecret(string(value)), Places: []envtight.Place{place, other}, Class: envtight.ClassSecret}
}

// facts is a check that hands on live values.
type facts []envtight.LiveValue

func (facts) Rules() []*envtight.Rule { return nil }

func (f facts) Run(_ context.Context, pass *envtight.Pass) error {
	pass.Facts.Live = f
	return nil
}

// TestCheckLive follows a live value from the check that fetched it to the report,
// which has neither it nor anything made of it.
func TestCheckLive(t *testing.T) {
	value, live := liveValue()
	in64 := base64.StdEncoding.EncodeToString([]byte("user:" + value))
	text := "a\n  const key = \"" + value + "\" // gitleaks:allow\nb\nBasic " + in64 + " with " + planted + "\n"
	d, err := secrets.NewDetector(secrets.RuleSet{
		Rules: []secrets.Rule{{ID: "github-pat", Regex: `ghp_[0-9a-f]{16}`}},
		Allow: []secrets.Allowlist{{Paths: []string{`^vendored/`}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	weak := envtight.LiveValue{Value: envtight.NewSecret("production"), Class: envtight.ClassSecret}
	for _, path := range []string{"a.js", "vendored/a.js"} {
		check := secrets.NewCheck(d, secrets.Options{}, texts{at: file(path), text: text})
		report, err := envtight.Run(t.Context(), []envtight.Check{facts{live, weak}, check}, envtight.Options{FS: fstest.MapFS{}})
		if err != nil {
			t.Fatal(err)
		}
		if i := report.Incomplete; len(i) != 1 || i[0].Silence != envtight.NotAsked || i[0].Count != 1 {
			t.Errorf("%s: %v", path, i)
		}
		type told struct {
			Line, Column int
			Message      string
			Snippet      string
		}
		var got []told
		for _, d := range report.Diagnostics {
			if d.Rule != "secrets/live-value" {
				continue
			}
			if d.Grade != envtight.Certain || d.Severity != envtight.Error || d.Location.Range.Start != d.Location.Range.End || !strings.Contains(d.Advice, "tonight") {
				t.Errorf("%v, %v, advice %q", d.Grade, d.Severity, d.Advice)
			}
			got = append(got, told{d.Location.Range.Start.Line, d.Location.Range.Start.Column, d.Message, d.Snippet.Text})
		}
		where := "Live value of railway:shop/web/production/SESSION_KEY and 1 more in plain sight"
		last := "Basic [redacted] with [redacted]" // all of it, "user" as well
		want := []told{
			{2, 1, where, `  const key = "[redacted]" // gitleaks:allow`},
			{4, 1, where + ", encoded as base64", last},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
		out, err := json.Marshal(report)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{value[:9], value[len(value)-9:], in64[9:20], hex.EncodeToString([]byte(value[:6]))} {
			if bytes.Contains(out, []byte(part)) {
				t.Errorf("%s: the report shows a part of a live value", path)
			}
		}
	}
}

// TestLiveSieve: a text with a live value is not sieved out, whatever was edited.
func TestLiveSieve(t *testing.T) {
	value, live := liveValue()
	d, err := secrets.NewDetector(secrets.RuleSet{Rules: []secrets.Rule{{ID: "x", Regex: `tok_[a-z]{9}`, Keywords: []string{"tok_"}}}}, secrets.WithLive([]envtight.LiveValue{live}))
	if err != nil {
		t.Fatal(err)
	}
	sieve := d.NewSieve()
	filler := strings.Repeat("nothing is in here\n", 200)
	clean := sieve.Text([]byte(filler))
	if !clean.None() {
		t.Fatal("there is something in a text without any")
	}
	in64 := base64.StdEncoding.EncodeToString([]byte("a" + value + "b"))
	for _, form := range []string{value, in64, in64[:30] + "\n" + in64[30:]} {
		whole := filler + form + filler
		if sieve.Text([]byte(whole)).None() {
			t.Fatal("a text with a live value is sieved out")
		}
		n, m := int64(len(filler)), int64(len(form))
		inserted := []secrets.Op{{Base: 0, Len: n}, {Base: -1, Len: m}, {Base: n - 9, Len: 9}}
		text := []byte(filler + form + filler[n-9:])
		traces := sieve.Edited(text, clean, inserted)
		if traces.None() {
			t.Fatal("an edited text with a live value is sieved out")
		}
		// Copied with an edit elsewhere, made whole by what is cut out of it, and
		// torn apart.
		copied := sieve.Edited(append([]byte("x"), text...), traces, []secrets.Op{{Base: -1, Len: 1}, {Base: 0, Len: int64(len(text))}})
		if copied.None() {
			t.Error("a copied live value is sieved out")
		}
		torn := filler + form[:20] + "----" + form[20:]
		base := sieve.Text([]byte(torn))
		if mended := sieve.Edited([]byte(filler+form), base, []secrets.Op{{Base: 0, Len: n + 20}, {Base: n + 24, Len: m - 20}}); mended.None() {
			t.Error("a live value that an edit made whole is sieved out")
		}
		if !sieve.Edited([]byte(torn), sieve.Text([]byte(filler+form)), []secrets.Op{{Base: 0, Len: n + 20}, {Base: -1, Len: 4}, {Base: n + 20, Len: m - 20}}).None() {
			t.Error("a live value that an edit tore apart is still told of")
		}
	}
}

// TestLiveFingerprint: another value in the same place has the same fingerprint.
func TestLiveFingerprint(t *testing.T) {
	var all []string
	for range 2 {
		value, live := liveValue()
		d, err := secrets.NewDetector(secrets.RuleSet{}, secrets.WithLive([]envtight.LiveValue{live}))
		if err != nil {
			t.Fatal(err)
		}
		text := []byte("a\nkey = " + value + "\n")
		all = append(all, d.Fingerprints(text, d.Detect(secrets.File{}, text))...)
	}
	if len(all) != 2 || all[0] != all[1] {
		t.Errorf("%d fingerprints, or two that differ", len(all))
	}
}

func TestLiveRuleIsTaken(t *testing.T) {
	if _, err := secrets.NewDetector(secrets.RuleSet{Rules: []secrets.Rule{{ID: secrets.LiveRule, Regex: "a"}}}); err == nil {
		t.Error("a rule may take the name of the rule about live values")
	}
}

// TestLiveSieveEdits edits texts made of parts of a live value, again and again:
// the sieve says of an edited text what it says of a whole one.
func TestLiveSieveEdits(t *testing.T) {
	value, live := liveValue()
	d, err := secrets.NewDetector(secrets.RuleSet{}, secrets.WithLive([]envtight.LiveValue{live}))
	if err != nil {
		t.Fatal(err)
	}
	filler := strings.Repeat("some words that are in here, ", 50)
	found := 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 5))
		sieve := d.NewSieve()
		text := []byte(filler + value[:r.IntN(40)] + filler)
		traces := sieve.Text(text)
		for range 12 {
			var ops []secrets.Op
			var next []byte
			insert := func(part string) {
				if part != "" {
					ops = append(ops, secrets.Op{Base: -1, Len: int64(len(part))})
					next = append(next, part...)
				}
			}
			for range 1 + r.IntN(3) {
				from := r.IntN(len(text))
				n := 1 + r.IntN(len(text)-from)
				ops = append(ops, secrets.Op{Base: int64(from), Len: int64(n)})
				next = append(next, text[from:from+n]...)
				a, b := r.IntN(len(value)+1), r.IntN(len(value)+1)
				insert(value[min(a, b, 5):max(a, b, 25)])
				// What goes on where the value was cut.
				if i := bytes.Index(text, []byte(value[max(a, b, 25):])); i >= 0 && max(a, b, 25) < len(value) {
					ops = append(ops, secrets.Op{Base: int64(i), Len: int64(len(text) - i)})
					next = append(next, text[i:]...)
				}
			}
			if len(next) > 1<<14 {
				break
			}
			traces, text = sieve.Edited(next, traces, ops), next
			if has := bytes.Contains(text, []byte(value)); traces.None() == has {
				t.Fatalf("seed %d: None is %v of a text with a live value: %v", seed, traces.None(), has)
			} else if has {
				found++
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d texts had the value", found)
	}
}
