package secrets

import (
	"regexp/syntax"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/envtight/envtight/secrets/internal/match"
)

// filter tells quickly whether a short text, as a path or a secret, matches an
// expression of an allowlist or of a rule about paths. Nearly all match nothing, and
// package regexp takes longer to say so than it takes to read most files: it is asked
// only where a literal of an alternative stands, and only about this alternative. It
// is safe for concurrent use.
type filter struct {
	asked        atomic.Int32
	once         sync.Once
	alternatives []*expression
	set          *match.Set // of the alternatives; nil when the expression is wrong
	scanners     sync.Pool
}

// matches returns what whole does, which is the answer of the expression. The
// expression is always the same.
func (f *filter) matches(expression string, text []byte, whole func(text []byte) bool) bool {
	// To make the filter takes as long as to ask package regexp some times.
	if f.asked.Load() < 16 && f.asked.Add(1) <= 16 || len(text) == 0 {
		return whole(text)
	}
	f.once.Do(func() { f.prepare(expression) })
	if f.set == nil {
		return whole(text)
	}
	scanner, ok := f.scanners.Get().(*match.Scanner)
	if !ok {
		scanner = f.set.NewScanner()
	}
	defer f.scanners.Put(scanner)
	found := false
	scanner.Windows(text, nil, func(n int, _ []match.Span) {
		found = found || f.alternatives[n].matches(text)
	})
	return found
}

func (f *filter) prepare(text string) {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return // what the syntax does not allow, the caller tries in another way
	}
	var set []match.Expression
	for _, alternative := range alternatives(tree) {
		f.alternatives = append(f.alternatives, &expression{text: alternative.String()})
		set = append(set, match.Expression{Regex: alternative.String()})
	}
	f.set = match.NewSet(set)
}

// alternatives are expressions of which one matches where the tree does. The
// parser has joined what begins in the same way; that is parted again.
func alternatives(tree *syntax.Regexp) []*syntax.Regexp {
	var out []*syntax.Regexp
	switch tree.Op {
	case syntax.OpAlternate:
		for _, sub := range tree.Sub {
			out = append(out, alternatives(sub)...)
		}
	case syntax.OpConcat:
		last := tree.Sub[len(tree.Sub)-1]
		if last.Op != syntax.OpAlternate {
			return []*syntax.Regexp{tree}
		}
		for _, sub := range alternatives(last) {
			one := *tree
			one.Sub = append(slices.Clone(tree.Sub[:len(tree.Sub)-1]), sub)
			out = append(out, &one)
		}
	default:
		return []*syntax.Regexp{tree}
	}
	return out
}
