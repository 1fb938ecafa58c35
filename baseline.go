package envtight

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// BaselineVersion is the version of the file form of a [Baseline].
const BaselineVersion = 1

// Baseline is a list of findings that were accepted, so that a run reports only
// what has come since. It holds fingerprints, and no value or hash of one.
type Baseline struct {
	Version int             `json:"version"`
	Entries []BaselineEntry `json:"entries"`
	// Path is where it was read from, for messages.
	Path string `json:"-"`
}

// BaselineEntry is one accepted finding.
type BaselineEntry struct {
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	// Where is for readers of the file; nothing parses it.
	Where  string `json:"where"`
	Reason string `json:"reason,omitempty"`
}

// NewBaseline accepts every finding of a report that is not suppressed, but not
// what Run itself found about suppressions: a list of exceptions does not excuse
// mistakes in itself. The entries are sorted by rule, place and fingerprint.
func NewBaseline(r *Report, reason string) *Baseline {
	b := &Baseline{Version: BaselineVersion, Entries: []BaselineEntry{}}
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		if d.Suppressed != nil || isOwn(d.Rule) {
			continue
		}
		entry := BaselineEntry{Fingerprint: d.Fingerprint, Rule: d.Rule, Where: d.where(), Reason: reason}
		if len(d.Cells) == 0 {
			b.Entries = append(b.Entries, entry)
		}
		for _, c := range d.Cells {
			entry.Fingerprint, entry.Where = c.Fingerprint, d.where()+" "+c.Environment
			b.Entries = append(b.Entries, entry)
		}
	}
	slices.SortFunc(b.Entries, func(x, y BaselineEntry) int {
		return strings.Compare(x.Rule+"\x00"+x.Where+"\x00"+x.Fingerprint, y.Rule+"\x00"+y.Where+"\x00"+y.Fingerprint)
	})
	return b
}

func (d *Diagnostic) where() string {
	if d.Location.Kind == AtPlatform && d.Name == "" {
		return d.Location.String()
	}
	return strings.Join(slices.DeleteFunc([]string{d.Location.Path, d.App, d.Name}, func(s string) bool { return s == "" }), " ")
}

// ReadBaseline reads what Write wrote. An unknown version is an error: guessing
// would hide findings.
func ReadBaseline(r io.Reader, path string) (*Baseline, error) {
	b := &Baseline{Path: path}
	if err := json.NewDecoder(r).Decode(b); err != nil {
		return nil, fmt.Errorf("read baseline %s: it is not what this program writes", path) // err may quote the file
	}
	if b.Version != BaselineVersion {
		return nil, fmt.Errorf("read baseline %s: its version is %d, this program knows %d", path, b.Version, BaselineVersion)
	}
	return b, nil
}

// Write writes the baseline as JSON, one entry a line.
func (b *Baseline) Write(w io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "{\"version\": %d, \"entries\": [", b.Version)
	for i, entry := range b.Entries {
		line, err := json.Marshal(entry)
		if err != nil {
			return fmt.Errorf("write baseline: %w", err)
		}
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString("\n  ")
		text.Write(line)
	}
	text.WriteString("\n]}\n")
	if _, err := io.WriteString(w, text.String()); err != nil {
		return fmt.Errorf("write baseline: %w", err)
	}
	return nil
}

// byFingerprint indexes the entries; a nil baseline has none.
func (b *Baseline) byFingerprint() map[string]BaselineEntry {
	index := map[string]BaselineEntry{}
	if b != nil {
		for _, entry := range b.Entries {
			index[entry.Fingerprint] = entry
		}
	}
	return index
}

// fingerprint gives each finding an identity that survives moved lines: the
// rule, the path, the variable and the place on a platform, or for findings about
// no variable the blanked line; then how many equal ones came before. A line that
// holds a variable is left out, as a value that no masker knows may stand in it.
// What has a fingerprint keeps it.
func (r *run) fingerprint() {
	slices.SortStableFunc(r.diagnostics, func(a, b Diagnostic) int { return compareDiagnostics(&a, &b) })
	seen := map[string]int{}
	for i := range r.diagnostics {
		d := &r.diagnostics[i]
		if d.Fingerprint == "" {
			line := ""
			if d.Name == "" {
				line = r.files.maskedLine(d.Location)
			}
			var at Place
			switch {
			case len(d.Cells) > 0:
				at = d.Cells[0].Place
			case d.Name == "":
				at = d.Location.Place // a place on a platform is all there is
			}
			id := hash(d.Rule, d.Location.Path, d.App, d.Name, d.Environment, at.Platform, at.Project, at.Service, line)
			d.Fingerprint = hash(id, strconv.Itoa(seen[id]))
			seen[id]++
		}
		for j := range d.Cells {
			d.Cells[j].Fingerprint = d.Fingerprint
		}
	}
}

// hash returns 128 bits of SHA-256 over the parts, in hexadecimal.
func hash(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
