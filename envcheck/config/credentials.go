package config

import (
	"bytes"
	"strings"
	"unicode"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/lazyregexp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// refusedWords are parts of attribute names that ask for what a repository must
// not decide, with what to do instead.
var refusedWords = []struct {
	words  []string
	advice string
}{
	{[]string{"token", "password", "passwd", "secret", "credential", "credentials", "apikey", "key", "auth", "authorization", "bearer", "cookie"},
		"put it into an environment variable and name that variable: token_env = \"RAILWAY_TOKEN\""},
	{[]string{"url", "uri", "host", "hostname", "endpoint", "server", "proxy", "domain", "address"},
		"the published address is used; another one comes from the environment, as in ENVTIGHT_VERCEL_URL or ENVTIGHT_RAILWAY_URL"},
	{[]string{"command", "cmd", "program", "exec", "run", "script", "shell", "hook", "plugin", "binary"},
		"programs come from flags or the environment"},
}

func refusedAdvice(attribute string) string {
	for _, word := range strings.FieldsFunc(strings.ToLower(attribute), func(r rune) bool { return r == '_' || r == '-' }) {
		for _, refused := range refusedWords {
			for _, w := range refused.words {
				if w == word {
					return refused.advice
				}
			}
		}
	}
	return ""
}

func refusedAttribute(name string) bool { return refusedAdvice(name) != "" }

// credentialText matches the beginnings of well-known tokens, wherever they
// stand. It is for texts in which no token belongs, so it may be broad.
var credentialText = lazyregexp.New(`(?i:` +
	`\b(ghp|gho|ghu|ghs|ghr|glpat|npm|pypi|vcp|vca|vci|vcr|vck|sk_live|sk_test|rk_live|pk_live|whsec|xox[abprs]|dop_v1|shpat|sntrys|sntryu|re|hf|lin_api|sbp)[_-][a-z0-9_-]{12,}` +
	`|\bgithub_pat_[a-z0-9_]{12,}|\bsk-[a-z0-9_-]{16,}|\beyJ[a-z0-9_-]{10,}\.[a-z0-9_-]{6,}|\b(bearer|basic) +[a-z0-9._~+/=-]{12,}` +
	`|://[^/\s:@"]*:[^/\s@"]{3,}@` +
	`)|\b(AKIA|ASIA)[A-Z0-9]{12,}|\bAIza[A-Za-z0-9_-]{20,}|-----BEGIN `)

// knownIDs match identifiers of platforms that are no secrets.
var knownIDs = lazyregexp.New(`^((prj|team|icfg|env|srv|svc|usr)_[A-Za-z0-9]+|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$`)

// credentialRun matches runs of characters that tokens are made of.
var credentialRun = lazyregexp.New(`[A-Za-z0-9+=]{20,}`)

// looksLikeCredential reports whether a text looks as if somebody had pasted
// a token.
func looksLikeCredential(s string) bool {
	if knownIDs().MatchString(s) {
		return false
	}
	if credentialText().MatchString(s) {
		return true
	}
	for _, run := range credentialRun().FindAllString(s, 8) {
		if random(run) {
			return true
		}
	}
	return false
}

// random tells a run of at least 20 letters and digits that no word is like:
// several digits among letters of both cases, or digits scattered all over.
func random(run string) bool {
	digits, upper, lower, changes := 0, 0, 0, 0
	before := false
	for i, r := range run {
		digit := unicode.IsDigit(r)
		switch {
		case digit:
			digits++
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		}
		if i > 0 && digit != before {
			changes++
		}
		before = digit
	}
	return digits >= 2 && upper >= 2 && lower >= 2 || changes >= 6
}

var variableName = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*$`)

// isVariableName reports whether s can be the name of the variable that holds
// a token, and not a token itself: letters of one case, and no long part that
// mixes letters and digits.
func isVariableName(s string) bool {
	if len(s) > 128 || !variableName().MatchString(s) || looksLikeCredential(s) {
		return false
	}
	if s != strings.ToUpper(s) && s != strings.ToLower(s) {
		return false
	}
	for part := range strings.SplitSeq(s, "_") {
		if len(part) >= 16 && strings.ContainsAny(part, "0123456789") {
			return false
		}
	}
	return true
}

// shownName matches what an identifier looks like that can do no harm in
// a message.
var shownName = lazyregexp.New(`^[A-Za-z_@][A-Za-z0-9_.@/* -]{0,63}$`)

// shown returns a name for a message, or a placeholder for what may be more than
// a name.
func shown(name string) string {
	if !shownName().MatchString(name) || looksLikeCredential(name) {
		return "(not shown)"
	}
	return name
}

// credentials reports texts that look like tokens, wherever they stand, comments
// included.
func (p *parser) credentials() {
	found := 0
	for _, token := range p.tokens {
		if found > maxDiagnostics {
			return
		}
		if texty(token.Type) && looksLikeCredential(string(token.Bytes)) && !p.reported(token.Range) {
			found++
			p.report(ruleNotInRepository, "", token.Range, "this looks like a token",
				"revoke it: it may have been committed. Put its successor into an environment variable and name that one in token_env")
		}
	}
}

func (p *parser) reported(r hcl.Range) bool {
	for _, d := range p.diagnostics {
		at := d.Location.Range
		if d.Rule == ruleNotInRepository.ID && at.Start.Offset <= r.Start.Byte && r.End.Byte <= at.End.Offset {
			return true
		}
	}
	return false
}

func lex(src []byte) hclsyntax.Tokens {
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	return tokens
}

func texty(t hclsyntax.TokenType) bool {
	switch t {
	case hclsyntax.TokenQuotedLit, hclsyntax.TokenStringLit, hclsyntax.TokenIdent, hclsyntax.TokenComment:
		return true
	default:
		return false
	}
}

// FileName is the name of the configuration file.
const FileName = "envtight.hcl"

// Mask is the [envtight.Masker] of configuration files: it blanks what looks like
// a credential, and whatever is given to an attribute that has no place in
// a repository or that names the variable of a token and holds something else.
// It works on broken files, too, and knows them by the name [FileName].
func Mask(path string, text []byte) []envtight.Span {
	if path != FileName && !strings.HasSuffix(path, "/"+FileName) {
		return nil
	}
	if len(text) > maxSize {
		return []envtight.Span{{Start: 0, End: len(text)}}
	}
	tokens := lex(text)
	var out []envtight.Span
	var objects []bool // for each open brace: whether it is an object, not a block
	before := hclsyntax.TokenNewline
	for i := 0; i < len(tokens); i++ {
		token := tokens[i]
		if texty(token.Type) && looksLikeCredential(string(token.Bytes)) {
			out = append(out, spanOf(token.Range))
		}
		switch token.Type {
		case hclsyntax.TokenOBrace:
			objects = append(objects, before == hclsyntax.TokenEqual || before == hclsyntax.TokenComma || before == hclsyntax.TokenOBrack)
		case hclsyntax.TokenCBrace:
			objects = objects[:max(0, len(objects)-1)]
		case hclsyntax.TokenIdent:
			inObject := len(objects) > 0 && objects[len(objects)-1]
			if !inObject && i+1 < len(tokens) && tokens[i+1].Type == hclsyntax.TokenEqual {
				spans, read := maskValue(tokens[i+2:], string(token.Bytes))
				out = append(out, spans...)
				if read > 0 {
					i += 1 + read // to the token before the one that ends the value
				}
			}
		}
		before = tokens[i].Type
	}
	return out
}

// maskValue blanks the value of an attribute, to the end of its line or of its
// brackets, and returns how many tokens it has read. It reads none of attributes
// that may have any value.
func maskValue(value hclsyntax.Tokens, attribute string) (spans []envtight.Span, read int) {
	names := attribute == "token_env"
	if !names && !refusedAttribute(attribute) {
		return nil, 0
	}
	depth := 0
	for i, token := range value {
		switch token.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack:
			if depth--; depth < 0 {
				return spans, i
			}
		case hclsyntax.TokenNewline, hclsyntax.TokenEOF:
			if depth <= 0 {
				return spans, i
			}
		case hclsyntax.TokenComment: // one to the end of the line holds the line end
			if looksLikeCredential(string(token.Bytes)) {
				spans = append(spans, spanOf(token.Range))
			}
			if depth <= 0 && bytes.HasSuffix(token.Bytes, []byte("\n")) {
				return spans, i
			}
		case hclsyntax.TokenEqual, hclsyntax.TokenColon, hclsyntax.TokenComma, hclsyntax.TokenOQuote, hclsyntax.TokenCQuote:
		default:
			key := i+1 < len(value) && value[i+1].Type == hclsyntax.TokenEqual
			if names && (key && !looksLikeCredential(string(token.Bytes)) || isVariableName(string(token.Bytes))) {
				continue
			}
			spans = append(spans, spanOf(token.Range))
		}
	}
	return spans, len(value)
}
