package snapshot

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// Version is the version of the format. Readers refuse later ones.
const Version = 1

// MaxSize is how many bytes a snapshot may have: some hundred times what a large
// repository needs.
const MaxSize = 32 << 20

const (
	maxWord = 2048 // bytes of any word
	maxName = 256  // bytes of the name of a variable
	maxType = 64   // bytes of a platform's word for how a value is stored

	hiddenLength = 22 // bytes of a hidden name: 128 bits in base64url
)

// states are the states that a setting can have.
var states = []envtight.State{envtight.Set, envtight.Empty, envtight.Unreadable, envtight.Reference, envtight.Staged}

// storages are the words for how a value is stored; an unknown way is left out.
var storages = []string{
	envcheck.StorageUnknown: "", envcheck.StoredInClear: "clear", envcheck.StoredReadable: "readable", envcheck.StoredSealed: "sealed",
}

// resolutions are the keys of references.
var resolutions = []string{envcheck.Undecided: "undecided", envcheck.Resolved: "resolved", envcheck.Dangling: "dangling"}

// silences are the words for the kinds of silence.
var silences = map[envtight.Silence]string{
	envtight.NotAsked: "not-asked", envtight.Undecidable: "undecidable", envtight.Failed: "failed",
}

// isWord reports whether a text can stand in a snapshot.
func isWord(s string) bool { return len(s) <= maxWord }

// isName reports whether a text may be the name of a variable. One with an equals
// sign would be an assignment, and so is refused whatever stands behind it.
func isName(s string) bool { return s != "" && len(s) <= maxName && !strings.ContainsRune(s, '=') }

// isHidden reports whether a text may be a name that was hidden: see [Key].
func isHidden(s string) bool {
	if len(s) != hiddenLength {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isAlphanumeric(c) && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// isType reports whether a text may be a platform's word for how a value is
// stored, as "sensitive".
func isType(s string) bool {
	if len(s) > maxType {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isAlphanumeric(c) && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

// noReference stands for a reference of which only is known that it is one.
const noReference = "${{…}}"

// isReference reports whether a text may be a reference: names in double braces.
func isReference(s string) bool {
	inner, ok := strings.CutPrefix(s, "${{")
	inner, ok2 := strings.CutSuffix(inner, "}}")
	return ok && ok2 && len(s) <= maxName && !strings.ContainsAny(inner, "{}=\n")
}

// isTime reports whether a time can be written so that the same time is read.
func isTime(t time.Time) bool {
	return !t.IsZero() && t.UTC().Year() >= 1970 && t.UTC().Year() <= 9999
}

func isAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// isBare reports whether a word needs no quotes.
func isBare(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '=' {
			return false
		}
	}
	return s != ""
}

// clip shortens a text to what a word may have.
func clip(s string) string {
	if isWord(s) {
		return s
	}
	end := maxWord - utf8.UTFMax
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
