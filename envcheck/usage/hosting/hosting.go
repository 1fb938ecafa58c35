// Package hosting finds the names in the configuration files of hosting platforms:
// vercel.json, wrangler.toml and its kin, netlify.toml, fly.toml and render.yaml.
//
// railway.json and railway.toml hold no variables.
package hosting

import (
	pathpkg "path"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/internal/document"
)

// format is how one platform's file names variables.
type format struct {
	files []string
	parse func([]byte) (*document.Document, error)
	read  func(*reader)
}

// formats are the files that are known. Sources:
// https://vercel.com/docs/project-configuration,
// https://developers.cloudflare.com/workers/wrangler/configuration,
// https://docs.netlify.com/build/configure-builds/file-based-configuration,
// https://fly.io/docs/reference/configuration, https://render.com/docs/blueprint-spec.
var formats = []format{
	{files: []string{"vercel.json"}, parse: document.ParseJSON, read: vercel},
	{files: []string{"wrangler.json", "wrangler.jsonc"}, parse: document.ParseJSON, read: wrangler},
	{files: []string{"wrangler.toml"}, parse: document.ParseTOML, read: wrangler},
	{files: []string{"netlify.toml"}, parse: document.ParseTOML, read: netlify},
	{files: []string{"fly.toml"}, parse: document.ParseTOML, read: func(r *reader) { r.table(r.root.Get("env"), usage.Sets, "", "env") }},
	{files: []string{"render.yaml"}, parse: document.ParseYAML, read: render},
}

// Setting is one name in such a file.
type Setting struct {
	usage.Mention
	// Value is the text that it is given; empty for what is no text.
	Value envtight.Secret
}

// Is reports whether a path is that of a file that [Parse] reads.
func Is(path string) bool { return find(path) != nil }

// Parse returns the names in a file, in order of place. The error is one of package
// document.
func Parse(path string, text []byte) ([]Setting, error) {
	f := find(path)
	d, err := f.parse(text)
	if err != nil {
		return nil, err
	}
	r := &reader{d: d, root: d.Root()}
	f.read(r)
	slices.SortStableFunc(r.out, func(a, b Setting) int { return a.Range.Start.Offset - b.Range.Start.Offset })
	return r.out, nil
}

// Reader finds the names in the configuration files of hosting platforms.
func Reader() usage.Reader {
	return usage.Reader{
		Name:  "hosting",
		Match: Is,
		Scan: usage.FileByFile(func(path string, text []byte) (*usage.File, error) {
			settings, err := Parse(path, text)
			if err != nil {
				return nil, err
			}
			file := &usage.File{Path: path, Surface: envtight.OnHosting}
			for _, s := range settings {
				file.Mentions = append(file.Mentions, s.Mention)
			}
			return file, nil
		}),
	}
}

func find(path string) *format {
	i := slices.IndexFunc(formats, func(f format) bool { return slices.Contains(f.files, pathpkg.Base(path)) })
	if i < 0 {
		return nil
	}
	return &formats[i]
}

type reader struct {
	d    *document.Document
	root *document.Node
	out  []Setting
}

func (r *reader) add(name, value *document.Node, role usage.Role, subject, key string) {
	r.out = append(r.out, Setting{
		Mention: usage.Mention{Name: name.Text, Role: role, Subject: subject, Key: key, Range: r.d.RangeOf(name)},
		Value:   envtight.NewSecret(value.String()),
	})
}

// table takes the keys of a mapping of names to values.
func (r *reader) table(n *document.Node, role usage.Role, subject, key string) {
	for _, m := range n.Fields() {
		r.add(m.Key, m.Value, role, subject, key)
	}
}

// vercel reads "env" and "build.env". A value "@name" is a secret that the platform
// keeps.
func vercel(r *reader) {
	for _, table := range []struct {
		n            *document.Node
		subject, key string
	}{{r.root.Get("env"), "", "env"}, {r.root.At("build", "env"), "build", "build.env"}} {
		for _, m := range table.n.Fields() {
			role := usage.Sets
			if strings.HasPrefix(m.Value.String(), "@") {
				role = usage.Passes
			}
			r.add(m.Key, m.Value, role, table.subject, table.key)
		}
	}
}

// wrangler reads the variables of a Worker and of each of its environments, and the
// secrets that it says it needs.
func wrangler(r *reader) {
	each := func(n *document.Node, environment string) {
		r.table(n.Get("vars"), usage.Sets, environment, "vars")
		for _, name := range n.At("secrets", "required").Strings() {
			r.add(name, nil, usage.Declares, environment, "secrets.required")
		}
	}
	each(r.root, "")
	for _, m := range r.root.Get("env").Fields() {
		each(m.Value, m.Key.Text)
	}
}

// netlify reads the variables of all builds and of single contexts, and those that
// a template asks for.
func netlify(r *reader) {
	r.table(r.root.At("build", "environment"), usage.Sets, "", "build.environment")
	for _, m := range r.root.Get("context").Fields() {
		r.table(m.Value.Get("environment"), usage.Sets, m.Key.Text, "context.environment")
	}
	r.table(r.root.At("template", "environment"), usage.Declares, "", "template.environment")
}

// render reads the variables of services and of groups. Without a value somebody
// has to give one on the platform.
func render(r *reader) {
	for _, list := range []string{"services", "envVarGroups"} {
		for _, service := range r.root.Get(list).Each() {
			for _, v := range service.Get("envVars").Each() {
				if name := v.Get("key"); name.String() != "" {
					role, value := usage.Declares, v.Get("value")
					if value != nil {
						role = usage.Sets
					}
					r.add(name, value, role, service.Get("name").String(), "envVars")
				}
			}
		}
	}
}
