// Package nearest finds the known name that somebody may have meant, with the
// standard library only.
package nearest

import "strings"

// maxLength is the length in bytes above which a name is not compared: nothing
// that is known is that long, and comparing costs the product of the lengths.
const maxLength = 64

// Name returns the name that takes the fewest edits, or "" when none takes at
// most one for every three bytes of the given one (and at least one is always
// allowed). Case does not count. The first of several equally near ones wins.
func Name(given string, names []string) string {
	if given == "" || len(given) > maxLength {
		return ""
	}
	best, found := max(1, len(given)/3)+1, ""
	for _, name := range names {
		if len(name) > maxLength {
			continue
		}
		if d := Distance(strings.ToLower(given), strings.ToLower(name)); d < best {
			best, found = d, name
		}
	}
	return found
}

// Distance counts the bytes to insert, remove, replace or swap with their
// neighbor to get from one text to the other (optimal string alignment).
func Distance(a, b string) int {
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(next[j-1]+1, row[j]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
