package vercelfake

import (
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
	AccountID             string           `json:"accountId"`
	DirectoryListing      bool             `json:"directoryListing"`
	ID                    string           `json:"id"`
	Name                  string           `json:"name"`
	NodeVersion           string           `json:"nodeVersion"`
	ResourceConfig        regions          `json:"resourceConfig"`
	DefaultResourceConfig regions          `json:"defaultResourceConfig"`
	Framework             *string          `json:"framework"`
	RootDirectory         *string          `json:"rootDirectory"`
	AutoExposeSystemEnvs  bool             `json:"autoExposeSystemEnvs"`
	Link                  any              `json:"link,omitempty"`
	Custom                *[]wireCustom    `json:"customEnvironments,omitempty"`
	Env                   []map[string]any `json:"env"`
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

func (s *State) wire(p *Project, env []map[string]any) wireProject {
	w := wireProject{
		AccountID: p.Owner, ID: p.ID, Name: p.Name, NodeVersion: "22.x",
		ResourceConfig: regions{[]string{"iad1"}}, DefaultResourceConfig: regions{[]string{"iad1"}},
		AutoExposeSystemEnvs: !p.HidesSystem, Link: p.link(), Env: env,
	}
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

// cipher stands for an encrypted value: the same length whatever it hides.
func cipher(name, value string) string {
	sum := sha256.Sum256([]byte("cipher\x00" + name + "\x00" + value))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// setValue writes what the API shows of a value.
func setValue(w map[string]any, kind, name, value string, decrypt bool) {
	switch kind {
	case "plain", "system":
		w["value"] = value
	case "sensitive":
		w["value"] = "" // whatever it holds
	default:
		w["value"] = cipher(name, value)
		if decrypt {
			w["value"], w["decrypted"] = value, true
		}
	}
}

// wireVariable writes a row of the project's list. target is what is left of its
// targets for this token.
func (p *Project) wireVariable(v *Variable, target []string, decrypt bool) map[string]any {
	w := map[string]any{
		"id": v.id(p), "key": v.Name, "type": kind(v.Type),
		"createdAt": millis(v.Updated), "updatedAt": millis(v.Updated), "configurationId": nil,
	}
	setValue(w, kind(v.Type), v.Name, v.Value, decrypt)
	if len(target) == 1 && v.OneTarget {
		w["target"] = target[0]
	} else if len(target) > 0 || len(v.Custom) == 0 {
		w["target"] = append([]string{}, target...)
	}
	if v.Branch != "" {
		w["gitBranch"] = v.Branch
	}
	if len(v.Custom) > 0 {
		var ids []string
		for _, c := range v.Custom {
			ids = append(ids, p.customID(c))
		}
		w["customEnvironmentIds"] = ids
	}
	if v.Integration != "" {
		w["configurationId"] = v.Integration
	}
	if v.System {
		w["system"] = true
	}
	return w
}

func (v *Variable) id(p *Project) string {
	return ID("", append([]string{p.ID, v.Name, v.Branch, v.Type}, slices.Concat(v.Targets, v.Custom)...)...)
}

func (v *Shared) id() string {
	return ID("env_", append([]string{v.Team, v.Name}, v.Targets...)...)
}

func (v *Shared) wire(decrypt bool) map[string]any {
	w := map[string]any{
		"id": v.id(), "key": v.Name, "ownerId": v.Team, "created": begin.Format(time.RFC3339),
		"createdAt": millis(v.Updated), "updatedAt": millis(v.Updated),
		"projectId": append([]string{}, v.Projects...), "decrypted": false,
	}
	if v.Type != "-" {
		w["type"] = kind(v.Type)
	}
	setValue(w, kind(v.Type), v.Name, v.Value, decrypt)
	if len(v.Targets) > 0 {
		w["target"] = v.Targets
	}
	if !v.Deleted.IsZero() {
		w["deletedAt"] = millis(v.Deleted)
	}
	if v.AllCustom {
		w["applyToAllCustomEnvironments"] = true
	}
	if len(v.Custom) > 0 {
		w["customEnvironmentIds"] = v.Custom
	}
	return w
}
