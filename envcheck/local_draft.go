package envcheck

import (
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/workspace"
)

// Draft is a local env file as it would be written from the examples that declare
// for its apps.
type Draft struct {
	// Path is the file that the apps' programs read for a developer's own values.
	Path string
	Apps []string
	// Examples are the files that it is written from; none: nothing is declared.
	Examples []string
	// Exists tells that the file is there already. Text is then empty.
	Exists bool
	// Text holds the examples' own comments and samples, and nothing else. Names
	// that another file gives already, and those that must not be set here, are
	// commented out.
	Text []byte
	// Names is how many variables the text sets.
	Names int
	// Lacking are the required names that no file sets now, Empty those that are
	// set to nothing; both sorted.
	Lacking, Empty []string
	// Template is an example that is not among Examples and named for this very
	// file: whoever shares the file copies that one.
	Template string
	// Open says in words why more may be lacking.
	Open []string
}

// Drafts returns the local env files of the apps in scope, one for each path, in
// the order of the apps. It reads files and writes none.
func (c *Check) Drafts() ([]Draft, []envtight.Incompleteness) {
	m, incomplete := c.localModel()
	var out []Draft
	var writers []*draftWriter
	for _, l := range m.locals {
		i := slices.IndexFunc(out, func(d Draft) bool { return d.Path == l.load.Target })
		if i < 0 {
			i = len(out)
			out = append(out, Draft{Path: l.load.Target, Exists: c.options.Workspace.Tree.Has(l.load.Target)})
			writers = append(writers, &draftWriter{seen: map[string]bool{}})
		}
		out[i].Apps = append(out[i].Apps, l.app.name)
		absent, empty, unknown := l.lacking()
		out[i].Lacking = append(out[i].Lacking, rowNames(absent)...)
		out[i].Empty = append(out[i].Empty, rowNames(empty)...)
		if len(unknown) > 0 {
			out[i].Open = append(out[i].Open, l.open...)
		}
		for _, f := range m.examplesOf(l) {
			if !slices.Contains(out[i].Examples, f.path) {
				out[i].Examples = append(out[i].Examples, f.path)
				writers[i].example(l, f)
			}
		}
	}
	for i := range out {
		if template := out[i].Path + ".example"; c.options.Workspace.Tree.Has(template) && !slices.Contains(out[i].Examples, template) {
			out[i].Template = template
		}
		out[i].Lacking, out[i].Empty = distinct(out[i].Lacking), distinct(out[i].Empty)
		if !out[i].Exists && len(out[i].Examples) > 0 {
			out[i].Text, out[i].Names = []byte(writers[i].text.String()), writers[i].names
		}
	}
	return out, incomplete
}

func distinct(names []string) []string { return slices.Compact(slices.Sorted(slices.Values(names))) }

// examplesOf are the examples that declare for an app on this machine, its own
// first.
func (m *model) examplesOf(l *local) []*envFile {
	var out []*envFile
	add := func(examples []workspace.EnvFile, tier tier) {
		for _, example := range examples {
			for _, r := range l.app.rows {
				i := slices.IndexFunc(r.declarations, func(d *declaration) bool {
					return d.tier == tier && d.file.path == example.Path && d.speaksOf(LocalEnvironment, []string{LocalEnvironment})
				})
				if i >= 0 && !slices.Contains(out, r.declarations[i].file) {
					out = append(out, r.declarations[i].file)
				}
			}
		}
	}
	add(l.app.Examples, ownTier)
	for _, dependency := range l.app.DependsOn {
		if !dependency.Dev {
			add(dependency.Package.Examples, packageTier)
		}
	}
	if len(l.app.Examples) == 0 {
		add(m.options.Workspace.RootExamples, rootTier)
	}
	return out
}

// draftWriter writes the text of a draft.
type draftWriter struct {
	text  strings.Builder
	seen  map[string]bool
	names int
}

func (w *draftWriter) line(text string) { w.text.WriteString(text + "\n") }

// example adds what an example says, in its order.
func (w *draftWriter) example(l *local, f *envFile) {
	if w.text.Len() > 0 {
		w.line("\n# From " + f.path)
	}
	for i := range f.parsed.Entries() {
		e := &f.parsed.Entries()[i]
		switch {
		case e.Kind == dotenv.Blank:
			w.line("")
		case e.Kind == dotenv.Comment:
			w.comment(f.parsed.Reveal(e.Comment))
		case e.Name == "" || w.seen[e.Name]:
		case e.Kind == dotenv.CommentedOut:
			w.seen[e.Name] = true
			w.line(f.parsed.Reveal(envtight.Span{Start: e.Span.Start, End: e.EOL.Start}))
		default:
			w.seen[e.Name] = true
			w.assignment(l, f.parsed, e)
		}
	}
}

// comment writes a comment. A mark that sets findings aside is about the example.
func (w *draftWriter) comment(text string) {
	if !strings.Contains(text, "envtight:") {
		w.line(text)
	}
}

// assignment writes a name with its sample. A comment behind the value moves above
// it: some loaders would take it for the value.
func (w *draftWriter) assignment(l *local, f *dotenv.File, e *dotenv.Entry) {
	if e.HasComment() {
		w.comment(f.Reveal(e.Comment))
	}
	value := f.Reveal(e.Value)
	if e.Problem == dotenv.UnterminatedQuote || e.Kind != dotenv.Assignment {
		value = ""
	}
	text := e.Name + "=" + value
	r := l.app.byName[e.Name]
	forbidden := r != nil && r.needs[l.order].Need == envtight.Forbidden
	if l.settings[e.Name] != nil || forbidden {
		w.line("# " + strings.ReplaceAll(text, "\n", "\n# "))
		return
	}
	w.names++
	w.line(text)
}
