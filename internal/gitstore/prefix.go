package gitstore

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// MinPrefix is how many digits git asks for when a name is abbreviated.
const MinPrefix = 4

// WithPrefix returns the objects whose names begin with the given hexadecimal
// digits, of either case, in order, but no more than limit of them. Of fewer
// than [MinPrefix] digits, or anything else, it returns none.
func (s *Store) WithPrefix(digits string, limit int) (out []ID) {
	var fault error // then there is nothing to be had
	defer guard(armFaults(), &fault)
	digits = strings.ToLower(digits)
	if len(digits) < MinPrefix || len(digits) > 2*s.format.Size() || s.closed.Load() {
		return nil
	}
	first, err := hex.DecodeString(digits + "0"[:len(digits)%2])
	if err != nil {
		return nil
	}
	first = first[:len(digits)/2]
	add := func(id ID) bool {
		if strings.HasPrefix(id.String(), digits) && !slices.Contains(out, id) {
			out = append(out, id)
		}
		return len(out) < limit
	}
	for _, p := range s.packs {
		x := p.idx
		at := sort.Search(x.count, func(i int) bool { return bytes.Compare(x.id(i), first) >= 0 })
		for ; at < x.count && bytes.HasPrefix(x.id(at), first) && add(s.format.id(x.id(at))); at++ {
		}
	}
	for _, dir := range s.objects {
		// What cannot be listed is as good as missing.
		entries, _ := os.ReadDir(filepath.Join(dir, digits[:2]))
		for _, e := range entries {
			id, ok := s.format.parseHex([]byte(digits[:2] + e.Name()))
			if ok && len(e.Name()) == 2*s.format.Size()-2 && !add(id) {
				break
			}
		}
	}
	slices.SortFunc(out, ID.Compare)
	return out[:min(len(out), limit)]
}
