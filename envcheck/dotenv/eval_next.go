package dotenv

import "strings"

// nextDepth is about how deep @next/env recurses before the stack of Node.js is
// full: one level for each reference that it replaces.
const nextDepth = 12000

// evalNext follows processEnv of @next/env 16 with this one file: dotenv's grammar,
// then an expander of its own that Next.js bundles. A name that the process
// environment has keeps its value, expanded. When a reference leads back to itself,
// the expander overflows its stack; Next.js prints that and goes on without any
// value of the file, so the result is empty and no error.
func evalNext(src string, opts EvalOptions) (Values, error) {
	x := &jsExpander{dialect: Next, opts: opts, parsed: parseDotenv(decodeUTF8(src))}
	for _, key := range x.parsed.keys() {
		entry, _ := x.parsed.get(key)
		value := entry.value
		if own, ok := opts.lookup(key); ok {
			value = own
		}
		expanded, outcome := x.interpolate(value)
		switch outcome {
		case nextThrows:
			return Values{}, nil
		case nextTooLarge:
			return nil, x.fail(TooLarge)
		}
		x.parsed.set(key, resolveEscapes(expanded))
	}
	return x.parsed.values(), nil
}

type nextOutcome uint8

const (
	nextDone nextOutcome = iota
	nextThrows
	nextTooLarge
)

// interpolate is _interpolate of that bundle. It takes the last dollar sign
// without a backslash, and ends when that is not a reference.
func (x *jsExpander) interpolate(value string) (string, nextOutcome) {
	for depth := 0; ; depth++ {
		ref, name, word, ok := lastReference(value)
		if !ok {
			return value, nextDone
		}
		if depth > nextDepth {
			return "", nextThrows
		}
		if spent := !x.spend(len(value)); spent || depth == patience {
			// A cycle that grows slowly fills the stack; another, the memory.
			cyclic := x.cyclic(value)
			if cyclic && len(value)/(depth+1)*nextDepth < 1<<20 {
				return "", nextThrows
			}
			if spent || cyclic {
				return "", nextTooLarge
			}
		}
		replacement, isOwn := x.opts.lookup(name)
		if proto, ok := jsInherited[name]; ok && !isOwn {
			switch {
			case proto.throw:
				return "", nextThrows
			case proto.self: // the constructor of process.env, not Object
				proto.text = "[object global]"
			}
			value = strings.Replace(value, ref, proto.text, 1)
			continue
		}
		if replacement == "" {
			replacement = word
		}
		if replacement == "" {
			entry, _ := x.parsed.get(name)
			replacement = entry.value
		}
		value = jsReplace(value, ref, replacement)
	}
}

// lastReference matches
//
//	/((?!(?<=\\))\${?([\w]+)(?::-([^}\\]*))?}?)/
//
// at the last dollar sign that has no backslash before it.
func lastReference(value string) (ref, name, word string, ok bool) {
	i := len(value)
	for {
		i = strings.LastIndexByte(value[:i], '$')
		if i < 0 {
			return "", "", "", false
		}
		if i == 0 || value[i-1] != '\\' {
			break
		}
	}
	j := i + 1
	if j < len(value) && value[j] == '{' {
		j++
	}
	start := j
	for j < len(value) && (isNameStart(value[j]) || isDigit(value[j])) {
		j++
	}
	if j == start {
		return "", "", "", false
	}
	name = value[start:j]
	if strings.HasPrefix(value[j:], ":-") {
		end := j + 2
		if k := strings.IndexAny(value[end:], `}\`); k >= 0 {
			end += k
		} else {
			end = len(value)
		}
		word = value[j+2 : end]
		j = end
	}
	if j < len(value) && value[j] == '}' {
		j++
	}
	return value[i:j], name, word, true
}
