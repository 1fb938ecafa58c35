package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Plain makes a text of the repository fit to be shown on one line: see plain.
// It is for the formats that are packages of their own.
func Plain(text string) string { return plain(text) }

// plain makes text fit to be shown on one line of a terminal: control
// characters, line ends, invisible and bidirectional format characters are
// written as escapes ("\x1b", "\n", "\u202e"), and bytes that are no UTF-8 as
// U+FFFD. What CI systems take for commands in the middle of a line ("##[",
// "##vso[") is broken up.
func plain(text string) string {
	if isPlain(text) {
		return text
	}
	var out strings.Builder
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		out.WriteString(visible(r))
	}
	return breakCommands(out.String())
}

func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '#' {
			return false
		}
	}
	return true
}

// visible returns a rune as it is shown.
func visible(r rune) string {
	switch {
	case unicode.IsGraphic(r) && !unicode.Is(unicode.Variation_Selector, r):
		return string(r)
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04x`, r)
	default:
		return fmt.Sprintf(`\U%08x`, r)
	}
}

// breakCommands breaks what Azure Pipelines, TeamCity and old GitHub runners
// look for anywhere in a line.
func breakCommands(text string) string {
	var out strings.Builder
	for i := range len(text) {
		if i > 0 && isCommand(text[i-1:]) {
			out.WriteString(`\x23`)
		} else {
			out.WriteByte(text[i])
		}
	}
	return out.String()
}

// isCommand reports whether text begins with "##", letters and "[".
func isCommand(text string) bool {
	rest, ok := strings.CutPrefix(text, "##")
	return ok && strings.HasPrefix(strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"), "[")
}

// notCommand keeps a finished line from being taken for a GitHub workflow
// command, which is a line that begins with "::".
func notCommand(line string) string {
	trimmed := strings.TrimLeftFunc(line, unicode.IsSpace)
	if !strings.HasPrefix(trimmed, "::") {
		return line
	}
	return line[:len(line)-len(trimmed)] + `\x3a` + trimmed[1:]
}

// asciiJSON escapes what JSON allows and terminals should not see: format
// characters and C1 controls. text is valid JSON, in which these stand in
// strings only.
func asciiJSON(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r < utf8.RuneSelf && r != 0x7f, unicode.IsGraphic(r):
			out = append(out, text[:size]...)
		case r <= 0xffff:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		}
		text = text[size:]
	}
	return out
}
