package secrets

import (
	"bytes"
	"encoding/binary"

	"github.com/envtight/envtight"
)

const (
	// minRepeated is the length in bytes from which a value is hidden also where it
	// stands once more. A shorter one is a part of many words.
	minRepeated = 6
	// maxAlike is how many values with the same end are told apart. Where there are
	// more, the end alone stands for them: too much is hidden then.
	maxAlike = 16
	// maxPiece is the length in bytes above which a value is filed in pieces, so that
	// no place of a text is compared for long.
	maxPiece = 256
	// endLen is how many bytes of the end of a value it is filed under.
	endLen = 4
)

// repeats finds values that are known to be secret wherever they stand: a rule finds
// a value by what is round it, and there may be nothing of that where the value is
// written a second time on the same line.
type repeats struct {
	byEnd map[uint32][][]byte
	// filter has a bit for the first two bytes of each end.
	filter [1 << 16 / 64]uint64
}

func (r *repeats) add(value []byte) {
	value = bytes.TrimSpace(value)
	for ; len(value) > maxPiece+minRepeated; value = value[maxPiece:] {
		r.file(value[:maxPiece])
	}
	if len(value) >= minRepeated {
		r.file(value)
	}
}

// addEncoded adds the usual ways to encode a value. Values of several lines are left
// out, whose forms may be broken anywhere.
func (r *repeats) addEncoded(value []byte) {
	if len(value) > maxPiece || isBroken(value) {
		return
	}
	for _, f := range formsOf(value) {
		r.add(f.text)
	}
}

func (r *repeats) file(value []byte) {
	if r.byEnd == nil {
		r.byEnd = map[uint32][][]byte{}
	}
	end := value[len(value)-endLen:]
	key := binary.LittleEndian.Uint32(end)
	known := r.byEnd[key]
	for _, other := range known {
		if bytes.Equal(other, value) {
			return
		}
	}
	if len(known) >= maxAlike {
		return
	}
	if len(known) == maxAlike-1 {
		value = end
	}
	r.byEnd[key] = append(known, value)
	two := binary.LittleEndian.Uint16(end)
	r.filter[two/64] |= 1 << (two % 64)
}

// in returns the places of the values in a part of a text. They may overlap.
func (r *repeats) in(text []byte, part envtight.Span) []envtight.Span {
	if len(r.byEnd) == 0 {
		return nil
	}
	var out []envtight.Span
	for at := part.Start; at+endLen <= part.End; at++ {
		two := binary.LittleEndian.Uint16(text[at:])
		if r.filter[two/64]&(1<<(two%64)) == 0 {
			continue
		}
		end := at + endLen
		for _, value := range r.byEnd[binary.LittleEndian.Uint32(text[at:])] {
			if bytes.HasSuffix(text[part.Start:end], value) {
				out = append(out, envtight.Span{Start: end - len(value), End: end})
			}
		}
	}
	return out
}
