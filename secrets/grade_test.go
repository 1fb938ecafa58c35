package secrets_test

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
)

func TestKindOf(t *testing.T) {
	for path, want := range map[string]secrets.Kind{
		"src/app.ts":                         0,
		".env":                               secrets.KindEnv,
		"apps/web/.env.production":           secrets.KindEnv,
		"examples/a/.env.example":            secrets.KindEnv | secrets.KindExample,
		"prod.env":                           secrets.KindEnv,
		"src/environment.ts":                 0,
		"internal/testdata/key.pem":          secrets.KindTest,
		"pkg/a_test.go":                      secrets.KindTest,
		"web/login.spec.tsx":                 secrets.KindTest,
		"web/__snapshots__/a.test.tsx.snap":  secrets.KindTest,
		"test_app.py":                        secrets.KindTest,
		"src/latest/contest.py":              0,
		"README.md":                          secrets.KindDocs,
		"docs/examples/config.yaml":          secrets.KindDocs | secrets.KindExample,
		"Vendor/github.com/a/b.go":           secrets.KindVendored,
		"web/node_modules/a/test/index.js":   secrets.KindVendored | secrets.KindTest,
		"test":                               0,
		"":                                   0,
		"tests/unit/.env.test":               secrets.KindEnv | secrets.KindTest,
		"docs_src/security/tutorial004.py":   secrets.KindExample,
		"a\\tests\\b.py":                     0, // paths have "/"
		"site/packages/third_party/a/b/c.js": secrets.KindVendored,
	} {
		if got := secrets.KindOf(path); got != want {
			t.Errorf("%q is %b, want %b", path, got, want)
		}
	}
}

func token(claims string) string {
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"HS256"}`)) + "." + part([]byte(claims)) + "." + part([]byte("signed by somebody"))
}

func TestGrade(t *testing.T) {
	strict := &secrets.Rule{ID: "x", Regex: `tok_([0-9a-f]{32})`}
	loose := &secrets.Rule{ID: "x", Regex: `password=(\S+)`}
	of := func(id string) *secrets.Rule { return &secrets.Rule{ID: id, Regex: strict.Regex} }
	random := "9f8e" + "7d6c5b4a3f2e1d0c9b8a7f6e5d4c"
	file := envtight.WholeFile
	tests := []struct {
		name   string
		rule   *secrets.Rule
		secret string
		at     envtight.Location
		want   envtight.Grade
	}{
		{"form of its own", strict, random, file("src/a.ts"), envtight.Certain},
		{"any form", loose, random, file("src/a.ts"), envtight.Likely},
		{"generic", of("generic-api-key"), random, file("src/a.ts"), envtight.Likely},
		{"in a test", strict, random, file("src/a.test.ts"), envtight.Sample},
		{"form of its own in documentation", strict, random, file("README.md"), envtight.Likely},
		{"any form in documentation", loose, random, file("README.md"), envtight.Sample},
		{"made up in documentation", strict, "tok_" + "1234567890", file("README.md"), envtight.Sample},
		{"in an example of an env file", strict, random, file("examples/.env.example"), envtight.Certain},
		{"in an archive", strict, random, envtight.Location{Kind: envtight.AtMember, Path: "a.zip", Member: "b.tgz!tests/a.py"}, envtight.Sample},
		{"of AWS's documentation", strict, "AKIA" + "IOSFODNN7EXAMPLE", file("a"), envtight.Sample},
		{"made up", loose, "your-password", file("a"), envtight.Sample},
		{"made up of x", loose, "sk-xxxxxxxxxxxx", file("a"), envtight.Sample},
		{"between brackets", loose, "<password>", file("a"), envtight.Sample},
		{"test key", strict, "sk" + "_test_" + random, file("a"), envtight.Sample},
		{"word inside of another", loose, "bexampled7", file("a"), envtight.Likely},
		{"for browsers", of("mapbox-api-token"), random, file("a"), envtight.Public},
		{"name of a client", of("discord-client-id"), random, file("a"), envtight.Public},
		{"for browsers, by its role", of("jwt"), token(`{"role":"anon"}`), file("tests/a"), envtight.Public},
		{"for servers, by its role", of("jwt"), token(`{"role":"service_role"}`), file("a"), envtight.Certain},
		{"of jwt.io", of("jwt"), token(`{"sub":"1234567890"}`), file("a"), envtight.Sample},
		{"no web token", of("jwt"), "eyJ.e30.x", file("a"), envtight.Certain},
		{"claims of odd types", of("jwt"), token(`{"sub":[],"role":{}}`), file("a"), envtight.Certain},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := secrets.Match{Rule: tt.rule, Secret: envtight.NewSecret(tt.secret)}
			if got := secrets.Grade(m, tt.at); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// TestCertain holds which forms leave open enough bits that a hash of the secret
// tells nothing.
func TestCertain(t *testing.T) {
	for expression, want := range map[string]bool{
		`[0-9a-f]{24}`:                         true,
		`[0-9a-f]{23}`:                         false,
		`(?i)[a-z0-9]{19}`:                     true,
		`(?i)[a-z0-9]{18}`:                     false, // not 62 letters and digits
		`[A-Za-z0-9]{18}`:                      false,
		`[A-Za-z0-9]{8,40}`:                    false,
		`k=([0-9a-f]{32})`:                     true,
		`[0-9a-f]{32}=(\w+)`:                   false,
		`([0-9a-f]{32})|k=(\S{32})`:            false,
		`(?:[0-9a-f]{32}|[0-9a-z]{5})`:         false,
		`(?:[0-9a-f]{8}-){4}`:                  true,
		`(?:[0-9a-f]{32})?`:                    false,
		`(?:[0-9a-f]{32})+`:                    true,
		`-----BEGIN KEY-----[\s\S]{64,}?-----`: false,
		`a{64}`:                                false,
	} {
		if !regexp.MustCompile("^"+expression).MatchString("") && want != certain(expression) {
			t.Errorf("%s: not %t", expression, want)
		}
	}
}

func certain(expression string) bool {
	m := secrets.Match{Rule: &secrets.Rule{ID: "x", Regex: expression}, Secret: envtight.NewSecret("zq")}
	return secrets.Grade(m, envtight.Location{}) == envtight.Certain
}

func TestFingerprints(t *testing.T) {
	strict := secrets.Rule{ID: "strict", Regex: `tok_([0-9a-f]{32})`}
	loose := secrets.Rule{ID: "loose", Regex: `password=(\S+)`}
	d := detector(t, strict, loose)
	of := func(text string) []string {
		return d.Fingerprints([]byte(text), d.Detect(secrets.File{}, []byte(text)))
	}
	one := "tok_" + strings.Repeat("0a1b", 8)
	other := "tok_" + strings.Repeat("2c3d", 8)
	same := func(name, a, b string, want bool) {
		t.Helper()
		x, y := of(a), of(b)
		if len(x) == 0 || len(x[0]) != 64 {
			t.Fatalf("%s: %d fingerprints", name, len(x))
		}
		if got := slices.Equal(x, y); got != want {
			t.Errorf("%s: the same is %t", name, got)
		}
	}
	same("moved and indented", "a: "+one+"\n", "x\n\n   a: "+one+"\r\n", true)
	same("another secret of a strict form", "a: "+one, "a: "+other, false)
	same("another secret of a loose form", "password=alpha9", "password=beta", true)
	same("another line", "a: "+one, "b: "+one, false)
	same("another rule", "password="+one, "password=x", false)
	same("what else is secret on the line", "password=alpha9 "+one, "password=gamma "+one, true)
	same("longer on a long line", strings.Repeat("y", 5000)+" password=a", strings.Repeat("z", 5001)+" password=a", true)

	twice := of("password=a\npassword=b\n" + one + " " + one)
	if len(twice) != 4 || len(slices.Compact(slices.Sorted(slices.Values(twice)))) != 4 {
		t.Errorf("matches that are alike have the same fingerprint")
	}
	if diff := cmp.Diff(of("password=a\npassword=c\n")[:2], twice[:2]); diff != "" {
		t.Error("matches that are alike are not told apart by their order")
	}
	wide := "\xff\xfep\x00a\x00s\x00s\x00w\x00o\x00r\x00d\x00=\x00%\x00"
	same("UTF-16", strings.ReplaceAll(wide, "%", "a"), strings.ReplaceAll(wide, "%", "b"), true)
}
