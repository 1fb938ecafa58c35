package railway

import (
	"context"
	"slices"
	"strings"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/httpclient"
	"github.com/envtight/envtight/internal/lazyregexp"
)

var idPattern = lazyregexp.New(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// isID reports whether a reference in the configuration is an identifier.
func isID(s string) bool { return idPattern().MatchString(s) }

// project is a project with its environments, as far as names need resolving.
type project struct {
	id, name     string
	base         string // id of the environment that those of pull requests copy; empty: not known
	environments []wireEnvironment
}

// names lists the environments that can be meant by a name, in the platform's
// order: those of pull requests and deleted ones are left out.
func (p *project) names() []string {
	var names []string
	for _, e := range p.environments {
		if e.DeletedAt == nil && !e.IsEphemeral {
			names = append(names, e.Name)
		}
	}
	return names
}

// environment finds and reads the environment of a target.
func (s *session) environment(ctx context.Context, t envcheck.Target) (*environment, error) {
	if t.Project == "" || t.Ref.Name == "" {
		return nil, &problem{
			cause:  "railway: the link of app " + quoted(t.App) + " names no project or no environment",
			advice: "name them in envtight.hcl; envtight init looks them up",
		}
	}
	o, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	if o.kind == kindProject {
		return o.own, o.own.checkTarget(t)
	}
	projectID, err := s.projectID(ctx, o.client, t)
	if err != nil {
		return nil, err
	}
	if t.Ref.Pull.Number > 0 {
		return s.pullEnvironment(ctx, o.client, projectID, t)
	}
	named := listedEnvironment{wireEnvironment: wireEnvironment{ID: t.Ref.Name}}
	if !isID(t.Ref.Name) {
		if named, err = s.byName(ctx, o.client, projectID, t); err != nil {
			return nil, err
		}
	}
	return keyed(&s.mu, s.environments, strings.ToLower(projectID+"/"+named.ID)).get(func() (*environment, error) {
		e, err := readByID(ctx, o.client, projectID, named.ID, named.hasStaged())
		if err != nil {
			return nil, err
		}
		e.copies = named.copies
		return e, nil
	})
}

// checkTarget says whether a project token is for the environment that it is
// used for. It reaches one only, so anything else would be compared with the
// wrong place.
func (e *environment) checkTarget(t envcheck.Target) error {
	var wrong string
	switch {
	case !isNamed(t.Project, e.projectID, e.projectName):
		wrong = "project " + quoted(e.projectName) + ", not project " + quoted(t.Project)
	case t.Ref.Pull.Number > 0:
		if is, _ := e.meta.of(t.Ref.Pull); is {
			return nil
		}
		return &problem{
			cause: "railway: " + tokenWords(t.Token) + " is a project token for environment " + quoted(e.name) +
				", which is not that of " + pullWords(t.Ref.Pull) + "; nothing was compared",
			advice: "use an account or workspace token here: one that was made for another environment does not reach those of pull requests",
		}
	case !isNamed(t.Ref.Name, e.id, e.name):
		wrong = "environment " + quoted(e.name) + ", not environment " + quoted(t.Ref.Name) + " of project " + quoted(e.projectName)
	default:
		return nil
	}
	return &problem{
		cause: "railway: " + tokenWords(t.Token) + " is a project token for " + wrong + "; nothing was compared",
		advice: "make a project token for " + where(t) + " in the project's settings and name its variable in token_env, " +
			"or correct the link",
	}
}

// isNamed reports whether the configuration means an object by its id or name.
func isNamed(meant, id, name string) bool {
	return strings.EqualFold(meant, id) || meant == name || !isID(meant) && strings.EqualFold(meant, name)
}

// pick finds the one object that is meant by an id or a name: by id, else by the
// exact name, else by the name in any case. It returns -1 and the number of
// objects that the name fits when that is not one.
func pick(meant string, n int, id, name func(i int) string) (index, fits int) {
	tests := []func(i int) bool{
		func(i int) bool { return strings.EqualFold(id(i), meant) },
		func(i int) bool { return name(i) == meant },
		func(i int) bool { return strings.EqualFold(name(i), meant) },
	}
	for _, test := range tests {
		index, fits = -1, 0
		for i := range n {
			if test(i) {
				index = i
				fits++
			}
		}
		if fits == 1 {
			return index, 1
		}
		if fits > 1 {
			return -1, fits
		}
	}
	return -1, 0
}

// projectID returns the id of a target's project, looking it up by name when it
// is none.
func (s *session) projectID(ctx context.Context, client *httpclient.Client, t envcheck.Target) (string, error) {
	if isID(t.Project) {
		return t.Project, nil
	}
	all, err := s.allProjects(ctx, client)
	if err != nil {
		return "", err
	}
	var visible []listedProject
	for _, p := range all {
		if t.Team == "" || isNamed(t.Team, p.workspace.ID, p.workspace.Name) {
			visible = append(visible, p)
		}
	}
	i, fits := pick(t.Project, len(visible),
		func(i int) string { return visible[i].ID }, func(i int) string { return visible[i].Name })
	switch {
	case fits > 1:
		return "", &problem{
			cause:  "railway: " + countWords(fits) + " projects are called " + quoted(t.Project),
			advice: "write the project's id instead; envtight init looks it up",
		}
	case i < 0:
		var names []string
		for _, p := range visible {
			names = append(names, p.Name)
		}
		return "", &problem{
			cause:  "railway: " + tokenWords(s.token) + " reaches no project " + quoted(t.Project) + inTeam(t.Team),
			advice: "check the name" + choices(names) + ", or write the project's id",
		}
	}
	return visible[i].ID, nil
}

func inTeam(team string) string {
	if team == "" {
		return ""
	}
	return " in workspace " + quoted(team)
}

// listedEnvironment is an environment in the list of its project, with the names
// of those that are copies of it.
type listedEnvironment struct {
	wireEnvironment
	copies []string
}

// byName looks up an environment by name.
func (s *session) byName(ctx context.Context, client *httpclient.Client, projectID string, t envcheck.Target) (listedEnvironment, error) {
	var none listedEnvironment
	p, err := s.project(ctx, client, projectID)
	if err != nil {
		return none, err
	}
	var live []wireEnvironment
	for _, e := range p.environments {
		if e.DeletedAt == nil && !e.IsEphemeral {
			live = append(live, e)
		}
	}
	i, fits := pick(t.Ref.Name, len(live),
		func(i int) string { return live[i].ID }, func(i int) string { return live[i].Name })
	switch {
	case fits > 1:
		return none, &problem{
			cause:  "railway: " + countWords(fits) + " environments of project " + quoted(p.name) + " are called " + quoted(t.Ref.Name),
			advice: "write the environment's id instead",
		}
	case i < 0:
		return none, p.noEnvironment(t)
	case live[i].CanAccess != nil && !*live[i].CanAccess:
		return none, s.noAccess(p, live[i])
	}
	return listedEnvironment{live[i], p.copies(live[i].ID)}, nil
}

func (s *session) noAccess(p *project, e wireEnvironment) error {
	return &problem{
		cause:  "railway: " + tokenWords(s.token) + " may not look into environment " + quoted(e.Name) + " of project " + quoted(p.name),
		advice: "use a project token made for that environment",
	}
}

func (p *project) noEnvironment(t envcheck.Target) error {
	names := p.names()
	slices.Sort(names)
	return &problem{
		cause:         "railway: project " + quoted(p.name) + " has no environment " + quoted(t.Ref.Name),
		advice:        "correct the environment in the link" + choices(names) + "; one of a pull request is meant by --env pr/NUMBER, or by its id",
		noEnvironment: true,
		project:       p.name,
		environments:  names,
	}
}

// service finds a target's service among those of the environment.
func (e *environment) service(t envcheck.Target) (*service, error) {
	var names []string
	for _, s := range e.services {
		names = append(names, s.name)
	}
	in := " in environment " + quoted(e.name) + " of project " + quoted(e.projectName)
	if t.Service == "" {
		if len(e.services) == 1 {
			return &e.services[0], nil
		}
		return nil, &problem{
			cause:  "railway: the link of app " + quoted(t.App) + " names no service, and there are " + countWords(len(e.services)) + in,
			advice: "name the service in the link" + choices(names),
		}
	}
	i, fits := pick(t.Service, len(e.services),
		func(i int) string { return e.services[i].id }, func(i int) string { return e.services[i].name })
	switch {
	case fits > 1:
		return nil, &problem{
			cause:  "railway: " + countWords(fits) + " services are called " + quoted(t.Service) + in,
			advice: "write the service's id instead",
		}
	case i < 0 && e.mayLack(t):
		return nil, &problem{
			cause:    "railway: service " + quoted(t.Service) + " is not" + in + ": that of a pull request may be made without services that it does not touch",
			advice:   "deploy the service there, if the pull request needs it",
			notThere: true,
		}
	case i < 0:
		return nil, &problem{
			cause:  "railway: there is no service " + quoted(t.Service) + in,
			advice: "correct the service in the link" + choices(names),
		}
	}
	return &e.services[i], nil
}

// choices lists what there is, for advice.
func choices(names []string) string {
	if len(names) == 0 {
		return ""
	}
	const most = 12
	shown := make([]string, 0, most)
	for _, n := range names[:min(len(names), most)] {
		shown = append(shown, quoted(n))
	}
	text := " (there is " + strings.Join(shown, ", ")
	if len(names) > most {
		text += " and others"
	}
	return text + ")"
}

func countWords(n int) string {
	switch n {
	case 0:
		return "none"
	case 2:
		return "two"
	}
	return "several"
}
