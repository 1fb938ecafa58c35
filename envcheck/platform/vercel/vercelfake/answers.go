package vercelfake

import (
	"encoding/base32"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// account returns the account that a request is about: the team it names, or the
// user's own. A token may only speak for what is in its scope.
func (c *call) account() (string, *reply) {
	team := c.query.Get("teamId")
	if slug := c.query.Get("slug"); team == "" && slug != "" {
		if team = c.teamID(slug); team == slug {
			team = "unknown"
		}
	}
	if team == "" {
		return c.viewer.User, nil
	}
	i := slices.IndexFunc(c.Teams, func(t Team) bool { return t.ID == team })
	if i >= 0 && c.Teams[i].SingleSignOn && c.viewer.Team == "" {
		out := refuse(http.StatusForbidden, "forbidden", "Not authorized")
		return "", &out
	}
	if i < 0 || c.viewer.Team != "" && c.viewer.Team != team {
		out := refuse(http.StatusForbidden, "forbidden", "Not authorized: Trying to access resource under another scope.")
		return "", &out
	}
	return team, nil
}

// lookup finds the project that the path names.
func (c *call) lookup() (*Project, *reply) {
	account, denied := c.account()
	if denied != nil {
		return nil, denied
	}
	p := c.find(account, c.r.PathValue("idOrName"))
	if p == nil {
		out := refuse(http.StatusNotFound, "not_found", "Project not found.")
		return nil, &out
	}
	if c.viewer.Project != "" && c.viewer.Project != p.ID {
		out := refuse(http.StatusForbidden, "forbidden", "You don't have permission to access this project.")
		return nil, &out
	}
	return p, nil
}

func (c *call) project() reply {
	p, denied := c.lookup()
	if denied != nil {
		return *denied
	}
	rows, _ := c.rows(p, false)
	return ok(c.wire(p, rows))
}

func (c *call) customEnvironments() reply {
	p, denied := c.lookup()
	if denied != nil {
		return *denied
	}
	return ok(map[string]any{
		"accountLimit": map[string]int{"total": 12},
		"environments": p.wireCustom(),
	})
}

// rows returns the project's variables as this token sees them, and how many of
// production it does not see.
func (c *call) rows(p *Project, decrypt bool) (rows []wireVariable, hidden int) {
	rows = []wireVariable{}
	for i := range p.Variables {
		v := &p.Variables[i]
		target := v.Targets
		if c.viewer.HidesProduction && slices.Contains(target, "production") {
			hidden++
			target = slices.DeleteFunc(slices.Clone(target), func(t string) bool { return t == "production" })
			if len(target) == 0 && len(v.Custom) == 0 {
				continue
			}
		}
		row := p.wireVariable(v, target, decrypt)
		if c.Shape != Counted {
			row.Visibility = "" // which is younger than the other shapes
		}
		rows = append(rows, row)
	}
	return rows, hidden
}

func (c *call) variables() reply {
	p, denied := c.lookup()
	if denied != nil {
		return *denied
	}
	decrypt := c.query.Get("decrypt") == "true"
	if decrypt && c.viewer.NoValues {
		return refuse(http.StatusForbidden, "forbidden", "You don't have permission to decrypt.")
	}
	rows, hidden := c.rows(p, decrypt && !c.DecryptIgnored)
	if p.EmptyList {
		rows = rows[:0]
	}
	if branch := c.query.Get("gitBranch"); branch != "" {
		rows = slices.DeleteFunc(rows, func(r wireVariable) bool { return r.GitBranch != "" && r.GitBranch != branch })
	}
	switch {
	case c.VariablePages > 0 || c.Shape == Paged:
		page, pages := paginate(c, rows, c.VariablePages, c.query.Get("until"))
		return ok(pagedList{page, pages})
	case c.Shape == Single && len(rows) == 1:
		return ok(rows[0])
	case c.Shape == Counted:
		for i := range rows {
			rows[i].LegacyValue = cipher("legacy", "")
		}
		return ok(countedList{rows, hidden})
	}
	return ok(bareList{rows})
}

// paginate cuts the page that a cursor asks for out of rows. A cursor is the time
// of the first row that is left out, as far as anybody can tell: a number.
func paginate[T any](c *call, rows []T, size int, until string) ([]T, pagination) {
	const epoch = 1540095775951
	start := 0
	if n, err := strconv.ParseInt(until, 10, 64); err == nil && !c.DeafPaging {
		start = min(max(int(epoch-n), 0), len(rows))
	}
	end := len(rows)
	var next any
	if size > 0 && start+size < len(rows) {
		end = start + size
		next = epoch - end
	}
	return rows[start:end], pagination{Count: end - start, Next: next}
}

func (c *call) variable() reply {
	p, denied := c.lookup()
	if denied != nil {
		return *denied
	}
	if c.viewer.NoValues {
		return refuse(http.StatusForbidden, "forbidden", "You don't have permission to decrypt.")
	}
	rows, _ := c.rows(p, !c.NeverDecrypts)
	for _, r := range rows {
		if r.ID == c.r.PathValue("id") {
			if r.Decrypted == nil {
				r.Decrypted = new(bool)
			}
			return ok(r)
		}
	}
	return refuse(http.StatusNotFound, "not_found", "Environment Variable not found.")
}

// sharedRows returns the team's variables.
func (c *call) sharedRows(decrypt bool) ([]wireShared, *reply) {
	account, denied := c.account()
	if denied != nil {
		return nil, denied
	}
	if !strings.HasPrefix(account, "team_") {
		out := refuse(http.StatusBadRequest, "bad_request", "A team is required.")
		return nil, &out
	}
	if c.viewer.Project != "" {
		out := refuse(http.StatusForbidden, "forbidden", "The token's scope is a single project.")
		return nil, &out
	}
	rows := []wireShared{}
	for i := range c.Shared {
		if v := &c.Shared[i]; v.Team == account {
			rows = append(rows, v.wire(decrypt))
		}
	}
	return rows, nil
}

func (c *call) sharedList() reply {
	rows, denied := c.sharedRows(false)
	if denied != nil {
		return *denied
	}
	if id := c.query.Get("projectId"); id != "" && !c.SharedUnfiltered {
		rows = slices.DeleteFunc(rows, func(r wireShared) bool { return !slices.Contains(r.ProjectID, id) })
	}
	page, pages := paginate(c, rows, c.SharedPages, c.query.Get("until"))
	return ok(sharedList{page, pages})
}

func (c *call) sharedOne() reply {
	rows, denied := c.sharedRows(!c.NeverDecrypts)
	if denied != nil {
		return *denied
	}
	for _, r := range rows {
		if r.ID == c.r.PathValue("id") {
			return ok(r)
		}
	}
	return refuse(http.StatusNotFound, "not_found", "Environment Variable not found.")
}

func (c *call) projects() reply {
	account, denied := c.account()
	if denied != nil {
		return *denied
	}
	if c.viewer.NoProjects {
		return refuse(http.StatusForbidden, "forbidden", "You don't have permission to list the projects.")
	}
	var all []wireProject
	for i := range c.Projects {
		p := &c.Projects[i]
		if p.Owner != account || c.viewer.Project != "" && c.viewer.Project != p.ID {
			continue
		}
		if url := c.query.Get("repoUrl"); url != "" && !strings.EqualFold(url, p.repositoryURL()) {
			continue
		}
		if name := c.query.Get("search"); !strings.Contains(p.Name, name) {
			continue
		}
		rows, _ := c.rows(p, false)
		all = append(all, c.wire(p, rows))
	}
	size := c.ProjectPages
	if n, err := strconv.Atoi(c.query.Get("limit")); err == nil && n > 0 && (size == 0 || n < size) {
		size = n
	}
	return c.projectPage(all, size)
}

// projectPage cuts a page, whose cursor is a time or a token.
func (c *call) projectPage(all []wireProject, size int) reply {
	start := 0
	from := c.query.Get("from")
	if token, err := base32.StdEncoding.DecodeString(from); err == nil && c.TokenCursors {
		from = string(token)
	}
	if n, err := strconv.Atoi(from); err == nil {
		start = min(max(n, 0), len(all))
	}
	end := len(all)
	next := ""
	if size > 0 && start+size < len(all) {
		end = start + size
		next = strconv.Itoa(end)
	}
	page := append([]wireProject{}, all[start:end]...)
	body := map[string]any{"projects": page}
	switch {
	case c.TokenCursors && next != "":
		token := base32.StdEncoding.EncodeToString([]byte(next))
		body["pagination"] = tokenPagination{Count: len(page), Next: &token}
	case c.TokenCursors:
		body["pagination"] = tokenPagination{Count: len(page)}
	case next != "":
		body["pagination"] = pagination{Count: len(page), Next: end}
	default:
		body["pagination"] = pagination{Count: len(page)}
	}
	return ok(body)
}

func (p *Project) repositoryURL() string {
	switch p.Host {
	case "", "github":
		return "https://github.com/" + p.Repository
	case "bitbucket":
		return "https://bitbucket.org/" + p.Repository
	}
	return "https://gitlab.com/" + p.Repository
}

type wireToken struct {
	ID        string      `json:"id"`
	Name      string      `json:"name"`
	Type      string      `json:"type"`
	Scopes    []wireScope `json:"scopes"`
	ExpiresAt int64       `json:"expiresAt,omitempty"`
	ActiveAt  int64       `json:"activeAt"`
	CreatedAt int64       `json:"createdAt"`
}

type wireScope struct {
	Type      string `json:"type"`
	TeamID    string `json:"teamId,omitempty"`
	CreatedAt int64  `json:"createdAt"`
}

func (c *call) token() reply {
	t := c.viewer
	if c.r.PathValue("tokenId") != "current" {
		return refuse(http.StatusNotFound, "not_found", "Token not found.")
	}
	if t.Project != "" {
		return refuse(http.StatusForbidden, "forbidden", "The token's scope is a single project.")
	}
	w := wireToken{ID: ID("tok_", t.User, t.Team), Name: "token", Type: "token", ActiveAt: millis(begin), CreatedAt: millis(begin)}
	scope := wireScope{Type: "user", CreatedAt: millis(begin)}
	if t.Team != "" {
		scope.Type, scope.TeamID = "team", t.Team
	}
	w.Scopes = []wireScope{scope}
	if !t.Expires.IsZero() {
		w.ExpiresAt = t.Expires.UnixMilli()
	}
	return ok(map[string]any{"token": w})
}

// wireTeam is a team in full, or limited for a token that must not see more.
type wireTeam struct {
	ID            string         `json:"id"`
	Slug          string         `json:"slug"`
	Name          *string        `json:"name"`
	Avatar        *string        `json:"avatar"`
	CreatedAt     int64          `json:"createdAt"`
	Membership    wireMembership `json:"membership"`
	CreatorID     string         `json:"creatorId,omitempty"`
	UpdatedAt     int64          `json:"updatedAt,omitempty"`
	Description   *string        `json:"description,omitempty"`
	StagingPrefix string         `json:"stagingPrefix,omitempty"`
	Limited       bool           `json:"limited,omitempty"`
	LimitedBy     []string       `json:"limitedBy,omitempty"`
}

type wireMembership struct {
	Confirmed bool   `json:"confirmed"`
	Role      string `json:"role"`
	CreatedAt int64  `json:"createdAt"`
	Created   int64  `json:"created"`
}

func (c *call) teams() reply {
	if c.viewer.Project != "" || c.viewer.NoTeams {
		return refuse(http.StatusForbidden, "forbidden", "You don't have permission to list the teams.")
	}
	rows := []wireTeam{}
	for i := range c.Teams {
		t := &c.Teams[i]
		if c.viewer.Team != "" && c.viewer.Team != t.ID {
			continue
		}
		at := millis(begin)
		row := wireTeam{
			ID: t.ID, Slug: t.Slug, Name: &t.Slug, CreatedAt: at,
			Membership: wireMembership{Confirmed: true, Role: "MEMBER", CreatedAt: at, Created: at},
		}
		if t.SingleSignOn && c.viewer.Team == "" {
			row.Limited, row.LimitedBy = true, []string{"scope"}
		} else {
			row.CreatorID, row.UpdatedAt, row.StagingPrefix, row.Description = defaultUser, at, "staging", new(string)
		}
		rows = append(rows, row)
	}
	page, pages := paginate(c, rows, c.TeamPages, c.query.Get("until"))
	return ok(map[string]any{"teams": page, "pagination": pages})
}
