// Package sample holds reports to test writers with, and to draw pictures of.
// They are made by hand, so that they change only when somebody means it.
package sample

import (
	"strings"
	"time"

	"github.com/envtight/envtight"
)

// Named is a report with a name for golden files.
type Named struct {
	Name   string
	Report *envtight.Report
}

// All returns every sample.
func All() []Named {
	return []Named{
		{"full", Full()},
		{"incomplete", Incomplete()},
		{"many", Many()},
		{"clean", Clean()},
		{"empty", &envtight.Report{Version: envtight.ReportVersion}},
		{"hostile", Hostile()},
	}
}

// Rules are those that the samples report under, and one that found nothing.
func Rules() []*envtight.Rule {
	return envtight.SortRules([]*envtight.Rule{
		{ID: "env/missing", Title: "A required variable is not set", Default: envtight.Error, Since: "0.1",
			Doc: "An app declares a variable as required, and the platform does not give it in that environment.\n\nA `sealed` variable counts as set."},
		{ID: "env/empty", Title: "A required variable is empty", Default: envtight.Error, Since: "0.1",
			Doc: "The variable is set, and its value is the empty text."},
		{ID: "env/drift", Title: "A variable is set in some environments only", Default: envtight.Warning, Since: "0.1",
			Doc: "What is set in one environment and not in the next is often forgotten."},
		{ID: "env/extra", Title: "A variable is set that nobody declares", Default: envtight.Info, Since: "0.1",
			Doc: "Left over, or a name that was mistyped."},
		{ID: "naming/trailing-underscore", Title: "A name ends in an underscore", Default: envtight.Warning, Since: "0.1",
			Doc: "Nearly always a slip of the keyboard."},
		{ID: "secrets/stripe-access-token", Title: "A Stripe access token", Default: envtight.Error, Since: "0.1",
			Doc: "Whoever has it can move money."},
		{ID: "config/invalid-suppression", Title: "A suppression without a reason", Default: envtight.Error, Since: "0.1",
			Doc: "A reason is compulsory."},
	})
}

// at is a place in a file: bytes from column to end of a line that begins at
// offset 0 of nothing in particular.
func at(path string, line, column, end int) envtight.Location {
	offset := line * 100
	return envtight.Location{Kind: envtight.AtFile, Path: path, Range: envtight.Range{
		Start: envtight.Position{Line: line, Column: column, Offset: offset + column - 1},
		End:   envtight.Position{Line: line, Column: end, Offset: offset + end - 1},
	}}
}

func commit(digits, message string) *envtight.Commit {
	return &envtight.Commit{
		ID: strings.Repeat(digits, 20), Author: "Ada <Byron>", Email: "ada@example.org", Message: message,
		Time: time.Date(2026, 3, 4, 23, 6, 7, 0, time.FixedZone("", -5*60*60)),
	}
}

func railway(environment, name string) envtight.Place {
	return envtight.Place{Platform: "railway", Project: "shop", Service: "backend", Environment: environment, Name: name}
}

func vercel(project, environment, name string) envtight.Place {
	return envtight.Place{Platform: "vercel", Project: project, Environment: environment, Name: name}
}

func cell(app, environment string, place envtight.Place) envtight.Cell {
	return envtight.Cell{App: app, Environment: environment, Place: place}
}

// Full has findings of every kind, of several apps.
func Full() *envtight.Report {
	backDev, backProd := cell("backend", "dev", railway("staging", "")), cell("backend", "prod", railway("production", ""))
	frontProd := cell("frontend", "prod", vercel("frontend", "production", ""))
	return &envtight.Report{
		Version: envtight.ReportVersion,
		Scope:   "the whole repository",
		Rules:   Rules(),
		Diagnostics: []envtight.Diagnostic{
			{
				Rule: "env/missing", Severity: envtight.Error, Location: at("apps/backend/.env.example", 7, 1, 18),
				App: "backend", Name: "STRIPE_SECRET_KEY", Cells: []envtight.Cell{backDev, backProd},
				Message:     "STRIPE_SECRET_KEY is required and not set",
				Advice:      "railway variables --service backend --environment staging --set STRIPE_SECRET_KEY=<value>\nrailway variables --service backend --environment production --set STRIPE_SECRET_KEY=<value>",
				Snippet:     &envtight.Snippet{Line: 7, Text: "STRIPE_SECRET_KEY=", Start: 1, End: 18},
				Fingerprint: strings.Repeat("1a", 16),
			},
			{
				Rule: "naming/trailing-underscore", Severity: envtight.Warning, Location: at("apps/backend/.env.example", 9, 1, 6),
				App: "backend", Name: "PORT_",
				Message:     "PORT_ ends in an underscore",
				Advice:      "rename it to PORT",
				Snippet:     &envtight.Snippet{Line: 9, Text: "PORT_=[redacted]", Start: 1, End: 6},
				Related:     []envtight.Related{{Location: at("apps/backend/src/settings.py", 12, 5, 9), Message: "PORT is read here"}},
				Fixes:       []envtight.Fix{{Message: "rename PORT_ to PORT", Edits: []envtight.Edit{{Path: "apps/backend/.env.example", Span: envtight.Span{Start: 900, End: 905}, New: "PORT"}}}},
				Fingerprint: strings.Repeat("2b", 16),
			},
			{
				Rule: "env/missing", Severity: envtight.Error, Location: at("apps/frontend/.env.example", 2, 1, 20),
				App: "frontend", Environment: "prod", Name: "NEXT_PUBLIC_API_URL", Cells: []envtight.Cell{frontProd},
				Message:     "NEXT_PUBLIC_API_URL is required and not set",
				Advice:      "vercel env add NEXT_PUBLIC_API_URL production",
				Snippet:     &envtight.Snippet{Line: 2, Text: "NEXT_PUBLIC_API_URL=http://localhost:8000", Start: 1, End: 20},
				Fingerprint: strings.Repeat("3c", 16),
			},
			{
				Rule: "secrets/stripe-access-token", Severity: envtight.Warning, Grade: envtight.Sample, Location: at("apps/frontend/src/pay.test.ts", 14, 22, 32),
				App:         "frontend",
				Message:     "a Stripe test key stands in the source",
				Snippet:     &envtight.Snippet{Line: 14, Text: "\tconst key = \"[redacted]\" // 鍵 for tests", Start: 15, End: 25},
				Fingerprint: strings.Repeat("4d", 16),
				Leak: &envtight.Leak{
					Rule: "stripe-access-token", Description: "Found a Stripe key, which moves money.", Tags: []string{"decoded:base64", "decode-depth:1"},
					Introduced: commit("3f", "Add payments"), Tips: []string{"refs/heads/main"},
					Match: "key = \"[redacted]\"", StartLine: 14, EndLine: 14, StartColumn: 9, EndColumn: 52, Entropy: 4.25,
				},
			},
			{
				Rule: "config/invalid-suppression", Severity: envtight.Error, Location: envtight.Location{
					Kind: envtight.AtConfig, Path: "envtight.hcl", Block: "suppress", Range: at("", 21, 1, 9).Range},
				Message:     "a suppression needs a rule and a reason; this one suppresses nothing",
				Advice:      "add rule and reason to the block",
				Snippet:     &envtight.Snippet{Line: 21, Text: "suppress {", Start: 1, End: 9},
				Fingerprint: strings.Repeat("5e", 16),
			},
			{
				Rule: "env/drift", Severity: envtight.Warning, Location: envtight.WholeFile("packages/db/.env.example"),
				App: "backend", Name: "DB_POOL",
				Message:     "DB_POOL is set in dev and not here",
				Cells:       []envtight.Cell{backProd},
				Suppressed:  &envtight.Suppressed{By: "config", Reason: "prod uses the default", Owner: "platform team"},
				Fingerprint: strings.Repeat("6f", 16),
			},
			{
				Rule: "env/extra", Severity: envtight.Info, Location: envtight.Location{Kind: envtight.AtPlatform, Place: railway("production", "STRIPE_KEY")},
				App: "backend", Environment: "prod", Name: "STRIPE_KEY", Cells: []envtight.Cell{backProd},
				Message:     "STRIPE_KEY is set and backend does not declare it; did you mean STRIPE_SECRET_KEY?",
				Advice:      "add the line STRIPE_KEY= to apps/backend/.env.example, or remove it there",
				Related:     []envtight.Related{{Location: at("apps/backend/.env.example", 7, 1, 18), Message: "STRIPE_SECRET_KEY is declared here"}},
				Fingerprint: strings.Repeat("7a", 16),
			},
		},
		Incomplete: []envtight.Incompleteness{
			{Silence: envtight.Undecidable, Cause: "whether DATABASE_URL is empty: its value is sealed", Cells: []envtight.Cell{backDev, backProd}, Count: 2},
			{Silence: envtight.NotAsked, Cause: "values were not compared", Advice: "--values compares them; none is ever shown", Count: 1},
		},
		Looked: []envtight.Looked{{What: "apps", Count: 2}, {What: "env files", Count: 3}, {What: "platform cells", Count: 3}, {What: "variables", Count: 41}},
		Matrix: matrix(backDev, backProd, frontProd),
	}
}

func matrix(backDev, backProd, frontProd envtight.Cell) *envtight.Matrix {
	entry := func(c envtight.Cell, s envtight.State, n envtight.Need, name string) envtight.MatrixEntry {
		e := envtight.MatrixEntry{Environment: c.Environment, Surface: envtight.OnPlatform, State: s, Need: n}
		if c.Place.Platform != "" {
			e.Location = envtight.Location{Kind: envtight.AtPlatform, Place: c.Place}
			e.Location.Place.Name = name
		}
		return e
	}
	row := func(app, name string, states ...envtight.State) envtight.MatrixRow {
		r := envtight.MatrixRow{App: app, Name: name, Declared: []envtight.Location{at("apps/"+app+"/.env.example", 7, 1, 2)}}
		cells := []envtight.Cell{backDev, backProd}
		if app == "frontend" {
			cells = []envtight.Cell{{App: app, Environment: "dev"}, frontProd}
		}
		for i, c := range cells {
			r.Cells = append(r.Cells, entry(c, states[i], envtight.Required, name))
		}
		return r
	}
	need := func(r envtight.MatrixRow, needs ...envtight.Need) envtight.MatrixRow {
		for i, n := range needs {
			r.Cells[i].Need = n
		}
		return r
	}
	return &envtight.Matrix{
		Environments: []string{"dev", "prod"},
		Rows: []envtight.MatrixRow{
			row("backend", "DATABASE_URL", envtight.Unreadable, envtight.Reference),
			need(row("backend", "DB_POOL", envtight.Set, envtight.Absent), envtight.Optional, envtight.Optional),
			need(row("backend", "DEBUG", envtight.Set, envtight.Set), envtight.Optional, envtight.Forbidden),
			need(row("backend", "STRIPE_KEY", envtight.Absent, envtight.Set), envtight.NotDeclared, envtight.NotDeclared),
			row("backend", "STRIPE_SECRET_KEY", envtight.Absent, envtight.Absent),
			row("frontend", "AUTH_SECRET", envtight.Unknown, envtight.Empty),
			need(row("frontend", "NEXT_PUBLIC_API_URL", envtight.Unknown, envtight.Absent), envtight.Required, envtight.Required),
			need(row("frontend", "SENTRY_DSN", envtight.Unknown, envtight.Staged), envtight.Forbidden, envtight.Required),
		},
		Fetched: []envtight.MatrixCell{
			{Cell: backDev, Complete: true, Settings: 2}, {Cell: backProd, Complete: true, Settings: 3}, {Cell: frontProd, Complete: true, Settings: 2},
		},
	}
}

// extra is a variable that backend does not declare.
func extra(name string, cells ...envtight.Cell) envtight.Diagnostic {
	place := cells[0].Place
	place.Name = name
	return envtight.Diagnostic{
		Rule: "env/extra", Severity: envtight.Info, Location: envtight.Location{Kind: envtight.AtPlatform, Place: place},
		App: "backend", Name: name, Cells: cells,
		Message:     name + " is set and backend does not declare it",
		Advice:      "add the line " + name + "= to apps/backend/.env.example, or remove it there",
		Fingerprint: strings.Repeat("ad", 16),
		Many: envtight.Many{
			Message: "variables are set and backend does not declare them",
			Advice:  "add a line for each to apps/backend/.env.example, or remove them there",
		},
	}
}

// Many has findings that are shown as one block, and others like them that are
// not: one that is suppressed, one with more to say, some that are too few.
func Many() *envtight.Report {
	dev, prod := cell("backend", "dev", railway("staging", "")), cell("backend", "prod", railway("production", ""))
	r := &envtight.Report{
		Version: envtight.ReportVersion, Scope: "the whole repository", Rules: Rules(), Incomplete: []envtight.Incompleteness{},
		Looked: []envtight.Looked{{What: "apps", Count: 2}},
	}
	for _, name := range strings.Fields("LEGACY_HOST LEGACY_KEY LEGACY_PORT") {
		r.Diagnostics = append(r.Diagnostics, extra(name, dev, prod))
	}
	r.Diagnostics = append(r.Diagnostics, extra("OLD_TOKEN", prod), extra("OLD_URL", dev), extra("VENDOR_KEY", prod), extra("STRIPE_KEY", prod), extra("ZONE", prod))
	r.Diagnostics[5].Suppressed = &envtight.Suppressed{By: "config", Reason: "read by a vendor's binary"}
	r.Diagnostics[6].Related = []envtight.Related{{Location: at("apps/backend/.env.example", 7, 1, 18), Message: "STRIPE_SECRET_KEY is declared here"}}
	for _, name := range strings.Fields("ONE THREE TWO") {
		few := extra(name, cell("worker", "prod", vercel("worker", "production", "")))
		few.App = "worker"
		r.Diagnostics = append(r.Diagnostics, few)
	}
	return r
}

// Incomplete has failures beside a finding, and many undecidable things.
func Incomplete() *envtight.Report {
	r := &envtight.Report{
		Version: envtight.ReportVersion,
		Scope:   "apps/backend and the packages it reaches",
		Rules:   Rules(),
		Diagnostics: []envtight.Diagnostic{{
			Rule: "env/empty", Severity: envtight.Error, App: "backend", Environment: "dev", Name: "SMTP_HOST",
			Location: at("apps/backend/.env.example", 3, 1, 10), Message: "SMTP_HOST is set and empty",
			Cells:       []envtight.Cell{cell("backend", "dev", railway("staging", ""))},
			Snippet:     &envtight.Snippet{Line: 3, Text: "SMTP_HOST=", Start: 1, End: 10},
			Fingerprint: strings.Repeat("8b", 16),
		}},
		Incomplete: []envtight.Incompleteness{
			{
				Silence: envtight.Failed, Cause: "the token in RAILWAY_TOKEN_PROD was refused (it expired or was revoked)",
				Advice:   "make a project token for production and put it into RAILWAY_TOKEN_PROD",
				Location: envtight.Location{Kind: envtight.AtPlatform, Place: railway("production", "")},
				Cells:    []envtight.Cell{cell("backend", "prod", railway("production", ""))}, Count: 1,
			},
			{
				Silence: envtight.Failed, Cause: "the file is larger than 8 MiB and was not read", Location: envtight.WholeFile("apps/backend/.env.huge"), Count: 1,
			},
		},
		Looked: []envtight.Looked{{What: "apps", Count: 1}, {What: "dependencies", Count: 1}, {What: "env files", Count: 0}, {What: "names from .env files", Count: 1}},
	}
	for _, name := range strings.Fields("A B C D E F G H") {
		r.Incomplete = append(r.Incomplete, envtight.Incompleteness{
			Silence: envtight.Undecidable, Cause: "whether " + name + "_KEY is empty: its value is sealed", Count: 1,
		})
	}
	return r
}

// Clean has nothing to say but that.
func Clean() *envtight.Report {
	return &envtight.Report{
		Version: envtight.ReportVersion, Scope: "the whole repository", Rules: Rules(),
		Diagnostics: []envtight.Diagnostic{}, Incomplete: []envtight.Incompleteness{},
		Looked: []envtight.Looked{{What: "apps", Count: 4}, {What: "env files", Count: 0}},
	}
}

// Hostiles are texts that do harm where they are not escaped: in terminals,
// tables, workflow commands, HTML.
func Hostiles() []string {
	return []string{
		"\x1b[2J\x1b]0;title\x07red",
		"line\n::error file=x::injected\r\n::stop-commands::x",
		"::set-env name=PATH::/tmp",
		"##[error]old ##vso[task.setvariable]x ##teamcity[message]",
		"a|b\\|c`d``e` <img src=x onerror=alert(1)> </details> <!-- &amp; -->",
		"\u202etxt.exe\u2066 \u200b\ufeff\U000e0041 \u2028\u2029",
		"%0A,title=x:y%25",
		"bad\xff\xfeutf8\xc3",
		"@everyone @acme/team #1 https://evil.example www.evil.example [x](javascript:y) ![i](z)",
		"\u009b31mC1 \x00nul \x7fdel\ttab",
		"*bold* _it_ ~~gone~~ $math$ \\",
	}
}

// Hostile has every field filled with harm.
func Hostile() *envtight.Report {
	r := &envtight.Report{Version: envtight.ReportVersion, Rules: Rules(), Matrix: &envtight.Matrix{}}
	for i, h := range Hostiles() {
		r.Diagnostics = append(r.Diagnostics, HostileFinding(h, i))
		r.Incomplete = append(r.Incomplete, envtight.Incompleteness{
			Silence: []envtight.Silence{envtight.Failed, envtight.Undecidable, envtight.NotAsked}[i%3],
			Cause:   h, Advice: h, Count: 1, Cells: []envtight.Cell{{App: h, Environment: h, Place: envtight.Place{Platform: h, Project: h}}},
			Location: envtight.WholeFile(h),
		})
		r.Looked = append(r.Looked, envtight.Looked{What: h, Count: i})
		r.Matrix.Environments = append(r.Matrix.Environments, h)
		r.Matrix.Rows = append(r.Matrix.Rows, envtight.MatrixRow{App: h, Name: h, Cells: []envtight.MatrixEntry{
			{Environment: h, Surface: envtight.OnPlatform, State: envtight.State(i % 7), Need: envtight.Need(i % 4), Why: h},
		}})
	}
	r.Scope = strings.Join(Hostiles(), " ")
	for _, h := range Hostiles() {
		block := extra(h, cell(h, h, railway(h, "")))
		block.Many = envtight.Many{Message: r.Scope, Advice: strings.Join(Hostiles(), "\n")}
		r.Diagnostics = append(r.Diagnostics, block)
	}
	return r
}

// HostileFinding fills every text of a finding with h. The kind of its location
// follows from i.
func HostileFinding(h string, i int) envtight.Diagnostic {
	place := envtight.Place{Platform: h, Project: h, Service: h, Environment: h, Name: h}
	location := at(h, i+1, 1, 3)
	switch i % 5 {
	case 1:
		location = envtight.Location{Kind: envtight.AtPlatform, Place: place}
	case 2:
		location = envtight.Location{Kind: envtight.AtObject, Path: h, Range: location.Range, Object: envtight.Object{Blob: h, Commit: h}}
	case 3:
		location = envtight.Location{Kind: envtight.AtMember, Path: h, Member: h, Range: location.Range}
	case 4:
		location = envtight.Location{}
	}
	d := envtight.Diagnostic{
		Rule: "env/missing", Severity: envtight.Severity(1 + i%3), Grade: envtight.Grade(i % 4), Location: location,
		App: h, Environment: h, Name: h, Message: h, Advice: h,
		Cells:       []envtight.Cell{{App: h, Environment: h, Place: place}},
		Related:     []envtight.Related{{Location: at(h, 2, 1, 2), Message: h}},
		Fixes:       []envtight.Fix{{Message: h, Edits: []envtight.Edit{{Path: h, New: h}}}},
		Snippet:     &envtight.Snippet{Line: i + 1, Text: h, Start: 1, End: 4},
		Fingerprint: strings.Repeat("9c", 16),
	}
	if i%2 == 0 {
		d.Leak = &envtight.Leak{
			Rule: h, Description: h, Match: h, Tags: []string{h}, Tips: []string{h},
			Introduced: &envtight.Commit{ID: h, Author: h, Email: h, Message: h}, Gone: &envtight.Commit{ID: h},
		}
	}
	if i%4 == 3 {
		d.Suppressed = &envtight.Suppressed{By: h, Reason: h, Owner: h}
	}
	return d
}
