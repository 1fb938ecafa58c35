package github

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/httpclient"
)

// The routes, and how many entries they give at most.
const (
	secretsPath      = "/repos/{owner}/{repo}/actions/secrets"
	variablesPath    = "/repos/{owner}/{repo}/actions/variables"
	orgSecretsPath   = "/repos/{owner}/{repo}/actions/organization-secrets"
	orgVariablesPath = "/repos/{owner}/{repo}/actions/organization-variables"
	environmentsPath = "/repos/{owner}/{repo}/environments"
	envSecretsPath   = "/repos/{owner}/{repo}/environments/{environment_name}/secrets"
	envVariablesPath = "/repos/{owner}/{repo}/environments/{environment_name}/variables"

	mostSecrets      = 100
	mostVariables    = 30
	mostEnvironments = 100
)

// maxPages bounds a list: 3,000 variables, where GitHub takes some hundred.
const maxPages = 100

// row is an entry of a list.
type row struct {
	name    string
	secret  bool
	empty   bool // a variable whose value is known to be empty
	value   envtight.Secret
	kept    bool // the value was asked for
	updated time.Time
}

// listing is one list, or why it could not be read.
type listing struct {
	what string // for people
	rows []row
	err  error
}

// calls are those about one repository with one token.
type calls struct {
	client      *httpclient.Client
	owner, name string
	values      bool
}

// wireRow is an entry as GitHub sends it.
type wireRow[V value] struct {
	Name    string    `json:"name"`
	Value   V         `json:"value"`
	Updated time.Time `json:"updated_at"`
}

// wirePage is a page of a list: the member that holds it depends on the route.
type wirePage[V value] struct {
	Total        *int          `json:"total_count"`
	Secrets      *[]wireRow[V] `json:"secrets"`
	Variables    *[]wireRow[V] `json:"variables"`
	Environments *[]wireRow[V] `json:"environments"`
}

// rows returns the entries that the page is for; nil: they are not there.
func (p *wirePage[V]) rows(template string) *[]wireRow[V] {
	switch template {
	case environmentsPath:
		return p.Environments
	case secretsPath, orgSecretsPath, envSecretsPath:
		return p.Secrets
	}
	return p.Variables
}

func (c *calls) secrets(ctx context.Context, template string, args ...string) listing {
	l := list[dropped](ctx, c, template, mostSecrets, args)
	for i := range l.rows {
		l.rows[i].secret, l.rows[i].empty = true, false
	}
	return l
}

func (c *calls) variables(ctx context.Context, template string, args ...string) listing {
	if c.values {
		return list[kept](ctx, c, template, mostVariables, args)
	}
	return list[dropped](ctx, c, template, mostVariables, args)
}

func (c *calls) environments(ctx context.Context) listing {
	return list[dropped](ctx, c, environmentsPath, mostEnvironments, nil)
}

// list reads all pages of a list, as many entries as GitHub says there are.
func list[V value](ctx context.Context, c *calls, template string, most int, args []string) listing {
	l := listing{what: whatOf(template, args)}
	names := map[string]bool{}
	for page := 1; ; page++ {
		var answer wirePage[V]
		query := url.Values{"per_page": {strconv.Itoa(most)}, "page": {strconv.Itoa(page)}}
		if l.err = c.client.Get(ctx, template, append([]string{c.owner, c.name}, args...), query, &answer); l.err != nil {
			return l
		}
		rows := answer.rows(template)
		if rows == nil || answer.Total == nil || *answer.Total < 0 {
			l.err = unknownShape(template, "a list without its entries or their number")
			return l
		}
		before := len(l.rows)
		for _, wire := range *rows {
			if wire.Name == "" {
				l.err = unknownShape(template, "an entry without a name")
				return l
			}
			if names[wire.Name] {
				continue // the list moved between two pages
			}
			names[wire.Name] = true
			l.rows = append(l.rows, row{
				name: wire.Name, empty: wire.Value.empty(), value: wire.Value.secret(), kept: wire.Value.kept(), updated: wire.Updated.UTC(),
			})
		}
		switch {
		case len(l.rows) >= *answer.Total:
			return l
		case len(l.rows) == before || page == maxPages:
			l.err = unknownShape(template, "fewer entries than it says there are")
			return l
		}
	}
}

func whatOf(template string, args []string) string {
	switch template {
	case secretsPath:
		return "the secrets"
	case variablesPath:
		return "the variables"
	case orgSecretsPath:
		return "the secrets that the organization shares with it"
	case orgVariablesPath:
		return "the variables that the organization shares with it"
	case envSecretsPath:
		return "the secrets of the environment " + strconv.Quote(args[0])
	case envVariablesPath:
		return "the variables of the environment " + strconv.Quote(args[0])
	}
	return "the environments"
}

// unknownShape is an answer that does not fit the contract.
func unknownShape(template, what string) error {
	return &httpclient.Error{
		Kind: httpclient.ErrContract, Method: http.MethodGet, Path: template, Status: http.StatusOK,
		Detail: "the answer has a shape this version does not know: " + what,
	}
}

// names are the names of the entries, sorted.
func (l *listing) names() []string {
	var out []string
	for _, r := range l.rows {
		out = append(out, r.name)
	}
	slices.Sort(out)
	return out
}
