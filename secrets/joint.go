package secrets

import (
	"regexp"
	"sort"
	"sync"

	"github.com/envtight/envtight"
)

// joints are where a literal ends to which the next one is added, by an operator of
// any language or by none: "a" + "b", 'a' . 'b', "a" "b".
var joints = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("[\"'`]\\s*(?:(?:\\+\\+?|\\.\\.?|&|\\|\\||<>|~|\\\\)\\s*)?[\"'`]")
})

// acrossJoints returns where secrets stand in a text that is written in pieces.
func (d *Detector) acrossJoints(text []byte) []envtight.Span {
	gaps := joints().FindAllIndex(text, -1)
	if len(gaps) == 0 {
		return nil
	}
	j := join(text, gaps)
	var out []envtight.Span
	for _, c := range d.candidates(j.text) {
		if c.compile() != nil {
			continue // its lines are hidden as a whole
		}
		for _, s := range c.findShown(j.text, c.windows) {
			if first := sort.SearchInts(j.joints, s.Start+1); first < len(j.joints) && j.joints[first] < s.End {
				out = append(out, envtight.Span{Start: j.origin(s.Start), End: j.origin(s.End-1) + 1})
			}
		}
	}
	return out
}

// A joined is the lines of a text that have joints, without these.
type joined struct {
	text   []byte
	joints []int
	// Piece n begins at starts[n], and in the original at origins[n].
	starts, origins []int
}

func join(text []byte, gaps [][]int) *joined {
	j := &joined{}
	begin, end := 0, -1 // what is to be copied next, and the end of its line
	for _, gap := range gaps {
		if gap[0] > end {
			if end >= 0 {
				j.copy(text, begin, min(end+1, len(text)))
			}
			begin = lineAt(text, gap[0]).Start
		}
		j.copy(text, begin, gap[0])
		j.joints = append(j.joints, len(j.text))
		if begin = gap[1]; begin > end {
			end = lineAt(text, begin).End
		}
	}
	j.copy(text, begin, end)
	return j
}

func (j *joined) copy(text []byte, from, to int) {
	j.starts, j.origins = append(j.starts, len(j.text)), append(j.origins, from)
	j.text = append(j.text, text[from:to]...)
}

// origin is where a byte stood.
func (j *joined) origin(offset int) int {
	piece := sort.SearchInts(j.starts, offset+1) - 1
	return j.origins[piece] + offset - j.starts[piece]
}
