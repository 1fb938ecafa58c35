// Package demo is a small monorepo with planted mistakes, and the platforms that
// it is deployed to, as fakes on loopback. Everything that judges it is the real
// thing.
package demo

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
	"github.com/envtight/envtight/envcheck/platform/vercel/vercelfake"
)

//go:embed monorepo.txtar
var monorepo []byte

// Write writes the monorepo below dir and makes its git history there, with fixed
// authors and dates, and with a made-up key that the second commit removes. environ is
// the environment for git, of which the user's own configuration of git is left out.
func Write(ctx context.Context, dir string, environ []string) error {
	for _, f := range txtar.Parse(monorepo).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("write the demo: %w", err)
		}
		text := bytes.ReplaceAll(f.Data, []byte("{{STRIPE}}"), []byte(madeUpKey()))
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return fmt.Errorf("write the demo: %w", err)
		}
	}
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main"},
		{"add", "--all"},
		{"commit", "--quiet", "--message=Begin the shop"},
		{"rm", "--quiet", "-r", "apps/admin"},
		{"commit", "--quiet", "--message=Give the admin pages up"},
		{"branch", "dev"},
		{"remote", "add", "origin", "https://github.com/acme/shop.git"},
	} {
		if err := git(ctx, dir, environ, args...); err != nil {
			return err
		}
	}
	return nil
}

// madeUpKey has the form of a secret key of Stripe. It is joined here, so that no file
// of this repository holds one.
func madeUpKey() string { return "sk" + "_live_" + "4eB7nQz2Xc9RkT5wLm8Yd3Hv" }

func git(ctx context.Context, dir string, environ []string, args ...string) error {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	cmd.Env = append(slices.Clone(environ),
		"HOME="+dir, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@shop.example", "GIT_AUTHOR_DATE=2026-01-05T09:00:00Z",
		"GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@shop.example", "GIT_COMMITTER_DATE=2026-01-05T09:00:00Z",
	)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("make the demo's history: git %s: %w: %s", args[0], err, bytes.TrimSpace(stderr.Bytes()))
	}
	return nil
}

// Platforms are the fakes, running. Environ is what a user would have to set.
type Platforms struct {
	Environ []string
	servers []*http.Server
}

// Start starts the fakes on free ports of the loopback interface.
func Start(ctx context.Context) (*Platforms, error) {
	p := &Platforms{}
	for _, fake := range []struct {
		variable string
		handler  http.Handler
	}{
		{"ENVTIGHT_RAILWAY_URL", railwayfake.New(railwayState())},
		{"ENVTIGHT_VERCEL_URL", vercelfake.New(vercelState())},
	} {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			p.Close()
			return nil, fmt.Errorf("start the demo's platforms: %w", err)
		}
		server := &http.Server{Handler: fake.handler, ReadHeaderTimeout: 10 * time.Second}
		p.servers = append(p.servers, server)
		p.Environ = append(p.Environ, fake.variable+"=http://"+listener.Addr().String())
		go func() { _ = server.Serve(listener) }()
	}
	p.Environ = append(p.Environ,
		"VERCEL_TOKEN="+vercelToken,
		"RAILWAY_TOKEN_DEV="+railwayToken("staging"),
		"RAILWAY_TOKEN_PROD="+railwayToken("production"),
	)
	return p, nil
}

// Close stops the fakes.
func (p *Platforms) Close() {
	for _, server := range p.servers {
		_ = server.Close()
	}
}
