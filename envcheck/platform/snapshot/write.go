package snapshot

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// EncodeCells writes cells: sorted by their keys, the first of those with one key,
// without values. The same cells give the same bytes.
func EncodeCells(cells []Cell) []byte { return appendCells(nil, cells, isName) }

// appendCells writes the lists of provided names, the cells and the end.
func appendCells(dst []byte, cells []Cell, isName func(string) bool) []byte {
	sorted := make([]*Cell, len(cells))
	variables := 0
	for i := range cells {
		sorted[i] = cells[i].writable(isName)
		variables += len(cells[i].Answer.Settings)
	}
	slices.SortStableFunc(sorted, compareCells)
	sorted = slices.CompactFunc(sorted, func(a, b *Cell) bool { return compareCells(a, b) == 0 })
	dst = slices.Grow(dst, 128*variables+1024*len(sorted)+256)
	dst, provided := appendProvided(dst, sorted)
	variables = 0
	for i, c := range sorted {
		dst = appendCell(dst, c, provided[i])
		variables += len(c.Answer.Settings)
	}
	dst = append(dst, "end cells="...)
	dst = strconv.AppendInt(dst, int64(len(sorted)), 10)
	dst = append(dst, " variables="...)
	dst = strconv.AppendInt(dst, int64(variables), 10)
	return append(dst, '\n')
}

// appendProvided writes each list of provided names once, numbered in the order in
// which the cells first name them, and returns each cell's number; 0: it has none.
func appendProvided(dst []byte, cells []*Cell) ([]byte, []int) {
	numbers := make([]int, len(cells))
	known := map[string]int{}
	for i, c := range cells {
		if len(c.Answer.Provided) == 0 {
			continue
		}
		var line []byte
		for _, name := range c.Answer.Provided {
			line = appendWord(append(line, ' '), name)
		}
		number, ok := known[string(line)]
		if !ok {
			number = len(known) + 1
			known[string(line)] = number
			dst = strconv.AppendInt(append(dst, "provided "...), int64(number), 10)
			dst = append(append(dst, line...), '\n')
		}
		numbers[i] = number
	}
	return dst, numbers
}

func appendCell(dst []byte, c *Cell, provided int) []byte {
	a := &c.Answer
	dst = append(dst, "cell"...)
	for _, word := range []string{c.App, c.Environment, c.Platform} {
		dst = appendWord(append(dst, ' '), word)
	}
	switch {
	case a.NoSuchEnvironment:
		dst = append(dst, " no-such-environment"...)
	case a.Complete:
		dst = append(dst, " complete"...)
	default:
		dst = append(dst, " incomplete"...)
	}
	dst = appendField(dst, "token", c.Token)
	dst = appendCount(dst, "provided", provided)
	dst = append(dst, "\nlink"...)
	dst = appendField(dst, "team", c.Team)
	dst = appendField(dst, "project", c.Project)
	dst = appendField(dst, "service", c.Service)
	dst = appendField(dst, "environment", c.Ref.Name)
	dst = appendField(dst, "branch", c.Ref.Branch)
	dst = appendCount(dst, "pull", c.Ref.Pull.Number)
	dst = appendField(dst, "pull-repository", c.Ref.Pull.Repository)
	dst = append(dst, '\n')
	if p := a.Place; p != (envtight.Place{}) {
		dst = append(dst, "place"...)
		dst = appendField(dst, "project", p.Project)
		dst = appendField(dst, "service", p.Service)
		dst = appendField(dst, "environment", p.Environment)
		dst = append(dst, '\n')
	}
	dst = appendFacts(dst, &a.Project)
	dst = appendGaps(dst, a.Incomplete)
	dst = appendNames(dst, "environments", a.Environments)
	dst = appendNames(dst, "copies", a.Project.Copies)
	dst = appendNames(dst, "not-copied", a.Project.NotCopied)
	for i := range a.Project.Branches {
		dst = appendBranch(dst, &a.Project.Branches[i])
	}
	for i := range a.Settings {
		dst = appendSetting(dst, &a.Settings[i])
	}
	return dst
}

func appendFacts(dst []byte, f *envcheck.ProjectFacts) []byte {
	before := len(dst)
	dst = append(dst, "facts"...)
	empty := len(dst)
	dst = appendField(dst, "id", f.ID)
	dst = appendField(dst, "name", f.Name)
	dst = appendField(dst, "environment-id", f.EnvironmentID)
	dst = appendField(dst, "service-id", f.ServiceID)
	dst = appendField(dst, "repository", f.Repository)
	if f.RootKnown && isWord(f.RootDirectory) {
		dst = appendWord(append(dst, " root="...), f.RootDirectory)
	}
	if f.Ephemeral {
		dst = append(dst, " ephemeral"...)
	}
	dst = appendField(dst, "copy-of", f.CopyOf)
	dst = appendTime(dst, "deployed", f.Deployed)
	dst = appendField(dst, "deployment", f.Deployment)
	if len(dst) == empty {
		return dst[:before]
	}
	return append(dst, '\n')
}

func appendGaps(dst []byte, gaps []envtight.Incompleteness) []byte {
	for i := range gaps {
		word, ok := silences[gaps[i].Silence]
		if !ok {
			word = silences[envtight.Failed]
		}
		dst = append(append(dst, "gap "...), word...)
		dst = appendWord(append(dst, ' '), clip(gaps[i].Cause))
		dst = appendWord(append(dst, ' '), clip(gaps[i].Advice))
		if gaps[i].Count > 1 {
			dst = appendCount(dst, "count", gaps[i].Count)
		}
		dst = append(dst, '\n')
	}
	return dst
}

func appendSetting(dst []byte, s *envcheck.Setting) []byte {
	dst = appendWord(append(dst, "  "...), s.Name)
	dst = append(append(dst, ' '), s.State.String()...)
	if isType(s.Type) {
		dst = appendField(dst, "type", s.Type)
	}
	if int(s.Storage) < len(storages) {
		dst = appendField(dst, "storage", storages[s.Storage])
	}
	if s.Shared {
		dst = append(dst, " shared"...)
	}
	if s.Referenced {
		dst = append(dst, " referenced"...)
	}
	dst = appendField(dst, "managed", s.Managed)
	dst = appendField(dst, "branch", s.Branch)
	dst = appendTime(dst, "updated", s.Updated)
	for i := range s.References {
		dst = appendReference(dst, &s.References[i])
	}
	return append(dst, '\n')
}

func appendReference(dst []byte, r *envcheck.Reference) []byte {
	text, resolution := r.Text, r.Resolution
	if !isReference(text) {
		text = noReference
	}
	if int(resolution) >= len(resolutions) {
		resolution = envcheck.Undecided
	}
	dst = appendField(dst, resolutions[resolution], text)
	if resolution == envcheck.Dangling {
		dst = appendField(dst, "why", r.Why)
	}
	return dst
}

// appendField writes " key=word", and nothing for a word that is not known or too
// long to be one.
func appendField(dst []byte, key, word string) []byte {
	if word == "" || !isWord(word) {
		return dst
	}
	dst = append(append(dst, ' '), key...)
	return appendWord(append(dst, '='), word)
}

// appendCount writes " key=n" for a number above 0.
func appendCount(dst []byte, key string, n int) []byte {
	if n <= 0 {
		return dst
	}
	dst = append(append(append(dst, ' '), key...), '=')
	return strconv.AppendInt(dst, min(int64(n), math.MaxInt32), 10)
}

// appendNames writes a line of names, if there are any.
func appendNames(dst []byte, keyword string, names []string) []byte {
	if len(names) == 0 {
		return dst
	}
	dst = append(dst, keyword...)
	for _, name := range names {
		dst = appendWord(append(dst, ' '), name)
	}
	return append(dst, '\n')
}

// appendBranch writes a line "branch" and, below it, the names that are set there.
func appendBranch(dst []byte, b *envcheck.BranchSettings) []byte {
	dst = appendWord(append(dst, "branch "...), b.Branch)
	dst = appendTime(dst, "updated", b.Updated)
	dst = append(dst, '\n')
	return appendNames(dst, "on-branch", b.Names)
}

func appendTime(dst []byte, key string, t time.Time) []byte {
	if !isTime(t) {
		return dst
	}
	dst = append(append(append(dst, ' '), key...), '=')
	return t.UTC().AppendFormat(dst, time.RFC3339Nano)
}

func appendWord(dst []byte, word string) []byte {
	if isBare(word) {
		return append(dst, word...)
	}
	return strconv.AppendQuote(dst, word)
}
