package dotenvlint

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
)

// pass is one file under the rules.
type pass struct {
	file    *dotenv.File
	path    string
	kind    dotenv.FileKind
	loaders []dotenv.Dialect // sorted, each once

	rule   *rule
	found  []envtight.Diagnostic
	judged map[int]bool // entries of which a rule has said what is wrong
	names  *nameIndex
	sha    string
}

// entries yields the entries of the given kinds with their places in the file.
func (p *pass) entries(kinds ...dotenv.EntryKind) iter.Seq2[int, *dotenv.Entry] {
	return func(yield func(int, *dotenv.Entry) bool) {
		all := p.file.Entries()
		for i := range all {
			if slices.Contains(kinds, all[i].Kind) && !yield(i, &all[i]) {
				return
			}
		}
	}
}

// report hands in a finding at a span. The returned pointer is valid until the
// next call.
func (p *pass) report(span envtight.Span, format string, args ...any) *envtight.Diagnostic {
	p.found = append(p.found, envtight.Diagnostic{
		Rule:     p.rule.ID,
		Location: p.file.Location(p.path, span),
		Message:  fmt.Sprintf(format, args...),
	})
	return &p.found[len(p.found)-1]
}

// reportEntry hands in a finding about entry i, and keeps rules that speak later
// from repeating it.
func (p *pass) reportEntry(i int, span envtight.Span, format string, args ...any) *envtight.Diagnostic {
	p.judged[i] = true
	d := p.report(span, format, args...)
	if e := &p.file.Entries()[i]; dotenv.IsPlainName(e.Name) {
		d.Name = e.Name
	}
	return d
}

// uses reports whether one of the dialects reads the file.
func (p *pass) uses(dialects ...dotenv.Dialect) bool {
	return slices.ContainsFunc(p.loaders, func(d dotenv.Dialect) bool { return slices.Contains(dialects, d) })
}

// called is how a message calls the variable of an entry. What is no plain name
// may be part of a value, and is called by its place only, save in examples.
func (p *pass) called(e *dotenv.Entry) string { return p.calledName(e.Name) }

func (p *pass) calledName(name string) string {
	if dotenv.IsPlainName(name) || p.kind == dotenv.Example && name != "" {
		return name
	}
	return "the key"
}

// text returns the text of a span, for rules to look at.
func (p *pass) text(span envtight.Span) string { return p.file.Reveal(span) }

// line is an entry without its line ending and without a byte order mark.
func (p *pass) line(e *dotenv.Entry) envtight.Span {
	return envtight.Span{Start: max(e.Span.Start, min(p.file.BOM.End, e.EOL.Start)), End: e.EOL.Start}
}

// isWide reports whether edits, which are made of UTF-8, do not fit the file.
func (p *pass) isWide() bool {
	return p.file.Encoding == dotenv.UTF16LE || p.file.Encoding == dotenv.UTF16BE
}

// fix adds an edit to a finding. Edits must only insert or drop what is no part
// of a value.
func (p *pass) fix(d *envtight.Diagnostic, safe bool, message string, span envtight.Span, text string) {
	if p.isWide() {
		return
	}
	d.Fixes = append(d.Fixes, envtight.Fix{Message: message, Safe: safe, Edits: []envtight.Edit{
		{Path: p.path, Span: span, New: text, SHA256: p.hash()},
	}})
}

// hash is that of an example file; of others, whose text may be guessed, none is
// given away.
func (p *pass) hash() string {
	if p.kind == dotenv.Example && p.sha == "" {
		sum := sha256.Sum256(p.file.RevealBytes())
		p.sha = hex.EncodeToString(sum[:])
	}
	return p.sha
}

// nameIndex holds the places of the first live assignment to each name.
type nameIndex struct{ first map[string]int }

func (p *pass) index() *nameIndex {
	if p.names == nil {
		p.names = &nameIndex{first: make(map[string]int)}
		for i, e := range p.entries(dotenv.Assignment) {
			if _, seen := p.names.first[e.Name]; !seen {
				p.names.first[e.Name] = i
			}
		}
	}
	return p.names
}

// titles lists loaders for people, as in "Next.js, Vite and bash".
func titles(loaders []dotenv.Dialect) string {
	names := make([]string, len(loaders))
	for i, d := range loaders {
		names[i] = d.Title()
	}
	return join(names)
}

func join(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
