package railwayfake

import (
	"cmp"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// moment is the time at which everything was made and changed.
const moment = "2026-01-02T03:04:05.678Z"

// stamp writes a time as the API does.
func stamp(t time.Time) string {
	if t.IsZero() {
		return moment
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// root is the type Query, as far as it is about projects and variables.
func (s *State) root(v viewer) *object {
	return &object{name: "Query", fields: map[string]field{
		"projectToken": computed(func(arguments) (any, error) { return s.projectToken(v) }),
		"apiToken": computed(func(arguments) (any, error) {
			if !v.is(AccountToken, WorkspaceToken) {
				return nil, v.denied()
			}
			return &object{"ApiTokenContext", map[string]field{"workspaces": plain(s.workspaces(v, "ApiTokenWorkspace"))}}, nil
		}),
		"me": computed(func(arguments) (any, error) {
			if !v.is(AccountToken) {
				return nil, v.denied()
			}
			return &object{"User", map[string]field{
				"id": plain(ID("user", "me")), "email": plain("dev@example.com"), "name": maybe("Dev"),
				"workspaces": plain(s.workspaces(v, "Workspace")),
			}}, nil
		}),
		"projects": computed(func(a arguments) (any, error) { return s.projects(v, a) }),
		"project": computed(func(a arguments) (any, error) {
			p, err := s.project(v, a.text("id"))
			if err != nil {
				return nil, err
			}
			return s.projectObject(v, p), nil
		}),
		"environment": computed(func(a arguments) (any, error) {
			p, e, err := s.environment(v, a.text("projectId"), a.text("id"))
			if err != nil {
				return nil, err
			}
			return s.environmentObject(v, p, e), nil
		}),
		"environments": computed(func(a arguments) (any, error) {
			p, err := s.project(v, a.text("projectId"))
			if err != nil {
				return nil, err
			}
			return s.environments(v, p, "QueryEnvironmentsConnection", a)
		}),
		"environmentStagedChanges": computed(func(a arguments) (any, error) {
			_, e, err := s.environment(v, "", a.text("environmentId"))
			if err != nil {
				return nil, err
			}
			return stagedObject(e), nil
		}),
		"variables": computed(func(a arguments) (any, error) { return s.values(v, a, a.flag("unrendered")) }),
		"variablesForServiceDeployment": computed(func(a arguments) (any, error) {
			return s.values(v, a, false)
		}),
	}}
}

func (s *State) projectToken(v viewer) (any, error) {
	if !v.is(ProjectToken) {
		return nil, errProjectToken
	}
	p, e, err := s.environment(v, v.token.Project, v.token.Environment)
	if err != nil {
		return nil, err
	}
	return &object{"ProjectToken", map[string]field{
		"id": plain(ID("token", p.ID+e.ID)), "name": plain("ci"), "createdAt": plain(moment),
		"displayToken": plain("****"),
		"projectId":    plain(p.ID), "environmentId": plain(e.ID),
		"project":     plain(s.projectObject(v, p)),
		"environment": plain(s.environmentObject(v, p, e)),
	}}, nil
}

func (s *State) workspaces(v viewer, typ string) []any {
	list := []any{}
	for _, w := range s.Workspaces {
		if v.token.Kind == AccountToken || v.token.Workspace == w.ID {
			list = append(list, &object{typ, map[string]field{"id": plain(w.ID), "name": plain(w.Name)}})
		}
	}
	return list
}

func (s *State) projects(v viewer, a arguments) (any, error) {
	if !v.is(AccountToken, WorkspaceToken) {
		return nil, v.denied()
	}
	list := []any{}
	for i := range s.Projects {
		p := &s.Projects[i]
		if w := a.text("workspaceId"); w != "" && w != p.Workspace || !v.seesProject(p) {
			continue
		}
		if !p.Deleted || a.flag("includeDeleted") {
			list = append(list, s.projectObject(v, p))
		}
	}
	return s.connection("QueryProjectsConnection", a, list)
}

func (s *State) projectObject(v viewer, p *Project) *object {
	return &object{"Project", map[string]field{
		"id": plain(p.ID), "name": plain(p.Name), "createdAt": plain(moment), "updatedAt": plain(moment),
		"deletedAt":   maybe(deleted(p.Deleted)),
		"workspaceId": maybe(textOrNil(p.Workspace)),
		"workspace": {nullable: true, value: func(arguments) (any, error) {
			for _, w := range s.Workspaces {
				if w.ID == p.Workspace {
					return &object{"Workspace", map[string]field{"id": plain(w.ID), "name": plain(w.Name)}}, nil
				}
			}
			return nil, nil
		}},
		"primaryEnvironmentId": maybe(p.primary()),
		"baseEnvironmentId":    maybe(textOrNil(p.Base)),
		"environments": computed(func(a arguments) (any, error) {
			return s.environments(v, p, "ProjectEnvironmentsConnection", a)
		}),
		"services": computed(func(a arguments) (any, error) {
			list := []any{}
			for i := range p.Services {
				sv := &p.Services[i]
				list = append(list, &object{"Service", map[string]field{
					"id": plain(sv.ID), "name": plain(sv.Name), "projectId": plain(p.ID),
					"createdAt": plain(moment), "updatedAt": plain(moment), "deletedAt": maybe(deleted(sv.Deleted)),
				}})
			}
			return s.connection("ProjectServicesConnection", a, list)
		}),
		"buckets": computed(func(a arguments) (any, error) {
			list := []any{}
			for _, name := range p.Buckets {
				list = append(list, &object{"Bucket", map[string]field{"id": plain(ID("bucket", name)), "name": plain(name), "projectId": plain(p.ID)}})
			}
			return s.connection("ProjectBucketsConnection", a, list)
		}),
	}}
}

func (p *Project) primary() any {
	for _, e := range p.Environments {
		if !e.Ephemeral && !e.Deleted {
			return e.ID
		}
	}
	return nil
}

func (s *State) environments(v viewer, p *Project, typ string, a arguments) (any, error) {
	list := []any{}
	for i := range p.Environments {
		e := &p.Environments[i]
		if want, asked := a["isEphemeral"].(bool); asked && want != e.Ephemeral {
			continue
		}
		list = append(list, s.environmentObject(v, p, e))
	}
	return s.connection(typ, a, list)
}

// environmentObject can be listed by who sees the project; what is in it only by
// who sees the environment.
func (s *State) environmentObject(v viewer, p *Project, e *Environment) *object {
	guarded := func(f func(a arguments) (any, error)) field {
		return computed(func(a arguments) (any, error) {
			if !v.seesEnvironment(p, e) {
				return nil, v.denied()
			}
			return f(a)
		})
	}
	return &object{"Environment", map[string]field{
		"id": plain(e.ID), "name": plain(e.Name), "projectId": plain(p.ID),
		"isEphemeral": plain(e.Ephemeral), "canAccess": plain(v.seesEnvironment(p, e)),
		"createdAt": plain(moment), "updatedAt": plain(moment), "deletedAt": maybe(deleted(e.Deleted)),
		"unmergedChangesCount": maybe(len(e.Staged)),
		"configEtag":           plain(ID("etag", e.ID)),
		"variables": guarded(func(a arguments) (any, error) {
			list := []any{}
			for i := range e.Variables {
				if !s.NamesHidden {
					list = append(list, s.variableObject(p, e, &e.Variables[i]))
				}
			}
			return s.connection("EnvironmentVariablesConnection", a, list)
		}),
		"serviceInstances": guarded(func(a arguments) (any, error) {
			list := []any{}
			for i := range p.Services {
				if sv := &p.Services[i]; !slices.Contains(e.Without, sv.ID) {
					list = append(list, instanceObject(e, sv))
				}
			}
			return s.connection("EnvironmentServiceInstancesConnection", a, list)
		}),
		"config": guarded(func(a arguments) (any, error) { return p.config(e, a.flag("decryptVariables")), nil }),
		"meta":   maybe(e.meta()),
		"sourceEnvironment": {nullable: true, value: func(arguments) (any, error) {
			for i := range p.Environments {
				if source := &p.Environments[i]; source.ID == e.Source {
					return s.environmentObject(v, p, source), nil
				}
			}
			return nil, nil
		}},
	}}
}

// meta is what is remembered of the pull request that an environment is for.
func (e *Environment) meta() any {
	if e.Number == 0 {
		return nil
	}
	return &object{"EnvironmentMeta", map[string]field{
		"prNumber": maybe(e.Number), "prRepo": maybe(textOrNil(e.Repo)), "prTitle": maybe("A change"),
		"branch": maybe("feat/change"), "baseBranch": maybe("main"),
	}}
}

// variableObject has no value: the schema's type has none.
func (s *State) variableObject(p *Project, e *Environment, v *Variable) *object {
	return &object{"Variable", map[string]field{
		"id": plain(ID("variable", e.ID+v.Service+v.Name)), "name": plain(v.Name),
		"isSealed": plain(v.Sealed), "references": plain(s.references(p, v)),
		"serviceId": maybe(textOrNil(v.Service)), "environmentId": maybe(e.ID), "pluginId": maybe(nil),
		"createdAt": plain(moment), "updatedAt": plain(stamp(v.Updated)),
		"service": computed(func(arguments) (any, error) {
			if v.Service == "" {
				return nil, errors.New("Cannot return null for non-nullable field Variable.service.")
			}
			return &object{"Service", map[string]field{"id": plain(v.Service), "name": plain(p.service(v.Service).Name)}}, nil
		}),
	}}
}

func instanceObject(e *Environment, sv *Service) *object {
	return &object{"ServiceInstance", map[string]field{
		"id": plain(ID("instance", e.ID+sv.ID)), "serviceId": plain(sv.ID), "serviceName": plain(sv.Name),
		"environmentId": plain(e.ID), "deletedAt": maybe(deleted(sv.Deleted)),
		"createdAt": plain(moment), "updatedAt": plain(moment),
		"rootDirectory":     maybe(textOrNil(sv.RootDirectory)),
		"source":            maybe(&object{"ServiceSource", map[string]field{"repo": maybe(textOrNil(sv.Repo)), "image": maybe(nil)}}),
		"activeDeployments": plain(e.active(sv.ID)), "latestDeployment": maybe(e.latest(sv.ID)),
	}}
}

// active are the active deployments of a service.
func (e *Environment) active(service string) []any {
	list := []any{}
	for i := range e.Deployments {
		if d := &e.Deployments[i]; d.Service == service && d.Active {
			list = append(list, d.object(e))
		}
	}
	return list
}

// latest is the newest deployment of a service, or null.
func (e *Environment) latest(service string) any {
	var newest *Deployment
	for i := range e.Deployments {
		if d := &e.Deployments[i]; d.Service == service && (newest == nil || d.Created.After(newest.Created)) {
			newest = d
		}
	}
	if newest == nil {
		return nil
	}
	return newest.object(e)
}

func (d *Deployment) object(e *Environment) *object {
	return &object{"Deployment", map[string]field{
		"id": plain(d.ID), "status": plain(cmp.Or(d.Status, "SUCCESS")), "environmentId": plain(e.ID),
		"serviceId": maybe(d.Service), "deploymentStopped": plain(!d.Active),
		"createdAt": plain(stamp(d.Created)), "updatedAt": plain(stamp(d.Created)),
	}}
}

// stagedObject is a placeholder when nothing is staged, as the real answer is.
func stagedObject(e *Environment) *object {
	id, status := "<empty>", "STAGED"
	patch := map[string]any{}
	if len(e.Staged) > 0 {
		id = ID("patch", e.ID)
		services := map[string]any{}
		for _, c := range e.Staged {
			var change any
			if !c.Delete {
				change = map[string]any{"value": nil}
			}
			if c.Service == "" {
				put(patch, "sharedVariables", c.Name, change)
				continue
			}
			service, _ := services[c.Service].(map[string]any)
			if service == nil {
				service = map[string]any{}
				services[c.Service] = service
			}
			put(service, "variables", c.Name, change)
		}
		if len(services) > 0 {
			patch["services"] = services
		}
	}
	return &object{"EnvironmentPatch", map[string]field{
		"id": plain(id), "environmentId": plain(e.ID), "status": plain(status),
		"createdAt": plain(moment), "updatedAt": plain(moment), "patch": plain(patch),
	}}
}

func put(in map[string]any, member, name string, value any) {
	m, _ := in[member].(map[string]any)
	if m == nil {
		m = map[string]any{}
		in[member] = m
	}
	m[name] = value
}

// config is the environment's configuration. Values are in it only when asked
// for, and then those of sealed variables too.
func (p *Project) config(e *Environment, decrypt bool) map[string]any {
	services := map[string]any{}
	for _, sv := range p.Services {
		if !slices.Contains(e.Without, sv.ID) {
			services[sv.ID] = map[string]any{
				"source": map[string]any{"repo": sv.Repo, "rootDirectory": sv.RootDirectory},
				"deploy": map[string]any{"startCommand": nil}, "variables": map[string]any{},
			}
		}
	}
	shared := map[string]any{}
	for _, v := range e.Variables {
		entry := map[string]any{"value": nil, "isSealed": v.Sealed}
		if decrypt {
			entry["value"] = v.Value
		}
		if v.Service == "" {
			shared[v.Name] = entry
		} else if service, ok := services[v.Service].(map[string]any); ok {
			service["variables"].(map[string]any)[v.Name] = entry
		}
	}
	return map[string]any{"services": services, "sharedVariables": shared}
}

// values is the map of a service's variables, or of the shared ones.
func (s *State) values(v viewer, a arguments, unrendered bool) (any, error) {
	p, e, err := s.environment(v, a.text("projectId"), a.text("environmentId"))
	if err != nil {
		return nil, err
	}
	service := a.text("serviceId")
	if service != "" && p.service(service) == nil {
		return nil, errors.New("ServiceInstance not found")
	}
	out := map[string]any{}
	for name, value := range provided(p, e, service) {
		out[name] = value
	}
	for _, variable := range e.Variables {
		if variable.Service != service {
			continue
		}
		switch {
		case !variable.Sealed && unrendered:
			out[variable.Name] = variable.Value
		case !variable.Sealed:
			out[variable.Name] = p.render(e, service, variable.Value, 0)
		case s.Sealed == SealedNull:
			out[variable.Name] = nil
		case s.Sealed == SealedMasked:
			out[variable.Name] = "*****"
		}
	}
	return out, nil
}

// connection is one page of a list.
func (s *State) connection(typ string, a arguments, list []any) (any, error) {
	size := s.PageSize
	if size == 0 {
		size = 100
	}
	if first, ok := a["first"].(float64); ok {
		size = min(size, int(first))
	}
	start := 0
	if after := a.text("after"); after != "" {
		at, err := base64.StdEncoding.DecodeString(after)
		n, convErr := strconv.Atoi(strings.TrimPrefix(string(at), "cursor:"))
		if err != nil || convErr != nil || n < 0 || n >= len(list) {
			return nil, errors.New("Invalid cursor")
		}
		start = n + 1
	}
	end := min(len(list), start+size)
	edges := []any{}
	for i := start; i < end; i++ {
		edges = append(edges, &object{typ + "Edge", map[string]field{"node": plain(list[i]), "cursor": plain(cursor(i))}})
	}
	info := map[string]field{
		"hasNextPage": plain(end < len(list)), "hasPreviousPage": plain(start > 0),
		"startCursor": maybe(nil), "endCursor": maybe(nil),
	}
	if end > start {
		info["startCursor"], info["endCursor"] = maybe(cursor(start)), maybe(cursor(end-1))
	}
	return &object{typ, map[string]field{"edges": plain(edges), "pageInfo": plain(&object{"PageInfo", info})}}, nil
}

func cursor(i int) string {
	return base64.StdEncoding.EncodeToString([]byte("cursor:" + strconv.Itoa(i)))
}

func deleted(is bool) any {
	if !is {
		return nil
	}
	return moment
}

func textOrNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}
