package turbo

import (
	pathpkg "path"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/workspace"
)

// Repository is all of Turborepo's configuration in a workspace.
type Repository struct {
	Root *Config
	// packages are the other configurations, by directory.
	packages map[string]*Config
	byModule map[string]string // directories by the names of packages
	// overruled tells that some command says "--env-mode" by itself.
	overruled bool
}

// NewRepository joins the configurations of a workspace. Of those in one directory
// the last is taken. It is nil when there is none at the root, or when that extends
// another: then turbo runs in some other directory. Overruled tells that some
// command sets the mode by "--env-mode" or TURBO_ENV_MODE, so that it is not known
// which one holds.
func NewRepository(w *workspace.Workspace, configs []*Config, overruled bool) *Repository {
	r := &Repository{packages: map[string]*Config{}, byModule: map[string]string{}, overruled: overruled}
	for _, c := range configs {
		if dir := pathpkg.Dir(c.Path); dir == "." {
			r.Root = c
		} else {
			r.packages[dir] = c
		}
	}
	if r.Root == nil || r.Root.Extends != nil {
		return nil
	}
	for _, a := range w.Apps {
		r.byModule[a.Module] = a.Dir
	}
	for _, p := range w.Packages {
		r.byModule[p.Module] = p.Dir
	}
	return r
}

// Run is a task of one package, with all that it inherits.
type Run struct {
	Env, PassThrough, Inputs List
	Uncached                 bool
	// Path and Range are where the strongest entry of the task stands.
	Path  string
	Range envtight.Range

	root      *Config
	framework *framework
	overruled bool
}

// Run returns a task of a package; nil when no configuration has it.
func (r *Repository) Run(unit *workspace.Unit, task string) *Run {
	chain := r.chain(unit, task)
	if len(chain) == 0 {
		return nil
	}
	run := &Run{root: r.Root, framework: infer(unit.Has), overruled: r.overruled}
	for _, t := range chain {
		if t.Fresh {
			run.Env, run.PassThrough, run.Inputs = List{}, List{}, List{}
		}
		run.Env = t.Env.over(run.Env)
		run.PassThrough = t.PassThrough.over(run.PassThrough)
		run.Inputs = t.Inputs.over(run.Inputs)
		run.Uncached, run.Path, run.Range = t.Uncached, t.Path, t.Range
	}
	return run
}

// chain are the entries for a task of a package, the weakest first: what the
// configurations that it extends say, then its own.
func (r *Repository) chain(unit *workspace.Unit, task string) (out []*Task) {
	add := func(tasks ...*Task) {
		for _, t := range tasks {
			if t != nil {
				out = append(out, t)
				return
			}
		}
	}
	own := r.packages[unit.Dir]
	if own == nil {
		add(r.Root.task(unit.Module+"#"+task), r.Root.task(task))
		return out
	}
	for _, name := range own.Extends {
		if name == "//" {
			add(r.Root.task(unit.Module+"#"+task), r.Root.task(task))
		} else if other := r.packages[r.byModule[name]]; other != nil {
			add(other.task(task))
		}
	}
	add(own.task(task))
	return out
}

// over lays a list over the one it inherits.
func (l List) over(base List) List {
	switch {
	case !l.Set:
		base.Entries = slices.Concat(base.Entries, l.Entries)
		return base
	case l.Adds:
		return List{Set: true, Entries: slices.Concat(base.Entries, l.Entries)}
	default:
		return l
	}
}
