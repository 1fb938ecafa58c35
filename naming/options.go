package naming

import (
	"path"
	"regexp"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/glob"
)

// Options say what the names of one repository have to look like. The zero value
// works: every rule that needs no policy is on.
//
// The policies are keyed by scope. A scope is an app's name, a directory
// ("packages/mailer"), or a pattern of either ("apps/*"); "*" is every app and
// package. A variable is in a scope when it belongs to such an app, or stands in
// a file below such a directory.
type Options struct {
	// Apps are the apps of the repository, in any order.
	Apps []App
	// RequirePrefix lists, per scope, the prefixes of which each name must
	// have one. A public prefix may stand before it.
	RequirePrefix map[string][]string
	// RequireSuffix lists, per scope, the suffixes of which each name must
	// have one.
	RequireSuffix map[string][]string
	// Pattern holds, per scope, an expression that must match each name
	// somewhere; anchor it to match the whole.
	Pattern map[string]*regexp.Regexp
	// Forbid lists, per scope, patterns of names that must not be used.
	Forbid map[string][]string
	// Rename maps old names to the names that took their place.
	Rename map[string]string
	// Allow lists patterns of names that no rule objects to.
	Allow []string
	// Words are words in good use here, so that a name which holds one is not
	// taken for a mistyped form of a similar name.
	Words []string
}

// App is a deployable unit, as far as its names are concerned.
type App struct {
	Name string
	// Dir is its directory, relative to the root of the run, with "/"; "." or
	// empty is the root itself.
	Dir string
	// SDKs maps the dependencies in its manifests to their version constraints
	// as written there, as in "@auth0/nextjs-auth0": "^4.1.0".
	SDKs map[string]string
}

// inScope reports whether a scope means an app or a file. Either may be missing.
// A file outside the directory of its app, as the example of a package that the
// app uses, is in no scope that means the app.
func inScope(scope string, app *App, file string) bool {
	scope = strings.TrimSuffix(strings.TrimPrefix(scope, "./"), "/")
	if scope == "" || scope == "." || scope == "*" {
		return true
	}
	if app != nil && below(app.Dir, file) && (glob.Match(scope, app.Name) || glob.Match(scope, cleanDir(app.Dir))) {
		return true
	}
	for dir := path.Dir(file); file != "" && dir != "." && dir != "/"; dir = path.Dir(dir) {
		if glob.Match(scope, dir) {
			return true
		}
	}
	return false
}

func below(dir, file string) bool {
	dir = cleanDir(dir)
	return file == "" || dir == "." || strings.HasPrefix(file, dir+"/")
}

func cleanDir(dir string) string {
	if dir == "" {
		return "."
	}
	return path.Clean(dir)
}

// filePath returns the path of a place in the work tree, or "".
func filePath(l envtight.Location) string {
	if l.Kind == envtight.AtPlatform {
		return ""
	}
	return l.Path
}
