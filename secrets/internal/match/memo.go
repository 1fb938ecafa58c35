package match

import "regexp"

// A Memo remembers what expressions found in short texts. Versions of a file mostly hold
// the same ones, and package regexp takes long for each. It is for one goroutine; its
// zero value is ready to use, and nil remembers nothing. Nobody may change what it
// returns.
type Memo struct{ found map[question][][]int }

// A question keeps the text, since what was found holds for no other.
type question struct {
	expression *regexp.Regexp
	kind       questionKind
	text       string
}

type questionKind uint8

const (
	all questionKind = iota
	submatch
)

const (
	// maxRemembered is the length of texts above which nothing is remembered,
	// maxAnswers the number of answers with which it begins anew.
	maxRemembered = 512
	maxAnswers    = 1 << 10
)

// FindAllIndex is that of package regexp, for all matches.
func (m *Memo) FindAllIndex(re *regexp.Regexp, text []byte) [][]int {
	return m.ask(re, all, text, func() [][]int { return re.FindAllIndex(text, -1) })
}

// FindSubmatchIndex is that of package regexp.
func (m *Memo) FindSubmatchIndex(re *regexp.Regexp, text []byte) []int {
	return m.ask(re, submatch, text, func() [][]int { return [][]int{re.FindSubmatchIndex(text)} })[0]
}

func (m *Memo) ask(re *regexp.Regexp, kind questionKind, text []byte, find func() [][]int) [][]int {
	if m == nil || len(text) > maxRemembered {
		return find()
	}
	if found, ok := m.found[question{re, kind, string(text)}]; ok {
		return found
	}
	if m.found == nil || len(m.found) >= maxAnswers {
		m.found = map[question][][]int{}
	}
	found := find()
	m.found[question{re, kind, string(text)}] = found
	return found
}
