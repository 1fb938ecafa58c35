package naming

import (
	"maps"
	"slices"
	"strings"
)

// settled reports whether somebody other than the user decides how a name is
// spelled: a runtime, a framework, a platform or a provider.
func settled(text string) bool {
	rest, prefix := cutPublic(text)
	return settledRest(text, rest, prefix)
}

func settledRest(text, rest, prefix string) bool {
	if runtimeNames[text] || provided(text) != "" || canonicalProvider(text) != "" {
		return true
	}
	for _, p := range settledPrefixes {
		if strings.HasPrefix(text, p) {
			return true
		}
	}
	return prefix != "" && (provided(rest) != "" || canonicalProvider(rest) != "")
}

// KnownNames returns the names that tables of this package know by themselves, those
// of providers also with every public prefix: sorted, the caller's own.
func KnownNames() []string {
	known := map[string]bool{}
	x := indexOf()
	for name := range x.owner {
		known[name] = true
		for _, prefix := range publicPrefixes {
			known[prefix+name] = true
		}
	}
	for name := range x.changes {
		known[name] = true
	}
	for _, table := range providedNames {
		maps.Copy(known, table)
	}
	maps.Copy(known, runtimeNames)
	return slices.Sorted(maps.Keys(known))
}

// settledPrefixes begin names of which a tool settles the rest: npm and pnpm hand
// configuration over in lower case, Terraform takes a variable's own name behind
// TF_VAR_, git numbers its keys.
// Sources: npm 10 documentation, using-npm/config; developer.hashicorp.com
// terraform/cli/config/environment-variables; git-scm.com/docs/git-config.
var settledPrefixes = []string{"npm_", "pnpm_config_", "TF_VAR_", "GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_"}

// runtimeNames are read under exactly this spelling by shells, C libraries,
// runtimes, frameworks and the images of databases.
// Sources: POSIX.1-2017 chapter 8; curl(1) (proxies); nodejs.org/api/cli.html;
// docs.python.org/3/using/cmdline.html; nextjs.org/docs (environment variables,
// telemetry, standalone output); docs.djangoproject.com (settings);
// www.postgresql.org/docs/current/libpq-envars.html; github.com/docker-library/docs (postgres)
// and _/mysql; opentelemetry.io/docs/specs/otel/configuration (by prefix, below);
// no-color.org; prisma.io/docs (environment variables).
var runtimeNames = set(`
	http_proxy https_proxy no_proxy all_proxy ftp_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY
	PATH HOME USER SHELL PWD OLDPWD LOGNAME TERM LANG LC_ALL LC_CTYPE TZ TMPDIR EDITOR VISUAL PAGER HOSTNAME
	_JAVA_OPTIONS JAVA_HOME JAVA_TOOL_OPTIONS
	NODE_ENV NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED NODE_DEBUG
	PORT HOST CI DEBUG LOG_LEVEL NO_COLOR FORCE_COLOR
	NEXT_TELEMETRY_DISABLED NEXT_RUNTIME NEXT_PHASE NEXT_DEPLOYMENT_ID NEXT_SERVER_ACTIONS_ENCRYPTION_KEY
	PYTHONPATH PYTHONHOME PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE PYTHONHASHSEED PYTHONIOENCODING VIRTUAL_ENV
	DJANGO_SETTINGS_MODULE DJANGO_SECRET_KEY FLASK_APP FLASK_ENV FLASK_DEBUG WEB_CONCURRENCY
	LD_PRELOAD LD_LIBRARY_PATH GOFLAGS GOPATH GOPROXY GOMAXPROCS GOMEMLIMIT RUST_LOG RUST_BACKTRACE
	PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE PGSSLMODE PGSSLROOTCERT
	POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB MYSQL_ROOT_PASSWORD MYSQL_DATABASE MYSQL_USER MYSQL_PASSWORD
	DATABASE_URL DIRECT_URL SHADOW_DATABASE_URL SECRET_KEY
`)

// providedNames are set by a platform itself, by platform.
// Sources: vercel.com/docs/environment-variables/system-environment-variables;
// docs.railway.com/variables/reference (railwayapp/docs content/docs/variables/reference.md).
var providedNames = map[string]map[string]bool{
	"vercel": set(`
		VERCEL VERCEL_ENV VERCEL_TARGET_ENV VERCEL_URL VERCEL_BRANCH_URL VERCEL_REGION VERCEL_DEPLOYMENT_ID
		VERCEL_PROJECT_PRODUCTION_URL VERCEL_SKEW_PROTECTION_ENABLED VERCEL_AUTOMATION_BYPASS_SECRET VERCEL_OIDC_TOKEN
		VERCEL_GIT_PROVIDER VERCEL_GIT_REPO_SLUG VERCEL_GIT_REPO_OWNER VERCEL_GIT_REPO_ID VERCEL_GIT_COMMIT_REF
		VERCEL_GIT_COMMIT_SHA VERCEL_GIT_COMMIT_MESSAGE VERCEL_GIT_COMMIT_AUTHOR_LOGIN VERCEL_GIT_COMMIT_AUTHOR_NAME
		VERCEL_GIT_PREVIOUS_SHA VERCEL_GIT_PULL_REQUEST_ID
	`),
	"railway": set(`
		RAILWAY_PUBLIC_DOMAIN RAILWAY_PRIVATE_DOMAIN RAILWAY_TCP_PROXY_DOMAIN RAILWAY_TCP_PROXY_PORT
		RAILWAY_TCP_APPLICATION_PORT RAILWAY_PROJECT_NAME RAILWAY_PROJECT_ID RAILWAY_ENVIRONMENT_NAME
		RAILWAY_ENVIRONMENT_ID RAILWAY_SERVICE_NAME RAILWAY_SERVICE_ID RAILWAY_REPLICA_ID
		RAILWAY_REPLICA_REGION RAILWAY_DEPLOYMENT_ID RAILWAY_SNAPSHOT_ID RAILWAY_VOLUME_NAME
		RAILWAY_VOLUME_MOUNT_PATH RAILWAY_GIT_COMMIT_SHA RAILWAY_GIT_AUTHOR RAILWAY_GIT_BRANCH
		RAILWAY_GIT_REPO_NAME RAILWAY_GIT_REPO_OWNER RAILWAY_GIT_COMMIT_MESSAGE
	`),
}

// provided returns the platform that sets a variable of this name itself, or "".
func provided(text string) string {
	for _, platform := range [...]string{"railway", "vercel"} {
		if providedNames[platform][text] {
			return platform
		}
	}
	return ""
}

// refusedNames cannot be set by the user of a platform, by platform.
// Source: vercel.com/docs/environment-variables/reserved-environment-variables.
var refusedNames = map[string]map[string]bool{
	"vercel": set(`
		AWS_SECRET_KEY AWS_EXECUTION_ENV AWS_LAMBDA_LOG_GROUP_NAME AWS_LAMBDA_LOG_STREAM_NAME
		AWS_LAMBDA_FUNCTION_NAME AWS_LAMBDA_FUNCTION_MEMORY_SIZE AWS_LAMBDA_FUNCTION_VERSION
		NOW_REGION TZ LAMBDA_TASK_ROOT LAMBDA_RUNTIME_DIR
	`),
}

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}
