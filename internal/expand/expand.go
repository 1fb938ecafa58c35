// Package expand finds the variables in text that a shell, or a tool that borrows
// a shell's signs, will expand: $NAME, ${NAME}, ${NAME:-default} and their like.
package expand

// Style says whose rules hold.
type Style uint8

// The styles.
const (
	// Dockerfile: a backslash escapes the next byte, and single quotes keep
	// everything as it is. https://docs.docker.com/reference/dockerfile/#environment-replacement
	Dockerfile Style = iota
	// Shell: the same; "$$" is the number of the process.
	Shell
	// Compose: "$$" is a dollar sign, and quotes mean nothing.
	// https://docs.docker.com/reference/compose-file/interpolation/
	Compose
)

// Variable is one expansion.
type Variable struct {
	Name string
	// Start is the index of the dollar sign in the text, and NameStart that of the
	// name.
	Start, NameStart int
	// Operator is what stands behind the name in braces: ":-", "-", ":?", "?", ":+",
	// "+"; empty for all others.
	Operator string
	// Nested tells that it stands in the braces of another one.
	Nested bool
}

// Required tells that the expansion fails when the variable is not set.
func (v Variable) Required() bool { return v.Operator == "?" || v.Operator == ":?" }

// Defaulted tells that the text says what to take when it is not set.
func (v Variable) Defaulted() bool { return v.Operator != "" && !v.Required() }

// Variables returns the expansions in order of place. Its time is proportional to
// the text.
func Variables(text string, style Style) []Variable {
	var out []Variable
	depth := 0
	single, double := false, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case style != Compose && c == '\'' && !double:
			single = !single
		case single:
		case style != Compose && c == '"':
			double = !double
		case style != Compose && c == '\\':
			i++
		case c == '}' && depth > 0:
			depth--
		case c == '$' && i+1 < len(text):
			if text[i+1] == '$' {
				i++
				continue
			}
			v, braces, end := variable(text, i)
			if v.Name != "" {
				v.Nested = depth > 0
				out = append(out, v)
			}
			if braces {
				depth++
			}
			i = end - 1
		}
	}
	return out
}

// variable reads what begins at a dollar sign, up to the operator. Without a name
// only the signs are passed over.
func variable(text string, at int) (v Variable, braces bool, end int) {
	v.Start, end = at, at+1
	if braces = text[end] == '{'; braces {
		end++
	}
	v.NameStart = end
	for end < len(text) && nameByte(text[end], end == v.NameStart) {
		end++
	}
	v.Name = text[v.NameStart:end]
	if !braces || v.Name == "" {
		return v, braces, end
	}
	for _, operator := range []string{":-", ":?", ":+", "-", "?", "+"} {
		if len(text)-end >= len(operator) && text[end:end+len(operator)] == operator {
			v.Operator = operator
			return v, braces, end + len(operator)
		}
	}
	return v, braces, end
}

func nameByte(b byte, first bool) bool {
	return b == '_' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || !first && b >= '0' && b <= '9'
}
