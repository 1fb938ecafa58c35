package gitleaks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/gitleaks"
)

func detector(t testing.TB) *secrets.Detector {
	t.Helper()
	rules, err := gitleaks.Default()
	if err != nil {
		t.Fatal(err)
	}
	d, err := secrets.NewDetector(rules)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDefault fails when a gitleaks release changes its format under us: rules
// that silently vanish would show secrets.
func TestDefault(t *testing.T) {
	rules, err := gitleaks.Default()
	if err != nil {
		t.Fatal(err)
	}
	if len(rules.Rules) < 222 {
		t.Errorf("there are %d rules, want at least the 222 of v8.30.1", len(rules.Rules))
	}
	count := map[string]int{}
	for _, r := range rules.Rules {
		for what, has := range map[string]bool{
			"description": r.Description != "", "regex": r.Regex != "", "keywords": len(r.Keywords) > 0,
			"entropy": r.Entropy > 0, "path": r.Path != "", "group": r.SecretGroup > 0, "placeholders": len(r.Allow) > 0,
		} {
			if has {
				count[what]++
			}
		}
	}
	for what, least := range map[string]int{
		"description": 222, "regex": 221, "keywords": 221, "entropy": 130, "path": 5, "group": 1, "placeholders": 7,
	} {
		if count[what] < least {
			t.Errorf("%d rules have %s, want at least %d", count[what], what, least)
		}
	}
	if err := detector(t).Compile(); err != nil {
		t.Error(err)
	}
}

// TestTokens holds the shapes of tokens, joined from halves so that no scanner
// takes this file for a leak.
func TestTokens(t *testing.T) {
	d := detector(t)
	alphabet := "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0fRxLuGiOoSnDeA"
	tests := []struct{ rule, before, token, after string }{
		{"aws-access-token", "AWS_ACCESS_KEY_ID=", "AK" + "IA" + "Z7Q2YX5MVTR4WPLK", "\n"},
		{"github-pat", "git clone https://", "gh" + "p_" + alphabet[:36], "@host/x\n"},
		{"stripe-access-token", "key: '", "sk" + "_live_" + alphabet[:24], "'\n"},
		{"slack-bot-token", "", "xo" + "xb-" + "123456789012-123456789012-" + alphabet[:24], "\n"},
		{"vault-service-token", "VAULT_TOKEN=", "hv" + "s." + alphabet + alphabet + alphabet[:8], "\n"},
		{"private-key", "cert:\n", "-----BEGIN RSA " + "PRIVATE KEY-----\n" + alphabet + alphabet + "\n-----END RSA " + "PRIVATE KEY-----", "\n"},
		{"generic-api-key", "DB_PASSWORD=", "k3yb0ard" + "-c4t-9q", "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			text := []byte("PORT=80\n" + tt.before + tt.token + tt.after)
			start := strings.Index(string(text), tt.token)
			covered := make([]bool, len(text))
			for _, s := range d.Spans(text) {
				for i := s.Start; i < s.End; i++ {
					covered[i] = true
				}
			}
			if slices.Contains(covered[start:start+len(tt.token)], false) {
				t.Error("a part of the token stays visible")
			}
			// Of a URL all that has no blank in it may be hidden with the token.
			if word := strings.LastIndexAny(string(text[:start]), " =\n'") + 1; slices.Contains(covered[:word], true) {
				t.Error("more than the token is hidden")
			}
			found := slices.ContainsFunc(d.Detect(secrets.File{}, text), func(m secrets.Match) bool { return m.Rule.ID == tt.rule })
			if !found {
				t.Errorf("the rule does not match: %+v", d.Detect(secrets.File{}, text))
			}
		})
	}
}

// TestOrdinaryLines holds lines as they stand in real repositories. They hold
// no secret, and a reader of a finding needs to see them.
func TestOrdinaryLines(t *testing.T) {
	lines := `
DATABASE_URL=postgresql://postgres:postgres@localhost:5432/app
NEXT_PUBLIC_API_URL=http://localhost:3000
STRIPE_SECRET_KEY=
OPENAI_API_KEY=your-openai-api-key
NEXTAUTH_SECRET="generate-one-with-openssl"
# R2_ACCESS_KEY_ID= # from the dashboard of the bucket
SENTRY_AUTH_TOKEN=<your token>
ACCESS_TOKEN_EXPIRE_MINUTES=30
S3_BUCKET_NAME=my-bucket
CLERK_WEBHOOK_SECRET="whsec_..."
const apiKey = process.env.STRIPE_API_KEY;
const key = process.env.R2_ACCESS_KEY_ID!;
secretAccessKey: process.env.R2_SECRET_ACCESS_KEY ?? "",
api_key = os.environ["AUTH0_CLIENT_SECRET"]
auth_token: str = settings.AUTH0_TOKEN_2
accessKeyId: env.S3_ACCESS_KEY_1,
  api-key: ${{ secrets.VERCEL_TOKEN }}
"env": ["AUTH_SECRET", "AUTH0_CLIENT_ID", "API_KEY_2"],
      token_env = { dev = "RAILWAY_TOKEN_DEV", prod = "RAILWAY_TOKEN_PROD" }
TOKEN_KEY: R2_ACCESS_KEY_ID
ENV AUTH_TOKEN=$AUTH_TOKEN
`
	d := detector(t)
	for line := range strings.Lines(lines) {
		if spans := d.Spans([]byte(line)); len(spans) > 0 {
			t.Errorf("%q is hidden in %q", spans[0].Of([]byte(line)), line)
		}
	}
	for _, span := range d.Spans([]byte(lines)) {
		t.Errorf("%q is hidden in the whole text", span.Of([]byte(lines)))
	}
}

// TestEmptyAssignments holds a whole example file, in which a generic rule sees
// a key and, after the line break, its "secret".
func TestEmptyAssignments(t *testing.T) {
	text := `ASTRA_DB_API_ENDPOINT=
ASTRA_DB_APPLICATION_TOKEN=
ASTRA_DB_KEYSPACE=default_keyspace

R2_ACCOUNT_ID=
R2_ACCESS_KEY_ID=
R2_SECRET_ACCESS_KEY=
R2_BUCKET_NAME=pictures2
STRIPE_SECRET_KEY=
STRIPE_WEBHOOK_SECRET_2=
export AUTH0_SECRET=
  API_TOKEN: ""
  OTHER_KEY_2: x
`
	for _, span := range detector(t).Spans([]byte(text)) {
		t.Errorf("%q is hidden", span.Of([]byte(text)))
	}
	leak := "k3yb0ard" + "-c4t-9q"
	text += "API_KEY=\nAPI_SECRET=" + leak + "\n"
	spans := detector(t).Spans([]byte(text))
	if len(spans) != 1 || string(spans[0].Of([]byte(text))) != leak {
		t.Errorf("%d spans are hidden, want the one secret", len(spans))
	}
}

// TestSameWithoutKeywords shows that the keywords only save time: with them
// gone, nothing else is found in texts that hold them.
func TestSameWithoutKeywords(t *testing.T) {
	rules, err := gitleaks.Default()
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("stripe: sk" + "_test_" + strings.Repeat("aB3", 8) + "\nAPI_TOKEN=" + strings.Repeat("x9", 12) + "\n")
	want := detector(t).Detect(secrets.File{}, text)
	rules.Rules = slices.DeleteFunc(rules.Rules, func(r secrets.Rule) bool {
		return !slices.ContainsFunc(r.Keywords, func(k string) bool { return strings.Contains(strings.ToLower(string(text)), k) })
	})
	for i := range rules.Rules {
		rules.Rules[i].Keywords = nil
	}
	d, err := secrets.NewDetector(rules)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, d.Detect(secrets.File{}, text), cmpopts.IgnoreFields(secrets.Match{}, "Rule")); diff != "" || len(want) == 0 {
		t.Errorf("%d matches; %s", len(want), diff)
	}
}

// BenchmarkFirstFile is what a run pays for masking at all: parse the rules,
// make a detector, mask one small file.
func BenchmarkFirstFile(b *testing.B) {
	text := []byte("DATABASE_URL=\nSTRIPE_SECRET_KEY=\nNEXT_PUBLIC_API_URL=\n")
	for b.Loop() {
		detector(b).Spans(text)
	}
}

// BenchmarkSpans masks 100 KB that hold no keyword but common ones.
func BenchmarkSpans(b *testing.B) {
	d := detector(b)
	text := []byte(strings.Repeat("NEXT_PUBLIC_API_URL=http://localhost:3000\nPORT=3000\n", 1900))
	d.Spans(text)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		d.Spans(text)
	}
}
