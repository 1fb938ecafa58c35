package match

import (
	"regexp/syntax"
	"slices"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// maxStates bounds an automaton. One that needs more says of the rest that it may
// match.
const maxStates = 1 << 13

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
	// classes says which bytes are alike.
	classes [256]uint8
	beyond  uint8 // the class of runes beyond ASCII
	start   *state
	// sample has a byte of each class.
	sample []byte

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

// The states without a future: nothing matches, and unknown.
var (
	dead     = &state{}
	overflow = &state{}
)

func newAutomaton(tree *syntax.Regexp) *automaton { return &automaton{tree: tree} }

func (a *automaton) prepare() {
	a.once.Do(func() {
		prog, err := syntax.Compile(a.tree.Simplify())
		if err != nil {
			// The tree is part of one that was parsed: there is nothing that
			// cannot be compiled. An unknown automaton is still right.
			a.start = overflow
			return
		}
		a.prog = prog
		a.classify()
		a.states = map[string]*state{}
		a.seen = map[thread]bool{}
		a.start = a.state([]thread{{pc: uint32(prog.Start)}})
	})
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
func (a *automaton) state(from []thread) *state {
	clear(a.seen)
	a.buffer = a.buffer[:0]
	accepting := false
	for _, t := range from {
		if a.follow(t, &accepting) {
			break
		}
	}
	if len(a.buffer) == 0 && !accepting {
		return dead
	}
	key := make([]byte, 0, 1+4*len(a.buffer))
	if accepting {
		key = append(key, 1)
	}
	for _, t := range a.buffer {
		pc := t.pc << 1
		if t.uncertain {
			pc |= 1
		}
		key = append(key, byte(pc), byte(pc>>8), byte(pc>>16), byte(pc>>24))
	}
	if s := a.states[string(key)]; s != nil {
		return s
	}
	if len(a.states) >= maxStates {
		return overflow
	}
	s := &state{next: make([]atomic.Pointer[state], len(a.sample)), threads: slices.Clone(a.buffer), accepting: accepting}
	a.states[string(key)] = s
	return s
}

// follow puts a thread into the buffer, or those that it leads to. It tells
// whether a match is certain, so that threads that come later do not matter: what
// comes first is preferred.
func (a *automaton) follow(t thread, accepting *bool) (certain bool) {
	if a.seen[t] || t.uncertain && a.seen[thread{pc: t.pc}] {
		return false
	}
	a.seen[t] = true
	inst := &a.prog.Inst[t.pc]
	switch inst.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		return a.follow(thread{inst.Out, t.uncertain}, accepting) || a.follow(thread{inst.Arg, t.uncertain}, accepting)
	case syntax.InstCapture, syntax.InstNop:
		return a.follow(thread{inst.Out, t.uncertain}, accepting)
	case syntax.InstEmptyWidth:
		return a.follow(thread{inst.Out, true}, accepting)
	case syntax.InstMatch:
		*accepting = true
		return !t.uncertain
	case syntax.InstFail:
		return false
	}
	a.buffer = append(a.buffer, t)
	return false
}

// step makes the transition of a state by a class of bytes.
func (a *automaton) step(s *state, class uint8) *state {
	a.mu.Lock()
	defer a.mu.Unlock()
	if next := s.next[class].Load(); next != nil {
		return next
	}
	var to []thread
	for _, t := range s.threads {
		inst := &a.prog.Inst[t.pc]
		if class == a.beyond {
			if some, all := takesBeyond(inst); some {
				to = append(to, thread{inst.Out, t.uncertain || !all})
			}
		} else if takes(inst, rune(a.sample[class])) {
			to = append(to, thread{inst.Out, t.uncertain})
		}
	}
	next := a.state(to)
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
	// end is where the bytes begin that do not matter; when it is the end of
	// the text, that matters, too.
	end int
	// unknown is set when there was no room for the answer; all that is
	// behind may matter.
	unknown bool
}

// run looks at text from at on. It spends at most budget steps, and takes them
// from it.
func (a *automaton) run(text []byte, at int, budget *int) verdict {
	a.prepare()
	s := a.start
	if s == overflow {
		return verdict{maybe: true, end: len(text), unknown: true}
	}
	maybe := s.accepting
	limit := len(text)
	if limit-at > *budget {
		limit = at + max(0, *budget)
	}
	i := at
	for i < limit {
		c := text[i]
		width := 1
		if c >= utf8.RuneSelf {
			_, width = utf8.DecodeRune(text[i:])
		}
		class := a.classes[c]
		next := s.next[class].Load()
		if next == nil {
			next = a.step(s, class)
		}
		if next == dead {
			*budget -= i - at
			if c >= utf8.RuneSelf {
				// Whether these bytes are one rune depends on them all.
				return verdict{maybe: maybe, end: min(i+utf8.UTFMax, len(text))}
			}
			return verdict{maybe: maybe, end: i + 1}
		}
		if next == overflow {
			*budget -= i - at
			return verdict{maybe: true, end: len(text), unknown: true}
		}
		maybe = maybe || next.accepting
		s = next
		i += width
	}
	*budget -= i - at
	if limit < len(text) {
		return verdict{maybe: true, end: len(text), unknown: true}
	}
	return verdict{maybe: maybe, end: len(text)}
}
