package secrets

// Op is a run of bytes of an edited text: copied from its base, or new.
type Op struct {
	// Base is where the run stands in the base; negative when it is new.
	Base int64
	// Len is its length in bytes, at least 1.
	Len int64
}

// Sieve tells quickly whether a text can hold anything, looking at an edited text
// only where it was edited. It is for one goroutine; its detector may have many.
type Sieve struct {
	detector *Detector
}

// NewSieve makes a sieve.
func (d *Detector) NewSieve() *Sieve { return &Sieve{detector: d} }

// Traces are the places of a text where something may be. They hold no text, and
// are never changed, so that goroutines may share them.
type Traces struct {
	some bool
}

// None tells that [Detector.Inspect] finds nothing in the text, whatever its path.
func (t Traces) None() bool { return !t.some }

// Text looks at a whole text.
func (s *Sieve) Text(text []byte) Traces {
	return Traces{some: !s.detector.Inspect(text).None()}
}

// Edited looks at a text that was made from a base by ops, which cover it from
// start to end; traces are those of the base. It finds what Text would.
func (s *Sieve) Edited(text []byte, base Traces, ops []Op) Traces { return s.Text(text) }
