package railway

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/envtight/envtight/internal/httpclient"
)

// environment is all that names mode tells of an environment.
type environment struct {
	projectID, projectName string
	id, name               string
	services               []service // those with an instance here, sorted by name
	shared                 map[string]*variable
	buckets                []string
	// bucketsKnown tells that buckets are all there are.
	bucketsKnown bool
	ephemeral    bool
	meta         *wireMeta
	// copyOf is the name of the environment that an ephemeral one was made from,
	// and base is that environment, where it could be read.
	copyOf string
	base   *environment
	// copies are the ephemeral environments that are made from this one.
	copies []string
}

// service is a service that has an instance in an environment.
type service struct {
	id, name   string
	repository string
	root       string
	rootKnown  bool
	// deployed is when the deployment that runs was begun, and deployment its
	// id; zero when that is not known, or about to change.
	deployed   time.Time
	deployment string
	variables  map[string]*variable
}

// variable is a variable that somebody set.
type variable struct {
	name   string
	sealed bool
	staged bool
	// unsure tells that nobody said whether it is sealed.
	unsure     bool
	references []string
	// referenced tells that another variable refers to this one.
	referenced bool
	updated    time.Time
}

// limits on lists that never end.
const maxPages = 200

// readOwn reads the environment of a project token.
func readOwn(ctx context.Context, client *httpclient.Client) (*environment, error) {
	doc := projectTokenDocument
	answer, err := ask[struct {
		Token *struct {
			ProjectID     string           `json:"projectId"`
			EnvironmentID string           `json:"environmentId"`
			Project       *wireProject     `json:"project"`
			Environment   *wireEnvironment `json:"environment"`
		} `json:"projectToken"`
	}](ctx, client, doc, nil)
	if err != nil {
		return nil, err
	}
	t := answer.Token
	switch {
	case t == nil || t.Project == nil || t.Environment == nil || t.ProjectID == "" || t.EnvironmentID == "":
		return nil, unknownShape(doc, "the project token is not whole")
	case t.Project.ID != t.ProjectID, t.Environment.ID != t.EnvironmentID, t.Environment.ProjectID != t.ProjectID:
		return nil, unknownShape(doc, "the project token and its environment do not belong together")
	}
	e, err := readEnvironment(ctx, client, doc, t.Project, t.Environment)
	if err != nil {
		return nil, err
	}
	if t.Environment.hasStaged() {
		return e, e.readStaged(ctx, client)
	}
	return e, nil
}

// readByID reads an environment with an account or workspace token. staged asks
// for staged changes in the same call.
func readByID(ctx context.Context, client *httpclient.Client, projectID, id string, staged bool) (*environment, error) {
	doc := environmentDocument
	answer, err := ask[struct {
		Project     *wireProject     `json:"project"`
		Environment *wireEnvironment `json:"environment"`
		Staged      *wireStaged      `json:"environmentStagedChanges"`
	}](ctx, client, doc, map[string]any{"project": projectID, "environment": id, "staged": staged})
	if err != nil {
		return nil, err
	}
	if answer.Project == nil || answer.Environment == nil {
		return nil, unknownShape(doc, "the project or the environment is missing")
	}
	if answer.Project.ID != projectID || answer.Environment.ID != id || answer.Environment.ProjectID != projectID {
		return nil, unknownShape(doc, "it is about another environment than was asked for")
	}
	e, err := readEnvironment(ctx, client, doc, answer.Project, answer.Environment)
	if err != nil {
		return nil, err
	}
	switch {
	case staged:
		return e, e.addStaged(doc, answer.Staged)
	case answer.Environment.hasStaged():
		return e, e.readStaged(ctx, client)
	}
	return e, nil
}

// readEnvironment turns the first answer about an environment, and further pages
// of its lists, into an environment.
func readEnvironment(ctx context.Context, client *httpclient.Client, doc document, p *wireProject, w *wireEnvironment) (*environment, error) {
	if w.Name == "" || p.Name == "" {
		return nil, unknownShape(doc, "the project or the environment has no name")
	}
	if p.DeletedAt != nil || w.DeletedAt != nil {
		return nil, &problem{
			cause:         "railway: environment " + quoted(w.Name) + " of project " + quoted(p.Name) + " was deleted",
			advice:        "link the app to an environment that exists; envtight init looks them up",
			noEnvironment: p.DeletedAt == nil,
			project:       p.Name,
		}
	}
	instances, variables, err := readLists(ctx, client, doc, w)
	if err != nil {
		return nil, err
	}
	e := &environment{projectID: p.ID, projectName: p.Name, id: w.ID, name: w.Name, ephemeral: w.IsEphemeral, meta: w.Meta, shared: map[string]*variable{}}
	buckets, next, err := p.Buckets.nodes(doc, "buckets")
	if err != nil {
		return nil, err
	}
	for _, b := range buckets {
		e.buckets = append(e.buckets, b.Name)
	}
	e.bucketsKnown = next == ""
	if err := e.addServices(doc, instances); err != nil {
		return nil, err
	}
	if err := e.addVariables(doc, variables); err != nil {
		return nil, err
	}
	if err := e.compareConfig(doc, w.Config, len(variables)); err != nil {
		return nil, err
	}
	e.findReferenced()
	return e, nil
}

// readLists reads all pages of services and variables.
func readLists(ctx context.Context, client *httpclient.Client, doc document, w *wireEnvironment) ([]wireInstance, []wireVariable, error) {
	var (
		instances []wireInstance
		variables []wireVariable
		seen      = map[string]bool{}
		first     = true
		id        = w.ID
		project   = w.ProjectID
		nextI     = "start"
		nextV     = "start"
	)
	for page := 0; nextI != "" || nextV != ""; page++ {
		if page > maxPages {
			return nil, nil, unknownShape(doc, "a list does not end")
		}
		if !first {
			doc = moreDocument
			key := nextI + "\x00" + nextV
			if seen[key] {
				return nil, nil, unknownShape(doc, "the pages of a list go round in a circle")
			}
			seen[key] = true
			answer, err := ask[struct {
				Environment *wireEnvironment `json:"environment"`
			}](ctx, client, doc, map[string]any{
				"project": project, "environment": id,
				"instances": nextI != "", "instancesAfter": orNil(nextI),
				"variables": nextV != "", "variablesAfter": orNil(nextV),
			})
			if err != nil {
				return nil, nil, err
			}
			if w = answer.Environment; w == nil || w.ID != id {
				return nil, nil, unknownShape(doc, "the environment is missing")
			}
		}
		first = false
		if nextI != "" {
			nodes, next, err := w.Instances.nodes(doc, "services")
			if err != nil {
				return nil, nil, err
			}
			instances, nextI = append(instances, nodes...), next
		}
		if nextV != "" {
			nodes, next, err := w.Variables.nodes(doc, "variables")
			if err != nil {
				return nil, nil, err
			}
			variables, nextV = append(variables, nodes...), next
		}
	}
	return instances, variables, nil
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (e *environment) addServices(doc document, instances []wireInstance) error {
	for _, i := range instances {
		if i.ServiceID == "" || i.ServiceName == "" {
			return unknownShape(doc, "a service has no id or no name")
		}
		if i.DeletedAt != nil || e.byID(i.ServiceID) != nil {
			continue
		}
		s := service{id: i.ServiceID, name: i.ServiceName, variables: map[string]*variable{}}
		if i.Source != nil && i.Source.Repo != nil {
			s.repository = *i.Source.Repo
		}
		if i.RootDirectory != nil {
			s.root, s.rootKnown = cleanRoot(*i.RootDirectory), true
		}
		if d := i.running(); d != nil {
			s.deployed, s.deployment = d.created.Time, d.id
		}
		e.services = append(e.services, s)
	}
	slices.SortFunc(e.services, func(a, b service) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	return nil
}

// cleanRoot makes a root directory relative: Railway has it as "/apps/api".
func cleanRoot(dir string) string {
	dir = strings.Trim(dir, "/")
	dir = strings.TrimPrefix(dir, "./")
	if dir == "." {
		return ""
	}
	return dir
}

func (e *environment) addVariables(doc document, variables []wireVariable) error {
	for _, w := range variables {
		if w.Name == "" || w.IsSealed == nil {
			return unknownShape(doc, "a variable has no name or does not tell whether it is sealed")
		}
		v := &variable{name: w.Name, sealed: *w.IsSealed, references: w.References, updated: w.UpdatedAt.Time}
		if w.ServiceID == nil || *w.ServiceID == "" {
			e.shared[w.Name] = v
		} else if s := e.byID(*w.ServiceID); s != nil {
			s.variables[w.Name] = v
		}
	}
	return nil
}

// compareConfig holds the lists of names against the configuration. A list that
// is empty beside a configuration that is not proves nothing: nobody promises
// that the API fills the lists for every kind of token. Names that only the
// configuration has are set all the same.
func (e *environment) compareConfig(doc document, c *wireConfig, listed int) error {
	if c == nil || !c.known {
		if listed == 0 {
			return unknownShape(doc, "there are no variables, and the configuration, which would prove it, cannot be read")
		}
		return nil
	}
	for i := range e.services {
		s := &e.services[i]
		if err := e.compareNames("service "+quoted(s.name), s.variables, c.Services[s.id]); err != nil {
			return err
		}
	}
	return e.compareNames("the shared variables", e.shared, c.Shared)
}

func (e *environment) compareNames(what string, listed map[string]*variable, configured map[string]wireEntry) error {
	empty := len(listed) == 0
	for _, name := range slices.Sorted(maps.Keys(configured)) {
		entry := configured[name]
		if !entry.there || entry.optional || listed[name] != nil {
			continue
		}
		if empty {
			return &problem{
				cause: "railway: in environment " + quoted(e.name) + " of project " + quoted(e.projectName) +
					", the list of names for " + what + " is empty, but its configuration has variables",
				advice: "try a token of another kind, or upgrade envtight: this version knows Railway's API as of " + contractDate,
			}
		}
		listed[name] = &variable{name: name, sealed: entry.sealed, unsure: !entry.told}
	}
	return nil
}

// findReferenced marks the variables that others are made of. A reference in
// a form that nobody can read marks nothing.
func (e *environment) findReferenced() {
	for i := range e.services {
		own := &e.services[i]
		for _, v := range own.variables {
			for _, r := range listedReferences(v.references) {
				owner := own
				if r.space != "" {
					owner, _ = e.space(r.space)
				}
				if r.readable && owner != nil && owner.variables[r.name] != nil && owner.variables[r.name] != v {
					owner.variables[r.name].referenced = true
				}
			}
		}
	}
}

func (e *environment) byID(id string) *service {
	i := slices.IndexFunc(e.services, func(s service) bool { return s.id == id })
	if i < 0 {
		return nil
	}
	return &e.services[i]
}

// readStaged asks for changes that are not applied yet.
func (e *environment) readStaged(ctx context.Context, client *httpclient.Client) error {
	answer, err := ask[struct {
		Staged *wireStaged `json:"environmentStagedChanges"`
	}](ctx, client, stagedDocument, map[string]any{"environment": e.id})
	if err != nil {
		return err
	}
	return e.addStaged(stagedDocument, answer.Staged)
}

// addStaged adds variables that are staged and not there yet. A staged change or
// deletion of one that is there leaves it as it is: that is what runs.
func (e *environment) addStaged(doc document, w *wireStaged) error {
	if w == nil || w.Patch == nil || !w.Patch.known {
		return unknownShape(doc, "the staged changes cannot be read")
	}
	switch w.Status {
	case "COMMITTED":
		return nil
	case "STAGED", "APPLYING":
	default:
		return unknownShape(doc, "the status of the staged changes is unknown")
	}
	add := func(to map[string]*variable, changes map[string]wireEntry) {
		for name, change := range changes {
			if change.there && to[name] == nil {
				to[name] = &variable{name: name, staged: true}
			}
		}
	}
	add(e.shared, w.Patch.Shared)
	for id, changes := range w.Patch.Services {
		if s := e.byID(id); s != nil {
			add(s.variables, changes)
		}
	}
	return nil
}
