package dotenvlint

import (
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
)

var spaces = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/spaces", Title: "Blanks around =", Default: envtight.Warning, Group: style, Since: "0.1",
		Doc: "Most loaders skip blanks around `=`; `docker run --env-file` keeps or refuses them, and shells take them for a command.",
		Examples: []envtight.Example{
			{Files: "-- .env.example --\nPORT = 80\nHOST=a\n", Want: ".env.example:1:1: PORT has blanks around ="},
		},
	},
	check: func(p *pass) {
		for i, e := range p.entries(dotenv.Assignment) {
			gap := envtight.Span{Start: e.Operator.End, End: e.Value.Start}
			before := e.Operator.Start > e.Key.End
			if !before && (e.Value.Len() == 0 || gap.Len() == 0 || p.text(e.Operator) == ":") {
				continue
			}
			d := p.reportStyle(i, lineSpan(e), "%s has blanks around =", p.called(e))
			d.Advice = "drop the blanks"
			if before {
				p.fix(d, false, "drop the blanks", envtight.Span{Start: e.Key.End, End: e.Operator.Start}, "")
			}
			if e.Value.Len() > 0 && gap.Len() > 0 && !p.isWide() {
				if before {
					d.Fixes[0].Edits = append(d.Fixes[0].Edits, envtight.Edit{Path: p.path, Span: gap, SHA256: p.hash()})
				} else {
					p.fix(d, false, "drop the blanks", gap, "")
				}
			}
		}
	},
}

// reportStyle is reportEntry for rules that do not keep others silent.
func (p *pass) reportStyle(i int, span envtight.Span, format string, args ...any) *envtight.Diagnostic {
	d := p.report(span, format, args...)
	if e := &p.file.Entries()[i]; dotenv.IsPlainName(e.Name) {
		d.Name = e.Name
	}
	return d
}

var trailingSpace = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/trailing-space", Title: "Blanks at the end of a line", Default: envtight.Warning, Group: style, Since: "0.1",
		Doc: "Blanks at the end cannot be seen. `docker run --env-file` makes them a part of the value.",
		Examples: []envtight.Example{
			{Files: "-- .env.example --\nPORT=80 \n# note\t\nHOST=a\n", Want: ".env.example:1:8: blanks at the end of the line\n.env.example:2:7: blanks at the end of the line"},
		},
	},
	check: func(p *pass) {
		for i := range p.file.Entries() {
			e := &p.file.Entries()[i]
			line := p.line(e)
			text := p.text(line)
			kept := strings.TrimRight(text, " \t\u00a0")
			if len(kept) == len(text) {
				continue
			}
			span := envtight.Span{Start: line.Start + len(kept), End: line.End}
			if p.isWide() {
				span.Start = line.Start
			}
			d := p.reportStyle(i, span, "blanks at the end of the line")
			d.Advice = "drop them"
			p.fix(d, !e.IsAssignment() && e.Kind != dotenv.BadLine, "drop the blanks", span, "")
		}
	},
}

var leadingCharacter = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/leading-character", Title: "Line that does not begin with its key", Default: envtight.Warning, Group: style, Since: "0.1",
		Doc: "A key begins its line, with a letter or an underscore. Indented lines suggest a structure that env files do not have.",
		Examples: []envtight.Example{
			{Files: "-- .env.example --\n  PORT=80\n*HOST=a\nexport A=1\n", Want: ".env.example:1:1: the line does not begin with its key\n" +
				".env.example:2:1: the line does not begin with its key"},
		},
	},
	check: func(p *pass) {
		for i, e := range p.entries(dotenv.Assignment, dotenv.BadLine) {
			line := p.line(e)
			text := p.text(line)
			if text == "" || text[0] == '_' || 'a' <= text[0]|0x20 && text[0]|0x20 <= 'z' || isStray(e) {
				continue
			}
			d := p.reportStyle(i, line, "the line does not begin with its key")
			d.Advice = "begin it with the key, and the key with a letter or an underscore"
			if blanks := len(text) - len(strings.TrimLeft(text, " \t")); blanks > 0 {
				p.fix(d, true, "drop the blanks", envtight.Span{Start: line.Start, End: line.Start + blanks}, "")
			}
		}
	},
}

var needlessQuotes = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/needless-quotes", Title: "Quotes without need", Default: envtight.Warning, Group: style, Since: "0.1",
		Doc: "A value without blanks and special characters needs no quotes, and some loaders (`docker run --env-file`) keep them. " +
			"Quotes around `#`, `$` and what shells treat in a special way are needed, so they are left alone, unlike in other linters.",
		Examples: []envtight.Example{
			{Files: "-- .env.example --\nNAME=\"shop\"\nTITLE=\"my shop\"\nHASH='#x'\n", Want: ".env.example:1:6: NAME has quotes without need"},
		},
	},
	check: func(p *pass) {
		for i, e := range p.entries(dotenv.Assignment) {
			if e.Quote == dotenv.Unquoted || e.Problem != dotenv.NoProblem || strings.ContainsAny(p.text(e.Inner), " \t\r\n#$\\\"'`&;|<>()*?~!{}[]") {
				continue
			}
			d := p.reportStyle(i, e.Value, "%s has quotes without need", p.called(e))
			d.Advice = "drop the quotes"
			if e.Value.Len() == e.Inner.Len()+2 && (!e.HasComment() || e.Comment.Start > e.Value.End) && e.Inner.Len() > 0 {
				p.fix(d, false, "drop the quotes", envtight.Span{Start: e.Value.Start, End: e.Inner.Start}, "")
				if len(d.Fixes) > 0 {
					d.Fixes[0].Edits = append(d.Fixes[0].Edits,
						envtight.Edit{Path: p.path, Span: envtight.Span{Start: e.Inner.End, End: e.Value.End}, SHA256: p.hash()})
				}
			}
		}
	},
}

var unquotedBlank = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/unquoted-blank", Title: "Blank in a value without quotes", Default: envtight.Warning, Group: style, Since: "0.1",
		Doc: "A shell that sources the file takes what stands behind the blank for a command.",
		Examples: []envtight.Example{
			{Files: "-- .env.example --\nTITLE=my shop\nNAME=\"my shop\"\n", Want: ".env.example:1:7: TITLE has a blank in a value without quotes"},
		},
	},
	check: func(p *pass) {
		for i, e := range p.entries(dotenv.Assignment) {
			if e.Quote != dotenv.Unquoted || e.Problem == dotenv.TextAfterQuote || e.Problem == dotenv.UnterminatedQuote ||
				!strings.ContainsAny(p.text(e.Value), " \t") {
				continue
			}
			p.reportStyle(i, e.Value, "%s has a blank in a value without quotes", p.called(e)).Advice = "put the value into quotes"
		}
	},
}

var inlineComment = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/inline-comment", Title: "Comment behind a value", Default: envtight.Warning, Group: style, Since: "0.1",
		Doc: "Loaders disagree about comments behind values; a comment on a line of its own is a comment everywhere.",
		Examples: []envtight.Example{
			{Files: "-- .env.example --\nPORT=80 # of the proxy\n# fine\n", Want: ".env.example:1:9: PORT has a comment behind its value"},
		},
	},
	check: func(p *pass) {
		for i, e := range p.entries(dotenv.Assignment) {
			if e.HasComment() {
				p.reportStyle(i, e.Comment, "%s has a comment behind its value", p.called(e)).Advice = "move the comment to a line of its own"
			}
		}
	},
}

var commentSpacing = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/comment-spacing", Title: "Comment without a blank behind #", Default: envtight.Warning, Group: style, Since: "0.1",
		Doc: "One blank behind `#` makes comments easier to read. Rulers of `#`, `-` or `=` are left alone.",
		Examples: []envtight.Example{
			{Files: "-- .env.example --\n#note\n# note\n#####\nPORT=1 #x\n", Want: ".env.example:1:1: the comment does not begin with one blank\n" +
				".env.example:4:8: the comment does not begin with one blank"},
		},
	},
	check: func(p *pass) {
		for i, e := range p.entries(dotenv.Comment, dotenv.CommentedOut, dotenv.Assignment) {
			span := e.Comment
			if e.Kind == dotenv.CommentedOut {
				line := p.line(e)
				text := p.text(line)
				span = envtight.Span{Start: line.Start + strings.IndexByte(text, '#'), End: line.End}
			}
			if e.Kind == dotenv.Assignment && !e.HasComment() || p.isWide() {
				continue
			}
			text := p.text(span)
			body := strings.TrimLeft(text, "#")
			ruler := strings.Trim(body, "-=*~# \t!") == "" || strings.HasPrefix(body, "!")
			if ruler || strings.HasPrefix(body, " ") && !strings.HasPrefix(body, "  ") {
				continue
			}
			d := p.reportStyle(i, span, "the comment does not begin with one blank")
			d.Advice = "leave one blank behind #"
			at := span.Start + len(text) - len(body)
			p.fix(d, e.Kind == dotenv.Comment, "leave one blank", envtight.Span{Start: at, End: at + len(body) - len(strings.TrimLeft(body, " \t"))}, " ")
		}
	},
}
