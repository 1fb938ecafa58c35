package workspace

import (
	"bytes"
	pathpkg "path"
	"regexp"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/internal/lazyregexp"
)

// codeLoader is a family of loaders whose files are named in code.
type codeLoader struct {
	dialects []dotenv.Dialect
	endings  []string
	// word is in every file that matters: a cheap look before the expression.
	word string
	// call matches the beginning of an expression that names files, up to the
	// bracket or sign before its first argument.
	call func() *regexp.Regexp
	// lastWins tells that of a list of files the last one counts.
	lastWins bool
}

// codeLoaders are found by the calls that their manuals show: python-dotenv,
// pydantic-settings (env_file), environs and django-environ (read_env); dotenv;
// @nestjs/config (envFilePath); godotenv.
var codeLoaders = []codeLoader{
	{
		dialects: []dotenv.Dialect{dotenv.PythonDotenv}, endings: []string{".py"}, word: "env", lastWins: true,
		call: lazyregexp.New(`\b(?:load_dotenv|dotenv_values|find_dotenv|read_env|read_envfile)\s*\(|\b_?env_file["']?\s*[=:]`),
	},
	{
		dialects: []dotenv.Dialect{dotenv.Dotenv, dotenv.DotenvExpand}, endings: nodeEndings, word: "dotenv",
		call: lazyregexp.New(`(?:\b|\.)config\s*\(`),
	},
	{
		dialects: []dotenv.Dialect{dotenv.Dotenv}, endings: nodeEndings, word: "envFilePath",
		call: lazyregexp.New(`\benvFilePath\s*:`),
	},
	{
		dialects: []dotenv.Dialect{dotenv.Godotenv}, endings: []string{".go"}, word: "godotenv",
		call: lazyregexp.New(`\bgodotenv\.(?:Load|Overload|Read)\s*\(`),
	},
}

var nodeEndings = []string{".js", ".ts", ".mjs", ".cjs", ".mts", ".cts"}

// fromCode takes the files that code names, or the default of each loader whose
// module the unit asks for.
func (f *localFinder) fromCode() {
	before := len(f.out.Files)
	var silent []*Loader
	for i := range codeLoaders {
		for _, d := range codeLoaders[i].dialects {
			if l := f.loader(d); l != nil {
				f.scan(&codeLoaders[i], l)
				silent = append(silent, l)
			}
		}
	}
	if len(f.out.Files) > before || f.out.Dynamic {
		return
	}
	for _, l := range silent {
		f.byDefault(l)
	}
}

// byDefault takes what a loader reads that no code gives a file to.
func (f *localFinder) byDefault(l *Loader) {
	named := slices.ContainsFunc(f.out.Files, func(file LocalFile) bool { return file.Dialect == l.Dialect })
	if named && !f.unit.Has("dotenv") {
		return
	}
	if f.unit.Has("dotenv-flow") {
		f.addAll(dotenv.LoadOrder(dotenv.Vite, developmentMode), l.Dialect, l.Where)
	}
	f.addAll([]string{".env"}, l.Dialect, l.Where)
	switch {
	case l.Dialect != dotenv.PythonDotenv:
	case f.unit.Framework == Flask: // "flask run" reads both
		f.addAll([]string{".flaskenv"}, l.Dialect, l.Where)
	default:
		f.out.Unsure = "no code was found that says which file " + l.Dialect.Title() + " reads"
	}
}

// maxCodeFile is the size in bytes above which a file is no code that anybody
// wrote by hand.
const maxCodeFile = 1 << 20

// scan looks into the code of the unit, and of the packages that it depends on.
func (f *localFinder) scan(c *codeLoader, loader *Loader) {
	dirs := []string{f.unit.Dir}
	for _, d := range f.unit.DependsOn {
		if !d.Dev {
			dirs = append(dirs, d.Package.Dir)
		}
	}
	for _, dir := range dirs {
		unit := f.w.Unit(dir)
		for _, file := range f.w.Tree.Below(dir) {
			if !slices.Contains(c.endings, pathpkg.Ext(file.Path)) || testCode(file.Path) || f.w.Unit(file.Path) != unit {
				continue
			}
			text, err := f.w.Tree.Read(file.Path)
			if err == nil && len(text) <= maxCodeFile && bytes.Contains(text, []byte(c.word)) {
				f.scanText(c, loader, file.Path, text)
			}
		}
	}
}

// testCode reports whether a file is run by tests, or by tools, only.
func testCode(path string) bool {
	base := baseName(path)
	return isSample(pathpkg.Dir(path)) || strings.HasPrefix(base, "test_") || base == "conftest.py" ||
		strings.Contains(base, ".test.") || strings.Contains(base, ".spec.") || strings.HasSuffix(base, "_test.go") || strings.Contains(base, ".config.")
}

var (
	quoted = lazyregexp.New("[\"'`]([^\"'`\n]*)[\"'`]")
	// settings are arguments that say nothing of the file.
	settings = lazyregexp.New(`\b(?:override|verbose|interpolate|encoding|usecwd|recurse|raise_error_if_not_found|quiet|debug|expand|isGlobal|env_file_encoding)\s*[=:]\s*[\w."'-]*`)
	// noCall matches what stands before a call in a comment or a definition.
	noCall   = lazyregexp.New(`^\s*(?:#|//|\*|def\s|function\s)`)
	brackets = strings.NewReplacer("(", "", ")", "", "[", "", "]", "", "{", "", "}", "", ",", "")
)

// scanText takes the files that one text names.
func (f *localFinder) scanText(c *codeLoader, loader *Loader, path string, text []byte) {
	for _, at := range c.call().FindAllIndex(text, -1) {
		if noCall().Match(text[bytes.LastIndexByte(text[:at[0]], '\n')+1 : at[0]]) {
			continue
		}
		names, sure := namedIn(argument(text[at[1]-1:]), c)
		f.out.Dynamic = f.out.Dynamic || !sure
		where := envtight.FileRange(path, text, envtight.Span{Start: at[0], End: at[1]})
		for _, name := range names {
			if resolved := f.resolve(name, pathpkg.Dir(path)); developing(envFile(resolved, false).Mode) {
				f.add(LocalFile{Path: resolved, Dialect: loader.Dialect, Where: where})
			}
		}
	}
}

// argument returns the text from an opening bracket to the closing one, or from
// a sign to the end of the value behind it.
func argument(text []byte) string {
	text = text[:min(len(text), 400)]
	depth, call := 0, text[0] == '('
	for i, b := range text[1:] {
		switch b {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth < 0 {
				return string(text[1 : i+1])
			}
			if depth == 0 && !call {
				return string(text[1 : i+2])
			}
		case ',', '\n':
			if depth == 0 && !call && len(bytes.TrimSpace(text[1:i+1])) > 0 {
				return string(text[1 : i+1])
			}
		}
	}
	return string(text[1:])
}

// namedIn returns the env files that an argument names, the one that wins first,
// and whether it names all of them for sure.
func namedIn(argument string, c *codeLoader) (names []string, sure bool) {
	rest := settings().ReplaceAllString(argument, "")
	if strings.TrimSpace(brackets.Replace(rest)) == "" || strings.TrimSpace(rest) == "find_dotenv()" {
		return []string{".env"}, true
	}
	if strings.TrimSpace(rest) == "None" {
		return nil, true
	}
	for _, match := range quoted().FindAllStringSubmatch(rest, -1) {
		switch {
		case strings.ContainsAny(match[1], "{}$%"):
			return nil, false
		case dotenv.Kind(match[1]) == dotenv.Real:
			names = append(names, match[1])
		}
	}
	if c.lastWins && strings.IndexAny(strings.TrimSpace(rest), "([") == 0 {
		slices.Reverse(names)
	}
	return names, len(names) > 0
}

// resolve finds the file that code in dir means by a name. Programs take it from
// the directory they were started in, python-dotenv from that of the code and
// all above it; the first that exists is taken, else the one in the unit.
func (f *localFinder) resolve(name, dir string) string {
	own := f.own(name)
	if pathpkg.IsAbs(name) || strings.HasPrefix(own, "../") {
		return "../" + name
	}
	if f.w.Tree.Has(own) {
		return own
	}
	for ; ; dir = pathpkg.Dir(dir) {
		if path := pathpkg.Join(dir, name); f.w.Tree.Has(path) {
			return path
		}
		if dir == "." || dir == "/" {
			return own
		}
	}
}

// codeEndings end the names of files in which an env file may be named.
var codeEndings = set(".py", ".js", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".jsx", ".tsx", ".go", ".rb", ".sh", ".bash", ".zsh", ".fish",
	".ps1", ".bat", ".cmd", ".json", ".jsonc", ".toml", ".yaml", ".yml", ".nix", ".cfg", ".ini", ".hcl", ".mk", ".just", ".envrc")

// unnaming are files that speak of env files without reading them.
var unnaming = set("turbo.json", "turbo.jsonc", "nx.json", "package-lock.json", "pnpm-lock.yaml", "tsconfig.json", "biome.json", "vercel.json", "envtight.hcl")

// Names reports whether some code, script or configuration outside of other
// apps' directories names an env file by its base name, so that something may
// read it.
func (w *Workspace) Names(u *Unit, base string) bool {
	for _, file := range w.Tree.Files {
		name := file.Base()
		script := scriptFiles[name] || IsDockerfile(name) || name == ".envrc"
		if !script && !codeEndings[pathpkg.Ext(name)] || unnaming[name] {
			continue
		}
		if o := w.owner(file.Path); o.app != nil && &o.app.Unit != u && o.app.Dir != "." {
			continue
		}
		text, err := w.Tree.Read(file.Path)
		if err == nil && len(text) <= maxCodeFile && namesFile(text, base) {
			return true
		}
	}
	return false
}

// namesFile reports whether text holds the name of a file, and not only as a part
// of a longer one.
func namesFile(text []byte, base string) bool {
	for from := 0; ; {
		i := bytes.Index(text[from:], []byte(base))
		if i < 0 {
			return false
		}
		end := from + i + len(base)
		if end == len(text) || !wordByte(text[end]) && text[end] != '.' || end+1 < len(text) && text[end] == '.' && !wordByte(text[end+1]) {
			return true
		}
		from = end
	}
}
