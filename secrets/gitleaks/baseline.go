package gitleaks

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
)

// maxBaseline is the size in bytes above which a baseline is refused.
const maxBaseline = 512 << 20

// Baseline sets aside the findings of an earlier report of gitleaks, or of
// --format gitleaks-json here. A finding is one of the report when rule, file,
// lines, columns and entropy are the same, the commit is one of those that added
// it, and so is the secret. Of a redacted report the secret is not compared, as
// in gitleaks when it redacts.
//
// The texts of secrets are not kept: what is compared is their HMAC under a key of
// this baseline.
type Baseline struct {
	name    string
	key     [sha256.Size]byte
	entries map[fingerprint][]*baselineEntry
	count   int
}

// baselineEntry is what a fingerprint does not hold.
type baselineEntry struct {
	endLine, startColumn, endColumn int
	entropy                         float64
	// secret is nil when the report is redacted.
	secret []byte
	used   bool
}

// BaselineOptions say where a baseline is.
type BaselineOptions struct {
	// Path is what --baseline-path says; Dir is as in [Options].
	Path, Dir string
	// Open opens a file by a path as users write it, joined to Dir; nil opens
	// it on the disk, regular files only.
	Open func(path string) (io.ReadCloser, error)
	// Name is as in [Options].
	Name func(path string) string
}

// LoadBaseline reads a report. The error is not nil when it cannot be read or is
// no report of gitleaks in JSON; it quotes nothing of it.
func LoadBaseline(o BaselineOptions) (*Baseline, error) {
	open := o.Open
	if open == nil {
		open = openRegular
	}
	name := o.Name
	if name == nil {
		name = filepath.ToSlash
	}
	file, err := open(within(o.Dir, o.Path))
	if err != nil {
		return nil, fmt.Errorf("the gitleaks baseline %s cannot be read: %w", o.Path, bare(err))
	}
	b := newBaseline(name(within(o.Dir, o.Path)))
	err = b.read(io.LimitReader(file, maxBaseline+1))
	_ = file.Close() // it was only read
	if err != nil {
		return nil, fmt.Errorf("the gitleaks baseline %s cannot be read: %w", o.Path, err)
	}
	return b, nil
}

func newBaseline(name string) *Baseline {
	b := &Baseline{name: name, entries: map[fingerprint][]*baselineEntry{}}
	_, _ = rand.Read(b.key[:]) // it never fails
	return b
}

// reportEntry is the part of an entry of a report that is compared. The text of the
// secret is a [envtight.Secret] from the first.
type reportEntry struct {
	RuleID                 string
	StartLine, EndLine     int
	StartColumn, EndColumn int
	Secret                 envtight.Secret
	File, Commit           string
	Entropy                float64
}

// read takes up one entry after another: a report of a large history has hundreds
// of megabytes.
func (b *Baseline) read(r io.Reader) error {
	counted := &countingReader{r: r}
	decoder := json.NewDecoder(counted)
	start, err := decoder.Token()
	if err == nil && start == nil {
		return nil // "null": gitleaks' report of nothing
	}
	if err != nil || start != json.Delim('[') {
		return errNoReport
	}
	for decoder.More() {
		var e reportEntry
		if err := decoder.Decode(&e); err != nil {
			return counted.explain()
		}
		b.add(&e)
	}
	if _, err := decoder.Token(); err != nil {
		return counted.explain()
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return counted.explain()
	}
	return nil
}

var errNoReport = errors.New("it is no report of gitleaks in JSON")

// countingReader knows whether a file ended only because it is too large.
type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func (c *countingReader) explain() error {
	if c.n > maxBaseline {
		return fmt.Errorf("it is larger than %d MiB", maxBaseline>>20)
	}
	return errNoReport
}

func (b *Baseline) add(e *reportEntry) {
	id := fingerprint{commit: strings.ToLower(e.Commit), path: cleanPath(e.File), rule: e.RuleID, line: e.StartLine}
	entry := &baselineEntry{endLine: e.EndLine, startColumn: e.StartColumn, endColumn: e.EndColumn, entropy: e.Entropy}
	if secret := e.Secret.Reveal(); !isRedacted(secret) {
		entry.secret = b.digest(secret)
	}
	b.entries[id] = append(b.entries[id], entry)
	b.count++
}

// isRedacted reports whether gitleaks replaced a secret, or its end.
func isRedacted(secret string) bool { return secret == "REDACTED" || strings.HasSuffix(secret, "...") }

func (b *Baseline) digest(secret string) []byte {
	mac := hmac.New(sha256.New, b.key[:])
	_, _ = io.WriteString(mac, secret) // it never fails
	return mac.Sum(nil)
}

// Except implements [secrets.Exceptions].
func (b *Baseline) Except(f *secrets.Finding, _ []byte) *envtight.Suppressed {
	id := fingerprint{path: pathOf(f), rule: f.Rule.ID, line: lineOf(f)}
	known := b.holds(id, f)
	if f.History != nil {
		for _, added := range f.History.Added {
			id.commit, id.line = strings.ToLower(added.Commit), added.Line
			known = b.holds(id, f) || known
		}
	}
	if !known {
		return nil
	}
	return &envtight.Suppressed{By: "baseline", Reason: "in " + b.name, Location: envtight.WholeFile(b.name)}
}

// holds reports whether there is an entry about a finding, at one of the places
// that it was added at.
func (b *Baseline) holds(id fingerprint, f *secrets.Finding) bool {
	entries := b.entries[id]
	if len(entries) == 0 {
		return false
	}
	digest := b.digest(f.Secret.Reveal())
	found := false
	for _, e := range entries {
		if e.matches(f, id, digest) {
			e.used, found = true, true
		}
	}
	return found
}

func (e *baselineEntry) matches(f *secrets.Finding, id fingerprint, digest []byte) bool {
	if e.secret != nil && !bytes.Equal(e.secret, digest) {
		return false
	}
	lines := f.EndLine - f.StartLine
	// gitleaks sums up entropies in any order, and rounds them to 32 bits.
	return e.endLine-id.line == lines && math.Abs(e.entropy-f.Entropy) < 1e-4 && e.sameColumns(f, id.commit != "")
}

// sameColumns compares columns. gitleaks counts those of the first line from 1 and
// those of all others from 2; in a history its first line is that of a hunk.
func (e *baselineEntry) sameColumns(f *secrets.Finding, hunk bool) bool {
	start, end := e.startColumn-f.StartColumn, e.endColumn-f.EndColumn
	if hunk {
		return -1 <= start && start <= 1 && -1 <= end && end <= 1
	}
	return start == 0 && end == 0
}

// Unused implements [secrets.Exceptions]: it tells in one finding how many entries
// matched nothing.
func (b *Baseline) Unused(whole bool) []envtight.Diagnostic {
	if !whole {
		return nil
	}
	unused := 0
	for _, entries := range b.entries {
		for _, e := range entries {
			if !e.used {
				unused++
			}
		}
	}
	if unused == 0 {
		return nil
	}
	return []envtight.Diagnostic{{
		Rule: ruleUnusedIgnore.ID, Severity: ruleUnusedIgnore.Default, Location: envtight.WholeFile(b.name),
		Message: fmt.Sprintf("%d of %d entries of this baseline match nothing", unused, b.count),
		Advice:  "write it anew with --format gitleaks-json",
	}}
}
