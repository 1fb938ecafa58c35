package naming

import (
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

// Class says what kind of value a variable of this name holds, as far as a name
// can tell. What a provider says of its own names comes first; then a public
// prefix, unless the rest of the name speaks of a secret beyond doubt; then the
// words at the end of the name.
func Class(name string) envtight.Class {
	class, _ := classify(name)
	return class
}

// ClassReason says in a few words why [Class] answers as it does, as in "its
// name ends in SECRET"; it is empty when the name tells nothing.
func ClassReason(name string) string {
	_, reason := classify(name)
	return reason
}

func classify(text string) (envtight.Class, string) {
	if n := providerNameOf(text); n != nil {
		rest, prefix := cutPublic(text)
		if prefix == "" || rest != n.name || n.class == envtight.ClassSecret {
			return n.class, indexOf().owner[n.name].name + " says so of " + n.name
		}
		return envtight.ClassPublic, "its prefix " + prefix + " makes it public"
	}
	rest, prefix := cutPublic(text)
	words := SplitWords(rest)
	if len(words) == 0 {
		return envtight.ClassUnknown, ""
	}
	if prefix != "" {
		if word := plainSecret(words); word != "" {
			return envtight.ClassSecret, "its name speaks of a secret (" + word + ")"
		}
		return envtight.ClassPublic, "its prefix " + prefix + " makes it public"
	}
	return classifyWords(words)
}

func classifyWords(words []string) (envtight.Class, string) {
	words = withoutVariant(words)
	last := words[len(words)-1]
	before := ""
	if len(words) > 1 {
		before = words[len(words)-2]
	}
	switch {
	case switchWords[words[0]], configEndings[last]:
		return envtight.ClassConfig, "its name is that of a setting"
	case secretEndings[last]:
		return envtight.ClassSecret, "its name ends in " + last
	case last == "KEY" && openKeys[before]:
		return envtight.ClassPublic, "its name ends in " + before + "_KEY"
	case last == "KEY" && !lookupKeys[before]:
		return envtight.ClassSecret, "its name ends in KEY"
	case (last == "URL" || last == "URI" || last == "DSN") && slices.ContainsFunc(words, func(w string) bool { return connectionWords[w] }):
		return envtight.ClassSecret, "such an address holds a password"
	case last == "URL" && before == "WEBHOOK":
		return envtight.ClassSecret, "whoever knows a webhook's address can use it"
	case addressEndings[last]:
		return envtight.ClassConfig, "its name is that of a setting"
	}
	return envtight.ClassUnknown, ""
}

// withoutVariant drops what only tells one of several from the others at the
// end of a name: an environment, a kind of connection, a number.
func withoutVariant(words []string) []string {
	for len(words) > 1 {
		last := words[len(words)-1]
		if !variantWords[last] && strings.Trim(last, "0123456789") != "" {
			break
		}
		words = words[:len(words)-1]
	}
	return words
}

// plainSecret returns the word by which a name speaks of something that must
// never be public, or "". It is stricter than [Class]: many keys and tokens are
// made to be public.
func plainSecret(words []string) string {
	if switchWords[words[0]] || configEndings[words[len(words)-1]] || addressEndings[words[len(words)-1]] {
		return ""
	}
	for i, w := range words {
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		switch {
		case w == "CREDENTIALS" && i > 0 && words[i-1] == "DEFAULT":
			return "" // where to take them from, not what they are
		case plainSecretWords[w]:
			return w
		case w == "PRIVATE" && (next == "KEY" || next == "TOKEN"), w == "SERVICE" && next == "ROLE", w == "MASTER" && next == "KEY", w == "ENCRYPTION" && next == "KEY", w == "SIGNING" && next == "KEY":
			return w + "_" + next
		}
	}
	return ""
}

var (
	secretEndings = set(`SECRET SECRETS PASSWORD PASSWD PASS PWD PASSPHRASE TOKEN JWT CREDENTIALS CREDENTIAL CREDS
		SALT PEPPER PAT APIKEY PASSCODE`)
	plainSecretWords = set(`SECRET SECRETS PASSWORD PASSWD PASSPHRASE CREDENTIALS`)
	// switchWords begin the names of switches and of rules about secrets.
	switchWords = set(`ENABLE DISABLE USE IS HAS ALLOW SHOW HIDE REQUIRE SKIP MAX MIN FORCE`)
	// configEndings are about something, even about a secret, and never one.
	configEndings = set(`ENABLED DISABLED REQUIRED LENGTH TTL EXPIRY EXPIRES EXPIRATION LIFETIME MINUTES SECONDS HOURS DAYS
		TIMEOUT COUNT LIMIT SIZE POLICY HEADER NAME FILE PATH DIR ARN ALGORITHM ALG ISSUER AUDIENCE TYPE FORMAT VERSION
		PREFIX SUFFIX FIELD COLUMN EMAIL USERNAME USER LEVEL MODE REGION BUCKET HOST PORT DOMAIN ENV ENVIRONMENT TOKENS`)
	addressEndings = set(`URL URI ENDPOINT ORIGIN ORIGINS ID SID LOCATION ZONE`)
	// openKeys stand before KEY in names of keys that are made to be seen.
	openKeys = set(`PUBLIC PUBLISHABLE ANON SITE PUB`)
	// lookupKeys stand before KEY where a key finds something instead of opening it.
	lookupKeys = set(`CACHE PRIMARY SORT PARTITION FOREIGN IDEMPOTENCY OBJECT S3 ROUTING SORTING HOT STORAGE COOKIE`)
	// connectionWords stand in names of addresses that hold a password.
	connectionWords = set(`DATABASE DB POSTGRES POSTGRESQL MYSQL MARIADB MONGO MONGODB REDIS AMQP RABBITMQ CLOUDAMQP NEON DIRECT POOLER CELERY BROKER VALKEY CLICKHOUSE`)
	variantWords    = set(`DEV DEVELOPMENT STAGING PROD PRODUCTION PREVIEW TEST TESTING LOCAL SANDBOX LIVE CI E2E
		POOLED UNPOOLED POOLING NON REPLICA`)
)
