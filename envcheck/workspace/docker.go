package workspace

import (
	"bytes"
	pathpkg "path"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/compose"
)

// IsDockerfile reports whether a base name is that of a Dockerfile.
func IsDockerfile(base string) bool {
	if strings.HasSuffix(base, ".dockerignore") {
		return false
	}
	lower := strings.ToLower(base)
	return lower == "dockerfile" || lower == "containerfile" || strings.HasSuffix(lower, ".dockerfile") || strings.HasPrefix(lower, "dockerfile.")
}

// IsComposeFile reports whether a base name is that of a compose file: the
// names that docker compose looks for, and variants with a word in between.
func IsComposeFile(base string) bool {
	stem, ok := strings.CutSuffix(base, ".yml")
	if !ok {
		stem, ok = strings.CutSuffix(base, ".yaml")
	}
	if !ok {
		return false
	}
	for _, name := range []string{"docker-compose", "compose"} {
		if rest, ok := strings.CutPrefix(stem, name); ok && (rest == "" || strings.ContainsRune(".-_", rune(rest[0]))) {
			return true
		}
	}
	return false
}

// composeFile is what is used of a compose file.
type composeFile struct {
	path     string
	text     []byte
	lines    *envtight.Lines
	services []composeService
	// interpolates tells that it uses variables, which compose reads from
	// ".env" in the file's directory.
	interpolates bool
}

type composeService struct {
	name       string
	context    string // "" when it is not built here
	dockerfile string
	envFiles   []composeEnvFile
	sets       bool // it sets variables by itself
}

type composeEnvFile struct {
	path string
	at   envtight.Location
}

// readCompose reads the compose files of the tree. One whose YAML cannot be
// parsed is reported.
func (l *load) readCompose() {
	for _, f := range l.tree.Files {
		if !IsComposeFile(f.Base()) || isSample(pathpkg.Dir(f.Path)) || l.outOfSight(&dirFacts{dir: pathpkg.Dir(f.Path)}) {
			continue
		}
		text, ok := l.read(f.Path)
		if !ok {
			continue
		}
		file := &composeFile{path: f.Path, text: text, lines: envtight.NewLines(text), interpolates: bytes.Contains(text, []byte("${"))}
		if composeMatters(text) {
			parsed, err := compose.Parse(f.Path, text)
			if err != nil {
				l.malformed(f.Path, text, yamlFlaw(f.Path, text, err))
				continue
			}
			file.read(parsed)
		}
		l.compose = append(l.compose, file)
	}
}

// composeMatters is a cheap look whether parsing can bring anything.
func composeMatters(text []byte) bool {
	return bytes.Contains(text, []byte("build")) || bytes.Contains(text, []byte("env_file"))
}

func (c *composeFile) read(file *compose.File) {
	for i := range file.Services {
		from := &file.Services[i]
		s := composeService{name: from.Name, sets: len(from.Environment) > 0}
		if from.Build != nil {
			s.context, s.dockerfile = from.Build.Context, from.Build.Dockerfile
		}
		for _, e := range from.EnvFiles {
			line := c.lines.Span(e.Range.Start.Line)
			s.envFiles = append(s.envFiles, composeEnvFile{path: e.Path, at: envtight.Location{Kind: envtight.AtFile, Path: c.path, Range: c.lines.Range(line)}})
		}
		c.services = append(c.services, s)
	}
}

// placeDockerfiles finds the context of each Dockerfile and the unit that it
// builds.
func (l *load) placeDockerfiles() {
	for _, d := range l.order {
		if l.outOfSight(d) {
			continue
		}
		for _, path := range d.docker {
			file := Dockerfile{Path: path, Context: l.context(path)}
			unit := l.built(d, file)
			unit.Dockerfiles = append(unit.Dockerfiles, file)
		}
	}
}

// context is the directory that a Dockerfile is built in: what a compose file
// says, else the directory, of its own or above, that holds most of what it
// copies.
func (l *load) context(path string) string {
	for _, c := range l.compose {
		for _, s := range c.services {
			if s.dockerfile == path {
				return s.context
			}
		}
	}
	own := pathpkg.Dir(path)
	text, ok := l.read(path)
	if !ok {
		return own
	}
	copied, named := copiedPaths(text), imagePaths(text)
	weigh := func(dir string) int { return 2*l.found(dir, copied) + l.found(dir, named) }
	best, most := own, weigh(own)
	settled := l.isProject(own)
	for dir := own; dir != "."; {
		dir = pathpkg.Dir(dir)
		// A folder of Dockerfiles is no context while nothing says so.
		if n := weigh(dir); n > most || n == most && !settled {
			best, most = dir, n
		}
		settled = settled || l.isProject(best)
	}
	return best
}

// isProject reports whether a directory has a manifest.
func (l *load) isProject(dir string) bool {
	d := l.dirs[dir]
	return d != nil && len(d.manifests) > 0
}

// found counts the paths that exist below a directory.
func (l *load) found(dir string, paths []string) int {
	n := 0
	for _, p := range paths {
		full := pathpkg.Join(dir, p)
		if full != dir && within(full, dir) && (l.tree.Has(full) || l.tree.HasDir(full)) {
			n++
		}
	}
	return n
}

// imagePaths returns the paths inside the image, without their first part: where
// the context is copied to /app, /app/apps/web is its apps/web. Short ones say
// nothing.
func imagePaths(text []byte) []string {
	var out []string
	for _, in := range ParseDockerfile(text) {
		for _, word := range in.Words {
			word = strings.Trim(word, `"',[]`)
			parts := strings.Split(word, "/")
			if strings.HasPrefix(word, "/") && len(parts) >= 4 {
				out = append(out, strings.Join(parts[2:], "/"))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// copiedPaths returns the literal sources of COPY and ADD that come from the
// context.
func copiedPaths(text []byte) []string {
	var out []string
	for _, in := range ParseDockerfile(text) {
		if in.Name == "COPY" || in.Name == "ADD" {
			out = append(out, slices.DeleteFunc(in.Sources(), func(s string) bool { return strings.ContainsAny(s, "*?[$") || s == "." })...)
		}
	}
	return out
}

// built returns the unit that a Dockerfile builds: that of its own directory;
// else the app that its text names, when it names one only; else the innermost
// unit around it.
func (l *load) built(d *dirFacts, file Dockerfile) *Unit {
	if d.unit != nil && d.dir != "." {
		return d.unit
	}
	text, _ := l.read(file.Path)
	if app := l.mentioned(file.Path, text); app != nil {
		return &app.Unit
	}
	if d.unit != nil {
		return d.unit
	}
	return l.unitOf(d.dir)
}

// mentioned returns the app that a Dockerfile speaks of: the one that its name
// ends in ("Dockerfile.web"), else the only one of whose directory or module it
// says that it is run.
func (l *load) mentioned(path string, text []byte) *App {
	base := strings.ToLower(baseName(path))
	for _, app := range l.ws.Apps {
		if name := strings.ToLower(app.Name); base == "dockerfile."+name || base == name+".dockerfile" {
			return app
		}
	}
	var named []*App
	for _, app := range l.ws.Apps {
		if app.Dir != "." && (hasWord(text, app.Dir) || app.Module != "" && hasWord(text, app.Module)) {
			named = append(named, app)
		}
	}
	if len(named) == 1 {
		return named[0]
	}
	return nil
}

// hasWord reports whether text holds word with no letter, digit, "-" or "_" on
// either side.
func hasWord(text []byte, word string) bool {
	for from := 0; ; {
		i := bytes.Index(text[from:], []byte(word))
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(word)
		if (start == 0 || !wordByte(text[start-1])) && (end == len(text) || !wordByte(text[end])) {
			return true
		}
		from = start + 1
	}
}

func wordByte(b byte) bool {
	return b == '-' || b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
