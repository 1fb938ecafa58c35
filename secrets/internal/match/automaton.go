package match

import (
	"regexp/syntax"
	"slices"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

const (
	// maxStates bounds an automaton. When it needs more, it forgets them all
	// and begins anew.
	maxStates = 1 << 12
	// stateCost is how many steps the making of a state counts for.
	stateCost = 64
)

// An automaton tells whether an expression may match from a place on, and which
// bytes that depends on. It matches too much rather than too little: what an
// expression asks about the place between two runes is taken to hold, and of
// runes beyond ASCII it knows only whether an expression has some.
//
// Its states are made when they are first needed. They are never changed then, but
// for their transitions, which are filled in; so goroutines share them.
type automaton struct {
	tree *syntax.Regexp

	once sync.Once
	prog *syntax.Prog
	// classes says which bytes are alike, and sample has one of each class.
	classes [256]uint8
	sample  []byte
	beyond  uint8 // the class of runes beyond ASCII
	machine atomic.Pointer[machine]
}

// A machine is the states of an automaton.
type machine struct {
	*automaton
	start *state

	mu     sync.Mutex
	states map[string]*state
	buffer []thread
	seen   map[thread]bool
}

// A state is where all ways through the expression may be, in the order in which
// package regexp prefers them.
type state struct {
	next    []atomic.Pointer[state]
	threads []thread
	// accepting is set when the expression may have matched.
	accepting bool
}

// A thread is a place in the program, and whether it is certain that a match can
// be there.
type thread struct {
	pc        uint32
	uncertain bool
}

// The states without a future: nothing matches any more, and no room.
var (
	dead     = &state{}
	overflow = &state{}
)

func newAutomaton(tree *syntax.Regexp) *automaton { return &automaton{tree: tree} }

func (a *automaton) prepare() {
	a.once.Do(func() {
		// The tree is part of one that was parsed: there is nothing that
		// cannot be compiled.
		a.prog, _ = syntax.Compile(a.tree.Simplify())
		a.classify()
		a.machine.Store(a.newMachine())
	})
}

// program is what the automaton was made of.
func (a *automaton) program() *syntax.Prog {
	a.prepare()
	return a.prog
}

func (a *automaton) newMachine() *machine {
	m := &machine{automaton: a, states: map[string]*state{}, seen: map[thread]bool{}}
	m.start = m.state([]thread{{pc: uint32(a.prog.Start)}})
	return m
}

// classify finds the bytes that all instructions treat alike.
func (a *automaton) classify() {
	var edges [utf8.RuneSelf + 1]bool
	edge := func(from, to rune) {
		if from < utf8.RuneSelf {
			edges[from] = true
			edges[min(to+1, utf8.RuneSelf)] = true
		}
	}
	for i := range a.prog.Inst {
		inst := &a.prog.Inst[i]
		switch inst.Op {
		case syntax.InstRuneAnyNotNL:
			edge('\n', '\n')
		case syntax.InstRune, syntax.InstRune1:
			if len(inst.Rune) == 1 {
				for b := range rune(utf8.RuneSelf) {
					if inst.MatchRune(b) {
						edge(b, b)
					}
				}
			}
			for i := 0; i+1 < len(inst.Rune); i += 2 {
				edge(inst.Rune[i], inst.Rune[i+1])
			}
		}
	}
	class := -1
	for b := range utf8.RuneSelf {
		if b == 0 || edges[b] {
			class++
			a.sample = append(a.sample, byte(b))
		}
		a.classes[b] = uint8(class)
	}
	a.beyond = uint8(class + 1)
	a.sample = append(a.sample, utf8.RuneSelf)
	for b := utf8.RuneSelf; b < 256; b++ {
		a.classes[b] = a.beyond
	}
}

// state returns the state of some threads, with all that they lead to without
// taking a byte. The caller holds the lock, or is alone.
func (m *machine) state(from []thread) *state {
	clear(m.seen)
	m.buffer = m.buffer[:0]
	accepting := false
	for _, t := range from {
		if m.follow(t, &accepting) {
			break
		}
	}
	if len(m.buffer) == 0 && !accepting {
		return dead
	}
	key := make([]byte, 0, 1+4*len(m.buffer))
	if accepting {
		key = append(key, 1)
	}
	for _, t := range m.buffer {
		pc := t.pc << 1
		if t.uncertain {
			pc |= 1
		}
		key = append(key, byte(pc), byte(pc>>8), byte(pc>>16), byte(pc>>24))
	}
	if s := m.states[string(key)]; s != nil {
		return s
	}
	if len(m.states) >= maxStates {
		return overflow
	}
	s := &state{next: make([]atomic.Pointer[state], len(m.sample)), threads: slices.Clone(m.buffer), accepting: accepting}
	m.states[string(key)] = s
	return s
}

// follow puts a thread into the buffer, or those that it leads to. It tells
// whether a match is certain, so that threads that come later do not matter: what
// comes first is preferred.
func (m *machine) follow(t thread, accepting *bool) (certain bool) {
	if m.seen[t] || t.uncertain && m.seen[thread{pc: t.pc}] {
		return false
	}
	m.seen[t] = true
	inst := &m.prog.Inst[t.pc]
	switch inst.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		return m.follow(thread{inst.Out, t.uncertain}, accepting) || m.follow(thread{inst.Arg, t.uncertain}, accepting)
	case syntax.InstCapture, syntax.InstNop:
		return m.follow(thread{inst.Out, t.uncertain}, accepting)
	case syntax.InstEmptyWidth:
		return m.follow(thread{inst.Out, true}, accepting)
	case syntax.InstMatch:
		*accepting = true
		return !t.uncertain
	case syntax.InstFail:
		return false
	}
	m.buffer = append(m.buffer, t)
	return false
}

// step makes the transition of a state by a class of bytes.
func (m *machine) step(s *state, class uint8) *state {
	m.mu.Lock()
	defer m.mu.Unlock()
	if next := s.next[class].Load(); next != nil {
		return next
	}
	var to []thread
	for _, t := range s.threads {
		inst := &m.prog.Inst[t.pc]
		if class == m.beyond {
			if some, all := takesBeyond(inst); some {
				to = append(to, thread{inst.Out, t.uncertain || !all})
			}
		} else if takes(inst, rune(m.sample[class])) {
			to = append(to, thread{inst.Out, t.uncertain})
		}
	}
	next := m.state(to)
	s.next[class].Store(next)
	return next
}

func takes(inst *syntax.Inst, r rune) bool {
	switch inst.Op {
	case syntax.InstRuneAny:
		return true
	case syntax.InstRuneAnyNotNL:
		return r != '\n'
	}
	return inst.MatchRune(r)
}

// takesBeyond tells whether an instruction takes some and all runes beyond ASCII.
func takesBeyond(inst *syntax.Inst) (some, all bool) {
	switch inst.Op {
	case syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true, true
	}
	if len(inst.Rune) == 1 {
		return takesRuneBeyond(inst), false
	}
	for i := 0; i+1 < len(inst.Rune); i += 2 {
		if inst.Rune[i+1] >= utf8.RuneSelf {
			some = true
			all = all || inst.Rune[i] <= utf8.RuneSelf && inst.Rune[i+1] == utf8.MaxRune
		}
	}
	return some, all
}

// takesRuneBeyond looks at an instruction for one rune, perhaps in any case.
func takesRuneBeyond(inst *syntax.Inst) bool {
	return inst.Rune[0] >= utf8.RuneSelf ||
		syntax.Flags(inst.Arg)&syntax.FoldCase != 0 && (inst.MatchRune('ſ') || inst.MatchRune('\u212a'))
}

// A verdict is what an automaton says of a place.
type verdict struct {
	// maybe is set when the expression may match.
	maybe bool
	// end is where the bytes begin that do not matter; when toEnd is set, it
	// matters, too, that the text ends there.
	end   int
	toEnd bool
	// unknown is set when there was no room for the answer; all that is
	// behind may matter.
	unknown bool
}

// leastSteps is how far a look at a place may always go. A few expressions that go far
// from many places spend the budget; the others, which are done in some steps, would be
// looked for in the whole text then.
const leastSteps = 256

// run looks at text from at on. It spends at most budget steps, or leastSteps when
// there are not as many left, and takes them from it.
func (a *automaton) run(text []byte, at int, budget *int) verdict {
	a.prepare()
	m := a.machine.Load()
	v, full := m.run(text, at, budget)
	if full && *budget > 0 {
		fresh := a.newMachine()
		a.machine.CompareAndSwap(m, fresh)
		v, full = fresh.run(text, at, budget)
	}
	if full {
		return verdict{maybe: true, end: len(text), toEnd: true, unknown: true}
	}
	return v
}

// run tells besides whether there was no room for a state.
func (m *machine) run(text []byte, at int, budget *int) (v verdict, full bool) {
	s := m.start
	maybe := s.accepting
	i := at
	limit := at + min(len(text)-at, max(*budget, leastSteps))
	for i < limit {
		c := text[i]
		width := 1
		if c >= utf8.RuneSelf {
			_, width = utf8.DecodeRune(text[i:])
		}
		class := m.classes[c]
		next := s.next[class].Load()
		if next == nil {
			*budget -= stateCost
			next = m.step(s, class)
		}
		if next == dead {
			*budget -= i - at
			if c >= utf8.RuneSelf {
				// Whether these bytes are one rune depends on them all.
				return verdict{maybe: maybe, end: min(i+utf8.UTFMax, len(text)), toEnd: i+utf8.UTFMax > len(text)}, false
			}
			return verdict{maybe: maybe, end: i + 1}, false
		}
		if next == overflow {
			*budget -= i - at
			return verdict{}, true
		}
		maybe = maybe || next.accepting
		s = next
		i += width
	}
	*budget -= i - at
	if limit < len(text) {
		return verdict{maybe: true, end: len(text), toEnd: true, unknown: true}, false
	}
	return verdict{maybe: maybe, end: len(text), toEnd: true}, false
}
