package naming

import (
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

var publicSecret = &rule{
	Rule: envtight.Rule{
		ID: "naming/public-secret", Title: "Public prefix on a name that speaks of a secret", Default: envtight.Error, Since: "0.1",
		Doc: "What begins with `NEXT_PUBLIC_`, `VITE_` and the like is copied into the code that every visitor downloads. The " +
			"finding is an error where the provider says that the value is secret (`VITE_STRIPE_SECRET_KEY`), a warning where " +
			"the name says so (`..._PASSWORD`, `..._SECRET`), and info for a `..._TOKEN` nothing is known of.\n\n" +
			"Many keys are made to be public, and are left alone: publishable, anonymous and site keys, keys of maps, search, " +
			"analytics and Firebase, Sentry DSNs. A secret that was ever built into a page has to be rotated; a rename " +
			"alone does not bring it back.",
		Examples: []envtight.Example{
			{
				Files: "-- .env.example --\nNEXT_PUBLIC_STRIPE_SECRET_KEY=\nVITE_ADMIN_PASSWORD=\nNEXT_PUBLIC_FEED_TOKEN=\n",
				Want: ".env.example:1:1: NEXT_PUBLIC_STRIPE_SECRET_KEY goes to every browser, and STRIPE_SECRET_KEY is a secret of Stripe\n" +
					".env.example:2:1: VITE_ADMIN_PASSWORD goes to every browser, and its name speaks of a secret (PASSWORD)\n" +
					".env.example:3:1: NEXT_PUBLIC_FEED_TOKEN goes to every browser, and its name speaks of a secret (TOKEN)",
			},
			{
				Title: "keys that are made to be public",
				Files: "-- .env.example --\nNEXT_PUBLIC_SUPABASE_ANON_KEY=\nNEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY=\nVITE_RECAPTCHA_SITE_KEY=\n" +
					"NEXT_PUBLIC_MAPBOX_TOKEN=\nNEXT_PUBLIC_POSTHOG_KEY=\nNEXT_PUBLIC_PASSWORD_MIN_LENGTH=\n",
			},
		},
	},
	check: checkPublicSecret,
}

// openTokens are parts of names of tokens and keys that browsers are made to see,
// as the providers of maps, search, content delivery, analytics and captchas hand
// out a public one beside the secret one (docs.mapbox.com: public tokens;
// algolia.com/doc: search-only keys; contentful.com/developers/docs: delivery
// tokens; shopify.dev: public storefront tokens; launchdarkly.com/docs: client-side
// IDs; docs.datadoghq.com: client tokens). They only keep a guess from being made.
var openTokens = []string{
	"MAPBOX", "ALGOLIA", "CONTENTFUL", "MIXPANEL", "AMPLITUDE", "SEGMENT", "LAUNCHDARKLY", "DATADOG_CLIENT", "DD_CLIENT",
	"CESIUM", "SHOPIFY_STOREFRONT", "STOREFRONT", "POSTHOG", "LOGROCKET", "FIREBASE", "TYPEKIT", "ROLLBAR_CLIENT", "CLOUDFLARE_ANALYTICS",
	"CLOUDFLARE_BEACON", "OPENPANEL", "WALLETCONNECT", "HCAPTCHA", "TURNSTILE", "RECAPTCHA", "TINYBIRD_TRACKER", "CANNY", "PADDLE_CLIENT",
}

func checkPublicSecret(j *judge) {
	for _, n := range j.names {
		if n.public == "" || j.allowed(n.text) {
			continue
		}
		why, severity := secretBehind(n.rest)
		if why == "" {
			continue
		}
		d := envtight.Diagnostic{
			Severity: severity, Grade: envtight.Likely,
			Message: fmt.Sprintf("%s goes to every browser, and %s", show(n.text), why),
			Advice:  fmt.Sprintf("read it on the server only, as %s; if it was ever deployed under this name, rotate it at its provider", show(n.rest)),
		}
		for _, s := range j.spots(n, func(v *envtight.Variable) bool { return chosen(v) || v.Surface == envtight.OnDockerfile }) {
			j.report(n, s, d)
			j.claim(n, s)
		}
	}
}

// secretBehind says why a name without its public prefix is that of a secret,
// and how sure that is; "" when it is not.
func secretBehind(rest string) (why string, severity envtight.Severity) {
	x := indexOf()
	if n := x.names[rest]; n != nil {
		if n.class == envtight.ClassSecret {
			return fmt.Sprintf("%s is a secret of %s", rest, x.owner[rest].name), envtight.Error
		}
		return "", envtight.Off
	}
	if n := x.aliases[rest]; n != nil && n.class == envtight.ClassSecret {
		return fmt.Sprintf("%s is a secret of %s", n.name, x.owner[rest].name), envtight.Error
	}
	words := withoutVariant(SplitWords(rest))
	if len(words) == 0 {
		return "", envtight.Off
	}
	if word := plainSecret(words); word != "" {
		return "its name speaks of a secret (" + word + ")", envtight.Warning
	}
	last := words[len(words)-1]
	if (last == "TOKEN" || last == "JWT") && !slices.ContainsFunc(openTokens, func(p string) bool { return strings.Contains(rest, p) }) &&
		!slices.ContainsFunc(words, func(w string) bool {
			return openKeys[w] || w == "CLIENT" || w == "SEARCH" || w == "MAP" || w == "MAPS" || w == "READ"
		}) {
		return "its name speaks of a secret (" + last + ")", envtight.Info
	}
	return "", envtight.Off
}
