// Lets a framework load the env files of directories, in development.
//
//   node -e "$(cat order.cjs)" LOADER MODULES < directories > results
//
// LOADER is next or vite; MODULES is the directory that holds node_modules. Each
// line of input is the path of a directory; each line of output is the value of
// WINNER that the framework takes from the files in it, as JSON, null for none.
"use strict";
const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");
const { pathToFileURL } = require("url");

const [loader, modules] = process.argv.slice(1);
const need = createRequire(path.join(path.resolve(modules), "index.js"));

const loaders = {
  next: () => {
    const { loadEnvConfig } = need("@next/env");
    return (dir) => loadEnvConfig(dir, true, { info() {}, error() {} }, true).combinedEnv;
  },
  vite: async () => {
    const { loadEnv } = await import(pathToFileURL(need.resolve("vite")));
    return (dir) => loadEnv("development", dir, "");
  },
};

async function main() {
  const load = await loaders[loader]();
  let input = "";
  for await (const chunk of process.stdin) input += chunk;
  for (const dir of input.split("\n")) {
    if (dir === "") continue;
    delete process.env.WINNER;
    fs.writeSync(1, JSON.stringify(load(dir).WINNER ?? null) + "\n");
  }
}
main();
