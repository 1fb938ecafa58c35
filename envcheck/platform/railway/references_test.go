package railway_test

import (
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
)

// references are values and what is to be said of the one reference in each: by
// the value as it was typed, and by the API's list of references in the styles
// that it might have.
var references = []struct {
	value string
	typed envcheck.Resolution
	// listed is for lists that read as typed; byID for lists with identifiers
	// of services.
	listed, byID envcheck.Resolution
	why          string
}{
	{"${{Postgres.DATABASE_URL}}", resolved, resolved, resolved, ""},
	{"postgres://${{ Postgres.DATABASE_URL }}/x", resolved, resolved, resolved, ""},
	{"${{\tPostgres.DATABASE_URL\n}}", resolved, resolved, resolved, ""},
	{"${{postgres.DATABASE_URL}}", undecided, undecided, undecided, ""},
	{"${{Postgres.GONE}}", dangling, dangling, dangling, "no variable GONE in service Postgres in production"},
	{"${{Gone.DATABASE_URL}}", dangling, dangling, dangling, "no service Gone in production"},
	{"${{Api v2.0.URL}}", dangling, dangling, dangling, "no service Api v2.0 in production"},
	{"${{shared.API_KEY}}", resolved, resolved, resolved, ""},
	{"${{ shared.GONE }}", dangling, dangling, dangling, "no shared variable GONE in production"},
	{"${{PLAIN}}", resolved, resolved, resolved, ""},
	{"${{ GONE }}", dangling, undecided, undecided, "no variable GONE in service backend in production"},
	{"${{worker.RAILWAY_PRIVATE_DOMAIN}}:80", resolved, resolved, resolved, ""},
	{"${{worker.RAILWAY_SOMETHING_OF_TOMORROW}}", undecided, undecided, undecided, ""},
	{"${{worker.RAILWAY_DOCKERFILE_PATH}}", dangling, dangling, dangling, "no variable RAILWAY_DOCKERFILE_PATH in service worker in production"},
	{"${{worker.PORT}}", undecided, undecided, undecided, ""},
	{"${{RAILWAY_PUBLIC_DOMAIN}}", resolved, resolved, resolved, ""},
	{"${{Uploads.ACCESS_KEY_ID}}", resolved, resolved, resolved, ""},
	{"${{Uploads.ODD}}", undecided, undecided, undecided, ""},
	{`${{secret(32, "abc.DEF")}}`, undecided, undecided, undecided, ""},
	{"${{Postgres.*}}", undecided, undecided, undecided, ""},
	{"${{}}", undecided, undecided, undecided, ""},
}

const (
	undecided = envcheck.Undecided
	resolved  = envcheck.Resolved
	dangling  = envcheck.Dangling
)

func referring(value string, style railwayfake.ReferenceStyle) railwayfake.State {
	state := shop()
	state.References = style
	production := &state.Projects[0].Environments[0]
	production.Variables = append(production.Variables, railwayfake.Variable{Service: "backend", Name: "REF", Value: value})
	return state
}

func TestReferences(t *testing.T) {
	styles := map[railwayfake.ReferenceStyle]func(i int) envcheck.Resolution{
		railwayfake.ReferencePlain:     func(i int) envcheck.Resolution { return references[i].listed },
		railwayfake.ReferenceTemplate:  func(i int) envcheck.Resolution { return references[i].listed },
		railwayfake.ReferenceServiceID: func(i int) envcheck.Resolution { return references[i].byID },
		railwayfake.ReferenceOpaque:    func(int) envcheck.Resolution { return undecided },
	}
	for i, r := range references {
		t.Run(r.value, func(t *testing.T) {
			for style, want := range styles {
				a := newWorld(t, referring(r.value, style)).one(t, byID())
				wantWhole(t, a)
				checkReference(t, setting(t, a, "REF"), want(i), r.why)
			}
			with := byID()
			with.Values = true
			for _, style := range []railwayfake.ReferenceStyle{railwayfake.ReferencePlain, railwayfake.ReferenceNone, railwayfake.ReferenceOpaque} {
				a := newWorld(t, referring(r.value, style)).one(t, with)
				wantWhole(t, a)
				checkReference(t, setting(t, a, "REF"), r.typed, r.why)
			}
		})
	}
}

func checkReference(t *testing.T, s envcheck.Setting, want envcheck.Resolution, why string) {
	t.Helper()
	if s.State != envtight.Reference {
		t.Errorf("state %v, want reference", s.State)
	}
	if len(s.References) != 1 || s.References[0].Resolution != want {
		t.Errorf("references %+v, want one with resolution %d", s.References, want)
		return
	}
	if want == dangling && s.References[0].Why != why {
		t.Errorf("why: %q, want %q", s.References[0].Why, why)
	}
	if want == dangling && s.References[0].Text == "" {
		t.Error("a dangling reference without its text")
	}
}

// Names mode with a list that says nothing sees a variable that is set.
func TestReferencesNotListed(t *testing.T) {
	a := newWorld(t, referring("${{Gone.X}}", railwayfake.ReferenceNone)).one(t, byID())
	if s := setting(t, a, "REF"); s.State != envtight.Set || len(s.References) > 0 {
		t.Errorf("state %v, references %v", s.State, s.References)
	}
}

// A sealed variable's references count, too; the state stays unreadable.
func TestReferenceSealed(t *testing.T) {
	state := referring("${{Gone.X}}", railwayfake.ReferencePlain)
	vars := state.Projects[0].Environments[0].Variables
	vars[len(vars)-1].Sealed = true
	s := setting(t, newWorld(t, state).one(t, byID()), "REF")
	if s.State != envtight.Unreadable || len(s.References) != 1 || s.References[0].Resolution != dangling {
		t.Errorf("state %v, references %+v", s.State, s.References)
	}
}

// A service without an instance in the environment is not there, whatever the
// project has elsewhere.
func TestReferenceToServiceElsewhere(t *testing.T) {
	state := referring("${{worker.QUEUE}}", railwayfake.ReferencePlain)
	state.Projects[0].Environments[0].Without = []string{"worker"}
	checkReference(t, setting(t, newWorld(t, state).one(t, byID()), "REF"), dangling, "no service worker in production")
}

// What is staged can be referred to.
func TestReferenceToStaged(t *testing.T) {
	state := referring("${{Postgres.COMING}}", railwayfake.ReferencePlain)
	state.Projects[0].Environments[0].Staged = []railwayfake.Staged{{Service: "Postgres", Name: "COMING", Value: "x"}}
	checkReference(t, setting(t, newWorld(t, state).one(t, byID()), "REF"), resolved, "")
}

// Two services of one name cannot be told apart.
func TestReferenceAmbiguous(t *testing.T) {
	state := referring("${{Postgres.GONE}}", railwayfake.ReferencePlain)
	state.Projects[0].Services = append(state.Projects[0].Services, railwayfake.Service{ID: railwayfake.ID("service", "second"), Name: "Postgres"})
	checkReference(t, setting(t, newWorld(t, state).one(t, byID()), "REF"), undecided, "")
}

// An identifier that is no service's may be that of anything.
func TestReferenceToIdentifier(t *testing.T) {
	for _, style := range []railwayfake.ReferenceStyle{railwayfake.ReferencePlain, railwayfake.ReferenceTemplate} {
		state := referring("${{"+railwayfake.ID("plugin", "redis")+".REDIS_URL}}", style)
		checkReference(t, setting(t, newWorld(t, state).one(t, byID()), "REF"), undecided, "")
	}
}

// Where not all buckets are known, an unknown name may be that of one.
func TestReferenceToManyBuckets(t *testing.T) {
	state := referring("${{Second.ENDPOINT}}", railwayfake.ReferencePlain)
	state.Projects[0].Buckets = []string{"Uploads", "More", "Second"}
	state.PageSize = 2
	checkReference(t, setting(t, newWorld(t, state).one(t, byID()), "REF"), undecided, "")
}
