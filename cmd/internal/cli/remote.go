package cli

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/git"
)

// repository is "owner/name" of the remote, or empty.
func (p *project) repository(ctx context.Context) string {
	_, name := p.remote(ctx)
	return name
}

// remote is the host of the remote, empty for GitHub, and "owner/name" there. Both
// are empty where nobody knows.
func (p *project) remote(ctx context.Context) (host, name string) {
	if p.repo == nil {
		return "", ""
	}
	address, err := p.repo.RemoteURL(ctx)
	if err != nil {
		return "", ""
	}
	return splitRemote(address)
}

// splitRemote takes the address of a repository apart, as in
// https://host/owner/name.git or git@host:owner/name. A host that is a word of
// somebody's ssh configuration is taken for GitHub. Of a directory, the last two
// parts count.
func splitRemote(address string) (host, name string) {
	path, parts := address, 2
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		host, path, parts = u.Hostname(), u.Path, 0
	} else if before, after, ok := strings.Cut(address, ":"); ok && !strings.ContainsAny(before, `/\`) && len(before) > 1 && before != "file" {
		host, path, parts = before[strings.LastIndexByte(before, '@')+1:], after, 0
	}
	all := strings.FieldsFunc(strings.TrimSuffix(strings.TrimSuffix(path, "/"), ".git"), func(r rune) bool { return r == '/' })
	if len(all) < 2 || len(all) < parts+1 {
		return "", ""
	}
	if parts > 0 {
		all = all[len(all)-parts:]
	}
	host = strings.ToLower(host)
	if !strings.Contains(host, ".") || host == "github.com" || strings.HasSuffix(host, ".github.com") {
		host = ""
	}
	return host, strings.Join(all, "/")
}

// checkout is the repository as the rest of the world knows it.
func (p *project) checkout(ctx context.Context) *envcheck.Repository {
	host, name := p.remote(ctx)
	out := &envcheck.Repository{Name: name, Host: host}
	if p.repo == nil {
		return out
	}
	out.Shallow = p.repo.Shallow()
	out.Removed = p.removed
	return out
}

// removed returns the commit that removed a directory of the repository.
func (p *project) removed(ctx context.Context, dir string) (envcheck.Removal, bool, error) {
	removed, err := p.repo.Removed(ctx, dir)
	return removalOf(removed, err)
}

// history is that of the repository; nil outside of git.
func (p *project) history() envcheck.History {
	if p.repo == nil {
		return nil
	}
	return nameHistory{p.repo}
}

// nameHistory tells which commits brought and removed names.
type nameHistory struct{ repo *git.Repo }

func (h nameHistory) LastNamed(ctx context.Context, name string) (envcheck.Removal, bool, error) {
	return removalOf(h.repo.LastNamed(ctx, name, "", []string{"**/.env*", "**/*.env", "**/*.md", "**/*.mdx"}))
}

func (h nameHistory) Brought(ctx context.Context, path, name string) (envcheck.Removal, bool, error) {
	return removalOf(h.repo.LastNamed(ctx, name, path, nil))
}

func removalOf(removed *git.Removal, err error) (envcheck.Removal, bool, error) {
	if err != nil {
		return envcheck.Removal{}, false, fmt.Errorf("git: %w", err)
	}
	if removed == nil {
		return envcheck.Removal{}, false, nil
	}
	return envcheck.Removal{Commit: removed.Commit, Author: removed.Author, At: removed.At}, true, nil
}
