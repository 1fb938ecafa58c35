package workspace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/git"
)

// repository writes an archive to disk and commits it: all files that git does
// not ignore, except those that the section "untracked" lists. Those of "forced"
// are added although git ignores them.
func repository(t *testing.T, files string) (*git.Repo, *Workspace) {
	t.Helper()
	program, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	archive := txtar.Parse([]byte(files))
	dir, home := t.TempDir(), t.TempDir()
	var untracked, forced []string
	for _, f := range archive.Files {
		switch f.Name {
		case "untracked":
			untracked = strings.Fields(string(f.Data))
			continue
		case "forced":
			forced = strings.Fields(string(f.Data))
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "USERPROFILE=" + home, "SYSTEMROOT=" + os.Getenv("SYSTEMROOT"),
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
	}
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command(program, args...)
		cmd.Dir, cmd.Env = dir, env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	run("init", "-q")
	run("add", "-A")
	for _, path := range untracked {
		run("rm", "-q", "--cached", "--ignore-unmatch", path)
	}
	for _, path := range forced {
		run("add", "-f", path)
	}
	repo, err := git.Open(t.Context(), dir, env)
	if err != nil {
		t.Fatal(err)
	}
	return repo, loadFS(t, os.DirFS(dir), Options{Name: "shop"})
}

// given is a check that hands in findings.
type given struct{ found []envtight.Diagnostic }

func (given) Rules() []*envtight.Rule { return Rules() }

func (g given) Run(_ context.Context, pass *envtight.Pass) error {
	for _, d := range g.found {
		pass.Report(d)
	}
	return nil
}

func hygieneOf(t *testing.T, files string) []envtight.Diagnostic {
	t.Helper()
	repo, w := repository(t, files)
	found, err := Hygiene(t.Context(), w, repo)
	if err != nil {
		t.Fatal(err)
	}
	found = append(found, w.Diagnostics...)
	report, err := envtight.Run(t.Context(), []envtight.Check{given{found}}, envtight.Options{})
	if err != nil || len(report.Incomplete) > 0 {
		t.Fatal(err, report.Incomplete)
	}
	return report.Diagnostics
}

func TestRuleExamples(t *testing.T) {
	for _, rule := range Rules() {
		if len(rule.Examples) == 0 {
			t.Errorf("%s has no example", rule.ID)
		}
		for _, example := range rule.Examples {
			t.Run(rule.ID+" "+example.Title, func(t *testing.T) {
				var got []string
				for _, d := range hygieneOf(t, example.Files) {
					if d.Rule == rule.ID {
						got = append(got, fmt.Sprintf("%s: %s", d.Location, d.Text()))
					}
				}
				if diff := cmp.Diff(example.Want, strings.Join(got, "\n")); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// The halves keep scanners from taking the tests for leaks.
const key = "9f3b" + "71c04de8a2"

var hygieneStories = []struct {
	name  string
	files string
	want  string
}{
	{
		name:  "a secret staged but not committed, in an app",
		files: "-- .gitignore --\n.env\n-- apps/api/.env.example --\nA=\n-- apps/api/.env --\nPORT=1\nJWT_SECRET=" + key + "\nDB_PASSWORD=" + key + "\n-- forced --\napps/api/.env\n",
		want:  "apps/api/.env:2:1: error likely [env/tracked api JWT_SECRET] apps/api/.env is in git and holds what look like secrets: JWT_SECRET, DB_PASSWORD",
	},
	{
		name:  "a URL with a password for another machine",
		files: "-- .env.production --\nDATABASE_URL=postgres://shop:" + key + "@db.acme.io/shop\n",
		want:  ".env.production:1:1: error likely [env/tracked  DATABASE_URL] .env.production is in git and holds what looks like a secret: DATABASE_URL",
	},
	{
		name:  "a URL with a password for this machine",
		files: "-- .env.development --\nDATABASE_URL=postgres://shop:" + key + "@localhost:5432/shop\nREDIS=redis://u:" + key + "@redis:6379\n",
	},
	{
		name:  "tests have secrets that open nothing",
		files: "-- .env.test --\nSESSION_SECRET=" + key + "\n",
		want:  ".env.test:1:1: warning sample [env/tracked  SESSION_SECRET] .env.test is in git and holds what looks like a secret: SESSION_SECRET",
	},
	{
		name:  "placeholders",
		files: "-- .env --\nSECRET_KEY=changethis\nPROJECT=shop\n",
		want:  ".env: warning certain [env/tracked  ] .env is in git with placeholders for a secret: SECRET_KEY: whoever fills them in commits them",
	},
	{
		name:  "plain settings where nobody documents .env",
		files: "-- .env --\nCOMPOSE_PROJECT_NAME=shop\n",
		want:  ".env:1:1: info certain [env/tracked  ] .env is in git; it holds no secret, as far as names can tell",
	},
	{
		name:  "public defaults of Vite",
		files: "-- package.json --\n{\"dependencies\": {\"vite\": \"7.0.0\"}}\n-- index.html --\n-- .env --\nVITE_API_KEY=" + key + "\nVITE_URL=/\n",
	},
	{
		name:  "encrypted by dotenvx, its keys beside it",
		files: "-- .env.production --\nDOTENV_PUBLIC_KEY_PRODUCTION=\"03" + key + "\"\nAPI_KEY=encrypted:" + key + "\n-- .env.keys --\nDOTENV_PRIVATE_KEY_PRODUCTION=" + key + "\n",
		want:  ".env.keys: error certain [env/tracked  ] .env.keys is in git: it holds the private keys of the encrypted env files",
	},
	{
		name:  "something in clear in an encrypted file",
		files: "-- .env --\nDOTENV_PUBLIC_KEY=03" + key + "\nAPI_KEY=encrypted:" + key + "\nNEW_TOKEN=" + key + "\n",
		want:  ".env:3:1: error likely [env/tracked  NEW_TOKEN] .env is in git and holds what looks like a secret: NEW_TOKEN",
	},
	{
		name:  "an empty personal file, a fixture, a dependency",
		files: "-- .env.local --\n-- tests/fixtures/.env --\nA_SECRET=" + key + "\n-- node_modules/x/.env --\nA_SECRET=" + key + "\n",
		want:  ".env.local: warning certain [env/tracked  ] .env.local is in git: files of that name are for one machine only",
	},
	{
		name:  "a file that the next git add commits",
		files: "-- .env --\nA_SECRET=" + key + "\n-- untracked --\n.env\n",
		want:  ".env: error certain [env/not-ignored  ] .env is not ignored by git: the next \"git add .\" commits it",
	},
	{
		name:  "an untracked file of a mode without secrets",
		files: "-- .env.staging --\nPORT=1\n-- untracked --\n.env.staging\n",
	},
	{
		name:  "what the examples ask for",
		files: "-- .gitignore --\n.env\n-- package.json --\n{\"workspaces\": [\"apps/*\"]}\n-- apps/web/package.json --\n{\"name\": \"web\", \"dependencies\": {\"next\": \"16.0.0\"}}\n-- apps/web/next.config.js --\n-- apps/web/.env.example --\nA=\n-- apps/api/.env.local.example --\nA=\n",
		want: "apps/api/.env.local.example: warning certain [env/not-ignored api ] .env.local is not ignored by git in apps/api, where .env.local.example asks for it\n" +
			"apps/web/.env.example: warning certain [env/not-ignored web ] .env.local is not ignored by git in apps/web, where .env.example asks for it",
	},
	{
		name:  "defaults of modes are committed on purpose",
		files: "-- .gitignore --\n.env*.local\n-- package.json --\n{\"dependencies\": {\"next\": \"16.0.0\"}}\n-- next.config.js --\n-- .env.example --\nA=\n-- .env.production --\nA=1\n",
	},
	{
		name: "an image made in stages",
		files: "-- .gitignore --\n.env\n-- .dockerignore --\n**/.env\n!apps/api/.env\n-- package.json --\n{\"workspaces\": [\"apps/*\"]}\n" +
			"-- apps/web/package.json --\n{\"name\": \"web\"}\n-- apps/web/.env.example --\nA=\n-- apps/web/Dockerfile --\nFROM node AS build\nWORKDIR /app\nCOPY . .\nFROM node\nCOPY --from=build /app/apps/web /web\n" +
			"-- apps/api/package.json --\n{\"name\": \"api\"}\n-- apps/api/.env.example --\nA=\n-- apps/api/Dockerfile --\nFROM node AS build\nWORKDIR /app\nCOPY . .\nFROM node\nCOPY --from=build /app/apps/api/ /api\n",
		want: "apps/api/Dockerfile:5:1: warning certain [env/not-ignored api ] this copies env files into the image: apps/api/.env is not in .dockerignore",
	},
	{
		name: "an ignore file of the Dockerfile's own, a copy of single files, a named file",
		files: "-- .gitignore --\n.env\n-- .env.example --\nA=\n-- package.json --\n{\"name\": \"x\"}\n-- Dockerfile --\nFROM node\nCOPY . .\n-- Dockerfile.dockerignore --\n.env\n" +
			"-- one.Dockerfile --\nFROM node\nCOPY package.json ./\n-- two.Dockerfile --\nFROM node\nCOPY [\"package.json\", \".env\", \"./\"]\n-- ci.Dockerfile --\nFROM node\nCOPY . .\n",
		want: "two.Dockerfile:2:1: warning certain [env/not-ignored x ] this copies env files into the image: .env is not ignored, for there is no .dockerignore",
	},
	{
		name:  "a malformed ignore file",
		files: "-- .gitignore --\n.env\n-- .dockerignore --\n[\n-- .env.example --\nA=\n-- package.json --\n{\"name\": \"x\"}\n-- Dockerfile --\nFROM node\nCOPY src .\n-- b.Dockerfile --\nFROM node\nCOPY src .\n",
		want:  ".dockerignore: error certain [config/malformed-manifest  ] .dockerignore holds a pattern that cannot be understood",
	},
}

func TestHygiene(t *testing.T) {
	for _, story := range hygieneStories {
		t.Run(story.name, func(t *testing.T) {
			var got []string
			for _, d := range hygieneOf(t, story.files) {
				got = append(got, fmt.Sprintf("%s: %s %s [%s %s %s] %s", d.Location, d.Severity, d.Grade, d.Rule, d.App, d.Name, d.Message))
				if strings.Contains(fmt.Sprintf("%+v", d), key) {
					t.Error("a value shows in a finding")
				}
				if d.Advice == "" {
					t.Errorf("%s: no advice", d.Message)
				}
			}
			if diff := cmp.Diff(story.want, strings.Join(got, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The content of git's index is judged, not that of the work tree.
func TestHygieneJudgesTheIndex(t *testing.T) {
	repo, w := repository(t, "-- .env --\nA_SECRET="+key+"\n-- .env.example --\nA_SECRET=\n")
	if err := os.WriteFile(filepath.Join(repo.Dir, ".env"), []byte("A_SECRET=\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	found, err := Hygiene(t.Context(), w, repo)
	if err != nil || len(found) != 1 || found[0].Name != "A_SECRET" {
		t.Errorf("got %v, %v", found, err)
	}
	if err := os.Remove(filepath.Join(repo.Dir, ".env")); err != nil {
		t.Fatal(err)
	}
	if again, err := Hygiene(t.Context(), w, repo); err != nil || len(again) != 1 {
		t.Errorf("a file that is only in the index: got %v, %v", again, err)
	}
}

// A fix, applied, makes the finding go away, and applying it changes nothing
// else.
func TestIgnoreFix(t *testing.T) {
	repo, w := repository(t, "-- .gitignore --\nnode_modules\n-- .env.example --\nA=\n")
	found, err := Hygiene(t.Context(), w, repo)
	if err != nil || len(found) != 1 || len(found[0].Fixes) != 1 {
		t.Fatalf("got %v, %v", found, err)
	}
	edit := found[0].Fixes[0].Edits[0]
	text, err := os.ReadFile(filepath.Join(repo.Dir, edit.Path))
	if err != nil {
		t.Fatal(err)
	}
	fixed := string(text[:edit.Span.Start]) + edit.New + string(text[edit.Span.End:])
	if fixed != "node_modules\n.env\n" {
		t.Errorf("got %q", fixed)
	}
	if err := os.WriteFile(filepath.Join(repo.Dir, edit.Path), []byte(fixed), 0o644); err != nil {
		t.Fatal(err)
	}
	if again, err := Hygiene(t.Context(), w, repo); err != nil || len(again) != 0 {
		t.Errorf("after the fix: %v, %v", again, err)
	}
}

type brokenGit struct{ Repository }

var errBroken = errors.New("broken")

func (brokenGit) Tracked(context.Context) ([]git.Entry, error) { return nil, errBroken }

func TestHygieneWithoutGit(t *testing.T) {
	w := loadFS(t, mapFS(txtar.Parse([]byte("-- .env.example --\nA=\n-- package.json --\n{}\n-- Dockerfile --\nFROM node\nCOPY . .\n"))), Options{})
	found, err := Hygiene(t.Context(), w, nil)
	if err != nil || len(found) != 1 || found[0].Location.Path != "Dockerfile" {
		t.Errorf("without a repository: %v, %v", found, err)
	}
	found, err = Hygiene(t.Context(), w, brokenGit{})
	if !errors.Is(err, errBroken) || len(found) != 1 {
		t.Errorf("git fails: %v, %v", found, err)
	}
}

func TestSecretName(t *testing.T) {
	for name, want := range map[string]bool{
		"STRIPE_SECRET_KEY": true, "JWT_SECRET": true, "POSTGRES_PASSWORD": true, "GITHUB_TOKEN": true, "apiKey": true, "api_key": true, "SMTP_PASS": true,
		"NEXT_PUBLIC_API_KEY": false, "VITE_TOKEN": false, "STRIPE_PUBLISHABLE_KEY": false, "SUPABASE_ANON_KEY": false, "DOTENV_PUBLIC_KEY": false,
		"ACCESS_TOKEN_EXPIRE_MINUTES": false, "AWS_ACCESS_KEY_ID": false, "PORT": false, "KEYCLOAK_URL": false, "": false, "_": false,
	} {
		if got := secretName(name); got != want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestPlaceholder(t *testing.T) {
	for value, want := range map[string]bool{
		"changeme": true, "your-api-key": true, "<token>": true, "sk_test_xxxxxxxx": true, "postgres": true, "12345": true, "op://vault/item": true,
		"${OTHER}": true, "aaaaaaaaaaaa": true, "super-secret-token": true, "encrypted:abc": true, "put it here please": true, "minioadmin": true,
		key: false, "hunter2hunter2": false, "Tr0ub4dor&3": false, "eyJ" + "hbGciOi9.eyJzdWIiOiJ4In0.c2ln": false,
	} {
		if got := placeholder(value); got != want {
			t.Errorf("a value was taken for the other kind: placeholder=%v, want %v (it starts a test row, see TestPlaceholder)", got, want)
		}
	}
}
