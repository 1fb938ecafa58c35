package envcheck

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/envtight/envtight"
)

var orphanService = &rule{
	Rule: envtight.Rule{
		ID: "env/orphan-service", Title: "A project on a platform builds a directory that was removed", Default: envtight.Warning, Since: "0.1",
		Doc: `A Vercel project that is linked to this repository, or a Railway service that is built from it, is no app's any
more: its root directory was removed, and no app is linked to it. Its variables are still there, its last deployment may
still run, and nobody looks at either. The finding says how many variables somebody set are left, and which commit
removed the directory.

It is asked in runs over the whole repository, where an app is linked to the platform and there is a token for it. What
the token does not reach is not asked for: a token of one project, or of one environment, knows of no other. Nothing is
said of what builds the root of the repository, nor of a directory that is there and no app, nor of one that the history
of the checked-out branch never had: it may stand on another branch.`,
		Examples: []envtight.Example{
			{
				Title: "a removed app's project",
				Files: "-- apps/web/.env.example --\nA=\n-- snapshot --\nremoved apps/admin\ndeployed vercel:old-admin apps/admin production=3,preview=1\ncell web prod vercel:web/production\n  A set\n",
				Want:  "vercel:old-admin: no app is linked to this project, and what it builds, apps/admin, was removed; 3 variables are still set there (production 3, preview 1)",
			},
			{
				Title: "on another branch, perhaps",
				Files: "-- apps/web/.env.example --\nA=\n-- snapshot --\ndeployed vercel:next apps/next production\ncell web prod vercel:web/production\n  A set\n",
			},
			{
				Title: "a directory that is no app, the root, and a second service of an app",
				Files: "-- apps/web/.env.example --\nA=\n-- packages/ui/button.tsx --\n-- snapshot --\ndeployed railway:shop/book packages/ui production\ndeployed railway:shop/cron / production\ndeployed railway:shop/worker apps/web production\ncell web prod railway:shop/web/production\n  A set\n",
			},
			{
				Title: "an app that moved, and is linked or has the name",
				Files: "-- web/.env.example --\nA=\n-- admin/.env.example --\nA=\n-- snapshot --\nremoved apps/web\nremoved apps/admin\ndeployed vercel:shop apps/web production\ndeployed vercel:admin apps/admin production\ncell web prod vercel:shop/production\n  A set\n",
			},
		},
	},
	needsPlatform: true,
	check: func(j *judge) {
		for i := range j.orphans {
			o := &j.orphans[i]
			kind, name := "project", fmt.Sprintf("project = %q", o.Place.Project)
			if o.Place.Service != "" {
				kind, name = "service", fmt.Sprintf("%s and service = %q", name, o.Place.Service)
			}
			j.pass.Report(envtight.Diagnostic{
				Rule:     j.rule.ID,
				Location: envtight.Location{Kind: envtight.AtPlatform, Place: o.Place},
				Message: fmt.Sprintf("no app is linked to this %s, and what it builds, %s, was removed; %s",
					kind, o.Facts.RootDirectory, o.left()),
				Advice: fmt.Sprintf("when nothing needs it, delete the %s on %s, and revoke what its variables open\n"+
					"when its code moved, correct the root directory there, or name it in the platform block of its app: %s", kind, o.Place.Platform, name),
				Related: []envtight.Related{o.removal.Related(o.Facts.RootDirectory)},
			})
		}
	},
}

// left says how many variables are still set.
func (o *orphan) left() string {
	where := ""
	if len(o.counts) > 0 {
		where = " (" + strings.Join(o.counts, ", ") + ")"
	}
	least := ""
	if !o.counted {
		least = "at least "
	}
	switch {
	case o.names == 0 && !o.counted:
		return "how many variables are still set there could not be seen"
	case o.names == 0:
		return "no variable is set there any more"
	case o.names == 1:
		return least + "1 variable is still set there" + where
	}
	return fmt.Sprintf("%s%d variables are still set there%s", least, o.names, where)
}

// Related points at the commit as what explains a finding about dir.
func (r Removal) Related(dir string) envtight.Related {
	message := "removed on " + r.At.UTC().Format(time.DateOnly)
	if author := shownName(r.Author); author != "" {
		message += " by " + author
	}
	return envtight.Related{
		Location: envtight.Location{Kind: envtight.AtObject, Path: dir, Object: envtight.Object{Commit: r.Commit}},
		Message:  message,
	}
}

// shownName makes a name that somebody chose fit for one line.
func shownName(name string) string {
	const longest = 60
	var out []rune
	for _, r := range strings.ToValidUTF8(strings.TrimSpace(name), "") {
		if unicode.IsPrint(r) && len(out) < longest {
			out = append(out, r)
		}
	}
	return string(out)
}
