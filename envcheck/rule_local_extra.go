package envcheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

var localExtra = &rule{
	Rule: envtight.Rule{
		ID: "env/local-extra", Title: "An env file of this machine sets what nobody declares", Default: envtight.Info, Since: "0.1",
		Doc: `An env file that the app's programs read here sets variables that no env example declares and no policy of the
configuration names. Either the example is behind, and the next colleague will miss them; or they are left over. There is
one finding for each file.

Left out are what ` + "`vercel env pull`" + ` brought (everything below its line "Created by Vercel CLI"), names of tools
(` + "`VERCEL_*`, `TURBO_*`, `NX_*`, `NODE_OPTIONS`, `COMPOSE_*`" + ` and the like), names that a platform provides, files that
other apps read, too, and files with lines that are no assignments. It is looked for only when you ask:
` + "`envtight env --env local`" + `.`,
		Examples: []envtight.Example{
			{
				Files: "-- package.json --\n{\"name\": \"web\", \"dependencies\": {\"next\": \"16\"}}\n-- next.config.ts --\n-- .env.example --\nA=\n-- .env.local --\nA=1\nOLD_KEY=2\nTURBO_TEAM=x\n-- snapshot --\nlocal\n",
				Want:  ".env.local:2:1: .env.local sets what web does not declare: OLD_KEY: local",
			},
			{
				Title: "pulled from Vercel",
				Files: "-- package.json --\n{\"name\": \"web\", \"dependencies\": {\"next\": \"16\"}}\n-- next.config.ts --\n-- .env.example --\nA=\n-- .env.local --\n# Created by Vercel CLI\nA=\"1\"\nPOSTGRES_URL=\"2\"\nVERCEL_OIDC_TOKEN=\"3\"\n-- snapshot --\nlocal\n",
			},
		},
	},
	check: func(j *judge) {
		for _, l := range j.locals {
			byFile := map[*localFile][]*localSetting{}
			for _, s := range l.undeclared() {
				byFile[s.file] = append(byFile[s.file], s)
			}
			for _, f := range l.files {
				if found := byFile[f]; len(found) > 0 {
					j.reportLocalExtra(l, f, found)
				}
			}
		}
	},
}

func (j *judge) reportLocalExtra(l *local, f *localFile, found []*localSetting) {
	var names []string
	for _, s := range found {
		names = append(names, s.name)
	}
	d := j.aboutLocal(l, "")
	if len(names) == 1 {
		d.Name = names[0]
	}
	d.Location = found[0].location()
	d.Message = fmt.Sprintf("%s sets what %s does not declare: %s", f.path, l.app.name, listNames(names))
	d.Advice = fmt.Sprintf("declare what is needed in %s, and drop the rest", l.app.exampleFile())
	j.pass.Report(d)
}

// toolNames are variables that tools have a value for, or by which developers
// steer them on their own machine, and toolPrefixes begin them; "vercel env pull"
// brings some.
var (
	toolNames = []string{
		"CI", "DEBUG", "HOST", "HOSTNAME", "PORT", "TZ", "NODE_ENV", "NODE_OPTIONS", "NODE_EXTRA_CA_CERTS", "NODE_TLS_REJECT_UNAUTHORIZED",
		"NO_COLOR", "FORCE_COLOR", "DO_NOT_TRACK", "LOG_LEVEL", "BROWSER", "EDITOR", "WATCHPACK_POLLING", "CHOKIDAR_USEPOLLING", "VIRTUAL_ENV", "VERCEL",
	}
	toolPrefixes = []string{
		"VERCEL_", "TURBO_", "NX_", "COMPOSE_", "DOCKER_", "DOTENV_", "NEXT_TELEMETRY_", "PYTHON", "UV_", "PIP_", "npm_", "NPM_CONFIG_", "FLASK_", "GIT_", "LC_",
	}
)

func toolName(name string) bool {
	return slices.Contains(toolNames, name) ||
		slices.ContainsFunc(toolPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}
