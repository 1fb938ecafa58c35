package naming

import (
	"strings"

	"github.com/envtight/envtight"
)

var undescriptive = &rule{
	Rule: envtight.Rule{
		ID: "naming/undescriptive", Title: "Name that does not say whose or what for", Default: envtight.Warning, Since: "0.1",
		Doc: "`KEY`, `TOKEN` or `URL2` tells whoever has to fill it in nothing: which service, which account, which of two? " +
			"Such names also collide: libraries and tools read some of them. A word in front of it is enough.",
		Examples: []envtight.Example{
			{
				Files: "-- .env.example --\nKEY=\nURL2=\nMY_TOKEN=\n",
				Want: ".env.example:1:1: KEY does not say whose it is or what it is for\n" +
					".env.example:2:1: URL2 does not say whose it is or what it is for\n" +
					".env.example:3:1: MY_TOKEN does not say whose it is or what it is for",
			},
			{Title: "one more word is enough", Files: "-- .env.example --\nSTRIPE_KEY=\nSECRET_KEY=\nAPI_URL=\nDEBUG=\n"},
		},
	},
	check: checkUndescriptive,
}

var (
	// emptyWords say nothing on their own.
	emptyWords = set(`KEY KEYS TOKEN TOKENS SECRET SECRETS PASSWORD PASS PASSWD PWD VALUE VAL VALUES VAR VARIABLE TEMP TMP
		FOO BAR BAZ QUX DATA INFO STRING STR NUMBER NUM NAME ID THING STUFF MISC URL URI LINK ENDPOINT SETTING OPTION
		PARAM ARG FLAG STATUS FIELD OBJECT ITEM USERNAME CREDENTIALS`)
	// fillerWords add nothing to another word.
	fillerWords = set(`MY THE OUR SOME TEMP TMP FOO BAR BAZ VALUE VAL VAR STUFF THING`)
	// plainPublic are clear enough behind a public prefix: the app's own.
	plainPublic = set(`URL URI NAME ID`)
)

func checkUndescriptive(j *judge) {
	for _, n := range j.names {
		if !n.free || !j.mayBeEmpty(n) || !isEmptyName(n.text) {
			continue
		}
		for _, s := range j.spots(n, chosen) {
			j.report(n, s, envtight.Diagnostic{
				Grade:   envtight.Likely,
				Message: show(n.text) + " does not say whose it is or what it is for",
				Advice:  "put the name of the service or the purpose in front of it",
			})
		}
	}
}

// mayBeEmpty rules out nearly all names by their first word.
func (j *judge) mayBeEmpty(n *name) bool {
	w := j.wordsOf(n)
	if n.public != "" || len(w) == 0 {
		return true
	}
	first := strings.TrimRight(w[0], "0123456789")
	return len(first) < 2 || emptyWords[first] || fillerWords[first]
}

func isEmptyName(text string) bool {
	rest, prefix := cutPublic(text)
	words := SplitWords(stripDigits(rest))
	switch len(words) {
	case 0:
		return false
	case 1:
		w := words[0]
		return (emptyWords[w] || len(w) == 1) && (prefix == "" || !plainPublic[w])
	}
	filler := false
	for _, w := range words {
		w = strings.TrimRight(w, "0123456789")
		filler = filler || fillerWords[w]
		if !emptyWords[w] && !fillerWords[w] {
			return false
		}
	}
	return filler
}
