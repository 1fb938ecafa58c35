// Runs one loader of the Node.js world on many env files.
//
//   node -e "$(cat node.cjs)" LOADER MODULES < cases > results
//
// LOADER is dotenv, dotenv-expand, next, vite or node; MODULES is the directory
// that holds node_modules. Each line of input is {"src": base64, "env": {name:
// value}}; each line of output is {"values": [[name, value], ...]} or
// {"error": true}, in the same order, names and values as base64 of UTF-8.
"use strict";
const fs = require("fs");
const os = require("os");
const path = require("path");
const util = require("util");
const childProcess = require("child_process");
const { createRequire } = require("module");
const { pathToFileURL } = require("url");

const [loader, modules] = process.argv.slice(1);
const need = createRequire(path.join(path.resolve(modules), "index.js"));

// dotenv-expand runs what stands in $(...). Files that make it do so are not ours
// to try, so one that gets here by mistake is an error.
childProcess.execSync = () => {
  throw new Error("a command would run");
};

// setEnv makes the environment of this process the one of the case.
function setEnv(env) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
}

const loaders = {
  node: () => (src) => util.parseEnv(src.toString("utf8")),
  dotenv: () => {
    const { parse } = need("dotenv");
    return (src) => parse(src);
  },
  "dotenv-expand": () => {
    const { parse } = need("dotenv");
    const { expand } = need("dotenv-expand");
    return (src, env) => expand({ parsed: parse(src), processEnv: { ...env } }).parsed;
  },
  next: () => {
    const next = need("@next/env");
    // Expressions that are compiled when the stack is nearly full end the process.
    for (let i = 0; i < 200; i++) {
      for (const contents of ["A=$B\\$C${D:-e}\n", "A=\u017e$B\\$C${D:-\u017e}\n"]) {
        next.processEnv([{ path: ".env", contents, env: {} }], "/", { info() {}, error() {} }, true);
      }
    }
    return (src, env) => {
      setEnv(env);
      const file = { path: ".env", contents: src.toString("utf8"), env: {} };
      next.processEnv([file], "/", { info() {}, error() {} }, true);
      return file.env;
    };
  },
  vite: async () => {
    const entry = need.resolve("vite");
    const { loadEnv } = await import(pathToFileURL(entry));
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "loadenv-"));
    process.on("exit", () => fs.rmSync(dir, { recursive: true, force: true }));
    return (src, env) => {
      fs.writeFileSync(path.join(dir, ".env"), src);
      const inFile = Object.keys(util.parseEnv(src.toString("utf8")));
      setEnv(env);
      const all = loadEnv("any", dir, "");
      return Object.fromEntries(inFile.map((name) => [name, all[name]]));
    };
  },
};

const encode = (text) => Buffer.from(text, "utf8").toString("base64");

async function main() {
  const run = await loaders[loader]();
  let input = "";
  for await (const chunk of process.stdin) input += chunk;
  for (const line of input.split("\n")) {
    if (line === "") continue;
    const { src, env } = JSON.parse(line);
    let result = { error: true };
    try {
      const values = run(Buffer.from(src, "base64"), env || {});
      result = { values: Object.keys(values).map((k) => [encode(k), encode(String(values[k]))]) };
    } catch {
      // The loader refused the file.
    }
    fs.writeSync(1, JSON.stringify(result) + "\n");
  }
}
main();
