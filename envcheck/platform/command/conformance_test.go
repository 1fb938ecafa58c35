package command_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/command"
	"github.com/envtight/envtight/envcheck/sourcetest"
)

// The test's own binary is the program: with this variable set it hands its input
// to the API there, and the API's answer to its output.
const apiVariable = "COMMAND_TEST_API"

func TestMain(m *testing.M) {
	if api := os.Getenv(apiVariable); api != "" {
		os.Exit(bridge(api))
	}
	os.Exit(m.Run())
}

func bridge(api string) int {
	fmt.Fprintln(os.Stderr, secret+"stderr")
	request, err := io.ReadAll(os.Stdin)
	if err != nil {
		return 7
	}
	body, status, err := post(api, request)
	if err != nil || status >= 500 || status == http.StatusTooManyRequests || status == http.StatusOK && cutShort(body) {
		n := bytes.Count(request, []byte(`"app":`))
		body, status = []byte(`{"version":1,"targets":[`+strings.Repeat(`{"error":"unavailable"},`, n-1)+`{"error":"unavailable"}]}`), http.StatusOK
	}
	if _, err := os.Stdout.Write(body); err != nil || status != http.StatusOK {
		return 22
	}
	return 0
}

func post(api string, request []byte) (body []byte, status int, err error) {
	resp, err := http.Post(api, "application/json", bytes.NewReader(request))
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err = io.ReadAll(resp.Body)
	return body, resp.StatusCode, err
}

// cutShort reports whether an answer ends before its end.
func cutShort(body []byte) bool {
	err := json.NewDecoder(bytes.NewReader(body)).Decode(new(any))
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// secret begins every value.
const secret = "Hw27uncommon"

func self(t testing.TB) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func target(environment string) envcheck.Target {
	return envcheck.Target{App: "api", Environment: environment, Project: "vault/api", Service: "web", Team: "acme", Ref: envcheck.EnvironmentRef{Name: "kv/" + environment}}
}

// vault answers requests by the ref of each target.
func vault(answers map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request struct {
			Version int
			Targets []struct{ App, Environment, Project, Service, Team, Ref string }
		}
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil || request.Version != 1 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		var out bytes.Buffer
		out.WriteString(`{"version":1,"targets":[`)
		for i, x := range request.Targets {
			if x.App != "api" || x.Project != "vault/api" || x.Service != "web" || x.Team != "acme" || x.Ref != "kv/"+x.Environment {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			if i > 0 {
				out.WriteByte(',')
			}
			out.WriteString(answers[x.Environment])
		}
		out.WriteString("]}\n")
		_, _ = w.Write(out.Bytes())
	})
}

func TestConformance(t *testing.T) {
	type states = map[string]envtight.State
	sourcetest.Run(t, sourcetest.Suite{
		New: func(t testing.TB, c sourcetest.Conn) envcheck.Source {
			return command.New(command.Options{
				Programs: []command.Program{{Words: []string{self(t)}, From: "the test"}},
				Dir:      t.TempDir(), Environ: []string{apiVariable + "=" + c.BaseURL, "GORACE=atexit_sleep_ms=0"}, Timeout: c.Timeout,
			})
		},
		API: func(testing.TB) http.Handler {
			return vault(map[string]string{
				"prod": `{"complete":true,"names":["PLAIN",{"name":"EMPTY","state":"empty"},{"name":"SEALED","state":"unreadable","storage":"sealed","type":"kv"},{"name":"A","state":"staged","updated":"2026-01-02T03:04:05Z","shared":true,"managed":"vault"}]}`,
				"dev":  `{"complete":true,"names":[{"name":"PLAIN","state":"reference"}]}`,
			})
		},
		Cells: []sourcetest.Cell{
			{Target: target("prod"), Names: states{"PLAIN": envtight.Set, "EMPTY": envtight.Empty, "SEALED": envtight.Unreadable, "A": envtight.Staged}},
			{Target: target("dev"), Names: states{"PLAIN": envtight.Reference}},
		},
		Values:      []string{secret + "stderr"},
		NamesOnly:   true,
		OtherDialer: true,
	})
}
