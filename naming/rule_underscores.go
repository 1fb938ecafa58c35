package naming

import (
	"strings"

	"github.com/envtight/envtight"
)

var underscores = &rule{
	Rule: envtight.Rule{
		ID: "naming/trailing-underscore", Title: "Name ends in an underscore, or has one doubled", Default: envtight.Warning, Since: "0.1",
		Doc: "A trailing underscore, like a doubled one, is nearly always a slip of the keyboard, and hardly anybody sees " +
			"it when two lists of names are compared.\n\n" +
			"Two underscores are right where a loader parts levels by them: pydantic-settings " +
			"(`env_nested_delimiter`), .NET, Airflow. So a doubled underscore is reported, as info, only where no " +
			"other name of the app has one and no such loader is in its manifest.",
		Examples: []envtight.Example{
			{
				Files: "-- .env.example --\nPORT_=80\nAPI__KEY=\n",
				Want:  ".env.example:1:1: PORT_ ends in an underscore\n.env.example:2:1: API__KEY has two underscores in a row",
			},
			{Title: "two underscores as a delimiter", Files: "-- .env.example --\nDB__HOST=\nDB__PORT=\n"},
		},
	},
	check: checkUnderscores,
}

// nestingLoaders part the levels of a setting by two underscores.
// Sources: docs.pydantic.dev/latest/concepts/pydantic_settings (nested models);
// www.dynaconf.com/envvars; airflow.apache.org (set-config).
var nestingLoaders = []string{"pydantic-settings", "dynaconf", "apache-airflow", "nconf"}

func checkUnderscores(j *judge) {
	nested := j.nestingApps()
	for _, n := range j.names {
		if !n.free {
			continue
		}
		var message string
		severity := envtight.Off
		switch {
		case strings.HasSuffix(n.text, "_") && strings.Trim(n.text, "_") != "":
			message = show(n.text) + " ends in an underscore"
		case strings.Contains(strings.TrimLeft(n.text, "_"), "__"):
			message, severity = show(n.text)+" has two underscores in a row", envtight.Info
		default:
			continue
		}
		to := strings.TrimRight(n.text, "_")
		for strings.Contains(strings.TrimLeft(to, "_"), "__") {
			lead := len(to) - len(strings.TrimLeft(to, "_"))
			to = to[:lead] + strings.ReplaceAll(to[lead:], "__", "_")
		}
		for _, s := range j.spots(n, chosen) {
			if severity == envtight.Info && nested[s.app] {
				continue
			}
			j.report(n, s, envtight.Diagnostic{
				Severity: severity, Message: message,
				Advice: j.advice(s, to), Fixes: j.rename(n, s, to),
			})
			j.claim(n, s)
		}
	}
}

// nestingApps returns the apps in which two underscores part levels.
func (j *judge) nestingApps() map[string]bool {
	out, names := map[string]bool{}, map[string]int{}
	for _, app := range j.apps {
		for _, loader := range nestingLoaders {
			if _, ok := app.SDKs[loader]; ok {
				out[app.Name] = true
			}
		}
	}
	for _, n := range j.names {
		if !strings.Contains(strings.Trim(n.text, "_"), "__") {
			continue
		}
		apps := map[string]bool{}
		for _, i := range n.at {
			apps[j.vars[i].App] = true
		}
		for app := range apps {
			names[app]++
			out[app] = out[app] || names[app] > 1
		}
	}
	return out
}
