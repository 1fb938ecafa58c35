package secrets

import "github.com/envtight/envtight"

// Topic begins the IDs of the rules about secrets: a rule X of a rule set is
// "secrets/X" in reports.
const Topic = "secrets"

// Rules describes the rules of a set for reports, in their order. Rules that are
// only parts of others are left out. Last comes [LiveRule], which is in no set.
func Rules(set RuleSet) []*envtight.Rule {
	out := make([]*envtight.Rule, 0, len(set.Rules))
	for i := range set.Rules {
		if r := &set.Rules[i]; !r.SkipReport {
			out = append(out, r.describe())
		}
	}
	return append(out, describeLive())
}

// Rules describes the rules of the detector.
func (d *Detector) Rules() []*envtight.Rule { return Rules(d.set) }

func (r *Rule) describe() *envtight.Rule {
	return &envtight.Rule{
		ID: Topic + "/" + r.ID, Title: kind(r.ID), Default: envtight.Error, Since: "0.1",
		Doc: r.doc(),
	}
}

// doc says where a rule comes from and what it looks for.
func (r *Rule) doc() string {
	out := ""
	if r.Description != "" {
		out = r.Description + "\n\n"
	}
	if r.Regex != "" {
		out += "What stands in a repository is read by everybody who can read it, now and later, and by every program that has a copy: " +
			"a secret there is one no more. "
	}
	out += "The rule is `" + r.ID + "` of the rules of gitleaks, or of the file of rules that the run was given."
	if at := issuerOf(r.ID); at != nil && at.revoke != "" {
		out += "\n\nTo take such a secret out of force: " + at.revoke + "."
	}
	return out
}
