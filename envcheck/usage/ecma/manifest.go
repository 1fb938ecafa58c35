package ecma

import (
	"encoding/json"
	"maps"
	pathpkg "path"
	"slices"
	"strings"
)

// manifest is what is used of a package.json.
type manifest struct {
	// entries are the files that the package itself means, the likeliest first.
	entries []string
	// exports and imports map subpaths to the files that they may mean.
	exports, imports []subpath
}

// subpath is an entry of "exports" or "imports". Name and targets may hold one "*".
//
// Source of the format: https://nodejs.org/api/packages.html.
type subpath struct {
	name    string
	targets []string
}

// manifest returns the package.json of a directory, or nil.
func (r *resolver) manifest(dir string) *manifest {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m, ok := r.manifests[dir]; ok {
		return m
	}
	m := r.readManifest(pathpkg.Join(dir, "package.json"))
	r.manifests[dir] = m
	return m
}

func (r *resolver) readManifest(path string) *manifest {
	if !r.tree.Has(path) {
		return nil
	}
	text, err := r.tree.Read(path)
	if err != nil {
		return nil // the workspace says so
	}
	var raw struct {
		Source, Module, Main, Types, Svelte any
		Exports, Imports                    json.RawMessage
	}
	// What is wrong with it, the workspace says, too.
	_ = json.Unmarshal(text, &raw)
	m := &manifest{exports: subpaths(raw.Exports, "."), imports: subpaths(raw.Imports, "#")}
	for _, entry := range []any{raw.Source, raw.Module, raw.Main, raw.Svelte, raw.Types} {
		if file, ok := entry.(string); ok {
			m.entries = append(m.entries, file)
		}
	}
	return m
}

// subpaths reads "exports" or "imports": a target for the package itself, or a map
// whose keys begin with a sign.
func subpaths(raw json.RawMessage, sign string) []subpath {
	if len(raw) == 0 {
		return nil
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) == nil {
		var out []subpath
		for _, name := range slices.Sorted(maps.Keys(object)) {
			if strings.HasPrefix(name, sign) {
				out = append(out, subpath{name: name, targets: targets(object[name], 0)})
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return []subpath{{name: ".", targets: targets(raw, 0)}}
}

// targets returns the files that a value names under any condition, in order.
func targets(raw json.RawMessage, depth int) []string {
	const deepest = 8
	if depth > deepest {
		return nil
	}
	var file string
	if json.Unmarshal(raw, &file) == nil {
		return []string{file}
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = inOrder(raw)
	}
	var out []string
	for _, value := range list {
		out = append(out, targets(value, depth+1)...)
	}
	return out
}

// inOrder returns the values of an object in the order of the text, which is that of
// precedence.
func inOrder(raw json.RawMessage) []json.RawMessage {
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	if first, err := decoder.Token(); err != nil || first != json.Delim('{') {
		return nil
	}
	var out []json.RawMessage
	for decoder.More() {
		var value json.RawMessage
		if _, err := decoder.Token(); err != nil {
			break
		}
		if decoder.Decode(&value) != nil {
			break
		}
		out = append(out, value)
	}
	return out
}

// ofImports finds what "#name" means to the files in dir: the nearest manifest says
// it.
func (r *resolver) ofImports(dir, module string) (found string, lost bool) {
	for ; ; dir = pathpkg.Dir(dir) {
		if m := r.manifest(dir); m != nil && len(m.imports) > 0 {
			found, matched := r.subpath(dir, m.imports, module)
			return found, matched && found == ""
		}
		if dir == "." {
			return "", false
		}
	}
}

// ofPackage finds what a package of the workspace means by a subpath, "" for itself.
func (r *resolver) ofPackage(dir, rest string) (found string, lost bool) {
	m := r.manifest(dir)
	if m == nil {
		return "", true
	}
	name := "."
	if rest != "" {
		name = "./" + rest
	}
	if found, _ := r.subpath(dir, m.exports, name); found != "" {
		return found, false
	}
	if rest != "" {
		for _, at := range []string{pathpkg.Join(dir, rest), pathpkg.Join(dir, "src", rest)} {
			if found := r.file(at); found != "" {
				return found, false
			}
		}
		return "", true
	}
	for _, entry := range m.entries {
		if found := r.target(dir, entry); found != "" {
			return found, false
		}
	}
	for _, at := range []string{pathpkg.Join(dir, "src", "index"), pathpkg.Join(dir, "index")} {
		if found := r.file(at); found != "" {
			return found, false
		}
	}
	return "", true
}

// subpath finds the file that a name means. It tells whether an entry matched.
func (r *resolver) subpath(dir string, entries []subpath, name string) (found string, matched bool) {
	best, star := bestOf(entries, name)
	if best == nil {
		return "", false
	}
	for _, target := range best.targets {
		if found := r.target(dir, strings.ReplaceAll(target, "*", star)); found != "" {
			return found, true
		}
	}
	return "", true
}

// bestOf returns the entry that matches a name, and what its "*" stands for: the one
// that is equal, else the one with the most text before the "*".
func bestOf(entries []subpath, name string) (best *subpath, star string) {
	longest := -1
	for i := range entries {
		e := &entries[i]
		before, behind, wild := strings.Cut(e.name, "*")
		switch {
		case e.name == name:
			return e, ""
		case wild && len(before) > longest && len(name) >= len(before)+len(behind) && strings.HasPrefix(name, before) && strings.HasSuffix(name, behind):
			best, star, longest = e, name[len(before):len(name)-len(behind)], len(before)
		}
	}
	return best, star
}

// builtInto are directories that hold what a build makes of "src".
var builtInto = []string{"dist/", "build/", "lib/", "out/", "esm/", "cjs/"}

// target finds the file that a manifest names: itself, or the source that it is built
// from.
func (r *resolver) target(dir, target string) string {
	at := pathpkg.Join(dir, target)
	if strings.HasPrefix(at, "../") {
		return ""
	}
	if r.tree.Has(at) && match(at) {
		return at
	}
	inside := strings.TrimPrefix(target, "./")
	for _, built := range builtInto {
		rest, ok := strings.CutPrefix(inside, built)
		if !ok {
			continue
		}
		rest = strings.TrimPrefix(strings.TrimPrefix(rest, "esm/"), "cjs/")
		stem := strings.TrimSuffix(strings.TrimSuffix(rest, pathpkg.Ext(rest)), ".d")
		for _, source := range []string{pathpkg.Join(dir, "src", stem), pathpkg.Join(dir, stem)} {
			if found := r.file(source); found != "" && match(found) {
				return found
			}
		}
	}
	return r.file(at)
}
