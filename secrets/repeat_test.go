package secrets_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
)

// TestRepeatedValueIsHidden: a line that is shown shows no value that was found on
// it or elsewhere in the text, wherever it stands, in the text of the finding or in
// its masked match.
func TestRepeatedValueIsHidden(t *testing.T) {
	d := detector(t, secrets.Rule{ID: "x", Regex: `key = (\w+)( #.*)?`})
	for _, n := range []int{6, 7, 40, 255, 256, 257, 262, 263, 1000} {
		var first, second strings.Builder
		for i := range n {
			first.WriteByte("abcdefghijklmnopq"[i*i%17])
			second.WriteByte("rstuvwxyz0123"[i*i%13])
		}
		a, b := first.String(), second.String()
		text := []byte("key = " + a + " # " + a + ", or " + b + "\nkey = " + b + " # " + a + "\n")
		found := d.Findings(envtight.WholeFile("f"), text, d.Detect(secrets.File{}, text), secrets.Options{})
		if len(found) != 2 {
			t.Fatalf("%d bytes: %d findings", n, len(found))
		}
		for _, f := range found {
			for _, value := range []string{a, b} {
				for at := range len(value) - 5 {
					if strings.Contains(f.Snippet.Text+"\n"+f.Masked, value[at:at+6]) {
						t.Fatalf("%d bytes: a part of a value shows at %s", n, f.Location)
					}
				}
			}
		}
	}
}

// TestEncodedValueIsHidden: the usual encodings of a value, next to it, are hidden.
func TestEncodedValueIsHidden(t *testing.T) {
	d := detector(t, secrets.Rule{ID: "x", Regex: `key = (\S+)`})
	const value = "ab/cdefghijk+lmnop"
	for _, encoded := range []string{
		base64.StdEncoding.EncodeToString([]byte("1:" + value)), base64.RawURLEncoding.EncodeToString([]byte(value)),
		hex.EncodeToString([]byte(value)), fmt.Sprintf("%X", value), url.QueryEscape(value),
	} {
		text := []byte("key = " + value + " # " + encoded)
		for _, s := range d.Spans(text) {
			clear(text[s.Start:s.End])
		}
		if shown := string(bytes.Trim(text[len("key = "+value+" # "):], "\x00")); len(shown) > 4 {
			t.Errorf("%d bytes of %d show", len(shown), len(encoded))
		}
	}
}

// TestManyRepeatedValues: values that end alike are hidden, too, however many.
func TestManyRepeatedValues(t *testing.T) {
	d := detector(t, secrets.Rule{ID: "x", Regex: `k=(\w+)`})
	var text bytes.Buffer
	for i := range 40 {
		fmt.Fprintf(&text, "(value%02dtail) k=value%02dtail\n", i, i)
	}
	all := text.Bytes()
	for _, s := range d.Spans(all) {
		clear(all[s.Start:s.End])
	}
	if bytes.Contains(all, []byte("tail")) {
		t.Error("an end shows")
	}
}
