package turbo

import "slices"

// Available says whether, and by what, a variable reaches a task.
type Available uint8

// The answers, from the weakest to the strongest.
const (
	// Withheld: in strict mode the task does not get it.
	Withheld Available = iota
	// Undecided: the mode is not known, for some command sets it by itself.
	Undecided
	// Loose: the task gets everything, and this is not part of its hash.
	Loose
	// BuiltIn: turbo lets it through by itself.
	BuiltIn
	// PassedThrough: it is let through, and not part of the hash: a result of
	// another value may be taken from the cache.
	PassedThrough
	// Inferred: it is given and part of the hash, for the package's framework
	// wants it.
	Inferred
	// Declared: it is given and part of the hash.
	Declared
)

// Available returns how a variable reaches the task, and the entry that says so;
// nil where none does.
func (r *Run) Available(name string) (Available, *Entry) {
	for _, list := range []List{r.Env, r.root.GlobalEnv} {
		if e := list.gives(name); e != nil {
			return Declared, e
		}
	}
	if r.infers(name) {
		return Inferred, nil
	}
	if e := r.PassThrough.gives(name); e != nil {
		return PassedThrough, e
	}
	if e := r.root.GlobalPassThrough.gives(name); e != nil && !r.PassThrough.takes(name) {
		return PassedThrough, e
	}
	switch {
	case r.loose():
		return Loose, nil
	case slices.ContainsFunc(builtin, func(p Pattern) bool { return p.Match(name) }) && !r.PassThrough.takes(name):
		return BuiltIn, nil
	case r.overruled:
		return Undecided, nil
	default:
		return Withheld, nil
	}
}

// infers reports whether the framework wants the name and no entry takes it away.
func (r *Run) infers(name string) bool {
	return r.framework != nil && !r.Env.takes(name) && !r.root.GlobalEnv.takes(name) &&
		slices.ContainsFunc(r.framework.env, func(p Pattern) bool { return p.Match(name) })
}

// loose reports whether the task sees everything. Turbo 1 is strict only where
// something is passed through.
func (r *Run) loose() bool {
	return r.root.Loose || r.root.Old && !r.root.GlobalPassThrough.Set && !r.PassThrough.Set
}

// gives returns the first entry that is about the name, unless another takes it
// away.
func (l List) gives(name string) *Entry {
	if l.takes(name) {
		return nil
	}
	for i := range l.Entries {
		if e := &l.Entries[i]; !e.Pattern.Negated() && e.Pattern.Match(name) {
			return e
		}
	}
	return nil
}

func (l List) takes(name string) bool {
	return slices.ContainsFunc(l.Entries, func(e Entry) bool { return e.Pattern.Negated() && e.Pattern.Match(name) })
}
