// Package lazyregexp compiles regular expressions when they are needed first: a
// program that starts for each commit must not compile those of all its commands.
package lazyregexp

import (
	"regexp"
	"sync"
)

// New returns a function that compiles an expression, once. It panics when the
// expression is wrong. It is safe for concurrent use.
func New(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
