package workspace

import "github.com/envtight/envtight"

var tracked = &envtight.Rule{
	ID: "env/tracked", Title: "A real env file is in git", Default: envtight.Error, Since: "0.1",
	Doc: "A file that is committed stays in the history, in every clone and in every fork; taking it out later " +
		"does not take back what it held. So an env file with secrets must never be tracked, not even staged.\n\n" +
		"Which files are meant to be committed differs. Next.js, Vite, Astro, SvelteKit and Create React App " +
		"document `.env`, `.env.development` and `.env.production` as the place of public defaults, and only files " +
		"that end in `.local` as private. The rule therefore looks at names, and at whether values are placeholders:\n\n" +
		"| file in git | finding |\n| --- | --- |\n" +
		"| any, with a value under a name like that of a secret, or a URL with a password for another machine | error; a warning in files for tests |\n" +
		"| `.env.local`, `.env.*.local`, `.dev.vars` | error |\n" +
		"| `.env.keys` of dotenvx | error |\n" +
		"| `.env` with placeholders for secrets | warning: whoever fills them in commits them |\n" +
		"| `.env` with plain settings | info; nothing where the framework documents it |\n" +
		"| `.env.production`, `.env.test` and the like, without secrets | nothing |\n" +
		"| empty files, symbolic links, files that dotenvx encrypted, fixtures and samples | nothing |\n\n" +
		"The content judged is that of git's index: what is committed, or will be by the next commit. Values are " +
		"compared with lists of placeholders in memory and never shown.",
	Examples: []envtight.Example{{
		Title: "a secret",
		Files: "-- .env --\nPORT=3000\nSTRIPE_SECRET_KEY=b81cf0a9e2d7\n-- package.json --\n{\"name\": \"shop\"}\n",
		Want:  ".env:2:1: .env is in git and holds what looks like a secret: STRIPE_SECRET_KEY",
	}, {
		Title: "for one machine only",
		Files: "-- apps/web/.env.local --\nNEXT_PUBLIC_URL=http://localhost:3000\n",
		Want:  "apps/web/.env.local: apps/web/.env.local is in git: files of that name are for one machine only",
	}, {
		Title: "public defaults",
		Files: "-- package.json --\n{\"dependencies\": {\"next\": \"16.0.0\"}}\n-- next.config.js --\n-- .env.production --\nNEXT_PUBLIC_URL=https://shop.example\n",
	}},
}

var notIgnored = &envtight.Rule{
	ID: "env/not-ignored", Title: "An env file would get into git or into an image", Default: envtight.Error, Since: "0.1",
	Doc: "An example asks people to make a file beside it: `.env.example` a `.env`, `.env.local.example` a " +
		"`.env.local`. When git does not ignore that file, the next `git add .` commits it. That is an error where " +
		"the file exists, and a warning where it does not yet. git itself is asked, so every `.gitignore`, " +
		"`.git/info/exclude` and `core.excludesFile` counts.\n\n" +
		"Docker has a list of its own. `COPY . .` puts whatever `.dockerignore` does not name into the image, and " +
		"whoever can pull the image can read it. Only what reaches the last stage counts; a stage that builds and is " +
		"thrown away does no harm. The build context is taken from a compose file, or from the paths that the " +
		"Dockerfile copies.\n\n" +
		"`.env` may be meant to be committed, as Next.js and Vite document it: where `.env.local` is ignored and a " +
		"file such as `.env.production` is tracked beside the example, nothing is said about `.env`.",
	Examples: []envtight.Example{{
		Title: "git",
		Files: "-- .gitignore --\nnode_modules\n-- .env.example --\nPORT=\n",
		Want:  ".env.example: .env is not ignored by git in the root, where .env.example asks for it",
	}, {
		Title: "docker",
		Files: "-- .gitignore --\n.env\n-- .env.example --\nPORT=\n-- Dockerfile --\nFROM node:24\nWORKDIR /app\nCOPY . .\n-- package.json --\n{\"name\": \"api\"}\n",
		Want:  "Dockerfile:3:1: this copies env files into the image: .env is not ignored, for there is no .dockerignore",
	}, {
		Title: "a stage that is thrown away",
		Files: "-- .gitignore --\n.env\n-- .env.example --\nPORT=\n-- package.json --\n{\"name\": \"api\"}\n" +
			"-- Dockerfile --\nFROM node:24 AS build\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM node:24\nCOPY --from=build /app/dist /app\n",
	}},
}
