package railway

import (
	"slices"
	"strings"
)

// provided are the variables that Railway itself gives to every build and
// deployment (docs.railway.com/variables/reference), and PORT, which it injects
// unless somebody set it (docs.railway.com/deployments/healthchecks); sorted.
var provided = []string{
	"PORT",
	"RAILWAY_DEPLOYMENT_ID",
	"RAILWAY_ENVIRONMENT_ID",
	"RAILWAY_ENVIRONMENT_NAME",
	"RAILWAY_GIT_AUTHOR",
	"RAILWAY_GIT_BRANCH",
	"RAILWAY_GIT_COMMIT_MESSAGE",
	"RAILWAY_GIT_COMMIT_SHA",
	"RAILWAY_GIT_REPO_NAME",
	"RAILWAY_GIT_REPO_OWNER",
	"RAILWAY_PRIVATE_DOMAIN",
	"RAILWAY_PROJECT_ID",
	"RAILWAY_PROJECT_NAME",
	"RAILWAY_PUBLIC_DOMAIN",
	"RAILWAY_REPLICA_ID",
	"RAILWAY_REPLICA_REGION",
	"RAILWAY_SERVICE_ID",
	"RAILWAY_SERVICE_NAME",
	"RAILWAY_SNAPSHOT_ID",
	"RAILWAY_TCP_APPLICATION_PORT",
	"RAILWAY_TCP_PROXY_DOMAIN",
	"RAILWAY_TCP_PROXY_PORT",
	"RAILWAY_VOLUME_MOUNT_PATH",
	"RAILWAY_VOLUME_NAME",
}

// configured are the names by which users configure Railway: nobody provides
// them, and they need setting like any other.
var configured = []string{
	"RAILWAY_DEPLOYMENT_DRAINING_SECONDS",
	"RAILWAY_DEPLOYMENT_OVERLAP_SECONDS",
	"RAILWAY_DOCKERFILE_PATH",
	"RAILWAY_HEALTHCHECK_TIMEOUT_SEC",
	"RAILWAY_RUN_UID",
	"RAILWAY_SHM_SIZE_BYTES",
}

// Provided reports whether Railway itself gives a service a variable of this
// name, without anybody setting it.
func Provided(name string) bool {
	_, found := slices.BinarySearch(provided, name)
	return found
}

// mayBeProvided reports whether a name is Railway's to give, be it documented or
// not: RAILWAY_ and no name that users set.
func mayBeProvided(name string) bool {
	return Provided(name) || strings.HasPrefix(name, "RAILWAY_") && !slices.Contains(configured, name)
}
