package valuetype

import (
	"encoding/json"
	"fmt"
	"math"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/envtight/envtight/internal/lazyregexp"
	"github.com/go-playground/validator/v10"
)

// The checks return what is wanted, in words that follow "the value is not". The
// words may hold arguments of the type, never the value.

// checker is built on first use: that takes longer than a whole run of checks.
var checker = sync.OnceValue(func() *validator.Validate { return validator.New(validator.WithRequiredStructEnabled()) })

// valid asks validator. Its tags that panic on strings are not used here, and
// a test runs all that are.
func valid(value, tag string) bool { return checker().Var(value, tag) == nil }

func tagged(tag, want string) func(string, *settings) string {
	return func(value string, _ *settings) string {
		if valid(value, tag) {
			return ""
		}
		return want
	}
}

func checkString(value string, s *settings) string {
	length := float64(utf8.RuneCountInString(value))
	minimum, hasMin := s.numbers["minlength"]
	maximum, hasMax := s.numbers["maxlength"]
	exact, hasExact := s.numbers["islength"]
	switch {
	case value == "" && s.flag("allowempty"):
		return ""
	case value == "":
		return "a text that is not empty"
	case hasMin && length < minimum:
		return fmt.Sprintf("at least %v characters long", minimum)
	case hasMax && length > maximum:
		return fmt.Sprintf("at most %v characters long", maximum)
	case hasExact && length != exact:
		return fmt.Sprintf("exactly %v characters long", exact)
	case !strings.HasPrefix(value, s.texts["startswith"]):
		return "a text with the beginning that startsWith gives"
	case !strings.HasSuffix(value, s.texts["endswith"]):
		return "a text with the end that endsWith gives"
	case s.matches != nil && !s.matches.MatchString(value):
		return "a text that the pattern of the type matches"
	}
	return ""
}

// decimal is what JavaScript's Number and Python's float both read, without
// hexadecimal, infinity and underscores.
var decimal = lazyregexp.New(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$`)

func checkNumber(value string, s *settings) string {
	value = strings.TrimSpace(value)
	if !decimal().MatchString(value) {
		return "a number"
	}
	n, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return "a number that fits 64 bits"
	}
	if s.flag("isint") && n != math.Trunc(n) {
		return "a whole number"
	}
	return checkBounds(n, s)
}

func checkBounds(n float64, s *settings) string {
	minimum, hasMin := s.numbers["min"]
	maximum, hasMax := s.numbers["max"]
	divisor := s.numbers["isdivisibleby"]
	switch {
	case hasMin && n < minimum:
		return fmt.Sprintf("at least %v", minimum)
	case hasMax && n > maximum:
		return fmt.Sprintf("at most %v", maximum)
	case divisor != 0 && math.Abs(math.Remainder(n, divisor)) > 1e-9:
		return fmt.Sprintf("divisible by %v", divisor)
	}
	return ""
}

var whole = lazyregexp.New(`^[+-]?\d+$`)

func checkInteger(value string, s *settings) string {
	if !whole().MatchString(strings.TrimSpace(value)) {
		return "a whole number"
	}
	return checkNumber(value, s)
}

func checkBoolean(value string, _ *settings) string {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "true", "false", "yes", "no", "on", "off", "t", "f", "y", "n", "1", "0":
		return ""
	}
	return "a boolean (true or false)"
}

// hostAsScheme matches a host with a port, which net/url takes for a scheme.
var hostAsScheme = lazyregexp.New(`^[A-Za-z0-9.-]+:(\d|$)`)

func checkURL(value string, s *settings) string {
	if s.flag("prependhttps") && !strings.Contains(value, "://") {
		value = "https://" + value
	}
	value = firstHost(value)
	u, err := url.Parse(value) // the error quotes the value and is dropped
	switch {
	case err != nil || !valid(value, "url") || hostAsScheme().MatchString(value):
		return "a URL with a scheme, as in https://example.com"
	case s.flag("notrailingslash") && strings.HasSuffix(u.Path, "/"):
		return "a URL without a slash at its end"
	case s.matches != nil && !s.matches.MatchString(value):
		return "a URL that the pattern of the type matches"
	}
	return checkDomain(u.Hostname(), s.texts["alloweddomains"])
}

func checkDomain(host, allowed string) string {
	allowed = strings.Trim(allowed, "[] ")
	if allowed == "" {
		return ""
	}
	for domain := range strings.SplitSeq(allowed, ",") {
		if strings.EqualFold(host, unquote(strings.TrimSpace(domain))) {
			return ""
		}
	}
	return "on one of the domains that the type allows"
}

// firstHost leaves the first of several hosts, as databases have them in their
// addresses (mongodb://a:1,b:2/shop), which net/url refuses.
func firstHost(value string) string {
	scheme, rest, ok := strings.Cut(value, "://")
	if !ok {
		return value
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority := rest[:end]
	user := strings.LastIndexByte(authority, '@') + 1
	host, _, _ := strings.Cut(authority[user:], ",")
	return scheme + "://" + authority[:user] + host + rest[end:]
}

// maxWords is how many words of an enum a message lists.
const maxWords = 12

func checkEnum(value string, s *settings) string {
	if slices.Contains(s.words, value) {
		return ""
	}
	if rest := len(s.words) - maxWords; rest > 0 {
		return fmt.Sprintf("one of %s and %d more", strings.Join(s.words[:maxWords], ", "), rest)
	}
	return "one of " + strings.Join(s.words, ", ")
}

func checkEmail(value string, _ *settings) string {
	address := value
	// "Name <address>" is what mailers take as sender.
	if name, inner, ok := strings.Cut(value, "<"); ok && strings.HasSuffix(inner, ">") && !strings.Contains(name, "@") {
		address = strings.TrimSuffix(inner, ">")
	}
	if valid(address, "email") {
		return ""
	}
	return "an email address"
}

// checkPort is not validator's "port", which panics on strings.
func checkPort(value string, s *settings) string {
	n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 16)
	if err != nil {
		return "a port (0 to 65535)"
	}
	return checkBounds(float64(n), s)
}

func checkIP(value string, s *settings) string {
	address, err := netip.ParseAddr(strings.TrimSpace(value))
	switch version := s.numbers["version"]; {
	case err != nil:
		return "an IP address"
	case version == 4 && !address.Is4():
		return "an IP address of version 4"
	case version == 6 && !address.Is6():
		return "an IP address of version 6"
	}
	return ""
}

func checkDate(value string, _ *settings) string {
	for _, layout := range []string{time.DateOnly, time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02T15:04Z07:00", "2006-01", "20060102"} {
		if _, err := time.Parse(layout, value); err == nil {
			return ""
		}
	}
	return "a date of ISO 8601, as in 2027-01-31"
}

func checkMD5(value string, _ *settings) string {
	if valid(strings.ToLower(value), "md5") {
		return ""
	}
	return "an MD5 hash"
}

var (
	isoDuration  = lazyregexp.New(`^[+-]?P(\d+(\.\d+)?[YMWD])*(T(\d+(\.\d+)?[HMS])+)?$`)
	wordDuration = lazyregexp.New(`^(?i:\s*[+-]?\d+(\.\d+)?\s*(ns|us|µs|ms|millis(econds?)?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|mo|months?|y|yrs?|years?)\s*,?)+$`)
)

// checkDuration accepts what Go, vercel/ms and ISO 8601 write. Bounds are not
// checked: their unit is the program's.
func checkDuration(value string, _ *settings) string {
	value = strings.TrimSpace(value)
	iso := isoDuration().MatchString(value) && strings.ContainsAny(value, "0123456789")
	if iso || decimal().MatchString(value) || wordDuration().MatchString(value) {
		return ""
	}
	return "a stretch of time, as in 30s"
}

func checkJSON(value string, _ *settings) string {
	if json.Valid([]byte(value)) {
		return ""
	}
	return "JSON"
}

func checkObject(value string, s *settings) string {
	if strings.HasPrefix(strings.TrimSpace(value), "{") && checkJSON(value, s) == "" {
		return ""
	}
	return "a JSON object"
}

func checkArray(value string, s *settings) string {
	if trimmed := strings.TrimSpace(value); s.texts["separator"] == "" && strings.HasPrefix(trimmed, "[") && !json.Valid([]byte(trimmed)) {
		return "a JSON array"
	}
	return ""
}

func checkRecord(value string, s *settings) string {
	if trimmed := strings.TrimSpace(value); s.texts["separator"] == "" && strings.HasPrefix(trimmed, "{") && !json.Valid([]byte(trimmed)) {
		return "a JSON object"
	}
	return ""
}
