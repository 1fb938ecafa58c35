package envcheck

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/usage/reach"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/internal/glob"
)

// accounts tell all that is known of a variable: for each app that declares, reads or
// has it, and for what belongs to no app.
func (m *model) accounts(ctx context.Context, name string) []envtight.Account {
	if name == "" {
		return nil
	}
	var out []envtight.Account
	for _, a := range m.apps {
		account := envtight.Account{Name: name, App: a.name, Class: m.options.Class(name)}
		if r := a.byName[name]; r != nil {
			account.Class = r.class
			account.Declared = declaredAt(r)
			account.Cells = make([]envtight.MatrixEntry, a.width(m.options.Environments)+countOfCode(r))
			m.fill(account.Cells, a, r)
		}
		if m.reads != nil {
			account.Reads = tracesOf(m.reads.apps[a.App].byName[name])
			account.Mentions = m.mentions(name, a)
		}
		if len(account.Declared)+len(account.Reads)+len(account.Mentions) > 0 || a.byName[name] != nil {
			out = append(out, account)
		}
	}
	if rest := m.accountOfRest(name); len(rest.Declared)+len(rest.Reads)+len(rest.Mentions) > 0 {
		out = append(out, rest)
	}
	m.date(ctx, out)
	return out
}

func countOfCode(r *row) int {
	if r.readByCode() != nil {
		return 1
	}
	return 0
}

// accountOfRest tells what of a variable belongs to no app in scope.
func (m *model) accountOfRest(name string) envtight.Account {
	out := envtight.Account{Name: name, Class: m.options.Class(name)}
	shown := map[envtight.Location]bool{}
	for _, a := range m.apps {
		if r := a.byName[name]; r != nil {
			for _, d := range r.declarations {
				shown[d.location] = true
			}
		}
		if m.reads != nil {
			for _, n := range m.reads.apps[a.App].byName[name] {
				shown[location(&n)] = true
			}
		}
	}
	for _, f := range sortedFiles(m.files) {
		for i := range f.declared {
			d := declaration{Declaration: &f.declared[i], file: f}
			if d.Name != name {
				continue
			}
			if d.settle(); !shown[d.location] {
				out.Declared = append(out.Declared, envtight.Trace{Location: d.location, Surface: envtight.OnExample, Text: "declared for no app"})
			}
		}
	}
	if m.reads == nil {
		return out
	}
	for i := range m.reads.result.Files {
		f := &m.reads.result.Files[i]
		for k := range f.Reads {
			n := reach.Need{File: f, Read: &f.Reads[k], Scope: f.Reads[k].Scope, Imported: true}
			if n.Read.Name == name && !isOpen(n.Read) && !shown[location(&n)] {
				out.Reads = append(out.Reads, traceOf(&n))
			}
		}
	}
	out.Mentions = m.mentions(name, nil)
	return out
}

func declaredAt(r *row) []envtight.Trace {
	var out []envtight.Trace
	for _, d := range r.declarations {
		text := "optional"
		switch {
		case d.Need == envtight.Required:
			text = "required"
		case !d.optional():
			text = "required in some environments"
		}
		if d.mode != "" {
			text += " in " + d.mode
		}
		if r.defaulted != nil && d.Need == envtight.Required && !d.Explicit {
			text += ", but the code has a default"
		}
		out = append(out, envtight.Trace{Location: d.location, Surface: envtight.OnExample, Text: text, Via: d.via})
	}
	return out
}

func tracesOf(reads []reach.Need) []envtight.Trace {
	var out []envtight.Trace
	for i := range reads {
		out = append(out, traceOf(&reads[i]))
	}
	return out
}

func traceOf(n *reach.Need) envtight.Trace {
	var words []string
	switch n.Read.Kind {
	case usage.Required:
		words = append(words, "required")
	case usage.Defaulted:
		words = append(words, "with a default")
	default:
		words = append(words, "as it is")
	}
	if n.Read.Via != "" {
		words = append(words, "by "+n.Read.Via)
	}
	switch n.Scope {
	case usage.Build:
		words = append(words, "during the build")
	case usage.Test:
		words = append(words, "in tests")
	case usage.Script:
		words = append(words, "in scripts")
	case usage.Runtime:
	}
	if !n.Imported {
		words = append(words, "if the app uses the file")
	}
	return envtight.Trace{Location: location(n), Surface: n.File.Surface, Text: strings.Join(words, ", "), Via: n.Via}
}

// mentions are the places in configuration that set a variable, pass it on or ask a
// platform for it: those in an app's own directory, or with no app those in the
// directories of all that are not apps in scope.
func (m *model) mentions(name string, a *app) []envtight.Trace {
	var out []envtight.Trace
	for i := range m.reads.result.Files {
		f := &m.reads.result.Files[i]
		unit := m.options.Workspace.Unit(f.Path)
		if a != nil && unit != &a.Unit || a == nil && m.inScope(unit) {
			continue
		}
		for _, mention := range f.Mentions {
			if !glob.Match(mention.Name, name) {
				continue
			}
			out = append(out, envtight.Trace{
				Location: envtight.Location{Kind: envtight.AtFile, Path: f.Path, Range: mention.Range}, Surface: f.Surface, Text: mentionText(&mention),
			})
		}
	}
	return out
}

func (m *model) inScope(unit *workspace.Unit) bool {
	return slices.ContainsFunc(m.apps, func(a *app) bool { return unit == &a.Unit })
}

func mentionText(n *usage.Mention) string {
	text := map[usage.Role]string{usage.Sets: "set", usage.Passes: "passed on", usage.Declares: "asked of the platform"}[n.Role]
	if n.Key != "" {
		text += " by " + n.Key
	}
	if n.Subject != "" {
		text += " of " + n.Subject
	}
	return text
}

// datingTime is how long the history may be asked when places got a name.
const datingTime = 3 * time.Second

// date says of the first declaration and the first read of each account since when
// they are there, as far as the history tells in time.
func (m *model) date(ctx context.Context, accounts []envtight.Account) {
	if m.options.History == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, datingTime)
	defer cancel()
	for i := range accounts {
		for _, traces := range [][]envtight.Trace{accounts[i].Declared, accounts[i].Reads} {
			if len(traces) == 0 || traces[0].Location.Kind != envtight.AtFile {
				continue
			}
			found, ok, err := m.options.History.Brought(ctx, traces[0].Location.Path, accounts[i].Name)
			if err == nil && ok {
				traces[0].Since = envtight.Change{Commit: found.Commit, At: found.At}
			}
		}
	}
}
