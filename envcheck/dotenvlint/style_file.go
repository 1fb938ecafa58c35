package dotenvlint

import (
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
)

var finalNewline = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/final-newline", Title: "No line ending at the end of the file", Default: envtight.Warning, Group: style, Since: "0.1",
		Doc: "Without it, `cat`, `echo >>` and others glue the next line to the last one.",
		Examples: []envtight.Example{
			{Files: "-- .env.example --\nPORT=80\n"},
		},
	},
	check: func(p *pass) {
		entries := p.file.Entries()
		if len(entries) == 0 || entries[len(entries)-1].EOL.Len() > 0 {
			return
		}
		end := envtight.Span{Start: entries[len(entries)-1].Span.End}
		end.End = end.Start
		d := p.report(end, "the last line has no line ending")
		d.Advice = "end it"
		p.fix(d, true, "end it", end, "\n")
	},
}

var blankLines = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/blank-lines", Title: "Several blank lines in a row", Default: envtight.Warning, Group: style, Since: "0.1",
		Doc: "One blank line separates blocks well enough.",
		Examples: []envtight.Example{
			{Files: "-- .env.example --\nPORT=80\n\n\n\nHOST=a\n\nA=1\n", Want: ".env.example:3:1: 2 blank lines too many"},
		},
	},
	check: func(p *pass) {
		entries := p.file.Entries()
		for i := 1; i < len(entries); i++ {
			if entries[i].Kind != dotenv.Blank || entries[i-1].Kind != dotenv.Blank {
				continue
			}
			first := i
			for i+1 < len(entries) && entries[i+1].Kind == dotenv.Blank {
				i++
			}
			span := envtight.Span{Start: entries[first].Span.Start, End: entries[i].Span.End}
			d := p.report(span, "%s too many", plurals(i-first+1, "blank line"))
			d.Advice = "drop them"
			p.fix(d, true, "drop them", span, "")
		}
	},
}

var crlf = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/crlf", Title: "Lines that end in CRLF", Default: envtight.Warning, Group: style, Since: "0.1",
		Doc: "A shell that sources the file makes the carriage return a part of each value. Reported once for a file.",
		Examples: []envtight.Example{
			{Files: "-- .env.example --\nPORT=80\r\nHOST=a\r\n", Want: ".env.example:1:8: the lines end in CRLF"},
		},
	},
	check: func(p *pass) {
		for i := range p.file.Entries() {
			if e := &p.file.Entries()[i]; p.text(e.EOL) == "\r\n" {
				p.report(e.EOL, "the lines end in CRLF").Advice = "end lines with LF"
				return
			}
		}
	},
}

var order = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/order", Title: "Keys of a block out of order", Default: envtight.Warning, Group: style, Since: "0.1",
		Doc: "The keys of a block, which blank lines separate from others, are in alphabetical order. Reported once for a block.",
		Examples: []envtight.Example{
			{Files: "-- .env.example --\nB=1\n# note\nA=2\n\nAA=1\n", Want: ".env.example:3:1: A stands behind B, which comes after it in the alphabet"},
		},
	},
	check: func(p *pass) {
		var before *dotenv.Entry
		told := false
		for i := range p.file.Entries() {
			e := &p.file.Entries()[i]
			if e.Kind == dotenv.Blank {
				before, told = nil, false
			}
			if e.Kind != dotenv.Assignment {
				continue
			}
			if before != nil && !told && e.Name < before.Name {
				d := p.reportStyle(i, e.Key, "%s stands behind %s, which comes after it in the alphabet", p.called(e), p.called(before))
				d.Advice = "sort the block"
				d.Related = []envtight.Related{{Location: p.file.Location(p.path, before.Key), Message: "the key that comes after it"}}
				told = true
			}
			before = e
		}
	},
}

var lowercaseKey = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/lowercase-key", Title: "Key with small letters", Default: envtight.Warning, Group: style, Since: "0.1",
		Doc: "Names of environment variables are in capitals by convention. `naming/case` judges names on all surfaces; this one judges env files alone.",
		Examples: []envtight.Example{
			{Files: "-- .env.example --\ndbHost=\nDB_PORT=\n", Want: ".env.example:1:1: dbHost has small letters"},
		},
	},
	check: func(p *pass) {
		for i, e := range p.entries(dotenv.Assignment) {
			if e.Name != strings.ToUpper(e.Name) {
				p.reportStyle(i, e.Key, "%s has small letters", p.called(e)).Advice = "use capitals"
			}
		}
	},
}

// reserved are names that the system, the shell or an interpreter owns, and that
// change how programs start. DJANGO_ENV is what wemake's linter reserves.
var reserved = map[string]bool{
	"PATH": true, "HOME": true, "USER": true, "LOGNAME": true, "SHELL": true, "PWD": true, "OLDPWD": true, "IFS": true, "ENV": true,
	"BASH_ENV": true, "LD_PRELOAD": true, "LD_LIBRARY_PATH": true, "DYLD_INSERT_LIBRARIES": true, "DYLD_LIBRARY_PATH": true,
	"NODE_OPTIONS": true, "PYTHONSTARTUP": true, "PYTHONHOME": true, "PERL5OPT": true, "RUBYOPT": true, "PROMPT_COMMAND": true, "DJANGO_ENV": true,
}

var reservedName = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/reserved-name", Title: "Name that belongs to the system", Default: envtight.Warning, Group: style, Since: "0.1",
		Doc: "A file that sets `PATH`, `HOME`, `LD_PRELOAD` and the like changes how programs start, not only what they read.",
		Examples: []envtight.Example{
			{Files: "-- .env.example --\nPATH=/opt/bin\n", Want: ".env.example:1:1: PATH belongs to the system"},
		},
	},
	check: func(p *pass) {
		for i, e := range p.entries(dotenv.Assignment) {
			if reserved[e.Name] {
				p.reportStyle(i, e.Key, "%s belongs to the system", p.called(e)).Advice = "choose a name of your own"
			}
		}
	},
}

var unreadableName = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/unreadable-name", Title: "Name with characters that look alike", Default: envtight.Warning, Group: style, Since: "0.1",
		Doc: "`1I` and `0O` are hard to tell apart in many fonts.",
		Examples: []envtight.Example{
			{Files: "-- .env.example --\nKEY_0O=\nKEY_1I=\nKEY_10=\n", Want: ".env.example:1:1: KEY_0O has characters side by side that look alike\n" +
				".env.example:2:1: KEY_1I has characters side by side that look alike"},
		},
	},
	check: func(p *pass) {
		for i, e := range p.entries(dotenv.Assignment) {
			for _, pair := range []string{"1I", "I1", "0O", "O0", "1l", "l1", "Il", "lI"} {
				if strings.Contains(e.Name, pair) {
					p.reportStyle(i, e.Key, "%s has characters side by side that look alike", p.called(e)).Advice = "choose another name"
					break
				}
			}
		}
	},
}

var substitution = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/substitution", Title: "Reference with one brace", Default: envtight.Warning, Group: style, Since: "0.1",
		Doc: "`${NAME` and `$NAME}` are no references; loaders keep them, cut them or refuse the file. In single quotes they are left alone.",
		Examples: []envtight.Example{
			{Files: "-- .env.example --\nA=${B\nC=$D}\nE=${F}\nG={\"a\":\"$H\"}\n", Want: ".env.example:1:3: A has a reference with one brace only\n" +
				".env.example:2:3: C has a reference with one brace only"},
		},
	},
	check: func(p *pass) {
		for i, e := range p.entries(dotenv.Assignment) {
			if e.Quote != dotenv.Single && brokenReference(p.text(e.Inner)) {
				p.reportStyle(i, e.Value, "%s has a reference with one brace only", p.called(e)).Advice = "write ${NAME}"
			}
		}
	},
}

// brokenReference looks for a reference whose braces do not pair.
func brokenReference(text string) bool {
	for {
		at := strings.IndexByte(text, '$')
		if at < 0 {
			return false
		}
		escaped := at > 0 && text[at-1] == '\\'
		before := text[:at]
		text = text[at+1:]
		n := 0
		opened := strings.HasPrefix(text, "{")
		if opened {
			n = 1
		}
		for n < len(text) && (text[n] == '_' || '0' <= text[n] && text[n] <= '9' || 'a' <= text[n]|0x20 && text[n]|0x20 <= 'z') {
			n++
		}
		switch {
		case escaped || n == 0:
		case opened && strings.IndexByte(text[n:], '}') < 0:
			return true
		case !opened && strings.HasPrefix(text[n:], "}") && strings.Count(before, "{") == strings.Count(before, "}"):
			return true
		}
		text = text[n:]
	}
}
