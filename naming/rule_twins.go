package naming

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

var twins = &rule{
	Rule: envtight.Rule{
		ID: "naming/twins", Title: "Two names that differ only in case or underscores", Default: envtight.Warning, Since: "0.1",
		Doc: "`API_KEY` and `APIKEY`, or `DB_EMAIL` and `DB_EMAIl`, are one variable to the reader and two to the program: " +
			"the one that was set is not the one that is read. The finding is at the spelling that fewer places have.\n\n" +
			"Where an app parts the words of a prefix in one name and not in another (`ENABLE_BANKING_KEY`, " +
			"`ENABLEBANKING_ID`), the finding is info.",
		Examples: []envtight.Example{
			{
				Files: "-- a/.env.example --\nAPI_KEY=\nDB_EMAIl=\n-- b/.env.example --\nAPIKEY=\nAPI_KEY=\nDB_EMAIL=\n",
				Want: "a/.env.example:2:1: DB_EMAIl differs from DB_EMAIL only in case\n" +
					"b/.env.example:1:1: APIKEY differs from API_KEY only in underscores",
			},
			{Title: "a number makes another name", Files: "-- .env.example --\nAPI_KEY=\nAPI_KEY_2=\n"},
		},
	},
	check: checkTwins,
}

func checkTwins(j *judge) {
	first := make(map[uint64]*name, len(j.names))
	groups := map[string][]*name{}
	for _, n := range j.names {
		if !isSpelled(n.text) {
			continue
		}
		h := squeezedHash(n.text)
		other := first[h]
		if other == nil {
			first[h] = n
			continue
		}
		key := squeeze(n.text)
		if len(groups[key]) == 0 && squeeze(other.text) == key {
			groups[key] = append(groups[key], other)
		}
		groups[key] = append(groups[key], n)
	}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		right := slices.MaxFunc(groups[key], j.compareSpelling)
		for _, n := range groups[key] {
			if n != right && n.free {
				j.reportTwin(n, right)
			}
		}
	}
	j.checkPrefixTwins()
}

// compareSpelling puts the spelling that should stay last: one that somebody
// else settled, one in the right case, the one that stands in more places, the
// one that parts its words.
func (j *judge) compareSpelling(a, b *name) int {
	return cmp.Or(
		cmp.Compare(boolInt(settled(a.text)), boolInt(settled(b.text))),
		cmp.Compare(boolInt(isUpperSnake(a.text)), boolInt(isUpperSnake(b.text))),
		cmp.Compare(len(a.at), len(b.at)),
		cmp.Compare(strings.Count(strings.Trim(a.text, "_"), "_"), strings.Count(strings.Trim(b.text, "_"), "_")),
		strings.Compare(b.text, a.text),
	)
}

func (j *judge) reportTwin(n, right *name) {
	how := "underscores"
	if strings.EqualFold(n.text, right.text) {
		how = "case"
	} else if strings.ReplaceAll(n.text, "_", "") != strings.ReplaceAll(right.text, "_", "") {
		how = "case and underscores"
	}
	rightChosen := slices.ContainsFunc(right.at, func(i int32) bool { return chosen(&j.vars[i]) })
	if !rightChosen && how == "case" {
		return // a settings class that ignores case reads it in its own
	}
	for _, s := range j.spots(n, chosen) {
		other := j.related(right, s.app)
		if !rightChosen && other == nil {
			continue
		}
		d := envtight.Diagnostic{

			Message: fmt.Sprintf("%s differs from %s only in %s", show(n.text), show(right.text), how),
			Advice:  j.advice(s, right.text),
		}
		if other == nil {
			other = &j.vars[right.at[0]]
		}
		if other.Location.Kind != envtight.AtNothing {
			d.Related = []envtight.Related{{Location: other.Location, Message: right.text + " stands here"}}
		}
		j.report(n, s, d)
		j.claim(n, s)
	}
}

// related returns the best place at which an app has a name; nil when it has it
// nowhere.
func (j *judge) related(n *name, app string) *envtight.Variable {
	var best *envtight.Variable
	at := int32(-1)
	for _, i := range n.at {
		v := &j.vars[i]
		if (v.App == app || v.App == "" || app == "") && (at < 0 || j.compareVars(i, at) < 0) {
			best, at = v, i
		}
	}
	return best
}

// minPart is the length of the words that a prefix must consist of to be taken
// for two ways to write one product.
const minPart = 3

// checkPrefixTwins finds names of one app that begin with the same two words,
// parted in some and joined in others.
func (j *judge) checkPrefixTwins() {
	joined, parted := map[string][]*name{}, map[string][]*name{}
	for _, n := range j.names {
		if w := j.wordsOf(n); n.free && len(w) > 1 && len(w[0]) >= 2*minPart {
			joined[w[0]] = nil
		}
	}
	var both []byte
	for _, n := range j.names {
		w := j.wordsOf(n)
		if !n.free || len(w) < 3 || len(w[0]) < minPart || len(w[1]) < minPart {
			continue
		}
		both = append(append(both[:0], w[0]...), w[1]...)
		if _, ok := joined[string(both)]; ok {
			parted[string(both)] = append(parted[string(both)], n)
		}
	}
	if len(parted) == 0 {
		return
	}
	for _, n := range j.names {
		if w := j.wordsOf(n); n.free && len(w) > 1 && parted[w[0]] != nil {
			joined[w[0]] = append(joined[w[0]], n)
		}
	}
	for _, prefix := range slices.Sorted(maps.Keys(parted)) {
		j.reportPrefixTwins(parted[prefix], joined[prefix])
	}
}

// reportPrefixTwins reports, in each app that writes a prefix both ways, the way
// that fewer names have.
func (j *judge) reportPrefixTwins(parted, joined []*name) {
	w := j.wordsOf(parted[0])
	apart, together := w[0]+"_"+w[1], w[0]+w[1]
	for _, app := range slices.Sorted(maps.Keys(j.appIDs)) {
		here := func(v *envtight.Variable) bool { return v.App == app && chosen(v) }
		ofApp := func(n *name) bool {
			return slices.ContainsFunc(n.at, func(i int32) bool { return here(&j.vars[i]) })
		}
		few, many := filter(parted, ofApp), filter(joined, ofApp)
		mine, others := apart, together
		if len(many) < len(few) {
			few, many, mine, others = many, few, together, apart
		}
		if len(few) == 0 || len(many) == 0 {
			continue
		}
		for _, n := range few {
			for _, s := range j.spots(n, here) {
				j.report(n, s, envtight.Diagnostic{
					Severity: envtight.Info,
					Message:  fmt.Sprintf("%s begins with %s, other names with %s", show(n.text), mine, others),
					Advice:   "write the prefix one way",
				})
			}
		}
	}
}

func filter(names []*name, keep func(*name) bool) []*name {
	return slices.DeleteFunc(slices.Clone(names), func(n *name) bool { return !keep(n) })
}
