package dotenvlint

import (
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
)

// sample are the loaders whose behavior is told when nobody knows which of them
// read the file.
var sample = []dotenv.Dialect{dotenv.Next, dotenv.PythonDotenv, dotenv.Compose, dotenv.Godotenv}

var noDelimiter = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/no-delimiter", Title: "Line without =", Default: envtight.Error, Since: "0.1",
		Doc: "A line that is neither blank nor a comment needs a `=`. Node.js loaders skip others silently, so the variable is just not there; " +
			"docker compose and godotenv refuse the whole file. Such lines are often a comment that lost its `#`, or the rest of a value of several " +
			"lines, such as a private key, that needs quotes.\n\n" +
			"A name alone is right in files that only docker reads: it hands on the variable of its own environment.",
		Examples: []envtight.Example{
			{Title: "prose", Files: "-- .env.example --\nDatabase settings\nDB_HOST=\n", Want: ".env.example:1:1: the line is neither an assignment nor a comment"},
			{Title: "name alone", Files: "-- .env.example --\nDB_HOST\n", Want: ".env.example:1:1: DB_HOST has no ="},
			{Title: "several lines", Files: "-- .env.example --\nCERT=-----BEGIN\nabc\ndef\n-----END\nPORT=1\n",
				Want: ".env.example:2:1: 3 lines are neither assignments nor comments"},
		},
	},
	check: func(p *pass) {
		entries := p.file.Entries()
		for i := 0; i < len(entries); i++ {
			e := &entries[i]
			if e.Kind != dotenv.BadLine || e.Problem != dotenv.NoDelimiter {
				continue
			}
			if e.Name != "" {
				p.bareName(i, e)
				continue
			}
			last := i
			for last+1 < len(entries) && isStray(&entries[last+1]) {
				last++
			}
			if i > 0 && p.judged[i-1] && entries[i-1].Problem == dotenv.UnterminatedQuote {
				i = last // the rest of that value
				continue
			}
			p.strayLines(i, last)
			i = last
		}
	},
}

// isStray reports whether an entry may belong to the bad line before it.
func isStray(e *dotenv.Entry) bool {
	return e.Kind == dotenv.BadLine && e.Name == "" && (e.Problem == dotenv.NoDelimiter || e.Problem == dotenv.StrayText)
}

func (p *pass) strayLines(first, last int) {
	entries := p.file.Entries()
	span := envtight.Span{Start: p.line(&entries[first]).Start, End: p.line(&entries[last]).End}
	d := p.reportEntry(first, span, "the line is neither an assignment nor a comment")
	d.Advice = "begin it with #, or add the ="
	if last > first {
		d.Message = plurals(last-first+1, "line") + " are neither assignments nor comments"
		d.Advice = "begin them with #, or put quotes round the value that they belong to"
	}
	if len(p.loaders) > 0 && !p.uses(dotenv.Compose, dotenv.Godotenv, dotenv.DockerRun, dotenv.Bash, dotenv.Dash) {
		d.Severity = envtight.Warning // skipped
	}
}

// bareName judges a name alone on its line.
func (p *pass) bareName(i int, e *dotenv.Entry) {
	inherits := len(p.loaders) > 0
	for _, d := range p.loaders {
		inherits = inherits && (d == dotenv.Compose || d == dotenv.DockerRun)
	}
	if inherits {
		return
	}
	d := p.reportEntry(i, e.Key, "%s has no =", p.called(e))
	d.Advice = "write " + p.called(e) + "= to declare it with an empty value"
	if !p.uses(dotenv.Godotenv, dotenv.Bash, dotenv.Dash) {
		d.Severity = envtight.Warning
	}
}

var badKey = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/bad-key", Title: "Key that not every loader takes", Default: envtight.Error, Since: "0.1",
		Doc: "Every loader takes a key of letters, digits and underscores that does not begin with a digit. With hyphens godotenv refuses the file; " +
			"letters beyond ASCII make dotenv and Next.js drop the line; shells take none of these, nor dots. Blanks inside a key and quotes round it are " +
			"mistakes in nearly all loaders.\n\n" +
			"When the loaders of the app are known and all of them take the key, this is only for your information.",
		Examples: []envtight.Example{
			{Title: "hyphen", Files: "-- .env.example --\nDB-HOST=\n", Want: ".env.example:1:1: DB-HOST is a key with other characters than letters, digits and underscores"},
			{Title: "digit", Files: "-- .env.example --\n2FA=1\n", Want: ".env.example:1:1: 2FA is a key that begins with a digit"},
			{Title: "blank", Files: "-- .env.example --\nDB HOST=\n", Want: ".env.example:1:1: the key has blanks or characters that no loader takes"},
			{Title: "empty", Files: "-- .env.example --\n=x\n", Want: ".env.example:1:1: there is no key before the ="},
		},
	},
	check: func(p *pass) {
		for i, e := range p.entries(dotenv.BadLine, dotenv.Assignment) {
			switch {
			case e.Problem == dotenv.EmptyKey:
				p.reportEntry(i, p.line(e), "there is no key before the =").Advice = "name the variable, or drop the line"
			case e.Problem == dotenv.BadKey && e.Kind == dotenv.BadLine:
				p.reportEntry(i, p.line(e), "the key has blanks or characters that no loader takes").Advice =
					"use letters, digits and underscores; begin the line with # if it is a comment"
			case e.Kind == dotenv.Assignment && (!dotenv.IsPlainName(e.Name) || e.Key.Len() != len(e.Name) && !p.isWide()):
				p.oddKey(i, e)
			}
		}
	},
}

func (p *pass) oddKey(i int, e *dotenv.Entry) {
	what := "is a key with other characters than letters, digits and underscores"
	switch first := p.text(e.Key)[0]; {
	case first == '"' || first == '\'':
		what = "is a key in quotes"
	case '0' <= first && first <= '9':
		what = "is a key that begins with a digit"
	}
	refused := false
	for _, o := range p.outcomes(i, p.loaders) {
		refused = refused || o.failure != 0 || !o.found
	}
	d := p.reportEntry(i, e.Key, "%s %s", p.called(e), what)
	d.Advice = "use letters, digits and underscores, and begin with a letter"
	switch {
	case refused:
		d.Advice += "; the app's loader does not take it as it is"
	case len(p.loaders) == 0:
		d.Severity = envtight.Warning
	default:
		d.Severity = envtight.Info
	}
}

var duplicateKey = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/duplicate-key", Title: "Key assigned twice", Default: envtight.Warning, Since: "0.1",
		Doc: "All loaders take the last of several assignments to one name, without a word. The first one is then a trap: editing it changes nothing. " +
			"Commented-out alternatives do not count.",
		Examples: []envtight.Example{
			{Files: "-- .env.example --\nPORT=1\n# PORT=2\nPORT=3\n", Want: ".env.example:3:1: PORT is assigned again; loaders take this line, not line 1"},
		},
	},
	check: func(p *pass) {
		for i, e := range p.entries(dotenv.Assignment) {
			first, known := p.index().first[e.Name]
			if !known || first == i {
				continue
			}
			at := p.file.Location(p.path, p.file.Entries()[first].Key)
			d := p.report(e.Key, "%s is assigned again; loaders take this line, not line %d", p.called(e), at.Range.Start.Line)
			if dotenv.IsPlainName(e.Name) {
				d.Name = e.Name
			}
			d.Advice = "keep one of them"
			d.Related = []envtight.Related{{Location: at, Message: "the first assignment"}}
		}
	},
}

var decorator = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/decorator", Title: "Decorators that contradict each other, or are misspelled", Default: envtight.Warning, Since: "0.1",
		Doc: "Decorators in comments say what a variable is for: `@required`, `@optional`, `@only(prod)`, `@sensitive`, `@public`, `@type`, `@example`, `@docs`, " +
			"`@deprecated`, and `@defaultRequired`, `@defaultSensitive` in the header of the file. They follow [env-spec](https://varlock.dev/env-spec/). " +
			"Where two of them contradict each other, nobody can tell which one is meant. An unknown one is reported only when it looks like a slip of a known one.",
		Examples: []envtight.Example{
			{Title: "contradiction", Files: "-- .env.example --\n# @required\n# @optional\nPORT=\n", Want: ".env.example:2:3: PORT is both @required and @optional"},
			{Title: "slip", Files: "-- .env.example --\n# @requierd\nPORT=\n", Want: ".env.example:1:3: unknown decorator @requierd"},
			{Title: "a mention is none", Files: "-- .env.example --\n# @ops knows\nPORT=\n"},
		},
	},
	check: func(p *pass) {
		for _, issue := range p.file.DecoratorIssues() {
			message := issue.Message
			if issue.Name != "" {
				message = p.calledName(issue.Name) + " " + message
			}
			d := p.report(issue.Span, "%s", message)
			d.Advice = issue.Advice
			if dotenv.IsPlainName(issue.Name) {
				d.Name = issue.Name
			}
		}
	},
}

// curly are quotes that word processors make.
const curly = "“”„‘’‚«»"

// hasCurly reports whether a value stands between typographic quotes.
func hasCurly(value string) bool {
	return value != "" && strings.IndexAny(value, curly) == 0
}
