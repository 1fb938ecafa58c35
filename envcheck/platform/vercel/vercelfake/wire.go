package vercelfake

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"
)

// The types here are what is written. Members that the description requires are
// always there.

type regions struct {
	Regions []string `json:"functionDefaultRegions"`
}

type wireProject struct {
	AccountID             string                     `json:"accountId"`
	DirectoryListing      bool                       `json:"directoryListing"`
	ID                    string                     `json:"id"`
	Name                  string                     `json:"name"`
	NodeVersion           string                     `json:"nodeVersion"`
	ResourceConfig        regions                    `json:"resourceConfig"`
	DefaultResourceConfig regions                    `json:"defaultResourceConfig"`
	Framework             *string                    `json:"framework"`
	RootDirectory         *string                    `json:"rootDirectory"`
	AutoExposeSystemEnvs  bool                       `json:"autoExposeSystemEnvs"`
	Link                  any                        `json:"link,omitempty"`
	Custom                *[]wireCustom              `json:"customEnvironments,omitempty"`
	Env                   []wireVariable             `json:"env"`
	LatestDeployments     []wireDeployment           `json:"latestDeployments"`
	Targets               map[string]*wireDeployment `json:"targets"`
	LastAliasRequest      *wireAliasRequest          `json:"lastAliasRequest,omitempty"`
}

type wireDeployment struct {
	ID            string            `json:"id"`
	CreatedAt     int64             `json:"createdAt"`
	BuildingAt    int64             `json:"buildingAt,omitempty"`
	CreatedIn     string            `json:"createdIn"`
	Creator       *wireCreator      `json:"creator"`
	Hostname      string            `json:"deploymentHostname"`
	Name          string            `json:"name"`
	Meta          map[string]string `json:"meta,omitempty"`
	Plan          string            `json:"plan"`
	Private       bool              `json:"private"`
	ReadyState    string            `json:"readyState"`
	ReadySubstate string            `json:"readySubstate,omitempty"`
	Target        *string           `json:"target"`
	Type          string            `json:"type"`
	URL           string            `json:"url"`
	UserID        string            `json:"userId"`
}

type wireCreator struct {
	Email    string `json:"email"`
	UID      string `json:"uid"`
	Username string `json:"username"`
}

type wireAliasRequest struct {
	From        string `json:"fromDeploymentId"`
	To          string `json:"toDeploymentId"`
	JobStatus   string `json:"jobStatus"`
	RequestedAt int64  `json:"requestedAt"`
	Type        string `json:"type"`
}

type wireCustom struct {
	ID        string `json:"id"`
	Slug      string `json:"slug"`
	Type      string `json:"type"`
	CreatedAt int64  `json:"createdAt"`
	UpdatedAt int64  `json:"updatedAt"`
}

type wireHook struct{}

type gitHubLink struct {
	Type             string     `json:"type"`
	Org              string     `json:"org"`
	Repo             string     `json:"repo"`
	RepoID           int        `json:"repoId"`
	GitCredentialID  string     `json:"gitCredentialId"`
	ProductionBranch string     `json:"productionBranch"`
	DeployHooks      []wireHook `json:"deployHooks"`
}

type gitLabLink struct {
	Type             string     `json:"type"`
	ProjectID        string     `json:"projectId"`
	ProjectName      string     `json:"projectName"`
	WithNamespace    string     `json:"projectNameWithNamespace"`
	Namespace        string     `json:"projectNamespace"`
	URL              string     `json:"projectUrl"`
	GitCredentialID  string     `json:"gitCredentialId"`
	ProductionBranch string     `json:"productionBranch"`
	DeployHooks      []wireHook `json:"deployHooks"`
}

type bitbucketLink struct {
	Type             string     `json:"type"`
	Name             string     `json:"name"`
	Slug             string     `json:"slug"`
	Owner            string     `json:"owner"`
	UUID             string     `json:"uuid"`
	WorkspaceUUID    string     `json:"workspaceUuid"`
	GitCredentialID  string     `json:"gitCredentialId"`
	ProductionBranch string     `json:"productionBranch"`
	DeployHooks      []wireHook `json:"deployHooks"`
}

type pagination struct {
	Count int  `json:"count"`
	Next  any  `json:"next"`
	Prev  *int `json:"prev"`
}

// tokenPagination is the form of a page whose cursor is a token.
type tokenPagination struct {
	Count int     `json:"count"`
	Next  *string `json:"next"`
}

// begin is when everything without a time was made.
var begin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func millis(t time.Time) int64 {
	if t.IsZero() {
		t = begin
	}
	return t.UnixMilli()
}

func (s *State) wire(p *Project, env []wireVariable) wireProject {
	w := wireProject{
		AccountID: p.Owner, ID: p.ID, Name: p.Name, NodeVersion: "22.x",
		ResourceConfig: regions{[]string{"iad1"}}, DefaultResourceConfig: regions{[]string{"iad1"}},
		AutoExposeSystemEnvs: !p.HidesSystem, Link: p.link(), Env: env,
		LatestDeployments: []wireDeployment{}, Targets: map[string]*wireDeployment{},
	}
	p.addDeployments(&w)
	if p.Framework != "" {
		w.Framework = &p.Framework
	}
	if p.RootDirectory != "" {
		w.RootDirectory = &p.RootDirectory
	}
	if !s.NoCustom {
		custom := p.wireCustom()
		w.Custom = &custom
	}
	return w
}

// addDeployments writes the newest deployments, newest first, and the one that
// serves production, which need not be among the newest.
func (p *Project) addDeployments(w *wireProject) {
	const newest = 10
	for i := range p.Deployments {
		d := p.Deployments[i].wire(p)
		if d.ID == p.Current {
			w.Targets["production"] = &d
		}
		w.LatestDeployments = append(w.LatestDeployments, d)
	}
	slices.SortStableFunc(w.LatestDeployments, func(a, b wireDeployment) int { return cmp.Compare(b.CreatedAt, a.CreatedAt) })
	w.LatestDeployments = w.LatestDeployments[:min(len(w.LatestDeployments), newest)]
	if r := p.LastAlias; r != nil {
		w.LastAliasRequest = &wireAliasRequest{From: r.From, To: r.To, JobStatus: r.Status, Type: r.Type, RequestedAt: millis(r.Requested)}
	}
}

func (d *Deployment) wire(p *Project) wireDeployment {
	w := wireDeployment{
		ID: d.ID, Name: p.Name, CreatedAt: millis(d.Created), CreatedIn: "sfo1", Plan: "pro", Type: "LAMBDAS",
		Creator:  &wireCreator{Email: "dev@example.com", UID: defaultUser, Username: "dev"},
		Hostname: p.Name + "-" + d.ID, URL: p.Name + "-" + d.ID + ".vercel.app", UserID: defaultUser,
		ReadyState: cmp.Or(d.State, "READY"), ReadySubstate: d.Substate,
	}
	if !d.Building.IsZero() {
		w.BuildingAt = d.Building.UnixMilli()
	}
	if d.Target != "" {
		w.Target = &d.Target
	}
	if d.Branch != "" {
		w.Meta = map[string]string{cmp.Or(p.Host, "github") + "CommitRef": d.Branch}
	}
	return w
}

func (p *Project) wireCustom() []wireCustom {
	out := []wireCustom{}
	for _, c := range p.Custom {
		out = append(out, wireCustom{ID: c.ID, Slug: c.Slug, Type: c.Type, CreatedAt: millis(begin), UpdatedAt: millis(begin)})
	}
	return out
}

func (p *Project) link() any {
	if p.Repository == "" {
		return nil
	}
	owner, name, _ := strings.Cut(p.Repository, "/")
	switch p.Host {
	case "gitlab":
		return gitLabLink{
			Type: "gitlab", ProjectID: "1", ProjectName: name, WithNamespace: owner + " / " + name, Namespace: owner,
			URL: "https://gitlab.com/" + p.Repository, ProductionBranch: "main", DeployHooks: []wireHook{},
		}
	case "bitbucket":
		return bitbucketLink{
			Type: "bitbucket", Name: name, Slug: name, Owner: owner, UUID: "{1}", WorkspaceUUID: "{2}",
			ProductionBranch: "main", DeployHooks: []wireHook{},
		}
	}
	return gitHubLink{Type: "github", Org: owner, Repo: name, RepoID: 1, ProductionBranch: "main", DeployHooks: []wireHook{}}
}

// kind returns the type of a variable as it is written.
func kind(t string) string {
	if t == "" {
		return "encrypted"
	}
	return t
}

// visibility is what rows of 2026 say beside the type.
func visibility(stated, kind string) string {
	switch {
	case stated == "-":
		return ""
	case stated != "":
		return stated
	case kind == "sensitive":
		return "secret"
	}
	return "config"
}

// cipher stands for an encrypted value: the same length whatever it hides.
func cipher(name, value string) string {
	sum := sha256.Sum256([]byte("cipher\x00" + name + "\x00" + value))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// wireVariable is a variable of a project.
type wireVariable struct {
	ID                   string   `json:"id"`
	Key                  string   `json:"key"`
	Type                 string   `json:"type"`
	Value                string   `json:"value"`
	Decrypted            *bool    `json:"decrypted,omitempty"`
	Target               any      `json:"target,omitempty"` // string or []string
	GitBranch            string   `json:"gitBranch,omitempty"`
	CustomEnvironmentIDs []string `json:"customEnvironmentIds,omitempty"`
	ConfigurationID      *string  `json:"configurationId"`
	System               bool     `json:"system,omitempty"`
	CreatedAt            int64    `json:"createdAt"`
	UpdatedAt            int64    `json:"updatedAt"`
	// Of 2026.
	Visibility  string `json:"visibility,omitempty"`
	LegacyValue string `json:"legacyValue,omitempty"`
}

// wireShared is a variable of a team.
type wireShared struct {
	ID                   string   `json:"id"`
	Key                  string   `json:"key"`
	Type                 string   `json:"type,omitempty"`
	Value                string   `json:"value"`
	Decrypted            bool     `json:"decrypted"`
	Target               []string `json:"target,omitempty"`
	ProjectID            []string `json:"projectId"`
	AllCustom            bool     `json:"applyToAllCustomEnvironments,omitempty"`
	CustomEnvironmentIDs []string `json:"customEnvironmentIds,omitempty"`
	OwnerID              string   `json:"ownerId"`
	Created              string   `json:"created"`
	CreatedAt            int64    `json:"createdAt"`
	UpdatedAt            int64    `json:"updatedAt"`
	DeletedAt            int64    `json:"deletedAt,omitempty"`
}

// countedList, pagedList and bareList are the forms of a project's list.
type countedList struct {
	Envs   []wireVariable `json:"envs"`
	Hidden int            `json:"hiddenProductionEnvCount"`
}

type pagedList struct {
	Envs       []wireVariable `json:"envs"`
	Pagination pagination     `json:"pagination"`
}

type bareList struct {
	Envs []wireVariable `json:"envs"`
}

type sharedList struct {
	Data       []wireShared `json:"data"`
	Pagination pagination   `json:"pagination"`
}

// shown returns what the API shows of a value, and whether it was decrypted.
func shown(kind, name, value string, decrypt bool) (text string, decrypted bool) {
	switch kind {
	case "plain", "system":
		return value, false
	case "sensitive":
		return "", false // whatever it holds
	}
	if decrypt {
		return value, true
	}
	return cipher(name, value), false
}

// wireVariable writes a row of the project's list. target is what is left of its
// targets for this token.
func (p *Project) wireVariable(v *Variable, target []string, decrypt bool) wireVariable {
	w := wireVariable{
		ID: v.id(p), Key: v.Name, Type: kind(v.Type), GitBranch: v.Branch, System: v.System,
		CreatedAt: millis(v.Updated), UpdatedAt: millis(v.Updated),
	}
	text, decrypted := shown(w.Type, v.Name, v.Value, decrypt)
	w.Value = text
	if decrypted {
		w.Decrypted = &decrypted
	}
	w.Visibility = visibility(v.Visibility, w.Type)
	if len(target) == 1 && v.OneTarget {
		w.Target = target[0]
	} else if len(target) > 0 || len(v.Custom) == 0 {
		w.Target = append([]string{}, target...)
	}
	for _, c := range v.Custom {
		w.CustomEnvironmentIDs = append(w.CustomEnvironmentIDs, p.customID(c))
	}
	if v.Integration != "" {
		w.ConfigurationID = &v.Integration
	}
	return w
}

func (v *Variable) id(p *Project) string {
	return ID("", append([]string{p.ID, v.Name, v.Branch, v.Type}, slices.Concat(v.Targets, v.Custom)...)...)
}

func (v *Shared) id() string {
	return ID("env_", append([]string{v.Team, v.Name}, v.Targets...)...)
}

func (v *Shared) wire(decrypt bool) wireShared {
	w := wireShared{
		ID: v.id(), Key: v.Name, Type: kind(v.Type), OwnerID: v.Team,
		Target: v.Targets, ProjectID: append([]string{}, v.Projects...),
		AllCustom: v.AllCustom, CustomEnvironmentIDs: v.Custom,
		Created: begin.Format(time.RFC3339), CreatedAt: millis(v.Updated), UpdatedAt: millis(v.Updated),
	}
	if v.Type == "-" {
		w.Type = ""
	}
	if !v.Deleted.IsZero() {
		w.DeletedAt = millis(v.Deleted)
	}
	w.Value, w.Decrypted = shown(kind(v.Type), v.Name, v.Value, decrypt)
	return w
}
