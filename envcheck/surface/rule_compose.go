package surface

import (
	"fmt"
	pathpkg "path"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/internal/compose"
	"github.com/envtight/envtight/internal/expand"
)

var composeUnset = &rule{
	Rule: envtight.Rule{
		ID: "compose/unset", Title: "A compose file uses a variable that nothing speaks of", Default: envtight.Warning, Since: "0.2",
		Doc: `Compose replaces ${NAME} by what its environment or the file .env beside it holds, and by the empty text when neither
has the name: it warns and goes on. No env example of the repository declares the name, no file here sets it, and the text
gives no default, so whoever starts the services has to know it from elsewhere.

It is silent for ${NAME:-default}, for ${NAME:?message}, which stops with the message, and where a workflow, another
configuration file or an env file beside it speaks of the name.`,
		Examples: []envtight.Example{
			{
				Files: "-- compose.yaml --\nservices:\n  db:\n    image: postgres\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD}\n",
				Want:  "compose.yaml:5:28: DB_PASSWORD is used without a default, and no env example declares it",
			},
			{
				Title: "declared, defaulted, required or escaped",
				Files: "-- .env.example --\nA=\n-- compose.yaml --\nservices:\n  db:\n    image: postgres:${A}-${B:-x}-${C:?say it}-$${D}-$PWD\n",
			},
		},
	},
	check: func(j *judge) {
		for _, c := range j.composes {
			if !j.inScope(c.Path) {
				continue
			}
			known := j.beside(c)
			said := map[string]bool{}
			for _, u := range c.Uses {
				if u.Operator != "" || u.Nested || said[u.Name] || known[u.Name] || j.everywhere[u.Name] || j.mentioned(c.Path, u.Name) || j.spokenOf(u.Name) || ofShell(u.Name) {
					continue
				}
				said[u.Name] = true
				j.report(c.Path, u.Range, envtight.Diagnostic{
					Name: u.Name, Message: u.Name + " is used without a default, and no env example declares it",
					Advice: fmt.Sprintf("declare it in %s, or give it a default: ${%s:-…}", pathpkg.Join(pathpkg.Dir(c.Path), ".env.example"), u.Name),
				})
			}
		}
	},
}

// beside are the names in env files that stand beside a compose file.
func (f *facts) beside(c *compose.File) map[string]bool {
	out := map[string]bool{}
	for _, file := range f.options.Workspace.Tree.In(pathpkg.Dir(c.Path)) {
		if dotenv.Kind(file.Path) == dotenv.NotEnv {
			continue
		}
		text, err := f.options.Workspace.Tree.Read(file.Path)
		if err != nil {
			continue
		}
		entries := dotenv.Parse(text).Entries()
		for i := range entries {
			if entries[i].IsAssignment() {
				out[entries[i].Name] = true
			}
		}
	}
	return out
}

// mentioned reports whether some other file of configuration sets the name or passes
// it on.
func (f *facts) mentioned(path, name string) bool {
	return slices.ContainsFunc(f.usage.Files, func(file usage.File) bool {
		return file.Path != path && slices.ContainsFunc(file.Mentions, func(m usage.Mention) bool { return m.Name == name && m.Role != usage.Declares })
	})
}

// ofShell reports whether every shell has the variable.
func ofShell(name string) bool {
	return slices.Contains([]string{"PWD", "HOME", "USER", "UID", "GID", "SHELL", "HOSTNAME", "PATH", "COMPOSE_PROJECT_NAME"}, name)
}

var composeSecret = &rule{
	Rule: envtight.Rule{
		ID: "compose/secret-in-clear", Title: "A compose file holds what looks like a secret", Default: envtight.Warning, Since: "0.2",
		Doc: `A service is given a variable with the name of a secret, and the value stands in the compose file, which is in git: it is
in every clone from then on. Placeholders, what everybody uses on their own machine (postgres, minioadmin), and files whose
names say that they are for development or tests, are passed over. A value that has the form of a provider's token is reported by secrets/* as well.`,
		Examples: []envtight.Example{
			{
				Files: "-- compose.yaml --\nservices:\n  api:\n    image: api\n    environment:\n      - JWT_SECRET=b81cf0a9e2d7\n",
				Want:  "compose.yaml:5:9: api is given JWT_SECRET, and its value stands in the file",
			},
			{
				Title: "from outside, or open to everybody",
				Files: "-- .env.example --\nJWT_SECRET=\n-- compose.yaml --\nservices:\n  db:\n    image: postgres\n    environment:\n      POSTGRES_PASSWORD: postgres\n      JWT_SECRET: ${JWT_SECRET}\n      API_KEY:\n",
			},
		},
	},
	check: func(j *judge) {
		for _, c := range j.composes {
			if !j.inScope(c.Path) || developing(c.Path) {
				continue
			}
			said := map[envtight.Range]bool{} // services may share what an anchor holds
			for i := range c.Services {
				s := &c.Services[i]
				list := s.Environment
				if s.Build != nil {
					list = slices.Concat(list, s.Build.Args)
				}
				for k := range list {
					v := &list[k]
					if !v.Given || j.options.Class(v.Name) != envtight.ClassSecret || !workspace.LooksReal(v.Value) || said[v.Range] ||
						len(expand.Variables(v.Value.Reveal(), expand.Compose)) > 0 {
						continue
					}
					said[v.Range] = true
					j.report(c.Path, v.Range, envtight.Diagnostic{
						Grade: envtight.Likely, Name: v.Name, Message: fmt.Sprintf("%s is given %s, and its value stands in the file", s.Name, v.Name),
						Advice: fmt.Sprintf("take it from outside: %s: ${%s:?}; then change it, because the history keeps it", v.Name, v.Name),
					})
				}
			}
		}
	},
}
