package envtight

import "slices"

// Rules returns the rules of [Run] itself, sorted by ID. The slice is the
// caller's own.
func Rules() []*Rule {
	return []*Rule{expiredSuppression, invalidSuppression, unusedSuppression}
}

// isOwn reports whether a rule is one of Run itself.
func isOwn(id string) bool {
	return slices.ContainsFunc(Rules(), func(r *Rule) bool { return r.ID == id })
}

var expiredSuppression = &Rule{
	ID: "config/expired-suppression", Title: "A suppression has expired", Default: Warning, Since: "0.1",
	Doc: "A `suppress` block may carry `expires = \"2027-01-31\"`: a promise to come back. After that day it " +
		"suppresses nothing and what it hid is reported again, beside this finding, which says why.",
	Examples: []Example{{
		Files: "-- envtight.hcl --\nversion = 1\nsuppress {\n  rule    = \"env/extra\"\n  reason  = \"moved next week\"\n  expires = \"2020-01-31\"\n}\n",
		Want:  "envtight.hcl:2:1: the suppression of env/extra expired on 2020-01-31",
	}},
}

var invalidSuppression = &Rule{
	ID: "config/invalid-suppression", Title: "A suppression without a reason", Default: Error, Since: "0.1",
	Doc: "Whoever reads a suppression a year later needs to know why it is there, so a reason is compulsory: " +
		"`envtight:ignore RULE -- reason` in a file, `reason = \"...\"` in a `suppress` block. Without one it " +
		"suppresses nothing.",
	Examples: []Example{{
		Files: "-- .env.example --\n# envtight:ignore naming/case\nlegacyMode=1\n",
		Want:  ".env.example:1:3: this mark gives no reason, so it suppresses nothing",
	}},
}

var unusedSuppression = &Rule{
	ID: "config/unused-suppression", Title: "A suppression that matches nothing", Default: Warning, Since: "0.1",
	Doc: "A mark, a `suppress` block or a baseline entry that matches nothing is left over from something that " +
		"was mended, or has a typing error in it. It is reported only when the run could have found what it is " +
		"about: not offline for rules that need a platform, not on a part of the repository, not when something " +
		"failed to be looked at.",
	Examples: []Example{{
		Files: "-- .env.example --\n# envtight:ignore naming/case -- read by a vendor's binary\nLEGACY_MODE=1\n",
		Want:  ".env.example:1:3: nothing here is found by naming/case",
	}},
}
