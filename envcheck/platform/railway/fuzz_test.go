package railway

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/envtight/envtight/envcheck"
)

// What is shown of a reference comes out of a value, so it must consist of names.
func FuzzReference(f *testing.F) {
	for _, seed := range []string{
		"${{Postgres.DATABASE_URL}}", "x${{ shared.A }}y${{B}}", "${{secret(32, \"ab.C\")}}", "${{}}", "${{a.b.c}}",
		"${{${{A}}}}", "${{A", "}}${{", "${{\n.A}}", "${{x\x00.A}}", "${{Ünïcode svc.A}}",
	} {
		f.Add(seed)
	}
	shown := regexp.MustCompile(`^\$\{\{(…|([\p{L}\p{N}][\p{L}\p{N} _./@-]{0,63}\.)?[A-Za-z_][A-Za-z0-9_]*)\}\}$`)
	e := &environment{name: "production", services: []service{{id: "1", name: "api", variables: map[string]*variable{"A": {name: "A"}}}}, bucketsKnown: true}
	f.Fuzz(func(t *testing.T, value string) {
		for _, list := range [][]reference{typedReferences(value), listedReferences([]string{value})} {
			for _, r := range list {
				ref, _ := e.resolve(&e.services[0], r)
				if !shown.MatchString(ref.Text) {
					t.Error("a reference shows something other than names")
				}
				if !r.readable && ref.Resolution != envcheck.Undecided {
					t.Error("a reference that cannot be read was decided")
				}
				if (ref.Resolution == envcheck.Dangling) != (ref.Why != "") || strings.ContainsAny(ref.Why, "\r\n") {
					t.Errorf("resolution %d with the reason %q", ref.Resolution, ref.Why)
				}
			}
		}
	})
}

// Any JSON in place of the configuration decodes without an error, and none of
// its values is kept.
func FuzzConfig(f *testing.F) {
	for _, seed := range []string{
		`{"services":{"1":{"variables":{"A":{"value":"x","isSealed":true},"B":null}}},"sharedVariables":{"S":{"value":null}}}`,
		`null`, `"zstd:x"`, `[]`, `{}`, `{"services":[]}`, `{"services":{"1":{"variables":{"A":7}}}}`, `{"services":null}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) {
			return
		}
		var c wireConfig
		if err := json.Unmarshal(text, &c); err != nil {
			t.Errorf("refused: %v", err)
		}
		if !c.known && (len(c.Services) > 0 || len(c.Shared) > 0) {
			t.Error("names from a shape that was not understood")
		}
	})
}

// Any JSON in place of what is remembered of a pull request decodes without an
// error, and only a number of its own makes it one.
func FuzzPull(f *testing.F) {
	for _, seed := range []string{
		`{"prNumber":12,"prRepo":"acme/shop"}`, `{"prNumber":12}`, `{"prNumber":"12"}`, `{"prNumber":0}`, `{"prNumber":1e99}`, `null`, `[]`, `7`, `{"prRepo":"/"}`,
	} {
		f.Add([]byte(seed), "acme/shop")
	}
	f.Fuzz(func(t *testing.T, text []byte, repository string) {
		if !json.Valid(text) {
			return
		}
		var m wireMeta
		if err := json.Unmarshal(text, &m); err != nil {
			t.Errorf("refused: %v", err)
		}
		if is, _ := m.of(envcheck.Pull{Number: 12, Repository: repository}); is && m.number != 12 {
			t.Errorf("pull request %d is taken for 12", m.number)
		}
		if is, _ := m.of(envcheck.Pull{Repository: repository}); is {
			t.Error("it is for no pull request")
		}
	})
}

// Any JSON in place of deployments decodes without an error, and what counts as
// running is a deployment that is said to run, with a time.
func FuzzDeployments(f *testing.F) {
	for _, seed := range [][2]string{
		{`[{"id":"1","status":"SUCCESS","createdAt":"2026-01-01T00:00:00Z"}]`, `null`},
		{`[{"id":"1","status":"SLEEPING","createdAt":"2026-01-01T00:00:00Z"},{"status":"DEPLOYING"}]`, `{"status":"QUEUED","createdAt":"x"}`},
		{`{}`, `[]`}, {`[null, 7, "x"]`, `7`}, {`"x"`, `{"id":{}}`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, active, latest string) {
		text := `{"activeDeployments":` + active + `,"latestDeployment":` + latest + `}`
		if !json.Valid([]byte(text)) {
			return
		}
		var i wireInstance
		if json.Unmarshal([]byte(text), &i) != nil && json.Valid([]byte(active)) && json.Valid([]byte(latest)) {
			t.Error("deployments in an unknown form are a failure")
		}
		if d := i.running(); d != nil && (d.created.IsZero() || d.status != "SUCCESS" && d.status != "SLEEPING") {
			t.Errorf("what runs is %+v", *d)
		}
	})
}
