package sourcetest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/sourcetest"
)

// defectVariable names the defect that the source of TestToy has; without it the
// source is right.
const defectVariable = "SOURCETEST_DEFECT"

const (
	toyToken = "t0y-" + "t0ken-Zk83"
	toyValue = "Yj74toy" + "value0000"
)

// toy is the smallest source there is: GET /ENVIRONMENT answers a map.
type toy struct {
	conn   sourcetest.Conn
	defect string
}

func (s toy) Platform() string { return "toy" }

func (s toy) Fetch(ctx context.Context, targets []envcheck.Target) []envcheck.Answer {
	var answers []envcheck.Answer
	for _, t := range targets {
		answers = append(answers, s.one(ctx, t))
	}
	switch s.defect {
	case "order":
		slices.Reverse(answers)
	case "count":
		return answers[:max(0, len(answers)-1)]
	case "dials for nothing":
		_, _ = s.get(ctx, envcheck.Target{})
	}
	return answers
}

func (s toy) one(ctx context.Context, t envcheck.Target) envcheck.Answer {
	a := envcheck.Answer{Place: envtight.Place{Platform: "toy", Environment: t.Ref.Name}}
	values, err := s.get(ctx, t)
	if err != nil {
		if s.defect == "failure is empty" {
			a.Complete = true
			return a
		}
		a.Unreachable = s.defect != "never unreachable" && !errors.Is(err, errAnswered) && !errors.Is(err, context.Canceled)
		inc := envtight.Incompleteness{Silence: envtight.Failed, Cause: "toy: no answer", Advice: "try again"}
		switch s.defect {
		case "body in cause":
			inc.Cause += err.Error()
		case "no advice":
			inc.Advice = ""
		case "a cause for each name":
			a.Incomplete = append(a.Incomplete, inc)
		}
		a.Incomplete = append(a.Incomplete, inc)
		return a
	}
	for name, value := range values {
		setting := envcheck.Setting{Name: name, State: envtight.Set}
		if t.Values || s.defect == "values unasked" {
			setting.Value, setting.Readable = envtight.NewSecret(value), true
		}
		if s.defect == "value as type" {
			setting.Type = value
		}
		a.Settings = append(a.Settings, setting)
	}
	slices.SortFunc(a.Settings, func(a, b envcheck.Setting) int { return strings.Compare(a.Name, b.Name) })
	if s.defect == "unsorted" {
		slices.Reverse(a.Settings)
	}
	a.Complete = true
	return a
}

// errAnswered is a failure after an answer came.
var errAnswered = errors.New("an answer that is none")

func (s toy) get(ctx context.Context, t envcheck.Target) (map[string]string, error) {
	if s.defect == "deaf" {
		ctx = context.WithoutCancel(ctx)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.conn.BaseURL+"/"+t.Ref.Name, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", t.Token.Secret.Reveal())
	timeout := s.conn.Timeout
	if timeout == 0 {
		timeout = 3 * time.Second // twice that is beyond the suite's patience
	}
	transport := &http.Transport{DialContext: s.conn.DialContext}
	if s.defect == "own dialer" {
		transport.DialContext = nil
	}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport, Timeout: timeout}).Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK && s.defect != "any status" {
		if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= http.StatusInternalServerError {
			return nil, fmt.Errorf("status %d", resp.StatusCode)
		}
		return nil, errAnswered
	}
	var answer struct{ Settings map[string]string }
	decoder := json.NewDecoder(http.MaxBytesReader(nil, resp.Body, 1<<20))
	if err := decoder.Decode(&answer); err != nil && s.defect != "any body" {
		var broken net.Error
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &broken) {
			return nil, err
		}
		return nil, fmt.Errorf("%w: %w", errAnswered, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) && s.defect == "" {
		return nil, errAnswered
	}
	if answer.Settings == nil && s.defect != "any shape" && s.defect != "any body" && s.defect != "any status" {
		return nil, fmt.Errorf("%w: unknown shape %v", errAnswered, answer)
	}
	return answer.Settings, nil
}

func toyAPI(testing.TB) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != toyToken {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		settings := map[string]string{"B": toyValue, "A": toyValue, "C": "x", "D": "x", "E": "x"}
		if r.URL.Path == "/dev" {
			settings = map[string]string{"A": "x"}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"settings": settings})
	})
}

func TestToy(t *testing.T) {
	target := func(environment string) envcheck.Target {
		return envcheck.Target{
			App: "api", Environment: environment, Ref: envcheck.EnvironmentRef{Name: environment},
			Token: envcheck.Token{Secret: envtight.NewSecret(toyToken), From: "TOY_TOKEN"},
		}
	}
	set := envtight.Set
	sourcetest.Run(t, sourcetest.Suite{
		New: func(_ testing.TB, c sourcetest.Conn) envcheck.Source { return toy{c, os.Getenv(defectVariable)} },
		API: toyAPI,
		Cells: []sourcetest.Cell{
			{Target: target("prod"), Names: map[string]envtight.State{"A": set, "B": set, "C": set, "D": set, "E": set}},
			{Target: target("dev"), Names: map[string]envtight.State{"A": set}},
		},
		Values:     []string{toyToken, toyValue},
		WrongToken: envcheck.Token{Secret: envtight.NewSecret("wr0ng-" + "t0ken-Xi65")},
	})
}

// The suite must find what it is there for: each defect makes it fail.
func TestSuiteFindsDefects(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the suite once for each defect")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for defect, finds := range map[string]string{
		"order":                 "order_and_count",
		"count":                 "order_and_count",
		"unsorted":              "order_and_count",
		"dials for nothing":     "no_targets",
		"values unasked":        "names_hold_no_values",
		"value as type":         "values_are_kept_and_never_shown",
		"failure is empty":      "cancelled_context",
		"body in cause":         "broken_answers",
		"no advice":             "wrong_token",
		"a cause for each name": "unreachable_host",
		"own dialer":            "offline_dials_nothing",
		"never unreachable":     "unreachable_host",
		"any status":            "broken_answers",
		"any body":              "broken_answers",
		"any shape":             "any_request_may_fail",
		"deaf":                  "hanging_server/before_the_answer",
	} {
		t.Run(defect, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(self, "-test.run=^TestToy$/^"+strings.ReplaceAll(finds, "/", "$/^")+"$", "-test.timeout=60s")
			cmd.Env = append(os.Environ(), defectVariable+"="+defect)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: TestToy/"+finds) {
				t.Errorf("the suite found nothing (%v):\n%s", err, out)
			}
		})
	}
}

// recorder is a test that only notes its failures.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func TestNoValues(t *testing.T) {
	const value = "Wh56abc/+def?ghi"
	for name, tt := range map[string]struct {
		thing any
		leaks bool
	}{
		"a text":     {"x" + value, true},
		"a prefix":   {struct{ s string }{value[:6]}, true},
		"base64":     {"V2g1NmFiYy8rZGVmP2doaQ", true},
		"hex":        {"576835366162632f2b6465663f676869", true},
		"escaped":    {"a=Wh56abc%2F%2Bdef%3Fghi", true},
		"bytes":      {[]byte(value), true},
		"unexported": {envcheck.Answer{Environments: []string{value}}, true},
		"a pointer":  {&struct{ T string }{value}, true},
		"a secret":   {envcheck.Setting{Value: envtight.NewSecret(value)}, false},
		"other":      {"Wh56", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{TB: t}
			sourcetest.NoValues(r, []string{value}, tt.thing)
			if leaks := len(r.failures) > 0; leaks != tt.leaks {
				t.Errorf("found %q", r.failures)
			}
			for _, f := range r.failures {
				if strings.Contains(f, value[:6]) {
					t.Error("the failure itself shows the value")
				}
			}
		})
	}
}
