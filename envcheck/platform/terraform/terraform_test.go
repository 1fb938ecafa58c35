package terraform

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck/usage/usagetest"
)

const sample = `variable "name" {}
resource "vercel_project_environment_variable" "a" {
  project_id = "prj_1"
  key        = "DATABASE_URL"
  value      = var.database_url
  target     = ["production", "preview"]
}
resource "vercel_project_environment_variables" "b" {
  project_id = vercel_project.web.id
  variables = [
    { key = "API_URL", value = "x", target = ["production"] },
    { "key" = var.name },
  ]
}
resource "railway_variable" "c" {
  for_each = { PORT = "1", "HOST" = "2" }
  name     = each.key
}
resource "github_actions_environment_secret" "d" {
  for_each    = toset(["NPM_TOKEN", "PYPI_TOKEN"])
  repository  = "web"
  environment = "prod"
  secret_name = each.value
}
resource "github_actions_secret" "e" {
  for_each    = var.secrets
  secret_name = each.key
}
resource "github_actions_variable" "f" { variable_name = "PRE_${var.name}" }
resource "cloudflare_pages_project" "g" {
  deployment_configs {
    production { environment_variables = { A = "1" } }
  }
}
resource "cloudflare_pages_project" "h" {
  deployment_configs = { preview = { env_vars = { B = { type = "plain_text", value = "v" } } } }
}
resource "vercel_project" "i" {
  environment = [{ key = "K", value = "v" }]
}
resource "aws_instance" "no" { key = "NO" }
`

func TestReader(t *testing.T) {
	const want = `4:17-4:29 key declares "vercel_project_environment_variable.a prj_1/production,preview" DATABASE_URL
11:14-11:21 variables declares "vercel_project_environment_variables.b" API_URL
12:15-12:23 variables declares "vercel_project_environment_variables.b" *
16:16-16:20 name declares "railway_variable.c" PORT
16:29-16:33 name declares "railway_variable.c" HOST
20:25-20:34 secret_name declares "github_actions_environment_secret.d web/prod" NPM_TOKEN
20:38-20:48 secret_name declares "github_actions_environment_secret.d web/prod" PYPI_TOKEN
27:17-27:25 secret_name declares "github_actions_secret.e" *
29:58-29:75 variable_name declares "github_actions_variable.f" *
32:44-32:45 environment_variables declares "cloudflare_pages_project.g/production" A
36:51-36:52 env_vars declares "cloudflare_pages_project.h/preview" B
39:27-39:28 environment declares "vercel_project.i" K
`
	if diff := cmp.Diff(want, usagetest.Scan(t, Reader(), "infra/main.tf", sample)); diff != "" {
		t.Error(diff)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"syntax", "resource {", "it is no valid HCL"},
		{"brackets", "a = " + strings.Repeat("[", 100_000), "it is larger"},
		{"templates", `a = "` + strings.Repeat(`${"`, 100_000), "it is larger"},
		{"signs", "a = " + strings.Repeat("!", 100_000) + "b", "it is larger"},
		{"conditions", "a = " + strings.Repeat("b ? c : ", 10_000) + "d", "it is larger"},
		{"size", strings.Repeat("#\n", maxSize), "it is larger"},
	} {
		if got := usagetest.Scan(t, Reader(), "main.tf", c.text); !strings.Contains(got, c.want) {
			t.Errorf("%s: %.200s", c.name, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{sample, "resource \"vercel_project\" \"x\" { environment = { a = 1 } }", "resource \"railway_variable\" \"x\" {\n name = <<E\nA\nE\n}", "resource \"railway_variable\" \"x\" { name = \"\\u0041\" }"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		mentions, err := parse(text)
		if err != nil {
			return
		}
		for i := range mentions {
			if m := &mentions[i]; m.Range.Start.Offset > m.Range.End.Offset || m.Range.End.Offset > len(text) {
				t.Errorf("a mention lies outside of the text: %+v", m.Range)
			}
		}
	})
}
