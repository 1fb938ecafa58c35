package config

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/envtight/envtight/internal/lazyregexp"
	"github.com/go-playground/validator/v10"
	"github.com/hashicorp/hcl/v2"
)

// checker is the validator with the tags of this package. It is built on first
// use: building it takes longer than reading a configuration, and importing the
// package must cost nothing.
var checker = sync.OnceValue(func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	for tag, ok := range map[string]func(string) bool{
		"notblank":    func(s string) bool { return strings.TrimSpace(s) != "" },
		"word":        wordPattern().MatchString,
		"varname":     variableName().MatchString,
		"namepattern": namePattern().MatchString,
		"affix":       affixPattern().MatchString,
		"relpath":     isRelativePath,
		"regexp":      func(s string) bool { _, err := regexp.Compile(s); return len(s) <= maxPattern && err == nil },
	} {
		if err := v.RegisterValidation(tag, func(fl validator.FieldLevel) bool { return ok(fl.Field().String()) }); err != nil {
			panic(err) // the tag is empty or taken: every test would see it
		}
	}
	return v
})

// maxPattern is the length in bytes above which a regular expression is refused.
const maxPattern = 1000

var (
	wordPattern  = lazyregexp.New(`^[A-Za-z0-9@][A-Za-z0-9@/_.-]{0,99}$`)
	namePattern  = lazyregexp.New(`^[A-Za-z_*?][A-Za-z0-9_.*?-]{0,249}$`)
	affixPattern = lazyregexp.New(`^[A-Za-z0-9_]{1,100}$`)
)

func isRelativePath(s string) bool {
	if s == "" || len(s) > 1000 || strings.HasPrefix(s, "/") || strings.ContainsFunc(s, unicode.IsControl) || strings.Contains(s, `\`) ||
		len(s) > 1 && s[1] == ':' {
		return false
	}
	for part := range strings.SplitSeq(s, "/") {
		if part == ".." {
			return false
		}
	}
	return true
}

// complaints say what a value must be, by tag of validator.
var complaints = map[string]string{
	"notblank":    "is empty",
	"word":        "must be a word of letters, digits, \"-\", \"_\", \".\", \"/\" or \"@\", at most 100 long",
	"varname":     "must be the name of a variable",
	"namepattern": "must be the name of a variable, or a pattern with \"*\"",
	"affix":       "must be made of letters, digits and \"_\"",
	"relpath":     "must be a relative path with \"/\", inside the repository",
	"regexp":      "is not a regular expression (RE2)",
	"unique":      "lists the same entry twice",
	"min":         "has an empty list",
	"datetime":    "must be a date, as in \"2027-01-31\"",
}

// validate checks one decoded value by its tag. at gives the range of the i-th
// element of a list, or of the whole for -1.
func (p *parser) validate(n *node, f field, value reflect.Value, at func(int) hcl.Range, what string) {
	tag := f.Tag.Get("validate")
	if tag == "" || tag == "-" {
		return
	}
	var failures validator.ValidationErrors
	if !errors.As(checker().Var(value.Interface(), tag), &failures) {
		return
	}
	whole := what
	for _, failure := range failures {
		what = whole
		if elementIndex(failure.Namespace()) >= 0 {
			what = "an entry of " + whole
		}
		rule, message := ruleInvalidValue, what+" "+complaints[failure.Tag()]
		advice := ""
		switch failure.Tag() {
		case "unique":
			rule = ruleDuplicate
		case "max":
			message = fmt.Sprintf("%s is longer than %s characters", what, failure.Param())
		case "oneof":
			options := strings.Fields(failure.Param())
			message = fmt.Sprintf("%s must be %s", what, strings.Join(options, ", "))
			if len(options) > 1 {
				message = fmt.Sprintf("%s must be one of %s", what, strings.Join(options, ", "))
			}
			if len(options) == 1 && value.Kind() == reflect.String {
				message = fmt.Sprintf("%s must be %q, or left out", what, options[0])
			}
			if value.Kind() == reflect.String {
				message += p.didYouMean(value.String(), options)
			}
			if f.name == "version" {
				advice = "if the file is right, this program is too old for it"
			}
		}
		if n.block != nil && n.block.Type == "suppress" && failure.Tag() == "notblank" && f.required {
			rule = ruleInvalidSuppression
			message += ", so the block suppresses nothing"
		}
		p.fail(n, rule, at(elementIndex(failure.Namespace())), message, advice)
	}
}

// elementIndex reads the index from "[3]"; -1 when there is none.
func elementIndex(namespace string) int {
	if inner, ok := strings.CutPrefix(namespace, "["); ok {
		if i, err := strconv.Atoi(strings.TrimSuffix(inner, "]")); err == nil {
			return i
		}
	}
	return -1
}
