package usage

import (
	"slices"
	"strings"
)

// Provided returns who gives a variable to programs without being asked, as in "the
// operating system" or "Vercel"; empty when nobody is known to. Nobody has to declare
// or to set it.
func Provided(name string) string {
	for i := range providers {
		p := &providers[i]
		if slices.Contains(p.names, name) || slices.ContainsFunc(p.prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
			return p.who
		}
	}
	return ""
}

// provider gives variables by these names, and by all that begin with the prefixes.
type provider struct {
	who             string
	names, prefixes []string
	source          string
}

var providers = []provider{
	{
		who: "the operating system",
		names: []string{
			"PATH", "HOME", "USER", "USERNAME", "LOGNAME", "SHELL", "SHLVL", "PWD", "OLDPWD", "TMPDIR", "TMP", "TEMP", "LANG", "LANGUAGE", "TERM", "TERM_PROGRAM", "COLORTERM",
			"HOSTNAME", "HOST", "TZ", "DISPLAY", "WAYLAND_DISPLAY", "EDITOR", "VISUAL", "PAGER", "BROWSER", "COLUMNS", "LINES", "TMUX", "TMUX_PANE", "EUID", "UID",
			"APPDATA", "LOCALAPPDATA", "PROGRAMFILES", "PROGRAMDATA", "SYSTEMROOT", "WINDIR", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "COMSPEC", "PATHEXT", "OS", "INVOCATION_ID",
		},
		prefixes: []string{"LC_", "XDG_", "SSH_", "SUDO_", "DBUS_", "WSL_"},
		source:   "pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html; specifications.freedesktop.org/basedir-spec",
	},
	{
		who: "the runtime",
		names: []string{
			"PORT", "NODE_ENV", "NO_COLOR", "FORCE_COLOR", "DEBUG", "CI", "INIT_CWD", "PYTHONPATH", "VIRTUAL_ENV", "WEB_CONCURRENCY", "MODE", "DEV", "PROD", "SSR", "DO_NOT_TRACK",
			"WATCHPACK_POLLING", "CHOKIDAR_USEPOLLING", "JEST_WORKER_ID", "ELECTRON_RUN_AS_NODE", "ANALYZE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "ALL_PROXY",
		},
		prefixes: []string{"NODE_", "npm_", "NPM_CONFIG_", "YARN_", "PNPM_", "BUN_", "DENO_", "NEXT_RUNTIME", "NEXT_PHASE", "NEXT_TELEMETRY_", "NEXT_PRIVATE_", "__NEXT_", "NEXT_DEPLOYMENT_ID", "TURBO_", "NX_", "VITEST", "PYTEST_", "PLAYWRIGHT_", "STORYBOOK"},
		source:   "nodejs.org/api/cli.html; vite.dev/guide/env-and-mode; nextjs.org/docs",
	},
	{
		who:      "Vercel",
		names:    []string{"VERCEL", "NOW_REGION"},
		prefixes: []string{"VERCEL_", "NEXT_PUBLIC_VERCEL_", "VITE_VERCEL_", "PUBLIC_VERCEL_", "NUXT_ENV_VERCEL_", "REACT_APP_VERCEL_", "GATSBY_VERCEL_"},
		source:   "vercel.com/docs/environment-variables/system-environment-variables; vercel.com/docs/environment-variables/framework-environment-variables",
	},
	{who: "Railway", prefixes: []string{"RAILWAY_", "NIXPACKS_", "RAILPACK_"}, source: "docs.railway.com/reference/variables"},
	{who: "Render", names: []string{"RENDER", "IS_PULL_REQUEST"}, prefixes: []string{"RENDER_"}, source: "render.com/docs/environment-variables"},
	{who: "Fly", names: []string{"PRIMARY_REGION"}, prefixes: []string{"FLY_"}, source: "fly.io/docs/machines/runtime-environment"},
	{
		who: "Netlify", names: []string{"NETLIFY", "DEPLOY_PRIME_URL", "DEPLOY_URL", "COMMIT_REF", "CONTEXT", "REVIEW_ID", "CACHED_COMMIT_REF"}, prefixes: []string{"NETLIFY_"},
		source: "docs.netlify.com/configure-builds/environment-variables",
	},
	{who: "Heroku", names: []string{"DYNO"}, prefixes: []string{"HEROKU_"}, source: "devcenter.heroku.com/articles/dyno-metadata"},
	{who: "Cloudflare", names: []string{"CF_PAGES"}, prefixes: []string{"CF_PAGES_", "WORKERS_CI"}, source: "developers.cloudflare.com/pages/configuration/build-configuration; developers.cloudflare.com/workers/ci-cd/builds/configuration"},
	{
		who:      "AWS",
		names:    []string{"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR", "_HANDLER", "_X_AMZN_TRACE_ID"},
		prefixes: []string{"AWS_LAMBDA_", "ECS_", "AWS_CONTAINER_", "AWS_AMPLIFY_", "AWS_APP_ID", "AWS_BRANCH", "AWS_COMMIT_ID"},
		source:   "docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
	},
	{
		who: "Google Cloud", names: []string{"K_SERVICE", "K_REVISION", "K_CONFIGURATION", "GOOGLE_CLOUD_PROJECT", "FUNCTION_TARGET", "FUNCTION_SIGNATURE_TYPE", "CLOUD_RUN_JOB"}, prefixes: []string{"GAE_", "CLOUD_RUN_"},
		source: "cloud.google.com/run/docs/container-contract",
	},
	{who: "Kubernetes", names: []string{"KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "POD_NAME", "POD_IP", "POD_NAMESPACE", "NODE_NAME"}, source: "kubernetes.io/docs/concepts/containers/container-environment"},
	{
		who:      "the CI",
		names:    []string{"TF_BUILD", "BUILD_ID", "BUILD_NUMBER", "CODEBUILD_BUILD_ID", "TEAMCITY_VERSION", "DRONE", "TRAVIS", "APPVEYOR", "CIRCLECI", "BUILDKITE", "GITPOD_HOST"},
		prefixes: []string{"GITHUB_", "RUNNER_", "ACTIONS_", "GITLAB_CI", "CI_", "CIRCLE_", "BUILDKITE_", "TRAVIS_", "JENKINS_", "BITBUCKET_", "CODESPACE", "GITPOD_", "EAS_BUILD"},
		source:   "docs.github.com/actions/reference/workflows-and-actions/variables; docs.gitlab.com/ci/variables/predefined_variables",
	},
}
