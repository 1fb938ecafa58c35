// Package kubernetes finds the names in manifests of Kubernetes: the variables of
// containers, and the keys of config maps and secrets whose names could be those of
// variables.
//
// Templates, as of Helm, are no YAML before they are filled in; they are passed over.
package kubernetes

import (
	"bytes"
	pathpkg "path"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/internal/document"
	"github.com/envtight/envtight/internal/lazyregexp"
)

// Reader finds the names in manifests of Kubernetes. A value that stands there is
// set; one from a secret or a config map is passed on, with the kind of source as
// the key, as in "secretKeyRef".
func Reader() usage.Reader {
	return usage.Reader{Name: "Kubernetes", Match: match, Scan: usage.FileByFile(parse)}
}

func match(path string) bool {
	base, extension := pathpkg.Base(path), pathpkg.Ext(path)
	return (extension == ".yaml" || extension == ".yml") && !workspace.IsComposeFile(base) && base != "pnpm-lock.yaml" && base != "pnpm-workspace.yaml"
}

func parse(path string, text []byte) (*usage.File, error) {
	if !bytes.Contains(text, []byte("apiVersion:")) || !bytes.Contains(text, []byte("kind:")) || bytes.Contains(text, []byte("{{")) {
		return nil, nil
	}
	d, err := document.ParseYAML(text)
	if err != nil {
		return nil, err
	}
	r := &reader{d: d, file: &usage.File{Path: path, Surface: envtight.OnKubernetes}}
	for _, root := range d.Roots {
		r.object(root)
	}
	slices.SortStableFunc(r.file.Mentions, func(a, b usage.Mention) int { return a.Range.Start.Offset - b.Range.Start.Offset })
	return r.file, nil
}

type reader struct {
	d    *document.Document
	file *usage.File
}

// variable matches the names that a shell would accept. Keys of config maps may be
// names of files.
var variable = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (r *reader) object(o *document.Node) {
	kind := o.Get("kind").String()
	subject := kind + "/" + o.At("metadata", "name").String()
	switch kind {
	case "":
	case "List":
		for _, item := range o.Get("items").Each() {
			if item.Get("kind").String() != "List" {
				r.object(item)
			}
		}
	case "ConfigMap", "Secret":
		for _, key := range []string{"data", "stringData"} {
			for _, m := range o.Get(key).Fields() {
				if variable().MatchString(m.Key.Text) {
					r.add(m.Key, usage.Sets, subject, key)
				}
			}
		}
	default:
		r.pod(o.Get("spec"), subject) // Pod
		r.pod(o.At("spec", "template", "spec"), subject)
		r.pod(o.At("spec", "jobTemplate", "spec", "template", "spec"), subject)
	}
}

func (r *reader) pod(spec *document.Node, subject string) {
	for _, list := range []string{"initContainers", "containers"} {
		for _, container := range spec.Get(list).Each() {
			for _, v := range container.Get("env").Each() {
				r.container(v, subject)
			}
		}
	}
}

func (r *reader) container(v *document.Node, subject string) {
	name := v.Get("name")
	if name.String() == "" {
		return
	}
	if from := v.Get("valueFrom").Fields(); len(from) > 0 {
		r.add(name, usage.Passes, subject, from[0].Key.Text)
		return
	}
	r.add(name, usage.Sets, subject, "env")
}

func (r *reader) add(name *document.Node, role usage.Role, subject, key string) {
	r.file.Mentions = append(r.file.Mentions, usage.Mention{Name: name.Text, Role: role, Subject: subject, Key: key, Range: r.d.RangeOf(name)})
}
