package match

import (
	"regexp"
	"testing"
)

// RandomText makes a text that some of the expressions may match.
func RandomText(seed uint64, expressions []string) []byte {
	return newGenerator(seed).text(expressions)
}

// CheckWindows holds windows against package regexp.
func CheckWindows(t *testing.T, set *Set, compiled []*regexp.Regexp, text []byte) {
	t.Helper()
	checkWindows(t, set, compiled, text)
}
