package surface

import (
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage/dockerfile"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/internal/compose"
)

var secretInImage = &rule{
	Rule: envtight.Rule{
		ID: "docker/secret-in-image", Title: "A secret ends in an image", Default: envtight.Error, Since: "0.2",
		Doc: `Whoever can pull an image can read what ENV set in it, and the history of the image shows what an ARG was given. Only the
last stage counts, and the stages that it begins with: what an earlier stage does is thrown away.

A build that needs a secret gets it by ` + "`RUN --mount=type=secret,id=token,env=TOKEN`" + `, which leaves no trace; a program that needs
one gets it when the container starts. Whether a variable is a secret is told by its name. Placeholders that only make a
build go through are passed over, as is an ARG with one as its default.

Source: https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/.`,
		Examples: []envtight.Example{
			{
				Files: "-- Dockerfile --\nFROM node:24\nARG NPM_TOKEN\nRUN npm ci\nENV STRIPE_SECRET_KEY=b81cf0a9e2d7\n",
				Want: "Dockerfile:2:5: what ARG NPM_TOKEN is given stands in the history of the image\n" +
					"Dockerfile:4:5: ENV writes STRIPE_SECRET_KEY into the image",
			},
			{
				Title: "mounted, thrown away, or no secret",
				Files: "-- Dockerfile --\nFROM node:24 AS build\nARG NPM_TOKEN\nENV AUTH_SECRET=placeholder\nRUN --mount=type=secret,id=t,env=SENTRY_AUTH_TOKEN npm run build\n" +
					"FROM node:24\nARG API_KEY=changeme\nENV API_KEY=$API_KEY PORT=3000\n",
			},
		},
	},
	check: func(j *judge) {
		for _, f := range j.dockerfiles {
			if final := f.Final(); final != nil && j.inScope(f.Path) {
				j.secrets(f, final)
			}
		}
	},
}

// secrets reports the secrets of the stage that becomes the image, each name once.
func (j *judge) secrets(f *dockerfile.File, final *dockerfile.Stage) {
	said := map[string]bool{}
	say := func(v *dockerfile.Variable, message string) {
		if said[v.Name] {
			return
		}
		said[v.Name] = true
		j.report(f.Path, v.Range, envtight.Diagnostic{
			Grade: envtight.Likely, Name: v.Name, Message: fmt.Sprintf(message, v.Name),
			Advice: "give it to the command that needs it: RUN --mount=type=secret,id=" + v.Name + ",env=" + v.Name + " …; or, when the program needs it, set it where the container starts",
		})
	}
	for _, s := range final.Lineage() {
		for i := range s.Envs {
			if v := &s.Envs[i]; j.options.Class(v.Name) == envtight.ClassSecret && kept(final, v) {
				say(v, "ENV writes %s into the image")
			}
		}
		for i := range s.Args {
			if v := &s.Args[i]; j.options.Class(v.Name) == envtight.ClassSecret && !f.HasDefault(v) {
				say(v, "what ARG %s is given stands in the history of the image")
			}
		}
	}
}

// kept reports whether an ENV keeps a secret: one that is written there, or one that
// an argument without a default brings.
func kept(s *dockerfile.Stage, v *dockerfile.Variable) bool {
	if len(v.Uses) == 0 {
		return workspace.LooksReal(v.Value)
	}
	return slices.ContainsFunc(v.Uses, func(u dockerfile.Reference) bool {
		arg := s.Arg(u.Name)
		return arg != nil && !u.Defaulted() && (!arg.Given || workspace.LooksReal(arg.Value))
	})
}

var argAtRuntime = &rule{
	Rule: envtight.Rule{
		ID: "docker/arg-at-runtime", Title: "The container's start asks for a build argument", Default: envtight.Warning, Since: "0.2",
		Doc: `CMD or ENTRYPOINT asks a shell for a variable that the stage declares by ARG only. Arguments are gone when the image is
built: the variable is empty unless the container is given one of the same name. ENV keeps the value of an argument.`,
		Examples: []envtight.Example{
			{
				Files: "-- Dockerfile --\nFROM node:24\nARG APP_PORT=3000\nCMD next start -p $APP_PORT\n",
				Want:  "Dockerfile:3:20: the container's start asks for APP_PORT, which is an argument of the build",
			},
			{
				Title: "kept by ENV, with a default, or no shell that would expand it",
				Files: "-- Dockerfile --\nFROM node:24\nARG A=1\nARG B\nENV A=$A\nENTRYPOINT [\"x\", \"$B\"]\nCMD next start -p $A ${B:-2}\n",
			},
		},
	},
	check: func(j *judge) {
		for _, f := range j.dockerfiles {
			final := f.Final()
			if final == nil || !j.inScope(f.Path) {
				continue
			}
			for _, use := range final.Starting() {
				arg := final.Arg(use.Name)
				if arg == nil || use.Operator != "" || use.Nested || final.Env(use.Name) != nil {
					continue
				}
				j.report(f.Path, use.Range, envtight.Diagnostic{
					Name: use.Name, Message: fmt.Sprintf("the container's start asks for %s, which is an argument of the build", use.Name),
					Advice:  fmt.Sprintf("keep it: ENV %s=$%s behind the ARG", use.Name, use.Name),
					Related: []envtight.Related{{Location: envtight.Location{Kind: envtight.AtFile, Path: f.Path, Range: arg.Range}, Message: "declared here"}},
				})
			}
		}
	},
}

var argUnset = &rule{
	Rule: envtight.Rule{
		ID: "docker/arg-unset", Title: "A compose file builds without an argument that the Dockerfile uses", Default: envtight.Warning, Since: "0.2",
		Doc: `The Dockerfile declares an ARG without a default and uses it, and the service that builds it gives none: the build goes on
with the empty text. The rule looks at the stage that the service builds and those that it begins with. What "extends" and
"include" bring is not known, so services and files with them are passed over, as are files for development. So is what Docker gives by itself
(TARGETARCH, HTTP_PROXY, …), and a name of which a workflow or a script speaks: that builds, too.`,
		Examples: []envtight.Example{
			{
				Files: "-- compose.yaml --\nservices:\n  web:\n    build:\n      context: .\n      args:\n        MODE: x\n-- Dockerfile --\nFROM node:24\nARG MODE\nARG API_URL\nRUN build $MODE $API_URL\n",
				Want:  "compose.yaml:5:7: web is built without API_URL, which the Dockerfile uses",
			},
			{
				Title: "a default, no use, or given",
				Files: "-- compose.yaml --\nservices:\n  web:\n    build: {context: ., args: [A]}\n-- Dockerfile --\nARG D=1\nFROM node:24\nARG A\nARG B=1\nARG C\nARG D\nARG TARGETARCH\nRUN x $A $B $D $TARGETARCH ${C:-c}\n",
			},
		},
	},
	check: func(j *judge) {
		for _, c := range j.composes {
			if c.Includes || !j.inScope(c.Path) || developing(c.Path) {
				continue
			}
			for i := range c.Services {
				s := &c.Services[i]
				if s.Build == nil || s.Extends {
					continue
				}
				if f := j.dockerfile(s.Build.Dockerfile); f != nil {
					j.unset(c, s, f)
				}
			}
		}
	},
}

func (f *facts) dockerfile(path string) *dockerfile.File {
	i := slices.IndexFunc(f.dockerfiles, func(d *dockerfile.File) bool { return d.Path == path })
	if i < 0 {
		return nil
	}
	return f.dockerfiles[i]
}

// unset reports the arguments that a service does not give to its build.
func (j *judge) unset(c *compose.File, s *compose.Service, f *dockerfile.File) {
	target := f.Stage(s.Build.Target)
	if target == nil {
		return
	}
	given := map[string]bool{}
	for i := range s.Build.Args {
		given[s.Build.Args[i].Name] = true
	}
	for _, stage := range target.Lineage() {
		for i := range stage.Args {
			arg := &stage.Args[i]
			if given[arg.Name] || f.HasDefault(arg) || predefined(arg.Name) || !stage.NeedsArg(arg.Name) || j.spokenOf(arg.Name) {
				continue
			}
			given[arg.Name] = true // said once
			j.report(c.Path, s.Build.Key, envtight.Diagnostic{
				Name: arg.Name, Message: fmt.Sprintf("%s is built without %s, which the Dockerfile uses", s.Name, arg.Name),
				Advice:  "give it under build.args, or give the ARG a default",
				Related: []envtight.Related{{Location: envtight.Location{Kind: envtight.AtFile, Path: f.Path, Range: arg.Range}, Message: "declared here"}},
			})
		}
	}
}

// predefined reports whether Docker gives an argument by itself, or the programs that
// take it can do without.
func predefined(name string) bool {
	name = strings.ToUpper(name)
	return strings.HasPrefix(name, "TARGET") || strings.HasPrefix(name, "BUILD") || strings.HasSuffix(name, "_PROXY") ||
		slices.Contains([]string{"SOURCE_DATE_EPOCH", "CI", "DEBIAN_FRONTEND", "NODE_OPTIONS", "NODE_ENV"}, name)
}
