package dotenvlint

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
)

var encoding = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/encoding", Title: "Bytes that loaders do not agree on", Default: envtight.Error, Since: "0.1",
		Doc: "Env files are UTF-8 without a byte order mark. A file in UTF-16, which some editors and PowerShell write, is refused by " +
			"python-dotenv, docker compose and godotenv, and Next.js reads nothing from it, silently. A byte order mark becomes a part of the first " +
			"name in Vite and Node.js and is an error in godotenv and shells. Text in Latin-1 stops python-dotenv and `docker run`. " +
			"A zero byte, a lone carriage return, or an invisible blank that was pasted with a value is kept by some loaders only.\n\n" +
			"The severity is lower when no loader of the app is known to stumble.",
		Examples: []envtight.Example{
			{Title: "byte order mark", Files: "-- .env.example --\n\ufeffPORT=80\n", Want: ".env.example:1:1: the file begins with a byte order mark"},
			{Title: "invisible blank", Files: "-- .env.example --\nPORT=80\u200b\n", Want: ".env.example:1:8: PORT has an invisible character (U+200B) in its value"},
			{Title: "plain", Files: "-- .env.example --\nGREETING=grüße\n"},
		},
	},
	check: func(p *pass) {
		src := p.file.RevealBytes()
		const saveAs = "save the file as UTF-8 without a byte order mark"
		switch {
		case p.isWide():
			d := p.report(envtight.Span{}, "the file is in %s, which most loaders refuse or read as nothing", p.file.Encoding)
			d.Advice = saveAs
			return
		case p.file.Encoding == dotenv.Latin1:
			d := p.report(firstInvalid(src), "the file is not UTF-8")
			d.Advice = "save the file as UTF-8"
			p.lower(d, dotenv.PythonDotenv, dotenv.DockerRun)
		}
		if p.file.BOM.Len() > 0 {
			d := p.report(p.file.BOM, "the file begins with a byte order mark")
			d.Advice = saveAs
			p.lower(d, dotenv.Vite, dotenv.Node, dotenv.Godotenv, dotenv.Bash, dotenv.Dash)
		}
		if i := bytes.IndexByte(src, 0); i >= 0 {
			d := p.report(envtight.Span{Start: i, End: i + 1}, "the file holds a zero byte")
			d.Severity = envtight.Warning
			d.Advice = "remove it: programs that read variables stop at it"
		}
		p.lineEndings()
		p.invisible()
	},
}

// lower sets the severity of a finding by what is known of the loaders.
func (p *pass) lower(d *envtight.Diagnostic, stumble ...dotenv.Dialect) {
	switch {
	case p.uses(stumble...):
	case len(p.loaders) == 0:
		d.Severity = envtight.Warning
	default:
		d.Severity = envtight.Info
	}
}

func firstInvalid(src []byte) envtight.Span {
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && size < 2 {
			return envtight.Span{Start: i, End: i + size}
		}
		i += size
	}
	return envtight.Span{}
}

// lineEndings reports a lone CR, and a file that mixes LF and CRLF, once.
func (p *pass) lineEndings() {
	lf, crlf, cr := -1, -1, -1
	entries := p.file.Entries()
	for i := range entries {
		switch p.text(entries[i].EOL) {
		case "\n":
			lf = firstOf(lf, i)
		case "\r\n":
			crlf = firstOf(crlf, i)
		case "\r":
			cr = firstOf(cr, i)
		}
	}
	if cr >= 0 {
		d := p.report(entries[cr].EOL, "a line ends in a lone carriage return, which only some loaders take for the end of a line")
		d.Severity, d.Advice = envtight.Warning, "end lines with LF"
	}
	if lf >= 0 && crlf >= 0 {
		d := p.report(entries[max(lf, crlf)].EOL, "some lines end in LF, others in CRLF")
		d.Severity, d.Advice = envtight.Info, "end all lines with LF"
		if p.uses(dotenv.Bash, dotenv.Dash) {
			d.Severity = envtight.Warning
		}
	}
}

func firstOf(known, i int) int {
	if known >= 0 {
		return known
	}
	return i
}

// invisibles are characters that nobody types and that stick to pasted text.
var invisibles = map[rune]string{
	'\u00a0': "U+00A0", '\u200b': "U+200B", '\u200c': "U+200C", '\u200d': "U+200D", '\u2060': "U+2060", '\ufeff': "U+FEFF", '\u00ad': "U+00AD",
	'\u200e': "U+200E", '\u200f': "U+200F", '\u202a': "U+202A", '\u202c': "U+202C", '\u2028': "U+2028", '\u2029': "U+2029",
}

// invisible reports the first such character of each assignment, where it is at
// the edge of the value or in a value without visible characters beyond ASCII:
// inside text of other scripts, joiners are spelling.
func (p *pass) invisible() {
	for i, e := range p.entries(dotenv.Assignment) {
		// Blanks at the edges are no part of the value of the tree.
		span := envtight.Span{Start: e.Operator.End, End: e.EOL.Start}
		if e.HasComment() {
			span.End = e.Comment.Start
		}
		text := p.text(span)
		at := strings.IndexFunc(text, func(r rune) bool { return invisibles[r] != "" })
		if at < 0 || strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 && invisibles[r] == "" }) {
			continue
		}
		r := []rune(text[at:])[0]
		where := envtight.Span{Start: span.Start + at, End: span.Start + at + len(string(r))}
		d := p.reportEntry(i, where, "%s has an invisible character (%s) in its value", p.called(e), invisibles[r])
		d.Severity, d.Advice = envtight.Warning, "delete it; it was probably pasted with the value"
	}
}
