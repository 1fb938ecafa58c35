package golang

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/usage/usagetest"
)

// scanned writes what the files of an archive read: "path:line:column NAME kind via".
func scanned(t *testing.T, archive string) (string, *usage.Result) {
	t.Helper()
	result := usagetest.Archive(t, Reader(), archive)
	return usagetest.Reads(result.Files), result
}

func TestReads(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"calls", "import \"os\"\nfunc f() {\n\tuse(os.Getenv(\"A\"))\n\tuse(os.LookupEnv(\"B\"))\n\tuse(os.Environ())\n\tos.Setenv(\"C\", \"\")\n\tos.Unsetenv(\"D\")\n}", "a.go:4:17 A plain\na.go:5:20 B defaulted\na.go:6:6  whole"},
		{"another name", "import system \"os\"\nvar a = system.Getenv(\"A\")", "a.go:3:24 A plain"},
		{"not os", "import os \"example.com/os\"\nvar a = os.Getenv(\"A\")", ""},
		{"strings and comments", "// os.Getenv(\"A\")\nvar a = `os.Getenv(\"B\")`", ""},
		{"constants", "import \"os\"\nconst p = \"APP_\"\nconst name = p + \"A\"\nvar a = os.Getenv(name)\nvar b = os.Getenv(p + \"B\")", "a.go:5:19 APP_A plain\na.go:6:19 APP_B plain"},
		{"dynamic", "import (\"os\"; \"fmt\")\nfunc f(x []string) {\n\tos.Getenv(x[0])\n\tos.Getenv(\"A_\" + x[0] + \"_B\")\n\tos.Getenv(fmt.Sprintf(\"C_%s\", x[0]))\n\tos.Expand(\"\", os.Getenv)\n}", "a.go:4:12 * dynamic\na.go:5:12 A_*_B dynamic\na.go:6:12 C_* dynamic\na.go:7:16 * dynamic"},
		{"expand", "import \"os\"\nvar a = os.ExpandEnv(\"$A/${B}/$1\")", "a.go:3:24 A plain\na.go:3:28 B plain"},
		{"required", "import \"os\"\nfunc f() error {\n\tif os.Getenv(\"A\") == \"\" {\n\t\tpanic(1)\n\t}\n\tb := os.Getenv(\"B\")\n\tif b == \"\" {\n\t\treturn fmt.Errorf(\"\")\n\t}\n\tc, ok := os.LookupEnv(\"C\")\n\tif !ok {\n\t\tlog.Fatal(1)\n\t}\n}", "a.go:4:16 A required\na.go:7:18 B required\na.go:11:25 C required"},
		{"defaulted", "import (\"os\"; \"cmp\")\nfunc f() {\n\tif os.Getenv(\"A\") != \"\" {\n\t}\n\tb := os.Getenv(\"B\")\n\tif b == \"\" {\n\t\tb = \"x\"\n\t}\n\tc := cmp.Or(os.Getenv(\"C\"), \"\")\n\tif d, ok := os.LookupEnv(\"D\"); ok {\n\t}\n\tswitch os.Getenv(\"E\") {\n\t}\n}", "a.go:4:16 A defaulted\na.go:6:18 B defaulted\na.go:10:25 C defaulted\na.go:11:28 D defaulted\na.go:13:20 E defaulted"},
		{"wrappers", "import \"os\"\nfunc need(key string) string {\n\tv := os.Getenv(key)\n\tif v == \"\" {\n\t\tpanic(key)\n\t}\n\treturn v\n}\nfunc get(key, fallback string) string {\n\tif v, ok := os.LookupEnv(key); ok {\n\t\treturn v\n\t}\n\treturn fallback\n}\nvar a, b = need(\"A\"), get(\"B\", \"\")", "a.go:16:18 A required need\na.go:16:28 B defaulted get"},
		{"wrapper of a wrapper", "import \"os\"\nfunc a(k string) string { return os.Getenv(\"P_\" + k) }\nfunc b(k string) string { return a(\"Q_\" + k) }\nvar x = b(\"X\")", "a.go:5:12 P_Q_X plain b"},
		{"caarlos0", "type DB struct {\n\tHost string `env:\"HOST,required\"`\n}\ntype C struct {\n\tA string `env:\"A\" envDefault:\"x\"`\n\tB int `env:\"B,notEmpty\"`\n\tD DB `envPrefix:\"DB_\"`\n\tE string `json:\"e\" env:\"E\"`\n\tF string `env:\"-\"`\n}", "a.go:3:20 DB_HOST required C\na.go:6:17 A defaulted C\na.go:7:14 B required C\na.go:9:26 E defaulted C"},
		{"envconfig", "import \"github.com/kelseyhightower/envconfig\"\ntype C struct {\n\tA string `envconfig:\"A\" required:\"true\"`\n\tB string `envconfig:\"B\" default:\"x\" required:\"true\"`\n}\nvar e = envconfig.Process(\"app\", &C{})", "a.go:4:23 APP_A required C\na.go:5:23 APP_B defaulted C"},
		{"sethvargo", "type C struct {\n\tA string `env:\"A, required\"`\n\tB *D `env:\", prefix=P_\"`\n}\ntype D struct {\n\tC string `env:\"C, default=x\"`\n}", "a.go:3:17 A required C\na.go:7:17 P_C defaulted C"},
		{"viper", "import \"github.com/spf13/viper\"\nfunc f() {\n\tviper.SetEnvPrefix(\"app\")\n\tviper.BindEnv(\"port\")\n\tviper.BindEnv(\"a\", \"A\", \"B\")\n\tviper.AutomaticEnv()\n}", "a.go:5:17 APP_PORT defaulted viper\na.go:6:22 A defaulted viper\na.go:6:27 B defaulted viper\na.go:7:2 APP_* dynamic viper"},
		{"flags", "import \"github.com/urfave/cli/v2\"\nvar f = &cli.StringFlag{EnvVars: []string{\"A\"}}", "a.go:3:44 A defaulted cli"},
		{"broken", "import \"os\"\nfunc f() {\n\tx := os.Getenv(\"A\"\n\ty := os.Getenv(\"B\")\n", "a.go:4:18 A plain\na.go:5:18 B plain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _ := scanned(t, "-- a.go --\npackage a\n"+c.text+"\n")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestProject(t *testing.T) {
	got, result := scanned(t, `
-- go.mod --
module example.com/app
-- main.go --
package main
import "example.com/app/internal/env"
func main() { env.Need("A"); env.Need(env.Name) }
-- other.go --
package main
-- internal/env/env.go --
package env
import "os"
func Need(key string) string { return os.Getenv(key) }
-- internal/env/names.go --
package env
const Name = "NAME"
-- internal/env/env_test.go --
package env
`)
	if diff := cmp.Diff("main.go:3:25 A plain Need\nmain.go:3:39 NAME plain Need", got); diff != "" {
		t.Error(diff)
	}
	imports := map[string][]string{}
	for _, f := range result.Files {
		for _, im := range f.Imports {
			imports[f.Path] = append(imports[f.Path], im.Path)
		}
	}
	want := map[string][]string{
		"main.go":                  {"internal/env/env.go", "other.go"},
		"other.go":                 {"main.go"},
		"internal/env/env.go":      {"internal/env/names.go"},
		"internal/env/names.go":    {"internal/env/env.go"},
		"internal/env/env_test.go": {"internal/env/env.go"},
	}
	if diff := cmp.Diff(want, imports); diff != "" {
		t.Error(diff)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("package a\nimport \"os\"\nconst n = \"A\" + \"B\"\nfunc get(k, d string) string { if v := os.Getenv(\"P_\" + k); v == \"\" { panic(k) }; return os.ExpandEnv(\"$X${Y}\") }\nvar x = get(n, \"\")")
	f.Add("package a\ntype C struct { D `env:\"A,required\" envPrefix:\"P_\"`; E struct { F string `env:\"F\"` } `envPrefix:\"E_\"` }\ntype D struct { C `envPrefix:\"C_\"` }")
	f.Fuzz(func(t *testing.T, text string) {
		scanned(t, "-- a.go --\n"+text)
	})
}
