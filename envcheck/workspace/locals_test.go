package workspace

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLocals holds what is found of each kind of app. A story is: what is shown,
// the files, and the lines wanted: target, files in order, what is open.
func TestLocals(t *testing.T) {
	const next = "-- package.json --\n{\"name\": \"x\", \"dependencies\": {\"next\": \"16\"}}\n-- next.config.ts --\nexport default {}\n"
	const vite = "-- index.html --\n-- package.json --\n{\"name\": \"x\", \"devDependencies\": {\"vite\": \"8\"}"
	const fastapi = "-- pyproject.toml --\n[project]\nname = \"x\"\ndependencies = [\"fastapi\", \"pydantic-settings\", \"python-dotenv\"]\n-- .env.example --\nA=\n-- main.py --\napp = FastAPI()\n"
	for name, story := range map[string]struct{ files, want string }{
		"Next":                   {next, ".env.local < .env.development.local .env.local .env.development .env"},
		"Next with variables":    {next + "-- next.config.js --\nmodule.exports = {\n  env: {\n    A: 1,\n  },\n}\n", ".env.local < .env.development.local .env.local .env.development .env | next.config.js sets variables"},
		"Next with a root":       {next + "-- next.config.mjs --\nexport default {\n  turbopack: {\n    root: '..',\n  },\n}\n", ".env.local < .env.development.local .env.local .env.development .env"},
		"Vite with a root":       {vite + "}\n-- vite.config.ts --\nexport default {\n  root: 'src',\n}\n", ".env.local < .env.development.local .env.development .env.local .env | its code chooses env files while it runs"},
		"Next with dotenv":       {next + "-- next.config.mjs --\nimport 'dotenv/config'\n", ".env.local < .env.development.local .env.local .env.development .env | its code chooses env files while it runs"},
		"Vite":                   {vite + "}", ".env.local < .env.development.local .env.development .env.local .env"},
		"Vite with a mode":       {vite + `, "scripts": {"dev": "vite --mode staging", "build": "vite build --mode x"}}`, ".env.local < .env.staging.local .env.staging .env.local .env"},
		"Vite with a directory":  {vite + "}\n-- vite.config.ts --\nexport default { envDir: '../..' }\n", ".env.local < .env.development.local .env.development .env.local .env | its code chooses env files while it runs"},
		"Vite, usual loadEnv":    {vite + "}\n-- vite.config.ts --\nconst env = loadEnv(mode, process.cwd(), '')\n", ".env.local < .env.development.local .env.development .env.local .env"},
		"Create React App":       {"-- package.json --\n{\"dependencies\": {\"react-scripts\": \"5\"}}\n-- public/index.html --\n", ".env.local < .env.development.local .env.local .env.development .env"},
		"a file by name":         {"-- package.json --\n{\"scripts\": {\"dev\": \"node --env-file=.env.dev --env-file-if-exists=.env.dev.local src/main.js\", \"start:prod\": \"node --env-file=.env.production x.js\"}}\n-- .env.example --\n", ".env.dev < .env.dev .env.dev.local"},
		"a wrapper":              {"-- package.json --\n{\"scripts\": {\"dev\": \"doppler run -- node --env-file .env x.js\"}}\n-- .env.example --\n", `.env < .env | the development script runs it under "doppler run"`},
		"direnv":                 {next + "-- .envrc --\ndotenv\n", ".env.local < .env.development.local .env.local .env.development .env | direnv sets variables (.envrc)"},
		"dotenv":                 {"-- package.json --\n{\"dependencies\": {\"dotenv\": \"17\"}}\n-- .env.example --\n-- src/index.ts --\nimport dotenv from 'dotenv'\ndotenv.config()\n", ".env < .env"},
		"dotenv with a path":     {"-- package.json --\n{\"dependencies\": {\"dotenv\": \"17\"}}\n-- .env.example --\n-- src/index.ts --\nimport { config } from 'dotenv'\nconfig({ path: ['.env.local', '.env'] })\n", ".env < .env.local .env"},
		"dotenv, computed":       {"-- package.json --\n{\"dependencies\": {\"dotenv\": \"17\"}}\n-- .env.example --\n-- src/index.ts --\nimport { config } from 'dotenv'\nconfig({ path: `.env.${process.env.NODE_ENV}` })\n", ".env < .env.local .env | its code chooses env files while it runs"},
		"bun":                    {"-- package.json --\n{\"dependencies\": {\"dotenv\": \"17\"}}\n-- bun.lock --\n-- .env.example --\n", ".env < .env .env.local .env.development"},
		"Nest":                   {"-- package.json --\n{\"dependencies\": {\"@nestjs/config\": \"4\"}}\n-- .env.example --\n-- src/app.ts --\nConfigModule.forRoot({ envFilePath: ['.env.development', '.env'], isGlobal: true })\n", ".env < .env.development .env"},
		"python, no code":        {fastapi, ".env < .env | no code was found that says which file python-dotenv reads"},
		"load_dotenv":            {fastapi + "-- app/core.py --\nfrom dotenv import load_dotenv\nload_dotenv(override=True)\n", ".env < .env"},
		"load_dotenv, elsewhere": {fastapi + "-- app/.env --\n-- app/core.py --\nload_dotenv()\n", "app/.env < app/.env"},
		"pydantic-settings":      {fastapi + "-- app/settings.py --\nmodel_config = SettingsConfigDict(env_file=(\".env\", \".env.local\"), extra=\"ignore\")\n", ".env < .env.local .env"},
		"pydantic, class":        {fastapi + "-- app/settings.py --\nclass Config:\n    env_file = \".env.dev\"\n    case_sensitive = True\n", ".env.dev < .env.dev"},
		"pydantic, computed":     {fastapi + "-- app/settings.py --\nmodel_config = SettingsConfigDict(env_file=f\".env.{ENV}\")\n", ".env < .env.local .env | its code chooses env files while it runs"},
		"outside":                {fastapi + "-- app/settings.py --\nload_dotenv(\"/etc/x/.env\")\n", ".env < .env | no code was found that says which file python-dotenv reads | an env file outside of the repository is read"},
		"only in tests":          {fastapi + "-- tests/conftest.py --\nload_dotenv(\".env.test\")\n-- app/x.py --\n# load_dotenv(\".env.x\")\n", ".env < .env | no code was found that says which file python-dotenv reads"},
		"uvicorn":                {fastapi + "-- Makefile --\ndev:\n\tuvicorn main:app --env-file .env.dev\n", ".env.dev < .env.dev"},
		"compose":                {"-- compose.yaml --\nservices:\n  x:\n    build: .\n    env_file: [.env.compose, .env.production]\n    environment:\n      A: 1\n-- Dockerfile --\nFROM scratch\nCOPY x /\n-- .env.example --\n-- x --\n", ".env.compose < .env.compose | a compose file sets variables"},
		"nothing known":          {"-- Cargo.toml --\n[package]\n-- .env.example --\n", ".env < .env.local .env | nothing shows which program reads its env files"},
		"wrangler":               {"-- package.json --\n{\"name\": \"x\"}\n-- wrangler.toml --\nname = \"x\"\n-- .env.example --\n-- .dev.vars --\n", ".dev.vars < .dev.vars"},
		"godotenv":               {"-- go.mod --\nmodule x\nrequire github.com/joho/godotenv v1.5.1\n-- .env.example --\n-- main.go --\npackage main\n\nfunc main() { godotenv.Load(\".env.local\", \".env\") }\n", ".env < .env.local .env"},
	} {
		t.Run(name, func(t *testing.T) {
			w := loadFS(t, archive(story.files), Options{Name: "x"})
			if len(w.Apps) != 1 {
				t.Fatalf("%d apps", len(w.Apps))
			}
			if diff := cmp.Diff(story.want, localsText(w.Locals(&w.Apps[0].Unit))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func localsText(l *Locals) string {
	var files []string
	for _, f := range l.Files {
		files = append(files, f.Path)
	}
	text := fmt.Sprintf("%s < %s", l.Target, strings.Join(files, " "))
	for _, open := range l.Open() {
		text += " | " + open
	}
	return text
}
