package railway

import (
	"slices"

	"github.com/envtight/envtight/envcheck"
)

// The statuses of deployments that run, and of those that never will again or
// wait for a person. All others may come to run by themselves.
var (
	running = []string{"SUCCESS", "SLEEPING"}
	settled = []string{"SUCCESS", "SLEEPING", "CRASHED", "FAILED", "NEEDS_APPROVAL", "REMOVED", "REMOVING", "SKIPPED"}
)

// running returns the deployment that runs, nil when none does, or when it is not
// known or about to change. While one takes over from another, both are active:
// the newer one counts, since the older is on its way out. Rolling back makes a
// new deployment with the old variables, which nothing tells apart: then what was
// set in between is not noticed.
func (i *wireInstance) running() *wireDeployment {
	var newest *wireDeployment
	for k := range i.Active {
		d := &i.Active[k]
		if slices.Contains(running, d.status) && !d.created.IsZero() && (newest == nil || d.created.After(newest.created.Time)) {
			newest = d
		}
	}
	if newest == nil {
		return nil
	}
	underWay := func(d wireDeployment) bool {
		return !slices.Contains(settled, d.status) && (d.created.IsZero() || !d.created.Before(newest.created.Time))
	}
	if slices.ContainsFunc(i.Active, underWay) || i.Latest != nil && underWay(*i.Latest) {
		return nil
	}
	return newest
}

// storage says who can read the value. Railway shows what is not sealed to all
// who see the service, in a field of its own rather than in the list of names, so
// that it is readable and not in clear. How a staged one will be stored is not
// known before it is applied, nor how one is stored that only the values name.
func (v *variable) storage() envcheck.Storage {
	switch {
	case v.sealed:
		return envcheck.StoredSealed
	case v.staged, v.unsure:
		return envcheck.StorageUnknown
	}
	return envcheck.StoredReadable
}
