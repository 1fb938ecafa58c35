package naming

import (
	"strings"
	"testing"

	"github.com/envtight/envtight"
)

// TestProviderTable holds what the rules rely on: each fact has a source, no
// alias is somebody's own name, groups and renames lead to names of the table.
func TestProviderTable(t *testing.T) {
	x := indexOf()
	names := 0
	for _, p := range providers {
		if p.name == "" || p.source == "" || len(p.names) == 0 {
			t.Errorf("provider %q: incomplete", p.name)
		}
		for _, n := range p.names {
			names++
			if n.class == envtight.ClassUnknown {
				t.Errorf("%s has no class", n.name)
			}
			if x.owner[n.name].name != p.name {
				t.Errorf("%s belongs to %s and to %s", n.name, p.name, x.owner[n.name].name)
			}
			for _, alias := range n.aliases {
				if x.names[alias] != nil {
					t.Errorf("%s is both an alias and a name", alias)
				}
				if x.aliases[alias].name != n.name {
					t.Errorf("%s is an alias of two names", alias)
				}
			}
		}
		for _, g := range p.groups {
			if g.why == "" || len(g.needs) == 0 || !inTable(g.has) {
				t.Errorf("group of %s: incomplete", g.has)
			}
			for _, need := range g.needs {
				if !inTable(need) {
					t.Errorf("group of %s: nobody knows %s", g.has, need)
				}
			}
		}
		for _, c := range p.renames {
			if c.source == "" || c.sdk == "" || c.since.major == 0 || !inTable(c.from) || !inTable(c.to) {
				t.Errorf("rename of %s: incomplete", c.from)
			}
		}
	}
	if names < 120 {
		t.Errorf("the table has %d names only", names)
	}
}

// TestSeedNames: the names of the services that the first users have are their
// providers' own.
func TestSeedNames(t *testing.T) {
	x := indexOf()
	for _, name := range strings.Fields(`
		SENTRY_DSN NEXT_PUBLIC_SENTRY_DSN SENTRY_AUTH_TOKEN SENTRY_ORG SENTRY_PROJECT SENTRY_ENVIRONMENT
		ASTRA_DB_API_ENDPOINT ASTRA_DB_APPLICATION_TOKEN ASTRA_DB_KEYSPACE ASTRA_DB_ID ASTRA_DB_REGION
		AUTH0_DOMAIN AUTH0_CLIENT_ID AUTH0_CLIENT_SECRET AUTH0_SECRET APP_BASE_URL AUTH0_BASE_URL AUTH0_ISSUER_BASE_URL
		AUTH0_AUDIENCE AUTH0_API_AUDIENCE AUTH0_ISSUER AUTH0_ALGORITHMS
		R2_ACCOUNT_ID R2_ACCESS_KEY_ID R2_SECRET_ACCESS_KEY R2_BUCKET_NAME R2_BUCKET R2_ENDPOINT R2_ENDPOINT_URL
		AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3
		CLOUDFLARE_API_TOKEN CLOUDFLARE_ACCOUNT_ID CLOUDFLARE_API_KEY CLOUDFLARE_EMAIL CF_API_TOKEN CF_ACCOUNT_ID`) {
		if x.aliases[name] != nil || providerNameOf(name) == nil {
			t.Errorf("%s is not a provider's name", name)
		}
	}
}

func inTable(text string) bool { return providerNameOf(text) != nil }

func TestTablesAreSpelledRight(t *testing.T) {
	check := func(what string, words map[string]bool) {
		if len(words) == 0 {
			t.Errorf("%s is empty", what)
		}
		for w := range words {
			if w != strings.ToUpper(w) && !strings.HasSuffix(w, "_proxy") || !isSpelled(w) && !strings.HasSuffix(w, "_proxy") {
				t.Errorf("%s: %q", what, w)
			}
		}
	}
	check("runtimeNames", runtimeNames)
	check("commonWords", commonWords)
	for platform, names := range providedNames {
		check(platform, names)
	}
	for _, p := range publicPrefixes {
		if !strings.HasSuffix(p, "_") {
			t.Errorf("public prefix %q has no underscore at its end", p)
		}
	}
}

func TestLowestVersion(t *testing.T) {
	tests := []struct {
		constraint string
		want       version
		ok         bool
	}{
		{"^4.1.0", version{4, 1}, true},
		{"4", version{4, 0}, true},
		{"v4.2", version{4, 2}, true},
		{"~4.1", version{4, 1}, true},
		{">=3 <4", version{3, 0}, true},
		{">= 4.1, < 5", version{4, 1}, true},
		{">=3.0,<5", version{3, 0}, true},
		{"~=4.0", version{4, 0}, true},
		{"==4.2.*", version{4, 2}, true},
		{"4.x", version{4, 0}, true},
		{"^3.5 || ^4.0", version{3, 5}, true},
		{"3.0 - 4.0", version{3, 0}, true},
		{"5.0.0-beta.25", version{5, 0}, true},
		{"npm:@auth0/nextjs-auth0@^4.1", version{4, 1}, true},
		{"npm:next-auth@5", version{5, 0}, true},
		{"workspace:^4.0.0", version{4, 0}, true},
		{"=4.0.1", version{4, 0}, true},
		{"workspace:*", version{}, false},
		{"latest", version{}, false},
		{"beta", version{}, false},
		{"*", version{}, false},
		{"", version{}, false},
		{"<5", version{}, false},
		{"< 5", version{}, false},
		{"<=5", version{}, false},
		{"!=4.0", version{}, false},
		{"catalog:", version{}, false},
		{"catalog:auth", version{}, false},
		{"github:auth0/nextjs-auth0#v4", version{}, false},
		{"git+https://host/x.git#4.0", version{}, false},
		{"file:../sdk", version{}, false},
		{"x", version{}, false},
		{"^4 || latest", version{}, false},
		{"99999999999999999999", version{}, false},
	}
	for _, tt := range tests {
		got, ok := lowestVersion(tt.constraint)
		if got != tt.want || ok != tt.ok {
			t.Errorf("lowestVersion(%q) = %v, %v; want %v, %v", tt.constraint, got, ok, tt.want, tt.ok)
		}
	}
}

func TestOneEdit(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"STRIPE", "STRPE", true}, {"STRIPE", "STRIPEE", true}, {"STRIPE", "STRIPA", true}, {"STRIPE", "TSRIPE", true},
		{"STRIPE", "STRIEP", true}, {"STRIPE", "STRIPE", false}, {"STRIPE", "STRIP", true}, {"HOST", "PORT", false},
		{"STRIPE", "STRIPERS", false}, {"SECRET", "SERCET", true}, {"ABCD", "BADC", false}, {"", "", false},
	} {
		if oneEdit(tt.a, tt.b) != tt.want || oneEdit(tt.b, tt.a) != tt.want {
			t.Errorf("oneEdit(%q, %q) is not %v both ways", tt.a, tt.b, tt.want)
		}
	}
}
