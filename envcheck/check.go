package envcheck

import (
	"context"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/dotenvlint"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/workspace"
)

// DefaultDeadline is how long all platforms together may take to answer.
const DefaultDeadline = 2 * time.Minute

// Options say what a [Check] looks at. FS and Workspace are compulsory; with
// nothing else, env examples are judged and no platform is asked.
type Options struct {
	// FS is the repository that Workspace was loaded from.
	FS        fs.FS
	Workspace *workspace.Workspace
	// Repository is what FS is a checkout of. With it, runs that judge all apps
	// ask the platforms what else is built from it; nil: nobody is asked.
	Repository *Repository
	// History is asked for the commits that brought and removed names; nil: nobody is.
	History History
	// Apps are the names of the apps to judge; nil means all.
	Apps []string
	// Environments are the user's environments to judge, in order, as in dev
	// before prod.
	Environments []string
	// CopyOf names, for environments of pull requests, the user's environment
	// that counts as the one they are copies of where no platform says it.
	CopyOf map[string]string
	// Branches are the branches of the repository. It is asked at most once, and
	// only when a platform has variables for single branches; nil: nobody knows.
	Branches func(context.Context) Branches
	// Links say where the apps are deployed.
	Links []Link
	// About is a variable of which the facts are to hold an account; empty: none.
	About string
	// FactsOnly fills the facts for other checks, and judges nothing.
	FactsOnly bool
	// Configured tells that the user wrote the links down, so that an app
	// without one was forgotten.
	Configured bool
	// Usage finds what code and configuration ask for, as usage.Scan does. It is called
	// once, while platforms are asked. Nil: nobody looks, and nothing is said of reads.
	Usage func(context.Context) (*usage.Result, error)
	// Sources are the platforms that can be asked.
	Sources []Source
	// Tokens finds the token for a link in an environment; nil: there is none.
	Tokens func(link Link, environment string) (Token, bool)
	// Local looks at the env files that programs read on this machine, as the
	// environment [LocalEnvironment] when that is among Environments.
	Local bool
	// Tracked reports whether git tracks a file; nil: nobody knows.
	Tracked func(path string) bool
	// Offline asks no platform.
	Offline bool
	// Deadline is for all platforms together; 0 means DefaultDeadline.
	Deadline time.Duration
	// Policies say more about variables than their declarations do. The last
	// one that matches wins.
	Policies []Policy
	// FileJudges judge each env file, besides package dotenvlint. They are how
	// rules take part that need packages which this one must not import.
	FileJudges []FileJudge
	// PublicPrefixes begin the names whose values builds put into the code that
	// browsers load, as in "NEXT_PUBLIC_".
	PublicPrefixes []string
	// Class guesses the class of a variable by its name; it may be nil.
	Class func(name string) envtight.Class
}

// Branches are the branches of the repository, as far as a clone knows them.
type Branches struct {
	// Repository is that of the remote, as "owner/name".
	Repository string
	// Names are all branches, at the remote and local ones, sorted.
	Names []string
	// AsOf is when the remote was last asked for all of them.
	AsOf time.Time
	// Unknown says in words why the clone does not know them all, as in "this
	// clone is shallow", and Advice what to do; then Names prove nothing.
	Unknown, Advice string
}

// FileJudge judges env files one by one.
type FileJudge struct {
	Rules []*envtight.Rule
	// Judge returns its findings about the file at path, without values.
	Judge func(path string, f *dotenv.File) []envtight.Diagnostic
}

// Policy is what the configuration says about variables.
type Policy struct {
	// Name is a pattern in which "*" stands for any text.
	Name string
	// App is a pattern of the apps it is about; empty means all.
	App string
	// RequiredIn lists the environments that need the variable; in all others
	// it is then optional. Nil says nothing.
	RequiredIn []string
	// AbsentIn lists the environments that must not have it.
	AbsentIn []string
	// Optional makes it optional everywhere.
	Optional bool
	// Class overrides what the name suggests; ClassUnknown says nothing.
	Class envtight.Class
	// OwnedBy is the team or person that the variable belongs to, if it is
	// not whoever owns the app.
	OwnedBy string
	// Location is where it is written.
	Location envtight.Location
}

// Check joins declarations with platforms and judges the result. It fills the
// Variables, Matrix and Live of the facts that it is run with.
type Check struct {
	options Options
}

// New returns a check of one repository. It keeps no state between runs; the
// slices of o must not be changed while it is in use.
func New(o Options) *Check {
	if o.Deadline == 0 {
		o.Deadline = DefaultDeadline
	}
	if o.Class == nil {
		o.Class = func(string) envtight.Class { return envtight.ClassUnknown }
	}
	return &Check{options: o}
}

// Rules returns the rules of the matrix and of env files, sorted by ID; none when
// the check only fills the facts. The slice is the caller's own.
func (c *Check) Rules() []*envtight.Rule {
	if c.options.FactsOnly {
		return nil
	}
	rules := Rules()
	for _, judge := range c.options.FileJudges {
		rules = append(rules, judge.Rules...)
	}
	return envtight.SortRules(rules)
}

// Mask implements [envtight.Masker]: the values of all env files but examples, and
// what code takes in place of a variable.
func (*Check) Mask(path string, text []byte) []envtight.Span {
	return append(dotenv.ValueSpans(path, text), fallbackSpans(path, text)...)
}

// Run implements [envtight.Check].
func (c *Check) Run(ctx context.Context, pass *envtight.Pass) error {
	files := c.readFiles(pass)
	apps := c.apps(files)
	var reads *readings
	var unreadable error
	var reading sync.WaitGroup
	reading.Go(func() { reads, unreadable = c.read(ctx) })
	cells := c.fetch(ctx, apps, pass)
	reading.Wait()
	if unreadable != nil {
		return unreadable
	}
	reads.tell(pass)
	m := join(c.options, apps, cells, c.locals(apps, files), reads)
	m.files = files
	m.settleUnheard(ctx)
	m.branches = sync.OnceValue(func() Branches {
		if c.options.Branches == nil {
			return Branches{Unknown: "nobody knows which branches there are"}
		}
		return c.options.Branches(ctx)
	})
	m.export(pass.Facts)
	pass.Facts.Accounts = append(pass.Facts.Accounts, m.accounts(ctx, c.options.About)...)
	c.count(m, pass)
	if c.options.FactsOnly {
		return nil
	}
	c.lint(files, pass)
	surveyed := c.survey(ctx, c.questions(cells))
	m.orphans = c.orphans(ctx, surveyed)
	for _, incomplete := range surveyed.incomplete {
		pass.Incomplete(incomplete)
	}
	if !surveyed.whole {
		pass.Undecided(orphanService.ID)
	}
	m.removals = m.lastNamed(ctx)
	for _, rule := range rules {
		rule.check(&judge{model: m, rule: rule, pass: pass})
	}
	pass.Undecided(c.undecided(cells)...)
	if len(m.locals) == 0 {
		pass.Undecided(LocalRules()...)
	}
	if slices.ContainsFunc(apps, func(a *app) bool { return a.unread }) {
		pass.Undecided(extra.ID, exampleMissing.ID)
	}
	return nil
}

// undecided lists the rules that could not say everything, because some cell was
// not, or not wholly, seen.
func (c *Check) undecided(cells []*cell) []string {
	complete := len(cells) > 0
	for _, cell := range cells {
		complete = complete && cell.answer.Complete
	}
	if complete {
		return nil
	}
	var ids []string
	for _, rule := range rules {
		if rule.needsPlatform {
			ids = append(ids, rule.ID)
		}
	}
	return ids
}

func (c *Check) count(m *model, pass *envtight.Pass) {
	variables := 0
	for _, a := range m.apps {
		variables += len(a.rows)
	}
	pass.Looked("apps", len(m.apps))
	pass.Looked("variables", variables)
	fetched := 0
	for _, cell := range m.cells {
		if cell.answered() {
			fetched++
		}
	}
	pass.Looked("platform cells", fetched)
}

// lint judges every env file by itself.
func (c *Check) lint(files map[string]*envFile, pass *envtight.Pass) {
	for _, f := range sortedFiles(files) {
		found := dotenvlint.Lint(f.parsed, f.path, dotenvlint.Options{Loaders: f.loaders})
		for _, judge := range c.options.FileJudges {
			found = append(found, judge.Judge(f.path, f.parsed)...)
		}
		for _, d := range found {
			if d.App == "" {
				d.App = f.app
			}
			pass.Report(d)
		}
	}
}
