package vercel

import (
	"maps"
	"slices"
	"time"

	"github.com/envtight/envtight/envcheck"
)

// branchSettings sorts out which rows are for single git branches. Only rows of
// a project can be.
func branchSettings(rows []variable) []envcheck.BranchSettings {
	byBranch := map[string]*envcheck.BranchSettings{}
	undated := map[string]bool{}
	for i := range rows {
		row := &rows[i]
		if row.branch == "" || row.odd != "" {
			continue
		}
		b := byBranch[row.branch]
		if b == nil {
			b = &envcheck.BranchSettings{Branch: row.branch}
			byBranch[row.branch] = b
		}
		b.Names = append(b.Names, row.name)
		undated[row.branch] = undated[row.branch] || row.updated.IsZero()
		if row.updated.After(b.Updated) {
			b.Updated = row.updated
		}
	}
	var out []envcheck.BranchSettings
	for _, branch := range slices.Sorted(maps.Keys(byBranch)) {
		b := byBranch[branch]
		slices.Sort(b.Names)
		b.Names = slices.Compact(b.Names)
		if undated[branch] {
			b.Updated = time.Time{}
		}
		out = append(out, *b)
	}
	return out
}

// onlyOnBranches reports whether some name is set in an environment for single
// branches and not for all.
func (st *state) onlyOnBranches(e environment) bool {
	everywhere := map[string]bool{}
	for _, rows := range [][]variable{st.own.rows, st.shared.rows} {
		for i := range rows {
			if rows[i].branch == "" && rows[i].in(e) {
				everywhere[rows[i].name] = true
			}
		}
	}
	return slices.ContainsFunc(st.own.rows, func(v variable) bool {
		onBranch := e
		onBranch.branch = v.branch
		return v.branch != "" && v.in(onBranch) && !everywhere[v.name]
	})
}
