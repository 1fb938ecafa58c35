package workspace

import (
	pathpkg "path"
	"strings"

	"github.com/envtight/envtight/internal/lazyregexp"
)

// pyproject is what is used of a pyproject.toml, and of the requirements files
// beside it.
type pyproject struct {
	path string
	name string
	// needs maps normalized names to constraints; dev are those of groups.
	needs, dev map[string]string
	extras     map[string][]string
	// paths maps names to directories of the repository (uv, poetry).
	paths map[string]string
	// inWorkspace are names that uv takes from the workspace.
	inWorkspace map[string]bool
	// members and exclude are globs; nil when it declares no workspace.
	members, exclude []string
	manager          string
	poetry           bool
}

type pyprojectTOML struct {
	Project struct {
		Name     string              `toml:"name"`
		Needs    []any               `toml:"dependencies"`
		Optional map[string][]string `toml:"optional-dependencies"`
	} `toml:"project"`
	Groups map[string][]any `toml:"dependency-groups"`
	Tool   struct {
		UV struct {
			Workspace *pyWorkspace   `toml:"workspace"`
			Sources   map[string]any `toml:"sources"`
			Dev       []any          `toml:"dev-dependencies"`
		} `toml:"uv"`
		Rye struct {
			Workspace *pyWorkspace `toml:"workspace"`
			Dev       []any        `toml:"dev-dependencies"`
		} `toml:"rye"`
		Poetry *struct {
			Name   string         `toml:"name"`
			Needs  map[string]any `toml:"dependencies"`
			Dev    map[string]any `toml:"dev-dependencies"`
			Groups map[string]struct {
				Needs map[string]any `toml:"dependencies"`
			} `toml:"group"`
		} `toml:"poetry"`
	} `toml:"tool"`
}

type pyWorkspace struct {
	Members []string `toml:"members"`
	Exclude []string `toml:"exclude"`
}

func newPyproject(path string) *pyproject {
	return &pyproject{
		path: path, needs: map[string]string{}, dev: map[string]string{}, extras: map[string][]string{},
		paths: map[string]string{}, inWorkspace: map[string]bool{},
	}
}

func readPyproject(path string, text []byte) (*pyproject, error) {
	p := newPyproject(path)
	var file pyprojectTOML
	if err := decodeTOML(path, text, &file); err != nil {
		return nil, err
	}
	p.name = file.Project.Name
	p.add(p.needs, file.Project.Needs)
	for _, list := range file.Project.Optional {
		for _, item := range list {
			p.requirement(p.needs, item)
		}
	}
	for _, list := range file.Groups {
		p.add(p.dev, list)
	}
	p.add(p.dev, file.Tool.UV.Dev)
	p.add(p.dev, file.Tool.Rye.Dev)
	if space := file.Tool.UV.Workspace; space != nil {
		p.manager, p.members, p.exclude = "uv", append([]string{}, space.Members...), space.Exclude
	} else if space := file.Tool.Rye.Workspace; space != nil {
		p.manager, p.members, p.exclude = "rye", append([]string{}, space.Members...), space.Exclude
	}
	for name, source := range file.Tool.UV.Sources {
		p.source(name, source)
	}
	if poetry := file.Tool.Poetry; poetry != nil {
		p.poetry = true
		if p.name == "" {
			p.name = poetry.Name
		}
		p.addPoetry(p.needs, poetry.Needs)
		p.addPoetry(p.dev, poetry.Dev)
		for _, group := range poetry.Groups {
			p.addPoetry(p.dev, group.Needs)
		}
	}
	return p, nil
}

func (p *pyproject) add(to map[string]string, list []any) {
	for _, item := range list {
		if text, ok := item.(string); ok {
			p.requirement(to, text)
		}
	}
}

// source reads an entry of [tool.uv.sources]: a table, or a list of tables with
// markers.
func (p *pyproject) source(name string, source any) {
	switch source := source.(type) {
	case []any:
		for _, one := range source {
			p.source(name, one)
		}
	case map[string]any:
		if workspace, _ := source["workspace"].(bool); workspace {
			p.inWorkspace[normalizePython(name)] = true
		}
		if path, ok := source["path"].(string); ok {
			p.paths[normalizePython(name)] = pathpkg.Join(pathpkg.Dir(p.path), path)
		}
	}
}

func (p *pyproject) addPoetry(to map[string]string, table map[string]any) {
	for name, value := range table {
		key := normalizePython(name)
		if key == "python" {
			continue
		}
		switch value := value.(type) {
		case string:
			to[key] = version(value)
		case map[string]any:
			constraint, _ := value["version"].(string)
			to[key] = version(constraint)
			if path, ok := value["path"].(string); ok {
				p.paths[key] = pathpkg.Join(pathpkg.Dir(p.path), path)
			}
			extras, _ := value["extras"].([]any)
			for _, extra := range extras {
				if name, ok := extra.(string); ok {
					p.extras[key] = append(p.extras[key], name)
				}
			}
		default:
			to[key] = ""
		}
	}
}

// requirementLine is the start of a PEP 508 requirement: name, extras, the rest.
var requirementLine = lazyregexp.New(`^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?\s*([^;#]*)`)

// requirement adds one PEP 508 requirement.
func (p *pyproject) requirement(to map[string]string, text string) {
	match := requirementLine().FindStringSubmatch(text)
	if match == nil {
		return
	}
	name := normalizePython(match[1])
	rest := strings.TrimSpace(match[3])
	if rest != "" && !strings.ContainsAny(rest[:1], "=<>!~@(") {
		return
	}
	to[name] = version(rest)
	for extra := range strings.SplitSeq(match[2], ",") {
		if extra = strings.TrimSpace(extra); extra != "" {
			p.extras[name] = append(p.extras[name], normalizePython(extra))
		}
	}
	if _, path, ok := strings.Cut(rest, "file:./"); ok {
		p.paths[name] = pathpkg.Join(pathpkg.Dir(p.path), path)
	}
}

// readRequirements adds the lines of a requirements.txt. Options are passed
// over, but for "-e ./dir".
func (p *pyproject) readRequirements(text []byte) {
	for line := range strings.Lines(string(trimBOM(text))) {
		line = strings.TrimSpace(line)
		if editable, ok := strings.CutPrefix(line, "-e "); ok {
			line = strings.TrimSpace(editable)
		}
		switch {
		case line == "" || line[0] == '#' || line[0] == '-':
		case strings.HasPrefix(line, "./") || strings.HasPrefix(line, "../"):
			dir := pathpkg.Join(pathpkg.Dir(p.path), strings.TrimRight(line, "/"))
			p.paths["path:"+dir] = dir
		default:
			p.requirement(p.needs, line)
		}
	}
}

func (p *pyproject) has(names ...string) bool {
	if p == nil {
		return false
	}
	for _, name := range names {
		if _, ok := p.needs[name]; ok {
			return true
		}
	}
	return false
}

// hasExtra reports whether it asks for a module with an extra, as in
// "fastapi[standard]".
func (p *pyproject) hasExtra(name, extra string) bool {
	if p == nil {
		return false
	}
	for _, found := range p.extras[name] {
		if found == extra {
			return true
		}
	}
	return false
}

var pythonSeparators = lazyregexp.New(`[-_.]+`)

// normalizePython is the normalization of PEP 503.
func normalizePython(name string) string {
	return strings.ToLower(pythonSeparators().ReplaceAllString(name, "-"))
}
