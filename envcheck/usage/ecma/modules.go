package ecma

import (
	pathpkg "path"
	"strings"
	"sync"

	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/workspace"
)

// resolver finds the files of the repository that imports name. It is safe for
// concurrent use.
type resolver struct {
	in   *usage.Input
	tree *workspace.Tree
	// packages are the directories of the workspace's members by the names that
	// their manifests give.
	packages map[string]string

	mu        sync.Mutex
	manifests map[string]*manifest // by directory
	configs   map[string]*config   // by path
	nearest   map[string]string    // the configuration of a directory, "" for none
}

func newResolver(in *usage.Input) *resolver {
	r := &resolver{
		in: in, tree: in.Workspace.Tree, packages: map[string]string{},
		manifests: map[string]*manifest{}, configs: map[string]*config{}, nearest: map[string]string{},
	}
	units := []*workspace.Unit{&in.Workspace.Root}
	for _, p := range in.Workspace.Packages {
		units = append(units, &p.Unit)
	}
	for _, a := range in.Workspace.Apps {
		units = append(units, &a.Unit)
	}
	for _, u := range units {
		if u.Module != "" {
			r.packages[u.Module] = u.Dir
		}
	}
	return r
}

// resolve finds the file that a module means to the file at path. Found is empty for
// what is not part of the repository, and, with lost set, for what is part of it and
// cannot be found. What tools generate is not missed: it asks for nothing that the
// tools' own files do not say.
func (r *resolver) resolve(path, module string) (found string, lost bool) {
	found, lost = r.look(path, module)
	return found, lost && !isGenerated(module)
}

func isGenerated(module string) bool {
	for part := range strings.SplitSeq(module, "/") {
		switch part {
		case "generated", "__generated__", "+types", ".velite", ".contentlayer", ".source":
			return true
		}
	}
	return false
}

func (r *resolver) look(path, module string) (found string, lost bool) {
	module, _, _ = strings.Cut(module, "?") // "./icon.svg?url"
	dir := pathpkg.Dir(path)
	switch {
	case module == "" || strings.Contains(module, ":"):
		return "", false
	case module == "." || module == ".." || strings.HasPrefix(module, "./") || strings.HasPrefix(module, "../"):
		return r.within(pathpkg.Join(dir, module))
	case strings.HasPrefix(module, "#"):
		return r.ofImports(dir, module)
	}
	found, lost = r.ofPaths(dir, module)
	if found != "" {
		return found, false
	}
	if name, rest := split(module); name != "" {
		if at, ok := r.packages[name]; ok {
			return r.ofPackage(at, rest)
		}
	}
	if lost {
		return "", true
	}
	return r.ofConvention(path, module)
}

// within finds the file that a path means, without its ending or as a directory.
func (r *resolver) within(path string) (found string, lost bool) {
	if strings.HasPrefix(path, "../") {
		return "", false
	}
	if found := r.file(path); found != "" {
		return found, false
	}
	return "", !r.tree.OutOfSight(path)
}

// endings are those that imports leave out, the first that exists being meant.
var endings = []string{
	".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".astro", ".d.ts", ".json",
	".web.ts", ".web.tsx", ".native.ts", ".native.tsx", ".ios.ts", ".ios.tsx",
}

// compiled are the endings that imports write for what a compiler makes of a file.
var compiled = map[string][]string{
	".js": {".ts", ".tsx", ".jsx"}, ".jsx": {".tsx"}, ".mjs": {".mts"}, ".cjs": {".cts"},
}

// file returns the file that a path means, or "".
func (r *resolver) file(path string) string {
	if r.tree.Has(path) {
		return path
	}
	ext := pathpkg.Ext(path)
	for _, source := range compiled[ext] {
		if at := strings.TrimSuffix(path, ext) + source; r.tree.Has(at) {
			return at
		}
	}
	for _, ending := range endings {
		if at := path + ending; r.tree.Has(at) {
			return at
		}
	}
	if !r.tree.HasDir(path) {
		return ""
	}
	if m := r.manifest(path); m != nil {
		for _, entry := range m.entries {
			if at := pathpkg.Join(path, entry); at != path && r.tree.Has(at) {
				return at
			}
		}
	}
	for _, ending := range endings {
		if at := pathpkg.Join(path, "index"+ending); r.tree.Has(at) {
			return at
		}
	}
	return ""
}

// split cuts the name of a package from what is meant inside of it.
func split(module string) (name, rest string) {
	parts := strings.SplitN(module, "/", 3)
	if !strings.HasPrefix(module, "@") {
		name, rest, _ = strings.Cut(module, "/")
		return name, rest
	}
	switch len(parts) {
	case 2:
		return module, ""
	case 3:
		return parts[0] + "/" + parts[1], parts[2]
	}
	return "", ""
}

// ofConvention finds what frameworks mean by a sign, without any configuration that
// is in the repository.
func (r *resolver) ofConvention(path, module string) (found string, lost bool) {
	sign, rest, _ := strings.Cut(module, "/")
	var below []string
	switch sign {
	case "@", "~", "~~", "@@":
		below = []string{"src", ".", "app"}
	case "$lib":
		below = []string{"src/lib"}
	default:
		return "", false
	}
	dir := "."
	if u := r.in.Workspace.Unit(path); u != nil {
		dir = u.Dir
	}
	for _, b := range below {
		if at := r.file(pathpkg.Join(dir, b, rest)); at != "" {
			return at, false
		}
	}
	return "", true
}
