package workspace

import (
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/internal/lazyregexp"
)

// looked is what an env file holds, without its values.
type looked struct {
	values       int // assignments with a value
	secrets      []suspect
	placeholders []string // names of secrets whose values are placeholders
	encrypted    bool     // dotenvx made it to be committed
}

type suspect struct {
	name string
	key  envtight.Span
}

func (l looked) names() []string {
	var out []string
	for _, s := range l.secrets {
		out = append(out, s.name)
	}
	return out
}

// look finds the assignments of an env file that look like secrets.
func look(text []byte) looked {
	file := dotenv.Parse(text)
	var out looked
	for i := range file.Entries() {
		e := &file.Entries()[i]
		if e.Kind != dotenv.Assignment {
			continue
		}
		if strings.HasPrefix(e.Name, "DOTENV_PUBLIC_KEY") {
			out.encrypted = true
		}
		value := strings.TrimSpace(file.Reveal(e.Inner))
		if value == "" {
			continue
		}
		out.values++
		switch {
		case credentialURL(value):
			out.secrets = append(out.secrets, suspect{e.Name, e.Key})
		case !secretName(e.Name):
		case placeholder(value):
			if !slices.Contains(out.placeholders, e.Name) {
				out.placeholders = append(out.placeholders, e.Name)
			}
		default:
			out.secrets = append(out.secrets, suspect{e.Name, e.Key})
		}
	}
	if out.encrypted && len(out.secrets) > 0 {
		out.encrypted = false // something was added in clear
	}
	return out
}

// secretWords end the names of secrets.
var secretWords = set("SECRET", "SECRETS", "PASSWORD", "PASSWD", "PASS", "PWD", "PASSPHRASE", "TOKEN", "APIKEY", "KEY", "KEYS",
	"CREDENTIAL", "CREDENTIALS", "SALT", "PEPPER", "PAT")

// publicPrefixes begin the names that build tools hand to browsers.
var publicPrefixes = []string{"NEXT_PUBLIC_", "VITE_", "PUBLIC_", "NUXT_PUBLIC_", "REACT_APP_", "EXPO_PUBLIC_", "GATSBY_", "VUE_APP_"}

// publicWords stand in the names of keys that are meant to be known.
var publicWords = set("PUBLIC", "PUBLISHABLE", "ANON", "SITE", "SITEKEY", "MEASUREMENT", "POSTHOG", "MAPBOX", "CACHE", "PRIMARY", "SORT", "PARTITION")

// secretName reports whether a name ends like that of a secret and does not say
// that it is public.
func secretName(name string) bool {
	upper := strings.ToUpper(name)
	if slices.ContainsFunc(publicPrefixes, func(prefix string) bool { return strings.HasPrefix(upper, prefix) }) {
		return false
	}
	words := strings.FieldsFunc(upper, func(r rune) bool { return r == '_' || r == '-' || r == '.' })
	if len(words) == 0 || !secretWords[words[len(words)-1]] {
		return false
	}
	return !slices.ContainsFunc(words, func(word string) bool { return publicWords[word] })
}

// fillIns are words that stand for a value still to be given, and values that
// everybody uses on their own machine.
var fillIns = set("changeme", "changethis", "change", "replace", "replaceme", "your", "yours", "example", "placeholder", "xxx", "xxxx", "todo",
	"dummy", "fake", "sample", "insert", "test", "testing", "dev", "development", "local", "localhost", "secret", "supersecret", "password", "passwd",
	"pass", "postgres", "admin", "root", "minio", "minioadmin", "user", "guest", "none", "null", "undefined", "true", "false", "default", "redacted",
	"mysecret", "mypassword", "app", "token", "key", "fixme", "tbd", "notset", "unset", "redis", "mysql", "langfuse", "rabbitmq", "demo", "foo", "bar")

// fillIn matches what marks a placeholder wherever it stands.
var fillIn = lazyregexp.New(`(?i)change.?me|change.?this|replace.?me|replace.?with|your[-_ ]|placeholder|example|insert[-_ ]|<[^>]*>|\.\.\.|x{4,}|\*{3,}|0{8,}|1234567|abcdef|generate`)

// reference matches values that say where the secret is, or that nobody can read
// without a key.
var reference = lazyregexp.New(`^(op://|vault:|encrypted:|\$\{?[A-Za-z_]|\$\(|aws-sm|ref\+|infisical|doppler|bws:|ENC\[|age1|http://localhost|https?://[^@]*$)`)

var words = lazyregexp.New(`[A-Za-z]+`)

// placeholder reports whether a value stands for a secret without being one, or
// is too weak to be one.
func placeholder(value string) bool {
	if len(value) < 6 || reference().MatchString(value) || fillIn().MatchString(value) || strings.Trim(value, value[:1]) == "" {
		return true
	}
	found := words().FindAllString(value, -1)
	if len(found) == 0 {
		return strings.Trim(value, "0123456789.:,-_/ ") == "" && len(value) < 12
	}
	if slices.ContainsFunc(found, func(word string) bool { return fillIns[strings.ToLower(word)] && len(found) < 5 }) {
		return true
	}
	// Plain words ("not a secret yet") are for people.
	return !strings.ContainsAny(value, "0123456789") && len(found) >= 3 && strings.Contains(value, " ")
}

// LooksReal reports whether a value may open something: it is no placeholder, no
// reference to where the secret is, nothing that everybody uses on their own
// machine, and no address of this machine.
func LooksReal(value envtight.Secret) bool {
	text := strings.TrimSpace(value.Reveal())
	if text == "" || placeholder(text) {
		return false
	}
	return !withCredentials().MatchString(text) || credentialURL(text)
}

// withCredentials finds user, password and host of a URL.
var withCredentials = lazyregexp.New(`^[A-Za-z][A-Za-z0-9+.-]*://([^:/@\s]*):([^@\s]+)@([^:/?\s]+)`)

// localHost matches hosts that a password opens nothing on.
var localHost = lazyregexp.New(`^(localhost|127\.|0\.0\.0\.0|\[?::1|host\.docker\.internal|[a-z0-9_-]+$)`)

// credentialURL reports whether a value is a URL with a password for another
// machine. A host without a dot is a container's.
func credentialURL(value string) bool {
	match := withCredentials().FindStringSubmatch(value)
	return match != nil && !localHost().MatchString(match[3]) && !placeholder(match[2]) && !strings.Contains(match[3], "example")
}
