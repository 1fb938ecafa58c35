// Package glob matches paths and names against patterns, with the standard
// library only.
package glob

import "strings"

// Match reports whether name matches pattern as a whole. "?" stands for one
// byte other than "/", "*" for any run of bytes other than "/", and "**" for any
// run at all; "**/" also stands for nothing, so that "**/x" matches "x". Every
// other byte stands for itself. Its time is at most proportional to
// len(pattern) × len(name), whatever the pattern.
func Match(pattern, name string) bool {
	plain := strings.IndexAny(pattern, "*?")
	if plain < 0 {
		return pattern == name
	}
	if !strings.HasPrefix(name, pattern[:plain]) {
		return false
	}
	pattern, name = pattern[plain:], name[plain:]
	if pattern == "*" {
		return !strings.Contains(name, "/")
	}
	// reach[j] tells that the part of the pattern read so far matches name[:j].
	reach := make([]bool, len(name)+1)
	reach[0] = true
	for i := 0; i < len(pattern); {
		switch {
		case strings.HasPrefix(pattern[i:], "**/"):
			spreadDirs(reach, name)
			i += 3
		case strings.HasPrefix(pattern[i:], "**"):
			spread(reach, name, true)
			i += 2
		case pattern[i] == '*':
			spread(reach, name, false)
			i++
		default:
			step(reach, name, pattern[i])
			i++
		}
	}
	return reach[len(name)]
}

// step consumes one byte.
func step(reach []bool, name string, want byte) {
	for j := len(name); j > 0; j-- {
		got := name[j-1]
		reach[j] = reach[j-1] && (got == want || want == '?' && got != '/')
	}
	reach[0] = false
}

// spread consumes any run of bytes; slashes only when asked.
func spread(reach []bool, name string, slashes bool) {
	for j := 1; j <= len(name); j++ {
		if reach[j-1] && (slashes || name[j-1] != '/') {
			reach[j] = true
		}
	}
}

// spreadDirs consumes any number of whole directories.
func spreadDirs(reach []bool, name string) {
	open := false
	for j := 0; j <= len(name); j++ {
		before := reach[j]
		if open && j > 0 && name[j-1] == '/' {
			reach[j] = true
		}
		open = open || before
	}
}
