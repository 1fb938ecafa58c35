package naming

import (
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/envtight/envtight"
)

var characters = &rule{
	Rule: envtight.Rule{
		ID: "naming/characters", Title: "Name has characters that not every program takes", Default: envtight.Warning, Since: "0.1",
		Doc: "A portable name consists of letters, digits and underscores and does not begin with a digit (POSIX.1-2017, " +
			"section 8.1). A shell cannot set or read any other; godotenv refuses `A-B=`, dotenv drops names outside " +
			"ASCII without a word, GitHub refuses them as names of secrets.",
		Examples: []envtight.Example{
			{
				Files: "-- .env.example --\nAPI-KEY=\n2FA_ISSUER=\n",
				Want: ".env.example:1:1: API-KEY has the character '-', which shells and some loaders do not take\n" +
					".env.example:2:1: 2FA_ISSUER begins with a digit, which shells do not take",
			},
			{Title: "an underscore may come first", Files: "-- .env.example --\n_INTERNAL=\n"},
		},
	},
	check: checkCharacters,
}

func checkCharacters(j *judge) {
	for _, n := range j.names {
		if !n.free || isSpelled(n.text) {
			continue
		}
		var message, to string
		if bad, ok := badRune(n.text); ok {
			if bad < utf8.RuneSelf {
				to = upperSnake(n.text)
			}
			message = fmt.Sprintf("%s has the character %s, which shells and some loaders do not take", show(n.text), showRune(bad))
		} else {
			message = show(n.text) + " begins with a digit, which shells do not take"
		}
		for _, s := range j.spots(n, chosen) {
			d := envtight.Diagnostic{Message: message}
			if isSpelled(to) && len(to) <= maxShown {
				d.Advice, d.Fixes = j.advice(s, to), j.rename(n, s, to)
			} else {
				d.Advice = "use letters, digits and underscores, and a letter first"
			}
			j.report(n, s, d)
			j.claim(n, s)
		}
	}
}

// isSpelled reports whether a name is portable.
func isSpelled(text string) bool {
	if text == "" || isDigit(text[0]) {
		return false
	}
	for i := range len(text) {
		if !isAlnum(text[i]) && text[i] != '_' {
			return false
		}
	}
	return true
}

// badRune returns the character that a name should not have: one outside ASCII
// if there is one, since there is no telling what it should be instead.
func badRune(text string) (bad rune, found bool) {
	for _, r := range text {
		if r >= utf8.RuneSelf {
			return r, true
		}
		if !found && !isAlnum(byte(r)) && r != '_' {
			bad, found = r, true
		}
	}
	return bad, found
}

// showRune quotes a character, and names it by number when it looks like another
// one or like nothing.
func showRune(r rune) string {
	if r < utf8.RuneSelf && unicode.IsPrint(r) {
		return strconv.QuoteRune(r)
	}
	return fmt.Sprintf("%U", r)
}
