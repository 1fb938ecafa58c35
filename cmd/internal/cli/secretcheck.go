package cli

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/git"
	"github.com/envtight/envtight/internal/nearest"
	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/gitleaks"
	"github.com/envtight/envtight/secrets/history"
)

// secretChecks are the checks of a run that looks for secrets.
type secretChecks struct {
	// checks are the one that looks, and what was found in the files that it was
	// told by.
	checks []envtight.Check
	// allows tells which files the rules pass over.
	allows  func(path string) bool
	sources []*watched
	close   func()
}

// unread tells that something could not be looked at.
func (s *secretChecks) unread() bool {
	return slices.ContainsFunc(s.sources, func(w *watched) bool { return w.failed })
}

// wrong is what the user has to mend before anything can be looked at.
func (s *secretChecks) wrong() error {
	for _, w := range s.sources {
		if partial, ok := errors.AsType[*history.PartialError](w.err); ok {
			return usage("%w", partial)
		}
		if errors.Is(w.err, git.ErrBare) {
			return usage("nothing is staged here: %w", w.err)
		}
	}
	return nil
}

// watched remembers of a source that something in it could not be looked at.
type watched struct {
	secrets.Source

	failed bool
	err    error // that it stopped with
}

// Scan implements [secrets.Source].
func (w *watched) Scan(ctx context.Context, d *secrets.Detector, o secrets.Options) iter.Seq2[secrets.Finding, error] {
	tell := o.Incomplete
	o.Incomplete = func(i envtight.Incompleteness) {
		w.failed = w.failed || i.Silence == envtight.Failed
		tell(i)
	}
	return func(yield func(secrets.Finding, error) bool) {
		for f, err := range w.Source.Scan(ctx, d, o) {
			if err != nil {
				w.failed, w.err = true, err
			}
			if !yield(f, err) {
				return
			}
		}
	}
}

// A seeker finds secrets.
type seeker struct {
	*secrets.Detector
	wrong []envtight.Diagnostic // about the rules
	// builtIn tells that it has all rules that are built in, and only those.
	builtIn bool
}

func (a *app) seeker(p *project, noTarget bool) (*seeker, error) {
	if err := a.flags.secrets.check(); err != nil {
		return nil, err
	}
	rules, wrong, err := a.secretRules(p, noTarget)
	if err != nil {
		return nil, err
	}
	set, err := a.flags.secrets.only(rules.Rules)
	if err != nil {
		return nil, err
	}
	builtIn := len(rules.Files) == 0 && len(a.flags.secrets.enableRules) == 0
	own := a.ownFiles(p, rules)
	depth := a.flags.secrets.depth()
	if builtIn && len(own) == 0 && (depth == 0 || depth == usualDepth) {
		detector, err := builtInDetector()
		return &seeker{detector, wrong, true}, err
	}
	set.DecodeDepth, set.IgnoreMarks = depth, true // marks: see builtInDetector
	if len(own) > 0 {
		set.Allow = append(slices.Clip(set.Allow), gitleaks.AllowFiles(own...))
	}
	detector, err := secrets.NewDetector(set)
	if err != nil {
		return nil, usage("the rules cannot be used: %w", err)
	}
	return &seeker{detector, wrong, builtIn}, nil
}

// maskers hide more of the lines that findings are shown with than the seeker does
// by itself. To search whole texts by the same rules again would take longer than to
// find what is in them.
func (s *seeker) maskers(p *project) []envtight.Masker {
	if s.builtIn {
		return p.fileMaskers()
	}
	return p.maskers()
}

// secretsCheck prepares the look for secrets.
func (a *app) secretsCheck(p *project, s search) (*secretChecks, error) {
	seeker, err := a.seeker(p, s.noTarget)
	if err != nil {
		return nil, err
	}
	exceptions, unusable, err := a.exceptions(p, s)
	if err != nil {
		return nil, err
	}
	wrong := slices.Concat(seeker.wrong, unusable)
	var from []secrets.Source
	out := &secretChecks{close: func() {}}
	for _, open := range s.sources {
		opened, err := open(p)
		if err != nil {
			return nil, err
		}
		from = append(from, opened)
		out.sources = append(out.sources, &watched{Source: opened})
	}
	progress, stop := a.progress(s.unit)
	out.close = func() {
		stop()
		for _, opened := range from {
			if closer, ok := opened.(interface{ Close() error }); ok {
				_ = closer.Close() // it was only read
			}
		}
	}
	out.allows = func(path string) bool { return seeker.Allows(secrets.File{Path: path}) }
	var all []secrets.Source
	for _, w := range out.sources {
		all = append(all, w)
	}
	look := secrets.NewCheck(seeker.Detector, secrets.Options{Maskers: seeker.maskers(p), Progress: progress, Exceptions: exceptions, Partial: s.part, SomeRules: len(a.flags.secrets.enableRules) > 0}, all...)
	out.checks = []envtight.Check{given{rules: gitleaks.Rules(), diagnostics: wrong}, look}
	return out, nil
}

// exceptions are what sets findings aside: marks in texts, .gitleaksignore, a report of
// gitleaks as a baseline.
func (a *app) exceptions(p *project, s search) ([]secrets.Exceptions, []envtight.Diagnostic, error) {
	f := &a.flags.secrets
	var out []secrets.Exceptions
	if !a.flags.noMarks {
		out = append(out, &secrets.Marks{NoGitleaks: f.ignoreAllow})
	}
	if f.ignorePath != "" && !f.asGitleaks {
		if _, err := os.Stat(p.path(f.ignorePath)); err != nil {
			return nil, nil, usage("--gitleaks-ignore-path %s: %w", f.ignorePath, bare(err))
		}
	}
	ignore, wrong, err := a.loadIgnore(p, s)
	if err != nil {
		return nil, nil, usage("cannot read the ignore file: %w", err)
	}
	out = append(out, ignore)
	for i := range wrong {
		// Whoever pastes a secret in place of an entry has it shown by nothing: not by
		// its line (see maskers), nor by where that ends.
		at := &wrong[i].Location.Range
		at.End = at.Start
	}
	if f.baselinePath != "" {
		baseline, err := gitleaks.LoadBaseline(gitleaks.BaselineOptions{Path: f.baselinePath, Dir: p.dir, Name: p.relative})
		if err != nil {
			return nil, nil, usage("cannot read the baseline: %w", err)
		}
		out = append(out, baseline)
	}
	return out, wrong, nil
}

func (a *app) loadIgnore(p *project, s search) (*gitleaks.Ignore, []envtight.Diagnostic, error) {
	where := gitleaks.IgnoreOptions{
		Path: a.flags.secrets.ignorePath, Dir: p.dir, Target: p.root, History: s.history && !s.part, There: p.there, Name: p.relative,
	}
	if s.noTarget {
		where.Target = ""
	}
	return gitleaks.LoadIgnore(where)
}

// there tells whether a path, from the root, is in the work tree.
func (p *project) there(path string) bool {
	if path = filepath.FromSlash(path); !filepath.IsLocal(path) {
		return false
	}
	_, err := os.Lstat(filepath.Join(p.root, path))
	return err == nil
}

// ownFiles are the file of rules and the baseline, which hold what looks like secrets.
func (a *app) ownFiles(p *project, rules *gitleaks.Config) []string {
	var out []string
	if rules.Path != "" {
		out = append(out, rules.Files[0].Name)
	}
	if baseline := a.flags.secrets.baselinePath; baseline != "" {
		out = append(out, p.relative(p.path(baseline)))
	}
	return out
}

// loadRules reads the file of rules that gitleaks would read.
func (a *app) loadRules(p *project, noTarget bool) (*gitleaks.Config, []envtight.Diagnostic, error) {
	return gitleaks.Load(gitleaks.Options{
		Path: a.flags.secrets.file(), Target: p.root, NoTarget: noTarget, Dir: p.dir, Getenv: a.env.getenv, Name: p.relative,
	})
}

// secretRules is loadRules, and says what makes a file unusable.
func (a *app) secretRules(p *project, noTarget bool) (*gitleaks.Config, []envtight.Diagnostic, error) {
	rules, wrong, err := a.loadRules(p, noTarget)
	if err != nil {
		return nil, nil, usage("cannot read the rules: %w", err)
	}
	if rules == nil {
		return nil, nil, a.unusable(p, wrong)
	}
	return rules, wrong, nil
}

// unusable reports a file of rules that cannot be used.
func (a *app) unusable(p *project, wrong []envtight.Diagnostic) error {
	check := given{rules: gitleaks.Rules(), diagnostics: wrong}
	report, err := envtight.Run(context.Background(), []envtight.Check{check}, envtight.Options{FS: p.fsys, Maskers: p.maskers(), NoInlineMarks: true})
	if err != nil {
		return failure("%w", err)
	}
	if err := a.writeConfigReport(a.env.Stderr, report, a.env.StderrTTY, true); err != nil {
		return err
	}
	return usage("the rules cannot be used: nothing was looked at")
}

// only keeps the rules that --enable-rule names.
func (f *secretFlags) only(set secrets.RuleSet) (secrets.RuleSet, error) {
	if len(f.enableRules) == 0 {
		return set, nil
	}
	var ids []string
	for i := range set.Rules {
		ids = append(ids, set.Rules[i].ID)
	}
	wanted := map[string]bool{}
	for _, name := range f.enableRules {
		id := strings.TrimPrefix(name, secrets.Topic+"/")
		if !slices.Contains(ids, id) {
			hint := ""
			if near := nearest.Name(id, ids); near != "" {
				hint = " (did you mean " + near + "?)"
			}
			return set, usage("--enable-rule %s: there is no such rule%s", name, hint)
		}
		wanted[id] = true
	}
	set.Rules = slices.DeleteFunc(slices.Clone(set.Rules), func(r secrets.Rule) bool { return !wanted[r.ID] })
	return set, nil
}

// dropSilentRules leaves the rules about secrets that found nothing out of a report.
// There are hundreds, and each has a page of text: a file that lists rules would hold
// little else.
func dropSilentRules(r *envtight.Report) {
	spoke := map[string]bool{}
	for i := range r.Diagnostics {
		spoke[r.Diagnostics[i].Rule] = true
	}
	r.Rules = slices.DeleteFunc(r.Rules, func(rule *envtight.Rule) bool { return rule.Topic() == secrets.Topic && !spoke[rule.ID] })
}
