package dotenv

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What the loaders written in JavaScript have in common.

// decodeUTF8 decodes as Node.js does: each maximal part of an invalid sequence
// becomes one U+FFFD, and a byte order mark stays.
// Source: "U+FFFD Substitution of Maximal Subparts", Unicode 15, section 3.9.
func decodeUTF8(src string) string {
	if utf8.ValidString(src) {
		return src
	}
	var out strings.Builder
	out.Grow(len(src) + 16)
	for len(src) > 0 {
		r, size := utf8.DecodeRuneInString(src)
		if r == utf8.RuneError && size == 1 {
			size = invalidPrefix(src)
		}
		out.WriteRune(r)
		src = src[size:]
	}
	return out.String()
}

// invalidPrefix returns how many bytes of src, which begins with an invalid
// sequence, could have begun a valid one; at least one.
func invalidPrefix(src string) int {
	low, high := byte(0x80), byte(0xBF)
	need := 0
	switch b := src[0]; {
	case b >= 0xC2 && b <= 0xDF:
		need = 1
	case b >= 0xE0 && b <= 0xEF:
		need = 2
		if b == 0xE0 {
			low = 0xA0
		}
		if b == 0xED {
			high = 0x9F
		}
	case b >= 0xF0 && b <= 0xF4:
		need = 3
		if b == 0xF0 {
			low = 0x90
		}
		if b == 0xF4 {
			high = 0x8F
		}
	}
	size := 1
	for size <= need && size < len(src) && src[size] >= low && src[size] <= high {
		size++
		low, high = 0x80, 0xBF
	}
	return size
}

// jsSpace reports whether \s of a JavaScript expression matches r; trim removes
// the same set.
func jsSpace(r rune) bool {
	switch {
	case r <= ' ':
		return r == ' ' || r >= '\t' && r <= '\r'
	case r < 0xA0:
		return false
	}
	switch r {
	case 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF:
		return true
	}
	return r >= 0x2000 && r <= 0x200A
}

// jsLineEnd reports whether r ends a line for ^, $ and . of an expression in
// a text whose carriage returns were replaced.
func jsLineEnd(r rune) bool { return r == '\n' || r == 0x2028 || r == 0x2029 }

func jsTrim(s string) string { return strings.TrimFunc(s, jsSpace) }

// jsReplace is String.prototype.replace with two strings: the first occurrence
// of old makes way for repl, in which $$, $&, $` and $' have a meaning. It is
// why a password loses every second dollar sign in Node.js.
func jsReplace(s, old, repl string) string {
	i := strings.Index(s, old)
	if i < 0 {
		return s
	}
	before, after := s[:i], s[i+len(old):]
	if !strings.Contains(repl, "$") {
		return before + repl + after
	}
	var out strings.Builder
	out.WriteString(before)
	for j := 0; j < len(repl); j++ {
		if repl[j] != '$' || j+1 == len(repl) {
			out.WriteByte(repl[j])
			continue
		}
		switch repl[j+1] {
		case '$':
			out.WriteByte('$')
		case '&':
			out.WriteString(old)
		case '`':
			out.WriteString(before)
		case '\'':
			out.WriteString(after)
		default:
			out.WriteByte('$')
			continue
		}
		j++
	}
	out.WriteString(after)
	return out.String()
}

// jsObject is an object literal used as a map: an assignment to __proto__ is
// lost.
type jsObject struct{ vars }

func (o *jsObject) set(name, value string) {
	if name != "__proto__" {
		o.vars.set(name, value)
	}
}

// keys returns the names in the order of a for-in loop: array indexes by their
// number, then the others as they were added.
func (o *jsObject) keys() []string {
	var indexes []uint32
	var rest []string
	for _, e := range o.list {
		if n, ok := arrayIndex(e.name); ok {
			indexes = append(indexes, n)
		} else {
			rest = append(rest, e.name)
		}
	}
	slices.Sort(indexes)
	keys := make([]string, 0, len(o.list))
	for _, n := range indexes {
		keys = append(keys, strconv.FormatUint(uint64(n), 10))
	}
	return append(keys, rest...)
}

func arrayIndex(name string) (uint32, bool) {
	if len(name) > 1 && name[0] == '0' {
		return 0, false
	}
	n, err := strconv.ParseUint(name, 10, 32)
	if err != nil || n == 1<<32-1 {
		return 0, false
	}
	return uint32(n), true
}

// inherited describes what a property that every object inherits does where a
// loader takes it for the value of a variable. Such a name is never meant, but
// a file may hold it.
type inherited struct {
	text  string // what it turns to as the replacement of a reference
	self  bool   // it turns to the reference itself
	throw bool   // it throws there
}

// jsInherited has the properties of Object.prototype. As a replacement a
// function is called with the reference as its argument and no receiver.
var jsInherited = map[string]inherited{
	"__proto__":            {text: "[object Object]"},
	"constructor":          {self: true},
	"toString":             {text: "[object Undefined]"},
	"isPrototypeOf":        {text: "false"},
	"hasOwnProperty":       {throw: true},
	"propertyIsEnumerable": {throw: true},
	"toLocaleString":       {throw: true},
	"valueOf":              {throw: true},
	"__defineGetter__":     {throw: true},
	"__defineSetter__":     {throw: true},
	"__lookupGetter__":     {throw: true},
	"__lookupSetter__":     {throw: true},
}
