package match

import (
	"regexp"
	"testing"
)

// CheckWindows holds windows against package regexp.
func CheckWindows(t *testing.T, set *Set, compiled []*regexp.Regexp, text []byte) {
	t.Helper()
	checkWindows(t, set, compiled, text)
}
