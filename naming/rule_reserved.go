package naming

import (
	"fmt"

	"github.com/envtight/envtight"
)

var reserved = &rule{
	Rule: envtight.Rule{
		ID: "naming/reserved", Title: "Name that steers the shell, the loader or the runtime", Default: envtight.Warning, Since: "0.1",
		Doc: "`PATH`, `HOME` or `LD_PRELOAD` in an env file or on a platform changes how every program of the container " +
			"starts, not only this one: commands are no longer found, foreign code is loaded. Names that change one " +
			"runtime (`NODE_OPTIONS`, `PYTHONPATH`) or what tools believe of their surroundings (`CI`) are info: they have " +
			"their uses, and so does an optional declaration, which sets nothing.\n\nSources: POSIX.1-2017 section 8.1; ld.so(8); nodejs.org/api/cli.html; docs.python.org/3/using/cmdline.html.",
		Examples: []envtight.Example{
			{
				Files: "-- .env.example --\nLD_PRELOAD=\nNODE_OPTIONS=\n",
				Want: ".env.example:1:1: LD_PRELOAD is read by the dynamic loader: setting it changes every program\n" +
					".env.example:2:1: NODE_OPTIONS is read by Node.js: setting it changes every program",
			},
			{Title: "names that are made to be set", Files: "-- .env.example --\nPORT=\nNODE_ENV=\nTZ=\n"},
		},
	},
	check: checkReserved,
}

type reservedName struct {
	reader   string
	severity envtight.Severity
}

var reservedNames = map[string]reservedName{
	"PATH": {"the shell", envtight.Warning}, "HOME": {"the shell", envtight.Warning},
	"SHELL": {"the shell", envtight.Warning}, "PWD": {"the shell", envtight.Warning}, "OLDPWD": {"the shell", envtight.Warning},
	"IFS": {"the shell", envtight.Warning}, "BASH_ENV": {"bash", envtight.Warning}, "LOGNAME": {"login programs", envtight.Warning},
	"USER":       {"login programs", envtight.Info},
	"LD_PRELOAD": {"the dynamic loader", envtight.Warning}, "LD_LIBRARY_PATH": {"the dynamic loader", envtight.Warning},
	"LD_AUDIT": {"the dynamic loader", envtight.Warning}, "DYLD_INSERT_LIBRARIES": {"the dynamic loader", envtight.Warning},
	"DYLD_LIBRARY_PATH": {"the dynamic loader", envtight.Warning},
	"NODE_OPTIONS":      {"Node.js", envtight.Info}, "NODE_PATH": {"Node.js", envtight.Info},
	"NODE_TLS_REJECT_UNAUTHORIZED": {"Node.js", envtight.Warning},
	"PYTHONPATH":                   {"Python", envtight.Info}, "PYTHONHOME": {"Python", envtight.Warning}, "PYTHONSTARTUP": {"Python", envtight.Warning},
	"PERL5OPT": {"Perl", envtight.Warning}, "RUBYOPT": {"Ruby", envtight.Info}, "JAVA_TOOL_OPTIONS": {"Java", envtight.Info},
	"GIT_SSH_COMMAND": {"git", envtight.Info}, "CI": {"build tools", envtight.Info},
}

func checkReserved(j *judge) {
	for _, n := range j.names {
		r, ok := reservedNames[n.text]
		if !ok || j.allowed(n.text) {
			continue
		}
		for _, s := range j.spots(n, func(v *envtight.Variable) bool { return chosen(v) && !v.Optional }) {
			j.report(n, s, envtight.Diagnostic{
				Severity: r.severity,
				Message:  fmt.Sprintf("%s is read by %s: setting it changes every program", n.text, r.reader),
				Advice:   "leave it to the system, or name it in the start command of the one program that needs it",
			})
		}
	}
}
