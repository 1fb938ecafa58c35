package dotenv

import (
	"slices"
	"strings"
)

// evalVite follows loadEnv of Vite 8 with an empty prefix and this one file:
// Node's parser, then the dotenv-expand that Vite bundles. A name that the process
// environment has keeps its value there. Node hands the names over in byte
// order, so whether a reference sees a finished value depends on the names, not on
// the lines.
func evalVite(src string, opts EvalOptions) (Values, error) {
	x := &jsExpander{dialect: Vite, opts: opts, parsed: parseNode(decodeUTF8(src))}
	x.viteProcess()
	sorted := &jsObject{vars{list: slices.Clone(x.parsed.list)}}
	slices.SortFunc(sorted.list, func(a, b variable) int { return strings.Compare(a.name, b.name) })
	for _, key := range sorted.keys() {
		entry, _ := x.parsed.get(key)
		own, ok := x.opts.lookup(key)
		switch {
		case !ok && jsInherited[key] != (inherited{}):
			return nil, x.fail(Crash)
		case ok && own != "" && own != entry.value:
			entry.value = own
		default:
			expanded, err := x.expandVite(entry.value)
			if err != nil {
				return nil, err
			}
			entry.value = expanded
		}
		x.parsed.set(key, resolveEscapes(entry.value))
	}
	for _, e := range x.parsed.list {
		if own, ok := x.opts.lookup(e.name); ok {
			x.parsed.set(e.name, own)
		}
	}
	return x.parsed.values(), nil
}

// viteProcess adds what loadEnv copies into process.env before it expands.
func (x *jsExpander) viteProcess() {
	copied := map[string]string{}
	add := func(from, to string) {
		if _, ok := x.opts.lookup(to); ok {
			return
		}
		if e, _ := x.parsed.get(from); e.value != "" {
			copied[to], _, _ = strings.Cut(e.value, "\x00")
		}
	}
	add("NODE_ENV", "VITE_USER_NODE_ENV")
	add("BROWSER", "BROWSER")
	add("BROWSER_ARGS", "BROWSER_ARGS")
	x.opts = x.opts.with(copied)
}

// expandVite is expandValue of that bundle.
func (x *jsExpander) expandVite(value string) (string, error) {
	seen := map[string]bool{}
	idle := 0 // rounds that led to a known value
	for round := 0; ; round++ {
		ref, ok := firstReference(value)
		if !ok {
			return value, nil
		}
		if seen[value] {
			idle++
		} else {
			idle = 0
		}
		seen[value] = true
		if idle > len(seen) || !x.spend(len(value)) || round == patience && x.cyclic(value) {
			return "", x.fail(TooLarge)
		}
		name, op, word := operator(ref.expression)
		text, isOwn := x.opts.lookup(name)
		inFile, isParsed := x.parsed.get(name)
		if !isOwn {
			text = inFile.value
		}
		proto, isProto := jsInherited[name]
		isProto = isProto && !isOwn && !isParsed

		replacement := word
		switch {
		case op == ":+" || op == "+":
			if text == "" && !isProto {
				replacement = ""
			}
		case isProto:
			var err error
			if value, err = x.replaceInherited(value, ref.template, proto); err != nil {
				return "", err
			}
			continue
		case text != "" && !seen[text]:
			replacement = text
		}
		value = jsReplace(value, ref.template, replacement)
		if isParsed && value == inFile.value {
			return value, nil
		}
	}
}
