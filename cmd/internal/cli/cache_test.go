package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
	"github.com/envtight/envtight/envcheck/platform/vercel/vercelfake"
)

const manyApps = 30

// many is a repository of thirty apps, half of them services of one Railway project,
// the others Vercel projects of their own, with its platforms.
type many struct {
	dir     string
	environ []string
	calls   atomic.Int64
	refuse  atomic.Bool // answer 429, for an hour
	// refuseOne answers one request with 429, for a second; early counts those
	// that come even so.
	refuseOne atomic.Bool
	until     atomic.Pointer[time.Time]
	early     atomic.Int64
}

func newMany(t testing.TB) *many {
	t.Helper()
	m := &many{dir: monorepo(t, manyApps, 1)}
	railway := railwayfake.State{
		Workspaces: []railwayfake.Workspace{{Name: "acme"}},
		Projects:   []railwayfake.Project{{Name: "shop", Workspace: "acme", Environments: []railwayfake.Environment{{Name: "production"}, {Name: "staging"}}}},
		Tokens:     []railwayfake.Token{{Text: "account", Kind: railwayfake.AccountToken}},
	}
	vercel := vercelfake.State{
		Teams:  []vercelfake.Team{{ID: "team_acme", Slug: "acme"}},
		Tokens: []vercelfake.Token{{Text: "account"}},
	}
	var config strings.Builder
	config.WriteString("version = 1\nenvironment \"dev\" {}\nenvironment \"prod\" {}\n")
	for i := range manyApps {
		name := fmt.Sprintf("app%02d", i)
		fmt.Fprintf(&config, "app %q {\n  path = \"apps/%s\"\n", name, name)
		if i%2 == 0 {
			shop := &railway.Projects[0]
			shop.Services = append(shop.Services, railwayfake.Service{Name: name})
			for e := range shop.Environments {
				shop.Environments[e].Variables = append(shop.Environments[e].Variables,
					railwayfake.Variable{Service: name, Name: "SERVICE_NUMBER_00_URL", Value: "x"})
			}
			fmt.Fprintf(&config, "  platform \"railway\" {\n    project = \"shop\"\n    service = %q\n    environments = { dev = \"staging\", prod = \"production\" }\n  }\n}\n", name)
			continue
		}
		vercel.Projects = append(vercel.Projects, vercelfake.Project{Name: name, Owner: "acme", Variables: []vercelfake.Variable{
			{Name: "SERVICE_NUMBER_00_URL", Value: "x", Targets: []string{"production"}},
		}})
		fmt.Fprintf(&config, "  platform \"vercel\" {\n    project = %q\n    team = \"acme\"\n    environments = { dev = \"preview\", prod = \"production\" }\n  }\n}\n", name)
	}
	writeFile(t, m.dir, configName, config.String())
	m.environ = []string{
		"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"ENVTIGHT_RAILWAY_URL=" + m.serve(t, railwayfake.New(railway)),
		"ENVTIGHT_VERCEL_URL=" + m.serve(t, vercelfake.New(vercel)),
		"ENVTIGHT_RAILWAY_TOKEN=account", "VERCEL_TOKEN=account",
	}
	m.newCache(t)
	return m
}

func (m *many) serve(t testing.TB, h http.Handler) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.calls.Add(1)
		if m.refuse.Load() {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		if m.refuseOne.CompareAndSwap(true, false) {
			until := time.Now().Add(time.Second)
			m.until.Store(&until)
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		if until := m.until.Load(); until != nil && time.Now().Before(*until) {
			m.early.Add(1)
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// newCache is what a pause of more than a minute is, or another machine.
func (m *many) newCache(t testing.TB) {
	home := t.TempDir()
	m.environ = append(m.environ, "HOME="+home, "LocalAppData="+home)
}

// ran is what came of one run.
type ran struct {
	code           int
	stdout, stderr string
	calls          int64 // since the run before
}

func (m *many) run(t testing.TB, dir string, args ...string) ran {
	t.Helper()
	var stdout, stderr bytes.Buffer
	before := m.calls.Load()
	code := Main(t.Context(), Env{Dir: filepath.Join(m.dir, dir), Environ: m.environ, Stdout: &stdout, Stderr: &stderr}, args)
	return ran{code, stdout.String(), stderr.String(), m.calls.Load() - before}
}

func appDir(i int) string { return fmt.Sprintf("apps/app%02d", i) }

// TestThirtyRunsAskOnce: thirty runs at once, each in the directory of its app, make
// the calls of one run over the whole repository.
func TestThirtyRunsAskOnce(t *testing.T) {
	m := newMany(t)
	// The kind of the token, workspaces, projects, one project, two environments;
	// for each Vercel project itself, its variables and the shared ones.
	const want = 6 + 3*manyApps/2
	if whole := m.run(t, ".", "env", "--no-cache"); whole.calls != want || whole.code != 1 {
		t.Fatalf("one run makes %d calls, want %d; exit code %d\n%s", whole.calls, want, whole.code, whole.stderr)
	}
	t.Run("in one process", func(t *testing.T) {
		m.newCache(t)
		before := m.calls.Load()
		var runs sync.WaitGroup
		for i := range manyApps {
			runs.Go(func() {
				if r := m.run(t, appDir(i), "env"); r.code != 1 || !strings.Contains(r.stdout, "SERVICE_NUMBER_01_URL") {
					t.Errorf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
				}
			})
		}
		runs.Wait()
		if calls := m.calls.Load() - before; calls != want {
			t.Errorf("%d calls, want %d", calls, want)
		}
	})
	t.Run("as processes", func(t *testing.T) {
		m.newCache(t)
		before := m.calls.Load()
		var runs sync.WaitGroup
		for i := range manyApps {
			runs.Go(func() {
				cmd := exec.CommandContext(t.Context(), "envtight", "env", "--format", "line")
				cmd.Dir, cmd.Env = filepath.Join(m.dir, appDir(i)), m.environ
				out, err := cmd.CombinedOutput()
				if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 1 {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
		runs.Wait()
		if calls := m.calls.Load() - before; calls != want {
			t.Errorf("%d calls, want %d", calls, want)
		}
	})
}

// TestSharedNamesChangeNothing: a report is the same, to the byte, whoever asked.
func TestSharedNamesChangeNothing(t *testing.T) {
	m := newMany(t)
	for _, args := range []string{"check --format json", "check --format text", "env --app app03 --format sarif", "matrix --format json"} {
		live := m.run(t, ".", append(strings.Fields(args), "--no-cache")...)
		first := m.run(t, ".", strings.Fields(args)...)
		shared := m.run(t, ".", strings.Fields(args)...)
		if live.calls == 0 || shared.calls != 0 {
			t.Errorf("%s: %d calls, then %d", args, live.calls, shared.calls)
		}
		if shared.stdout != live.stdout || first.stdout != live.stdout || shared.code != live.code || shared.stderr != live.stderr {
			t.Errorf("%s: the reports differ:\n%s\n%s", args, live.stdout, shared.stdout)
		}
	}
}

// TestWhoSharesNames: what takes names from another run, and what does not.
func TestWhoSharesNames(t *testing.T) {
	m := newMany(t)
	m.run(t, ".", "env")
	tests := map[string]struct {
		args   string
		change func(*Env)
		asks   bool
	}{
		"env":            {args: "env"},
		"check":          {args: "check -C apps/app01"},
		"matrix":         {args: "matrix --app app02"},
		"no cache":       {args: "check --no-cache", asks: true},
		"doctor":         {args: "doctor", asks: true},
		"init":           {args: "init --print", asks: true},
		"values":         {args: "env --values", asks: true},
		"another token":  {args: "env --app app00", change: func(e *Env) { e.Environ = append(e.Environ, "ENVTIGHT_RAILWAY_TOKEN=other") }, asks: true},
		"a terminal":     {args: "env", change: func(e *Env) { e.StdoutTTY = true }, asks: true},
		"terminal in CI": {args: "env", change: func(e *Env) { e.StdoutTTY, e.Environ = true, append(e.Environ, "CI=true") }},
		"turbo":          {args: "env", change: func(e *Env) { e.StdoutTTY, e.Environ = true, append(e.Environ, "TURBO_HASH=x") }},
		"no home":        {args: "env", change: func(e *Env) { e.Environ = append(e.Environ, "HOME=", "LocalAppData=") }, asks: true},
		"home within": {args: "env", change: func(e *Env) {
			e.Environ = append(e.Environ, "HOME="+filepath.Join(m.dir, "apps"), "LocalAppData="+m.dir)
		}, asks: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			e := Env{Dir: m.dir, Environ: append([]string(nil), m.environ...), Stdout: &stdout, Stderr: &stderr}
			if test.change != nil {
				test.change(&e)
			}
			before := m.calls.Load()
			Main(t.Context(), e, append(strings.Fields(test.args), "--verbose"))
			if calls := m.calls.Load() - before; (calls > 0) != test.asks {
				t.Errorf("%d calls", calls)
			}
			if said := strings.Contains(stderr.String(), "names come from a run just before"); said == test.asks {
				t.Errorf("where names come from is said: %v\n%s", said, stderr.String())
			}
		})
	}
	// Offline means that nothing is known of platforms, whatever others know.
	if r := m.run(t, ".", "env", "--offline", "--verbose"); r.calls != 0 || r.code != 0 ||
		!strings.Contains(r.stdout, "platforms were not asked") || strings.Contains(r.stderr, "names come from") {
		t.Errorf("offline: %d calls, exit code %d\n%s%s", r.calls, r.code, r.stdout, r.stderr)
	}
	for _, name := range []string{"apps/.cache", "apps/Library", "envtight"} {
		if _, err := os.Stat(filepath.Join(m.dir, name)); err == nil {
			t.Errorf("%s was written into the repository", name)
		}
	}
}

// TestALimitHoldsAllRuns: what one run was told, others of the token need not ask.
func TestALimitHoldsAllRuns(t *testing.T) {
	m := newMany(t)
	m.refuse.Store(true)
	first := m.run(t, appDir(1), "env")
	if first.calls != 1 || first.code != 3 || !strings.Contains(first.stdout, "rate limited until ") {
		t.Fatalf("%d calls, exit code %d\n%s", first.calls, first.code, first.stdout)
	}
	m.refuse.Store(false)
	if r := m.run(t, appDir(3), "env"); r.calls != 0 || r.code != 3 || !strings.Contains(r.stdout, "rate limited until ") {
		t.Errorf("another app's run: %d calls, exit code %d\n%s", r.calls, r.code, r.stdout)
	}
	if r := m.run(t, appDir(3), "env", "--no-cache"); r.calls == 0 || r.code != 1 {
		t.Errorf("without the cache: %d calls, exit code %d\n%s", r.calls, r.code, r.stdout)
	}
	if r := m.run(t, appDir(2), "env"); r.calls == 0 || r.code != 1 {
		t.Errorf("another platform: %d calls, exit code %d\n%s", r.calls, r.code, r.stdout)
	}
}

// TestALimitIsWaitedOutByAll: while one run waits, so do the others, and then one of
// them asks for all.
func TestALimitIsWaitedOutByAll(t *testing.T) {
	m := newMany(t)
	m.refuseOne.Store(true)
	var runs sync.WaitGroup
	for i := 0; i < manyApps; i += 2 { // those on Railway
		runs.Go(func() {
			if r := m.run(t, appDir(i), "env"); r.code != 1 {
				t.Errorf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
			}
		})
	}
	runs.Wait()
	if m.calls.Load() != 7 || m.early.Load() != 0 {
		t.Errorf("%d calls, want 6 and the one that was refused; %d came too early", m.calls.Load(), m.early.Load())
	}
}

func TestCacheDir(t *testing.T) {
	if filepath.Separator != '/' {
		t.Skip("the paths are those of Unix")
	}
	for _, test := range []struct{ goos, environ, want string }{
		{"linux", "HOME=/home/ada", "/home/ada/.cache/envtight"},
		{"linux", "HOME=/home/ada XDG_CACHE_HOME=/cache", "/cache/envtight"},
		{"linux", "HOME=/home/ada XDG_CACHE_HOME=cache", ""},
		{"linux", "", ""},
		{"darwin", "HOME=/Users/ada XDG_CACHE_HOME=/cache", "/Users/ada/Library/Caches/envtight"},
		{"darwin", "XDG_CACHE_HOME=/cache", ""},
		{"windows", "HOME=/home/ada LocalAppData=/local", "/local/envtight"},
		{"windows", "HOME=/home/ada LOCALAPPDATA=/local", "/local/envtight"},
		{"windows", "HOME=/home/ada", ""},
	} {
		e := Env{Environ: strings.Fields(test.environ)}
		if got, err := e.cacheDir(test.goos); got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s with %q: %q, %v, want %q", test.goos, test.environ, got, err, test.want)
		}
	}
}

func TestWithin(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	repository := filepath.Join(dir, "repository")
	writeFile(t, repository, "home/x", "")
	for path, want := range map[string]bool{
		filepath.Join(repository, "home", ".cache", "envtight"): true,
		filepath.Join(repository, "not", "there"):               true,
		repository:                   true,
		filepath.Join(dir, "other"):  false,
		filepath.Join(dir, "reposi"): false,
		dir:                          false,
	} {
		if got := within(repository, path); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
	if err := os.Symlink(filepath.Join(repository, "home"), filepath.Join(dir, "linked")); err == nil {
		if !within(repository, filepath.Join(dir, "linked", ".cache")) {
			t.Error("a link into the repository leads out of it")
		}
	}
}
