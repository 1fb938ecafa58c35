// Package surface judges what configuration files do with variables: turbo.json,
// Dockerfiles, compose files and the files of hosting platforms. It joins them with
// what the code reads and with what a run already knows of the apps, which has to be
// in the facts: it runs after package envcheck's own check.
package surface
