package ecma

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck/usage"
)

// found lists what a text asks for.
func found(path, text string) string {
	return list(look(&lexer{}, path, []byte(text)).file([]byte(text)).Reads)
}

// list writes names with a sign for the kind.
func list(reads []usage.Read) string {
	var out []string
	for _, r := range reads {
		line := r.Name
		switch r.Kind {
		case usage.Required:
			line += "!"
		case usage.Defaulted:
			line += "?"
		case usage.Dynamic:
			line += "~"
		case usage.Whole:
			line = "(whole)"
		}
		if r.Via != "" {
			line += "@" + r.Via
		}
		out = append(out, line)
	}
	return strings.Join(out, " ")
}

// shapes are texts and what they ask for. A name stands with "!" when it is required,
// "?" when there is a default, "~" when it is a pattern, "@" before its helper.
var shapes = []struct{ text, want string }{
	// Direct.
	{`process.env.A`, "A"},
	{`process.env["A"]; process.env['B']; process.env[` + "`C`" + `]`, "A B C"},
	{`process?.env?.A; process.env?.["B"]; process["env"].C; process?.["env"].D`, "A B C D"},
	{`globalThis.process.env.A; (globalThis as any).process?.env?.B; window.process.env.C`, "A B C"},
	{`(process.env as any).A; (process.env as Record<string, string>)["B"]; (<any>process.env).C; process.env!.D; (process.env!).E`, "A B C D E"},
	{`(process.env satisfies object).A; (process as any).env.B; ((process.env)).C; (process.env ?? {}).D`, "A B C D"},
	{`import.meta.env.A; import.meta.env["B"]; Bun.env.C; require("process").env.D; (import.meta as any).env.E`, "A B C D E"},
	{`Deno.env.get("A"); Deno.env.get("B")!; Deno.env.has("C"); Deno.env.get("D") ?? ""; Deno.env.set("E", "1"); Deno.env.toObject().F`, "A B! C? D? F"},
	{`foo(a > (process.env as any).A)`, "A"},
	{"`${process.env.A}/${`${process.env.B}`}`", "A B"},
	{`process
	  .env
	  .A`, "A"},
	{`class A { x = process.env.A; static y = process.env.B }`, "A B"},
	{`"A" in process.env; if (!("B" in process.env)) throw new Error()`, "A? B!"},
	{`process.env.hasOwnProperty("A")`, "A?"},
	{`const K = "A"; process.env[K]`, "A"},
	{`process.env[dev ? "A" : "B"]`, "A B"},

	// Not reads.
	{`process.env.A = "1"; process.env["B"] = x; delete process.env.C; (process.env as any).D = 1; process.env = {}`, ""},
	{`// process.env.A
	  /* process.env.B */ "process.env.C"; /process.env.D/; ` + "`process.env.E`" + `; x.process.env.F; my.import.meta.env`, ""},
	{`type T = keyof typeof process.env; let x: keyof typeof process.env; interface ProcessEnv { A: string }`, ""},
	{`declare global { namespace NodeJS { interface ProcessEnv { A: string } } }`, ""},
	{`function f(process) { return process.env.A }`, ""},
	{`const process = { env: {} }; process.env.A`, ""},
	{`Object.assign(process.env, x); if (process.env) {}; const o = { process: 1, env: 2 }`, ""},
	{`for (const process of all) { process.env.A } process.env.B`, "B"},

	// Destructuring.
	{`const { A, B: b, C = "c", D: d = "d", "E": e, ["F"]: f } = process.env`, "A B C? D? E F"},
	{`const { A, ...rest } = process.env`, "A (whole)"},
	{`const { A }: NodeJS.ProcessEnv = process.env; const { B } = import.meta.env; ({ C } = process.env)`, "A B C"},
	{`function f({ A, B = "" } = process.env) {}`, "A B?"},
	{`const { env: { A } } = process; const { env } = process; env.B; const { env: e } = process; e.C`, "A B C"},

	// Aliases.
	{`const env = process.env; env.A; env["B"]; const { C } = env; const e = env; e.D`, "A B C D"},
	{`const env: Record<string, string | undefined> = process.env; env.A`, "A"},
	{`const env = process.env; function f(env) { return env.A } env.B; { const env = {}; env.C }`, "B"},
	{`function f(env = process.env) { env.A } function g(env: NodeJS.ProcessEnv) { env.B } env.C`, "A B"},
	{`const f = (env: NodeJS.ProcessEnv = process.env) => env.A`, "A"},
	{`import { env } from "node:process"; import p, { env as e } from "process"; env.A; e.B; p.env.C`, "A B C"},
	{`import * as p from "process"; p.env.A; import { env } from "./env"; env.B`, "A"},
	{`const env = typeof process !== "undefined" ? process.env : {}; env.A`, "A"},
	{`const env = given ?? process.env; env.A; const e = process.env || {}; e.B`, "A B"},
	{`const globals = globalThis as any; let envObject: any; envObject = globals.process?.env; envObject.A`, "A"},
	{`function getEnv(x?: any) { return x ?? process.env } getEnv().A; const e = getEnv(); e.B`, "A B"},
	{`function load(env) { return env.A } load(process.env)`, "A"},
	{`const env = { A: process.env.A, env: process.env }; env.B`, "A (whole)"},
	{`const { env } = require("process"); env.A; const p = require("node:process"); p.env.B`, "A B"},

	// Kinds.
	{`process.env.A!; process.env.B as string; process.env.C!.x`, "A! B! C!"},
	{`process.env.A ?? "x"; process.env.B || "x"; process.env.C ? 1 : 2; process.env.D && x; process.env.E?.x`, "A? B? C? D? E?"},
	{`process.env.A === "1"; "1" === process.env.B; process.env.C !== "x"; !process.env.D; !!process.env.E; Boolean(process.env.F)`, "A? B? C? D? E? F?"},
	{`if (process.env.A) {} if (!process.env.B) { throw new Error("B") } if (!process.env.C) throw x; if (!process.env.D || !process.env.E) { process.exit(1) }`, "A? B! C! D! E!"},
	{`if (!process.env.A && !process.env.B) { throw x } if (process.env.C === undefined) throw x`, "A? B? C!"},
	{`const a = process.env.A; if (!a) throw new Error("a")`, "A!"},
	{`const { A, B } = process.env; if (!A) { throw x } if (B) {}`, "A! B?"},
	{`Number(process.env.A) || 3; parseInt(process.env.B, 10) || 3; Number(process.env.C ?? 3); Number(process.env.D)`, "A? B? C? D"},
	{`assert(process.env.A, "x"); invariant(process.env.B)`, "A! B!"},
	{`process.env.A ?? (() => { throw new Error() })()`, "A!"},
	{`process.env.A ??= "x"; process.env.A! || "d"`, "A? A?"},
	{`z.string().parse(process.env.A); z.string().optional().parse(process.env.B); JSON.parse(process.env.C)`, "A! B? C"},

	// Dynamic and whole.
	{"process.env[`FOO_${x}`]; process.env[`${x}_URL`]; process.env['A_' + x + '_B']; process.env[x]; process.env[x.toUpperCase()]", "FOO_*~ *_URL~ A_*_B~ *~ *~"},
	{`foo(process.env); Object.keys(process.env); ({ ...process.env }); spawn("x", { env: process.env })`, "(whole) (whole) (whole) (whole)"},
	{`const env = process.env; foo(env); foo({ env })`, "(whole) (whole)"},
	{`for (const k in process.env) {}`, "(whole)"},
	{`for (const k of ["A", "B"]) { if (!process.env[k]) throw new Error(k) }`, "A!@list B!@list"},
	{`const all = ["A", "B"] as const; all.filter((k) => !process.env[k])`, "A?@list B?@list"},

	// Readers.
	{`function need(name: string) { const v = process.env[name]; if (!v) throw new Error(name); return v } need("A"); need(b)`, "A!@need *~@need"},
	{`const get = (name: string, or = "") => process.env[name] ?? or; get("A"); get("B", "x")`, "A?@get B?@get"},
	{`export const env = <T,>(name: string): string | undefined => process.env[name]; env("A"); env("B")!; env("C") || 1`, "A@env B!@env C?@env"},
	{`function a(n) { return process.env[n] } function b(k) { return a("X_" + k) } b("A"); b("B")`, "X_A@b X_B@b"},
	{"const pub = (n) => process.env[`PUBLIC_${n}`]; pub('A')", "PUBLIC_A@pub"},
	{`class C { get(key: string) { return process.env[key] } x() { return this.get("A") + map.get("a") } }`, "A@get"},
	{`const get = (k) => Deno.env.get(k); get("A")`, "A@get"},
	{`function set(k, v) { if (v) process.env[k] = v; else delete process.env[k] } set("A", x)`, ""},
	{`const get = (k) => process.env[k]; names.map(get)`, "*~@get"},
}

func TestShapes(t *testing.T) {
	for _, s := range shapes {
		if got := found("a.ts", s.text); got != s.want {
			t.Errorf("%s\n got  %s\n want %s", s.text, got, s.want)
		}
	}
}

func TestMarkup(t *testing.T) {
	for _, s := range []struct{ text, want string }{
		{`const a = <div title="it's" b={process.env.A}>don't {process.env.B} <b>{/* process.env.C */}process.env.D</b></div>; process.env.E`, "A B E"},
		{`const f = <T,>(x: T) => process.env.A; const g = <T extends object>(x: T) => process.env.B; type F = <T>(x: T) => void; process.env.C`, "A B C"},
		{`<><A {...process.env} /><B.C x=<i>{process.env.A}</i> /></>`, "(whole) A"},
		{`<List<Item> a={process.env.A}>{x => <i>{process.env.B}</i>}</List>`, "A B"},
		{`if (a < b) { process.env.A } <div>`, "A"},
	} {
		if got := found("a.tsx", s.text); got != s.want {
			t.Errorf("%s\n got  %s\n want %s", s.text, got, s.want)
		}
	}
}

func TestEmbedded(t *testing.T) {
	for path, text := range map[string]string{
		"a.vue":    `<template>{{ process.env.X }} it's</template><script setup lang="ts">const a = import.meta.env.A</script><style>x { content: '`,
		"b.svelte": "<script>import { env } from '$env/dynamic/private'; env.A</script>{#if x}<p>don't</p>{/if}",
		"c.astro":  "---\nconst a = import.meta.env.A\n---\n<p>it's process.env.X</p><script type=\"application/ld+json\">process.env.X</script>",
	} {
		if got := found(path, text); got != "A" {
			t.Errorf("%s: %s", path, got)
		}
	}
	if got := found("d.astro", "<p>{import.meta.env.A}</p>"); got != "A" {
		t.Error(got)
	}
}

func TestPlaces(t *testing.T) {
	text := "\n/* ü */ const ä = process.env.NÄME + process.env['B'];"
	var got []string
	for _, r := range look(&lexer{}, "a.ts", []byte(text)).file([]byte(text)).Reads {
		got = append(got, fmt.Sprintf("%s %d:%d-%d:%d", text[r.Range.Start.Offset:r.Range.End.Offset], r.Range.Start.Line, r.Range.Start.Column, r.Range.End.Line, r.Range.End.Column))
	}
	if diff := cmp.Diff([]string{"NÄME 2:31-2:35", "B 2:51-2:52"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestClient(t *testing.T) {
	for text, want := range map[string]bool{
		"\"use client\"\nx": true, "// a\n/* b */ 'use client';": true, "\"use strict\"; \n\"use client\"": true, "x; 'use client'": false, "": false, "// 'use client'": false, "/*": false,
	} {
		if got := isClient([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
