package github_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/platform/github"
)

type roundTrip func(*http.Request) *http.Response

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

// FuzzAnswers gives any bytes as each kind of list. What is not understood is never
// a whole answer, a name is given once, and no text of an answer is told but names.
func FuzzAnswers(f *testing.F) {
	const environments = `{"total_count":1,"environments":[{"name":"Production"}]}`
	for _, seed := range [][3]string{
		{`{"total_count":1,"secrets":[{"name":"A","updated_at":"2026-02-03T04:05:06Z"}]}`, `{"total_count":2,"variables":[{"name":"A","value":"~secret~"},{"name":"B","value":""}]}`, environments},
		{`{"total_count":2,"secrets":[{"name":"A"}]}`, `{"total_count":0,"variables":[]}`, environments},
		{`{"total_count":-1,"secrets":[]}`, `{"message":"~secret~"}`, `{}`},
		{"", "[", "<html>~secret~"},
		{"null", `{"total_count":1,"variables":[{"name":"A","value":1,"updated_at":"x"}]}`, environments},
	} {
		f.Add(seed[0], seed[1], seed[2], false)
		f.Add(seed[0], seed[1], seed[2], true)
	}
	f.Fuzz(func(t *testing.T, secrets, variables, environments string, values bool) {
		s, err := github.New(github.Options{Sleep: noSleep, Transport: roundTrip(func(r *http.Request) *http.Response {
			body := secrets
			switch {
			case strings.HasSuffix(r.URL.Path, "variables"):
				body = variables
			case strings.HasSuffix(r.URL.Path, "environments"):
				body = environments
			}
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
		})})
		if err != nil {
			t.Fatal(err)
		}
		asked := target("Production")
		asked.Values = values
		a := fetchOne(t, s, asked)
		if whole := a.Complete || a.NoSuchEnvironment; whole != (len(a.Incomplete) == 0) {
			t.Errorf("whole %v, incomplete %v", whole, a.Incomplete)
		}
		for _, inc := range a.Incomplete {
			if strings.Contains(inc.Cause+inc.Advice, "~secret~") || strings.ContainsAny(inc.Cause+inc.Advice, "\n\r\x1b") {
				t.Error("a cause repeats the answer or is not one line")
			}
		}
		for i, set := range a.Settings {
			if i > 0 && a.Settings[i-1].Name >= set.Name || set.Name == "" {
				t.Error("settings are not sorted, not unique, or without a name")
			}
			if set.State == envtight.Unreadable && set.Readable || !values && (set.Readable || !set.Value.IsEmpty()) {
				t.Error("a value is held that must not be")
			}
		}
	})
}
