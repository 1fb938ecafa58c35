package sourcetest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// NoValues fails the test when a printed form of one of things shows one of the
// values, an encoded form of it or its first six bytes. It prints every thing by
// the verbs of fmt, as JSON, through slog and as a go-cmp diff, and says which
// form shows which value, by its index.
func NoValues(t testing.TB, values []string, things ...any) {
	t.Helper()
	for _, thing := range things {
		for form, text := range printed(thing) {
			for i, value := range values {
				if how := shows(text, value); how != "" {
					t.Errorf("%s of %T shows value %d (%s)", form, thing, i, how)
				}
			}
		}
	}
}

func printed(thing any) map[string]string {
	forms := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		forms["fmt "+verb] = fmt.Sprintf(verb, thing)
	}
	text, err := json.Marshal(thing)
	forms["JSON"] = fmt.Sprint(string(text), err)
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("m", "thing", thing)
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("m", "thing", thing)
	forms["log"] = logged.String()
	forms["diff"] = cmp.Diff(thing, nil, cmp.Exporter(func(reflect.Type) bool { return true }))
	return forms
}

// shows says how text shows value, or returns "".
func shows(text, value string) string {
	for how, form := range map[string]string{
		"as it is":    value,
		"its prefix":  value[:6],
		"base64":      strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(value)), "="),
		"base64url":   strings.TrimRight(base64.URLEncoding.EncodeToString([]byte(value)), "="),
		"hexadecimal": hex.EncodeToString([]byte(value)),
		"URL":         url.QueryEscape(value),
	} {
		if strings.Contains(text, form) {
			return how
		}
	}
	return ""
}
