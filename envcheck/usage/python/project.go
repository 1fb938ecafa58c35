package python

import (
	"context"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
)

// Reader returns the reader of Python files.
func Reader() usage.Reader {
	return usage.Reader{Name: "Python", Match: match, Scan: scan}
}

func match(p string) bool {
	ext := path.Ext(p)
	return ext == ".py" || ext == ".pyw"
}

// project is the Python files of a repository.
type project struct {
	in      *usage.Input
	modules *modules
	memory  sync.Pool // of *script
	// files are in order of path; byPath finds them.
	files   []*pyFile
	byPath  map[string]*pyFile
	sorts   map[*class]sort
	origins map[[2]string]origin
	// subclassed are the classes that other settings inherit from; built are those of
	// which objects are made, or that are handed on.
	subclassed map[*class]bool
	built      map[*class]bool
}

// pyFile is what is kept of a file.
type pyFile struct {
	path    string
	imports []imported
	// analysed tells that it was cut into tokens; what follows is known only then.
	analysed bool
	reads    []kept
	exports  map[string]*symbol
	classes  []*class
	used     []useOfClass
	// wanted tells that classes of it are part of settings of other files.
	wanted bool
	// known are the names of other files that were known when it was analysed.
	known int
}

// kept is a read of a file, and the wrapper in which it stands or that it calls.
type kept struct {
	usage.Read
	inner, call *wrapping
}

// useOfClass is a name that is called, or handed on, and may be a class of settings.
type useOfClass struct {
	name string
	// prefix is that of "_env_prefix=", with its place.
	prefix    string
	hasPrefix bool
	odd       bool
	at        envtight.Range
}

func scan(ctx context.Context, in *usage.Input) []usage.File {
	p := &project{
		in: in, modules: newModules(in.Workspace), memory: sync.Pool{New: func() any { return &script{} }},
		files: make([]*pyFile, len(in.Paths)), byPath: map[string]*pyFile{}, sorts: map[*class]sort{}, origins: map[[2]string]origin{},
		subclassed: map[*class]bool{}, built: map[*class]bool{},
	}
	in.Each(ctx, in.Paths, func(i int, name string) {
		text, ok := in.Text(name)
		if !ok {
			return
		}
		s := p.memory.Get().(*script)
		defer p.memory.Put(s)
		f := &pyFile{path: name, imports: skim(text, s)}
		if isMarked(text, f.imports) {
			p.analyse(s, f, text, nil)
		}
		p.files[i] = f
	})
	if ctx.Err() != nil {
		return nil
	}
	p.files = slices.DeleteFunc(p.files, func(f *pyFile) bool { return f == nil })
	for _, f := range p.files {
		p.byPath[f.path] = f
	}
	p.join(ctx)
	return p.result()
}

// analyse looks at a file as a whole.
func (p *project) analyse(s *script, f *pyFile, text []byte, extern func(imported) *symbol) {
	s.analyse(f.path, text, extern)
	lines := envtight.NewLines(text)
	scope := usage.ScopeOf(f.path)
	f.analysed, f.reads = true, nil
	for _, r := range s.sorted() {
		f.reads = append(f.reads, kept{
			Read:  usage.Read{Name: r.name, Kind: r.kind, Scope: scope, Via: r.via, Range: lines.Range(r.span)},
			inner: s.wrapperRound(r), call: r.call,
		})
	}
	f.imports = slices.Clone(s.imports)
	f.exports = s.exports()
	f.classes = s.findClasses(f.path)
	f.used = s.usesOfClasses(lines)
}

// wrapperRound is the wrapper of which a read is the inside, nil for methods, of
// which not every call is seen.
func (s *script) wrapperRound(r read) *wrapping {
	if r.function < 0 {
		return nil
	}
	sc := s.scopes[r.function]
	if sym := s.names.at[place{sc.name, sc.outer}]; sym != nil && sym.reader != nil && sym.reader.wrapping != nil && sym.reader.wrapping.scope == r.function {
		return sym.reader.wrapping
	}
	return nil
}

// exports are the names of the file that other files may read by.
func (s *script) exports() map[string]*symbol {
	out := map[string]*symbol{}
	for at, sym := range s.names.at {
		if at.scope >= 0 || sym == nil {
			continue
		}
		if sym.values != nil {
			sym = &symbol{values: slices.Clone(sym.values)}
			for i := range sym.values {
				sym.values[i].token = -1
			}
		}
		out[at.name] = sym
	}
	for _, im := range s.imports {
		if im.scope < 0 && im.as != "" {
			delete(out, im.as)
		}
	}
	return out
}

// usesOfClasses returns the words in capitals that are no part of a declaration: what
// is called, or handed on.
func (s *script) usesOfClasses(lines *envtight.Lines) []useOfClass {
	var out []useOfClass
	seen := map[string]bool{}
	for n := range s.lines {
		l := s.lines[n]
		if s.isAny(l.first, "import", "from", "class") {
			continue
		}
		for i := l.first; i < l.end; i++ {
			if s.kindOf(i) != word || s.tokens[i].first < 'A' || s.tokens[i].first > 'Z' || s.is(i-1, ".") && s.kindOf(i-2) == word && s.isAny(i-2, "self", "cls") {
				continue
			}
			u := useOfClass{name: s.string(i)}
			if s.is(i-1, ".") && s.kindOf(i-2) == word {
				u.name = s.string(i-2) + "." + u.name
			}
			if s.is(i+1, "(") {
				s.constructionPrefix(&u, i+1, lines)
			} else if s.is(i-1, ":") || s.is(i-1, ">") || s.is(i+1, ".") {
				continue // an annotation, or an attribute of the class
			}
			if !u.hasPrefix && !u.odd {
				if seen[u.name] {
					continue
				}
				seen[u.name] = true
			}
			out = append(out, u)
		}
	}
	return out
}

func (s *script) constructionPrefix(u *useOfClass, open int32, lines *envtight.Lines) {
	for _, a := range s.arguments(open) {
		if a.keyword != "_env_prefix" {
			continue
		}
		u.prefix, u.hasPrefix = s.literalArgument(a)
		u.odd = !u.hasPrefix
		u.at = lines.Range(s.span(a.first, a.end))
		if u.hasPrefix {
			span, _ := s.content(a.first)
			u.at = lines.Range(span)
		}
	}
}

// origin is where a name comes from: a file and a name in it, or a library.
type origin struct {
	file *pyFile
	name string
	// module is that of a library.
	module string
}

// maxReexports is how often a name is handed on from file to file.
const maxReexports = 16

// origin follows a name of a file through imports to where it is defined.
func (p *project) origin(f *pyFile, name string) origin {
	key := [2]string{f.path, name}
	if known, ok := p.origins[key]; ok {
		return known
	}
	p.origins[key] = origin{}
	out := p.follow(f, name, maxReexports)
	p.origins[key] = out
	return out
}

func (p *project) follow(f *pyFile, name string, left int) origin {
	if left == 0 {
		return origin{}
	}
	if f.exports[name] != nil || slices.ContainsFunc(f.classes, func(c *class) bool { return c.name == name }) {
		return origin{file: f, name: name}
	}
	for _, im := range slices.Backward(f.imports) {
		if im.as != name || im.name == "" {
			continue
		}
		target := p.target(f, im)
		if target == nil {
			return origin{module: im.module, name: im.name}
		}
		return p.follow(target, im.name, left-1)
	}
	for _, im := range f.imports {
		if im.name != "*" {
			continue
		}
		if target := p.target(f, im); target != nil && target != f {
			if found := p.follow(target, name, left-1); found.file != nil && found.file.analysed {
				return found
			}
		}
	}
	if !f.analysed {
		return origin{file: f, name: name}
	}
	return origin{}
}

// target is the file of the module that an import takes names from, nil when that is
// none of the repository.
func (p *project) target(f *pyFile, im imported) *pyFile {
	bare := im
	bare.name = ""
	files, ok := p.modules.files(f.path, bare)
	if !ok || len(files) == 0 {
		return nil
	}
	return p.byPath[files[len(files)-1]]
}

// class finds the class that a dotted name of a file stands for: one of a library by
// its sort, or one of the repository.
func (p *project) class(path, dotted string) (sort, *class) {
	f := p.byPath[path]
	if f == nil {
		return plainClass, nil
	}
	name := dotted
	if module, last, ok := cutLast(dotted); ok {
		target, library := p.moduleNamed(f, module)
		if target == nil {
			return external(library, last), nil
		}
		f, name = target, last
	}
	o := p.origin(f, name)
	if o.file == nil {
		return external(o.module, o.name), nil
	}
	for _, c := range o.file.classes {
		if c.name == o.name {
			return plainClass, c
		}
	}
	return plainClass, nil
}

func cutLast(dotted string) (before, last string, ok bool) {
	i := strings.LastIndexByte(dotted, '.')
	if i < 0 {
		return "", dotted, false
	}
	return dotted[:i], dotted[i+1:], true
}

// moduleNamed finds the module that a dotted name of a file stands for: a file of the
// repository, or the name of a library's.
func (p *project) moduleNamed(f *pyFile, dotted string) (*pyFile, string) {
	first, rest, _ := strings.Cut(dotted, ".")
	for _, im := range f.imports {
		if im.as != first {
			continue
		}
		full := im
		if im.name != "" {
			full.module, full.name = strings.TrimPrefix(im.module+"."+im.name, "."), ""
		}
		if rest != "" {
			full.module += "." + rest
		}
		if target := p.target(f, full); target != nil {
			return target, ""
		}
		return nil, full.module
	}
	return nil, ""
}

// forget drops what was found out before files were analysed again.
func (p *project) forget() {
	clear(p.origins)
	clear(p.sorts)
}

// want marks the files whose classes are part of settings: as bases, or as types of
// fields.
func (p *project) want() {
	for _, f := range p.files {
		for _, c := range f.classes {
			if !f.wanted && p.sortOf(c) < settings {
				continue
			}
			names := slices.Clone(c.bases)
			for _, field := range c.fields {
				names = append(names, field.types...)
			}
			for _, dotted := range names {
				name := dotted
				from := f
				if module, last, ok := cutLast(dotted); ok {
					if from, _ = p.moduleNamed(f, module); from == nil {
						continue
					}
					name = last
				}
				if o := p.origin(from, name); o.file != nil && o.file != f {
					o.file.wanted = true
				}
			}
		}
	}
}

// maxJoins is how many rounds names are followed from file to file.
const maxJoins = 5

// join analyses again what reads by names that other files define.
func (p *project) join(ctx context.Context) {
	for range maxJoins {
		p.forget()
		p.want()
		names := p.interesting()
		var again []string
		for _, f := range p.files {
			if n := p.interest(f, names); n > f.known || f.wanted && !f.analysed {
				f.known = n
				again = append(again, f.path)
			}
		}
		if len(again) == 0 || ctx.Err() != nil {
			return
		}
		externs := make([]func(imported) *symbol, len(again))
		for i, name := range again {
			externs[i] = p.extern(p.byPath[name])
		}
		p.in.Each(ctx, again, func(i int, name string) {
			text, err := p.in.Workspace.Tree.Read(name)
			if err != nil {
				return
			}
			s := p.memory.Get().(*script)
			defer p.memory.Put(s)
			p.analyse(s, p.byPath[name], text, externs[i])
		})
	}
}

// interesting are the names by which files may read what others define: those of
// exports and of classes of settings, of the modules that have some, and those that
// imports give them.
func (p *project) interesting() map[string]bool {
	names := map[string]bool{}
	for _, f := range p.files {
		has := false
		for name := range f.exports {
			names[name], has = true, true
		}
		for _, c := range f.classes {
			if p.sortOf(c) >= settings {
				names[c.name] = true
			}
		}
		if has {
			base := strings.TrimSuffix(path.Base(f.path), ".py")
			if base == "__init__" {
				base = path.Base(path.Dir(f.path))
			}
			names[base] = true
		}
	}
	for range maxReexports {
		before := len(names)
		for _, f := range p.files {
			for _, im := range f.imports {
				if im.as != im.name && im.name != "" && names[im.name] {
					names[im.as] = true
				}
			}
		}
		if len(names) == before {
			break
		}
	}
	return names
}

// interest counts the names that a file imports and that it may read by. Constants
// count only where something is read already.
func (p *project) interest(f *pyFile, names map[string]bool) int {
	n := 0
	for _, im := range f.imports {
		if im.as == "" || im.name != "" && !names[im.name] || im.name == "" && !names[im.module[strings.LastIndexByte(im.module, '.')+1:]] {
			continue
		}
		if sym := p.imported(f, im); sym != nil && (sym.values == nil || f.analysed) {
			n++
		}
		if im.name != "" {
			if of, c := p.class(f.path, im.as); c != nil && p.sortOf(c) >= settings || of >= settings {
				n++
			}
		}
	}
	return n
}

// imported is what an import of another file of the repository gives, or nil.
func (p *project) imported(f *pyFile, im imported) *symbol {
	if im.name != "" {
		switch o := p.origin(f, im.as); {
		case o.module != "":
			return library(o.module + "." + o.name)
		case o.file != nil && o.file != f && o.file.exports[o.name] != nil:
			return o.file.exports[o.name]
		}
		// from package import module
		im.module, im.name = strings.TrimPrefix(im.module+"."+im.name, "."), ""
	}
	target := p.target(f, im)
	if target == nil {
		return nil
	}
	for _, sym := range target.exports {
		if sym.values == nil {
			exports := target.exports
			return &symbol{member: func(name string) *symbol { return exports[name] }}
		}
	}
	return nil
}

// extern returns what the imports of a file stand for. It is worked out at once: the
// function is called while files change.
func (p *project) extern(f *pyFile) func(imported) *symbol {
	known := map[imported]*symbol{}
	for _, im := range f.imports {
		if im.as == "" {
			continue
		}
		key := im
		key.scope, key.types = 0, false
		known[key] = p.imported(f, im)
	}
	return func(im imported) *symbol {
		im.scope, im.types = 0, false
		return known[im]
	}
}

// result puts together what was found.
func (p *project) result() []usage.File {
	p.forget()
	called := map[wrapping]bool{}
	for _, f := range p.files {
		for _, r := range f.reads {
			if r.call != nil && !r.sameFunction() {
				called[*r.call] = true
			}
		}
	}
	p.findUses()
	var out []usage.File
	for _, f := range p.files {
		file := usage.File{Path: f.path, Surface: envtight.OnCode}
		for _, r := range f.reads {
			if r.inner == nil || !called[*r.inner] {
				file.Reads = append(file.Reads, r.Read)
			}
		}
		p.addSettings(f, &file)
		file.Imports, file.Unresolved = p.modules.edges(f.path, f.imports)
		if len(file.Reads)+len(file.Imports)+len(file.Settings) > 0 || file.Unresolved {
			out = append(out, file)
		}
	}
	return out
}

// sameFunction reports whether a wrapper calls itself.
func (f *kept) sameFunction() bool { return f.inner != nil && *f.inner == *f.call }

// findUses finds out which classes of settings others inherit from, and which are
// used.
func (p *project) findUses() {
	for _, f := range p.files {
		for _, c := range f.classes {
			if p.sortOf(c) < settings {
				continue
			}
			for _, base := range p.lineage(c)[1:] {
				p.subclassed[base] = true
			}
		}
		for _, u := range f.used {
			if _, c := p.class(f.path, u.name); c != nil && !u.hasPrefix && !u.odd {
				p.built[c] = true
			}
		}
	}
}

// addSettings adds what the classes of settings of a file read. A class from which
// others inherit and of which no object is made reads nothing itself.
func (p *project) addSettings(f *pyFile, file *usage.File) {
	for _, c := range f.classes {
		if p.sortOf(c) < settings || p.subclassed[c] && !p.built[c] {
			continue
		}
		s, reads := p.settingsOf(c)
		file.Settings = append(file.Settings, s)
		file.Reads = append(file.Reads, reads...)
	}
	for _, u := range f.used {
		if _, c := p.class(f.path, u.name); c != nil && p.sortOf(c) >= settings && (u.hasPrefix || u.odd) {
			file.Reads = append(file.Reads, p.construction(f, c, u)...)
		}
	}
	slices.SortStableFunc(file.Reads, func(a, b usage.Read) int { return a.Range.Start.Offset - b.Range.Start.Offset })
}

// construction is what an object reads that is made with a prefix of its own.
func (p *project) construction(f *pyFile, c *class, u useOfClass) []usage.Read {
	scope := usage.ScopeOf(f.path)
	if u.odd {
		return []usage.Read{{Name: "*", Kind: usage.Dynamic, Scope: scope, Via: c.name, Range: u.at}}
	}
	other := *c
	other.config = map[string]setting{}
	for key, value := range c.config {
		other.config[key] = value
	}
	other.config["env_prefix"] = setting{texts: []string{u.prefix}}
	p.sorts[&other] = p.sortOf(c)
	_, reads := p.settingsOf(&other)
	for i := range reads {
		reads[i].Scope, reads[i].Range = scope, u.at
	}
	return reads
}
