package ecma

import (
	"encoding/json"
	"maps"
	pathpkg "path"
	"slices"
	"strings"

	"github.com/tidwall/jsonc"
)

// config is what is used of a tsconfig.json.
//
// Source of the format: https://www.typescriptlang.org/tsconfig.
type config struct {
	// base is the directory of modules that are not relative, "" when none is set.
	base string
	// paths map modules to files; relative to pathsBase.
	paths     []subpath
	pathsBase string
	// references are configurations beside it, of which one holds for each file.
	references []string
}

// ofPaths finds what the nearest configuration of dir means by a module. Lost tells
// that an entry is for the module, and its file is not there.
func (r *resolver) ofPaths(dir, module string) (found string, lost bool) {
	for _, c := range r.configsOf(dir) {
		if best, star := bestOf(c.paths, module); best != nil {
			for _, target := range best.targets {
				if found := r.file(pathpkg.Join(c.pathsBase, strings.ReplaceAll(target, "*", star))); found != "" {
					return found, false
				}
			}
			lost = true
		}
		if c.base != "" {
			if found := r.file(pathpkg.Join(c.base, module)); found != "" && !strings.HasPrefix(module, "@") {
				return found, false
			}
		}
	}
	return "", lost && looksInternal(module)
}

// looksInternal reports whether no package of a registry can be meant.
func looksInternal(module string) bool {
	return strings.HasPrefix(module, "@/") || strings.HasPrefix(module, "~") || strings.HasPrefix(module, "$")
}

// configsOf returns the configuration that holds in a directory; when it only refers
// to others, those.
func (r *resolver) configsOf(dir string) []*config {
	r.mu.Lock()
	defer r.mu.Unlock()
	path := r.nearestConfig(dir)
	if path == "" {
		return nil
	}
	c := r.config(path, 0)
	out := []*config{c}
	if len(c.paths) == 0 {
		for _, other := range c.references {
			out = append(out, r.config(other, 0))
		}
	}
	return out
}

// nearestConfig returns the path of the configuration that holds in a directory.
func (r *resolver) nearestConfig(dir string) string {
	if path, ok := r.nearest[dir]; ok {
		return path
	}
	found := ""
	for _, name := range []string{"tsconfig.json", "jsconfig.json"} {
		if at := pathpkg.Join(dir, name); r.tree.Has(at) {
			found = at
			break
		}
	}
	if found == "" && dir != "." {
		found = r.nearestConfig(pathpkg.Dir(dir))
	}
	r.nearest[dir] = found
	return found
}

// config reads a configuration with those that it extends.
func (r *resolver) config(path string, depth int) *config {
	const deepest = 16
	if c, ok := r.configs[path]; ok {
		return c
	}
	c := &config{}
	r.configs[path] = c
	text, ok := r.in.Text(path)
	if !ok || depth > deepest {
		return c
	}
	var raw struct {
		Extends         any
		References      []struct{ Path string }
		CompilerOptions struct {
			BaseURL *string `json:"baseUrl"`
			Paths   map[string][]string
		}
	}
	// A text that is no JSON configures nothing that could be known.
	_ = json.Unmarshal(jsonc.ToJSON(text), &raw)
	dir := pathpkg.Dir(path)
	for _, name := range stringsOf(raw.Extends) {
		if at := r.extended(dir, name); at != "" {
			parent := r.config(at, depth+1)
			if parent.base != "" {
				c.base = parent.base
			}
			if parent.paths != nil {
				c.paths, c.pathsBase = parent.paths, parent.pathsBase
			}
		}
	}
	if base := raw.CompilerOptions.BaseURL; base != nil {
		c.base = pathpkg.Join(dir, *base)
	}
	if raw.CompilerOptions.Paths != nil {
		c.paths, c.pathsBase = nil, dir
		if c.base != "" {
			c.pathsBase = c.base
		}
		for _, name := range slices.Sorted(maps.Keys(raw.CompilerOptions.Paths)) {
			c.paths = append(c.paths, subpath{name, raw.CompilerOptions.Paths[name]})
		}
	}
	for _, ref := range raw.References {
		at := pathpkg.Join(dir, ref.Path)
		if !strings.HasSuffix(at, ".json") {
			at = pathpkg.Join(at, "tsconfig.json")
		}
		if r.tree.Has(at) && pathpkg.Dir(at) == dir {
			c.references = append(c.references, at)
		}
	}
	return c
}

func stringsOf(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, item := range v {
			out = append(out, stringsOf(item)...)
		}
		return out
	}
	return nil
}

// extended returns the configuration that "extends" names, or "".
func (r *resolver) extended(dir, name string) string {
	var at string
	if strings.HasPrefix(name, ".") {
		at = pathpkg.Join(dir, name)
	} else {
		module, rest := split(name)
		in, ok := r.packages[module]
		if !ok {
			return ""
		}
		at = pathpkg.Join(in, rest)
	}
	for _, path := range []string{at, at + ".json", pathpkg.Join(at, "tsconfig.json")} {
		if r.tree.Has(path) {
			return path
		}
	}
	return ""
}
