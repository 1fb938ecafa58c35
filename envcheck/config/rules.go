package config

import "github.com/envtight/envtight"

// Rules returns the rules that mistakes in a configuration are reported under,
// sorted by ID. The slice is the caller's own. Mistakes in suppressions that
// root's own rules are about come under config/invalid-suppression.
func Rules() []*envtight.Rule {
	return envtight.SortRules([]*envtight.Rule{
		ruleSyntax, ruleNotLiteral, ruleUnknownName, ruleUnknownRule, ruleInvalidValue, ruleMissingValue,
		ruleDuplicate, ruleNotInRepository, ruleAppPathGone,
	})
}

// ruleInvalidSuppression is the rule of [envtight.Run] about suppressions that
// say too little.
var ruleInvalidSuppression = func() *envtight.Rule {
	for _, r := range envtight.Rules() {
		if r.ID == "config/invalid-suppression" {
			return r
		}
	}
	return nil
}()

var ruleSyntax = &envtight.Rule{
	ID: "config/syntax", Title: "The configuration is not valid HCL", Default: envtight.Error, Since: "0.1",
	Doc: "`envtight.hcl` is written in [HCL](https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md), native " +
		"syntax. A file that cannot be read is not used at all: half a configuration would judge a repository by " +
		"rules that nobody wrote.",
	Examples: []envtight.Example{{
		Files: "-- envtight.hcl --\nversion = 1\nenvironment \"dev\" { branches = [\"dev\"\n",
		Want:  "envtight.hcl:2:32: unterminated tuple constructor expression",
	}},
}

var ruleNotLiteral = &envtight.Rule{
	ID: "config/not-literal", Title: "Only literals can be written in the configuration", Default: envtight.Error, Since: "0.1",
	Doc: "The configuration is data: nothing in it is evaluated, so there are no functions, variables, operators or " +
		"interpolations. A file of the repository under test must not be able to read an environment or run " +
		"anything, and whoever reviews it should see what it says.",
	Examples: []envtight.Example{{
		Title: "An interpolation",
		Files: "-- envtight.hcl --\nversion = 1\napp \"web\" { path = \"apps/${name}\" }\n",
		Want:  "envtight.hcl:2:26: an interpolation means nothing here: nothing is evaluated",
	}, {
		Title: "Forgotten quotes",
		Files: "-- envtight.hcl --\nversion = 1\nfail_on = warning\n",
		Want:  "envtight.hcl:2:11: this is not a literal, and nothing is evaluated here",
	}},
}

var ruleUnknownName = &envtight.Rule{
	ID: "config/unknown-name", Title: "The configuration names something that does not exist", Default: envtight.Error, Since: "0.1",
	Doc: "An attribute, a block, a platform, a loader, an environment or an app that nobody knows is a typing error " +
		"or a part of a newer version. Passing over it would leave out what its writer meant to have checked.",
	Examples: []envtight.Example{{
		Title: "An attribute",
		Files: "-- envtight.hcl --\nversion = 1\nvariable \"SENTRY_DSN\" { require_in = [\"prod\"] }\n",
		Want:  "envtight.hcl:2:25: unknown attribute require_in in this variable block; did you mean \"required_in\"?",
	}, {
		Title: "An environment",
		Files: "-- envtight.hcl --\nversion = 1\nvariable \"SENTRY_DSN\" { required_in = [\"prd\"] }\n",
		Want:  "envtight.hcl:2:40: required_in names an unknown environment; did you mean \"prod\"?",
	}},
}

var ruleUnknownRule = &envtight.Rule{
	ID: "config/unknown-rule", Title: "The configuration names a rule that does not exist", Default: envtight.Error, Since: "0.1",
	Doc: "A `rule` block, a suppression or `groups` names a rule, a topic or a group that this program does not have. " +
		"`envtight rules` lists them. IDs are never reused, and a rule that was renamed says what it is called now.",
	Examples: []envtight.Example{{
		Files: "-- envtight.hcl --\nversion = 1\nrule \"config/sintax\" { severity = \"warning\" }\n",
		Want:  "envtight.hcl:2:6: this block names an unknown rule; did you mean \"config/syntax\"?",
	}},
}

var ruleInvalidValue = &envtight.Rule{
	ID: "config/invalid-value", Title: "A value of the configuration cannot be used", Default: envtight.Error, Since: "0.1",
	Doc: "The value has another type or form than the attribute takes. Types are not converted: `\"true\"` is no " +
		"boolean. The message says what is expected and never repeats what stands there, since it may have been " +
		"pasted by mistake.",
	Examples: []envtight.Example{{
		Title: "A type",
		Files: "-- envtight.hcl --\nversion = 1\nvariable \"PORT\" { optional = \"yes\" }\n",
		Want:  "envtight.hcl:2:30: optional must be a boolean",
	}, {
		Title: "A word",
		Files: "-- envtight.hcl --\nversion = 1\nfail_on = \"warn\"\n",
		Want:  "envtight.hcl:2:11: fail_on must be one of error, warning, info",
	}},
}

var ruleMissingValue = &envtight.Rule{
	ID: "config/missing-value", Title: "The configuration leaves out what it must say", Default: envtight.Error, Since: "0.1",
	Doc: "Some attributes have no sensible default: the `version` of the file, the `severity` of a `rule`, the " +
		"`project` of a `platform`.",
	Examples: []envtight.Example{{
		Files: "-- envtight.hcl --\nversion = 1\napp \"web\" {\n  path = \"apps/web\"\n  platform \"vercel\" {}\n}\n",
		Want:  "envtight.hcl:4:3: this platform block has no project",
	}},
}

var ruleDuplicate = &envtight.Rule{
	ID: "config/duplicate", Title: "The configuration says something twice", Default: envtight.Error, Since: "0.1",
	Doc: "Two blocks for one environment, app, platform of an app, rule or variable, an attribute or a key that is " +
		"set twice, an entry listed twice. Which of them counts would be a guess.",
	Examples: []envtight.Example{{
		Files: "-- envtight.hcl --\nversion = 1\nenvironment \"dev\" {}\nenvironment \"dev\" { branches = [\"dev\"] }\n",
		Want:  "envtight.hcl:3:1: there are two environment blocks for this",
	}},
}

var ruleNotInRepository = &envtight.Rule{
	ID: "config/not-in-repository", Title: "Something stands in the configuration that must not be in a repository", Default: envtight.Error, Since: "0.1",
	Doc: "The configuration may name projects, never programs, hosts or tokens. Whoever can open a pull request can " +
		"change the file; if it could name a host, it could send the reviewer's token there. Tokens stand in " +
		"environment variables, and `token_env` names those. Other addresses than the published ones and programs " +
		"come from flags or the environment.",
	Examples: []envtight.Example{{
		Title: "A host",
		Files: "-- envtight.hcl --\nversion = 1\napp \"web\" {\n  path = \"apps/web\"\n  platform \"railway\" {\n    project = \"shop\"\n    url     = \"https://railway.example.org\"\n  }\n}\n",
		Want:  "envtight.hcl:6:5: url has no place in a file of the repository",
	}, {
		Title: "Something else than the name of a variable",
		Files: "-- envtight.hcl --\nversion = 1\napp \"web\" {\n  path = \"apps/web\"\n  platform \"railway\" {\n    project   = \"shop\"\n    token_env = \"not-a-name\"\n  }\n}\n",
		Want:  "envtight.hcl:6:17: token_env must be the name of a variable, and this is none",
	}},
}

var ruleAppPathGone = &envtight.Rule{
	ID: "config/app-path-gone", Title: "An app of the configuration is not there", Default: envtight.Warning, Since: "0.1",
	Doc: "The `path` of an `app` block is no directory of the repository: the app was removed or has moved, or the path " +
		"is mistyped. Nothing of it is judged. Where git knows the commit that removed the directory, the finding names it. " +
		"A directory that is in git's index, and only left out of this checkout, is no mistake.",
	Examples: []envtight.Example{{
		Title: "A mistyped path",
		Files: "-- envtight.hcl --\nversion = 1\napp \"web\" { path = \"apps/wbe\" }\n-- apps/web/.env.example --\nPORT=\n",
		Want:  "envtight.hcl:2:1: the path of this app is no directory here; did you mean \"apps/web\"?",
	}, {
		Title: "A path that is there",
		Files: "-- envtight.hcl --\nversion = 1\napp \"web\" { path = \"apps/web\" }\n-- apps/web/.env.example --\nPORT=\n",
	}},
}
