// Package railwayfake is Railway's public API in small: an HTTP handler over a
// stored state of projects, environments, services, variables and tokens. It
// executes whatever query it is sent against that state, as the real one would,
// and knows nothing of any client. Tests, the demo and documentation use it; it
// listens nowhere by itself.
//
// Names of types and fields, and what tokens reach, follow Railway's published
// GraphQL schema and documentation (docs.railway.com, read in August 2026).
// Where these leave something open, the state has a switch for it, so that
// clients can be shown every possibility.
package railwayfake

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"time"
)

// State is everything that a Railway account holds here.
type State struct {
	Workspaces []Workspace
	Projects   []Project
	Tokens     []Token

	// References says how the field "references" of a variable is written,
	// which nothing published tells.
	References ReferenceStyle
	// Sealed says how sealed variables appear in maps of values.
	Sealed SealedStyle
	// NamesHidden answers an environment's variables with an empty list, as
	// an API that does not fill them for a kind of token would.
	NamesHidden bool
	// PageSize is the largest page of any list; 0 means 100.
	PageSize int
}

// Workspace owns projects.
type Workspace struct{ ID, Name string }

// Project is a project. Where an ID is empty, it is [ID] of the name.
type Project struct {
	ID, Name  string
	Workspace string // ID or name
	Deleted   bool
	// Base is the ID or name of the environment that those of pull requests are
	// copies of; empty means that nobody chose one.
	Base         string
	Environments []Environment
	Services     []Service
	Buckets      []string // names
}

// Environment is an environment of a project.
type Environment struct {
	ID, Name string
	// Ephemeral environments belong to a pull request: its Number in Repo, which
	// is "owner/name". Number 0 leaves out what is remembered of it. Source is
	// the ID or name of the environment that they were copied from.
	Ephemeral bool
	Number    int
	Repo      string
	Source    string
	Deleted   bool
	// Without names the services of the project that have no instance here.
	Without   []string
	Variables []Variable
	// Deployments are those of all services, in any order.
	Deployments []Deployment
	// Staged are changes that are not applied yet.
	Staged []Staged
}

// Service is a service of a project.
type Service struct {
	ID, Name string
	// Repo is "owner/name", and RootDirectory a directory in it, as "/apps/api".
	Repo, RootDirectory string
	Deleted             bool
}

// Deployment is a deployment of a service.
type Deployment struct {
	// Service is the ID or name of the service. Where ID is empty, it is made
	// of service and time.
	Service, ID string
	// Status is "SUCCESS" (also when empty) or another one of the schema's.
	Status string
	// Active tells that it is deployed and has instances.
	Active bool
	// Created is when; zero is the time of everything else.
	Created time.Time
}

// Variable is a variable that somebody set.
type Variable struct {
	// Service is the ID or name of the service; empty for a shared variable.
	Service string
	Name    string
	// Value is what was typed, references included.
	Value  string
	Sealed bool
	// Updated is when it last changed; zero is the time of everything else.
	Updated time.Time
}

// Staged is a staged change of a variable.
type Staged struct {
	Service, Name, Value string
	Delete               bool
}

// TokenKind is a kind of token.
type TokenKind int

// The kinds of tokens.
const (
	AccountToken TokenKind = iota
	WorkspaceToken
	ProjectToken
)

// Token is a token. Account tokens reach everything; a workspace token reaches
// the projects of Workspace; a project token reaches one Environment of Project.
type Token struct {
	Text        string
	Kind        TokenKind
	Workspace   string
	Project     string
	Environment string
}

// ReferenceStyle is a way to write the references of a variable.
type ReferenceStyle int

// The styles of references.
const (
	ReferencePlain     ReferenceStyle = iota // Postgres.DATABASE_URL
	ReferenceTemplate                        // ${{Postgres.DATABASE_URL}}
	ReferenceServiceID                       // the service's ID, a dot, DATABASE_URL
	ReferenceOpaque                          // an identifier that says nothing
	ReferenceNone                            // an empty list, whatever the value
)

// SealedStyle is a way to show sealed variables in maps of values.
type SealedStyle int

// The styles of sealed variables.
const (
	SealedNull   SealedStyle = iota // the name with null
	SealedAbsent                    // not at all
	SealedMasked                    // the name with asterisks
)

// ID returns an identifier in the form of a UUID, always the same for the same
// kind and name.
func ID(kind, name string) string {
	h := sha256.Sum256([]byte(kind + "\x00" + name))
	x := hex.EncodeToString(h[:16])
	return x[:8] + "-" + x[8:12] + "-4" + x[13:16] + "-8" + x[17:20] + "-" + x[20:]
}

// normal fills in identifiers and turns names into them.
func (s *State) normal() {
	for i := range s.Workspaces {
		fill(&s.Workspaces[i].ID, "workspace", s.Workspaces[i].Name)
	}
	for i := range s.Projects {
		p := &s.Projects[i]
		fill(&p.ID, "project", p.Name)
		for _, w := range s.Workspaces {
			if p.Workspace == w.Name {
				p.Workspace = w.ID
			}
		}
		for j := range p.Services {
			fill(&p.Services[j].ID, "service", p.Name+"/"+p.Services[j].Name)
		}
		for j := range p.Environments {
			p.Environments[j].normal(p)
		}
		p.Base = p.environmentID(p.Base)
		for j := range p.Environments {
			p.Environments[j].Source = p.environmentID(p.Environments[j].Source)
		}
	}
	for i := range s.Tokens {
		s.Tokens[i].normal(s)
	}
}

func (e *Environment) normal(p *Project) {
	fill(&e.ID, "environment", p.Name+"/"+e.Name)
	for i := range e.Variables {
		e.Variables[i].Service = p.serviceID(e.Variables[i].Service)
	}
	for i := range e.Staged {
		e.Staged[i].Service = p.serviceID(e.Staged[i].Service)
	}
	for i := range e.Deployments {
		d := &e.Deployments[i]
		d.Service = p.serviceID(d.Service)
		fill(&d.ID, "deployment", e.ID+d.Service+stamp(d.Created))
	}
	for i := range e.Without {
		e.Without[i] = p.serviceID(e.Without[i])
	}
}

func (t *Token) normal(s *State) {
	for _, w := range s.Workspaces {
		if t.Workspace == w.Name {
			t.Workspace = w.ID
		}
	}
	for _, p := range s.Projects {
		if t.Project != p.Name && t.Project != p.ID {
			continue
		}
		t.Project = p.ID
		for _, e := range p.Environments {
			if t.Environment == e.Name {
				t.Environment = e.ID
			}
		}
	}
}

func fill(id *string, kind, name string) {
	if *id == "" {
		*id = ID(kind, name)
	}
}

func (p *Project) serviceID(name string) string {
	for _, s := range p.Services {
		if s.Name == name {
			return s.ID
		}
	}
	return name
}

// environmentID returns the ID of an environment given by ID or name.
func (p *Project) environmentID(name string) string {
	for _, e := range p.Environments {
		if e.Name == name {
			return e.ID
		}
	}
	return name
}

func (p *Project) service(id string) *Service {
	i := slices.IndexFunc(p.Services, func(s Service) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return &p.Services[i]
}

func (e *Environment) variable(service, name string) *Variable {
	i := slices.IndexFunc(e.Variables, func(v Variable) bool { return v.Service == service && v.Name == name })
	if i < 0 {
		return nil
	}
	return &e.Variables[i]
}

var template = regexp.MustCompile(`\$\{\{\s*([^{}]*?)\s*\}\}`)

// references writes the references of a variable in the state's style.
func (s *State) references(p *Project, v *Variable) []any {
	out := []any{}
	if s.References == ReferenceNone {
		return out
	}
	for _, m := range template.FindAllStringSubmatch(v.Value, -1) {
		text := m[1]
		switch s.References {
		case ReferenceTemplate:
			text = m[0]
		case ReferenceOpaque:
			text = ID("reference", text)
		case ReferenceServiceID:
			if space, name, ok := strings.Cut(text, "."); ok && space != "shared" {
				text = p.serviceID(space) + "." + name
			}
		}
		out = append(out, text)
	}
	return out
}

// render replaces references by what they lead to; those that lead nowhere
// become empty.
func (p *Project) render(e *Environment, service, value string, depth int) string {
	if depth > 8 {
		return ""
	}
	return template.ReplaceAllStringFunc(value, func(m string) string {
		text := template.FindStringSubmatch(m)[1]
		space, name, dotted := cutLast(text)
		owner := service
		switch {
		case !dotted:
			name = text
		case space == "shared":
			owner = ""
		default:
			owner = p.serviceID(space)
		}
		if v := e.variable(owner, name); v != nil {
			return p.render(e, owner, v.Value, depth+1)
		}
		return provided(p, e, owner)[name]
	})
}

func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, '.')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// provided are the variables that the platform itself gives a service.
func provided(p *Project, e *Environment, service string) map[string]string {
	s := p.service(service)
	if s == nil {
		return nil
	}
	return map[string]string{
		"RAILWAY_PROJECT_ID":       p.ID,
		"RAILWAY_PROJECT_NAME":     p.Name,
		"RAILWAY_ENVIRONMENT_ID":   e.ID,
		"RAILWAY_ENVIRONMENT_NAME": e.Name,
		"RAILWAY_SERVICE_ID":       s.ID,
		"RAILWAY_SERVICE_NAME":     s.Name,
		"RAILWAY_PRIVATE_DOMAIN":   strings.ToLower(s.Name) + ".railway.internal",
		"RAILWAY_PUBLIC_DOMAIN":    strings.ToLower(s.Name) + "-" + e.Name + ".up.railway.app",
	}
}
