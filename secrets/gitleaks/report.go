package gitleaks

import (
	"cmp"
	"slices"

	"github.com/envtight/envtight"
)

// maxDiagnostics is how many mistakes of a configuration are reported.
const maxDiagnostics = 100

// source is a file that is read, under the name it is shown by.
type source struct {
	name  string
	text  []byte
	lines *envtight.Lines
	// order is the place among the files of one configuration.
	order int
}

func newSource(name string, text []byte, order int) *source {
	return &source{name: name, text: text, order: order}
}

// location is built when something is wrong only: most files are right.
func (s *source) location(at envtight.Span) envtight.Location {
	if s.lines == nil {
		s.lines = envtight.NewLines(s.text)
	}
	out := envtight.Location{Kind: envtight.AtConfig, Path: s.name}
	if at != (envtight.Span{}) {
		out.Range = s.lines.Range(at)
	}
	return out
}

// reporter collects what is wrong.
type reporter struct {
	found []found
	// failed tells that the configuration cannot be used.
	failed bool
}

type found struct {
	order      int
	diagnostic envtight.Diagnostic
}

func (r *reporter) add(rule *envtight.Rule, s *source, at envtight.Span, message, advice string) {
	r.failed = r.failed || rule == ruleFile
	if len(r.found) >= maxDiagnostics {
		return
	}
	r.found = append(r.found, found{s.order, envtight.Diagnostic{
		Rule: rule.ID, Severity: rule.Default, Location: s.location(at), Message: message, Advice: advice,
	}})
}

func (r *reporter) fail(s *source, at envtight.Span, message, advice string) {
	r.add(ruleFile, s, at, message, advice)
}

// diagnostics returns what was found: file by file as they were read, in order of place.
func (r *reporter) diagnostics() []envtight.Diagnostic {
	slices.SortStableFunc(r.found, func(a, b found) int {
		return cmp.Or(
			cmp.Compare(a.order, b.order),
			cmp.Compare(a.diagnostic.Location.Range.Start.Offset, b.diagnostic.Location.Range.Start.Offset),
		)
	})
	var out []envtight.Diagnostic
	for _, f := range r.found {
		out = append(out, f.diagnostic)
	}
	return out
}
