package ecma

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/usage/usagetest"
)

// repository is an archive of files as a result of the reader.
func repository(t testing.TB, archive string) []usage.File {
	t.Helper()
	return usagetest.Archive(t, Reader(), archive).Files
}

func TestModules(t *testing.T) {
	const files = `
-- package.json --
{"name": "root", "private": true, "workspaces": ["apps/*", "packages/*"]}
-- tsconfig.base.json --
{"compilerOptions": {"baseUrl": ".", "paths": {"shared/*": ["packages/shared/src/*"],}}} // a comment
-- apps/web/package.json --
{"name": "web", "dependencies": {"@acme/db": "workspace:*", "next": "1"}, "imports": {"#config": {"node": "./src/config.node.ts", "default": "./src/config.ts"}, "#lib/*.js": "./src/lib/*.ts"}}
-- apps/web/tsconfig.json --
{"extends": "../../tsconfig.base.json", "compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["./src/*"], "@/special/*": ["./special/*"], "shared/*": ["../../packages/shared/src/*"]}}}
-- apps/web/src/index.ts --
import a from "./a";
import type { T } from "./types";
import { type U } from "./types2";
import "./dir";
import b from "./b.js";
import x from "@/x";
import y from "@/special/y";
import { db } from "@acme/db";
import { s } from "@acme/db/schema";
import deep from "@acme/db/deep/one";
import built from "@acme/ui";
import sh from "shared/util";
import c from "#config";
import l from "#lib/log.js";
import "./style.css";
import "react";
import icon from "./icon.svg?url";
// import "./commented";
const text = "import './text'";
export * from "./star";
export { n } from "./named";
const lazy = () => import("./lazy");
const old = require("./old");
-- apps/web/src/a.tsx --
import gone from "./gone";
-- apps/web/src/types.ts --
import type { Gone } from "./gone";
-- apps/web/src/types2.ts --
const f = import(` + "`./handlers/${x}`" + `);
-- apps/web/src/dir/index.ts --
"use client";
-- apps/web/src/b.ts --
import("./locale/" + x); import(` + "`./locale/${x}.json`" + `)
-- apps/web/src/x.ts --
import next from "@/nothing";
import { PrismaClient } from "@/generated/prisma";
-- apps/web/special/y.ts --
-- apps/web/src/config.ts --
-- apps/web/src/lib/log.ts --
import type { Route } from "./+types/log"; import { x } from "../generated/client";
-- apps/web/src/style.css --
-- apps/web/src/icon.svg --
-- apps/web/src/star.ts --
-- apps/web/src/named.ts --
-- apps/web/src/lazy.ts --
-- apps/web/src/old.ts --
-- apps/web/src/commented.ts --
-- apps/web/src/text.ts --
-- packages/db/package.json --
{"name": "@acme/db", "exports": {".": {"types": "./dist/index.d.ts", "import": "./dist/index.js"}, "./schema": "./src/schema.ts", "./deep/*": ["./src/deep/*.ts"]}}
-- packages/db/src/index.ts --
-- packages/db/src/schema.ts --
-- packages/db/src/deep/one.ts --
-- packages/ui/package.json --
{"name": "@acme/ui", "main": "lib/index.js"}
-- packages/ui/src/index.tsx --
-- packages/shared/package.json --
{"name": "@acme/shared"}
-- packages/shared/src/util.ts --
`
	var got []string
	for _, f := range repository(t, files) {
		line := f.Path + ":"
		for _, i := range f.Imports {
			if line += " " + strings.TrimPrefix(i.Path, "apps/web/"); i.TypesOnly {
				line += "(types)"
			}
		}
		if f.Unresolved {
			line += " unresolved"
		}
		if f.Client {
			line += " client"
		}
		got = append(got, line)
	}
	want := []string{
		"apps/web/src/a.tsx: unresolved",
		"apps/web/src/dir/index.ts: client",
		"apps/web/src/index.ts: special/y.ts src/a.tsx src/b.ts src/config.ts src/dir/index.ts src/lazy.ts src/lib/log.ts src/named.ts src/old.ts src/star.ts src/types.ts(types) src/types2.ts(types) src/x.ts" +
			" packages/db/src/deep/one.ts packages/db/src/index.ts packages/db/src/schema.ts packages/shared/src/util.ts packages/ui/src/index.tsx",
		"apps/web/src/types2.ts: unresolved",
		"apps/web/src/x.ts: unresolved",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestImportsEnd(t *testing.T) {
	for text, want := range map[string]string{
		"import a from 'a'\nb":                  "import a from 'a'",
		"x\nrequire('a'); y\nfrom x\nimporting": "x\nrequire('a'); y",
		"import(x)":                             "import(x)",
		"from":                                  "",
		"":                                      "",
	} {
		if got := text[:importsEnd([]byte(text))]; got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestPaths(t *testing.T) {
	for path, want := range map[string]bool{"a.ts": true, "a.d.ts": false, "a.min.js": false, "b/c.vue": true, "a.d.mts": false, "a.json": false, "ts": false} {
		if match(path) != want {
			t.Error(path, fmt.Sprint(!want))
		}
	}
}
