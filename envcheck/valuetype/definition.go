package valuetype

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// definition is one type.
type definition struct {
	name    string
	aliases []string
	doc     string
	// params are the names of its arguments. Those of varlock that change what
	// a program gets, and not what is accepted, are known and have no effect.
	params []string
	// words tells that bare arguments are the values accepted.
	words bool
	// check returns what is wanted, in words that follow "is not", or "".
	check func(value string, s *settings) string
}

// settings are arguments, read.
type settings struct {
	words   []string
	flags   map[string]bool
	texts   map[string]string
	numbers map[string]float64
	matches *regexp.Regexp
}

func (s *settings) flag(name string) bool { return s.flags[name] }

// textParams, numberParams and flagParams are arguments by the form of their
// values; all names are in lower case.
var (
	textParams   = []string{"startswith", "endswith", "alloweddomains", "separator", "format", "keytype", "type", "output"}
	numberParams = []string{"minlength", "maxlength", "islength", "min", "max", "isdivisibleby", "precision", "version"}
	flagParams   = []string{"allowempty", "toupper", "tolower", "isint", "coerce", "prependhttps", "notrailingslash", "unique", "normalize"}
)

// configure reads the arguments; it returns what is wrong with them.
func (t *Type) configure() string {
	s := settings{flags: map[string]bool{}, texts: map[string]string{}, numbers: map[string]float64{}}
	for _, arg := range t.Args {
		name := strings.ToLower(arg.Name)
		switch {
		case name == "" && t.def.words:
			s.words = append(s.words, arg.Value)
		case name == "":
			// array(url), record(string): what the elements are.
			s.texts["type"] = arg.Value
		case t.def.words:
			s.words = append(s.words, arg.Name+"="+arg.Value)
		case !slices.Contains(t.def.params, name):
			if len(t.def.params) == 0 {
				return "it takes none"
			}
			return "it takes " + strings.Join(t.def.params, ", ")
		case name == "matches":
			pattern, err := regexp.Compile(pattern(arg.Value))
			if err != nil {
				// Most likely a look-around, which JavaScript has and RE2 has
				// not: nobody can tell here what matches.
				continue
			}
			s.matches = pattern
		case slices.Contains(numberParams, name):
			n, err := strconv.ParseFloat(arg.Value, 64)
			if err != nil {
				return name + " must be a number"
			}
			s.numbers[name] = n
		case slices.Contains(flagParams, name):
			s.flags[name] = arg.Value != "false"
		case slices.Contains(textParams, name):
			s.texts[name] = arg.Value
		}
	}
	if t.def.words && len(s.words) == 0 {
		return "it needs the values that are allowed, as in enum(debug, info)"
	}
	if len(t.def.params) == 0 && s.texts["type"] != "" {
		return "it takes none"
	}
	t.settings = s
	return ""
}

// pattern returns a regular expression without the slashes and flags of
// JavaScript.
func pattern(s string) string {
	if !strings.HasPrefix(s, "/") {
		return s
	}
	end := strings.LastIndexByte(s, '/')
	if end == 0 {
		return s
	}
	flags := strings.Map(func(r rune) rune {
		if strings.ContainsRune("ims", r) {
			return r
		}
		return -1
	}, s[end+1:])
	if flags != "" {
		return "(?" + flags + ":" + s[1:end] + ")"
	}
	return s[1:end]
}

// Info describes a type, for documentation.
type Info struct {
	Name    string
	Aliases []string
	// Params are the names of its arguments.
	Params []string
	Doc    string
}

// Types returns the known types, sorted by name. The slice is the caller's own.
func Types() []Info {
	var out []Info
	for _, d := range table {
		out = append(out, Info{d.name, slices.Clone(d.aliases), slices.Clone(d.params), d.doc})
	}
	slices.SortFunc(out, func(a, b Info) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// definitions is the table by word, in lower case.
var definitions = sync.OnceValue(func() map[string]*definition {
	out := map[string]*definition{}
	for i := range table {
		for _, name := range append([]string{table[i].name}, table[i].aliases...) {
			out[strings.ToLower(name)] = &table[i]
		}
	}
	return out
})

// names are the names of the types, as they are written; aliases are not
// suggested.
func names() []string {
	var out []string
	for _, d := range table {
		out = append(out, d.name)
	}
	return out
}

var table = []definition{
	{name: "string", doc: "Any text that is not empty.", check: checkString,
		params: []string{"minlength", "maxlength", "islength", "startswith", "endswith", "matches", "allowempty", "toupper", "tolower"}},
	{name: "number", aliases: []string{"float"}, doc: "A decimal number.", check: checkNumber,
		params: []string{"min", "max", "isint", "isdivisibleby", "precision", "coerce"}},
	{name: "integer", aliases: []string{"int"}, doc: "A whole number.", check: checkInteger,
		params: []string{"min", "max", "isdivisibleby"}},
	{name: "boolean", aliases: []string{"bool"}, doc: "true, false, yes, no, on, off, t, f, y, n, 1 or 0, in any case.", check: checkBoolean},
	{name: "url", aliases: []string{"uri"}, doc: "An address with a scheme, as in https://example.com or postgres://db/shop.", check: checkURL,
		params: []string{"prependhttps", "alloweddomains", "notrailingslash", "matches"}},
	{name: "enum", doc: "One of the words in its arguments.", words: true, check: checkEnum},
	{name: "email", doc: "An email address.", check: checkEmail, params: []string{"normalize"}},
	{name: "port", doc: "A TCP port, 0 to 65535.", check: checkPort, params: []string{"min", "max"}},
	{name: "ip", doc: "An IP address; of one version with version=4 or version=6.", check: checkIP, params: []string{"version", "normalize"}},
	{name: "semver", doc: "A semantic version, as in 1.2.3-rc.1, without a \"v\".", check: tagged("semver", "a semantic version, as in 1.2.3")},
	{name: "isoDate", aliases: []string{"iso-date"}, doc: "A date or time of ISO 8601, as in 2027-01-31 or 2027-01-31T12:00:00Z.", check: checkDate},
	{name: "uuid", doc: "A UUID.", check: tagged("uuid_rfc4122", "a UUID")},
	{name: "md5", doc: "An MD5 hash in hexadecimal.", check: checkMD5},
	{name: "duration", doc: "A stretch of time, as in 30s, 1h30m, 2 days or PT15M; a bare number, too.", check: checkDuration,
		params: []string{"output", "min", "max"}},
	{name: "json", doc: "Any JSON text.", check: checkJSON},
	{name: "simple-object", aliases: []string{"object"}, doc: "A JSON object.", check: checkObject},
	{name: "array", doc: "A list: JSON in brackets, or elements with a separator. Its elements are not checked.", check: checkArray,
		params: []string{"type", "separator", "format", "minlength", "maxlength", "islength", "unique"}},
	{name: "record", doc: "Names with values: a JSON object, or pairs with a separator. Its elements are not checked.", check: checkRecord,
		params: []string{"type", "keytype", "separator", "format", "min", "max"}},
}
