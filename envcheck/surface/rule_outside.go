package surface

import (
	"fmt"
	pathpkg "path"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/workspace"
)

var outsidePlatform = &rule{
	Rule: envtight.Rule{
		ID: "env/outside-platform", Title: "A value stands in a file instead of on the platform", Default: envtight.Error, Since: "0.2",
		Doc: `A hosting platform's file in the repository sets a variable: a secret there is in git, in every clone, and it is an error; a
setting in vercel.json that an env example declares is a warning, because what stands there wins over what the platform
has, and nobody who looks at the platform sees it.

Settings that are no secrets belong into wrangler.toml, netlify.toml, fly.toml and render.yaml, and are passed over, as are
placeholders. Whether a variable is a secret is told by its name.`,
		Examples: []envtight.Example{
			{
				Files: "-- vercel.json --\n{\"env\": {\n  \"API_URL\": \"https://api.acme.test\",\n  \"JWT_SECRET\": \"b81cf0a9e2d7\"\n}}\n-- .env.example --\nAPI_URL=\nJWT_SECRET=\n-- package.json --\n{\"name\": \"shop\", \"dependencies\": {\"next\": \"16.0.0\"}}\n",
				Want: "vercel.json:2:4: vercel.json sets API_URL, which is a variable of the app\n" +
					"vercel.json:3:4: vercel.json holds a value for JWT_SECRET, whose name is that of a secret",
			},
			{
				Title: "where settings belong",
				Files: "-- wrangler.toml --\nname = \"w\"\n[vars]\nAPI_URL = \"https://api.acme.test\"\nJWT_SECRET = \"change-me\"\n-- .env.example --\nAPI_URL=\n",
			},
		},
	},
	check: func(j *judge) {
		for _, f := range j.hosting {
			if !j.inScope(f.path) {
				continue
			}
			base := pathpkg.Base(f.path)
			for i := range f.settings {
				s := &f.settings[i]
				d := envtight.Diagnostic{Name: s.Name}
				switch secret := j.options.Class(s.Name) == envtight.ClassSecret; {
				case s.Role != usage.Sets:
					continue
				case secret && workspace.LooksReal(s.Value):
					d.Grade = envtight.Likely
					d.Message = fmt.Sprintf("%s holds a value for %s, whose name is that of a secret", base, s.Name)
					d.Advice = "set it on the platform, take it out here, and change it, because the history keeps it"
				case !secret && base == "vercel.json" && j.everywhere[s.Name] && !byTools(s.Name):
					d.Severity = envtight.Warning
					d.Message = fmt.Sprintf("%s sets %s, which is a variable of the app", base, s.Name)
					d.Advice = "set it on the platform and take it out here"
				default:
					continue
				}
				j.report(f.path, s.Range, d)
			}
		}
	},
}
