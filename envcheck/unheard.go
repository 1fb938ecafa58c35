package envcheck

import (
	"context"
	"maps"
	"slices"

	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/usage/reach"
)

// settleUnheard finds out which of the names that are declared, or set on a platform,
// nothing in the repository reads, no library reads by itself, and no other file so
// much as names.
func (m *model) settleUnheard(ctx context.Context) {
	if m.reads == nil {
		return
	}
	candidates, considered := map[string]bool{}, map[string]bool{}
	consider := func(name string) {
		if considered[name] {
			return
		}
		considered[name] = true
		if m.reads.names[name] == nil && m.reads.library(name) == nil && m.reads.namesake(name, m.options.PublicPrefixes) == "" {
			candidates[name] = true
		}
	}
	for _, f := range m.files {
		for i := range f.declared {
			if f.declared[i].Entry.Kind == dotenv.Assignment {
				consider(f.declared[i].Name)
			}
		}
	}
	for i := range m.verdicts {
		if v := &m.verdicts[i]; v.state.IsSet() && !v.row.declared() {
			consider(v.row.name)
		}
	}
	named := usage.Named(ctx, m.options.Workspace, slices.Collect(maps.Keys(candidates)), 0)
	m.reads.unheard = map[string]bool{}
	for name := range candidates {
		if _, ok := named[name]; !ok && dotenv.IsPlainName(name) {
			m.reads.unheard[name] = true
		}
	}
}

// mayBeRead returns a read by one of the apps that may mean the variable without
// naming it; nil when there is none.
func (r *readings) mayBeRead(apps []*app, name string) *reach.Need {
	for _, a := range apps {
		if n := r.mayRead(a, name); n != nil {
			return n
		}
	}
	return nil
}
