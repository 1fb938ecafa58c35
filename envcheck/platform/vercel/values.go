package vercel

import (
	"context"
	"fmt"
	"sync"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

const (
	oneOwnPath    = "/v1/projects/{idOrName}/env/{id}"
	oneSharedPath = "/v1/env/{id}"
)

// readValues asks for the values that the lists sent encrypted, one by one: the
// parameter that decrypts the list of a project is deprecated, and that of a team
// has none. Only variables that some target is given are asked for.
func (s *session) readValues(ctx context.Context, st *state) {
	if st.own.valuesErr != nil {
		return
	}
	var (
		mu sync.Mutex
		wg sync.WaitGroup
	)
	st.unread = map[string]error{}
	for _, rows := range [][]variable{st.own.rows, st.shared.rows} {
		for i := range rows {
			row := &rows[i]
			if !row.sealed || row.odd != "" || row.id == "" || !st.wanted(row) {
				continue
			}
			wg.Go(func() {
				if err := s.readValue(ctx, st.project, row); err != nil {
					mu.Lock()
					defer mu.Unlock()
					st.unread[row.id] = err
				}
			})
		}
	}
	wg.Wait()
}

// wanted reports whether some target of the group is given the row.
func (st *state) wanted(row *variable) bool {
	for _, ref := range st.group.refs {
		if e, ok := st.project.resolve(ref); ok && row.in(e) {
			return true
		}
	}
	return false
}

// readValue asks for one variable and opens its row. A row whose value does not
// come stays as it is: set, and not readable.
func (s *session) readValue(ctx context.Context, p project, row *variable) error {
	path, args := oneOwnPath, []string{p.ID.value, row.id}
	if row.shared {
		path, args = oneSharedPath, args[1:]
	}
	var answer struct {
		wireErrors
		wireVariable[kept]
	}
	if err := s.client.Get(ctx, path, args, s.with(), &answer); err != nil {
		return err
	}
	if e, failed := answer.failure(); failed {
		return errorInAnswer(path, e)
	}
	if answer.Key.value != row.name {
		return unknownShape(path, "another variable than the one asked for")
	}
	if !answer.Decrypted && answer.Type.value != typePlain || !answer.Value.given() {
		return nil
	}
	row.value, row.readable = answer.Value.secret(), true
	if answer.Value.empty() {
		row.state = envtight.Empty
	}
	return nil
}

// valueGaps says which values were asked for and could not be read. The names are
// known all the same.
func (st *state) valueGaps(e environment, t envcheck.Target, project string) []envtight.Incompleteness {
	if err := st.own.valuesErr; err != nil {
		return []envtight.Incompleteness{explain(err, "the values of project "+project, t)}
	}
	unread, sample := 0, error(nil)
	for _, rows := range [][]variable{st.own.rows, st.shared.rows} {
		for i := range rows {
			if err := st.unread[rows[i].id]; err != nil && rows[i].in(e) {
				unread++
				if sample == nil {
					sample = err
				}
			}
		}
	}
	if unread == 0 {
		return nil
	}
	inc := explain(sample, fmt.Sprintf("the values of %d variables of project %s", unread, project), t)
	inc.Count = unread
	return []envtight.Incompleteness{inc}
}
