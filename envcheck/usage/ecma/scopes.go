package ecma

import (
	"cmp"
	"slices"
)

// meaning is what a variable is known to hold.
type meaning uint8

const (
	unknown     meaning = iota // something else: it hides what is outside
	environment                // the environment
	processes                  // process, or a module that is like it
	globals                    // globalThis
	giver                      // a function that returns the environment
	reader                     // a function that reads the variable that it is told: ref is its index
	constant                   // a string: ref is its token
	module                     // all that another file exports: ref is the import
)

// binding is a variable, and the tokens between which its name means it.
type binding struct {
	at       int // the token that declares it
	from, to int
	meaning  meaning
	ref      int
}

// scopes knows what some names mean at each place of a file. Only names that
// somebody asks for are followed.
type scopes struct {
	*tokens
	names map[string]*group
	// meant is the binding of each use of the names.
	meant map[int]*binding
}

// group is all that one name is declared as.
type group struct {
	bindings []*binding
	byToken  map[int]*binding
	uses     []int
	followed bool
}

func newScopes(t *tokens) *scopes {
	return &scopes{tokens: t, names: map[string]*group{}}
}

// follow asks for a name.
func (s *scopes) follow(name string) *group {
	g := s.names[name]
	if g == nil {
		g = &group{byToken: map[int]*binding{}}
		s.names[name] = g
	}
	return g
}

// bind adds a variable that is declared by the token at, or sets what one holds. It
// reports whether that is news.
func (s *scopes) bind(at int, m meaning, ref int) bool {
	from, to, ok := s.declared(at)
	if !ok {
		return false
	}
	return s.bindTo(s.name(at), &binding{at: at, from: from, to: to, meaning: m, ref: ref})
}

func (s *scopes) bindTo(name string, b *binding) bool {
	g := s.follow(name)
	if old := g.byToken[b.at]; old != nil {
		news := old.meaning == unknown && b.meaning != unknown
		if news {
			old.meaning, old.ref = b.meaning, b.ref
		}
		return news
	}
	g.add(b)
	return true
}

func (g *group) add(b *binding) {
	g.byToken[b.at] = b
	g.bindings = append(g.bindings, b)
}

// resolve finds what the names mean that are followed.
func (s *scopes) resolve() {
	s.find()
	s.meant = map[int]*binding{}
	for _, g := range s.names {
		s.sweep(g)
	}
}

// find collects the declarations and uses of names that are newly followed.
func (s *scopes) find() {
	fresh := false
	for _, g := range s.names {
		fresh = fresh || !g.followed
	}
	if !fresh {
		return
	}
	for i := range s.list {
		tok := &s.list[i]
		if tok.kind != wordToken || s.accessed(i) {
			continue
		}
		g := s.names[string(s.text[tok.start:tok.end])]
		if g == nil || g.followed {
			continue
		}
		if g.byToken[i] == nil {
			if from, to, ok := s.declared(i); ok {
				g.add(&binding{at: i, from: from, to: to})
			}
		}
		g.uses = append(g.uses, i)
	}
	for _, g := range s.names {
		g.followed = true
	}
}

// sweep goes through the uses of a name, with those bindings on a stack that are in
// force.
func (s *scopes) sweep(g *group) {
	slices.SortStableFunc(g.bindings, func(a, b *binding) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to))
	})
	var stack []*binding
	next := 0
	for _, use := range g.uses {
		for next < len(g.bindings) && g.bindings[next].from <= use {
			stack = append(stack, g.bindings[next])
			next++
		}
		for len(stack) > 0 && stack[len(stack)-1].to <= use {
			stack = stack[:len(stack)-1]
		}
		if len(stack) > 0 {
			s.meant[use] = stack[len(stack)-1]
		}
	}
}

// means returns what the name at i holds: unknown for what is no variable of the
// file, and for names that nobody follows.
func (s *scopes) means(i int) (meaning, *binding) {
	if b := s.meant[i]; b != nil {
		return b.meaning, b
	}
	return unknown, nil
}
