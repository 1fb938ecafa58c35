package gitleaks

import "github.com/envtight/envtight"

// Rules returns the rules that mistakes in files of gitleaks are reported under,
// sorted by ID. The slice is the caller's own.
func Rules() []*envtight.Rule {
	return envtight.SortRules([]*envtight.Rule{ruleFile, ruleKey, ruleEffect, ruleIgnoreEntry, ruleUnusedIgnore})
}

var ruleFile = &envtight.Rule{
	ID: "config/gitleaks-file", Title: "The gitleaks configuration cannot be used", Default: envtight.Error, Since: "0.1",
	Doc: "`.gitleaks.toml`, or the file that `--config`, `GITLEAKS_CONFIG` or `extend.path` names, means what it means to " +
		"[gitleaks](https://github.com/gitleaks/gitleaks#configuration). What makes gitleaks stop makes the file unusable " +
		"here, too: text that is no TOML, an expression that does not compile, a rule without an ID or without anything " +
		"to look for, an allowlist without a condition, a rule that is named and not there. Searching with the rest of the " +
		"rules would pass over what the others are for.",
	Examples: []envtight.Example{{
		Title: "An expression",
		Files: "-- .gitleaks.toml --\n[[rules]]\nid = 'shop-token'\nregex = '''shop_(?!test)[a-z]+'''\n",
		Want:  ".gitleaks.toml:3:9: this is no regular expression: invalid or unsupported Perl syntax",
	}, {
		Title: "A base that is forgotten",
		Files: "-- .gitleaks.toml --\n[[rules]]\nid = 'generic-api-key'\n[[rules.allowlists]]\npaths = ['testdata/']\n",
		Want:  ".gitleaks.toml:1:3: this rule has neither regex nor path, so it would find nothing",
	}},
}

var ruleKey = &envtight.Rule{
	ID: "config/gitleaks-key", Title: "A gitleaks configuration has a key that nobody knows", Default: envtight.Warning, Since: "0.1",
	Doc: "gitleaks passes over keys that it does not know, so that a mistyped `regexs` or `stopWord` leaves a rule or an " +
		"allowlist without what its writer meant. Capitals do not count: `secretgroup` is `secretGroup`.",
	Examples: []envtight.Example{{
		Files: "-- .gitleaks.toml --\n[extend]\nuseDefault = true\n[allowlist]\nregexs = ['EXAMPLE']\nstopwords = ['example']\n",
		Want:  ".gitleaks.toml:4:1: gitleaks knows no such key in an allowlist, so it says nothing; did you mean \"regexes\"?",
	}},
}

var ruleEffect = &envtight.Rule{
	ID: "config/gitleaks-no-effect", Title: "A gitleaks configuration says something without effect", Default: envtight.Warning, Since: "0.1",
	Doc: "Some of what a gitleaks configuration may say does nothing, there as here: `extend.url`, an `extend` in a file " +
		"that two others have extended already, `targetRules` in a file that is extended, a disabled rule that is not there, " +
		"`required` and `skipReport` of a rule that the extended file has, too, the first of two rules with one ID. It is reported because " +
		"its writer expected something of it.",
	Examples: []envtight.Example{{
		Files: "-- .gitleaks.toml --\n[extend]\nuseDefault = true\ndisabledRules = ['generic-api']\n",
		Want:  ".gitleaks.toml:3:18: disabledRules names a rule that the extended file does not have",
	}},
}

var ruleIgnoreEntry = &envtight.Rule{
	ID: "config/gitleaks-ignore", Title: "An entry of .gitleaksignore is none", Default: envtight.Warning, Since: "0.1",
	Doc: "An entry of `.gitleaksignore` is the fingerprint of a finding: `path:rule:line`, or `commit:path:rule:line`. A line " +
		"of another form sets nothing aside.",
	Examples: []envtight.Example{{
		Files: "-- .gitleaksignore --\n# samples of the vendor\ndocs/api.md:generic-api-key:12\ndocs/api.md:12\n",
		Want:  ".gitleaksignore:3:1: this is no entry, so it sets nothing aside",
	}},
}

var ruleUnusedIgnore = &envtight.Rule{
	ID: "secrets/unused-ignore", Title: "An accepted secret is not there any more", Default: envtight.Info, Since: "0.1",
	Doc: "An entry of `.gitleaksignore`, or the entries of a gitleaks baseline, matched nothing although everything was " +
		"looked at. The secret has gone, or its line has moved: gitleaks knows findings by their line number. An entry with " +
		"a commit matches any commit that added the line, so it is only found by a scan of the history.",
}
