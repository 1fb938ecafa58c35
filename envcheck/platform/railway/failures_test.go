package railway_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
)

// inEnvironment changes the environment in an answer.
func inEnvironment(change func(e map[string]any)) func(http.ResponseWriter, *http.Request, []byte) {
	return railwayfake.Changed(func(data map[string]any) { change(data["environment"].(map[string]any)) })
}

func inVariables(change func(list map[string]any)) func(http.ResponseWriter, *http.Request, []byte) {
	return inEnvironment(func(e map[string]any) { change(e["variables"].(map[string]any)) })
}

func firstNode(list map[string]any) map[string]any {
	return list["edges"].([]any)[0].(map[string]any)["node"].(map[string]any)
}

func TestFailures(t *testing.T) {
	const upgrade = "upgrade envtight: this version knows Railway's API as of 2026-08-08"
	tests := map[string]struct {
		answer func(http.ResponseWriter, *http.Request, []byte)
		want   []string
		calls  int // 0: any number
	}{
		"refused with status 200":        {railwayfake.Message("Not Authorized"), []string{"RAILWAY_API_TOKEN", "was refused", "dead"}, 1},
		"refused, other words":           {railwayfake.Message("Unauthorized. Please login."), []string{"was refused"}, 1},
		"refused beside data":            {railwayfake.Beside("Not Authorized"), []string{"was refused"}, 1},
		"two factors":                    {railwayfake.Message("Two Factor Authentication Required"), []string{"two-factor"}, 1},
		"not found":                      {railwayfake.Message("Environment not found"), []string{"was not found"}, 1},
		"an unknown error":               {railwayfake.Message("Qx7 kaputt"), []string{"error that this version does not know", upgrade}, 1},
		"an unknown error beside data":   {railwayfake.Beside("Qx7 kaputt"), []string{"error that this version does not know"}, 1},
		"limited, with status 200":       {railwayfake.Message("Rate limit exceeded"), []string{"rate limited", "run again later"}, 1},
		"neither data nor errors":        {railwayfake.NoData, []string{"neither data nor errors", upgrade}, 1},
		"a page of Cloudflare":           {railwayfake.Page, []string{"web page", "proxies and firewalls"}, 1},
		"half an answer":                 {railwayfake.Half, []string{"broke off"}, 0},
		"limited for an hour":            {railwayfake.Busy(3600), []string{"rate limited until"}, 1},
		"limited for an hour, as a date": {railwayfake.BusyUntil(time.Now().Add(time.Hour)), []string{"rate limited until"}, 1},
		"limited for ever":               {railwayfake.Busy(0), []string{"rate limited"}, 0},
		"no list of variables":           {inEnvironment(func(e map[string]any) { delete(e, "variables") }), []string{"list of variables is not whole", upgrade}, 1},
		"null for the list of variables": {inEnvironment(func(e map[string]any) { e["variables"] = nil }), []string{"list of variables is not whole"}, 1},
		"no list of services":            {inEnvironment(func(e map[string]any) { e["serviceInstances"] = nil }), []string{"list of services is not whole"}, 1},
		"null for the environment":       {railwayfake.Changed(func(d map[string]any) { d["environment"] = nil }), []string{"missing", upgrade}, 1},
		"null for the project":           {railwayfake.Changed(func(d map[string]any) { d["project"] = nil }), []string{"missing"}, 1},
		"no page information":            {inVariables(func(l map[string]any) { delete(l, "pageInfo") }), []string{"not whole"}, 1},
		"no word whether there is more":  {inVariables(func(l map[string]any) { l["pageInfo"] = map[string]any{"endCursor": "x"} }), []string{"not whole"}, 1},
		"more, but nowhere":              {inVariables(func(l map[string]any) { l["pageInfo"] = map[string]any{"hasNextPage": true, "endCursor": nil} }), []string{"does not say where"}, 1},
		"an empty page and more": {inVariables(func(l map[string]any) {
			l["edges"] = []any{}
			l["pageInfo"] = map[string]any{"hasNextPage": true, "endCursor": "x"}
		}), []string{"does not say where"}, 1},
		"the same page for ever": {inVariables(func(l map[string]any) {
			l["pageInfo"] = map[string]any{"hasNextPage": true, "endCursor": "Y3Vyc29yOjA="}
		}), []string{"round in a circle"}, 0},
		"a list in place of a connection": {inEnvironment(func(e map[string]any) { e["variables"] = []any{} }), []string{"shape", upgrade}, 1},
		"edges that are null":             {inVariables(func(l map[string]any) { l["edges"] = nil }), []string{"not whole"}, 1},
		"a node that is null":             {inVariables(func(l map[string]any) { l["edges"] = []any{map[string]any{"node": nil}} }), []string{"is empty"}, 1},
		"a variable without a name":       {inVariables(func(l map[string]any) { firstNode(l)["name"] = "" }), []string{"a variable has no name"}, 1},
		"a name that is a number":         {inVariables(func(l map[string]any) { firstNode(l)["name"] = 7 }), []string{"shape", upgrade}, 1},
		"no word about seals":             {inVariables(func(l map[string]any) { delete(firstNode(l), "isSealed") }), []string{"whether it is sealed"}, 1},
		"a seal of another type":          {inVariables(func(l map[string]any) { firstNode(l)["isSealed"] = "YES" }), []string{"shape"}, 1},
		"a service without a name": {inEnvironment(func(e map[string]any) {
			firstNode(e["serviceInstances"].(map[string]any))["serviceName"] = ""
		}), []string{"a service has no id or no name"}, 1},
		"another environment":    {inEnvironment(func(e map[string]any) { e["id"] = stagingID }), []string{"another environment than was asked for"}, 1},
		"another project":        {inEnvironment(func(e map[string]any) { e["projectId"] = oldID }), []string{"another environment than was asked for"}, 1},
		"a nameless environment": {inEnvironment(func(e map[string]any) { e["name"] = "" }), []string{"no name"}, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, shop())
			w.fake.Break(railwayfake.Fault{Field: "environment", Answer: tt.answer})
			a := w.one(t, byID())
			wantFailed(t, a, tt.want...)
			if a.NoSuchEnvironment {
				t.Error("the environment is said not to exist")
			}
			if n := len(w.fake.Requests()); tt.calls != 0 && n != tt.calls {
				t.Errorf("%d requests, want %d", n, tt.calls)
			}
		})
	}
}

// The same for a project token, whose first answer has another form.
func TestFailuresOfProjectTokens(t *testing.T) {
	in := func(change func(p map[string]any)) func(http.ResponseWriter, *http.Request, []byte) {
		return railwayfake.Changed(func(data map[string]any) { change(data["projectToken"].(map[string]any)) })
	}
	tests := map[string]struct {
		answer func(http.ResponseWriter, *http.Request, []byte)
		want   string
	}{
		"unknown token":      {railwayfake.Message("Project Token not found"), "not a project token that Railway knows"},
		"refused":            {railwayfake.Message("Not Authorized"), "was refused"},
		"no token":           {railwayfake.Changed(func(d map[string]any) { d["projectToken"] = nil }), "not whole"},
		"no environment":     {in(func(p map[string]any) { p["environment"] = nil }), "not whole"},
		"ids that disagree":  {in(func(p map[string]any) { p["environmentId"] = stagingID }), "do not belong together"},
		"projects disagree":  {in(func(p map[string]any) { p["projectId"] = oldID }), "do not belong together"},
		"no list of buckets": {in(func(p map[string]any) { p["project"].(map[string]any)["buckets"] = nil }), "buckets is not whole"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, shop())
			w.fake.Break(railwayfake.Fault{Field: "projectToken", Answer: tt.answer})
			target := byID()
			target.Token = token(productionToken, "RAILWAY_TOKEN")
			wantFailed(t, w.one(t, target), tt.want)
		})
	}
}

// A limit that ends soon is waited for, as long as the platform says.
func TestWaitsForLimit(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request, []byte){
		"seconds": railwayfake.Busy(7),
		"a date":  railwayfake.BusyUntil(time.Now().Add(8 * time.Second)),
	} {
		t.Run(name, func(t *testing.T) {
			fake := railwayfake.New(shop())
			fake.Break(railwayfake.Fault{Times: 1, Answer: answer})
			clock := time.Now()
			w := worldOf(t, fake, &clock)
			start := clock
			wantWhole(t, w.one(t, byID()))
			if waited := clock.Sub(start); waited < 6*time.Second || waited > 12*time.Second {
				t.Errorf("waited %v, want about 7 seconds", waited)
			}
		})
	}
}

// One page that fails is a failure of the whole.
func TestSecondPageFails(t *testing.T) {
	state := shop()
	state.PageSize = 3
	w := newWorld(t, state)
	w.fake.Break(railwayfake.Fault{Field: "environment", Skip: 2, Times: 1, Answer: railwayfake.Message("Not Authorized")})
	wantFailed(t, w.one(t, byID()), "was refused")
	if n := len(w.fake.Requests()); n != 3 {
		t.Errorf("%d requests, want 3", n)
	}
}

// One project that cannot be read leaves the others alone, and a platform that is
// down has one cause for all.
func TestCauses(t *testing.T) {
	w := newWorld(t, shop())
	other := byID()
	other.Project, other.Ref.Name = railwayfake.ID("project", "gone"), railwayfake.ID("environment", "gone")
	answers := w.fetch(t, byID(), other)
	wantWhole(t, answers[0])
	wantFailed(t, answers[1], "was not found")

	w.fake.Break(railwayfake.Fault{Answer: railwayfake.Page})
	down := w.fetch(t, byID(), backend("staging"), backend("bare"))
	for _, a := range down {
		wantFailed(t, a)
		if a.Incomplete[0].Cause != down[0].Incomplete[0].Cause || a.Incomplete[0].Location != down[0].Incomplete[0].Location {
			t.Errorf("causes differ: %q and %q", a.Incomplete[0].Cause, down[0].Incomplete[0].Cause)
		}
	}
}

// Names that others chose do not break lines.
func TestNamesInCauses(t *testing.T) {
	target := byID()
	target.Service = "a\nb\x1b[31m"
	a := newWorld(t, shop()).one(t, target)
	wantFailed(t, a)
	for _, r := range a.Incomplete[0].Cause + a.Incomplete[0].Advice {
		if r < ' ' {
			t.Errorf("a control character in %q", a.Incomplete[0].Cause)
		}
	}
}
