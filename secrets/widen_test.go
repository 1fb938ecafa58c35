package secrets

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
)

func TestWiden(t *testing.T) {
	long := strings.Repeat("aB3", 10)
	for _, tt := range []struct{ text, found, want string }{
		{"key=" + long + "rest-of+it/==; x", long, long + "rest-of+it/=="},
		{"k='before" + long + "' x", long, "before" + long},
		{"key=" + long + "\nnext", long, long},
		{"key=short-more", "short", "short"},
		{"https://u:" + long + "@host", long, long},
	} {
		start := strings.Index(tt.text, tt.found)
		got := widen([]byte(tt.text), []envtight.Span{{Start: start, End: start + len(tt.found)}})
		want := strings.Index(tt.text, tt.want)
		if diff := cmp.Diff([]envtight.Span{{Start: want, End: want + len(tt.want)}}, got); diff != "" {
			t.Errorf("%q: %s", tt.text, diff)
		}
	}
	// Many spans of one long value cost no more than the value.
	text := bytes.Repeat([]byte("a"), 1<<20)
	var spans []envtight.Span
	for at := 0; at+20 <= len(text); at += 20 {
		spans = append(spans, envtight.Span{Start: at, End: at + 20})
	}
	if got := widen(text, spans); len(got) != 1 || got[0].Len() != len(text) {
		t.Errorf("%d spans are left", len(got))
	}
}
