package workspace

import (
	pathpkg "path"
	"slices"
	"strings"

	"github.com/envtight/envtight/internal/yamldoc"
)

// linkPlatforms maps the names of files that stand in a deployed directory to
// the platform that reads them.
var linkPlatforms = map[string]string{
	"vercel.json": Vercel, "vercel.ts": Vercel,
	"railway.toml": Railway, "railway.json": Railway,
	"fly.toml":    Fly,
	"render.yaml": Render, "render.yml": Render,
	"wrangler.toml": Cloudflare, "wrangler.json": Cloudflare, "wrangler.jsonc": Cloudflare,
	"netlify.toml": Netlify,
	"Procfile":     Heroku,
}

// weakLinks are files that a directory may have without being deployed by
// itself: a package has a vercel.json to say that it is not.
var weakLinks = set("vercel.json", "vercel.ts", "netlify.toml", "Procfile")

// linkFile returns the directory that a link file speaks of.
func linkFile(path string) (dir string, ok bool) {
	dir, base := pathpkg.Dir(path), baseName(path)
	switch pathpkg.Base(dir) {
	case ".vercel":
		return pathpkg.Dir(dir), base == "project.json" || base == "repo.json"
	case ".railway":
		return pathpkg.Dir(dir), strings.HasPrefix(base, "railway.")
	}
	return dir, linkPlatforms[base] != ""
}

// readLinks reads the link files of all directories.
func (l *load) readLinks() {
	for _, d := range slices.Clone(l.order) {
		if l.outOfSight(d) {
			continue
		}
		for _, path := range d.linkFiles {
			l.readLink(d, path)
		}
	}
	l.sortDirs()
	for _, d := range l.order {
		d.preferOwnLink()
	}
}

// preferOwnLink drops the links of the repository's list where the directory has
// one of its own.
func (d *dirFacts) preferOwnLink() {
	own := slices.ContainsFunc(d.links, func(k Link) bool { return strings.HasSuffix(k.Path, ".vercel/project.json") })
	if !own {
		return
	}
	listed := func(path string) bool { return strings.HasSuffix(path, ".vercel/repo.json") }
	d.links = slices.DeleteFunc(d.links, func(k Link) bool { return listed(k.Path) })
	d.reasons = slices.DeleteFunc(d.reasons, func(r reason) bool { return listed(r.Path) })
}

func (l *load) readLink(d *dirFacts, path string) {
	base, parent := baseName(path), pathpkg.Base(pathpkg.Dir(path))
	switch {
	case parent == ".vercel" && base == "project.json":
		l.vercelProject(d, path)
	case parent == ".vercel":
		l.vercelRepo(d, path)
	case parent == ".railway":
		d.link(Link{Platform: Railway, Path: path}, "Railway configuration", false)
	case linkPlatforms[base] == Render:
		l.render(d, path)
	case linkPlatforms[base] == Fly, base == "wrangler.toml":
		l.named(d, path, linkPlatforms[base])
	default:
		d.link(Link{Platform: linkPlatforms[base], Path: path}, base, weakLinks[base])
	}
}

func (d *dirFacts) link(link Link, what string, weak bool) {
	d.links = append(d.links, link)
	r := reason{Reason{What: what, Path: link.Path}, weak}
	if !slices.Contains(d.reasons, r) {
		d.reasons = append(d.reasons, r)
	}
}

// vercelProject reads .vercel/project.json. Without ids it holds settings only
// and is no link.
func (l *load) vercelProject(d *dirFacts, path string) {
	text, ok := l.read(path)
	if !ok {
		return
	}
	var file struct {
		Project string `json:"projectId"`
		Org     string `json:"orgId"`
		Name    string `json:"projectName"`
	}
	if err := decodeJSON(path, text, &file); err != nil {
		l.malformed(path, text, err)
	}
	if file.Project != "" && file.Org != "" {
		d.link(Link{Platform: Vercel, Project: file.Project, Org: file.Org, Name: file.Name, Path: path}, "Vercel project link", false)
	}
}

// vercelRepo reads .vercel/repo.json, which links several directories. Several
// projects may share one directory.
func (l *load) vercelRepo(d *dirFacts, path string) {
	text, ok := l.read(path)
	if !ok {
		return
	}
	var file struct {
		Org      string `json:"orgId"`
		Projects []struct {
			ID        string `json:"id"`
			Name      string `json:"name"`
			Directory string `json:"directory"`
			Org       string `json:"orgId"`
		} `json:"projects"`
	}
	if err := decodeJSON(path, text, &file); err != nil {
		l.malformed(path, text, err)
	}
	for _, p := range file.Projects {
		dir := pathpkg.Join(d.dir, strings.ReplaceAll(p.Directory, `\`, "/"))
		if p.ID == "" || !l.tree.HasDir(dir) {
			continue
		}
		org := p.Org
		if org == "" {
			org = file.Org
		}
		l.facts(dir).link(Link{Platform: Vercel, Project: p.ID, Org: org, Name: p.Name, Path: path}, "Vercel project link", false)
	}
}

// render reads a blueprint: services and the directories they are built from.
// https://render.com/docs/blueprint-spec
func (l *load) render(d *dirFacts, path string) {
	text, ok := l.read(path)
	if !ok {
		return
	}
	root, err := parseYAML(path, text)
	if err != nil {
		l.malformed(path, text, err)
		return
	}
	for service := range yamldoc.Items(yamldoc.Get(root, "services")) {
		dir := d.dir
		if sub := yamldoc.Get(service, "rootDir"); sub != nil {
			dir = pathpkg.Join(d.dir, sub.Value)
		}
		link := Link{Platform: Render, Path: path}
		if name := yamldoc.Get(service, "name"); name != nil {
			link.Name = name.Value
		}
		if l.tree.HasDir(dir) {
			l.facts(dir).link(link, "Render service", false)
		}
	}
}

// named reads the name of the app in a fly.toml or wrangler.toml.
func (l *load) named(d *dirFacts, path, platform string) {
	text, ok := l.read(path)
	if !ok {
		return
	}
	var file struct {
		App  any `toml:"app"`
		Name any `toml:"name"`
	}
	if err := decodeTOML(path, text, &file); err != nil {
		l.malformed(path, text, err)
	}
	name, _ := file.App.(string)
	if platform == Cloudflare {
		name, _ = file.Name.(string)
	}
	d.link(Link{Platform: platform, Name: name, Path: path}, baseName(path), false)
}
