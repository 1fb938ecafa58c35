package golang

import (
	"bytes"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	pathpkg "path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
)

// Reader returns the reader of Go files.
func Reader() usage.Reader {
	return usage.Reader{
		Name:  "Go",
		Match: func(path string) bool { return strings.HasSuffix(path, ".go") },
		Scan:  scan,
	}
}

// marks are what stands in every file that reads, but for names of the repository's
// own.
var marks = [][]byte{
	[]byte("Getenv"), []byte("LookupEnv"), []byte("Environ("), []byte("ExpandEnv"), []byte(`env:"`), []byte("envconfig"),
	[]byte(`env-default:"`), []byte("BindEnv"), []byte("AutomaticEnv"), []byte("EnvVar"), []byte("Envar("),
}

func isMarked(text []byte) bool {
	return slices.ContainsFunc(marks, func(mark []byte) bool { return bytes.Contains(text, mark) })
}

// project is the Go files of a repository.
type project struct {
	in *usage.Input
	// modules are the directories of go.mod files by module path.
	modules map[string]string
	// packages are those of all files, by directory and package name.
	packages map[packageKey]*pkg
	// byDir are the packages that others import, by directory.
	byDir map[string]*pkg
	// drafts are the functions that were seen to wrap a read.
	drafts map[*function]*wrapper
}

// packageKey is a package: a directory may hold one and its external tests.
type packageKey struct{ dir, name string }

// pkg is a package.
type pkg struct {
	packageKey
	files []*file
	// whole tells that all its files are parsed as a whole.
	whole bool
	// constants, functions and structs are those declared outside of functions.
	constants map[string]string
	functions map[string]*function
	structs   map[string]*structure
	// what was found out once
	prefixes    *prefixes
	heldStructs map[string]bool
	viper       *string
}

// file is one file.
type file struct {
	path    string
	pkg     *pkg
	name    string // of the package
	marked  bool
	imports []*ast.ImportSpec
	// tree and the like are there when the file is parsed as a whole.
	tree  *ast.File
	set   *token.FileSet
	lines *envtight.Lines
	// names are the import paths by the name under which the file knows them.
	names map[string]string
	reads []read
}

func scan(ctx context.Context, in *usage.Input) []usage.File {
	p := &project{in: in, modules: map[string]string{}, packages: map[packageKey]*pkg{}, byDir: map[string]*pkg{}, drafts: map[*function]*wrapper{}}
	p.findModules()
	files := make([]*file, len(in.Paths))
	in.Each(ctx, in.Paths, func(i int, path string) {
		if text, ok := in.Text(path); ok {
			files[i] = open(path, text)
		}
	})
	if ctx.Err() != nil {
		return nil
	}
	files = slices.DeleteFunc(files, func(f *file) bool { return f == nil })
	for _, f := range files {
		key := packageKey{pathpkg.Dir(f.path), f.name}
		if p.packages[key] == nil {
			p.packages[key] = &pkg{packageKey: key}
		}
		f.pkg = p.packages[key]
		f.pkg.files = append(f.pkg.files, f)
		if old := p.byDir[key.dir]; !strings.HasSuffix(f.path, "_test.go") && (old == nil || len(old.files) < len(f.pkg.files)) {
			p.byDir[key.dir] = f.pkg
		}
	}
	p.read(ctx, files)
	return p.result(files)
}

// findModules finds the modules of the repository.
func (p *project) findModules() {
	for _, f := range p.in.Workspace.Tree.Files {
		if f.Base() != "go.mod" || f.Symlink {
			continue
		}
		if text, err := p.in.Workspace.Tree.Read(f.Path); err == nil {
			if module := modfile.ModulePath(text); module != "" {
				p.modules[module] = pathpkg.Dir(f.Path)
			}
		}
	}
}

// open parses a file: as a whole when it may read, else its imports. What the parser
// refuses is read as far as it goes.
func open(path string, text []byte) *file {
	f := &file{path: path, marked: isMarked(text)}
	if f.marked {
		f.parse(text)
		return f
	}
	tree, _ := parser.ParseFile(token.NewFileSet(), path, text, parser.ImportsOnly|parser.SkipObjectResolution)
	f.take(tree)
	return f
}

func (f *file) parse(text []byte) {
	f.set = token.NewFileSet()
	f.tree, _ = parser.ParseFile(f.set, f.path, text, parser.SkipObjectResolution|parser.AllErrors)
	f.lines = envtight.NewLines(text)
	f.take(f.tree)
}

func (f *file) take(tree *ast.File) {
	f.imports, f.names = nil, map[string]string{}
	if tree == nil {
		return
	}
	if tree.Name != nil {
		f.name = tree.Name.Name
	}
	f.imports = tree.Imports
	for _, im := range tree.Imports {
		path, err := strconv.Unquote(im.Path.Value)
		if err != nil {
			continue
		}
		name := packageName(path)
		if im.Name != nil {
			name = im.Name.Name
		}
		f.names[name] = path
	}
}

// packageName guesses the name of a package by its path: the last part that is no
// version, without what stands before a dash or behind a dot.
func packageName(path string) string {
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	if len(parts) > 1 && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		last = parts[len(parts)-2]
	}
	last, _, _ = strings.Cut(last, ".")
	return strings.TrimPrefix(last, "go-")
}

// dir is the directory of the repository that an import path means, or "".
func (p *project) dir(path string) string {
	for at := path; at != "." && at != "/" && at != ""; at = pathpkg.Dir(at) {
		if dir, ok := p.modules[at]; ok {
			return pathpkg.Join(dir, strings.TrimPrefix(path[len(at):], "/"))
		}
	}
	return ""
}

// imported is the package of the repository that a file knows by a name, or nil.
func (p *project) imported(f *file, name string) *pkg {
	path, ok := f.names[name]
	if !ok {
		return nil
	}
	dir := p.dir(path)
	if dir == "" {
		return nil
	}
	return p.byDir[dir]
}

// complete parses all files of a package, for what is declared in them.
func (p *project) complete(pk *pkg) {
	if pk.whole {
		return
	}
	pk.whole = true
	for _, f := range pk.files {
		if f.tree != nil {
			continue
		}
		if text, err := p.in.Workspace.Tree.Read(f.path); err == nil {
			f.parse(text)
		}
	}
	pk.declare()
}

// maxRounds is how many functions that wrap one another are followed.
const maxRounds = 4

// read finds the reads, and then the calls of the functions that wrap them.
func (p *project) read(ctx context.Context, files []*file) {
	for _, pk := range p.packages {
		if slices.ContainsFunc(pk.files, func(f *file) bool { return f.marked }) {
			p.complete(pk)
		}
	}
	for range maxRounds {
		if ctx.Err() != nil {
			return
		}
		for _, f := range files {
			if f.marked || p.mayCall(f) {
				p.complete(f.pkg)
				p.readFile(f)
			}
		}
		if !p.wrap() {
			return
		}
	}
}

// mayCall reports whether a file's package, or one that it imports, has functions
// that wrap reads.
func (p *project) mayCall(f *file) bool {
	if f.pkg.wraps() {
		return true
	}
	for name := range f.names {
		if pk := p.imported(f, name); pk != nil && pk.wraps() {
			return true
		}
	}
	return false
}

func (p *project) result(files []*file) []usage.File {
	called := map[*function]bool{}
	for _, f := range files {
		for _, r := range f.reads {
			if r.calls != nil {
				called[r.calls] = true
			}
		}
	}
	var out []usage.File
	for _, f := range files {
		file := usage.File{Path: f.path, Surface: envtight.OnCode}
		scope := usage.ScopeOf(f.path)
		for _, r := range f.reads {
			if r.inside != nil && called[r.inside] {
				continue
			}
			r.Scope = scope
			file.Reads = append(file.Reads, r.Read)
		}
		slices.SortStableFunc(file.Reads, func(a, b usage.Read) int { return a.Range.Start.Offset - b.Range.Start.Offset })
		file.Imports = p.edges(f)
		if len(file.Reads)+len(file.Imports) > 0 {
			out = append(out, file)
		}
	}
	return out
}

// edges are the files that a file loads. A package is loaded as a whole: its files
// lead to the first of it, which leads to all.
func (p *project) edges(f *file) []usage.Import {
	paths := map[string]bool{}
	first := func(pk *pkg) {
		for _, other := range pk.files {
			if !strings.HasSuffix(other.path, "_test.go") {
				paths[other.path] = true
				return
			}
		}
	}
	first(f.pkg)
	if paths[f.path] {
		for _, other := range f.pkg.files {
			paths[other.path] = !strings.HasSuffix(other.path, "_test.go")
		}
	}
	for name := range f.names {
		if pk := p.imported(f, name); pk != nil {
			first(pk)
		}
	}
	delete(paths, f.path)
	var out []usage.Import
	for path, ok := range paths {
		if ok {
			out = append(out, usage.Import{Path: path})
		}
	}
	slices.SortFunc(out, func(a, b usage.Import) int { return strings.Compare(a.Path, b.Path) })
	return out
}
