package secrets

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"

	"github.com/envtight/envtight"
)

// LiveRule is the rule that values which a platform has now are found under.
const LiveRule = "live-value"

// WithLive makes a detector look for live values, too: those of class secret that
// are long and random enough to stand for nothing else. They are found as they are
// and encoded: base64 wherever they begin in it, hexadecimal, percent, JSON; and
// values of several lines, however these are broken and indented. What was decoded
// is not searched again.
//
// The values stay in memory, and nothing that is made of them is written.
func WithLive(values []envtight.LiveValue) Option {
	return func(d *Detector) { d.live, d.passedOver = newLive(values) }
}

// SeeksLive tells whether live values are looked for. What was found in a text must
// not be remembered then: it changes when values do.
func (d *Detector) SeeksLive() bool { return d.live != nil }

// liveRule is that of matches. It has no expression, and no path.
var liveRule = &Rule{ID: LiveRule, Description: "A value that a platform has now, in a text that others can read."}

func describeLive() *envtight.Rule {
	return &envtight.Rule{
		ID: Topic + "/" + LiveRule, Title: kind(LiveRule), Default: envtight.Error, Since: "0.1",
		Doc: liveRule.Description + `

When the values of platforms are fetched, those of class secret are searched for in everything that is scanned: as they are, in base64 wherever they begin in it, ` +
			`in hexadecimal, escaped for addresses and for JSON, and keys of several lines however these are broken and indented. ` +
			`Such a finding is certain, and says where the value is in force. Short values and words, which anybody might write, are not searched for.

Neither paths nor marks of other programs allow it: the value is in force, so set a new one first.`,
	}
}

// inForce names the places of a value.
func inForce(places []envtight.Place) string {
	if len(places) == 0 {
		return "a platform"
	}
	out := places[0].String()
	if more := len(places) - 1; more > 0 {
		out += fmt.Sprintf(" and %d more", more)
	}
	return out
}

// live finds values. Its index is behind a function, out of reach of what prints.
type live struct {
	index func() *liveIndex
	// reach is how many bytes a value that begins or ends at a place may be away
	// from it.
	reach int
}

// liveIndex files all forms of all values under a few of their bytes.
type liveIndex struct {
	values []envtight.LiveValue
	forms  []form
	grams  map[uint64][]gram
	// filter has a bit for the hash of each gram.
	filter []uint64
	shift  uint
}

// gram is a place in a form.
type gram struct{ form, at int }

const (
	gramLen = 8
	// anchorLen is how many bytes of a form are filed, stride how many of a text
	// are passed over: every stretch of anchorLen bytes has a gram that is looked
	// at.
	anchorLen = 12
	stride    = anchorLen - gramLen + 1
	// maxLive is the size in bytes above which a value is not searched for. No
	// platform takes larger ones.
	maxLive = 64 << 10
	// maxSkipped bounds the white space at one place in a loose form, in bytes.
	maxSkipped = 256
)

// newLive returns nil when there is nothing to look for, and how many values of class
// secret could be anything.
func newLive(values []envtight.LiveValue) (l *live, passedOver int) {
	x := &liveIndex{grams: map[uint64][]gram{}}
	reach := 0
	for _, v := range values {
		text := bytes.TrimSpace([]byte(v.Value.Reveal()))
		if v.Class != envtight.ClassSecret {
			continue
		}
		if len(text) > maxLive || !isStrong(text) {
			passedOver++
			continue
		}
		for _, f := range formsOf(text) {
			f.value = len(x.values)
			x.file(f)
			reach = max(reach, f.reach()+1+maxPadding)
		}
		if v.Places == nil {
			v.Places = []envtight.Place{} // see Match.Live
		}
		x.values = append(x.values, v)
	}
	if len(x.values) == 0 {
		return nil, passedOver
	}
	x.makeFilter()
	return &live{index: func() *liveIndex { return x }, reach: reach}, passedOver
}

// file adds a form under the grams of its anchors.
func (x *liveIndex) file(f form) {
	n := len(x.forms)
	x.forms = append(x.forms, f)
	for _, anchor := range f.anchors() {
		for at := anchor; at < anchor+stride; at++ {
			key := binary.LittleEndian.Uint64(f.text[at:])
			x.grams[key] = append(x.grams[key], gram{n, at})
		}
	}
}

func (x *liveIndex) makeFilter() {
	const bitsPerGram, least = 32, 1 << 14
	size := uint(bits.Len(uint(max(least, bitsPerGram*len(x.grams)) - 1)))
	x.shift = 64 - size
	x.filter = make([]uint64, 1<<(size-6))
	for key := range x.grams {
		h := hash(key, x.shift)
		x.filter[h/64] |= 1 << (h % 64)
	}
}

// hash is Knuth's multiplicative one; shift is below 64.
func hash(key uint64, shift uint) uint64 { return key * 0x9e3779b97f4a7c15 >> (shift & 63) }

// liveHit is a value in a text.
type liveHit struct {
	envtight.Span
	value int
	// encoding is a tag as in [Match.Decoded]; empty for what stands as it is.
	encoding string
}

// find returns the values in text that span holds enough of: the whole of one is
// enough. They are ordered by place, and each stands there once.
func (l *live) find(text []byte, span envtight.Span) []liveHit {
	if l == nil {
		return nil
	}
	x := l.index()
	filter, shift := x.filter, x.shift
	var out []liveHit
	for at := span.Start; at+gramLen <= span.End; at += stride {
		key := binary.LittleEndian.Uint64(text[at:])
		if h := hash(key, shift); filter[h/64]&(1<<(h%64)) == 0 {
			continue
		}
		for _, g := range x.grams[key] {
			f := &x.forms[g.form]
			if span, ok := f.at(text, g.at, at); ok {
				out = append(out, liveHit{span, f.value, f.encoding})
			}
		}
	}
	return withoutInner(out)
}

// near is what has to be searched for all values that touch span: of an edited text,
// what is near each edit, and each place where something was cut out. What else is
// found was there before, and stands in copied bytes as a whole.
func (l *live) near(span envtight.Span, length int) envtight.Span {
	if l == nil {
		return envtight.Span{}
	}
	return envtight.Span{Start: max(0, span.Start-l.reach), End: min(length, span.End+l.reach)}
}

// matches are the values in a text.
func (l *live) matches(at *places) []Match {
	var out []Match
	for _, hit := range l.find(at.text, envtight.Span{Start: 0, End: len(at.text)}) {
		value := &l.index().values[hit.value]
		line := at.of(hit.Span).startLine
		m := Match{
			Rule: liveRule, Secret: value.Value, Live: value.Places, Span: hit.Span, Whole: hit.Span,
			StartLine: line, EndLine: line, StartColumn: 1, EndColumn: 1,
		}
		if hit.encoding != "" {
			m.Decoded = []string{hit.encoding}
		}
		out = append(out, m)
	}
	return out
}

// withoutInner sorts hits and drops those that another of the same value holds.
func withoutInner(hits []liveHit) []liveHit {
	slices.SortStableFunc(hits, func(a, b liveHit) int {
		return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
	})
	out := hits[:0]
	for _, h := range hits {
		if n := len(out); n > 0 && out[n-1].value == h.value && h.End <= out[n-1].End {
			continue
		}
		out = append(out, h)
	}
	slices.SortStableFunc(out, func(a, b liveHit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	return out
}

// isStrong tells whether a value is nothing that anybody might write by chance:
// long enough, and random. Of words, numbers and addresses much more is asked.
func isStrong(text []byte) bool {
	const leastBits = 36
	text = compact(text).text
	if i := bytes.Index(text, []byte("://")); i >= 0 {
		text = behindHost(text[i+3:])
	}
	if len(text) < anchorLen {
		return false
	}
	bits := entropy(text) * float64(len(text))
	if changes(text)*5 < len(text) {
		bits /= 2
	}
	return bits >= leastBits
}

// behindHost is what of an address may be secret: what is before the host, and the
// path.
func behindHost(address []byte) []byte {
	host, rest := address, []byte(nil)
	if i := bytes.IndexAny(address, "/?#"); i >= 0 {
		host, rest = address[:i], address[i:]
	}
	if i := bytes.LastIndexByte(host, '@'); i >= 0 {
		return append(bytes.Clone(host[:i]), rest...)
	}
	return rest
}

// changes counts where a digit, a capital and another letter stand side by side, as
// they do by chance about every other time.
func changes(text []byte) int {
	n := 0
	for i, c := range text[1:] {
		a, b := kindOfLetter(text[i]), kindOfLetter(c)
		if a != b && a != 0 && b != 0 {
			n++
		}
	}
	return n
}

func kindOfLetter(c byte) int {
	switch {
	case 'a' <= c && c <= 'z':
		return 1
	case 'A' <= c && c <= 'Z':
		return 2
	case '0' <= c && c <= '9':
		return 3
	case c >= 0x80:
		return 4
	}
	return 0
}
