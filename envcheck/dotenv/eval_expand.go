package dotenv

import "strings"

// expandWork bounds the bytes that the expansions of one file may look at and
// write. The originals start over after each reference and have no bound.
const expandWork = 64 << 20

// jsExpander is what the three expanders of the Node.js world share.
type jsExpander struct {
	dialect     Dialect
	opts        EvalOptions
	parsed      *jsObject
	work        int
	undecidable map[string]bool
}

func (x *jsExpander) fail(kind ErrorKind) error {
	return &EvalError{Dialect: x.dialect, Kind: kind}
}

// spend counts a step over n bytes and reports whether the work is still in
// bounds.
func (x *jsExpander) spend(n int) bool {
	x.work += n + 64
	return x.work <= expandWork
}

// patience is how many references of a value are replaced before it is worth to ask
// whether they go in a circle.
const patience = 1000

// cyclic reports whether the references of value lead to a variable whose value
// leads back to it.
func (x *jsExpander) cyclic(value string) bool {
	const open, done = 1, 2
	state := map[string]int{}
	depth := 0
	var visit func(text string) bool
	visit = func(text string) bool {
		if depth++; depth > 10*patience {
			return true // as good as a circle
		}
		defer func() { depth-- }()
		for _, name := range wordsAfterDollar(text) {
			switch state[name] {
			case open:
				return true
			case done:
				continue
			}
			state[name] = open
			text, _ := x.opts.lookup(name)
			if text == "" {
				entry, _ := x.parsed.get(name)
				text = entry.value
			}
			if visit(text) {
				return true
			}
			state[name] = done
		}
		return false
	}
	return visit(value)
}

// wordsAfterDollar returns each name that follows a dollar sign without a backslash,
// with or without a brace, once.
func wordsAfterDollar(text string) []string {
	var names []string
	seen := map[string]bool{}
	for {
		before, rest, ok := strings.Cut(text, "$")
		if !ok {
			return names
		}
		text = rest
		if strings.HasSuffix(before, `\`) {
			continue
		}
		rest = strings.TrimPrefix(rest, "{")
		n := 0
		for n < len(rest) && (isNameStart(rest[n]) || isDigit(rest[n])) {
			n++
		}
		if n > 0 && !seen[rest[:n]] {
			seen[rest[:n]] = true
			names = append(names, rest[:n])
		}
	}
}

// resolveEscapes is value.replace(/\\\$/g, "$").
func resolveEscapes(value string) string { return strings.ReplaceAll(value, `\$`, "$") }

// reference is a match of
//
//	/(?<!\\)\${([^{}]+)}|(?<!\\)\$([A-Za-z_][A-Za-z0-9_]*)/
type reference struct {
	template   string
	expression string
}

// firstReference returns the first match in s.
func firstReference(s string) (reference, bool) {
	for i := 0; ; i++ {
		k := strings.IndexByte(s[i:], '$')
		if k < 0 {
			return reference{}, false
		}
		i += k
		if i > 0 && s[i-1] == '\\' {
			continue
		}
		rest := s[i+1:]
		if strings.HasPrefix(rest, "{") {
			end := strings.IndexAny(rest[1:], "{}")
			if end > 0 && rest[1+end] == '}' {
				return reference{s[i : i+1+end+2], rest[1 : 1+end]}, true
			}
			continue
		}
		if n := nameLength(rest); n > 0 {
			return reference{s[i : i+1+n], rest[:n]}, true
		}
	}
}

// nameLength returns the length of the name in [A-Za-z_][A-Za-z0-9_]* that
// s begins with.
func nameLength(s string) int {
	n := 0
	for n < len(s) && (isNameStart(s[n]) || n > 0 && isDigit(s[n])) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isNameStart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// operator returns what splits an expression: the first of :+ + :- and -. When
// there is none, the originals call split(null), which splits at the word "null".
func operator(expression string) (name, op, word string) {
	for i := range len(expression) {
		switch c := expression[i]; {
		case c == '+' || c == '-':
			return expression[:i], expression[i : i+1], expression[i+1:]
		case c == ':' && i+1 < len(expression) && (expression[i+1] == '+' || expression[i+1] == '-'):
			return expression[:i], expression[i : i+2], expression[i+2:]
		}
	}
	name, word, _ = strings.Cut(expression, "null")
	return name, "", word
}

// evalDotenvExpand follows expand({parsed: parse(src), processEnv}) of
// dotenv-expand 1000.0. A name that the process environment has with another,
// non-empty value keeps that. Only names that stand earlier in the file are seen;
// after dotenv's config, which copies the file into the environment first, later
// ones would be too. Values in $(...) run as a command there and are undecidable
// here, as is a value that dotenvx encrypted when the key is at hand.
func evalDotenvExpand(src string, opts EvalOptions) (Values, error) {
	x := &jsExpander{
		dialect: DotenvExpand, opts: opts,
		parsed: parseDotenv(decodeUTF8(src)), undecidable: map[string]bool{},
	}
	raw := make(map[string]string, len(x.parsed.list))
	for _, e := range x.parsed.list {
		raw[e.name] = e.value
	}
	running := new(jsObject)
	for _, key := range x.parsed.keys() {
		value := raw[key]
		own, ok := opts.lookup(key)
		switch {
		case !ok && jsInherited[key] != (inherited{}):
			return nil, x.fail(Crash)
		case ok && own != "" && own != value:
			value = own
		default:
			scope := expandScope{x: x, raw: raw, running: running}
			expanded, decided, err := scope.expand(value)
			if err != nil {
				return nil, err
			}
			if !decided || runsCommand(expanded) {
				x.undecidable[key] = true
			}
			value = expanded
		}
		running.set(key, resolveEscapes(value))
	}
	for _, e := range running.list {
		e.undecidable = x.undecidable[e.name]
		x.parsed.put(e)
	}
	return x.parsed.values(), nil
}

// expandScope is what a value of dotenv-expand can refer to: the process
// environment, but for names that it has from this file, then the names above.
type expandScope struct {
	x       *jsExpander
	raw     map[string]string
	running *jsObject
}

func (s expandScope) own(name string) (string, bool) {
	value, ok := s.x.opts.lookup(name)
	done, above := s.running.get(name)
	if ok && !(above && value == s.raw[name]) {
		return value, true
	}
	return done.value, above
}

func (s expandScope) expand(value string) (expanded string, decided bool, err error) {
	if strings.HasPrefix(value, "encrypted:") {
		if key, _ := s.own("DOTENV_PRIVATE_KEY"); key != "" {
			return "", false, nil
		}
	}
	seen := map[string]bool{}
	for round := 0; ; round++ {
		ref, ok := firstReference(value)
		if !ok {
			return value, true, nil
		}
		if seen[value] || !s.x.spend(len(value)) || round == patience && s.x.cyclic(value) {
			return "", false, s.x.fail(TooLarge)
		}
		seen[value] = true
		name, op, word := operator(ref.expression)
		own, isOwn := s.own(name)
		if isOwn && s.x.undecidable[name] {
			return "", false, nil
		}
		proto, isProto := jsInherited[name]
		isProto = isProto && !isOwn
		truthy := own != "" || isProto

		replacement := own
		takesProto := isProto && (op == "" || op == ":-")
		switch {
		case op == ":-" && !truthy, op == "-" && !isOwn:
			replacement = word
		case op == ":+" || op == "+":
			replacement = ""
			if op == ":+" && truthy || op == "+" && isOwn {
				replacement = word
			}
		}
		if takesProto {
			if value, err = s.x.replaceInherited(value, ref.template, proto); err != nil {
				return "", false, err
			}
			continue
		}
		value = jsReplace(value, ref.template, replacement)
		if isOwn && value == own {
			return value, true, nil
		}
	}
}

// replaceInherited puts a property of Object.prototype in the place of template.
func (x *jsExpander) replaceInherited(value, template string, proto inherited) (string, error) {
	switch {
	case proto.throw:
		return "", x.fail(Crash)
	case proto.self:
		return value, nil
	}
	return strings.Replace(value, template, proto.text, 1), nil
}

// runsCommand reports whether value holds a complete $(...), with quotes and
// nested parentheses as dotenvx's primitives read them.
func runsCommand(value string) bool {
	work := 0
	for start := strings.Index(value, "$("); start >= 0; {
		end, ok := commandEnd(value, start+2)
		if ok || work > expandWork {
			return true
		}
		work += end - start
		next := strings.Index(value[start+2:], "$(")
		if next < 0 {
			return false
		}
		start += 2 + next
	}
	return false
}

// commandEnd reads from behind "$(" to behind its ")".
func commandEnd(s string, i int) (end int, closed bool) {
	quotes := []byte{0} // the open quote at each depth
	for i < len(s) {
		top := &quotes[len(quotes)-1]
		c := s[i]
		i++
		switch {
		case *top == '\'':
			if c == '\'' {
				*top = 0
			}
		case c == '\\':
			i++
		case *top != 0:
			if c == *top {
				*top = 0
			} else if c == '$' && i < len(s) && s[i] == '(' {
				quotes = append(quotes, 0)
				i++
			}
		case c == '\'' || c == '"' || c == '`':
			*top = c
		case c == '(':
			quotes = append(quotes, 0)
		case c == ')':
			quotes = quotes[:len(quotes)-1]
			if len(quotes) == 0 {
				return i, true
			}
		}
	}
	return len(s), false
}
