package secrets

import (
	"strings"

	"github.com/envtight/envtight"
)

// allowlist is an Allowlist that can be asked. What depends on the file and what
// depends on the text are asked apart, so that a text at many paths is looked at
// once.
type allowlist struct {
	*Allowlist
	commits        map[string]bool
	paths, regexes *union
	pathFilter     filter
	regexFilter    filter
	stopWords      *words
}

func newAllowlists(lists []Allowlist) []*allowlist {
	var out []*allowlist
	for i := range lists {
		a := &allowlist{Allowlist: &lists[i], commits: map[string]bool{}}
		for _, commit := range a.Commits {
			a.commits[strings.ToLower(strings.TrimSpace(commit))] = true
		}
		a.paths, a.regexes = newUnion(a.Paths), newUnion(a.Regexes)
		var stops []string
		for _, word := range a.StopWords {
			stops = append(stops, strings.ToLower(word))
		}
		a.stopWords = newWords(stops)
		out = append(out, a)
	}
	return out
}

func (a *allowlist) hasCommit(file File) bool {
	return file.Commit != "" && a.commits[strings.ToLower(file.Commit)]
}

func (a *allowlist) hasPath(file File) bool {
	return len(a.Paths) > 0 && a.pathFilter.matches(a.paths.joined.text, []byte(file.Path), a.paths.matches)
}

// allowsFile tells whether the list passes over a file whatever is in it.
func (a *allowlist) allowsFile(file File) bool {
	if !a.All {
		return a.hasCommit(file) || a.hasPath(file)
	}
	return len(a.Regexes)+len(a.StopWords) == 0 && a.allowsPlace(file)
}

// allowsPlace tells for a list that asks for All whether a file fulfils what it
// asks of commits and paths.
func (a *allowlist) allowsPlace(file File) bool {
	if len(a.Commits)+len(a.Paths) == 0 {
		return false
	}
	return (len(a.Commits) == 0 || a.hasCommit(file)) && (len(a.Paths) == 0 || a.hasPath(file))
}

// answer is what a list says of a match before the file is known.
type answer uint8

const (
	keeps   answer = iota
	depends        // on the file: see allowsPlace
	allows
)

// asked is what allowlists look at.
type asked struct {
	secret, match []byte
	// line holds everything from the line break before the match, itself
	// included, to the end of the last line that the match is in.
	text []byte
	line envtight.Span
	// lines remembers what lists said of lines: there may be many matches on
	// a long one.
	lines map[lineQuestion]bool
}

type lineQuestion struct {
	list *allowlist
	line envtight.Span
}

// ask judges a match by its text.
func (a *allowlist) ask(q asked) answer {
	if len(a.Regexes)+len(a.StopWords) == 0 {
		return keeps
	}
	if !a.All {
		if a.stopWords.in(lower(q.secret)) || a.matchesTarget(q) {
			return allows
		}
		return keeps
	}
	if len(a.StopWords) > 0 && !a.stopWords.in(lower(q.secret)) || len(a.Regexes) > 0 && !a.matchesTarget(q) {
		return keeps
	}
	if len(a.Commits)+len(a.Paths) > 0 {
		return depends
	}
	return allows
}

// hasRegex tells whether an expression matches a text.
func (a *allowlist) hasRegex(text []byte) bool {
	return len(a.Regexes) > 0 && a.regexFilter.matches(a.regexes.joined.text, text, a.regexes.matches)
}

func (a *allowlist) matchesTarget(q asked) bool {
	switch a.Target {
	case TargetMatch:
		return a.hasRegex(q.match)
	case TargetLine:
		question := lineQuestion{a, q.line}
		known, ok := q.lines[question]
		if !ok {
			known = a.hasRegex(q.line.Of(q.text))
			q.lines[question] = known
		}
		return known
	default:
		return a.hasRegex(q.secret)
	}
}
