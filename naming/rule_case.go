package naming

import "github.com/envtight/envtight"

var letterCase = &rule{
	Rule: envtight.Rule{
		ID: "naming/case", Title: "Name is not in upper snake case", Default: envtight.Warning, Since: "0.1",
		Doc: "Names of environment variables are case-sensitive on Linux and on every hosting platform, and not on " +
			"Windows: `dbUrl` and `DBURL` are two variables here and one there. Upper case with underscores " +
			"(POSIX.1-2017, section 8.1) is what people and tools expect.\n\n" +
			"The finding is only worth knowing (info) where most names of an app are in another case, as with " +
			"settings classes that ignore case. Names that others have settled are left alone: `http_proxy`, " +
			"`npm_config_*`, `TF_VAR_*`, and `Logging__LogLevel` in the style of .NET.",
		Examples: []envtight.Example{
			{
				Files: "-- .env.example --\ndbUrl=\nPORT=80\n",
				Want:  ".env.example:1:1: dbUrl is not in upper snake case",
			},
			{
				Title: "names that others have settled",
				Files: "-- .env.example --\nhttp_proxy=\nnpm_config_registry=\nLogging__LogLevel__Default=\n",
			},
		},
	},
	check: checkCase,
}

func checkCase(j *judge) {
	var lower map[string]bool
	for _, n := range j.names {
		if !n.free || isUpperSnake(n.text) || isDotNet(n.text) {
			continue
		}
		if lower == nil {
			lower = j.lowerCaseApps()
		}
		for _, s := range j.spots(n, chosen) {
			to := upperSnake(n.text)
			d := envtight.Diagnostic{

				Message: show(n.text) + " is not in upper snake case",
			}
			if to != "" && isSpelled(to) {
				d.Advice, d.Fixes = j.advice(s, to), j.rename(n, s, to)
			}
			if lower[s.app] {
				d.Severity = envtight.Info
			}
			j.report(n, s, d)
		}
	}
}

// lowerCaseApps returns the apps in which upper snake case is the exception.
func (j *judge) lowerCaseApps() map[string]bool {
	balance, others := map[string]int{}, map[string]int{}
	for _, n := range j.names {
		apps := map[string]bool{}
		for _, i := range n.at {
			if v := &j.vars[i]; chosen(v) {
				apps[v.App] = true
			}
		}
		for app := range apps {
			if isUpperSnake(n.text) {
				balance[app]--
			} else {
				balance[app]++
				others[app]++
			}
		}
	}
	out := map[string]bool{}
	for app, b := range balance {
		out[app] = b > 0 && others[app] > 2
	}
	return out
}

// isDotNet reports whether a name follows .NET's configuration: sections in
// Pascal case, parted by two underscores.
func isDotNet(text string) bool {
	sections := 1
	for start, i := 0, 0; i <= len(text); i++ {
		if i == len(text) || i+1 < len(text) && text[i] == '_' && text[i+1] == '_' {
			if i == start || !isUpper(text[start]) && !isDigit(text[start]) {
				return false
			}
			if i < len(text) {
				sections++
				start = i + 2
				i++
			}
		}
	}
	return sections > 1
}
