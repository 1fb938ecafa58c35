package workspace

import (
	"encoding/json"
	pathpkg "path"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

// packageJSON is what is used of a package.json.
type packageJSON struct {
	path    string
	text    []byte
	name    string
	private bool
	bin     bool
	// workspaces are the globs of members, nil when the key is absent.
	workspaces []string
	scripts    map[string]string
	manager    string // of "packageManager", without the version
	// needs are dependencies, optionalDependencies and peerDependencies; dev
	// are devDependencies.
	needs, dev map[string]string
	catalogs   map[string]map[string]string // by name; "" is the default one
}

// readPackageJSON reads what it can. The result is nil only when nothing could
// be read at all.
func readPackageJSON(path string, text []byte) (*packageJSON, error) {
	var raw map[string]json.RawMessage
	err := decodeJSON(path, text, &raw)
	if raw == nil {
		if err == nil {
			err = &flaw{what: baseName(path) + " holds no JSON object"}
		}
		return nil, err
	}
	p := &packageJSON{path: path, text: text, needs: map[string]string{}, catalogs: map[string]map[string]string{}}
	_ = json.Unmarshal(raw["name"], &p.name)
	_ = json.Unmarshal(raw["private"], &p.private)
	p.bin = len(raw["bin"]) > 0
	p.scripts = stringMap(raw["scripts"])
	for _, key := range []string{"peerDependencies", "optionalDependencies", "dependencies"} {
		for name, version := range stringMap(raw[key]) {
			p.needs[name] = version
		}
	}
	p.dev = stringMap(raw["devDependencies"])
	var manager string
	_ = json.Unmarshal(raw["packageManager"], &manager)
	p.manager, _, _ = strings.Cut(manager, "@")
	if spaces, ok := raw["workspaces"]; ok && err == nil {
		err = p.readWorkspaces(spaces)
	}
	p.readCatalogs(raw)
	return p, err
}

// readWorkspaces accepts a list of globs (npm, yarn, bun) and an object with
// the list in "packages" (yarn, bun).
func (p *packageJSON) readWorkspaces(raw json.RawMessage) error {
	p.workspaces = []string{}
	if list, ok := stringList(raw); ok {
		p.workspaces = list
		return nil
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) == nil {
		if list, ok := stringList(object["packages"]); ok {
			p.workspaces = list
		}
		p.readCatalogs(object)
		return nil
	}
	found := &flaw{what: `package.json: "workspaces" is neither a list nor an object with a list "packages"`}
	if at := strings.Index(string(p.text), `"workspaces"`); at >= 0 {
		found.span = envtight.Span{Start: at, End: at + len(`"workspaces"`)}
	}
	return found
}

// readCatalogs reads bun's catalogs, at the top or inside "workspaces".
func (p *packageJSON) readCatalogs(object map[string]json.RawMessage) {
	if catalog := stringMap(object["catalog"]); len(catalog) > 0 {
		p.catalogs[""] = catalog
	}
	var named map[string]json.RawMessage
	if json.Unmarshal(object["catalogs"], &named) == nil {
		for name, catalog := range named {
			p.catalogs[name] = stringMap(catalog)
		}
	}
}

// stringMap keeps the entries whose value is a string: comments in package.json
// are often other things.
func stringMap(raw json.RawMessage) map[string]string {
	var object map[string]json.RawMessage
	out := map[string]string{}
	if json.Unmarshal(raw, &object) != nil {
		return out
	}
	for key, value := range object {
		var text string
		if len(value) > 0 && value[0] == '"' && json.Unmarshal(value, &text) == nil {
			out[key] = text
		}
	}
	return out
}

func stringList(raw json.RawMessage) ([]string, bool) {
	var items []json.RawMessage
	if len(raw) == 0 || json.Unmarshal(raw, &items) != nil || items == nil {
		return nil, false
	}
	out := []string{}
	for _, item := range items {
		var text string
		if json.Unmarshal(item, &text) == nil {
			out = append(out, text)
		}
	}
	return out, true
}

// has reports whether the package asks for a module, in whatever list.
func (p *packageJSON) has(modules ...string) bool {
	if p == nil {
		return false
	}
	return slices.ContainsFunc(modules, func(m string) bool {
		_, needed := p.needs[m]
		_, dev := p.dev[m]
		return needed || dev
	})
}

// script returns where a script stands in the file, or the whole file.
func (p *packageJSON) script(name string) envtight.Location {
	quoted, _ := json.Marshal(name)
	scripts := strings.Index(string(p.text), `"scripts"`)
	if scripts < 0 {
		return envtight.WholeFile(p.path)
	}
	at := strings.Index(string(p.text[scripts:]), string(quoted))
	if at < 0 {
		return envtight.WholeFile(p.path)
	}
	at += scripts
	return envtight.FileRange(p.path, p.text, envtight.Span{Start: at, End: at + len(quoted)})
}

// localModule returns the member that a dependency names in another way than by
// its key ("workspace:@acme/db@*"), and the directory that it names by path.
func localModule(version, dir string) (module, path string) {
	for _, protocol := range []string{"file:", "link:", "portal:"} {
		if rest, ok := strings.CutPrefix(version, protocol); ok {
			return "", pathpkg.Join(dir, strings.ReplaceAll(rest, `\`, "/"))
		}
	}
	rest, ok := strings.CutPrefix(version, "workspace:")
	if !ok {
		return "", ""
	}
	if strings.HasPrefix(rest, "./") || strings.HasPrefix(rest, "../") {
		return "", pathpkg.Join(dir, rest)
	}
	if at := strings.LastIndexByte(rest, '@'); at > 0 {
		return rest[:at], ""
	}
	return "", ""
}

// version is a constraint fit to be kept: one that is a URL may hold a token.
func version(constraint string) string {
	if strings.Contains(constraint, "://") || strings.Contains(constraint, "@") {
		return ""
	}
	return constraint
}
