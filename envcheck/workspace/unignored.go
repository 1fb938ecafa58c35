package workspace

import (
	"bytes"
	"fmt"
	pathpkg "path"
	"slices"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"

	"github.com/envtight/envtight"
)

// wanted are the env files that people make beside an example.
type wanted struct {
	unit    *Unit
	example string   // path
	targets []string // paths
}

// wanted returns, for each directory with an example, the files that are to be
// ignored there.
func (h *hygiene) wanted() []wanted {
	var out []wanted
	add := func(unit *Unit) {
		byDir := map[string]*wanted{}
		var order []string
		for _, example := range unit.Examples {
			dir := pathpkg.Dir(example.Path)
			at := byDir[dir]
			if at == nil {
				at = &wanted{unit: unit, example: example.Path}
				byDir[dir] = at
				order = append(order, dir)
			}
			target := pathpkg.Join(dir, copyTarget(baseName(example.Path)))
			names := []string{target}
			if baseName(target) == ".env" && layeredUnit(unit) {
				names = append(names, pathpkg.Join(dir, ".env.local"))
			}
			for _, name := range names {
				if !slices.Contains(at.targets, name) {
					at.targets = append(at.targets, name)
				}
			}
		}
		for _, dir := range order {
			out = append(out, *byDir[dir])
		}
	}
	add(&h.w.Root)
	for _, a := range h.w.Apps {
		add(&a.Unit)
	}
	for _, p := range h.w.Packages {
		add(&p.Unit)
	}
	return out
}

// findUnignored asks git about the files that exist, and about those that people
// will make.
func (h *hygiene) findUnignored() error {
	wanted := h.wanted()
	var ask []string
	for _, w := range wanted {
		ask = append(ask, w.targets...)
	}
	var present []string
	for _, f := range h.w.Tree.Files {
		if _, known := h.tracked[f.Path]; !known && !f.Symlink && h.real(f.Path) {
			present = append(present, f.Path)
		}
	}
	ignored, err := h.repo.Ignored(h.ctx, append(ask, present...))
	if err != nil {
		return err
	}
	open := func(path string) bool { _, known := h.tracked[path]; return !ignored[path] && !known }
	reported := map[string]bool{}
	for _, path := range present {
		if open(path) && h.present(path) {
			reported[path] = true
		}
	}
	for _, w := range wanted {
		missing := slices.DeleteFunc(slices.Clone(w.targets), func(path string) bool {
			return !open(path) || reported[path] || !h.real(path)
		})
		if h.deliberate(w, ignored) {
			missing = slices.DeleteFunc(missing, func(path string) bool { return baseName(path) == ".env" })
		}
		if len(missing) > 0 {
			h.unignored(w, missing)
		}
	}
	return nil
}

// deliberate reports whether a directory follows the practice of Next.js and
// Vite: files of modes are committed, those that end in ".local" are ignored.
func (h *hygiene) deliberate(w wanted, ignored map[string]bool) bool {
	dir := pathpkg.Dir(w.example)
	if !layeredUnit(w.unit) || !ignored[pathpkg.Join(dir, ".env.local")] {
		return false
	}
	for path := range h.tracked {
		if pathpkg.Dir(path) == dir && h.real(path) {
			return true
		}
	}
	return false
}

// present judges an env file that stands in the work tree, neither tracked nor
// ignored: the next "git add ." commits it.
func (h *hygiene) present(path string) bool {
	text, err := h.w.Tree.Read(path)
	file := envFile(path, false)
	if err == nil && (file.Mode != "" && !file.Personal || file.Mode == "" && !file.Personal && h.layered(path)) && len(look(text).secrets) == 0 {
		return false
	}
	h.report(envtight.Diagnostic{
		Rule: notIgnored.ID, Severity: envtight.Error, Location: envtight.WholeFile(path),
		Message: path + " is not ignored by git: the next \"git add .\" commits it",
		Advice:  "echo " + shellQuote(baseName(path)) + " >> .gitignore",
		Fixes:   h.ignoreFix(baseName(path)),
	})
	return true
}

func (h *hygiene) unignored(w wanted, missing []string) {
	var names []string
	for _, path := range missing {
		names = append(names, baseName(path))
	}
	verb := "is"
	if len(names) > 1 {
		verb = "are"
	}
	h.report(envtight.Diagnostic{
		Rule: notIgnored.ID, Severity: envtight.Warning, Location: envtight.WholeFile(w.example),
		Message: fmt.Sprintf("%s %s not ignored by git in %s, where %s asks for it", strings.Join(names, " and "), verb, dirName(w.example), baseName(w.example)),
		Advice:  "printf '%s\\n' " + strings.Join(quoteAll(names), " ") + " >> .gitignore",
		Fixes:   h.ignoreFix(names...),
	})
}

func dirName(path string) string {
	if dir := pathpkg.Dir(path); dir != "." {
		return dir
	}
	return "the root"
}

func quoteAll(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = shellQuote(name)
	}
	return out
}

// ignoreFix appends names to the .gitignore of the root.
func (h *hygiene) ignoreFix(names ...string) []envtight.Fix {
	var text []byte
	if h.w.Tree.Has(".gitignore") {
		read, err := h.w.Tree.Read(".gitignore")
		if err != nil {
			return nil
		}
		text = read
	}
	added := strings.Join(names, "\n") + "\n"
	if len(text) > 0 && text[len(text)-1] != '\n' {
		added = "\n" + added
	}
	return []envtight.Fix{{
		Message: "ignore " + strings.Join(names, " and "),
		Safe:    true,
		Edits:   []envtight.Edit{{Path: ".gitignore", Span: envtight.Span{Start: len(text), End: len(text)}, New: added}},
	}}
}

// images looks for env files that a build copies into an image.
func (h *hygiene) images() {
	var candidates []string
	for _, w := range h.wanted() {
		candidates = append(candidates, w.targets...)
	}
	for _, f := range h.w.Tree.Files {
		file := envFile(f.Path, f.Symlink)
		if !f.Symlink && h.real(f.Path) && (file.Mode == "" || file.Personal) && !slices.Contains(candidates, f.Path) {
			candidates = append(candidates, f.Path)
		}
	}
	slices.Sort(candidates)
	for _, unit := range h.units() {
		for _, file := range unit.Dockerfiles {
			if !testImage(file.Path) {
				h.image(file, candidates)
			}
		}
	}
}

func (h *hygiene) units() []*Unit {
	units := []*Unit{&h.w.Root}
	for _, a := range h.w.Apps {
		units = append(units, &a.Unit)
	}
	for _, p := range h.w.Packages {
		units = append(units, &p.Unit)
	}
	return units
}

func (h *hygiene) image(file Dockerfile, candidates []string) {
	text, err := h.w.Tree.Read(file.Path)
	if err != nil {
		return // said when it was placed
	}
	copies := finalCopies(text)
	if len(copies) == 0 {
		return
	}
	ignoreFile, matcher := h.dockerignore(file)
	for _, c := range copies {
		var in []string
		for _, path := range candidates {
			rel, ok := relative(path, file.Context)
			if ok && c.takes(rel) && !matches(matcher, rel) {
				in = append(in, path)
			}
		}
		if len(in) > 0 {
			h.copied(file, text, c, in, ignoreFile)
			return
		}
	}
}

func (h *hygiene) copied(file Dockerfile, text []byte, c copied, in []string, ignoreFile string) {
	shown := in
	more := ""
	if len(in) > 3 {
		shown, more = in[:3], fmt.Sprintf(" and %d more", len(in)-3)
	}
	verb := "is"
	if len(in) > 1 {
		verb = "are"
	}
	where := "not in " + ignoreFile
	if !h.w.Tree.Has(ignoreFile) {
		where = "not ignored, for there is no " + ignoreFile
	}
	h.report(envtight.Diagnostic{
		Rule: notIgnored.ID, Severity: envtight.Warning, Location: envtight.FileRange(file.Path, text, c.span),
		Message: fmt.Sprintf("this copies env files into the image: %s%s %s %s", strings.Join(shown, ", "), more, verb, where),
		Advice:  "printf '%s\\n' '**/.env' '**/.env.*' '!**/.env.example' >> " + shellQuote(ignoreFile),
	})
}

// dockerignore finds the ignore file of a Dockerfile: one of its own, else that
// of the context.
func (h *hygiene) dockerignore(file Dockerfile) (path string, matcher *patternmatcher.PatternMatcher) {
	path = file.Path + ".dockerignore"
	if !h.w.Tree.Has(path) {
		path = pathpkg.Join(file.Context, ".dockerignore")
	}
	text, err := h.w.Tree.Read(path)
	if err != nil {
		return path, nil
	}
	patterns, err := ignorefile.ReadAll(bytes.NewReader(text))
	if err == nil {
		matcher, err = patternmatcher.New(patterns)
	}
	if err != nil {
		d := diagnose(path, text, &flaw{what: baseName(path) + " holds a pattern that cannot be understood"})
		d.Advice = "mend the pattern: docker build refuses the file, too"
		if !slices.ContainsFunc(h.out, func(o envtight.Diagnostic) bool { return o.Rule == d.Rule && o.Location == d.Location }) {
			h.out = append(h.out, d)
		}
		return path, nil
	}
	return path, matcher
}

func matches(matcher *patternmatcher.PatternMatcher, path string) bool {
	if matcher == nil {
		return false
	}
	ok, err := matcher.MatchesOrParentMatches(path)
	return err == nil && ok
}

// relative returns path as seen from dir.
func relative(path, dir string) (string, bool) {
	if dir == "." {
		return path, true
	}
	return strings.CutPrefix(path, dir+"/")
}
