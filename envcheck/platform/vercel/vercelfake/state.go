// Package vercelfake is the part of Vercel's API that tells about environment
// variables, in small: an HTTP handler over a stored state of teams, projects,
// variables and tokens. It answers whatever it is asked from that state and knows
// nothing of any client. Tests, the demo and documentation use it; it listens
// nowhere by itself.
//
// Routes, parameters and shapes follow Vercel's OpenAPI description (2025-10-27)
// and the models of its SDK (2026-08-20). Where the two differ, or leave something
// open, the state has a switch, so that clients can be shown every possibility.
package vercelfake

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"
)

// State is everything that Vercel holds here.
type State struct {
	Teams    []Team
	Projects []Project
	Shared   []Shared
	Tokens   []Token

	// Shape is the form of a project's list of variables.
	Shape Shape
	// VariablePages, SharedPages, ProjectPages and TeamPages are the largest
	// pages of the four lists; 0 means that everything comes at once.
	VariablePages, SharedPages, ProjectPages, TeamPages int
	// TokenCursors makes the cursor of the list of projects a token; else it is
	// a time.
	TokenCursors bool
	// DeafPaging answers the first page whatever cursor is sent.
	DeafPaging bool
	// NoCustom leaves the custom environments out of a project's answer.
	NoCustom bool
	// DecryptIgnored answers lists encrypted even when decrypt=true is sent.
	DecryptIgnored bool
	// NeverDecrypts answers single variables encrypted, too.
	NeverDecrypts bool
	// SharedUnfiltered lists all variables of a team, whatever project is asked
	// for.
	SharedUnfiltered bool
	// InvalidIs401 refuses an unknown token with 401; else it is 403 with
	// "invalidToken", as is answered today.
	InvalidIs401 bool
	// ErrMember writes errors as "err" in place of "error".
	ErrMember bool
}

// Shape is a form of a project's list of variables.
type Shape int

// The shapes.
const (
	// Counted is {envs, hiddenProductionEnvCount}, as is answered today.
	Counted Shape = iota
	// Paged is {envs, pagination}. VariablePages forces it.
	Paged
	// Bare is {envs}, as was answered in 2025.
	Bare
	// Single is the variable alone, where there is just one; else Bare.
	Single
)

// Team owns projects and shares variables.
type Team struct {
	ID, Slug string
	// SingleSignOn tells that only tokens made for the team are let in; others
	// see it in the list, and no more.
	SingleSignOn bool
}

// Project is a project. An empty ID is made from the name.
type Project struct {
	ID, Name string
	// Owner is a team's ID or slug, or a user's ID.
	Owner string
	// Repository is "owner/name" on Host: "github", "gitlab" or "bitbucket";
	// an empty Host is GitHub. Empty means that the project has no repository.
	Repository, Host string
	// RootDirectory is null when empty.
	RootDirectory string
	Framework     string
	// HidesSystem tells that system variables are not exposed.
	HidesSystem bool
	Custom      []CustomEnvironment
	Variables   []Variable
	// Deployments are in any order. Current is the ID of the one that serves
	// production, and LastAlias what was last asked to serve it.
	Deployments []Deployment
	Current     string
	LastAlias   *AliasRequest
	// EmptyList answers the list of variables empty, although the project
	// itself names them.
	EmptyList bool
}

// Deployment is a deployment of a project.
type Deployment struct {
	ID string
	// State is "READY" (also when empty), "BUILDING", "QUEUED", "INITIALIZING",
	// "ERROR" or "CANCELED"; Substate is "", "STAGED", "ROLLING" or "PROMOTED".
	State, Substate string
	// Target is "production", or empty for a preview.
	Target string
	// Branch is the git branch it was made from, on the project's host.
	Branch            string
	Created, Building time.Time
}

// AliasRequest is a wish that production be served by a certain deployment.
type AliasRequest struct {
	From, To string
	// Status is "succeeded", "failed", "skipped", "pending" or "in-progress",
	// and Type "promote" or "rollback".
	Status, Type string
	Requested    time.Time
}

// CustomEnvironment is an environment of a project's own. An empty ID is made
// from project and slug; an empty Type is "preview".
type CustomEnvironment struct{ ID, Slug, Type string }

// Variable is a variable of a project.
type Variable struct {
	Name, Value string
	// Type is "plain", "encrypted" (also when empty), "sensitive", "system" or
	// "secret"; whatever else it is, it is answered as it is.
	Type string
	// Targets are production, preview and development. OneTarget writes a
	// single one as a string.
	Targets   []string
	OneTarget bool
	// Branch is a git branch, for preview.
	Branch string
	// Custom are slugs or IDs of custom environments. With Custom alone, the
	// target is absent.
	Custom []string
	// Integration is the configuration that owns the variable.
	Integration string
	// System marks a variable that Vercel itself made.
	System  bool
	Updated time.Time
	// Visibility is "config" or "secret"; empty follows the type, and "-" leaves
	// it out, as rows from before July 2026 do. Only Counted lists have it.
	Visibility string
}

// Shared is a variable of a team.
type Shared struct {
	Team        string // ID or slug
	Name, Value string
	Type        string // as in Variable; "-" leaves it out
	Targets     []string
	// Projects are the names or IDs of the projects it is linked to.
	Projects []string
	// AllCustom applies it to all custom environments, Custom (IDs) to some.
	AllCustom bool
	Custom    []string
	Updated   time.Time
	// Deleted is when it was deleted; such variables are listed for a while.
	Deleted time.Time
}

// Token is an access token. Its scope is the narrowest that is named: a project,
// a team, or all that its user sees, which is all teams and the user's own
// account.
type Token struct {
	Text string
	User string // ID; empty means "user0000000000000000Aa"
	Team string // ID or slug
	// Project is a project's name or ID; Team must be its owner.
	Project string
	// HidesProduction tells that production variables are counted only.
	HidesProduction bool
	// NoTeams refuses the list of teams.
	NoTeams bool
	// NoProjects refuses the list of projects.
	NoProjects bool
	// NoValues refuses to decrypt.
	NoValues bool
	Expires  time.Time
}

// ID returns the identifier that the state makes for parts without one.
func ID(prefix string, parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return prefix + hex.EncodeToString(h.Sum(nil)[:12])
}

const defaultUser = "user0000000000000000Aa"

// normal fills in what may be left out, and turns names into IDs.
func (s *State) normal() {
	for i := range s.Projects {
		p := &s.Projects[i]
		p.Owner = s.teamID(p.Owner)
		if p.Owner == "" {
			p.Owner = defaultUser
		}
		if p.ID == "" {
			p.ID = ID("prj_", p.Owner, p.Name)
		}
		for j := range p.Custom {
			c := &p.Custom[j]
			if c.ID == "" {
				c.ID = ID("env_", p.ID, c.Slug)
			}
			if c.Type == "" {
				c.Type = "preview"
			}
		}
	}
	for i := range s.Shared {
		v := &s.Shared[i]
		v.Team = s.teamID(v.Team)
		for j, name := range v.Projects {
			if p := s.find(v.Team, name); p != nil {
				v.Projects[j] = p.ID
			}
		}
	}
	for i := range s.Tokens {
		t := &s.Tokens[i]
		t.Team = s.teamID(t.Team)
		if t.User == "" {
			t.User = defaultUser
		}
		if p := s.find(t.Team, t.Project); p != nil {
			t.Project = p.ID
		}
	}
}

// teamID returns the ID of a team given by ID or slug, and anything else as it is.
func (s *State) teamID(team string) string {
	for _, t := range s.Teams {
		if t.Slug == team {
			return t.ID
		}
	}
	return team
}

// find returns the project of an owner by ID or name.
func (s *State) find(owner, idOrName string) *Project {
	i := slices.IndexFunc(s.Projects, func(p Project) bool {
		return p.Owner == owner && (p.ID == idOrName || p.Name == idOrName)
	})
	if i < 0 {
		return nil
	}
	return &s.Projects[i]
}

// customID returns the ID of one of the project's environments.
func (p *Project) customID(slugOrID string) string {
	for _, c := range p.Custom {
		if c.Slug == slugOrID {
			return c.ID
		}
	}
	return slugOrID
}
