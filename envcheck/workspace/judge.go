package workspace

import (
	"bytes"
	"cmp"
	pathpkg "path"
	"slices"
	"strings"

	"github.com/envtight/envtight/internal/lazyregexp"
)

// fixtureDirs hold input of tests: never an app, never a member.
var fixtureDirs = set("fixtures", "fixture", "__fixtures__", "testdata", "__tests__", "__mocks__", "__snapshots__", "test-fixtures")

// sampleDirs hold what looks like apps and is not deployed. A workspace that
// lists one of their directories as a member knows better.
var sampleDirs = set("examples", "example", "samples", "sample", "templates", "template", "boilerplates", "boilerplate",
	"starters", "starter", "demos", "playgrounds", "test", "tests", "e2e", "e2e-tests", "integration-tests", "benchmarks", "snippets")

func isFixture(dir string) bool { return hasPart(dir, fixtureDirs) }

// IsSample reports whether a directory lies among samples, templates, tests or
// their input.
func IsSample(dir string) bool { return isSample(dir) }

func isSample(dir string) bool { return hasPart(dir, fixtureDirs) || hasPart(dir, sampleDirs) }

func hasPart(dir string, names map[string]bool) bool {
	for part := range strings.SplitSeq(dir, "/") {
		if names[part] {
			return true
		}
	}
	return false
}

// judge finds the framework of each directory, and what speaks for its being an
// app.
func (l *load) judge() {
	for _, d := range l.order {
		if l.outOfSight(d) || isFixture(d.dir) && d.named == "" {
			continue
		}
		if d.node != nil {
			l.judgeNode(d)
		}
		if d.python != nil || d.names["manage.py"] {
			l.judgePython(d)
		}
		if d.gomod != nil && d.framework == "" {
			d.framework = Go
		}
		l.judgeRest(d)
	}
}

func (d *dirFacts) reason(what, path string, weak bool) {
	d.reasons = append(d.reasons, reason{Reason{What: what, Path: path}, weak})
}

// nodeRule says how to tell an app of a JavaScript framework. A module that is
// asked for is not enough: libraries for a framework ask for it, too.
type nodeRule struct {
	framework Framework
	what      string
	modules   []string
	// config holds the stem of a configuration file, files other files, and
	// dirs directories; one of them must be there.
	config []string
	files  []string
	dirs   []string
	weak   bool
}

var nodeRules = []nodeRule{
	{framework: Next, what: "Next.js app", modules: []string{"next"}, config: []string{"next.config"}, dirs: []string{"app", "pages", "src/app", "src/pages"}},
	{framework: Nuxt, what: "Nuxt app", modules: []string{"nuxt", "nuxt3", "nuxt-nightly"}, config: []string{"nuxt.config"}},
	{framework: SvelteKit, what: "SvelteKit app", modules: []string{"@sveltejs/kit"}, dirs: []string{"src/routes"}},
	{framework: Astro, what: "Astro app", modules: []string{"astro"}, config: []string{"astro.config"}},
	{framework: Remix, what: "Remix app", modules: []string{"@remix-run/dev", "@react-router/dev"}, config: []string{"remix.config", "react-router.config", "vite.config"}},
	{framework: Redwood, what: "Redwood app", modules: []string{"@redwoodjs/core"}, files: []string{"redwood.toml"}},
	{framework: Gatsby, what: "Gatsby app", modules: []string{"gatsby"}, config: []string{"gatsby-config"}},
	{framework: Expo, what: "Expo app", modules: []string{"expo"}, config: []string{"app.config"}, files: []string{"app.json"}},
	{framework: Nest, what: "Nest app", modules: []string{"@nestjs/core"}, files: []string{"nest-cli.json", "src/main.ts"}},
	{framework: Trigger, what: "Trigger.dev project", modules: []string{"@trigger.dev/sdk", "trigger.dev"}, config: []string{"trigger.config"}},
	{framework: CRA, what: "Create React App", modules: []string{"react-scripts"}, files: []string{"public/index.html"}},
	{framework: Vite, what: "Vite app", modules: []string{"vite", "rolldown-vite", "vite-plus"}, files: []string{"index.html"}, weak: true},
}

var configEndings = []string{".ts", ".js", ".mjs", ".cjs", ".mts", ".cts", ".json"}

func (l *load) judgeNode(d *dirFacts) {
	d.framework = Node
	for _, rule := range nodeRules {
		if path, ok := l.applies(rule, d); ok {
			d.framework = rule.framework
			d.reason(rule.what, path, rule.weak)
			return
		}
	}
	if what, ok := serviceScript(d.node); ok && !hasPart(d.dir, set("packages", "libs", "tooling", "tools", "scripts", "config")) {
		d.reason(what, d.node.path, true)
	}
}

// applies reports whether a directory holds an app of the rule's kind. In a
// workspace without hoisted manifests the module may be asked for at the root;
// the configuration file decides then.
func (l *load) applies(rule nodeRule, d *dirFacts) (path string, ok bool) {
	if !d.node.has(rule.modules...) {
		return "", false
	}
	for _, stem := range rule.config {
		for _, ending := range configEndings {
			if d.names[stem+ending] {
				return pathpkg.Join(d.dir, stem+ending), true
			}
		}
	}
	for _, file := range rule.files {
		if path := pathpkg.Join(d.dir, file); l.tree.Has(path) {
			return path, true
		}
	}
	for _, dir := range rule.dirs {
		if l.tree.HasDir(pathpkg.Join(d.dir, dir)) {
			return d.node.path, true
		}
	}
	return "", false
}

// serves matches the commands that start a server program in production.
var serves = lazyregexp.New(`(^|[ ;&])(node|bun|bun run|tsx|ts-node|deno run|pm2|pm2-runtime|nest start|fastify start|srvx) `)

// serviceScript reports whether a private package has a start script that runs a
// program of its own.
func serviceScript(p *packageJSON) (what string, ok bool) {
	start := p.scripts["start"]
	if !p.private || p.bin || start == "" || strings.Contains(start, "watch") {
		return "", false
	}
	if !serves().MatchString(start) {
		return "", false
	}
	return "start script", true
}

// pythonFrameworks maps normalized names to frameworks, the first found counts.
var pythonFrameworks = []struct {
	module    string
	framework Framework
}{
	{"fastapi", FastAPI}, {"django", Django}, {"flask", Flask}, {"quart", Flask}, {"starlette", Starlette},
	{"litestar", Starlette}, {"sanic", Starlette}, {"aiohttp", Python},
}

// entryNames are the files that the entry of a Python web app stands in.
var entryNames = set("main.py", "app.py", "asgi.py", "wsgi.py", "server.py", "api.py", "index.py", "application.py", "__init__.py", "__main__.py", "factory.py")

// entryCalls make or hand out an ASGI or WSGI application.
var entryCalls = [][]byte{
	[]byte("FastAPI("), []byte("Starlette("), []byte("Litestar("), []byte("Quart("), []byte("Flask("), []byte("Sanic("),
	[]byte("get_asgi_application("), []byte("get_wsgi_application("), []byte("web.Application("),
}

// maxEntries bounds the Python files that are looked into for one directory.
const maxEntries = 200

func (l *load) judgePython(d *dirFacts) {
	if d.framework == "" || d.framework == Node && d.reasons == nil {
		d.framework = Python
	}
	if d.names["manage.py"] {
		d.framework = Django
		d.reason("Django project", pathpkg.Join(d.dir, "manage.py"), false)
		return
	}
	for _, known := range pythonFrameworks {
		if d.python.has(known.module) {
			if d.framework == Python {
				d.framework = known.framework
			}
			if path, ok := l.entry(d); ok {
				d.reason(title(known.framework)+" app", path, false)
			}
			return
		}
	}
}

func title(f Framework) string {
	switch f {
	case FastAPI:
		return "FastAPI"
	case Django:
		return "Django"
	case Flask:
		return "Flask"
	default:
		return "ASGI"
	}
}

// entry finds the file that makes the application, at most four directories
// deep and not inside another project.
func (l *load) entry(d *dirFacts) (path string, ok bool) {
	seen := 0
	best := ""
	for _, f := range l.tree.Below(d.dir) {
		if !entryNames[f.Base()] || isSample(strings.TrimPrefix(pathpkg.Dir(f.Path), d.dir)) {
			continue
		}
		if depth(f.Path)-depth(d.dir) > 4 || l.project(pathpkg.Dir(f.Path)) != d || best != "" && depth(f.Path) >= depth(best) {
			continue
		}
		if seen++; seen > maxEntries {
			break
		}
		text, ok := l.read(f.Path)
		if ok && slices.ContainsFunc(entryCalls, func(call []byte) bool { return bytes.Contains(text, call) }) {
			best = f.Path
		}
	}
	return best, best != ""
}

func depth(path string) int {
	if path == "." {
		return -1
	}
	return strings.Count(path, "/")
}

// project returns the innermost directory, from dir upwards, that has a Python
// manifest.
func (l *load) project(dir string) *dirFacts {
	for ; ; dir = pathpkg.Dir(dir) {
		if d := l.dirs[dir]; d != nil && (d.python != nil || d.names["manage.py"]) {
			return d
		}
		if dir == "." {
			return nil
		}
	}
}

// judgeRest adds what holds for all languages.
func (l *load) judgeRest(d *dirFacts) {
	for _, path := range d.docker {
		if len(d.manifests) > 0 && !testImage(path) {
			d.reason("Dockerfile", path, false)
			break
		}
	}
	if d.nx != nil && d.nx.Type == "application" && !strings.HasSuffix(d.dir, "-e2e") {
		d.reason("Nx application", pathpkg.Join(d.dir, "project.json"), true)
	}
	if len(d.examples) > 0 {
		d.reason("env example", d.examples[0].Path, true)
	}
	if d.named != "" {
		d.reasons = append([]reason{{Reason: Reason{What: "named in the configuration"}}}, d.reasons...)
	}
	slices.SortStableFunc(d.reasons, func(a, b reason) int { return cmp.Compare(boolInt(a.weak), boolInt(b.weak)) })
	d.strong = len(d.reasons) > 0 && !d.reasons[0].weak
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// testImage reports whether the name of a Dockerfile says that it is for tests
// or for developers' machines.
func testImage(path string) bool {
	base := strings.ToLower(baseName(path))
	return slices.ContainsFunc([]string{"test", "playwright", "e2e", "ci", "cypress", "devcontainer", "lint"}, func(word string) bool {
		return base == "dockerfile."+word || base == word+".dockerfile"
	})
}
