package gitleaks

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
)

// IgnoreName is what the ignore file is called.
const IgnoreName = ".gitleaksignore"

// IgnoreOptions say where ignore files are.
type IgnoreOptions struct {
	// Path is what --gitleaks-ignore-path says: an ignore file, or a directory
	// with one; empty for the working directory.
	Path string
	// Target is the directory that is scanned, whose ignore file counts, too;
	// empty when it has none.
	Target string
	// History tells that whole histories are looked at: only then is it said
	// of entries with a commit that they match nothing.
	History bool
	// There tells whether a path is in the work tree: as long as it was not looked
	// at, nobody knows of entries about it. nil: none is.
	There func(path string) bool
	// Dir, ReadFile and Name are as in [Options].
	Dir      string
	ReadFile func(path string) ([]byte, error)
	Name     func(path string) string
}

// Ignore sets aside the findings that ignore files list. An entry is a
// fingerprint of gitleaks: the path, rule and line of a finding, with a commit in
// front when it is one of a history:
//
//	path:rule:line
//	commit:path:rule:line
//
// An entry with a commit matches a finding when this is any of the commits that
// added the secret to the path on that line; one without matches in whatever
// commit. A path may hold colons: rule and line are the last two parts.
type Ignore struct {
	history bool
	there   func(path string) bool
	looked  map[string]bool // paths of entries that were looked at
	// entries may hold an entry several times; all has them in their order.
	entries map[fingerprint][]*ignoreEntry
	all     []*ignoreEntry
	files   []File
}

// fingerprint is what gitleaks knows a finding by. The commit may be missing.
type fingerprint struct {
	commit, path, rule string
	line               int
}

type ignoreEntry struct {
	fingerprint
	reason   string
	location envtight.Location
	used     bool
}

// LoadIgnore reads the ignore files that there are. Lines that are no entry are in
// the diagnostics. The error is not nil when a file is there and cannot be read.
func LoadIgnore(o IgnoreOptions) (*Ignore, []envtight.Diagnostic, error) {
	l := newLoader(Options{Dir: o.Dir, ReadFile: o.ReadFile, Name: o.Name})
	out := &Ignore{history: o.History, there: o.There, looked: map[string]bool{}, entries: map[fingerprint][]*ignoreEntry{}}
	for _, path := range ignorePaths(o) {
		name := l.name(within(o.Dir, path))
		if slices.ContainsFunc(l.files, func(f File) bool { return f.Name == name }) {
			continue // the target is where the command runs
		}
		text, err := l.read(path)
		switch {
		case err == nil:
			out.read(l.add(name, text), &l.report)
		case isNoFile(err):
		default:
			return nil, nil, fmt.Errorf("the ignore file %s cannot be read: %w", path, bare(err))
		}
	}
	out.files = l.files
	return out, l.report.diagnostics(), nil
}

// ignorePaths returns where gitleaks looks.
func ignorePaths(o IgnoreOptions) []string {
	path := cmp.Or(o.Path, ".")
	paths := []string{filepath.Clean(path), filepath.Join(path, IgnoreName)}
	if o.Path == "" {
		paths = paths[1:]
	}
	if o.Target != "" {
		paths = append(paths, filepath.Join(o.Target, IgnoreName))
	}
	return paths
}

// isNoFile reports whether there is no file, so that none is left out: nothing, a
// directory, or a path below a file.
func isNoFile(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, errDirectory) || errors.Is(err, syscall.ENOTDIR)
}

// Files returns the files that were read. The slice is shared.
func (i *Ignore) Files() []File { return i.files }

// read takes up the entries of one file. The comment right above entries says why
// they are there.
func (i *Ignore) read(src *source, report *reporter) {
	start, reason := 0, ""
	comment := false
	for raw := range bytes.Lines(src.text) {
		at := envtight.Span{Start: start, End: start + len(bytes.TrimRight(raw, "\r\n"))}
		start += len(raw)
		line := strings.TrimSpace(string(raw))
		switch text, isComment := strings.CutPrefix(line, "#"); {
		case line == "":
			reason, comment = "", false
		case isComment:
			text = strings.TrimSpace(text)
			if comment && reason != "" {
				text = reason + " " + text
			}
			reason, comment = text, true
		default:
			comment = false
			i.add(src, at, line, reason, report)
		}
	}
}

func (i *Ignore) add(src *source, at envtight.Span, line, reason string, report *reporter) {
	id, ok := parseFingerprint(line)
	if !ok {
		report.add(ruleIgnoreEntry, src, at, "this is no entry, so it sets nothing aside", "write path:rule:line or commit:path:rule:line")
		return
	}
	entry := &ignoreEntry{fingerprint: id, reason: cmp.Or(reason, "listed in "+IgnoreName), location: src.location(at)}
	i.entries[id] = append(i.entries[id], entry)
	i.all = append(i.all, entry)
	i.looked[id.path] = false
}

// parseFingerprint reads an entry.
func parseFingerprint(text string) (fingerprint, bool) {
	rest, line, _ := cutLast(text)
	path, rule, ok := cutLast(rest)
	n, err := strconv.Atoi(line)
	if !ok || err != nil || n < 0 {
		return fingerprint{}, false
	}
	out := fingerprint{rule: rule, line: n}
	if commit, below, found := strings.Cut(path, ":"); found && isCommit(commit) {
		out.commit, path = strings.ToLower(commit), below
	}
	out.path = cleanPath(path)
	return out, out.path != "" && out.rule != ""
}

func cutLast(text string) (before, after string, ok bool) {
	at := strings.LastIndexByte(text, ':')
	if at < 0 {
		return "", "", false
	}
	return text[:at], text[at+1:], true
}

// isCommit reports whether a text is a whole name of a commit, by SHA-1 or
// SHA-256.
func isCommit(text string) bool {
	if len(text) != 40 && len(text) != 64 {
		return false
	}
	return strings.Trim(text, "0123456789abcdefABCDEF") == ""
}

// cleanPath writes a path as findings have it: with "/" and from the root of what
// was scanned.
func cleanPath(path string) string {
	return strings.TrimPrefix(strings.ReplaceAll(path, `\`, "/"), "./")
}

// Except implements [secrets.Exceptions].
func (i *Ignore) Except(f *secrets.Finding, _ []byte) *envtight.Suppressed {
	id := fingerprint{path: pathOf(f), rule: f.Rule.ID, line: lineOf(f)}
	entries := i.use(id)
	if f.History != nil {
		for _, added := range f.History.Added {
			id.line = added.Line
			id.commit = ""
			entries = append(entries, i.use(id)...)
			id.commit = strings.ToLower(added.Commit)
			entries = append(entries, i.use(id)...)
		}
	}
	if len(entries) == 0 {
		return nil
	}
	return &envtight.Suppressed{By: "ignore-file", Reason: entries[0].reason, Location: entries[0].location}
}

// use returns the entries with a fingerprint, which matched now.
func (i *Ignore) use(id fingerprint) []*ignoreEntry {
	entries := i.entries[id]
	for _, e := range entries {
		e.used = true
	}
	return slices.Clip(entries)
}

// pathOf is the path of a finding as gitleaks writes it.
func pathOf(f *secrets.Finding) string {
	if f.Location.Kind == envtight.AtMember {
		return f.Location.Path + "!" + f.Location.Member
	}
	return f.Location.Path
}

// lineOf is the line of a finding as gitleaks writes it: from 1, and 0 for a
// finding about a path.
func lineOf(f *secrets.Finding) int {
	if f.Whole.Len() == 0 {
		return 0
	}
	return f.StartLine + 1
}

// LookedAtFile implements [secrets.FileExceptions].
func (i *Ignore) LookedAtFile(path string) {
	if _, ok := i.looked[path]; ok {
		i.looked[path] = true
	}
}

// Unused implements [secrets.Exceptions]: it returns the entries that matched
// nothing, in their order.
func (i *Ignore) Unused(whole bool) []envtight.Diagnostic {
	var out []envtight.Diagnostic
	for _, e := range i.all {
		if e.used || !i.known(e, whole) {
			continue
		}
		advice := "remove the entry, or correct its line"
		if !i.history {
			advice = "unless the history needs it, remove the entry, or correct its line"
		}
		out = append(out, envtight.Diagnostic{
			Rule: ruleUnusedIgnore.ID, Severity: ruleUnusedIgnore.Default, Location: e.location,
			Message: "nothing is found that this entry is about", Advice: advice,
		})
	}
	return out
}

// known tells whether everything was looked at that an entry may be about.
func (i *Ignore) known(e *ignoreEntry, whole bool) bool {
	if e.commit != "" {
		return whole && i.history
	}
	return i.looked[e.path] || whole && (i.there == nil || !i.there(e.path))
}
