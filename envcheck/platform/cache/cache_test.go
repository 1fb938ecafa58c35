package cache_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/cache"
)

// holder is the variable that makes this program hold a lock, in TestHolderDies.
const holder = "ENVTIGHT_TEST_HOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(holder); dir != "" {
		store, err := cache.Open(context.Background(), cache.Options{Dir: dir})
		if err == nil {
			_, err = store.Source(&platform{}, "host", nil).Lock(context.Background(), api("prod"))
		}
		fmt.Fprintln(os.Stdout, "locked", err)
		select {}
	}
	os.Exit(m.Run())
}

// platform answers every target with the same name, and counts.
type platform struct {
	calls, cells atomic.Int64
	answer       func(envcheck.Target) envcheck.Answer // nil: whole
	during       func()
}

func (*platform) Platform() string { return "railway" }

func (*platform) Group(t envcheck.Target) string { return t.Ref.Name }

func (*platform) SetCommand(envcheck.Target, string) string { return "set it" }

func (p *platform) Fetch(_ context.Context, targets []envcheck.Target) []envcheck.Answer {
	p.calls.Add(1)
	p.cells.Add(int64(len(targets)))
	if p.during != nil {
		p.during()
	}
	answers := make([]envcheck.Answer, len(targets))
	for i, t := range targets {
		answers[i] = whole(t)
		if p.answer != nil {
			answers[i] = p.answer(t)
		}
	}
	return answers
}

const value = "sk_canary_0123456789"

// whole is an answer in which everything is known. A value that a source gives
// unasked is not kept either.
func whole(t envcheck.Target) envcheck.Answer {
	return envcheck.Answer{Complete: true, Settings: []envcheck.Setting{{
		Name: "NAME_OF_" + strings.ToUpper(t.Service), State: envtight.Set,
		Value: envtight.NewSecret(value), Readable: true,
	}}}
}

func service(name, environment string) envcheck.Target {
	return envcheck.Target{
		App: name, Environment: "any", Project: "shop", Service: name,
		Ref:   envcheck.EnvironmentRef{Name: environment},
		Token: envcheck.Token{Secret: envtight.NewSecret("t0ken-of-the-team"), From: "RAILWAY_TOKEN"},
	}
}

func api(environment string) envcheck.Target { return service("api", environment) }

func open(t testing.TB, o cache.Options) *cache.Store {
	t.Helper()
	store, err := cache.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// noValues is how an answer looks that came through the store.
var noValues = cmp.Options{cmpopts.IgnoreFields(envcheck.Setting{}, "Value", "Readable")}

// ask fetches and fails the test for an answer that is not the platform's.
func ask(t testing.TB, s envcheck.Source, targets ...envcheck.Target) {
	t.Helper()
	for i, a := range s.Fetch(t.Context(), targets) {
		if diff := cmp.Diff(whole(targets[i]), a, noValues); diff != "" {
			t.Errorf("%s in %s (-want +got):\n%s", targets[i].Service, targets[i].Ref.Name, diff)
		}
	}
}

// TestOneAsks: thirty runs at once, each for an app of its own, are one call, which
// asks for the apps of all.
func TestOneAsks(t *testing.T) {
	dir := t.TempDir()
	p := &platform{}
	var siblings []envcheck.Target
	for i := range 30 {
		siblings = append(siblings, service(fmt.Sprintf("app%02d", i), "prod"), service(fmt.Sprintf("app%02d", i), "dev"))
	}
	siblings = append(siblings, service("elsewhere", "other"))
	var runs sync.WaitGroup
	for i := range 30 {
		runs.Go(func() {
			s := open(t, cache.Options{Dir: dir}).Source(p, "host", siblings)
			ask(t, s, siblings[2*i], siblings[2*i+1])
		})
	}
	runs.Wait()
	if p.calls.Load() != 1 || p.cells.Load() != 60 {
		t.Errorf("%d calls for %d cells, want 1 for 60", p.calls.Load(), p.cells.Load())
	}
}

// TestShared says what is an answer for a second run, and what is asked again.
func TestShared(t *testing.T) {
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	otherToken := func(x *envcheck.Target) { x.Token.Secret = envtight.NewSecret("t0ken-of-another") }
	tests := map[string]struct {
		host    string
		target  func(*envcheck.Target)
		options func(*cache.Options)
		after   time.Duration
		between func(file string) error
		again   bool
	}{
		"at once":                      {},
		"after a minute":               {after: time.Minute},
		"later":                        {after: time.Minute + time.Second, again: true},
		"from the future":              {after: -time.Second, again: true},
		"of another app of the user's": {target: func(x *envcheck.Target) { x.App, x.Environment = "x", "y" }},
		"another token":                {target: otherToken, again: true},
		"a token of another variable":  {target: func(x *envcheck.Target) { x.Token.From = "RAILWAY_API_TOKEN" }, again: true},
		"another host":                 {host: "other", again: true},
		"another project":              {target: func(x *envcheck.Target) { x.Project = "other" }, again: true},
		"another team":                 {target: func(x *envcheck.Target) { x.Team = "other" }, again: true},
		"another service":              {target: func(x *envcheck.Target) { x.Service = "web" }, again: true},
		"another environment":          {target: func(x *envcheck.Target) { x.Ref.Name = "dev" }, again: true},
		"another branch":               {target: func(x *envcheck.Target) { x.Ref.Branch = "dev" }, again: true},
		"a pull request":               {target: func(x *envcheck.Target) { x.Ref.Pull.Number = 1 }, again: true},
		"with values":                  {target: func(x *envcheck.Target) { x.Values = true }, again: true},
		"another version":              {options: func(o *cache.Options) { o.Version = "2" }, again: true},
		"a run that began later":       {options: func(o *cache.Options) { o.Since = start.Add(time.Second) }, after: 2 * time.Second, again: true},
		"a run that began before":      {options: func(o *cache.Options) { o.Since = start }, after: 2 * time.Second},
		"another user's file": {options: func(o *cache.Options) {
			*o = cache.Owned(*o, func(i fs.FileInfo) bool { return i.IsDir() || i.Size() == 32 })
		}, again: true},
		"another user's key": {options: func(o *cache.Options) {
			*o = cache.Owned(*o, func(i fs.FileInfo) bool { return i.IsDir() || i.Size() != 32 })
		}, again: true},
		"a file that others may write": {between: func(file string) error { return os.Chmod(file, 0o620) }, again: true},
		"a file that others may read":  {between: func(file string) error { return os.Chmod(file, 0o604) }, again: true},
		"a file that is gone":          {between: os.Remove, again: true},
		"a file that broke off":        {between: func(file string) error { return edit(file, func(b []byte) []byte { return b[:len(b)-1] }) }, again: true},
		"a file that broke off at a line": {between: func(file string) error {
			return edit(file, func(b []byte) []byte { return b[:bytes.LastIndexByte(b[:len(b)-1], '\n')+1] })
		}, again: true},
		"an empty file": {between: func(file string) error { return edit(file, func([]byte) []byte { return nil }) }, again: true},
		"a changed file": {between: func(file string) error {
			return edit(file, func(b []byte) []byte { return bytes.Replace(b, []byte("NAME_OF"), []byte("name_OF"), 1) })
		}, again: true},
		"a foreign file": {between: func(file string) error { return edit(file, func([]byte) []byte { return []byte("{}") }) }, again: true},
		"a link":         {between: makeLink, again: true},
		"a directory":    {between: func(file string) error { return errors.Join(os.Remove(file), os.Mkdir(file, 0o700)) }, again: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			now := start
			o := cache.Options{Dir: filepath.Join(t.TempDir(), "cache"), Version: "1", Now: func() time.Time { return now }}
			p := &platform{}
			first := open(t, o).Source(p, "host", nil)
			ask(t, first, api("prod"))
			if test.between != nil {
				if runtime.GOOS == "windows" && strings.Contains(name, "others may") {
					t.Skip("there are no such permissions")
				}
				if err := test.between(first.File(api("prod"))); err != nil {
					t.Skip(err)
				}
			}
			if test.options != nil {
				test.options(&o)
			}
			now = now.Add(test.after)
			target := api("prod")
			if test.target != nil {
				test.target(&target)
			}
			host := test.host
			if host == "" {
				host = "host"
			}
			ask(t, open(t, o).Source(p, host, nil), target)
			if want := map[bool]int64{false: 1, true: 2}[test.again]; p.calls.Load() != want {
				t.Errorf("%d calls, want %d", p.calls.Load(), want)
			}
			// What was not taken is replaced, not stumbled over again.
			if name == "a directory" || test.options != nil || target.Values {
				return
			}
			ask(t, open(t, o).Source(p, host, nil), target)
			if want := map[bool]int64{false: 1, true: 2}[test.again]; p.calls.Load() != want {
				t.Errorf("%d calls in the end, want %d", p.calls.Load(), want)
			}
		})
	}
}

func edit(file string, change func([]byte) []byte) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, change(text), 0o600)
}

func makeLink(file string) error {
	return errors.Join(os.Rename(file, file+"-moved"), os.Symlink(file+"-moved", file))
}

// TestNotKept: an answer that is not whole is for the run that got it.
func TestNotKept(t *testing.T) {
	failed := []envtight.Incompleteness{{Silence: envtight.Failed, Cause: "railway: down"}}
	tests := map[string]struct {
		answer envcheck.Answer
		kept   bool
	}{
		"whole":               {whole(api("prod")), true},
		"no such environment": {envcheck.Answer{NoSuchEnvironment: true, Environments: []string{"dev"}}, true},
		"failed":              {envcheck.Answer{Incomplete: failed}, false},
		"half":                {envcheck.Answer{Settings: whole(api("prod")).Settings, Incomplete: failed}, false},
		"whole but for values": {envcheck.Answer{
			Complete: true, Incomplete: []envtight.Incompleteness{{Silence: envtight.Undecidable, Cause: "x"}},
		}, false},
		"nothing said": {envcheck.Answer{}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o := cache.Options{Dir: t.TempDir()}
			p := &platform{answer: func(envcheck.Target) envcheck.Answer { return test.answer }}
			for range 2 {
				got := open(t, o).Source(p, "host", nil).Fetch(t.Context(), []envcheck.Target{api("prod")})
				if diff := cmp.Diff([]envcheck.Answer{test.answer}, got, noValues); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			}
			if kept := p.calls.Load() == 1; kept != test.kept {
				t.Errorf("kept: %v, want %v", kept, test.kept)
			}
		})
	}
}

// TestAFailureIsNotWaitedForInTurn: whoever waited for a run that got no answer asks
// for itself, beside all others that waited.
func TestAFailureIsNotWaitedForInTurn(t *testing.T) {
	const waiting = 8
	dir := t.TempDir()
	var together, most atomic.Int64
	began, release, all := make(chan struct{}), make(chan struct{}), make(chan struct{})
	p := &platform{answer: func(envcheck.Target) envcheck.Answer { return envcheck.Answer{} }}
	p.during = func() {
		if p.calls.Load() == 1 {
			close(began)
			<-release
			return
		}
		if n := together.Add(1); n == waiting {
			most.Store(n)
			close(all)
		}
		select {
		case <-all: // all of them are asking now
		case <-time.After(30 * time.Second):
		}
	}
	run := func(began func()) {
		s := open(t, cache.Options{Dir: dir, Now: func() time.Time { began(); return time.Now() }}).Source(p, "host", nil)
		s.Fetch(t.Context(), []envcheck.Target{api("prod")})
	}
	var runs sync.WaitGroup
	runs.Go(func() { run(func() {}) })
	<-began
	var started sync.WaitGroup
	started.Add(waiting)
	for range waiting {
		runs.Go(func() { run(sync.OnceFunc(started.Done)) })
	}
	started.Wait()
	close(release)
	runs.Wait()
	if most.Load() != waiting {
		t.Errorf("%d runs asked in the end, and not all %d at once", together.Load(), waiting)
	}
}

// TestHolderDies: a run that was killed while it asked holds nobody up.
func TestHolderDies(t *testing.T) {
	dir := t.TempDir()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), holder+"="+dir)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || line != "locked <nil>\n" {
		t.Fatalf("%q, %v", line, err)
	}
	p := &platform{}
	s := open(t, cache.Options{Dir: dir}).Source(p, "host", nil)

	// While it lives, a run waits for half of its own time, then asks.
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	s.Fetch(ctx, []envcheck.Target{api("prod")})
	if p.calls.Load() != 1 || ctx.Err() != nil {
		t.Errorf("%d calls, %v", p.calls.Load(), ctx.Err())
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	unlock, err := s.Lock(t.Context(), api("prod"))
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}

// TestAnEndedRunDoesNotWait: after an interrupt the source behind says so.
func TestAnEndedRunDoesNotWait(t *testing.T) {
	p := &platform{}
	o := cache.Options{Dir: t.TempDir()}
	s := open(t, o).Source(p, "host", nil)
	unlock, err := s.Lock(t.Context(), api("prod"))
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	open(t, o).Source(p, "host", nil).Fetch(ctx, []envcheck.Target{api("prod")})
	if p.calls.Load() != 1 {
		t.Errorf("%d calls", p.calls.Load())
	}
}

// TestNoDirectory says why there is no store.
func TestNoDirectory(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such permissions")
	}
	parent := t.TempDir()
	for name, prepare := range map[string]func(dir string) error{
		"a file":               func(dir string) error { return os.WriteFile(dir, nil, 0o600) },
		"a link":               func(dir string) error { return errors.Join(os.Mkdir(dir+"-real", 0o700), os.Symlink(dir+"-real", dir)) },
		"open to all":          func(dir string) error { return errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, 0o777)) },
		"somebody else's":      func(dir string) error { return os.Mkdir(dir, 0o700) },
		"below what is a file": func(dir string) error { return os.WriteFile(filepath.Dir(dir), nil, 0o600) },
	} {
		dir := filepath.Join(parent, strings.ReplaceAll(name, " ", "-"))
		if name == "below what is a file" {
			dir = filepath.Join(dir, "below")
		}
		if err := prepare(dir); err != nil {
			t.Fatal(err)
		}
		o := cache.Options{Dir: dir}
		if name == "somebody else's" {
			o = cache.Owned(o, func(fs.FileInfo) bool { return false })
		}
		if _, err := cache.Open(t.Context(), o); err == nil || strings.Contains(err.Error(), parent) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFiles: what is written is the user's own and tells nothing that is not in the
// answers: no value, no token, and nothing by the names of files.
func TestFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "cache")
	store := open(t, cache.Options{Dir: dir})
	withValues := api("dev")
	withValues.Values = true
	ask(t, store.Source(&platform{}, "host.example", []envcheck.Target{service("web", "prod")}), api("prod"), withValues)
	store.Hold("host.example", withValues.Token.Secret, time.Now().Add(time.Minute))
	files := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if entry.IsDir() {
			want = 0o700
		}
		if runtime.GOOS != "windows" && info.Mode().Perm() != want {
			t.Errorf("%s has mode %o", path, info.Mode().Perm())
		}
		if entry.IsDir() {
			return nil
		}
		files++
		text, err := os.ReadFile(path)
		for _, secret := range []string{value, "t0ken", "RAILWAY", "host.example"} {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s holds %s", path, secret)
			}
		}
		for _, told := range []string{"shop", "api", "prod", "railway", "host"} {
			if strings.Contains(entry.Name(), told) {
				t.Errorf("a file is called %s", entry.Name())
			}
		}
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("%d files, %v", files, err)
	}
}

// TestSweep: what nobody needs goes, and nothing else.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	o := cache.Options{Dir: dir}
	p := &platform{}
	s := open(t, o).Source(p, "host", nil)
	ask(t, s, api("prod"), api("dev"))
	old := time.Now().Add(-3 * time.Hour)
	foreign := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(foreign, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	gone, kept := []string{s.File(api("prod")), s.File(api("prod")) + ".lock", filepath.Join(dir, "new-1")},
		[]string{s.File(api("dev")), filepath.Join(dir, "key"), foreign}
	if err := os.WriteFile(gone[2], nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range append(slices.Clone(gone), kept[1:]...) {
		if err := os.Chtimes(file, old, old); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(filepath.Join(dir, "swept"), old, old); err != nil {
		t.Fatal(err)
	}
	ask(t, s, api("another"))
	for _, file := range gone {
		if _, err := os.Lstat(file); err == nil {
			t.Errorf("%s is still there", filepath.Base(file))
		}
	}
	for _, file := range kept {
		if _, err := os.Lstat(file); err != nil {
			t.Errorf("%s is gone", filepath.Base(file))
		}
	}
}

// TestItIsSaid: --verbose tells where names came from.
func TestItIsSaid(t *testing.T) {
	var log bytes.Buffer
	o := cache.Options{Dir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	p := &platform{}
	ask(t, open(t, o).Source(p, "host", nil), api("prod"))
	if log.Len() > 0 {
		t.Errorf("said: %s", log.String())
	}
	ask(t, open(t, o).Source(p, "host", nil), api("prod"))
	if !strings.Contains(log.String(), `msg="names come from a run just before" platform=railway cells=1 age=0s`) {
		t.Errorf("said: %s", log.String())
	}
}

func TestOptionalInterfaces(t *testing.T) {
	s := open(t, cache.Options{Dir: t.TempDir()}).Source(&platform{}, "host", nil)
	if _, ok := envcheck.As[envcheck.Adviser](s); !ok {
		t.Error("the adviser is lost")
	}
}

func TestHolds(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	o := cache.Options{Dir: t.TempDir(), Now: func() time.Time { return now }}
	token, other := envtight.NewSecret("t0ken"), envtight.NewSecret("other")
	one, two := open(t, o), open(t, o)
	check := func(host string, token envtight.Secret, want time.Duration) {
		t.Helper()
		got := two.Until(host, token)
		if want == 0 && !got.IsZero() || want != 0 && !got.Equal(now.Add(want)) {
			t.Errorf("until %v, want %v from %v", got, want, now)
		}
	}
	check("host", token, 0)
	one.Hold("host", token, now.Add(30*time.Second))
	check("host", token, 30*time.Second)
	check("host", other, 0)
	check("elsewhere", token, 0)
	one.Hold("host", token, now.Add(10*time.Second)) // an earlier one changes nothing
	check("host", token, 30*time.Second)
	one.Hold("host", token, now.Add(1000*time.Hour)) // nobody is kept out for long
	check("host", token, time.Hour)
	now = now.Add(-time.Minute) // the clock was set back
	check("host", token, 0)
}
