package envcheck

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/usage/reach"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/internal/glob"
)

// tier says whose word a declaration is. The lower wins.
type tier uint8

const (
	ownTier     tier = iota // the app's own example
	packageTier             // the example of a package that the app reaches
	rootTier                // the root's example, for apps without an own one
)

// declaration is one key of one env example, as it concerns an app.
type declaration struct {
	*dotenv.Declaration
	tier tier
	file *envFile
	// mode is the environment that the file is about; empty for all.
	mode string
	// via are the packages by which the need arrives.
	via []string
	// location is where the key stands, and where says so in words.
	location envtight.Location
	where    string
}

// settle finds out where the declaration stands.
func (d *declaration) settle() {
	d.location = d.file.parsed.Location(d.file.path, d.Entry.Key)
	d.where = d.file.path + ":" + strconv.Itoa(d.location.Range.Start.Line)
	if len(d.via) > 0 {
		d.where += " (through " + strings.Join(d.via, " → ") + ")"
	}
}

// app is an app in scope, with what is declared for it and known of it.
type app struct {
	*workspace.App
	name     string
	links    []*Link
	examples int // env examples that declare for it, of every tier
	// rootExample is that of the root, when it declares for the app.
	rootExample string
	// unread tells that what is declared for it may be more: an example or
	// a manifest could not be read.
	unread bool
	rows   []*row
	byName map[string]*row
	cells  []*cell
	local  *local // nil unless local env files are looked at
}

// row is one variable of one app.
type row struct {
	name         string
	class        envtight.Class
	declarations []*declaration // strongest tier first, then by place
	needs        []need         // in the order of Options.Environments
	settings     []*Setting     // in the order of app.cells; nil where there is none
	reads        []reach.Need   // the nearest first
	// defaulted is one of reads when each of them has a default; nil when not, or
	// when there may be more.
	defaulted *reach.Need
	// anyApp tells that nobody says which app needs it: only the root's
	// example, or only the configuration for all apps.
	anyApp bool
}

func (r *row) declared() bool { return len(r.declarations) > 0 }

// location is where the strongest declaration stands.
func (r *row) location() envtight.Location {
	if !r.declared() {
		return envtight.Location{}
	}
	return r.declarations[0].location
}

// apps collects what is declared for each app in scope.
func (c *Check) apps(files map[string]*envFile) []*app {
	var out []*app
	for _, w := range c.scope() {
		a := &app{App: w, name: w.Name, byName: map[string]*row{}, unread: c.malformed(w)}
		a.declareFrom(files, w.Examples, ownTier, nil)
		for _, dependency := range w.DependsOn {
			if !dependency.Dev {
				a.declareFrom(files, dependency.Package.Examples, packageTier, dependency.Path)
			}
		}
		if len(w.Examples) == 0 && len(c.options.Workspace.RootExamples) > 0 {
			a.declareFrom(files, c.options.Workspace.RootExamples, rootTier, nil)
			a.rootExample = c.options.Workspace.RootExamples[0].Path
		}
		for i := range c.options.Links {
			if c.options.Links[i].App == a.name {
				a.links = append(a.links, &c.options.Links[i])
			}
		}
		a.classify(c.options)
		out = append(out, a)
	}
	return out
}

func (a *app) declareFrom(files map[string]*envFile, examples []workspace.EnvFile, tier tier, via []string) {
	for _, example := range examples {
		f := files[example.Path]
		if f == nil {
			a.unread = true
			continue
		}
		a.examples++
		all := make([]declaration, len(f.declared))
		mode := a.mode(example)
		for i := range f.declared {
			d := &all[i]
			d.Declaration, d.tier, d.file, d.mode, d.via = &f.declared[i], tier, f, mode, via
			d.settle()
			r := a.row(d.Name)
			r.declarations = append(r.declarations, d)
		}
	}
}

// mode is the environment that an example is about. A word that names the app
// itself, as in "api.env.example", is none.
func (a *app) mode(example workspace.EnvFile) string {
	if example.Mode == path.Base(a.Dir) || strings.EqualFold(example.Mode, a.name) {
		return ""
	}
	return example.Mode
}

// malformed reports whether a file that says what belongs to an app, or on what
// it depends, could not be read.
func (c *Check) malformed(w *workspace.App) bool {
	concerns := func(at envtight.Location) bool {
		dir := path.Dir(at.Path)
		return at.Path == "" || at.Path == w.Dir || dir == "." || dir == w.Dir || strings.HasPrefix(at.Path, w.Dir+"/")
	}
	return slices.ContainsFunc(c.options.Workspace.Diagnostics, func(d envtight.Diagnostic) bool { return concerns(d.Location) }) ||
		slices.ContainsFunc(c.options.Workspace.Incomplete, func(i envtight.Incompleteness) bool { return concerns(i.Location) })
}

// row returns the row of a name, which it makes when there is none.
func (a *app) row(name string) *row {
	r := a.byName[name]
	if r == nil {
		r = &row{name: name}
		a.byName[name] = r
		a.rows = append(a.rows, r)
	}
	return r
}

// classify settles the class of each declared variable: the configuration's
// word, then a decorator's, then the name's.
func (a *app) classify(o Options) {
	for _, r := range a.rows {
		slices.SortStableFunc(r.declarations, func(x, y *declaration) int { return int(x.tier) - int(y.tier) })
		r.anyApp = r.declared() && r.declarations[0].tier == rootTier
		r.class = o.Class(r.name)
		for _, d := range slices.Backward(r.declarations) {
			if d.Class != envtight.ClassUnknown {
				r.class = d.Class
			}
		}
		for i := range o.Policies {
			if p := &o.Policies[i]; p.matches(a.name, r.name) && p.Class != envtight.ClassUnknown {
				r.class = p.Class
			}
		}
	}
}

func (p *Policy) matches(app, name string) bool {
	return (p.App == "" || glob.Match(p.App, app)) && glob.Match(p.Name, name)
}

// owner returns the team or person that the configuration names for a variable.
func (o *Options) owner(app, name string) string {
	for i := range slices.Backward(o.Policies) {
		if p := &o.Policies[i]; p.OwnedBy != "" && p.matches(app, name) {
			return p.OwnedBy
		}
	}
	return ""
}

// need is what an app asks of a variable in one environment, and who says so: at
// most one of the two.
type need struct {
	envtight.Need
	by     *declaration
	policy *Policy
	// read has a default, as all others, so that what by requires is not needed.
	read *reach.Need
}

// location is where the need is written; zero when nobody says anything.
func (n need) location() envtight.Location {
	switch {
	case n.policy != nil:
		return n.policy.Location
	case n.by != nil:
		return n.by.location
	default:
		return envtight.Location{}
	}
}

// required says by whose word a variable is required.
func (n need) required() string {
	switch {
	case n.policy != nil:
		return "required by the configuration"
	case n.by == nil:
		return "required"
	case n.by.Explicit && (n.by.Need == envtight.Optional || n.by.Need == envtight.Required && len(n.by.Needs) == 0):
		return "required by its decorator" // @required; @only and @optional(dev) leave it to the assignment
	case len(n.by.via) > 0:
		return "required through " + strings.Join(n.by.via, " → ")
	default:
		return "required"
	}
}

// why says in words where the need comes from.
func (n need) why() string {
	switch {
	case n.policy != nil:
		return n.policy.Location.String()
	case n.read != nil:
		return n.by.where + "; the code has a default (" + whereRead(n.read) + ")"
	case n.by != nil:
		return n.by.where
	default:
		return ""
	}
}

// needOf settles the need: the configuration's word first, then the strongest
// tier's declarations. Within a tier the strictest one wins. What only the place of an
// assignment says, and not a word, the code may know better.
func (o *Options) needOf(a *app, r *row, environment string, names []string) need {
	for i := range slices.Backward(o.Policies) {
		if n, ok := o.Policies[i].need(a.name, r.name, environment); ok {
			return n
		}
	}
	best := need{}
	for _, d := range r.declarations {
		if d.tier != r.declarations[0].tier {
			break
		}
		if !d.speaksOf(environment, names) {
			continue
		}
		if n := d.needIn(environment, names); n > best.Need {
			best = need{Need: n, by: d}
		}
	}
	if best.Need == envtight.Required && r.defaulted != nil && !best.by.Explicit && len(best.by.Needs) == 0 {
		best.Need, best.read = envtight.Optional, r.defaulted
	}
	return best
}

// developmentWords are words for the environment that programs under development
// run in, wherever that is.
var developmentWords = []string{"dev", "development", "develop"}

// speaksOf reports whether the file of a declaration is about an environment. One
// about development is about a developer's machine, too.
func (d *declaration) speaksOf(environment string, names []string) bool {
	return d.mode == "" || sameEnvironment(d.mode, names) ||
		environment == LocalEnvironment && sameEnvironment(d.mode, developmentWords)
}

// needIn is what the declaration says of an environment. Of a developer's machine
// most say nothing: where dev differs from the rest, nobody can tell which of the
// two is meant, and nothing is demanded.
func (d *declaration) needIn(environment string, names []string) envtight.Need {
	n := d.NeedIn(names...)
	explicit := slices.ContainsFunc(d.Needs, func(n dotenv.EnvironmentNeed) bool { return strings.EqualFold(n.Environment, LocalEnvironment) })
	if environment == LocalEnvironment && !explicit && d.NeedIn(developmentWords...) != n {
		return envtight.Optional
	}
	return n
}

// addRows adds a variable that must be set somewhere to the apps that the
// configuration names; where it names none and no app knows the variable, to all.
func (p *Policy) addRows(apps []*app, class func(string) envtight.Class) {
	if len(p.RequiredIn) == 0 || strings.Contains(p.Name, "*") {
		return
	}
	known := slices.ContainsFunc(apps, func(a *app) bool { return a.byName[p.Name] != nil })
	if p.App == "" && known {
		return
	}
	for _, a := range apps {
		if a.byName[p.Name] != nil || !p.matches(a.name, p.Name) {
			continue
		}
		r := a.row(p.Name)
		r.anyApp = p.App == ""
		if r.class = p.Class; r.class == envtight.ClassUnknown {
			r.class = class(p.Name)
		}
	}
}

func (p *Policy) need(app, name, environment string) (need, bool) {
	if !p.matches(app, name) {
		return need{}, false
	}
	n := need{policy: p}
	switch {
	case slices.Contains(p.AbsentIn, environment):
		n.Need = envtight.Forbidden
	case slices.Contains(p.RequiredIn, environment):
		n.Need = envtight.Required
	case p.Optional || p.RequiredIn != nil:
		n.Need = envtight.Optional
	default:
		return need{}, false
	}
	return n, true
}

// environmentWords are words that files use for the same environment.
var environmentWords = [][]string{
	{"prod", "production"},
	{"dev", "development", "develop"},
	{"staging", "stage"},
	{"preview", "pr"},
}

// namesOf lists the words for an environment, its own first. A word that is
// another of the user's environments means that one.
func namesOf(environment string, all []string) []string {
	names := []string{environment}
	for _, words := range environmentWords {
		if !slices.Contains(words, strings.ToLower(environment)) {
			continue
		}
		for _, word := range words {
			if !slices.ContainsFunc(all, func(name string) bool { return strings.EqualFold(name, word) }) {
				names = append(names, word)
			}
		}
	}
	return names
}

// sameEnvironment reports whether the word of a file name means the environment
// that goes by names.
func sameEnvironment(mode string, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, mode) })
}
