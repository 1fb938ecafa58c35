package usage

import (
	pathpkg "path"
	"slices"
	"strings"
)

// ScopeOf tells by its path when the code of a file runs: the files of tests and of
// developers' tools, and those that steer a build, go by names that their tools
// look for or that everybody uses. What a file that is imported does when it runs,
// depends on who imports it.
func ScopeOf(path string) Scope {
	dirs := strings.Split(pathpkg.Dir(path), "/")
	base := strings.ToLower(pathpkg.Base(path))
	stem, _, _ := strings.Cut(base, ".")
	switch {
	case hasAny(dirs, testDirs) || isTestFile(base, stem):
		return Test
	case hasAny(dirs, scriptDirs) || isScriptFile(base, dirs[len(dirs)-1]):
		return Script
	case isBuildFile(base):
		return Build
	default:
		return Runtime
	}
}

var (
	testDirs = []string{"test", "tests", "__tests__", "__mocks__", "__fixtures__", "fixtures", "testdata", "e2e", "cypress", "playwright", "integration-tests", "e2e-tests", "load-tests", "load_tests", "loadtests"}
	// scriptDirs hold tools that nobody deploys.
	scriptDirs = []string{"scripts", "script", ".storybook", ".github", ".husky", ".devcontainer", "benchmarks", "benchmark"}
	// configOf are the stems of configuration files that are code, by who runs it.
	testConfigs   = []string{"vitest", "jest", "playwright", "cypress", "karma", "wdio", "ava"}
	scriptConfigs = []string{"drizzle", "prisma", "eslint", "prettier", "stylelint", "commitlint", "lint-staged", "release", "codegen", "kysely", "knex", "orval", "openapi-ts", "changelog", "checkly", "graphile"}
)

func hasAny(parts, words []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return slices.Contains(words, part) })
}

func isTestFile(base, stem string) bool {
	switch {
	case strings.HasSuffix(base, ".py"):
		return strings.HasPrefix(base, "test_") || strings.HasSuffix(base, "_test.py") || base == "conftest.py"
	case strings.HasSuffix(base, ".go"):
		return strings.HasSuffix(base, "_test.go")
	}
	for part := range strings.SplitSeq(base, ".") {
		switch part {
		case "test", "tests", "spec", "e2e", "e2e-spec", "stories", "cy":
			return part != stem
		}
	}
	return isConfigOf(base, testConfigs, "config", "setup", "workspace", "globalsetup", "global-setup", "preset")
}

func isScriptFile(base, dir string) bool {
	return isConfigOf(base, scriptConfigs, "config") || strings.HasPrefix(base, "knexfile.") || strings.HasPrefix(base, ".eslintrc") ||
		dir == "prisma" && strings.HasPrefix(base, "seed.")
}

// isBuildFile: every other file by the name of "tool.config.js" is read by the tool
// that builds.
func isBuildFile(base string) bool {
	if base == "setup.py" || base == "hatch_build.py" || strings.HasPrefix(base, "gulpfile.") || strings.HasPrefix(base, "gatsby-config.") ||
		strings.HasPrefix(base, "ember-cli-build.") {
		return true
	}
	parts := strings.Split(base, ".")
	if len(parts) < 3 || !isECMA(parts[len(parts)-1]) {
		return false
	}
	// "sentry.client.config.ts" is part of the app; Sentry's SDK for Next.js loads it.
	return parts[len(parts)-2] == "config" && parts[0] != "sentry" && slices.Contains(builders, parts[0])
}

// builders are the tools that build, or are part of a build.
var builders = []string{
	"next", "vite", "astro", "nuxt", "svelte", "webpack", "rollup", "rolldown", "tsup", "tsdown", "unbuild", "build", "esbuild", "rspack", "rsbuild", "babel", "metro",
	"postcss", "tailwind", "remix", "react-router", "app", "craco", "vue", "quasar", "electron", "electron-builder", "forge", "farm", "parcel",
	"contentlayer", "velite", "source", "mdx", "open-next", "trigger", "turbo", "redwood", "gatsby", "docusaurus", "vitepress", "next-sitemap", "swc", "uno", "content-collections", "mint",
}

// isConfigOf reports whether base is the configuration of one of the tools:
// "tool.kind.ts" or "tool-kind.ts", with more words between.
func isConfigOf(base string, tools []string, kinds ...string) bool {
	parts := strings.FieldsFunc(base, func(r rune) bool { return r == '.' })
	if len(parts) < 3 || !isECMA(parts[len(parts)-1]) {
		return false
	}
	return slices.Contains(tools, parts[0]) && slices.Contains(kinds, parts[len(parts)-2])
}

func isECMA(extension string) bool {
	switch extension {
	case "js", "cjs", "mjs", "ts", "cts", "mts", "jsx", "tsx":
		return true
	}
	return false
}
