package vercel

import "slices"

// systemNames are what a project that exposes system variables is given.
// Source: vercel.com/docs/environment-variables/system-environment-variables.
// VERCEL_TOKEN, VERCEL_ORG_ID and their like are the command line's, and nobody
// provides them.
var systemNames = []string{
	"VERCEL", "CI",
	"VERCEL_ENV", "VERCEL_TARGET_ENV", "VERCEL_URL", "VERCEL_BRANCH_URL",
	"VERCEL_PROJECT_PRODUCTION_URL", "VERCEL_REGION", "VERCEL_DEPLOYMENT_ID",
	"VERCEL_PROJECT_ID", "VERCEL_SKEW_PROTECTION_ENABLED",
	"VERCEL_AUTOMATION_BYPASS_SECRET", "VERCEL_OIDC_TOKEN",
}

// gitNames are given with and without the framework's prefix.
var gitNames = []string{
	"VERCEL_GIT_PROVIDER", "VERCEL_GIT_REPO_SLUG", "VERCEL_GIT_REPO_OWNER", "VERCEL_GIT_REPO_ID",
	"VERCEL_GIT_COMMIT_REF", "VERCEL_GIT_COMMIT_SHA", "VERCEL_GIT_COMMIT_MESSAGE",
	"VERCEL_GIT_COMMIT_AUTHOR_LOGIN", "VERCEL_GIT_COMMIT_AUTHOR_NAME",
	"VERCEL_GIT_PREVIOUS_SHA", "VERCEL_GIT_PULL_REQUEST_ID",
}

// prefixedNames are given a second time, with the framework's prefix for
// browsers, as are gitNames. VERCEL_PROJECT_ID is in the documentation's list
// and not in the program's: a name is given only if both say so.
// Source: vercel/vercel packages/build-utils/src/get-prefixed-env-vars.ts.
var prefixedNames = []string{
	"VERCEL_URL", "VERCEL_ENV", "VERCEL_TARGET_ENV", "VERCEL_REGION",
	"VERCEL_BRANCH_URL", "VERCEL_PROJECT_PRODUCTION_URL",
	"VERCEL_DEPLOYMENT_ID",
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

// provided returns the names, sorted, that Vercel itself gives to a project of
// this framework that exposes system variables.
func provided(framework string) []string {
	prefixes := browserPrefixes
	if one, ok := frameworkPrefixes[framework]; ok {
		prefixes = []string{one}
	}
	names := slices.Concat(systemNames, gitNames)
	for _, prefix := range prefixes {
		for _, name := range slices.Concat(prefixedNames, gitNames) {
			names = append(names, prefix+name)
		}
	}
	slices.Sort(names)
	return names
}
