package railway

import (
	"context"
	"sync"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/httpclient"
)

// tokenKind is how a token is presented.
type tokenKind int

const (
	kindUnknown tokenKind = iota
	// kindProject: a project token, in a header of its own. It reaches one
	// environment.
	kindProject
	// kindBearer: an account or workspace token.
	kindBearer
)

// kindByName tells the kind by the variable a token came from: Railway's own
// client reads project tokens from RAILWAY_TOKEN and the others from
// RAILWAY_API_TOKEN. Any other name tells nothing.
func kindByName(from string) tokenKind {
	switch from {
	case "RAILWAY_TOKEN":
		return kindProject
	case "RAILWAY_API_TOKEN":
		return kindBearer
	}
	return kindUnknown
}

func projectAuth(t envcheck.Token) httpclient.Auth {
	return httpclient.Auth{Token: t.Secret, Header: "Project-Access-Token"}
}

// lazy is a value that is asked for once.
type lazy[T any] struct {
	once  sync.Once
	value T
	err   error
}

func (l *lazy[T]) get(ask func() (T, error)) (T, error) {
	l.once.Do(func() { l.value, l.err = ask() })
	return l.value, l.err
}

// session is what one token learns during one fetch.
type session struct {
	token  envcheck.Token
	source *Source

	opened lazy[*opening]

	mu           sync.Mutex
	projectList  lazy[[]listedProject]
	projects     map[string]*lazy[*project]
	pulls        map[string]*lazy[*project] // with the environments of pull requests only
	environments map[string]*lazy[*environment]
}

// opening is how a token has to be presented, and for a project token all there
// is to read with it.
type opening struct {
	client *httpclient.Client
	kind   tokenKind
	own    *environment
}

// open finds out how to present the token. One whose name does not tell is tried
// as a project token first, once; a project token answers with its environment.
func (s *session) open(ctx context.Context) (*opening, error) {
	return s.opened.get(func() (*opening, error) {
		if s.token.Secret.IsEmpty() {
			return nil, &refusal{}
		}
		bearer := &opening{client: s.source.client.With(httpclient.Bearer(s.token.Secret)), kind: kindBearer}
		if kindByName(s.token.From) == kindBearer {
			return bearer, nil
		}
		client := s.source.client.With(projectAuth(s.token))
		own, err := readOwn(ctx, client)
		switch {
		case err == nil:
			return &opening{client: client, kind: kindProject, own: own}, nil
		case kindByName(s.token.From) == kindUnknown && isRefusal(err):
			return bearer, nil
		}
		return nil, err
	})
}

// keyed returns the lazy value of a key.
func keyed[T any](mu *sync.Mutex, m map[string]*lazy[T], key string) *lazy[T] {
	mu.Lock()
	defer mu.Unlock()
	if m[key] == nil {
		m[key] = &lazy[T]{}
	}
	return m[key]
}
