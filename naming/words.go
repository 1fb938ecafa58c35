package naming

import "strings"

// SplitWords returns the words of a name in upper case: DATABASE_URL, databaseUrl
// and DatabaseURL all give DATABASE and URL. Digits stay with the word they stand
// in, so that R2, S3 and AUTH0 are words. Everything that is neither an ASCII
// letter nor a digit parts words.
func SplitWords(name string) []string {
	var words []string
	start := -1
	flush := func(end int) {
		if start >= 0 {
			words = append(words, strings.ToUpper(name[start:end]))
			start = -1
		}
	}
	for i := range len(name) {
		switch {
		case !isAlnum(name[i]):
			flush(i)
		case start < 0:
			start = i
		case humpAt(name, i):
			flush(i)
			start = i
		}
	}
	flush(len(name))
	return words
}

// humpAt reports whether a word of camel case begins at i: an upper-case letter
// after a lower-case one or a digit that follows one, between a digit and a
// lower-case letter, or the last one before two lower-case ones. One lower-case letter at the end of a word
// in capitals (EMAIl) is a slip of the finger, not a hump.
func humpAt(name string, i int) bool {
	if !isUpper(name[i]) {
		return false
	}
	k := i - 1
	for k > 0 && isDigit(name[k]) {
		k--
	}
	if isLower(name[k]) {
		return true
	}
	if isDigit(name[i-1]) && i+1 < len(name) && isLower(name[i+1]) {
		return true
	}
	return isUpper(name[i-1]) && i+2 < len(name) && isLower(name[i+1]) && isLower(name[i+2])
}

// squeeze returns the letters and digits of a name in upper case. Names with the
// same result differ only in case and in what parts their words.
func squeeze(name string) string {
	out := make([]byte, 0, len(name))
	for i := range len(name) {
		if c := name[i]; isLower(c) {
			out = append(out, c-'a'+'A')
		} else if isAlnum(c) {
			out = append(out, c)
		}
	}
	return string(out)
}

// squeezedHash is a hash of squeeze, without its allocations (FNV-1a).
func squeezedHash(name string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(name) {
		c := name[i]
		if isLower(c) {
			c -= 'a' - 'A'
		}
		if isAlnum(c) {
			h = (h ^ uint64(c)) * 1099511628211
		}
	}
	return h
}

// upperSnake returns the name in upper snake case. Where the name has underscores
// they part the words, and only parts that begin in lower case are taken for camel
// case: SiliconFLOW_KEY gives SILICONFLOW_KEY, apiKey_backend API_KEY_BACKEND.
func upperSnake(name string) string {
	var parts []string
	for part := range strings.SplitSeq(name, "_") {
		words := SplitWords(part)
		switch {
		case len(words) == 0:
		case part != name && isUpper(part[0]) && len(words[0]) < len(part) && isSpelled(part):
			parts = append(parts, strings.ToUpper(part))
		default:
			parts = append(parts, words...)
		}
	}
	out := strings.Join(parts, "_")
	if strings.HasPrefix(name, "_") {
		out = "_" + out
	}
	return out
}

// isUpperSnake reports whether every letter is an upper-case one.
func isUpperSnake(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool { return r >= 'a' && r <= 'z' })
}

// stripDigits removes trailing digits and the underscore before them.
func stripDigits(s string) string {
	return strings.TrimSuffix(strings.TrimRight(s, "0123456789"), "_")
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isAlnum(c byte) bool { return isUpper(c) || isLower(c) || isDigit(c) }
