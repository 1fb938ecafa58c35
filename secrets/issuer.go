package secrets

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// issuer is who gives out a kind of secret, and where it is taken out of force.
type issuer struct {
	// id is how IDs of rules begin.
	id string
	// name is how the issuer writes itself.
	name string
	// revoke is a page of the issuer's; empty when none is known that is the
	// same for all customers.
	revoke string
}

// issuers are those whose name is no plain capitalized word, or whose page is
// known, in the order of their IDs. An ID that begins with several of them belongs to the
// longest.
var issuers = []issuer{
	{"1password", "1Password", "https://my.1password.com/developer-tools/active"},
	{"age", "age", ""},
	{"airtable", "Airtable", "https://airtable.com/create/tokens"},
	{"algolia", "Algolia", "https://dashboard.algolia.com/account/api-keys"},
	{"anthropic", "Anthropic", "https://console.anthropic.com/settings/keys"},
	{"asana", "Asana", "https://app.asana.com/0/my-apps"},
	{"atlassian", "Atlassian", "https://id.atlassian.com/manage-profile/security/api-tokens"},
	{"aws", "AWS", "https://console.aws.amazon.com/iam/home#/security_credentials"},
	{"aws-amazon-bedrock", "Amazon Bedrock", "https://console.aws.amazon.com/bedrock/home#/api-keys"},
	{"azure-ad", "Microsoft Entra ID", "https://entra.microsoft.com"},
	{"clickhouse", "ClickHouse", ""},
	{"cloudflare", "Cloudflare", "https://dash.cloudflare.com/profile/api-tokens"},
	{"curl", "curl", ""},
	{"digitalocean", "DigitalOcean", "https://cloud.digitalocean.com/account/api/tokens"},
	{"discord", "Discord", "https://discord.com/developers/applications"},
	{"doppler", "Doppler", "https://dashboard.doppler.com"},
	{"droneci", "Drone CI", ""},
	{"easypost", "EasyPost", "https://www.easypost.com/account/api-keys"},
	{"facebook", "Facebook", "https://developers.facebook.com/apps"},
	{"flyio", "Fly.io", "https://fly.io/dashboard/personal/tokens"},
	{"frameio", "Frame.io", ""},
	{"freshbooks", "FreshBooks", ""},
	{"gcp", "Google Cloud", "https://console.cloud.google.com/apis/credentials"},
	{"generic", "generic", ""},
	{"github", "GitHub", "https://github.com/settings/tokens"},
	{"github-app", "GitHub App", "https://github.com/settings/installations"},
	{"gitlab", "GitLab", "https://gitlab.com/-/user_settings/personal_access_tokens"},
	{"gocardless", "GoCardless", "https://manage.gocardless.com/developers"},
	{"grafana", "Grafana", "https://grafana.com/orgs"},
	{"hashicorp-tf", "HashiCorp Terraform", "https://app.terraform.io/app/settings/tokens"},
	{"heroku", "Heroku", "https://dashboard.heroku.com/account/applications"},
	{"hubspot", "HubSpot", "https://app.hubspot.com/private-apps"},
	{"huggingface", "Hugging Face", "https://huggingface.co/settings/tokens"},
	{"intra42", "42 Intra", ""},
	{"jfrog", "JFrog", ""},
	{"jwt", "JSON web token", ""},
	{"kubernetes", "Kubernetes", ""},
	{"kucoin", "KuCoin", ""},
	{"launchdarkly", "LaunchDarkly", "https://app.launchdarkly.com/settings/authorization"},
	{"linear", "Linear", "https://linear.app/settings/account/security"},
	{"linkedin", "LinkedIn", "https://www.linkedin.com/developers/apps"},
	{"mailchimp", "Mailchimp", "https://admin.mailchimp.com/account/api/"},
	{"mailgun", "Mailgun", "https://app.mailgun.com/settings/api_security"},
	{"mapbox", "Mapbox", "https://console.mapbox.com/account/access-tokens/"},
	{"maxmind", "MaxMind", "https://www.maxmind.com/en/accounts/current/license-key"},
	{"messagebird", "MessageBird", ""},
	{"microsoft-teams", "Microsoft Teams", ""},
	{"netlify", "Netlify", "https://app.netlify.com/user/applications#personal-access-tokens"},
	{"new-relic", "New Relic", "https://one.newrelic.com/api-keys"},
	{"notion", "Notion", "https://www.notion.so/my-integrations"},
	{"npm", "npm", ""},
	{"nuget", "NuGet", "https://www.nuget.org/account/apikeys"},
	{"nytimes", "New York Times", "https://developer.nytimes.com/my-apps"},
	{"octopus-deploy", "Octopus Deploy", ""},
	{"openai", "OpenAI", "https://platform.openai.com/api-keys"},
	{"openshift", "OpenShift", ""},
	{"pkcs12", "PKCS #12", ""},
	{"plaid", "Plaid", "https://dashboard.plaid.com/developers/keys"},
	{"planetscale", "PlanetScale", "https://app.planetscale.com"},
	{"postman", "Postman", "https://go.postman.co/settings/me/api-keys"},
	{"private", "private", ""},
	{"privateai", "Private AI", ""},
	{"pulumi", "Pulumi", "https://app.pulumi.com/account/tokens"},
	{"pypi", "PyPI", ""},
	{"rapidapi", "RapidAPI", ""},
	{"readme", "ReadMe", ""},
	{"rubygems", "RubyGems", ""},
	{"sendgrid", "SendGrid", "https://app.sendgrid.com/settings/api_keys"},
	{"sendinblue", "Brevo", "https://app.brevo.com/settings/keys/api"},
	{"sentry", "Sentry", "https://sentry.io/settings/account/api/auth-tokens/"},
	{"settlemint", "SettleMint", ""},
	{"shopify", "Shopify", "https://partners.shopify.com"},
	{"slack", "Slack", "https://api.slack.com/apps"},
	{"snyk", "Snyk", "https://app.snyk.io/account"},
	{"stripe", "Stripe", "https://dashboard.stripe.com/apikeys"},
	{"sumologic", "Sumo Logic", ""},
	{"telegram", "Telegram", "https://t.me/BotFather"},
	{"travisci", "Travis CI", "https://app.travis-ci.com/account/preferences"},
	{"twilio", "Twilio", "https://console.twilio.com"},
	{"twitch", "Twitch", "https://dev.twitch.tv/console/apps"},
	{"twitter", "X (Twitter)", "https://developer.x.com/en/portal/dashboard"},
	{"vault", "HashiCorp Vault", ""},
	{"yandex", "Yandex", "https://console.yandex.cloud"},
	{"zendesk", "Zendesk", ""},
}

// issuerOf returns the issuer of a rule's secrets; nil when it is not known.
func issuerOf(id string) *issuer {
	for prefix := id; ; {
		i, ok := slices.BinarySearchFunc(issuers, prefix, func(known issuer, id string) int { return strings.Compare(known.id, id) })
		if ok {
			return &issuers[i]
		}
		end := strings.LastIndexByte(prefix, '-')
		if end < 0 {
			return nil
		}
		prefix = prefix[:end]
	}
}

// spelled are words of IDs that people write in another way.
var spelled = map[string]string{
	"api": "API", "id": "ID", "url": "URL", "oauth": "OAuth", "pat": "personal access token", "jwt": "JSON web token",
	"yaml": "YAML", "pub": "public", "ca": "CA", "cicd": "CI/CD", "scim": "SCIM", "aws": "AWS",
	"ptt": "pipeline trigger token", "rrt": "runner registration token", "personnal": "personal", "auth": "authentication",
}

// kind says in words what kind of secret a rule finds, as in "GitHub personal
// access token" for "github-pat".
func kind(id string) string {
	var out []string
	rest := id
	if known := issuerOf(id); known != nil {
		out = append(out, known.name)
		rest = strings.TrimPrefix(strings.TrimPrefix(id, known.id), "-")
	}
	for _, word := range strings.FieldsFunc(rest, func(r rune) bool { return r == '-' || r == '_' }) {
		if known, ok := spelled[word]; ok {
			word = known
		} else if len(out) == 0 {
			first, size := utf8.DecodeRuneInString(word)
			word = string(unicode.ToUpper(first)) + word[size:]
		}
		out = append(out, word)
	}
	out = slices.DeleteFunc(out, func(word string) bool { return word == "" })
	return strings.Join(out, " ")
}
