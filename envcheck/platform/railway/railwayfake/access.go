package railwayfake

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

var (
	errNotAuthorized = errors.New("Not Authorized")
	errProjectToken  = errors.New("Project Token not found")
)

// viewer is who asks.
type viewer struct {
	token *Token
	// project tells that a project token was presented, be it known or not.
	project bool
}

// viewer finds the token of a request. A project token is only known in its own
// header, the others only as bearer tokens.
func (s *State) viewer(h http.Header) viewer {
	if text := h.Get("Project-Access-Token"); text != "" {
		return viewer{token: s.token(text, true), project: true}
	}
	text, _ := strings.CutPrefix(h.Get("Authorization"), "Bearer ")
	return viewer{token: s.token(text, false)}
}

func (s *State) token(text string, project bool) *Token {
	i := slices.IndexFunc(s.Tokens, func(t Token) bool {
		return t.Text == text && text != "" && (t.Kind == ProjectToken) == project
	})
	if i < 0 {
		return nil
	}
	return &s.Tokens[i]
}

// denied is the error for somebody who may not see something.
func (v viewer) denied() error {
	if v.token == nil && v.project {
		return errProjectToken
	}
	return errNotAuthorized
}

func (v viewer) is(kinds ...TokenKind) bool {
	return v.token != nil && slices.Contains(kinds, v.token.Kind)
}

func (v viewer) seesProject(p *Project) bool {
	switch {
	case v.token == nil:
		return false
	case v.token.Kind == AccountToken:
		return true
	case v.token.Kind == WorkspaceToken:
		return v.token.Workspace == p.Workspace
	}
	return v.token.Project == p.ID
}

func (v viewer) seesEnvironment(p *Project, e *Environment) bool {
	return v.seesProject(p) && (v.token.Kind != ProjectToken || v.token.Environment == e.ID)
}

// project finds a project that the viewer sees.
func (s *State) project(v viewer, id string) (*Project, error) {
	for i := range s.Projects {
		p := &s.Projects[i]
		if p.ID != id {
			continue
		}
		if !v.seesProject(p) {
			return nil, v.denied()
		}
		return p, nil
	}
	if !v.is(AccountToken) {
		return nil, v.denied()
	}
	return nil, errors.New("Project not found")
}

// environment finds an environment that the viewer sees; project may be empty.
func (s *State) environment(v viewer, project, id string) (*Project, *Environment, error) {
	for i := range s.Projects {
		p := &s.Projects[i]
		for j := range p.Environments {
			e := &p.Environments[j]
			if e.ID != id || project != "" && project != p.ID {
				continue
			}
			if !v.seesEnvironment(p, e) {
				return nil, nil, v.denied()
			}
			return p, e, nil
		}
	}
	if !v.is(AccountToken) {
		return nil, nil, v.denied()
	}
	return nil, nil, errors.New("Environment not found")
}
