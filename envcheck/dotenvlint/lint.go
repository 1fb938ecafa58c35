// Package dotenvlint judges env files one by one: what a loader would misread,
// what two loaders of one app read differently, and, on request, style.
//
// What an app declares, and what platforms have of it, is the matter of package
// envcheck; whether a name is a good one, that of package naming.
package dotenvlint

import (
	"cmp"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
)

// Options says what is known of a file. The zero value knows nothing: the kind
// follows from the name of the file, and rules that depend on loaders say what
// some loaders would do, at a lower severity.
type Options struct {
	// Loaders are those that really read the file, or a copy of it, in any
	// order.
	Loaders []dotenv.Dialect
	// Kind is taken from the path when it is NotEnv; a file whose name tells
	// nothing either counts as real.
	Kind dotenv.FileKind
	// Only, when set, tells by ID which rules to apply.
	Only func(ruleID string) bool
}

// rule is a rule with the function that applies it to one file.
type rule struct {
	envtight.Rule
	check func(*pass)
}

// style is the group of the rules that are off by default.
const style = "style"

// rules are all rules. Those at the top speak first: portability is silent about
// an entry of which another rule has said what is wrong.
var rules = []*rule{
	encoding,
	unterminatedQuote,
	quotes,
	noDelimiter,
	badKey,
	commentAsValue,
	portability,
	duplicateKey,
	decorator,

	blankLines,
	commentSpacing,
	crlf,
	finalNewline,
	inlineComment,
	leadingCharacter,
	lowercaseKey,
	needlessQuotes,
	order,
	reservedName,
	spaces,
	substitution,
	trailingSpace,
	unquotedBlank,
	unreadableName,
}

// Rules returns the rules, sorted by ID. The slice is the caller's own; the
// rules are shared and must not be changed.
func Rules() []*envtight.Rule {
	out := make([]*envtight.Rule, 0, len(rules))
	for _, r := range rules {
		out = append(out, &r.Rule)
	}
	return envtight.SortRules(out)
}

// Lint returns what the rules object to in the file f, which lies at path, sorted
// by place. Rules of groups are applied, too; envtight.Run drops what is not
// turned on. A severity is set only where it is lower than the rule's own.
//
// It holds no value of a variable, in no message, advice, fix or name. Time is
// linear in the file, for each loader. It is safe for concurrent use.
func Lint(f *dotenv.File, path string, opts Options) []envtight.Diagnostic {
	if opts.Kind == dotenv.NotEnv {
		opts.Kind = dotenv.Kind(path)
	}
	loaders := slices.Compact(slices.Sorted(slices.Values(opts.Loaders)))
	loaders = slices.DeleteFunc(loaders, func(d dotenv.Dialect) bool { return !d.Valid() })
	p := &pass{file: f, path: path, kind: opts.Kind, loaders: loaders, judged: make(map[int]bool)}
	for _, r := range rules {
		if opts.Only == nil || opts.Only(r.ID) {
			p.rule = r
			r.check(p)
		}
	}
	slices.SortStableFunc(p.found, func(a, b envtight.Diagnostic) int {
		return cmp.Compare(a.Location.Range.Start.Offset, b.Location.Range.Start.Offset)
	})
	return p.found
}
