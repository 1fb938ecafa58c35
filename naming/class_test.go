package naming_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/naming"
)

func TestClass(t *testing.T) {
	tests := map[envtight.Class][]string{
		envtight.ClassSecret: {
			"STRIPE_SECRET_KEY", "OPENAI_API_KEY", "JWT_SECRET", "DB_PASSWORD", "SMTP_PASS", "GITHUB_TOKEN", "ENCRYPTION_KEY",
			"DATABASE_URL", "DATABASE_URL_UNPOOLED", "TEST_DATABASE_URL", "REDIS_URL", "MONGODB_URI", "SLACK_WEBHOOK_URL",
			"AWS_SECRET_ACCESS_KEY", "SUPABASE_SERVICE_ROLE_KEY", "GOOGLE_APPLICATION_CREDENTIALS_JSON_SECRET", "STRIPE_SECRET_KEY_TEST",
			"NEXT_PUBLIC_STRIPE_SECRET_KEY", "VITE_ADMIN_PASSWORD", "SIGNING_KEY_2", "apiKey", "dbPassword",
		},
		envtight.ClassPublic: {
			"NEXT_PUBLIC_APP_URL", "VITE_API_URL", "NEXT_PUBLIC_SUPABASE_ANON_KEY", "SUPABASE_ANON_KEY", "SENTRY_DSN",
			"NEXT_PUBLIC_SENTRY_DSN", "STRIPE_PUBLISHABLE_KEY", "TURNSTILE_SITE_KEY", "NEXT_PUBLIC_MAPBOX_TOKEN", "JWT_PUBLIC_KEY",
			"NEXT_PUBLIC_VERCEL_URL", "NEXT_PUBLIC_PASSWORD_MIN_LENGTH", "EXPO_PUBLIC_API_KEY",
		},
		envtight.ClassConfig: {
			"AWS_ACCESS_KEY_ID", "AWS_REGION", "SMTP_HOST", "SMTP_PORT", "ENABLE_PASSWORD", "PASSWORD_MIN_LENGTH", "TOKEN_TTL",
			"SECRET_NAME", "JWT_ALGORITHM", "GOOGLE_CLIENT_ID", "API_URL", "MAX_TOKENS", "AUTH0_DOMAIN", "TOKEN_URL", "CORS_ORIGINS",
		},
		envtight.ClassUnknown: {"", "___", "FOO", "CACHE_KEY", "SORT_KEY", "é"},
	}
	for want, names := range tests {
		for _, name := range names {
			if got := naming.Class(name); got != want {
				t.Errorf("Class(%q) = %s (%s), want %s", name, got, naming.ClassReason(name), want)
			}
			if told := naming.ClassReason(name) != ""; told != (want != envtight.ClassUnknown) {
				t.Errorf("ClassReason(%q) = %q", name, naming.ClassReason(name))
			}
		}
	}
}

func TestSplitWords(t *testing.T) {
	for name, want := range map[string]string{
		"DATABASE_URL":   "DATABASE URL",
		"databaseUrl":    "DATABASE URL",
		"DatabaseURL":    "DATABASE URL",
		"APIKeys":        "API KEYS",
		"DB_EMAIl":       "DB EMAIL",
		"R2_BUCKET":      "R2 BUCKET",
		"auth0Domain":    "AUTH0 DOMAIN",
		"2FA_ISSUER":     "2FA ISSUER",
		"a.b-c d":        "A B C D",
		"__X__":          "X",
		"S3Bucket":       "S3 BUCKET",
		"oauth2ClientID": "OAUTH2 CLIENT ID",
		"":               "",
		"ÄÖ":             "",
	} {
		if got := strings.Join(naming.SplitWords(name), " "); got != want {
			t.Errorf("SplitWords(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestPublicPrefixes(t *testing.T) {
	first := naming.PublicPrefixes()
	if !slices.Contains(first, "NEXT_PUBLIC_") || !slices.Contains(first, "EXPO_PUBLIC_") {
		t.Errorf("prefixes are missing: %v", first)
	}
	first[0] = "changed"
	if diff := cmp.Diff(false, slices.Contains(naming.PublicPrefixes(), "changed")); diff != "" {
		t.Error("the slice is shared between callers")
	}
}
