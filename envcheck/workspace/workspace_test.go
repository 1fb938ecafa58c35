package workspace

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// mapFS makes a file system of the files of an archive. A file whose name ends
// in "@" is a symbolic link, and its text where it leads.
func mapFS(a *txtar.Archive) fstest.MapFS {
	m := fstest.MapFS{}
	for _, f := range a.Files {
		if f.Name == "want" || f.Name == "options" {
			continue
		}
		if name, ok := strings.CutSuffix(f.Name, "@"); ok {
			m[name] = &fstest.MapFile{Data: bytes.TrimSpace(f.Data), Mode: fs.ModeSymlink | 0o777}
			continue
		}
		m[f.Name] = &fstest.MapFile{Data: f.Data, Mode: 0o644}
	}
	return m
}

func loadFS(t *testing.T, fsys fs.FS, o Options) *Workspace {
	t.Helper()
	w, err := Load(t.Context(), fsys, o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestStories runs testdata/*.txtar: a comment, the files, "options" (lines
// "app NAME DIR" and "exclude PATTERN") and "want". ENVTIGHT_UPDATE=1 rewrites
// that section.
func TestStories(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no stories", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want := section(archive, "want")
			fsys := mapFS(archive)
			got := describe(loadFS(t, fsys, options(section(archive, "options"))))
			if again := describe(loadFS(t, fsys, Options{Workers: 7, Name: "shop", Apps: options(section(archive, "options")).Apps, Exclude: options(section(archive, "options")).Exclude})); again != got {
				t.Errorf("the result depends on the number of workers:\n%s", cmp.Diff(got, again))
			}
			if diff := cmp.Diff(want, got); diff != "" && os.Getenv("ENVTIGHT_UPDATE") == "" {
				t.Error(diff)
			}
			if os.Getenv("ENVTIGHT_UPDATE") != "" {
				update(t, path, archive, got)
			}
		})
	}
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func update(t *testing.T, path string, a *txtar.Archive, got string) {
	t.Helper()
	files := a.Files[:0]
	for _, f := range a.Files {
		if f.Name != "want" {
			files = append(files, f)
		}
	}
	files = append(files, txtar.File{Name: "want", Data: []byte(got)})
	a.Files = files
	if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

func options(text string) Options {
	o := Options{Workers: 1, Name: "shop"}
	for line := range strings.Lines(text) {
		switch fields := strings.Fields(line); fields[0] {
		case "app":
			o.Apps = append(o.Apps, Named{Name: fields[1], Dir: fields[2]})
		case "exclude":
			o.Exclude = append(o.Exclude, fields[1])
		}
	}
	return o
}

// describe writes a workspace as lines.
func describe(w *Workspace) string {
	var out strings.Builder
	for _, m := range w.Managers {
		fmt.Fprintf(&out, "manager %s %s\n", m.Name, m.Path)
	}
	for _, a := range w.Apps {
		fmt.Fprintf(&out, "app %s in %s\n", a.Name, a.Dir)
		for _, r := range a.Why {
			fmt.Fprintf(&out, "  because %s\n", strings.TrimSpace(r.What+" "+r.Path))
		}
		describeUnit(&out, &a.Unit)
	}
	for _, p := range w.Packages {
		fmt.Fprintf(&out, "package %s in %s\n", p.Name, p.Dir)
		for _, a := range p.Apps {
			fmt.Fprintf(&out, "  serves %s\n", a.Name)
		}
		describeUnit(&out, &p.Unit)
	}
	var root strings.Builder
	describeUnit(&root, &w.Root)
	if root.Len() > 0 {
		out.WriteString("root\n" + root.String())
	}
	for _, f := range w.Strays {
		fmt.Fprintf(&out, "stray %s\n", f.Path)
	}
	for _, p := range w.PassedOver {
		fmt.Fprintf(&out, "passed over %s: %s\n", p.Dir, p.Reason)
	}
	for _, d := range w.Diagnostics {
		fmt.Fprintf(&out, "%s: %s: %s\n", d.Location, d.Severity, d.Message)
	}
	for _, i := range w.Incomplete {
		fmt.Fprintf(&out, "%s: %s\n", i.Silence, i.Cause)
	}
	return out.String()
}

func describeUnit(out *strings.Builder, u *Unit) {
	if u.Framework != "" {
		fmt.Fprintf(out, "  framework %s\n", u.Framework)
	}
	if u.Module != "" {
		fmt.Fprintf(out, "  module %s\n", u.Module)
	}
	for _, l := range u.Loaders {
		fmt.Fprintf(out, "  loader %s %s\n", l.Dialect, l.Where)
	}
	for _, f := range u.Examples {
		fmt.Fprintf(out, "  example %s\n", describeFile(f))
	}
	for _, f := range u.LocalFiles {
		fmt.Fprintf(out, "  local %s\n", describeFile(f))
	}
	for _, f := range u.Dockerfiles {
		fmt.Fprintf(out, "  dockerfile %s in context %s\n", f.Path, f.Context)
	}
	for _, l := range u.Links {
		fmt.Fprintf(out, "  link %s project=%s name=%s org=%s %s\n", l.Platform, l.Project, l.Name, l.Org, l.Path)
	}
	for _, d := range u.DependsOn {
		dev := ""
		if d.Dev {
			dev = " (dev)"
		}
		fmt.Fprintf(out, "  needs %s by %s%s\n", d.Package.Name, strings.Join(d.Path, " > "), dev)
	}
}

func describeFile(f EnvFile) string {
	text := f.Path
	if f.Mode != "" {
		text += " mode=" + f.Mode
	}
	if f.Personal {
		text += " personal"
	}
	if f.Symlink {
		text += " symlink"
	}
	return text
}
