package secrets

// Places are the traces of t that are not about encoded text: those do not depend
// on how a text was made.
func (t Traces) Places() (out [][5]int32) {
	for _, p := range t.list {
		if p.size == 0 {
			out = append(out, [5]int32{p.start, p.end, p.at, int32(p.anchor), int32(p.kind)})
		}
	}
	return out
}

// Whole tells whether an edited text is looked at as a whole.
func (t Traces) Whole() bool { return t.whole }
