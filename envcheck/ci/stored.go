package ci

import (
	"maps"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// storedInClear reports what looks like a secret and is a variable.
func (j *judge) storedInClear() {
	if !j.holdings.Complete {
		return
	}
	each := func(environment string, held []Held) {
		for i := range held {
			h := &held[i]
			if !j.exposed(h) {
				continue
			}
			j.pass.Report(envtight.Diagnostic{
				Rule: envcheck.StoredInClearRule().ID, Grade: envtight.Likely, Name: h.Name, Location: j.at(environment, h.Name),
				Message: h.Name + " looks like a secret and is a variable: whoever may read the repository's settings, and every log, sees its value",
				Advice: "give it a new value as a secret, ask for secrets." + h.Name + ", and remove the variable: " +
					j.command("set", "secret", h.Name, environment) + " && " + j.command("delete", "variable", h.Name, environment),
			})
		}
	}
	each("", j.holdings.Repository)
	for _, name := range slices.Sorted(maps.Keys(j.holdings.Environments)) {
		each(name, j.holdings.Environments[name])
	}
}

// exposed reports whether something is a variable and by its name a secret.
func (j *judge) exposed(h *Held) bool {
	return !h.Secret && j.options.Class != nil && j.options.Class(h.Name) == envtight.ClassSecret
}
