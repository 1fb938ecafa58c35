package gitleaks

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/nearest"
)

// The types below are what a file says, before it is joined with others. What a
// mistake may be reported about later has its place.

type word struct {
	text string
	at   envtight.Span
}

type fileConfig struct {
	minVersion word
	extend     extendConfig
	rules      []ruleConfig
	// allow is of the old form, allows of the new one; a file may have one of
	// them.
	allow  *allowConfig
	allows []allowConfig
}

type extendConfig struct {
	path          word
	url           word
	useDefault    bool
	at            envtight.Span
	disabledRules []word
}

type ruleConfig struct {
	at                           envtight.Span
	id, description, path, regex word
	secretGroup                  int
	groupAt                      envtight.Span
	entropy                      float64
	keywords, tags               []word
	allow                        *allowConfig
	allows                       []allowConfig
	required                     []requiredConfig
	skipReport                   bool
}

type allowConfig struct {
	at                                              envtight.Span
	description, condition, regexTarget             word
	commits, paths, regexes, stopWords, targetRules []word
}

type requiredConfig struct {
	at                         envtight.Span
	id                         word
	withinLines, withinColumns *int
}

// The keys of each table, as gitleaks documents them. Case does not count.
var (
	fileKeys      = []string{"title", "description", "minVersion", "extend", "rules", "allowlist", "allowlists"}
	extendKeys    = []string{"path", "url", "useDefault", "disabledRules"}
	ruleKeys      = []string{"id", "description", "path", "regex", "secretGroup", "entropy", "keywords", "tags", "allowlist", "allowlists", "required", "skipReport"}
	allowKeys     = []string{"description", "condition", "commits", "paths", "regexTarget", "regexes", "stopwords"}
	allowFileKeys = append([]string{"targetRules"}, allowKeys...)
	requiredKeys  = []string{"id", "withinLines", "withinColumns"}
)

// reader reads the tables of one file. Values of other types are converted where
// gitleaks converts them: its reader takes "3" for 3, 3 for "3", "a,b" for
// ["a", "b"] and one thing for a list of it.
type reader struct {
	*source
	report *reporter
}

// keys calls read for every key of a table, in lower case. It reports those that
// read does not take and those that are there twice but for their case, of which
// gitleaks takes either.
func (r *reader) keys(t *table, known []string, what string, read func(name string, e *entry) bool) {
	// Names differ: two can be the same only where one has capitals.
	var seen map[string]bool
	if slices.ContainsFunc(t.entries, func(e *entry) bool { return strings.ToLower(e.name) != e.name }) {
		seen = make(map[string]bool, len(t.entries))
	}
	for _, e := range t.entries {
		name := strings.ToLower(e.name)
		if seen[name] {
			r.report.fail(r.source, e.at, "this key stands here twice, in other capitals", "leave one of them")
			continue
		}
		if seen != nil {
			seen[name] = true
		}
		if !read(name, e) {
			message, advice := "gitleaks knows no such key in "+what+", so it says nothing", ""
			if near := nearest.Name(e.name, known); near != "" {
				message += "; did you mean \"" + near + "\"?"
			} else {
				advice = "remove it; the keys are " + strings.Join(known, ", ")
			}
			r.report.add(ruleKey, r.source, e.at, message, advice)
		}
	}
}

func (r *reader) file(t *table) fileConfig {
	var out fileConfig
	prune(t)
	r.keys(t, fileKeys, "a configuration", func(name string, e *entry) bool {
		switch name {
		case "title", "description":
			r.word(e)
		case "minversion":
			out.minVersion = r.word(e)
		case "extend":
			out.extend = r.extend(e)
		case "rules":
			for _, t := range r.tables(e) {
				out.rules = append(out.rules, r.rule(t))
			}
		case "allowlist":
			out.allow = r.oldAllow(e, true)
		case "allowlists":
			out.allows = r.allows(e, true)
		default:
			return false
		}
		return true
	})
	return out
}

// prune removes tables without anything in them, which gitleaks does not see as
// long as they stand in no list.
func prune(t *table) {
	t.entries = slices.DeleteFunc(t.entries, func(e *entry) bool {
		if e.value.kind == isTable {
			prune(e.value.table)
		}
		return e.value.kind == isTable && len(e.value.table.entries) == 0
	})
}

func (r *reader) extend(e *entry) extendConfig {
	out := extendConfig{at: e.at}
	t := r.table(e)
	r.keys(t, extendKeys, "extend", func(name string, e *entry) bool {
		switch name {
		case "path":
			out.path = r.word(e)
		case "url":
			out.url = r.word(e)
		case "usedefault":
			out.useDefault = r.truth(e)
		case "disabledrules":
			out.disabledRules = r.words(e)
		default:
			return false
		}
		return true
	})
	return out
}

func (r *reader) rule(v *value) ruleConfig {
	out := ruleConfig{at: v.at}
	r.keys(v.table, ruleKeys, "a rule", func(name string, e *entry) bool {
		switch name {
		case "id":
			out.id = r.word(e)
		case "description":
			out.description = r.word(e)
		case "path":
			out.path = r.word(e)
		case "regex":
			out.regex = r.word(e)
		case "secretgroup":
			out.secretGroup, out.groupAt = r.number(e), e.value.at
		case "entropy":
			out.entropy = r.fraction(e)
		case "keywords":
			out.keywords = r.words(e)
		case "tags":
			out.tags = r.words(e)
		case "allowlist":
			out.allow = r.oldAllow(e, false)
		case "allowlists":
			out.allows = r.allows(e, false)
		case "required":
			for _, t := range r.tables(e) {
				out.required = append(out.required, r.required(t))
			}
		case "skipreport":
			out.skipReport = r.truth(e)
		default:
			return false
		}
		return true
	})
	return out
}

func (r *reader) oldAllow(e *entry, ofFile bool) *allowConfig {
	if e.value.kind != isTable {
		r.wrong(e.value, e.name, "a table: [allowlist]")
		return nil
	}
	out := r.allow(e.value, ofFile)
	return &out
}

func (r *reader) allows(e *entry, ofFile bool) []allowConfig {
	var out []allowConfig
	for _, t := range r.tables(e) {
		out = append(out, r.allow(t, ofFile))
	}
	return out
}

func (r *reader) allow(v *value, ofFile bool) allowConfig {
	out := allowConfig{at: v.at}
	known := allowKeys
	if ofFile {
		known = allowFileKeys
	}
	r.keys(v.table, known, "an allowlist", func(name string, e *entry) bool {
		switch name {
		case "description":
			out.description = r.word(e)
		case "condition":
			out.condition = r.word(e)
		case "regextarget":
			out.regexTarget = r.word(e)
		case "commits":
			out.commits = r.words(e)
		case "paths":
			out.paths = r.words(e)
		case "regexes":
			out.regexes = r.words(e)
		case "stopwords":
			out.stopWords = r.words(e)
		case "targetrules":
			if !ofFile {
				return false
			}
			out.targetRules = r.words(e)
		default:
			return false
		}
		return true
	})
	return out
}

func (r *reader) required(v *value) requiredConfig {
	out := requiredConfig{at: v.at}
	r.keys(v.table, requiredKeys, "required", func(name string, e *entry) bool {
		switch name {
		case "id":
			out.id = r.word(e)
		case "withinlines":
			out.withinLines = r.numberOf(e)
		case "withincolumns":
			out.withinColumns = r.numberOf(e)
		default:
			return false
		}
		return true
	})
	return out
}

// wrong reports a value of a type that is not converted.
func (r *reader) wrong(v *value, name, want string) {
	r.report.fail(r.source, v.at, shownKey(name)+" must be "+want, "")
}

// shownKey is the name of a key for messages.
func shownKey(name string) string {
	if isWord(name) {
		return name
	}
	return "this"
}

// isWord reports whether a name of the file may be shown: it is short and made of
// what names are made of.
func isWord(name string) bool {
	if name == "" || len(name) > 100 {
		return false
	}
	for i := range len(name) {
		c := name[i]
		ok := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_./", c) >= 0
		if !ok {
			return false
		}
	}
	return true
}

func (r *reader) table(e *entry) *table {
	if e.value.kind != isTable {
		r.wrong(e.value, e.name, "a table")
		return &table{}
	}
	return e.value.table
}

// tables reads a list of tables.
func (r *reader) tables(e *entry) []*value {
	items := []*value{e.value}
	switch {
	case e.value.kind == isList:
		items = e.value.items
	case e.value.kind == isTable && len(e.value.table.entries) == 0, e.value.kind == isText && e.value.text == "":
		return nil
	}
	var out []*value
	for _, v := range items {
		if v.kind != isTable {
			r.wrong(v, e.name, "a list of tables: [["+shownKey(e.name)+"]]")
			return nil
		}
		out = append(out, v)
	}
	return out
}

func (r *reader) word(e *entry) word {
	text, ok := textOf(e.value)
	if !ok {
		r.wrong(e.value, e.name, "a string")
	}
	return word{text: text, at: e.value.at}
}

func textOf(v *value) (string, bool) {
	switch v.kind {
	case isText:
		return v.text, true
	case isTruth:
		return strconv.Itoa(intOf(v.truth)), true
	case isNumber:
		return strconv.FormatInt(v.number, 10), true
	case isFraction:
		return strconv.FormatFloat(v.fraction, 'f', -1, 64), true
	default:
		return "", false
	}
}

func intOf(truth bool) int {
	if truth {
		return 1
	}
	return 0
}

func (r *reader) words(e *entry) []word {
	items := []*value{e.value}
	switch {
	case e.value.kind == isList:
		items = e.value.items
	case e.value.kind == isTable && len(e.value.table.entries) == 0, e.value.kind == isText && e.value.text == "":
		return nil
	case e.value.kind == isText:
		return r.split(e.value)
	}
	out := make([]word, 0, len(items))
	for _, v := range items {
		text, ok := textOf(v)
		if !ok {
			r.wrong(v, e.name, "a list of strings")
			return nil
		}
		out = append(out, word{text: text, at: v.at})
	}
	return out
}

// split reads one string in place of a list. Whoever has a comma in an
// expression finds two halves of it here, as in gitleaks.
func (r *reader) split(v *value) []word {
	parts := strings.Split(v.text, ",")
	if len(parts) > 1 {
		r.report.add(ruleEffect, r.source, v.at, "this string in place of a list is parted at its commas", "write a list: [\"...\", \"...\"]")
	}
	out := make([]word, len(parts))
	for i, part := range parts {
		out[i] = word{text: part, at: v.at}
	}
	return out
}

func (r *reader) numberOf(e *entry) *int {
	n := r.number(e)
	return &n
}

func (r *reader) number(e *entry) int {
	n, ok := numberOf(e.value)
	if !ok {
		r.wrong(e.value, e.name, "a whole number")
	}
	return n
}

func numberOf(v *value) (int, bool) {
	switch v.kind {
	case isNumber:
		return int(v.number), true
	case isFraction:
		return int(v.fraction), !math.IsNaN(v.fraction) && math.Abs(v.fraction) < 1<<53
	case isTruth:
		return intOf(v.truth), true
	case isText:
		if v.text == "" {
			return 0, true
		}
		n, err := strconv.ParseInt(v.text, 0, strconv.IntSize)
		return int(n), err == nil
	default:
		return 0, false
	}
}

func (r *reader) fraction(e *entry) float64 {
	f, ok := fractionOf(e.value)
	if !ok {
		r.wrong(e.value, e.name, "a number")
	}
	return f
}

func fractionOf(v *value) (float64, bool) {
	switch v.kind {
	case isNumber:
		return float64(v.number), true
	case isFraction:
		return v.fraction, true
	case isTruth:
		return float64(intOf(v.truth)), true
	case isText:
		if v.text == "" {
			return 0, true
		}
		f, err := strconv.ParseFloat(v.text, 64)
		return f, err == nil
	default:
		return 0, false
	}
}

func (r *reader) truth(e *entry) bool {
	b, ok := truthOf(e.value)
	if !ok {
		r.wrong(e.value, e.name, "true or false")
	}
	return b
}

func truthOf(v *value) (bool, bool) {
	switch v.kind {
	case isTruth:
		return v.truth, true
	case isNumber:
		return v.number != 0, true
	case isFraction:
		return v.fraction != 0, true
	case isText:
		if v.text == "" {
			return false, true
		}
		b, err := strconv.ParseBool(v.text)
		return b, err == nil
	default:
		return false, false
	}
}
