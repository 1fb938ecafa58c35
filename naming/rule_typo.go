package naming

import (
	"cmp"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

var typo = &rule{
	Rule: envtight.Rule{
		ID: "naming/typo", Title: "Name that looks like a mistyped form of another", Default: envtight.Warning, Since: "0.1",
		Doc: "The example declares `STRIPE_KEY`, the platform has `STRPE_KEY`: nobody sees the difference in two long lists. " +
			"The rule compares the names of one app that are at home on different surfaces, and speaks up only when\n\n" +
			"* one of the two is absent wherever the other is present,\n" +
			"* they have the same words but one, which is one slip of the finger away: a letter too many, too few or wrong, " +
			"or two swapped (in short words only lost and swapped letters count),\n" +
			"* and the slip gives a word that no other name holds and that is not in good use elsewhere (`HOST` and " +
			"`POST` are both words), unless it swaps two letters of a provider's own name. The configuration's `words` are " +
			"in good use, too.\n\n" +
			"Numbers make other names: `DB1_URL` is no slip for `DB2_URL`.",
		Examples: []envtight.Example{
			{
				Files: "-- web/.env.example --\nSTRIPE_KEY=\n-- snapshot --\ncell web prod vercel:shop/production\n  STRPE_KEY set\n",
				Want:  "vercel:shop/production/STRPE_KEY: STRPE_KEY looks like a mistyped STRIPE_KEY, which web/.env.example has",
			},
			{
				Title: "a provider's own name, with two letters swapped",
				Files: "-- web/.env.example --\nSENTRY_DSN=\n-- snapshot --\ncell web prod vercel:shop/production\n  SENTRY_DNS set\n",
				Want:  "vercel:shop/production/SENTRY_DNS: SENTRY_DNS looks like a mistyped SENTRY_DSN, which web/.env.example has",
			},
			{
				Title: "both are there",
				Files: "-- web/.env.example --\nSTRIPE_KEY=\nSTRPE_KEY=\n-- snapshot --\ncell web prod vercel:shop/production\n  STRPE_KEY set\n  STRIPE_KEY set\n",
			},
		},
	},
	check: checkTypos,
}

// minTypoWord is the number of letters below which a word is one slip away from
// too many others, so that more must speak for a slip.
const minTypoWord = 4

// typoName is a name as one app has it.
type typoName struct {
	name  *name
	app   int32
	bits  uint64 // the surfaces it is on
	count int    // of places
}

func checkTypos(j *judge) {
	all := make([]uint64, len(j.appIDs)) // the surfaces of each app
	for i := range j.info {
		all[j.info[i].app] |= j.info[i].surface
	}
	byApp := make([][]*typoName, len(all))
	candidates := 0
	for _, n := range j.names {
		for _, t := range j.appsOf(n) {
			if t.bits != all[t.app]|all[0] && isSpelled(n.text) {
				byApp[t.app] = append(byApp[t.app], &t)
				candidates++
			}
		}
	}
	if candidates < 2 {
		return
	}
	words := j.wordCounts()
	for _, app := range slices.Sorted(maps.Keys(j.appIDs)) {
		id := j.appIDs[app]
		names := byApp[id]
		if id != 0 {
			names = append(slices.Clone(names), byApp[0]...)
		}
		search := &typoSearch{judge: j, words: words, right: map[*name]*typoName{}}
		search.run(names)
		for _, t := range names {
			if right := search.right[t.name]; right != nil {
				j.reportTypo(app, t.name, right.name)
			}
		}
	}
}

// appsOf tells for each app that has a name on what surfaces it is.
func (j *judge) appsOf(n *name) []typoName {
	var out []typoName
	for _, i := range n.at {
		info := &j.info[i]
		at := slices.IndexFunc(out, func(t typoName) bool { return t.app == info.app })
		if at < 0 {
			at = len(out)
			out = append(out, typoName{name: n, app: info.app})
		}
		out[at].bits |= info.surface
		out[at].count++
	}
	return out
}

// wordCounts counts in how many names each word stands.
func (j *judge) wordCounts() map[string]int {
	counts := map[string]int{}
	for _, n := range j.names {
		for _, w := range j.wordsOf(n) {
			counts[w]++
		}
	}
	return counts
}

// compareTypo puts the name that is more likely right last: one that somebody
// else settled, one that code reads, one with more places, one that an example
// declares.
func (j *judge) compareTypo(a, b *typoName) int {
	on := func(t *typoName, s envtight.Surface) int {
		return boolInt(slices.ContainsFunc(t.name.at, func(i int32) bool { return j.vars[i].Surface == s }))
	}
	return cmp.Or(
		cmp.Compare(boolInt(!a.name.free), boolInt(!b.name.free)),
		cmp.Compare(on(a, envtight.OnCode), on(b, envtight.OnCode)),
		cmp.Compare(bits.OnesCount64(a.bits), bits.OnesCount64(b.bits)),
		cmp.Compare(on(a, envtight.OnExample), on(b, envtight.OnExample)),
		cmp.Compare(a.count, b.count),
		strings.Compare(b.name.text, a.name.text),
	)
}

// isSlip reports whether one word is likely a mistyped form of another.
func (j *judge) isSlip(wrong, right string, words map[string]int) bool {
	if wrong == right || strings.Trim(wrong, "0123456789") != wrong || strings.Trim(right, "0123456789") != right {
		return false
	}
	if !oneEdit(wrong, right) {
		return false
	}
	switch shorter := min(len(wrong), len(right)); {
	case shorter >= minTypoWord:
		return wrong+"S" == right || right+"S" == wrong || !j.inUse(wrong, words)
	case len(right) == minTypoWord, len(right) == len(wrong) && sameLetters(wrong, right):
		// Short words are one slip from too many others: only a lost letter, or
		// two swapped ones, of a word that stands elsewhere counts.
		return len(right) >= len(wrong) && j.inUse(right, words) && !j.inUse(wrong, words)
	}
	return false
}

// sameLetters reports whether two words are made of the same letters.
func sameLetters(a, b string) bool {
	x, y := []byte(a), []byte(b)
	slices.Sort(x)
	slices.Sort(y)
	return string(x) == string(y)
}

// inUse reports whether a word stands in other names, too, or is one that
// everybody uses, a provider or the configuration knows.
func (j *judge) inUse(word string, words map[string]int) bool {
	return words[word] > 1 || commonWords[word] || j.known[word] || indexOf().words[word]
}

// oneEdit reports whether two different words are one letter too many, too few
// or wrong, or two swapped letters, apart.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) {
		return false
	}
	if a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

func (j *judge) reportTypo(app string, wrong, right *name) {
	for _, s := range j.spots(wrong, func(v *envtight.Variable) bool { return chosen(v) && (v.App == app || v.App == "") }) {
		other := j.related(right, app)
		if other == nil {
			continue
		}
		d := envtight.Diagnostic{
			Grade:   envtight.Likely,
			Message: fmt.Sprintf("%s looks like a mistyped %s, which %s has", show(wrong.text), show(right.text), where(other)),
			Advice:  j.advice(s, right.text),
		}
		if other.Location.Kind != envtight.AtNothing {
			d.Related = []envtight.Related{{Location: other.Location, Message: right.text + " stands here"}}
		}
		j.report(wrong, s, d)
		j.claim(wrong, s)
	}
}
