// Package railway reads which environment variables Railway has for a service in
// an environment.
//
// Everything is a query: the API is GraphQL, and no document of this package
// holds anything else. By default only names and states are asked for; Railway's
// type for a variable has no value. With [envcheck.Target].Values the values of
// the services in question are asked for too.
//
// In names mode an environment costs one call for all its services when project
// and environment are given by id or the token is a project token, and two when
// the environment is given by name (the first of them is shared by all
// environments of the project). One more is spent where the platform says that
// changes are staged and they could not be asked for along with the rest, once
// for each token whose kind its variable does not tell, and where a project is
// given by name instead of by its id. Further pages of long lists are further
// calls.
//
// What the documentation leaves open is never guessed: an answer in a shape that
// this package does not know is a failure that names the date of the contract,
// and a reference that cannot be read is undecided, not dangling.
package railway

import (
	"fmt"
	"time"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform"
	"github.com/envtight/envtight/internal/httpclient"
)

// DefaultBaseURL is Railway's public API.
const DefaultBaseURL = "https://backboard.railway.com/graphql/v2"

// contractDate is when the schema was published that this package was written
// against.
const contractDate = "2026-08-08"

// platformName is the name in configuration.
const platformName = "railway"

// attemptTimeout is what Railway's own client allows one request.
const attemptTimeout = 90 * time.Second

// Options say how to reach Railway. The zero value works.
type Options = platform.Options

// Source reads environment variables from Railway. It is safe for concurrent use
// and keeps nothing between two fetches.
type Source struct {
	client *httpclient.Client
}

var (
	_ envcheck.Source     = (*Source)(nil)
	_ envcheck.Discoverer = (*Source)(nil)
	_ envcheck.Prober     = (*Source)(nil)
	_ envcheck.Surveyor   = (*Source)(nil)
	_ envcheck.Grouper    = (*Source)(nil)
)

// New returns a source, or an error about the base URL.
func New(o Options) (*Source, error) {
	client, err := httpclient.New(o.Client(DefaultBaseURL, attemptTimeout))
	if err != nil {
		return nil, err
	}
	return &Source{client: client}, nil
}

// Platform returns "railway".
func (*Source) Platform() string { return platformName }

// Group implements [envcheck.Grouper]: an environment is read with all of its
// services.
func (*Source) Group(t envcheck.Target) string {
	return fmt.Sprintf("%q %q %#v", t.Team, t.Project, t.Ref)
}
