package ecma

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSchemas(t *testing.T) {
	for _, s := range []struct{ text, want string }{
		{`const s = z.object({ A: z.string(), B: z.string().optional(), C: z.coerce.number().default(1), "D": z.enum(["x"]).catch("x") }); s.parse(process.env)`, "A!@s B?@s C?@s D?@s"},
		{`z.object({ A: z.string() }).extend({ B: z.string() }).parse(process.env)`, "A!@z.object B!@z.object"},
		{`const base = z.object({ A: z.string(), X: z.string() }); const all = base.omit({ X: true }).merge(z.object({ B: z.string().nullish() })).partial(); all.safeParse(process.env)`, "A?@all B?@all"},
		{`const port = z.coerce.number().optional(); z.object({ A: port, B: z.preprocess(f, z.string().optional()), ...shared }).parse({ ...process.env, X: 1 })`, "A?@z.object B?@z.object"},
		{`v.parse(v.object({ A: v.string(), B: v.optional(v.string()), C: v.pipe(v.string(), v.minLength(1)) }), process.env)`, "A!@parse B?@parse C!@parse"},
		{`const S = v.object({ A: v.string() }); v.safeParse(S, process.env)`, "A!@safeParse"},
		{`const Env = type({ A: "string", "B?": "string", C: "string = 'x'" }); const env = Env(process.env)`, "A!@Env B?@Env C?@Env"},
		{`cleanEnv(process.env, { A: str(), B: port({ default: 1 }), C: str({ devDefault: "x" }) })`, "A!@cleanEnv B?@cleanEnv C!@cleanEnv"},
		{`parseEnv(process.env, { A: z.string().min(1), B: { schema: z.string(), defaults: { _: "x" } } })`, "A!@parseEnv B!@parseEnv"},
		{`Joi.object({ A: Joi.string().required(), B: Joi.string() }).validate(process.env)`, "A!@Joi.object B?@Joi.object"},
		{`unknown.parse(process.env)`, "(whole)"},
		{`schema.parse({ A: process.env.A })`, "A"},
		{`export const env = createEnv({
			server: { A: z.string(), B: z.string().optional() },
			client: { NEXT_PUBLIC_C: z.string() },
			shared: { NODE_ENV: z.enum(["a"]).default("a") },
			runtimeEnv: process.env,
		})`, "A!@createEnv B?@createEnv NEXT_PUBLIC_C!@createEnv NODE_ENV?@createEnv"},
		{`createEnv({ server: { A: z.string(), B: z.string() }, experimental__runtimeEnv: { A: process.env.A, B: process.env.OTHER } })`, "A!@createEnv A OTHER"},
		{`const server = { A: z.string() }; createEnv({ server, runtimeEnv: { ...process.env } })`, "A!@createEnv"},
		{`createEnv({ server: { A: z.string(), B: z.string().optional() }, client: { C: z.string() }, runtimeEnv: process.env, skipValidation: true })`, "A@createEnv B?@createEnv C@createEnv"},
		{`createEnv({ skipValidation: true, server: { A: z.string() }, runtimeEnv: process.env })`, "A@createEnv"},
		{`createEnv({ server: { A: z.string() }, runtimeEnv: process.env, skipValidation: !!process.env.SKIP })`, "A!@createEnv SKIP?"},
		{`createEnv({ server: { A: z.string() }, runtimeEnv: process.env, skipValidation: true && isCI })`, "A!@createEnv"},
		{`createEnv({ server: { A: z.string() }, runtimeEnv: process.env, skipValidation: false })`, "A!@createEnv"},
		{`createEnv({ server: { A: z.string() }, runtimeEnv: process.env, skipValidation })`, "A!@createEnv"},

		// Helpers of frameworks.
		{`import { A, B as b } from "$env/static/private"; import { PUBLIC_C } from "$env/static/public"; import { env } from "$env/dynamic/private"; env.D`,
			"A!@$env/static/private B!@$env/static/private PUBLIC_C!@$env/static/public D"},
		{`import { A, getSecret } from "astro:env/server"; getSecret("B")`, "A@astro:env/server B@getSecret"},
		{`import { env } from "cloudflare:workers"; env.A`, "A"},
		{`import env from "env-var"; env.get("A").required().asString(); env.get("B").default("x").asString(); env.get("C").asInt()`, "A!@get B?@get C@get"},
		{`import env from "#start/env"; env.get("A"); env.get("B", "x")`, "A@get B?@get"},
		{`import { env } from "prisma/config"; env("A")`, "A!@env"},
		{`class S { constructor(private readonly config: ConfigService) {} x() { this.config.get<string>("A"); this.config.getOrThrow("B"); this.config.get("db.host"); other.get("C"); this.config.get("D", 1) } }`,
			"A@get B!@getOrThrow D?@get"},
		{`export default defineConfig(({ mode }) => { const env = loadEnv(mode, process.cwd(), ""); return { x: env.A } })`, "A"},
		{`defineNuxtConfig({ runtimeConfig: { apiSecret: "", public: { apiBase: "/" } } })`, "NUXT_API_SECRET?@runtimeConfig NUXT_PUBLIC_API_BASE?@runtimeConfig"},
	} {
		if got := found("a.ts", s.text); got != s.want {
			t.Errorf("%s\n got  %s\n want %s", s.text, got, s.want)
		}
	}
}

// TestAcross: what a file says of names that it takes from another.
func TestAcross(t *testing.T) {
	const files = `
-- package.json --
{"name": "app"}
-- env.ts --
export const need = (name: string) => { const v = process.env[name]; if (!v) throw new Error(name); return v };
export default function optional(name: string) { return process.env[name] }
export const all = process.env;
export const config = { get: (name: string) => process.env[name] };
-- index.ts --
export * from "./env";
export { default as maybe } from "./env";
export { schema as renamed } from "./schema";
-- second.ts --
import { need } from "./index";
export const url = (name: string) => need(name + "_URL");
-- use.ts --
import { need, maybe as m, all, config } from ".";
import optional from "./env";
import * as env from "./env";
import { url } from "./second";
need("A"); m("B"); optional("C"); all.D; env.need("E"); url("F"); config.get("G"); map.get("H");
names.map(need);
-- local.ts --
import { other as need } from "./other";
need("X");
-- other.ts --
export const other = (x: string) => x;
-- schema.ts --
import { z } from "zod";
import { more } from "./more";
export const schema = z.object({ S: z.string() }).merge(more);
-- more.ts --
export const more = makeless({ T: 1 }), unused = 1;
-- more2.ts --
-- apply.ts --
import { renamed } from "./index";
renamed.partial().parse(process.env);
-- shared.ts --
export const server = { U: z.string(), V: z.string().default("v") };
-- skipped.ts --
import { server } from "./shared";
createEnv({ server, runtimeEnv: process.env, skipValidation: true });
-- lost.ts --
import { gone } from "elsewhere";
gone.parse(process.env);
-- cycle.ts --
export * from "./cycle2";
import { nothing } from "./cycle2";
nothing("X");
-- cycle2.ts --
export * from "./cycle";
`
	got := map[string]string{}
	for _, f := range repository(t, files) {
		if text := list(f.Reads); text != "" {
			got[f.Path] = text
		}
	}
	want := map[string]string{
		"use.ts":    "A!@need B@m C@optional D E!@need F_URL!@url G@get *~@need",
		"schema.ts": "S?@renamed",
		"shared.ts": "U@createEnv V?@createEnv",
		"lost.ts":   "(whole)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(got["local.ts"], "X") {
		t.Error("a function of the same name is another")
	}
}
