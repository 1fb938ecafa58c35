package envtight_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/envtight/envtight/internal/importtest"
)

const module = "github.com/envtight/envtight"

// heavy are imports that a caller should not pay for unawares, with the only
// packages ("doors") below which they may be reached. The command reaches all.
var heavy = []struct {
	ban   string
	doors []string
}{
	{"net/http", []string{"envcheck/platform", "internal/httpclient", "report/sarif", "secrets/gitleaks", "envcheck/sourcetest", "internal/contract"}},
	// gitleaks reads its own configuration with viper, which links HCL.
	{"github.com/hashicorp/hcl", []string{"envcheck/config", "envcheck/platform/terraform", "secrets/gitleaks"}},
	{"github.com/go-playground/validator", []string{"envcheck/config", "envcheck/valuetype"}},
	{"github.com/zricethezav/gitleaks", []string{"secrets/gitleaks"}},
	{"github.com/owenrumney/go-sarif", []string{"report/sarif"}},
	{"github.com/spf13/cobra", nil},
}

// light are packages that must stay free of everything heavy, whatever doors
// are opened.
var light = []string{"", "naming", "envcheck", "envcheck/ci", "envcheck/platform/snapshot", "envcheck/dotenv", "envcheck/workspace", "envcheck/usage", "secrets", "secrets/internal/archive", "secrets/internal/decode", "report"}

// rooms never import each other.
var rooms = []string{"naming", "envcheck", "secrets"}

func packages(t *testing.T) (all map[string]*importtest.Package, ours []string) {
	t.Helper()
	all = importtest.List(t, module+"/...")
	for _, path := range slices.Sorted(maps.Keys(all)) {
		if importtest.Within(path, module) {
			ours = append(ours, path)
		}
	}
	if len(ours) < 5 {
		t.Fatalf("there are %d packages: the list is wrong", len(ours))
	}
	return all, ours
}

func forbid(t *testing.T, all map[string]*importtest.Package, from, ban, why string) {
	t.Helper()
	if way := importtest.Reaches(all, from, ban); way != nil {
		t.Errorf("%s: %s", strings.Join(way, " -> "), why)
	}
}

func in(path string, trees []string) bool {
	return slices.ContainsFunc(trees, func(tree string) bool { return importtest.Within(path, module+"/"+tree) })
}

func TestLightPackages(t *testing.T) {
	all, _ := packages(t)
	for _, name := range light {
		path := strings.TrimSuffix(module+"/"+name, "/")
		for _, h := range heavy {
			forbid(t, all, path, h.ban, "this package is to be cheap to import")
		}
	}
	for _, dep := range all[module].Deps {
		if p := all[dep]; p != nil && !p.Standard && !importtest.Within(dep, module) {
			t.Errorf("the root package reaches %s: it is for the standard library only", dep)
		}
	}
}

func TestDoors(t *testing.T) {
	all, ours := packages(t)
	for _, path := range ours {
		if in(path, []string{"cmd"}) {
			continue
		}
		for _, h := range heavy {
			if !in(path, h.doors) {
				forbid(t, all, path, h.ban, "only "+strings.Join(append(h.doors, "cmd"), ", ")+" may")
			}
		}
	}
}

func TestDirections(t *testing.T) {
	all, ours := packages(t)
	for _, path := range ours {
		room := ""
		for _, r := range rooms {
			if in(path, []string{r}) {
				room = r
			}
		}
		for _, other := range rooms {
			switch {
			case room != "" && other != room:
				forbid(t, all, path, module+"/"+other, "rooms never import each other")
			case in(path, []string{"report"}):
				forbid(t, all, path, module+"/"+other, "report knows no room")
			}
		}
		if !in(path, []string{"cmd"}) {
			forbid(t, all, path, module+"/cmd", "nobody imports the command")
		}
	}
	// Adapters know their room; the room knows no adapter.
	for room, adapters := range map[string][]string{
		"envcheck": {"envcheck/platform", "envcheck/config", "envcheck/valuetype", "envcheck/sourcetest"},
		"secrets":  {"secrets/gitleaks", "secrets/history"},
		"report":   {"report/sarif"},
	} {
		for _, adapter := range adapters {
			forbid(t, all, module+"/"+room, module+"/"+adapter, "adapters import their room, never the reverse")
		}
	}
}

// TestOneMain holds that the module has one program: pre-commit and "go install
// ./..." build every one there is.
func TestOneMain(t *testing.T) {
	all, ours := packages(t)
	for _, path := range ours {
		if all[path].Name == "main" && path != module+"/cmd/envtight" {
			t.Errorf("%s is a program, and the only one is to be cmd/envtight", path)
		}
	}
	if p := all[module+"/cmd/envtight"]; p != nil && p.Name != "main" {
		t.Errorf("cmd/envtight is no program but the package %s", p.Name)
	}
}
