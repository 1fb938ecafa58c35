package dotenvlint

import (
	"strconv"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
)

var unterminatedQuote = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/unterminated-quote", Title: "Quote that is never closed", Default: envtight.Error, Since: "0.1",
		Doc: "A value that begins with a quote has to end with the same quote, on its line or a later one, with nothing but a comment behind it. Otherwise " +
			"python-dotenv drops the variable, docker compose and godotenv refuse the file, and Node.js loaders keep the quote as a part of the value. " +
			"Single quotes do not close double ones.",
		Examples: []envtight.Example{
			{Title: "not closed", Files: "-- .env.example --\nNAME=\"shop\nPORT=\"80\"\n", Want: ".env.example:1:6: NAME has a value whose quote (\") is never closed"},
			{Title: "several lines", Files: "-- .env.example --\nCERT=\"a\nb\" # ends here\n"},
		},
	},
	check: func(p *pass) {
		for i, e := range p.entries(dotenv.Assignment) {
			if e.Problem != dotenv.UnterminatedQuote {
				continue
			}
			quote := p.text(e.Value)[:1]
			d := p.reportEntry(i, e.Value, "%s has a value whose quote (%s) is never closed", p.called(e), quote)
			d.Advice = "close it, or escape it if it is a part of the value"
		}
	},
}

var quotes = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/quotes", Title: "Quotes that do not enclose the value", Default: envtight.Error, Since: "0.1",
		Doc: "Text behind the closing quote makes python-dotenv drop the variable and godotenv refuse the file; dotenv keeps the quotes, Vite cuts the text off. " +
			"It is most often JSON in double quotes: write it in single quotes. A quote at the end only, and typographic quotes, become a part of the value.",
		Examples: []envtight.Example{
			{Title: "JSON", Files: "-- .env.example --\nLIMITS=\"{\"a\": 1}\"\n", Want: ".env.example:1:8: LIMITS has text behind the closing quote (\")"},
			{Title: "one end", Files: "-- .env.example --\nNAME=shop\"\n", Want: ".env.example:1:6: NAME has a quote (\") at the end of its value but none at the start"},
			{Title: "typographic", Files: "-- .env.example --\nNAME=“shop”\n", Want: ".env.example:1:6: NAME has typographic quotes, which no loader takes for quotes"},
			{Title: "right", Files: "-- .env.example --\nLIMITS='{\"a\": 1}'\nA=it's\n"},
		},
	},
	check: func(p *pass) {
		for i, e := range p.entries(dotenv.Assignment) {
			value := p.text(e.Value)
			switch {
			case e.Problem == dotenv.TextAfterQuote:
				p.textAfterQuote(i, e, value)
			case e.Quote != dotenv.Unquoted || e.Problem == dotenv.UnterminatedQuote || value == "":
			case hasCurly(value):
				d := p.reportEntry(i, e.Value, "%s has typographic quotes, which no loader takes for quotes", p.called(e))
				d.Severity, d.Advice = envtight.Warning, `use " or '`
			default:
				last := value[len(value)-1:]
				if (last == `"` || last == "'") && strings.Count(value, last) == 1 && len(value) > 1 {
					d := p.reportEntry(i, e.Value, "%s has a quote (%s) at the end of its value but none at the start", p.called(e), last)
					d.Severity, d.Advice = envtight.Warning, "add the other one, or drop it"
				}
			}
		}
	},
}

func (p *pass) textAfterQuote(i int, e *dotenv.Entry, value string) {
	d := p.reportEntry(i, e.Value, "%s has text behind the closing quote (%s)", p.called(e), value[:1])
	d.Advice = "put the whole value into quotes that do not occur in it"
	if inner := p.text(e.Inner); value[0] == '"' && e.Quote == dotenv.Double && !strings.Contains(inner, "'") {
		d.Advice = "put the value into single quotes"
	}
	wrong := len(p.loaders) == 0
	for _, o := range p.outcomes(i, p.loaders) {
		wrong = wrong || o.failure != 0 || o.unset()
	}
	if !wrong {
		d.Severity = envtight.Warning
	}
}

// plurals writes a count with its noun.
func plurals(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
