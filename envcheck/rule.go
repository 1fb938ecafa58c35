package envcheck

import (
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenvlint"
)

// rule is a rule of the matrix: its documentation, and the function that judges.
type rule struct {
	envtight.Rule
	// needsPlatform tells that it can only judge what a platform has shown.
	needsPlatform bool
	check         func(*judge)
}

// rules is the list of all rules over the matrix. Their conditions exclude each
// other, so that one variable gets at most one finding per environment.
var rules = []*rule{
	missing,
	empty,
	forbidden,
	extra,
	undeclared,
	unread,
	dead,
	drift,
	danglingReference,
	cannotTell,
	storedInClear,
	publicSealed,
	notDeployed,
	staged,
	serviceIncomplete,
	serviceUndeclared,
	exampleMissing,
	linkMissing,
	linkMismatch,
	orphanService,
	environmentMissing,
	environmentShared,
	unmapped,
	localMissing,
	localExtra,
	localWrongFile,
	localPlaceholder,
	sealedNotCopied,
	branchGone,
}

// Rules returns the rules that a [Check] reports under, sorted by ID: those of
// the matrix and those of package dotenvlint. The slice is the caller's own.
func Rules() []*envtight.Rule {
	out := dotenvlint.Rules()
	for _, r := range rules {
		out = append(out, &r.Rule)
	}
	return envtight.SortRules(out)
}

// StoredInClearRule returns the rule "env/stored-in-clear", for checks that see other
// stores of secrets than those of apps.
func StoredInClearRule() *envtight.Rule { return &storedInClear.Rule }

// LocalRules returns the IDs of the rules about the env files of a developer's
// machine, sorted. The slice is the caller's own.
func LocalRules() []string {
	return []string{localExtra.ID, localMissing.ID, localPlaceholder.ID, localWrongFile.ID}
}

// judge is what a rule looks at and reports through.
type judge struct {
	*model
	rule *rule
	pass *envtight.Pass
}

// about starts a finding about a verdict. It is placed at the declaration, or at
// the platform when nobody declares.
func (j *judge) about(v verdict) envtight.Diagnostic {
	d := envtight.Diagnostic{
		Rule: j.rule.ID, App: v.app.name, Environment: v.cell.environment, Name: v.row.name,
		Location: v.row.location(),
		Cells:    []envtight.Cell{v.cell.ref()},
	}
	if at := v.need.location(); at.Kind != envtight.AtNothing {
		d.Location = at
	}
	if d.Location.Kind == envtight.AtNothing {
		d.Location = envtight.Location{Kind: envtight.AtPlatform, Place: v.cell.place(v.row.name)}
	}
	return d
}

// report hands in a finding about a verdict. Where the variable is somebody
// else's, that is whom to ask first.
func (j *judge) report(v verdict, d envtight.Diagnostic) {
	if owner := j.options.owner(v.app.name, v.row.name); owner != "" {
		d.Advice = strings.TrimSuffix("ask "+owner+", who owns it\n"+d.Advice, "\n")
	}
	j.pass.Report(d)
}
