package railwayfake_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
	"github.com/envtight/envtight/internal/contract"
)

const (
	account = "acc0unt-" + "t0ken"
	project = "pr0ject-" + "t0ken"
)

func state() railwayfake.State {
	return railwayfake.State{
		Workspaces: []railwayfake.Workspace{{Name: "acme"}},
		Projects: []railwayfake.Project{{
			Name: "shop", Workspace: "acme", Services: []railwayfake.Service{{Name: "api"}, {Name: "db"}},
			Environments: []railwayfake.Environment{
				{Name: "production", Variables: []railwayfake.Variable{
					{Service: "db", Name: "URL", Value: "db://x"},
					{Service: "api", Name: "DATABASE", Value: "<${{ db.URL }}>"},
					{Service: "api", Name: "SEALED", Value: "hidden", Sealed: true},
					{Name: "SHARED", Value: "s"},
				}},
				{Name: "staging"},
			},
		}},
		Tokens: []railwayfake.Token{
			{Text: account},
			{Text: project, Kind: railwayfake.ProjectToken, Project: "shop", Environment: "staging"},
		},
	}
}

// ids as variables for queries.
var ids = map[string]any{
	"p": railwayfake.ID("project", "shop"), "e": railwayfake.ID("environment", "shop/production"),
	"s": railwayfake.ID("service", "shop/api"), "stage": railwayfake.ID("environment", "shop/staging"),
}

// ask sends a query that no client of ours sends.
func ask(t *testing.T, fake http.Handler, header, value, query string) string {
	t.Helper()
	used := map[string]any{}
	for name, id := range ids {
		if strings.Contains(query, "$"+name+":") {
			used[name] = id
		}
	}
	body, err := json.Marshal(map[string]any{"query": query, "variables": used})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql/v2", bytes.NewReader(body))
	r.Header.Set(header, value)
	w := httptest.NewRecorder()
	fake.ServeHTTP(w, r)
	return strings.TrimSpace(w.Body.String())
}

func TestQueries(t *testing.T) {
	bearer := func(text string) [2]string { return [2]string{"Authorization", "Bearer " + text} }
	own := func(text string) [2]string { return [2]string{"Project-Access-Token", text} }
	tests := map[string]struct {
		auth        [2]string
		query, want string
	}{
		"aliases and fragments": {bearer(account),
			`query($e:String!){ x: environment(id:$e){ ...F __typename } } fragment F on Environment { name }`,
			`{"data":{"x":{"name":"production","__typename":"Environment"}}}`},
		"values, rendered": {bearer(account),
			`query($p:String!,$e:String!,$s:String!){ variablesForServiceDeployment(projectId:$p,environmentId:$e,serviceId:$s) }`,
			`"DATABASE":"\\u003cdb://x\\u003e".*"SEALED":null`},
		"values, typed": {bearer(account),
			`query($p:String!,$e:String!,$s:String!){ variables(projectId:$p,environmentId:$e,serviceId:$s,unrendered:true) }`,
			`"DATABASE":"\\u003c\$\{\{ db.URL \}\}\\u003e"`},
		"shared values": {bearer(account),
			`query($p:String!,$e:String!){ variables(projectId:$p,environmentId:$e) }`, `^{"data":{"variables":{"SHARED":"s"}}}$`},
		"masked configuration": {bearer(account),
			`query($e:String!){ environment(id:$e){ config(decryptVariables:false) } }`, `"SEALED":{"isSealed":true,"value":null}`},
		"decrypted configuration": {bearer(account),
			`query($e:String!){ environment(id:$e){ config(decryptVariables:true) } }`, `"SEALED":{"isSealed":true,"value":"hidden"}`},
		"service of a shared variable": {bearer(account),
			`query($e:String!){ environment(id:$e){ variables { edges { node { name service { id } } } } } }`, `"data":null,"errors":\[.*non-nullable`},
		"pages": {bearer(account),
			`query($e:String!){ environment(id:$e){ variables(first:1, after:"Y3Vyc29yOjA=") { edges { node { name } cursor } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`,
			`{"edges":\[{"node":{"name":"DATABASE"},"cursor":"Y3Vyc29yOjE="}\],"pageInfo":{"hasNextPage":true,"hasPreviousPage":true,"endCursor":"Y3Vyc29yOjE="}}`},
		"a directive": {bearer(account),
			`query($e:String!){ environment(id:$e){ id @skip(if:true) name @include(if:true) isEphemeral @include(if:false) } }`,
			`^{"data":{"environment":{"name":"production"}}}$`},
		"who am I":                            {bearer(account), `{ me { email workspaces { name } } }`, `"workspaces":\[{"name":"acme"}\]`},
		"project token":                       {own(project), `{ projectToken { environment { name } } }`, `"name":"staging"`},
		"project token elsewhere":             {own(project), `query($e:String!){ environment(id:$e){ name } }`, `Not Authorized`},
		"project token, nested elsewhere":     {own(project), `query($p:String!){ project(id:$p){ environments { edges { node { name canAccess variables { edges { node { name } } } } } } } }`, `Not Authorized`},
		"project token, who am I":             {own(project), `{ me { email } }`, `Not Authorized`},
		"project token as bearer":             {bearer(project), `{ projectToken { id } }`, `Project Token not found`},
		"account token as project's":          {own(account), `query($e:String!){ environment(id:$e){ name } }`, `Project Token not found`},
		"no token":                            {bearer(""), `query($e:String!){ environment(id:$e){ name } }`, `Not Authorized`},
		"unknown field":                       {bearer(account), `query($e:String!){ environment(id:$e){ colour } }`, `Cannot query field`},
		"no selection":                        {bearer(account), `query($e:String!){ environment(id:$e) }`, `must have a selection`},
		"no document":                         {bearer(account), `{`, `Syntax Error`},
		"mutation":                            {bearer(account), `mutation { variableDelete(input:{}) }`, `read only`},
		"missing variable":                    {bearer(account), `query($q:String!){ environment(id:$q){ name } }`, `was not provided`},
		"unknown environment":                 {bearer(account), `{ environment(id:"x"){ name } }`, `Environment not found`},
		"a value is no field of a variable":   {bearer(account), `query($e:String!){ environment(id:$e){ variables { edges { node { value } } } } }`, `Cannot query field`},
		"nothing staged":                      {own(project), `query($stage:String!){ environmentStagedChanges(environmentId:$stage){ id patch } }`, `{"id":"\\u003cempty\\u003e","patch":{}}`},
		"environments without those of pulls": {bearer(account), `query($p:String!){ environments(projectId:$p,isEphemeral:true){ edges { node { name } } } }`, `"edges":\[\]`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := ask(t, railwayfake.New(state()), tt.auth[0], tt.auth[1], tt.query)
			if !regexp.MustCompile(tt.want).MatchString(got) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestBrokenHeader(t *testing.T) {
	if railwayfake.BrokenHeader != contract.BrokenHeader {
		t.Error("the fake and the contract mark broken answers differently")
	}
}

func TestChange(t *testing.T) {
	fake := railwayfake.New(state())
	fake.Change(func(s *railwayfake.State) { s.Projects[0].Environments[0].Name = "live" })
	got := ask(t, fake, "Authorization", "Bearer "+account, `query($e:String!){ environment(id:$e){ name } }`)
	if !strings.Contains(got, "live") {
		t.Errorf("got %s", got)
	}
}

func TestFaults(t *testing.T) {
	fake := railwayfake.New(state())
	fake.Break(railwayfake.Fault{Field: "me", Skip: 1, Times: 1, Answer: railwayfake.NoData})
	var got []string
	for range 3 {
		got = append(got, ask(t, fake, "Authorization", "Bearer "+account, `{ me { id } }`))
		ask(t, fake, "Authorization", "Bearer "+account, `{ apiToken { workspaces { id } } }`)
	}
	if got[0] != got[2] || got[1] != `{"data":null}` {
		t.Errorf("answers %q", got)
	}
}
