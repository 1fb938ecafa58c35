package ecma

// thing is what an export of a file holds, as far as it has to do with variables.
type thing struct {
	meaning meaning
	reader  *wrapper
	// members are the readers among its properties.
	members map[string]*wrapper
}

// passed is a name that a file hands on from another.
type passed struct {
	exported, module, name string // "*" for all names
}

// exported is what a file is known to export.
type exported struct {
	things map[string]thing
	passed []passed
}

// findPassed notes what the file hands on, as far as the tokens go.
func (t *tokens) findPassed() []passed {
	var out []passed
	for i := range t.list {
		if t.list[i].word != wExport || t.accessed(i) {
			continue
		}
		switch open := i + 1; {
		case t.op(open) == '{':
			end := t.closing(open)
			module, ok := t.literal(end + 2)
			if end < 0 || !ok || t.word(end+1) != wFrom {
				continue
			}
			t.pairs(open, func(local, name int) {
				out = append(out, passed{t.name(name), module, t.name(local)})
			})
		case t.op(open) == '*' && t.word(open+1) == wFrom:
			if module, ok := t.literal(open + 2); ok {
				out = append(out, passed{"*", module, "*"})
			}
		case t.op(open) == '*' && t.word(open+1) == wAs && t.word(open+3) == wFrom:
			if module, ok := t.literal(open + 4); ok {
				out = append(out, passed{t.name(open + 2), module, "*"})
			}
		}
	}
	return out
}

// pairs calls do for each name of a list like { a, b as c, d: e }: with the token of
// the name inside and that of the name outside.
func (t *tokens) pairs(open int, do func(inside, outside int)) {
	end := t.closing(open)
	for i := open + 1; i < end; i = t.next(i, end) {
		switch {
		case t.word(i) == wType && t.isWord(i+1) || !t.isWord(i):
		case t.word(i+1) == wAs:
			do(i, i+2)
		case t.op(i+1) == ':':
			do(i+2, i)
		default:
			do(i, i)
		}
	}
}

// eachExport calls do for each name that the file exports of its own: with the token
// of the name inside and the name outside.
func (t *tokens) eachExport(do func(inside int, name string)) {
	for i := range t.list {
		switch {
		case t.list[i].word == wExport && !t.accessed(i):
			t.exportOf(i+1, do)
		case t.list[i].word == wModule && t.op(i+1) == '.' && t.name(i+2) == "exports" && t.op(i+3) == '=' && t.op(i+4) == '{':
			t.pairs(i+4, func(inside, outside int) { do(inside, t.name(outside)) })
		case t.isWord(i) && t.op(i+1) == '.' && t.op(i+3) == '=' && t.isWord(i+4) && t.name(i) == "exports":
			do(i+4, t.name(i+2))
		}
	}
}

func (t *tokens) exportOf(i int, do func(inside int, name string)) {
	isDefault := t.word(i) == wDefault
	if isDefault {
		i++
	}
	if t.word(i) == wAsync {
		i++
	}
	switch w := t.word(i); {
	case w == wFunction && t.op(i+1) == '*':
		i += 2
	case w == wFunction, w.declares(), w == wClass:
		i++
	case t.op(i) == '{':
		if end := t.closing(i); end >= 0 && t.word(end+1) != wFrom {
			t.pairs(i, func(inside, outside int) { do(inside, t.name(outside)) })
		}
		return
	case !isDefault:
		return
	}
	if !t.isWord(i) {
		return
	}
	name := t.name(i)
	if isDefault {
		name = "default"
	}
	do(i, name)
}

// exports returns what the file exports.
func (m *matcher) exports() exported {
	out := exported{passed: m.findPassed()}
	if len(m.readers) == 0 && len(m.names) <= 1 {
		return out
	}
	out.things = map[string]thing{}
	m.eachExport(func(inside int, name string) {
		g := m.names[m.name(inside)]
		if g == nil {
			return
		}
		for _, b := range g.bindings {
			switch {
			case b.from != 0:
			case b.meaning == environment || b.meaning == giver:
				out.things[name] = thing{meaning: b.meaning}
			case b.meaning == reader:
				out.things[name] = thing{meaning: reader, reader: m.readers[b.ref]}
			}
		}
	})
	if len(m.methods) > 0 {
		out.things["*"] = thing{meaning: module, members: m.methods}
	}
	return out
}
