package vercel_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/vercel"
)

type roundTrip func(*http.Request) *http.Response

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

// FuzzAnswers feeds any bytes as each of the three answers. Whatever comes, there
// is an answer; a name is given once; and what is not complete says why, in words
// of this program's own.
func FuzzAnswers(f *testing.F) {
	const project = `{"id":"prj_1","name":"shop","accountId":"team_1","rootDirectory":null,"customEnvironments":[{"id":"env_1","slug":"qa"}],"targets":{"production":{"id":"dpl_1","createdAt":1,"readyState":"READY"}},"latestDeployments":[{"id":"dpl_2","createdAt":2,"readyState":"BUILDING","target":null,"meta":{"githubCommitRef":"dev"}}],"lastAliasRequest":{"toDeploymentId":"dpl_1","jobStatus":"succeeded","type":"rollback","requestedAt":3},"link":{"type":"gitlab","projectUrl":"https://gitlab.com/a/b"}}`
	const own = `{"envs":[{"id":"1","key":"A","type":"plain","visibility":"config","value":"~secret~","target":["preview","production"],"gitBranch":null},{"key":"A","type":"encrypted","value":"~secret~","target":"preview","gitBranch":"dev","customEnvironmentIds":["env_1"]}],"hiddenProductionEnvCount":0,"pagination":{"next":null}}`
	const team = `{"data":[{"id":"env_2","key":"B","value":"~secret~","projectId":["prj_1"],"target":["preview"],"applyToAllCustomEnvironments":true}],"pagination":{"count":1,"next":7,"prev":null}}`
	for _, seed := range [][3]string{
		{project, own, team},
		{project, `{"key":"A","type":"plain","value":"~secret~"}`, `{"data":[]}`},
		{`{"error":{"code":"forbidden"}}`, `{"err":"~secret~"}`, `null`},
		{"", "[", "<html>~secret~"},
	} {
		f.Add(seed[0], seed[1], seed[2], false)
		f.Add(seed[0], seed[1], seed[2], true)
	}
	f.Fuzz(func(t *testing.T, project, own, team string, values bool) {
		bodies := map[string]string{"/v9/projects/shop": project, "/v1/env": team}
		s, err := vercel.New(vercel.Options{Sleep: noSleep, Transport: roundTrip(func(r *http.Request) *http.Response {
			body, ok := bodies[r.URL.Path]
			if !ok {
				body = own
			}
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
		})})
		if err != nil {
			t.Fatal(err)
		}
		var targets []envcheck.Target
		for _, cell := range []string{"production", "preview@dev", "qa"} {
			x := target(cell)
			x.Values = values
			targets = append(targets, x)
		}
		for _, a := range s.Fetch(t.Context(), targets) {
			checkAnswer(t, a, values)
		}
	})
}

func checkAnswer(t *testing.T, a envcheck.Answer, values bool) {
	t.Helper()
	if !a.Complete && !a.NoSuchEnvironment && len(failures(a)) == 0 {
		t.Error("not complete, without a reason")
	}
	for _, inc := range a.Incomplete {
		if strings.Contains(inc.Cause+inc.Advice, "~secret~") || strings.ContainsAny(inc.Cause+inc.Advice, "\n\r\x1b") {
			t.Errorf("a cause repeats the answer or is not one line")
		}
	}
	for i, s := range a.Settings {
		if i > 0 && a.Settings[i-1].Name >= s.Name || s.Name == "" {
			t.Errorf("settings are not sorted, not unique, or without a name")
		}
		if s.State == envtight.Unreadable && s.Readable || !values && (s.Readable || !s.Value.IsEmpty()) {
			t.Errorf("a value is held that must not be")
		}
	}
}
