package secrets

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/envtight/envtight"
)

// Grade says how sure it is that a match is a secret that somebody must act on. It
// is Certain for live values and for what has the unmistakable form of one kind of
// secret, Likely for what depends on the words round it; Sample for what is made up,
// and for what stands in tests and other people's code, or in examples and
// documentation without such a form: real tokens are pasted there, too. Public is
// what its issuer means to be seen. Example env files are no sample by their path:
// they are where real secrets are pasted by mistake. Of at, only the path counts.
func Grade(m Match, at envtight.Location) envtight.Grade { return grade(m, at, isRandom) }

func grade(m Match, at envtight.Location, isRandom func(*Rule) bool) envtight.Grade {
	// Nothing but a secret of its kind has the form that such a rule asks for.
	isUnmistakable := func(r *Rule) bool { return !isGeneric(r) && isRandom(r) }
	if m.Live != nil {
		return envtight.Certain
	}
	secret := m.Secret.Reveal()
	path := at.Path
	if at.Member != "" {
		path += "/" + strings.ReplaceAll(at.Member, "!", "/")
	}
	switch kind := KindOf(path); {
	case isPublic(m.Rule.ID, secret):
		return envtight.Public
	case isMadeUp(secret):
		return envtight.Sample
	case kind.Is(KindTest|KindVendored) && !kind.Is(KindEnv):
		return envtight.Sample
	case kind.Is(KindExample|KindDocs) && !kind.Is(KindEnv):
		if isUnmistakable(m.Rule) {
			return envtight.Likely
		}
		return envtight.Sample
	case isUnmistakable(m.Rule):
		return envtight.Certain
	default:
		return envtight.Likely
	}
}

// isPublic knows what browsers and apps are meant to carry.
func isPublic(rule, secret string) bool {
	switch rule {
	case "mapbox-api-token": // only tokens that begin with "pk."
		return true
	case "new-relic-browser-api-token", "lob-pub-api-key", "flutterwave-public-key":
		return true
	case "jwt":
		role, _ := claims(secret)["role"].(string)
		return role == "anon" // Supabase's key for browsers
	}
	return strings.HasSuffix(rule, "-client-id")
}

// madeUp are words that stand alone in what people write instead of a secret, and
// runs that no generator makes.
var madeUp = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[^a-z])(?:example|sample|dummy|fake|placeholder|change-?me|replace-?me|redacted|insert|todo|your)(?:$|[^a-z])` +
		`|EXAMPLE(?:KEY)?$|x{6}|\*{4}|0{8}|1{8}|(?:1234567890|abcdefghij)|\.\.\.$|^<.*>$|[_-]test[_-]`)
})

// madeUpWords are of which one is in all that madeUp matches: the expression takes its
// time, and some secrets are long.
var madeUpWords = newWords([]string{
	"example", "sample", "dummy", "fake", "placeholder", "change", "replace", "redacted", "insert", "todo", "your",
	"xxxxxx", "****", "00000000", "11111111", "1234567890", "abcdefghij", "...", "<", "test",
})

func isMadeUp(secret string) bool {
	isASCII := !strings.ContainsFunc(secret, func(r rune) bool { return r >= utf8.RuneSelf })
	if (!isASCII || madeUpWords.in(lower([]byte(secret)))) && madeUp().MatchString(secret) {
		return true
	}
	subject, _ := claims(secret)["sub"].(string)
	return subject == "1234567890" // of the token on jwt.io
}

// claims returns what a JSON web token says, nil when it is none.
func claims(secret string) map[string]any {
	parts := strings.Split(secret, ".")
	if len(parts) != 3 || !strings.HasPrefix(secret, "ey") {
		return nil
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return nil
	}
	var out map[string]any
	if json.NewDecoder(bytes.NewReader(text)).Decode(&out) != nil {
		return nil
	}
	return out
}
