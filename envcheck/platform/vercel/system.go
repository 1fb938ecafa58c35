package vercel

import "strings"

// systemNames are what a project that exposes system variables is given.
// Source: vercel.com/docs/environment-variables/system-environment-variables.
// VERCEL_TOKEN, VERCEL_ORG_ID and their like are the command line's, and nobody
// provides them.
var systemNames = map[string]bool{
	"VERCEL": true, "CI": true,
	"VERCEL_ENV": true, "VERCEL_TARGET_ENV": true, "VERCEL_URL": true, "VERCEL_BRANCH_URL": true,
	"VERCEL_PROJECT_PRODUCTION_URL": true, "VERCEL_REGION": true, "VERCEL_DEPLOYMENT_ID": true,
	"VERCEL_PROJECT_ID": true, "VERCEL_SKEW_PROTECTION_ENABLED": true,
	"VERCEL_AUTOMATION_BYPASS_SECRET": true, "VERCEL_OIDC_TOKEN": true,
}

// gitNames follow VERCEL_GIT_.
var gitNames = map[string]bool{
	"PROVIDER": true, "REPO_SLUG": true, "REPO_OWNER": true, "REPO_ID": true, "COMMIT_REF": true,
	"COMMIT_SHA": true, "COMMIT_MESSAGE": true, "COMMIT_AUTHOR_LOGIN": true, "COMMIT_AUTHOR_NAME": true,
	"PREVIOUS_SHA": true, "PULL_REQUEST_ID": true,
}

// prefixedNames are given a second time, with the framework's prefix for
// browsers, as are VERCEL_GIT_*. VERCEL_PROJECT_ID is in the documentation's list
// and not in the program's: a name is given only if both say so.
// Source: vercel/vercel packages/build-utils/src/get-prefixed-env-vars.ts.
var prefixedNames = map[string]bool{
	"VERCEL_URL": true, "VERCEL_ENV": true, "VERCEL_TARGET_ENV": true, "VERCEL_REGION": true,
	"VERCEL_BRANCH_URL": true, "VERCEL_PROJECT_PRODUCTION_URL": true,
	"VERCEL_DEPLOYMENT_ID": true,
}

// browserPrefixes are the prefixes by which frameworks send variables to
// browsers. Source: vercel/vercel packages/frameworks/src/frameworks.ts.
var browserPrefixes = []string{
	"NEXT_PUBLIC_", "VITE_", "REACT_APP_", "GATSBY_", "NUXT_ENV_", "PUBLIC_",
	"VUE_APP_", "REDWOOD_ENV_", "SANITY_STUDIO_",
}

// frameworkPrefixes are the frameworks whose one prefix is certain; of others
// each prefix may be.
var frameworkPrefixes = map[string]string{
	"nextjs": "NEXT_PUBLIC_", "blitzjs": "NEXT_PUBLIC_", "gatsby": "GATSBY_", "vite": "VITE_",
	"create-react-app": "REACT_APP_", "astro": "PUBLIC_", "nuxtjs": "NUXT_ENV_", "vue": "VUE_APP_",
	"redwoodjs": "REDWOOD_ENV_", "sanity": "SANITY_STUDIO_", "sanity-v3": "SANITY_STUDIO_",
}

// provided returns a function that reports whether Vercel itself gives a
// variable to a project of this framework that exposes system variables.
func provided(framework string) func(name string) bool {
	prefixes := browserPrefixes
	if one, ok := frameworkPrefixes[framework]; ok {
		prefixes = []string{one}
	}
	return func(name string) bool {
		if systemNames[name] || isGitName(name) {
			return true
		}
		for _, prefix := range prefixes {
			if rest, ok := strings.CutPrefix(name, prefix); ok {
				return prefixedNames[rest] || isGitName(rest)
			}
		}
		return false
	}
}

func isGitName(name string) bool {
	rest, ok := strings.CutPrefix(name, "VERCEL_GIT_")
	return ok && gitNames[rest]
}
