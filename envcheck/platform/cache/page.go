package cache

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/envtight/envtight/envcheck"
)

// page is what the store knows of one group.
type page struct {
	// failed is when a run that asked last got no whole answer; zero: never.
	failed  time.Time
	entries map[string]entry
}

// entry is an answer, still encoded: a run needs few of those on a page.
type entry struct {
	stored time.Time
	text   []byte
}

// A page is text: a line "failed TIME", then a line "ID TIME JSON" for each entry.
// Times are nanoseconds since 1970.

func (p page) encode() []byte {
	var b bytes.Buffer
	b.WriteString("failed " + encodeTime(p.failed) + "\n")
	for _, id := range slices.Sorted(maps.Keys(p.entries)) {
		e := p.entries[id]
		b.WriteString(id + " " + encodeTime(e.stored) + " ")
		b.Write(e.text)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// decodePage returns an empty page for text that is none.
func decodePage(text []byte) page {
	p := page{entries: map[string]entry{}}
	first, rest, _ := strings.Cut(string(text), "\n")
	word, at, _ := strings.Cut(first, " ")
	failed, ok := decodeTime(at)
	if word != "failed" || !ok {
		return p
	}
	entries := map[string]entry{}
	for line := range strings.Lines(rest) {
		fields := strings.SplitN(line, " ", 3)
		if len(fields) != 3 || !strings.HasSuffix(line, "\n") {
			return p
		}
		stored, ok := decodeTime(fields[1])
		if !ok || fields[0] == "" {
			return p
		}
		entries[fields[0]] = entry{stored, []byte(strings.TrimSuffix(fields[2], "\n"))}
	}
	return page{failed, entries}
}

func encodeTime(t time.Time) string {
	if t.IsZero() {
		return "0"
	}
	return strconv.FormatInt(t.UnixNano(), 10)
}

func decodeTime(text string) (time.Time, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	if n == 0 {
		return time.Time{}, err == nil
	}
	return time.Unix(0, n), err == nil
}

// wireAnswer is an answer as it is written: all of it but values.
type wireAnswer struct {
	envcheck.Answer
	Settings []wireSetting // hides those of the answer
}

type wireSetting struct {
	envcheck.Setting
	Value    *struct{} `json:",omitempty"` // hides the setting's own
	Readable *struct{} `json:",omitempty"`
}

// keeps reports whether an answer may be kept: all of it is known, or it is known
// that there is nothing to know.
func keeps(a *envcheck.Answer) bool {
	return len(a.Incomplete) == 0 && (a.Complete || a.NoSuchEnvironment)
}

func encodeAnswer(a envcheck.Answer) ([]byte, error) {
	w := wireAnswer{Answer: a}
	if a.Settings != nil {
		w.Settings = make([]wireSetting, len(a.Settings))
	}
	for i, s := range a.Settings {
		w.Settings[i].Setting = s
	}
	return json.Marshal(w)
}

func decodeAnswer(text []byte) (envcheck.Answer, error) {
	var w wireAnswer
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return envcheck.Answer{}, err
	}
	a := w.Answer
	if w.Settings != nil {
		a.Settings = make([]envcheck.Setting, len(w.Settings))
	}
	for i, s := range w.Settings {
		a.Settings[i] = s.Setting
	}
	return a, nil
}
