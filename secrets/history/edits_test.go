package history

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/internal/gitstore"
	"github.com/envtight/envtight/secrets"
)

// TestEditsAreEnough: looking at edited blobs where they were edited finds what
// looking at all bytes does, whatever the edits were and however git stored them.
func TestEditsAreEnough(t *testing.T) {
	set := rules()
	set.Rules = append(set.Rules,
		secrets.Rule{ID: "far", Regex: `\bzz[0-9]{8}\b`, Keywords: []string{"far away"}},
		secrets.Rule{ID: "line", Regex: `(?m)^pass: ([a-z]{12,40})$`, Keywords: []string{"pass"}},
		secrets.Rule{ID: "two", Regex: `user [a-z]+[\s\S]{0,80}?secret ([0-9]{6,})`, Keywords: []string{"secret"}},
	)
	for seed := range uint64(2) {
		dir, _ := build(t, edited(seed, 250))
		for _, repack := range [][]string{
			{"repack", "-adfq", "--depth=250", "--window=250"},
			{"-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq", "--depth=50"},
		} {
			git(t, dir, nil, repack...)
			d := detector(t, set)
			want, got := candidatesOf(t, dir, d, false), candidatesOf(t, dir, d, true)
			if len(want) < 50 {
				t.Fatalf("only %d blobs hold something: the test shows nothing", len(want))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("seed %d: all bytes (-) and edits (+) differ:\n%.2000s", seed, diff)
			}
			whole, delta := scan(t, dir, Options{NoRecord: true, whole: true}, d, secrets.Options{}), scan(t, dir, Options{NoRecord: true}, d, secrets.Options{})
			if diff := cmp.Diff(whole.lines(nil), delta.lines(nil)); diff != "" {
				t.Errorf("seed %d: findings of all bytes (-) and of edits (+) differ:\n%.2000s", seed, diff)
			}
		}
	}
}

// candidatesOf returns the blobs that may hold something, by ID.
func candidatesOf(t *testing.T, dir string, d *secrets.Detector, edits bool) map[string]bool {
	t.Helper()
	src, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = src.Close() }()
	s := &sifting{detector: d, edits: edits, known: newRecord(20), progress: &progress{tell: func(int64, int64) {}}}
	err = s.walk(t.Context(), src.store, gitstore.WalkOptions{Problem: func(e *gitstore.Error) { t.Error(e) }})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, id := range s.found[holdsSomething] {
		out[id.String()] = true
	}
	return out
}

// edited is a history of files that are edited at, across and beside the secrets in
// them.
func edited(seed uint64, revisions int) []commit {
	e := &editor{r: rand.New(rand.NewPCG(seed, 1))}
	files := make([][]byte, 5)
	for i := range files {
		for range 30 + 60*i {
			files[i] = append(files[i], e.line()...)
		}
		for range 3 {
			files[i] = e.edit(files[i])
		}
	}
	var out []commit
	for range revisions {
		i := e.r.IntN(len(files))
		for range 1 + e.r.IntN(3) {
			files[i] = e.edit(files[i])
		}
		if len(files[i]) > 40_000 {
			files[i] = files[i][len(files[i])/2:]
		}
		out = append(out, commit{branch: "main", files: map[string]string{fmt.Sprintf("file%d", i): string(files[i]) + "."}})
	}
	return out
}

type editor struct{ r *rand.Rand }

func (e *editor) line() string { return fmt.Sprintf("%x = %x\n", e.r.Uint64(), e.r.Uint32()) }

// secret is something that a rule of TestEditsAreEnough looks for, or nearly that.
func (e *editor) secret() string {
	switch e.r.IntN(8) {
	case 0:
		return token(e.r.IntN(50))[:10+e.r.IntN(19)] // or nearly
	case 1:
		return block(e.r.IntN(50), 1+e.r.IntN(30))
	case 2:
		return fmt.Sprintf("zz%08d", e.r.IntN(100_000_000))
	case 3:
		return "far away"
	case 4:
		return "\npass: " + strings.Repeat(string(rune('a'+e.r.IntN(26))), 8+e.r.IntN(12)) + "\n"
	case 5:
		return "user abc" + strings.Repeat(" ", e.r.IntN(100)) + fmt.Sprintf("secret %d", e.r.IntN(100_000_000))
	case 6:
		return base64.StdEncoding.EncodeToString([]byte("x = " + token(e.r.IntN(50)) + "\n"))
	default:
		if e.r.IntN(40) == 0 {
			return "\x00" // it is no text any more, if this is near its start
		}
		return token(e.r.IntN(50)) + "_" + token(1)
	}
}

// marks are where the secrets of a text are, more or less.
var marks = []string{"tok_", "--BEGIN", "--END", "zz", "far away", "pass: ", "secret ", "eCA9"}

// near is a place at, in or beside a secret, or anywhere.
func (e *editor) near(text []byte) int {
	mark := []byte(marks[e.r.IntN(len(marks))])
	from := e.r.IntN(len(text) + 1)
	i := bytes.Index(text[from:], mark)
	if i < 0 {
		if i, from = bytes.Index(text, mark), 0; i < 0 {
			return e.r.IntN(len(text) + 1)
		}
	}
	return max(0, min(len(text), from+i+e.r.IntN(40)-6))
}

func (e *editor) edit(text []byte) []byte {
	at := e.near(text)
	to := min(len(text), at+1+e.r.IntN(60))
	cut := func(from, to int, put string) []byte {
		return append(append(append([]byte{}, text[:from]...), put...), text[to:]...)
	}
	switch e.r.IntN(12) {
	case 0, 1, 2:
		return cut(at, at, e.secret())
	case 3:
		return cut(at, to, "")
	case 4:
		return cut(at, min(len(text), at+1), string(rune('a'+e.r.IntN(26)))) // one byte
	case 5:
		return cut(at, at, string(" \nx_0\xe9"[e.r.IntN(6)]))
	case 6:
		return cut(at, at, e.line())
	case 7: // something is there twice
		return cut(at, at, string(text[min(to, len(text)):min(len(text), to+e.r.IntN(2000))]))
	case 8: // the halves change places
		return append(append([]byte{}, text[at:]...), text[:at]...)
	case 9: // what was apart comes together
		return cut(at, min(len(text), at+e.r.IntN(2000)), "")
	case 10:
		return cut(at, at, " gitleaks:allow ")
	default:
		return cut(at, to, e.secret())
	}
}
