package envtight

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/envtight/envtight/internal/glob"
)

// Suppression sets findings aside. Empty fields match everything; Rule, Path,
// App, Environment, Platform and Name are patterns in which "*" stands for any
// text without "/", and "**" for any text. A suppression without a rule or
// without a reason suppresses nothing.
type Suppression struct {
	Rule        string
	Path        string
	App         string
	Environment string
	Platform    string
	Name        string
	// Reason is compulsory.
	Reason string
	// Owner is who answers for it; optional.
	Owner string
	// Expires is the moment after which it suppresses nothing; zero: never.
	Expires time.Time
	// Location is where it is written.
	Location Location
}

// Matches reports whether the suppression is about the finding, whatever its
// reason and expiry.
func (s *Suppression) Matches(d *Diagnostic) bool {
	match := func(pattern, text string) bool { return pattern == "" || glob.Match(pattern, text) }
	return s.Rule != "" && glob.Match(s.Rule, d.Rule) &&
		match(s.Path, d.Location.Path) &&
		match(s.App, d.App) &&
		match(s.Name, d.Name) &&
		match(s.Environment, d.Environment) &&
		(s.Platform == "" || slices.ContainsFunc(d.platforms(), func(p string) bool { return glob.Match(s.Platform, p) }))
}

func (d *Diagnostic) platforms() []string {
	names := []string{d.Location.Place.Platform}
	for _, c := range d.Cells {
		names = append(names, c.Place.Platform)
	}
	return names
}

// suppress applies inline marks, then the configuration, then the baseline, and
// reports those that are invalid or matched nothing.
func (r *run) suppress() {
	marks := r.marks()
	usedConfig := make([]bool, len(r.options.Suppressions))
	baseline, usedBaseline := r.options.Baseline.byFingerprint(), map[string]bool{}
	for i := range r.diagnostics {
		d := &r.diagnostics[i]
		for _, m := range marks[d.Location.Path] {
			if m.covers(d) {
				m.used = true
				if d.Suppressed == nil {
					d.Suppressed = &Suppressed{By: "inline", Reason: m.Reason, Location: m.Location}
				}
			}
		}
		for j := range r.options.Suppressions {
			s := &r.options.Suppressions[j]
			if !s.Matches(d) {
				continue
			}
			usedConfig[j] = true
			if d.Suppressed == nil && s.Reason != "" && !r.expired(s) {
				d.Suppressed = &Suppressed{By: "config", Reason: s.Reason, Owner: s.Owner, Location: s.Location}
			}
		}
		if entry, ok := baseline[d.Fingerprint]; ok {
			usedBaseline[d.Fingerprint] = true
			if d.Suppressed == nil {
				d.Suppressed = &Suppressed{By: "baseline", Reason: entry.Reason}
			}
		}
	}
	r.blankReasons()
	r.reportMarks(marks)
	r.reportSuppressions(usedConfig)
	r.reportBaseline(usedBaseline)
	r.fingerprint() // of what has just been reported
}

// blankReasons hides what must not be shown of the reasons that people gave: they
// are texts like others, and may quote what they are about.
func (r *run) blankReasons() {
	known := map[string]string{}
	blank := func(text string) string {
		if _, ok := known[text]; !ok {
			known[text] = r.files.blank(text)
		}
		return known[text]
	}
	for i := range r.diagnostics {
		if s := r.diagnostics[i].Suppressed; s != nil {
			shown := *s
			shown.Reason, shown.Owner = blank(s.Reason), blank(s.Owner)
			r.diagnostics[i].Suppressed = &shown
		}
	}
}

func (r *run) expired(s *Suppression) bool {
	return !s.Expires.IsZero() && r.options.Now.After(s.Expires)
}

// judged reports whether the run could have found everything that a suppression
// of these rules may be about: some of them are on, and none could not say all.
func (r *run) judged(pattern string) bool {
	if r.options.Partial || slices.ContainsFunc(r.incomplete, func(i Incompleteness) bool { return i.Silence == Failed }) {
		return false
	}
	ran := false
	for id, rule := range r.rules {
		if isOwn(id) || !glob.Match(pattern, id) || r.severity(rule, Off) == Off {
			continue
		}
		if r.undecided[id] {
			return false
		}
		ran = true
	}
	return ran
}

func (r *run) reportMarks(marks map[string][]*usedMark) {
	for _, path := range slices.Sorted(maps.Keys(marks)) {
		for _, m := range marks[path] {
			switch {
			case len(m.Rules) == 0:
				r.report(Diagnostic{
					Rule:     invalidSuppression.ID,
					Location: m.Location,
					Message:  "this mark names no rule, so it suppresses nothing",
					Advice:   "write: envtight:ignore TOPIC/RULE -- why it is right here",
				})
			case m.Reason == "":
				r.report(Diagnostic{
					Rule:     invalidSuppression.ID,
					Location: m.Location,
					Message:  "this mark gives no reason, so it suppresses nothing",
					Advice:   fmt.Sprintf("write: envtight:ignore %s -- why it is right here", r.files.blank(strings.Join(m.Rules, ","))),
				})
			case !m.used && !slices.ContainsFunc(m.Rules, func(rule string) bool { return !r.judged(rule) }):
				r.report(Diagnostic{
					Rule:     unusedSuppression.ID,
					Location: m.Location,
					Message:  fmt.Sprintf("nothing here is found by %s", r.files.blank(strings.Join(m.Rules, ", "))),
					Advice:   "remove the mark",
				})
			}
		}
	}
}

func (r *run) reportSuppressions(used []bool) {
	for i := range r.options.Suppressions {
		s := &r.options.Suppressions[i]
		switch {
		case s.Reason == "" || s.Rule == "":
			r.report(Diagnostic{
				Rule:     invalidSuppression.ID,
				Location: s.Location,
				Message:  "a suppression needs a rule and a reason; this one suppresses nothing",
				Advice:   "add rule and reason to the block",
			})
		case r.expired(s):
			r.report(Diagnostic{
				Rule:     expiredSuppression.ID,
				Location: s.Location,
				Message:  fmt.Sprintf("the suppression of %s expired on %s", s.Rule, s.Expires.Format(time.DateOnly)),
				Advice:   "mend what it hid, or set a later date with a reason",
			})
		case !used[i] && r.judged(s.Rule) && !strings.HasPrefix(s.Environment, "pr/"): // which only a run that names it judges
			r.report(Diagnostic{
				Rule:     unusedSuppression.ID,
				Location: s.Location,
				Message:  fmt.Sprintf("the suppression of %s matches nothing", s.Rule),
				Advice:   "remove the block, or correct its patterns",
			})
		}
	}
}

func (r *run) reportBaseline(used map[string]bool) {
	if r.options.Baseline == nil {
		return
	}
	for _, entry := range r.options.Baseline.Entries {
		if !used[entry.Fingerprint] && r.judged(entry.Rule) {
			r.report(Diagnostic{
				Rule:     unusedSuppression.ID,
				Location: WholeFile(r.options.Baseline.Path),
				Message:  fmt.Sprintf("the baseline entry for %s (%s) matches nothing", entry.Rule, entry.Where),
				Advice:   "remove the entry",
			})
		}
	}
}
