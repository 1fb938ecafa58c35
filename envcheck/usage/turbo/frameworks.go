package turbo

import "slices"

// framework is what turbo infers for the packages that use one.
type framework struct {
	slug string
	// env are the patterns of the variables that are given to its packages.
	env []Pattern
	// some tells that one of the modules is enough; else all are needed.
	some    bool
	modules []string
}

// nitroHosts are the variables by which Nitro finds out where it is deployed.
var nitroHosts = []Pattern{
	"AWS_APP_ID", "INPUT_AZURE_STATIC_WEB_APPS_API_TOKEN", "CLEAVR", "CF_PAGES", "FIREBASE_APP_HOSTING", "NETLIFY",
	"STORMKIT", "NOW_BUILDER", "ZEABUR", "RENDER",
}

// frameworks are those that turbo knows; the first that matches is taken. The facts
// are those of packages/turbo-types/src/json/frameworks.json of
// github.com/vercel/turborepo, as in @turbo/types 2.11.2 (MIT). TestFrameworks says
// how to compare them with a newer one.
var frameworks = []framework{
	{slug: "astro", env: []Pattern{"PUBLIC_*"}, modules: []string{"astro"}},
	{slug: "blitzjs", env: []Pattern{"NEXT_PUBLIC_*"}, modules: []string{"blitz"}},
	{slug: "create-react-app", env: []Pattern{"REACT_APP_*"}, some: true, modules: []string{"react-scripts", "react-dev-utils"}},
	{slug: "expo", env: []Pattern{"EXPO_PUBLIC_*"}, modules: []string{"expo"}},
	{slug: "gatsby", env: []Pattern{"GATSBY_*"}, modules: []string{"gatsby"}},
	{slug: "nextjs", env: []Pattern{"NEXT_PUBLIC_*", "NEXT_DEPLOYMENT_ID"}, modules: []string{"next"}},
	{slug: "nitro", env: slices.Concat([]Pattern{"NITRO_*", "SERVER_*"}, nitroHosts), some: true, modules: []string{"nitropack", "nitropack-nightly", "nitro", "nitro-nightly"}},
	{slug: "nuxtjs", env: slices.Concat([]Pattern{"NUXT_*", "NUXT_ENV_*", "NITRO_*", "SERVER_*"}, nitroHosts, []Pattern{"LAUNCH_EDITOR"}), some: true, modules: []string{"nuxt", "nuxt-edge", "nuxt3", "nuxt3-edge"}},
	{slug: "redwoodjs", env: []Pattern{"REDWOOD_ENV_*"}, modules: []string{"@redwoodjs/core"}},
	{slug: "remix", env: []Pattern{"REMIX_*"}, some: true, modules: []string{"@remix-run/dev", "@remix-run/react", "@remix-run/serve", "@react-router/dev"}},
	{slug: "sanity", env: []Pattern{"SANITY_STUDIO_*"}, modules: []string{"@sanity/cli"}},
	{slug: "solidstart", env: []Pattern{"VITE_*"}, modules: []string{"solid-js", "solid-start"}},
	{slug: "sveltekit", env: []Pattern{"VITE_*", "PUBLIC_*"}, modules: []string{"@sveltejs/kit"}},
	{slug: "vite", env: []Pattern{"VITE_*"}, modules: []string{"vite"}},
	{slug: "vue", env: []Pattern{"VUE_APP_*", "LAUNCH_EDITOR"}, modules: []string{"@vue/cli-service"}},
}

// infer returns the framework of a package; nil when turbo finds none.
func infer(has func(module string) bool) *framework {
	for i := range frameworks {
		f := &frameworks[i]
		if f.some && slices.ContainsFunc(f.modules, has) || !f.some && !slices.ContainsFunc(f.modules, func(m string) bool { return !has(m) }) {
			return f
		}
	}
	return nil
}

// builtin is what turbo lets through to every task in strict mode, as
// BUILTIN_PASS_THROUGH_ENV and DEFAULT_ENV_VARS of crates/turborepo-env have it.
// Later versions only added to the list.
var builtin = []Pattern{
	"HOME", "USER", "TZ", "LANG", "SHELL", "PWD", "XDG_RUNTIME_DIR", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "CI", "NODE_OPTIONS",
	"COREPACK_*", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "LIBPATH", "LD_PRELOAD", "DYLD_INSERT_LIBRARIES", "COLORTERM",
	"TERM", "TERM_PROGRAM", "DISPLAY", "TMP", "TEMP", "WINDIR", "ProgramFiles", "ProgramFiles(x86)", "VSCODE_*", "ELECTRON_RUN_AS_NODE",
	"DOCKER_*", "BUILDKIT_*", "COMPOSE_*", "JB_IDE_*", "JB_INTERPRETER", "_JETBRAINS_TEST_RUNNER_RUN_SCOPE_TYPE", "VERCEL", "VERCEL_*",
	"NEXT_*", "USE_OUTPUT_FOR_EDGE_FUNCTIONS", "NOW_BUILDER", "VC_MICROFRONTENDS_CONFIG_FILE_NAME", "GITHUB_*", "RUNNER_*", "APPDATA",
	"PATH", "PROGRAMDATA", "SYSTEMROOT", "SYSTEMDRIVE", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "PNPM_HOME", "NPM_CONFIG_STORE_DIR",
}
