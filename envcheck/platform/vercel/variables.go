package vercel

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/httpclient"
)

const (
	envPath    = "/v10/projects/{idOrName}/env"
	sharedPath = "/v1/env"
	// maxPages is far beyond what a project can hold: 64 KiB of variables.
	maxPages = 200
)

// The ways in which a variable can be stored.
const (
	typePlain     = "plain"
	typeEncrypted = "encrypted"
	typeSensitive = "sensitive"
	typeSystem    = "system"
	typeSecret    = "secret" // a reference to a secret of the old kind
)

// variable is one row of a project's or a team's list.
type variable struct {
	id, name, kind string
	targets        []string
	custom         []string // ids of custom environments
	allCustom      bool
	branch         string
	shared         bool
	managed        string
	updated        time.Time

	state    envtight.State
	storage  envcheck.Storage
	value    envtight.Secret
	readable bool
	// sealed tells that the value came encrypted, and could be asked for alone.
	sealed bool
	// odd says what of the row is not understood; it then proves nothing.
	odd string
	// anywhere tells that it is not even known where the row belongs.
	anywhere bool
}

// listing is what was read of a list.
type listing struct {
	rows []variable
	// hidden is how many production variables the token may not see.
	hidden int64
	// err says why rows are not all.
	err error
	// valuesErr says why rows hold no values although they were asked for.
	valuesErr error
}

// ownVariables lists the variables of the project itself.
func (s *session) ownVariables(ctx context.Context, p project, values bool) listing {
	if !values {
		return listOwn[dropped](ctx, s, p)
	}
	l := listOwn[kept](ctx, s, p, "decrypt", "true")
	if isRefused(l.err) {
		// Names may be allowed where values are not.
		names := listOwn[dropped](ctx, s, p)
		if names.err == nil {
			names.valuesErr = l.err
			return names
		}
	}
	return l
}

// ownPage is one answer of the list of a project. Vercel describes three forms:
// one variable, a list with pages, a list without.
type ownPage[V value] struct {
	wireErrors
	wireVariable[V]
	Envs       *[]wireVariable[V] `json:"envs"`
	Pagination pagination         `json:"pagination"`
	Hidden     count              `json:"hiddenProductionEnvCount"`
}

func listOwn[V value](ctx context.Context, s *session, p project, query ...string) listing {
	var l listing
	l.err = pages(envPath, func(cursor string) (pagination, error) {
		q := s.with(query...)
		setCursor(q, cursor)
		var page ownPage[V]
		if err := s.client.Get(ctx, envPath, []string{p.ID.value}, q, &page); err != nil {
			return pagination{}, err
		}
		if e, failed := page.failure(); failed {
			return pagination{}, errorInAnswer(envPath, e)
		}
		switch {
		case page.Envs != nil:
		case page.Key.given && page.Type.given:
			page.Envs = &[]wireVariable[V]{page.wireVariable}
		default:
			return pagination{}, unknownShape(envPath, "neither a list of variables nor a variable")
		}
		if page.Hidden.odd {
			return pagination{}, unknownShape(envPath, "unexpected type of hiddenProductionEnvCount")
		}
		l.hidden = max(l.hidden, page.Hidden.n)
		for _, w := range *page.Envs {
			l.rows = append(l.rows, w.variable())
		}
		return page.Pagination, nil
	})
	if l.err == nil && len(l.rows) == 0 && l.hidden == 0 && len(p.Env) > 0 {
		l.err = unknownShape(envPath, "the list is empty, and the project says that it has variables")
	}
	return l
}

// sharedVariables lists the variables that the team shares with the project.
func (s *session) sharedVariables(ctx context.Context, p project, values bool) listing {
	var l listing
	if values {
		l = listShared[kept](ctx, s, p)
	} else {
		l = listShared[dropped](ctx, s, p)
	}
	if l.err != nil && !p.teamOwned() && len(s.team) == 0 && isRefused(l.err) {
		// Only teams share variables: a user's own project is given none.
		return listing{}
	}
	return l
}

type sharedPage[V value] struct {
	wireErrors
	Data       *[]wireVariable[V] `json:"data"`
	Pagination pagination         `json:"pagination"`
}

func listShared[V value](ctx context.Context, s *session, p project) listing {
	var l listing
	l.err = pages(sharedPath, func(cursor string) (pagination, error) {
		q := s.with("projectId", p.ID.value)
		setCursor(q, cursor)
		var page sharedPage[V]
		if err := s.client.Get(ctx, sharedPath, nil, q, &page); err != nil {
			return pagination{}, err
		}
		if e, failed := page.failure(); failed {
			return pagination{}, errorInAnswer(sharedPath, e)
		}
		if page.Data == nil {
			return pagination{}, unknownShape(sharedPath, "no list of variables")
		}
		for _, w := range *page.Data {
			if row, linked := w.sharedWith(p); linked {
				l.rows = append(l.rows, row)
			}
		}
		return page.Pagination, nil
	})
	return l
}

// isRefused reports whether a list was refused, rather than broken.
func isRefused(err error) bool {
	return errors.Is(err, httpclient.ErrForbidden) || errors.Is(err, httpclient.ErrNotFound) || statusOf(err) == http.StatusBadRequest
}

// pages calls fetch for each page, the first with an empty cursor, until one says
// that no other follows. A cursor that comes again is an error: a server that
// does not know the parameter answers the first page for ever.
func pages(path string, fetch func(cursor string) (pagination, error)) error {
	seen := map[string]bool{}
	for cursor := ""; ; {
		page, err := fetch(cursor)
		if err != nil {
			return err
		}
		if page.Next.odd {
			return unknownShape(path, "unexpected type of pagination.next")
		}
		cursor = page.Next.next
		if cursor == "" {
			return nil
		}
		if seen[cursor] || len(seen) >= maxPages {
			return unknownShape(path, "its pages do not come to an end")
		}
		seen[cursor] = true
	}
}

// setCursor asks for a further page of variables. The parameter is not in the
// OpenAPI description; Vercel's Terraform provider sends it
// (vercel/terraform-provider-vercel client/pagination.go).
func setCursor(q url.Values, cursor string) {
	if cursor != "" {
		q.Set("until", cursor)
	}
}

// sharedWith returns the row of a shared variable, and whether it is linked to
// the project.
func (w *wireVariable[V]) sharedWith(p project) (variable, bool) {
	if !w.DeletedAt.IsZero() {
		return variable{}, false
	}
	if !w.Type.given && !w.Type.odd {
		w.Type = text{value: typeEncrypted, given: true} // "if blank, assume secret"
	}
	row := w.variable()
	row.shared = true
	row.allCustom = w.AllCustom
	if w.ProjectIDs.odd {
		row.odd, row.anywhere = "unexpected type of projectId", true
		return row, true
	}
	return row, slices.Contains(w.ProjectIDs.list, p.ID.value)
}

// variable reads one row.
func (w *wireVariable[V]) variable() variable {
	v := variable{
		id: w.ID.value, name: w.Key.value, kind: w.Type.value,
		targets: w.Target.list, custom: w.CustomEnvironmentIDs.list, branch: w.GitBranch.value,
		updated: w.UpdatedAt.Time,
	}
	if v.updated.IsZero() {
		v.updated = w.CreatedAt.Time
	}
	switch {
	case w.Type.value == typeSystem || w.System:
		v.managed = "system"
	case w.ConfigurationID.value != "":
		v.managed = "integration"
	}
	v.storage = storage(w.Type.value, w.Visibility)
	v.readState(w.Value, w.Decrypted)
	v.findOdd(w.Key, w.GitBranch, w.Type, w.Target, w.CustomEnvironmentIDs)
	return v
}

// readState works out what is known of the value. Ciphertext is never measured:
// an encrypted variable is set, and whether it is empty is known only when it
// came decrypted. A sensitive one comes with an empty value whatever it holds.
func (v *variable) readState(value value, decrypted bool) {
	v.state = envtight.Set
	switch v.kind {
	case typeSensitive:
		v.state = envtight.Unreadable
		return
	case typePlain:
	case typeEncrypted, typeSecret:
		if !decrypted {
			v.sealed = v.kind == typeEncrypted
			return
		}
	default: // a system variable's value is the name of another
		return
	}
	if !value.given() {
		v.sealed = true
		return
	}
	if value.empty() {
		v.state = envtight.Empty
	}
	if _, forgotten := value.(dropped); !forgotten {
		v.value, v.readable = value.secret(), true
	}
}

// findOdd notes what this version does not know.
func (v *variable) findOdd(key, branch, kind text, target, custom texts) {
	switch {
	case key.odd || !key.given || key.value == "":
		v.odd, v.anywhere = "a variable without a name", true
	case target.odd || custom.odd || branch.odd:
		v.odd, v.anywhere = "unexpected type of target, customEnvironmentIds or gitBranch", true
	case slices.ContainsFunc(target.list, func(t string) bool { return !slices.Contains(targets, t) }):
		v.odd, v.anywhere = "a target that is none of production, preview and development", true
	case kind.odd, !slices.Contains([]string{typePlain, typeEncrypted, typeSensitive, typeSystem, typeSecret}, kind.value):
		v.odd = "a variable of an unknown type"
	}
}

// in reports whether the row belongs to an environment.
func (v *variable) in(e environment) bool {
	if v.branch != "" && v.branch != e.branch {
		return false
	}
	if e.custom != "" {
		return v.allCustom || slices.Contains(v.custom, e.custom)
	}
	return slices.Contains(v.targets, e.name)
}
