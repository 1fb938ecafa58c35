package dotenvlint

import (
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
)

var portability = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/portability", Title: "Line that the app's own loaders read differently", Default: envtight.Warning, Since: "0.1",
		Doc: "Of 84 lines that look harmless, 74 mean different things to eight common loaders. That matters where one file, or copies of it, are read by " +
			"two of them: by Next.js in development and by docker compose in production, say. This rule compares only the loaders that the app really " +
			"uses, and says how they differ, never the value.\n\n" +
			"It is silent when the loaders are not known, about lines of which another rule says what is wrong, and about placeholders in examples. " +
			"Habits of a whole file, such as quotes around each value, are told once.",
		Examples: []envtight.Example{
			{Title: "number sign", Files: "loaders: next python-dotenv\n-- .env.example --\nSITE=http://shop.test/#top\nNAME=\"shop\"\n",
				Want: ".env.example:1:1: SITE has a # in a value without quotes: Next.js cuts the value at the #, python-dotenv takes it as written"},
			{Title: "quotes", Files: "loaders: compose docker-run\n-- .env.example --\nNAME=\"shop\"\n",
				Want: ".env.example:1:1: NAME has a value in quotes: docker compose strips them, docker run --env-file keeps the quotes"},
			{Title: "silent without two loaders", Files: "-- .env.example --\nSITE=http://shop.test/#top\n"},
		},
	},
	check: func(p *pass) {
		if len(p.loaders) < 2 || p.isWide() {
			return
		}
		var found []difference
		for i, e := range p.entries(dotenv.Assignment) {
			if p.judged[i] || p.isPlain(e) || p.refersToItself(e) {
				continue
			}
			if classes := p.classes(e, p.outcomes(i, p.loaders)); len(classes) > 1 {
				c := p.cause(e, classes)
				if c.many == "" && p.kind == dotenv.Example && dotenv.SampleOf(p.file.Value(e)) == dotenv.SamplePlaceholder {
					continue // the text will be replaced
				}
				found = append(found, difference{i, c, explain(classes, c.skips)})
			}
		}
		p.reportDifferences(found)
	},
}

// difference is an entry that loaders read differently.
type difference struct {
	entry int
	cause cause
	how   string
}

// reportDifferences reports each difference, save habits of a whole file, which
// are told once.
func (p *pass) reportDifferences(found []difference) {
	const habit = 4
	type key struct{ many, how string }
	groups := map[key][]int{}
	for _, f := range found {
		k := key{f.cause.many, f.how}
		groups[k] = append(groups[k], f.entry)
	}
	for _, f := range found {
		e := &p.file.Entries()[f.entry]
		group := groups[key{f.cause.many, f.how}]
		var d *envtight.Diagnostic
		switch {
		case f.cause.many == "" || len(group) < habit:
			d = p.reportEntry(f.entry, lineSpan(e), "%s %s: %s", p.called(e), f.cause.has, f.how)
		case group[0] == f.entry:
			d = p.report(lineSpan(e), "%s %s: %s", plurals(len(group), "assignment"), f.cause.many, f.how)
			for _, i := range group[1:] {
				other := &p.file.Entries()[i]
				d.Related = append(d.Related, envtight.Related{Location: p.file.Location(p.path, lineSpan(other)), Message: "another one"})
			}
		default:
			continue
		}
		d.Advice = f.cause.advice
		if p.uses(dotenv.DockerRun) && f.cause.dockerAdvice {
			d.Advice = "docker run --env-file takes lines as they are: give it a file without quotes, escapes and references"
		}
	}
}

// lineSpan covers key and value.
func lineSpan(e *dotenv.Entry) envtight.Span {
	return envtight.Span{Start: e.Key.Start, End: max(e.Key.End, e.Value.End)}
}

// refersToItself recognizes PATH=$PATH:/bin, whose value is that of the process
// which loads the file.
func (p *pass) refersToItself(e *dotenv.Entry) bool {
	for _, match := range reference().FindAllStringSubmatch(p.text(e.Value), -1) {
		if match[1] == e.Name {
			return true
		}
	}
	return false
}

// isPlain recognizes lines that no loader can misread, which are most.
func (p *pass) isPlain(e *dotenv.Entry) bool {
	if e.Quote != dotenv.Unquoted || e.HasComment() || e.Export.Len() > 0 || e.Problem != dotenv.NoProblem ||
		e.Key.End != e.Operator.Start || p.text(e.Operator) != "=" || e.Value.Start != e.Operator.End || e.Value.End != e.EOL.Start {
		return false
	}
	for _, b := range []byte(p.text(e.Value)) {
		isLetter := 'a' <= b|0x20 && b|0x20 <= 'z' || '0' <= b && b <= '9'
		if !isLetter && strings.IndexByte("_./:@,+%-=", b) < 0 {
			return false
		}
	}
	return true
}

// cause is what on a line makes loaders differ.
type cause struct {
	says         string // the phrase that betrays it, if any
	has, advice  string
	dockerAdvice bool // with docker run, quoting is no way out
	// skips replaces saysWritten: how those loaders treat it that mean well.
	skips string
	// many is a habit of the whole file, told once: what so many assignments
	// have in common.
	many string
}

// causes are in the order of their weight when several phrases occur.
var causes = []cause{
	{says: saysCuts, has: "has a # in a value without quotes", advice: "put the value into quotes", dockerAdvice: true},
	{says: saysFirstLine, has: "has a value of several lines", dockerAdvice: true,
		advice: `write it on one line with \n in double quotes, where all of the loaders resolve that`},
	{says: saysComment, has: "has a comment behind its value", advice: "move the comment to a line of its own", skips: "skips it"},
	{says: saysRuns, has: "has text that a shell runs", advice: "put the value into single quotes", dockerAdvice: true},
	{says: saysComputes, has: "has text that shells expand", advice: "put the value into single quotes", dockerAdvice: true},
	{says: saysExpands, has: "has a $ in its value", dockerAdvice: true,
		advice: "write references as ${NAME}; keep a literal $ out of files that several loaders read"},
	{says: saysBackslash, has: "has a backslash in its value", dockerAdvice: true,
		advice: "put the value into single quotes, where most loaders keep backslashes"},
	{says: saysQuotes, has: "has a value in quotes", advice: "drop the quotes where the value needs none", dockerAdvice: true,
		skips: "strips them", many: "have values in quotes"},
	{says: saysUnquotes, has: "has quotes inside its value", advice: "put the value into single quotes", dockerAdvice: true},
	{says: saysBlanks, has: "has blanks around its value", advice: "drop the blanks", skips: "skips them", many: "have blanks around their values"},
}

var (
	withColon = cause{has: "is assigned with a colon", advice: "write =", skips: "takes it", many: "are assigned with a colon"}
	withGap   = cause{has: "has blanks around the =", advice: "drop the blanks", skips: "skips them", many: "have blanks around the ="}
)

func causeOf(says string) cause {
	return causes[slices.IndexFunc(causes, func(c cause) bool { return c.says == says })]
}

// hasGap reports whether there are blanks around the operator.
func hasGap(e *dotenv.Entry) bool {
	return e.Key.End != e.Operator.Start || e.Value.Len() > 0 && e.Value.Start != e.Operator.End
}

// cause picks the one to name: by what some loader does, else by what the line
// shows.
func (p *pass) cause(e *dotenv.Entry, classes []class) cause {
	chokes := slices.ContainsFunc(classes, func(c class) bool { return c.says == saysRuns || c.says == saysRefuses })
	switch {
	case chokes && p.text(e.Operator) == ":":
		return withColon
	case chokes && hasGap(e):
		return withGap
	}
	for _, c := range causes {
		for _, class := range classes {
			if class.says == c.says {
				return c
			}
		}
	}
	value := p.text(e.Value)
	switch {
	case e.Export.Len() > 0:
		return cause{has: `begins with "export"`, advice: `drop "export"`, skips: "skips it", many: `begin with "export"`}
	case p.text(e.Operator) == ":":
		return withColon
	case hasGap(e):
		return withGap
	case strings.Contains(value, "\n"):
		return causeOf(saysFirstLine)
	case e.Quote == dotenv.Backtick:
		return cause{has: "has a value in backticks", advice: `use " or '`}
	case strings.HasPrefix(value, "#"):
		return causeOf(saysCuts)
	case strings.Contains(value, "$"):
		return causeOf(saysExpands)
	case strings.Contains(value, `\`):
		return causeOf(saysBackslash)
	case e.Quote == dotenv.Unquoted && strings.ContainsAny(value, " \t"):
		return cause{has: "has blanks in a value without quotes", advice: "put the value into quotes", dockerAdvice: true}
	case e.Quote != dotenv.Unquoted:
		return causeOf(saysQuotes)
	case e.Quote == dotenv.Unquoted && strings.ContainsAny(value, "&;|<>()*?[]{}~!'\"`"):
		return cause{has: "has characters that shells treat in a special way", advice: "put the value into single quotes", dockerAdvice: true}
	default:
		return cause{has: "is read differently", advice: "write the value in a way that all of them read alike"}
	}
}
