package secrets

import "github.com/envtight/envtight"

// minWidened is the length in bytes from which a span is widened. A shorter one is no
// part of something that an expression was too short for.
const minWidened = 16

// widen adds to sorted spans what they are in the middle of. Many expressions end after
// so many characters; what follows is a part of the same value, and must not be shown
// either. A span that another one holds then is left out. It works in place.
func widen(text []byte, spans []envtight.Span) []envtight.Span {
	out := spans[:0]
	end := 0 // of what has been widened: nothing before it is looked at again
	for _, s := range spans {
		if s.Len() >= minWidened {
			if s.End <= end {
				continue
			}
			for s.Start > end && isValueByte(text[s.Start-1]) && text[s.Start-1] != '=' {
				s.Start--
			}
			for s.End < len(text) && isValueByte(text[s.End]) {
				s.End++
			}
			end = s.End
		}
		out = append(out, s)
	}
	return out
}

// isValueByte tells whether tokens and encoded texts are made of it.
func isValueByte(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c >= 0x80:
		return true
	}
	switch c {
	case '+', '/', '=', '_', '-', '.', '%', '~', '$', '!', '*', '^':
		return true
	}
	return false
}
