package gitleaks

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"

	"github.com/zricethezav/gitleaks/v8/config"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
)

// The environment variables that gitleaks asks for a configuration: the path of
// one, and the text of one.
const (
	EnvConfig     = "GITLEAKS_CONFIG"
	EnvConfigTOML = "GITLEAKS_CONFIG_TOML"
)

// ConfigName is what a configuration is called in the directory that is scanned.
const ConfigName = ".gitleaks.toml"

// maxConfig is the size in bytes above which a configuration is refused. The
// default one has 100 KB.
const maxConfig = 4 << 20

// Options say where a configuration is. The zero value means the one in the
// working directory, if there is one.
type Options struct {
	// Path is what --config says; empty when it was not given.
	Path string
	// Getenv returns the value of an environment variable; nil for none.
	Getenv func(name string) string
	// Target is the directory that is scanned; empty for the working
	// directory.
	Target string
	// NoTarget tells that what is scanned has no directory, so that no file
	// in it is looked for: a file, standard input.
	NoTarget bool
	// Dir is the directory that relative paths count from; empty for the
	// working directory of the process.
	Dir string
	// ReadFile reads a file by a path as users write it, joined to Dir; where
	// there is none, the error is fs.ErrNotExist. Nil reads from the disk:
	// regular files only, whose size is bounded.
	ReadFile func(path string) ([]byte, error)
	// Name says what a path, joined to Dir, is called in diagnostics, which
	// count from the root of the run; nil leaves it, with "/".
	Name func(path string) string
}

// Config is the rules of a configuration and where they are from.
type Config struct {
	Rules secrets.RuleSet
	// Path is the file that was asked for, as users write it; empty when it
	// was none: the built-in rules, or [EnvConfigTOML].
	Path string
	// Files are all files that were read, in order, by the names they have in
	// diagnostics.
	Files []File
}

// File is a file that was read. Its text must not be changed.
type File struct {
	Name string
	Text []byte
}

// Load reads the configuration that gitleaks would read: that of Path, of the
// environment, of the directory that is scanned, or the built-in one.
//
// What is wrong in a file is in the diagnostics, in order of place, under [Rules];
// when one of them is an error, the configuration is nil, as half a set of rules
// would pass over what the other half is for. The error is not nil when there is
// no file where one was named, or it cannot be read.
func Load(o Options) (*Config, []envtight.Diagnostic, error) {
	l := newLoader(o)
	path, text, err := l.find(o)
	switch {
	case err != nil:
		return nil, nil, err
	case text == nil:
		rules, err := Default()
		return &Config{Rules: rules}, nil, err
	}
	name := EnvConfigTOML
	if path != "" {
		name = l.name(within(o.Dir, path))
	}
	src := l.add(name, text)
	c, ok := l.parse(src)
	if !ok {
		return nil, l.report.diagnostics(), nil
	}
	rules := l.translate(src, c, 0)
	if l.report.failed {
		return nil, l.report.diagnostics(), nil
	}
	out := &Config{Rules: rules.export(), Path: path, Files: l.files}
	if len(out.Rules.Rules) == 0 && len(l.report.found) == 0 { // other mistakes explain it
		l.report.add(ruleEffect, src, envtight.Span{}, "this configuration has no rules, so nothing can be found",
			"add rules, or take the built-in ones: [extend] with useDefault = true")
	}
	return out, l.report.diagnostics(), nil
}

// Default returns the rules of the gitleaks release that this module requires,
// in their own order. They are read once; the lists are the caller's own, and what
// the rules in them hold is shared and must not be changed.
func Default() (secrets.RuleSet, error) {
	set, err := builtin()
	set.Rules, set.Allow = slices.Clone(set.Rules), slices.Clone(set.Allow)
	return set, err
}

var builtin = sync.OnceValues(func() (secrets.RuleSet, error) {
	l := newLoader(Options{})
	rules := l.builtinRules(0)
	if l.report.failed || len(rules.rules) == 0 {
		return secrets.RuleSet{}, errors.New("read the rules of gitleaks: this release writes them in another form")
	}
	return rules.export(), nil
})

// AllowFiles returns an allowlist of whole files, by their paths from the root of
// what is scanned: gitleaks passes over its own configuration and baseline, which
// hold what looks like secrets. It is for [secrets.RuleSet.Allow].
func AllowFiles(paths ...string) secrets.Allowlist {
	out := secrets.Allowlist{Description: "files of gitleaks"}
	for _, path := range paths {
		out.Paths = append(out.Paths, "^"+regexp.QuoteMeta(cleanPath(path))+"$")
	}
	return out
}

// loader is the state of one Load.
type loader struct {
	report  reporter
	dir     string
	readOne func(path string) ([]byte, error)
	name    func(path string) string
	files   []File
	// builtin is gitleaks' own configuration, once it was needed.
	builtin *source
}

func newLoader(o Options) *loader {
	l := &loader{dir: o.Dir, readOne: o.ReadFile, name: o.Name}
	if l.readOne == nil {
		l.readOne = readRegular
	}
	if l.name == nil {
		l.name = filepath.ToSlash
	}
	return l
}

// find returns the text of the configuration and its path; a nil text means the
// built-in one.
func (l *loader) find(o Options) (path string, text []byte, err error) {
	getenv := o.Getenv
	if getenv == nil {
		getenv = func(string) string { return "" }
	}
	path = o.Path
	if path == "" {
		path = getenv(EnvConfig)
	}
	if path != "" {
		text, err = l.read(path)
		if err != nil {
			err = fmt.Errorf("the gitleaks configuration %s cannot be read: %w", path, bare(err))
		}
		return path, notNil(text), err
	}
	if content := getenv(EnvConfigTOML); content != "" {
		return "", []byte(content), nil
	}
	if o.NoTarget {
		return "", nil, nil
	}
	path = filepath.Join(o.Target, ConfigName)
	text, err = l.read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil, nil
	case err != nil:
		return "", nil, fmt.Errorf("the gitleaks configuration %s cannot be read: %w", path, bare(err))
	}
	return path, notNil(text), nil
}

func notNil(text []byte) []byte {
	if text == nil {
		return []byte{}
	}
	return text
}

// bare takes the path off an error of the file system, for messages that name it
// themselves.
func bare(err error) error {
	if inner := (*fs.PathError)(nil); errors.As(err, &inner) {
		return inner.Err
	}
	return err
}

// within is a path that counts from a directory.
func within(dir, path string) string {
	if dir == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

func (l *loader) read(path string) ([]byte, error) {
	text, err := l.readOne(within(l.dir, path))
	if err == nil && len(text) > maxConfig {
		err = errTooLarge
	}
	return text, err
}

var (
	errTooLarge   = fmt.Errorf("it is larger than %d MiB", maxConfig>>20)
	errNotRegular = errors.New("it is no regular file")
	errDirectory  = errors.New("it is a directory")
)

// readRegular reads a file from the disk.
func readRegular(path string) ([]byte, error) {
	file, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, maxConfig+1))
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return text, err
}

// openRegular opens a file, and no pipe or device, which might never end.
func openRegular(path string) (io.ReadCloser, error) {
	switch info, err := os.Stat(path); {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errDirectory
	case !info.Mode().IsRegular():
		return nil, errNotRegular
	}
	return os.Open(path)
}

// add takes a file up into those that were read.
func (l *loader) add(name string, text []byte) *source {
	src := newSource(name, text, len(l.files))
	l.files = append(l.files, File{Name: src.name, Text: text})
	return src
}

// parse reads one file without those that it extends; not ok when it is no TOML.
func (l *loader) parse(src *source) (c fileConfig, ok bool) {
	root, wrong := parseTOML(src.text)
	if wrong != nil {
		l.report.fail(src, wrong.at, wrong.message, "put regular expressions between ''' and '''")
		return fileConfig{}, false
	}
	r := reader{source: src, report: &l.report}
	return r.file(root), true
}

// builtinRules reads gitleaks' own configuration. It is known to be right (a test
// holds that), so it is read once and not checked.
func (l *loader) builtinRules(depth int) *ruleSet {
	text := []byte(config.DefaultConfig)
	l.builtin = newSource("the configuration of gitleaks", text, len(l.files))
	root, ok := treeOf(text)
	if !ok {
		l.report.fail(l.builtin, envtight.Span{}, "this is not TOML", "")
		return &ruleSet{}
	}
	r := reader{source: l.builtin, report: &l.report}
	return l.translate(l.builtin, r.file(root), depth)
}

func (s *ruleSet) export() secrets.RuleSet {
	out := secrets.RuleSet{Rules: make([]secrets.Rule, 0, len(s.order)), Allow: s.allow}
	for _, id := range s.order {
		out.Rules = append(out.Rules, s.rules[id].Rule)
	}
	return out
}
