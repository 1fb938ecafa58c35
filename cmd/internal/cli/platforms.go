package cli

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/platform"
	"github.com/envtight/envtight/envcheck/platform/cache"
	"github.com/envtight/envtight/envcheck/platform/command"
	"github.com/envtight/envtight/envcheck/platform/envfile"
	"github.com/envtight/envtight/envcheck/platform/github"
	"github.com/envtight/envtight/envcheck/platform/railway"
	"github.com/envtight/envtight/envcheck/platform/vercel"
	"github.com/envtight/envtight/internal/httpclient"
)

// host is a platform that the command can ask.
type host struct {
	name string
	// baseURL is the variable that names another API than the published one;
	// empty for those that have none.
	baseURL string
	open    func(opening) (envcheck.Source, error)
}

// opening is what platforms are opened with.
type opening struct {
	platform.Options
	project  *project
	programs []command.Program
	environ  []string
}

// platforms is the table of all platforms.
var platforms = []host{
	{command.Platform, "", func(o opening) (envcheck.Source, error) {
		return command.New(command.Options{Programs: o.programs, Dir: o.project.root, Environ: o.environ}), nil
	}},
	{envfile.Platform, "", func(o opening) (envcheck.Source, error) { return envfile.New(o.project.fsys), nil }},
	{"github", "ENVTIGHT_GITHUB_URL", func(o opening) (envcheck.Source, error) { return github.New(o.Options) }},
	{"railway", "ENVTIGHT_RAILWAY_URL", func(o opening) (envcheck.Source, error) { return railway.New(o.Options) }},
	{"vercel", "ENVTIGHT_VERCEL_URL", func(o opening) (envcheck.Source, error) { return vercel.New(o.Options) }},
}

func platformNames() []string {
	var names []string
	for _, p := range platforms {
		names = append(names, p.name)
	}
	return names
}

func loaderNames() []string {
	var names []string
	for _, d := range dotenv.Dialects() {
		names = append(names, d.String())
	}
	return names
}

// sources opens all platforms. Nothing is connected or started until one is asked.
// With a store, the limits that platforms set are shared through it; nil: with
// nobody.
func (a *app) sources(p *project, store *cache.Store) ([]envcheck.Source, error) {
	programs, err := a.programs()
	if err != nil {
		return nil, err
	}
	o := opening{project: p, programs: programs, environ: a.env.Environ}
	o.UserAgent, o.DialContext, o.Proxy, o.Logger = "envtight/"+version().Version, a.env.Dial, a.proxy(), a.logger()
	o.Sleep = a.env.Sleep
	if a.flags.offline {
		o.DialContext = httpclient.OfflineDial
	}
	if store != nil {
		o.Holds = store
	}
	var out []envcheck.Source
	for _, p := range platforms {
		o.BaseURL = a.env.getenv(p.baseURL)
		source, err := p.open(o)
		if err != nil {
			return nil, usage("%s: %w", p.baseURL, err)
		}
		out = append(out, source)
	}
	return out, nil
}

// commandVariable names programs for the platform "command", one a line.
const commandVariable = "ENVTIGHT_COMMAND"

// programs are those that flags and the environment name, flags first; one that is
// for certain projects comes before one for all.
func (a *app) programs() ([]command.Program, error) {
	var out []command.Program
	add := func(text, from string) error {
		p, err := command.Parse(text, from)
		if err != nil {
			return usage("%s: %w", from, err)
		}
		if slices.ContainsFunc(out, func(other command.Program) bool { return other.From == from && other.Project == p.Project }) {
			return usage("%s: two programs are named for the same project", from)
		}
		out = append(out, p)
		return nil
	}
	for _, text := range a.flags.programs {
		if err := add(text, "--source-command"); err != nil {
			return nil, err
		}
	}
	for line := range strings.Lines(a.env.getenv(commandVariable)) {
		if strings.TrimSpace(line) != "" {
			if err := add(line, commandVariable); err != nil {
				return nil, err
			}
		}
	}
	slices.SortStableFunc(out, func(a, b command.Program) int {
		switch {
		case (a.Project == "") == (b.Project == ""):
			return 0
		case a.Project == "":
			return 1
		default:
			return -1
		}
	})
	return out, nil
}

// proxy chooses proxies by the process's environment, as HTTPS_PROXY.
func (a *app) proxy() func(*http.Request) (*url.URL, error) {
	first := func(names ...string) string {
		for _, name := range names {
			if value := a.env.getenv(name); value != "" {
				return value
			}
		}
		return ""
	}
	choose := (&httpproxy.Config{
		HTTPProxy:  first("HTTP_PROXY", "http_proxy"),
		HTTPSProxy: first("HTTPS_PROXY", "https_proxy"),
		NoProxy:    first("NO_PROXY", "no_proxy"),
		CGI:        a.env.getenv("REQUEST_METHOD") != "",
	}).ProxyFunc()
	return func(r *http.Request) (*url.URL, error) {
		proxy, err := choose(r.URL)
		if err != nil {
			return nil, errors.New("the proxy variable of the environment is no address")
		}
		return proxy, nil
	}
}

// logger writes what is asked of platforms to stderr, under --verbose.
func (a *app) logger() *slog.Logger {
	if !a.flags.verbose {
		return nil
	}
	return slog.New(slog.NewTextHandler(a.env.Stderr, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, attr slog.Attr) slog.Attr {
			if attr.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return attr
		},
	}))
}

// token finds the token for a link in an environment.
func (a *app) token(link envcheck.Link, environment string) (envcheck.Token, bool) {
	for _, name := range envcheck.TokenNames(link, environment) {
		if value := strings.TrimSpace(a.env.getenv(name)); value != "" {
			return envcheck.Token{Secret: envtight.NewSecret(value), From: name}, true
		}
	}
	return envcheck.Token{}, false
}

// links are those of the configuration, and for apps that it links to nothing
// those that link files in the tree give.
func (p *project) links(a *app) []envcheck.Link {
	links := p.config.Links()
	for i := range links {
		links[i].App = p.appName(links[i].App)
	}
	for _, w := range p.workspace.Apps {
		if slices.ContainsFunc(links, func(l envcheck.Link) bool { return l.App == w.Name }) {
			continue
		}
		for _, found := range w.Links {
			if found.Project == "" {
				continue
			}
			links = append(links, envcheck.Link{
				App: w.Name, Platform: found.Platform, Team: found.Org, Project: found.Project,
				Guessed: true, Location: envtight.WholeFile(found.Path),
			})
		}
	}
	for i := range links {
		links[i].Values = links[i].Values || a.flags.values
	}
	return p.config.Conventional(links)
}

// appName is the workspace's name for an app of the configuration.
func (p *project) appName(name string) string {
	for _, c := range p.config.Apps {
		if c.Name == name && c.Path != "" {
			name = c.Path
		}
	}
	if found := p.workspace.App(name); found != nil {
		return found.Name
	}
	return name
}
