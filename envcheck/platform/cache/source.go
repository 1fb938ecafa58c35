package cache

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/envtight/envtight/envcheck"
)

// patience is how long a run waits for another one that asks for the same. Then it
// asks for itself: the other one may have been stopped.
const patience = time.Minute

// Source answers from a store what another run has just asked a source. Targets
// with values pass it by.
type Source struct {
	store    *Store
	source   envcheck.Source
	host     string
	siblings []envcheck.Target
}

var _ envcheck.Source = (*Source)(nil)

// Source returns a source that shares the answers of another one through the store.
// host is the base URL that source asks. Of siblings, which are what other runs are
// likely to ask, those are asked along that cost no further call.
func (s *Store) Source(source envcheck.Source, host string, siblings []envcheck.Target) *Source {
	return &Source{store: s, source: source, host: host, siblings: siblings}
}

// Platform implements [envcheck.Source].
func (s *Source) Platform() string { return s.source.Platform() }

// Unwrap returns the source whose answers are shared.
func (s *Source) Unwrap() envcheck.Source { return s.source }

// group is the targets of a fetch that have one file.
type group struct {
	file string
	open []int // targets without an answer
	page page
	lock *flock.Flock
}

// fetch is one call of Fetch.
type fetch struct {
	*Source
	targets []envcheck.Target
	answers []envcheck.Answer
	began   time.Time
	taken   int           // answers from the store
	oldest  time.Duration // age of the oldest of them
}

// Fetch implements [envcheck.Source]. What no other run has asked within MaxAge is
// asked, in one Fetch of the source behind; while it lasts, other runs that need
// the same wait for it.
func (s *Source) Fetch(ctx context.Context, targets []envcheck.Target) []envcheck.Answer {
	f := &fetch{Source: s, targets: targets, answers: make([]envcheck.Answer, len(targets)), began: s.store.options.Now()}
	open := f.take(f.groups())
	defer func() {
		for _, g := range open {
			g.release()
		}
	}()
	f.lock(ctx, open)
	open = f.take(open)
	for _, g := range open {
		if g.page.failed.After(f.began) {
			// Whoever waited for that run asks for itself now, and all at
			// once: in turn, they would wait for one failure after another.
			g.release()
		}
	}
	f.ask(ctx, open)
	if f.taken > 0 {
		s.store.options.Logger.Debug("names come from a run just before", "platform", s.Platform(), "cells", f.taken,
			"age", f.oldest.Round(time.Second).String())
	}
	return f.answers
}

// groups sorts the targets without values into groups, in the order of their files.
func (f *fetch) groups() []*group {
	byFile := map[string]*group{}
	var all []*group
	for i, t := range f.targets {
		if t.Values {
			continue
		}
		file := f.file(t)
		g := byFile[file]
		if g == nil {
			g = &group{file: file}
			byFile[file] = g
			all = append(all, g)
		}
		g.open = append(g.open, i)
	}
	slices.SortFunc(all, func(a, b *group) int { return strings.Compare(a.file, b.file) })
	return all
}

// file names the file of a target's group.
func (s *Source) file(t envcheck.Target) string {
	return s.store.name("answers", s.Platform(), s.host, t.Token.From, t.Token.Secret.Reveal(), s.groupOf(t))
}

// groupOf is the source's own group, or a group of one.
func (s *Source) groupOf(t envcheck.Target) string {
	if grouper, ok := envcheck.As[envcheck.Grouper](s.source); ok {
		return grouper.Group(t)
	}
	return question(t)
}

// question is what a target asks for, whoever asks, with all fields that a reference
// has. It holds no blank: it names the target's entry on a page.
func question(t envcheck.Target) string {
	return url.QueryEscape(fmt.Sprintf("%q %q %q %#v", t.Team, t.Project, t.Service, t.Ref))
}

// take answers what the store can answer, and returns the groups that stay open.
func (f *fetch) take(groups []*group) []*group {
	now := f.store.options.Now()
	var open []*group
	for _, g := range groups {
		text, ok := f.store.read(g.file)
		g.page = page{entries: map[string]entry{}}
		if ok {
			g.page = decodePage(text)
		}
		g.open = slices.DeleteFunc(g.open, func(i int) bool { return f.takeOne(g.page.entries[question(f.targets[i])], i, now) })
		if len(g.open) == 0 {
			g.release()
			continue
		}
		open = append(open, g)
	}
	return open
}

func (f *fetch) takeOne(e entry, i int, now time.Time) bool {
	if !f.store.fresh(e, now) || e.stored.Before(f.store.options.Since) {
		return false
	}
	answer, err := decodeAnswer(e.text)
	if err != nil || !keeps(&answer) {
		return false
	}
	f.answers[i] = answer
	f.taken++
	f.oldest = max(f.oldest, now.Sub(e.stored))
	return true
}

// fresh reports whether an entry is young enough. One from the future, as after the
// clock was set back, is not.
func (s *Store) fresh(e entry, now time.Time) bool {
	age := now.Sub(e.stored)
	return age >= 0 && age <= MaxAge
}

// lock takes the locks of all groups, in the order of their files, so that no two
// runs wait for each other. It gives up after a while, and then this run asks
// beside the one that it waited for.
func (f *fetch) lock(ctx context.Context, groups []*group) {
	wait := patience
	if deadline, ok := ctx.Deadline(); ok {
		wait = min(wait, time.Until(deadline)/2)
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for _, g := range groups {
		lock, err := f.store.lock(ctx, g.file)
		if err != nil {
			f.store.options.Logger.Debug("names are asked for without waiting for other runs", "platform", f.Platform(), "reason", err.Error())
			return
		}
		g.lock = lock
	}
}

func (g *group) release() {
	if g.lock != nil {
		unlock(g.lock)
		g.lock = nil
	}
}

// ask asks the source for all that is open, for values, and for siblings of what is
// open, and keeps what may be kept.
func (f *fetch) ask(ctx context.Context, open []*group) {
	var asked []envcheck.Target
	var indexes []int
	for i, t := range f.targets {
		if t.Values || slices.ContainsFunc(open, func(g *group) bool { return slices.Contains(g.open, i) }) {
			asked = append(asked, t)
			indexes = append(indexes, i)
		}
	}
	if len(asked) == 0 {
		return
	}
	asked = append(asked, f.companions(open)...)
	answers := f.source.Fetch(ctx, asked)
	for k, i := range indexes {
		if k < len(answers) {
			f.answers[i] = answers[k]
		}
	}
	f.keep(ctx, open, asked[:min(len(asked), len(answers))], answers)
}

// companions are the siblings in the groups that are about to be asked.
func (f *fetch) companions(open []*group) []envcheck.Target {
	var out []envcheck.Target
	seen := map[string]bool{}
	for _, g := range open {
		for _, i := range g.open {
			seen[g.file+question(f.targets[i])] = true
		}
	}
	for _, t := range f.siblings {
		if t.Values {
			continue
		}
		file := f.file(t)
		if key := file + question(t); !seen[key] && slices.ContainsFunc(open, func(g *group) bool { return g.file == file }) {
			seen[key] = true
			out = append(out, t)
		}
	}
	return out
}

// keep writes what was answered to the pages of the groups.
func (f *fetch) keep(ctx context.Context, open []*group, asked []envcheck.Target, answers []envcheck.Answer) {
	now := f.store.options.Now()
	for _, g := range open {
		for id, e := range g.page.entries {
			if !f.store.fresh(e, now) {
				delete(g.page.entries, id)
			}
		}
		g.page.failed = time.Time{}
		for _, i := range g.open {
			// A run that was stopped tells nothing about the platform.
			if !keeps(&f.answers[i]) && ctx.Err() == nil {
				g.page.failed = now
			}
		}
	}
	for i, t := range asked {
		if t.Values || !keeps(&answers[i]) {
			continue
		}
		file := f.file(t)
		g := open[slices.IndexFunc(open, func(g *group) bool { return g.file == file })]
		if text, err := encodeAnswer(answers[i]); err == nil {
			g.page.entries[question(t)] = entry{now, text}
		}
	}
	for _, g := range open {
		f.store.write(g.file, g.page.encode())
	}
}
