package ecma

import "bytes"

// beside are words of which one stands in each file that holds "env" and reads a
// variable.
var beside = [][]byte{
	[]byte("process"), []byte("import.meta"), []byte("Deno"), []byte("Bun"), []byte("$env/"), []byte("\"bun\""), []byte("'bun'"),
	[]byte("std-env"), []byte("cloudflare:workers"), []byte("astro:env"), []byte("prisma/config"), []byte("next-runtime-env"),
	[]byte("env-var"), []byte("#start/env"),
}

// alone are words that are enough by themselves.
var alone = [][]byte{[]byte("ProcessEnv"), []byte("createEnv"), []byte("ConfigService"), []byte("runtimeConfig"), []byte("loadEnv"), []byte("Adonis/Core/Env")}

// mayRead is a cheap look whether a file may ask for a variable.
func mayRead(text []byte) bool {
	if bytes.Contains(text, []byte("env")) {
		for _, word := range beside {
			if bytes.Contains(text, word) {
				return true
			}
		}
	}
	for _, word := range alone {
		if bytes.Contains(text, word) {
			return true
		}
	}
	return false
}
