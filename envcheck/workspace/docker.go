package workspace

import (
	"bytes"
	pathpkg "path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/yamldoc"
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
			root, err := parseYAML(f.Path, text)
			if err != nil {
				l.malformed(f.Path, text, err)
				continue
			}
			file.read(root)
		}
		l.compose = append(l.compose, file)
	}
}

// composeMatters is a cheap look whether parsing can bring anything.
func composeMatters(text []byte) bool {
	return bytes.Contains(text, []byte("build")) || bytes.Contains(text, []byte("env_file"))
}

func (c *composeFile) read(root *yaml.Node) {
	services := yamldoc.Get(root, "services")
	if services == nil || services.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(services.Content); i += 2 {
		c.services = append(c.services, c.service(services.Content[i].Value, yamldoc.Value(services.Content[i+1])))
	}
}

func (c *composeFile) service(name string, n *yaml.Node) composeService {
	s := composeService{name: name}
	dir := pathpkg.Dir(c.path)
	switch build := yamldoc.Get(n, "build"); {
	case build == nil:
	case build.Kind == yaml.ScalarNode:
		s.context = localDir(dir, build.Value)
	case build.Kind == yaml.MappingNode:
		s.context = localDir(dir, ".")
		if context := yamldoc.Get(build, "context"); context != nil {
			s.context = localDir(dir, context.Value)
		}
		if file := yamldoc.Get(build, "dockerfile"); file != nil && s.context != "" {
			s.dockerfile = pathpkg.Join(s.context, file.Value)
		}
	}
	if s.context != "" && s.dockerfile == "" {
		s.dockerfile = pathpkg.Join(s.context, "Dockerfile")
	}
	s.sets = yamldoc.Get(n, "environment") != nil
	files := yamldoc.Get(n, "env_file")
	if files != nil && files.Kind == yaml.ScalarNode {
		s.addEnvFile(c, files)
	}
	for item := range yamldoc.Items(files) {
		if item.Kind == yaml.MappingNode {
			item = yamldoc.Get(item, "path")
		}
		if item != nil && item.Kind == yaml.ScalarNode {
			s.addEnvFile(c, item)
		}
	}
	return s
}

func (s *composeService) addEnvFile(c *composeFile, n *yaml.Node) {
	line := c.lines.Span(max(1, min(n.Line, c.lines.Count())))
	s.envFiles = append(s.envFiles, composeEnvFile{
		path: pathpkg.Join(pathpkg.Dir(c.path), n.Value),
		at:   envtight.Location{Kind: envtight.AtFile, Path: c.path, Range: c.lines.Range(line)},
	})
}

// localDir joins a path of a compose file to its directory; empty for what is
// no directory of the repository.
func localDir(dir, path string) string {
	if path == "" || strings.Contains(path, "://") || strings.Contains(path, "$") || pathpkg.IsAbs(path) {
		return ""
	}
	joined := pathpkg.Join(dir, path)
	if joined == ".." || strings.HasPrefix(joined, "../") {
		return ""
	}
	return joined
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
