package sourcetest

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

func testOrder(t *testing.T, s Suite) {
	src := s.fresh(t)
	if src.Platform() == "" {
		t.Error("the source has no platform name")
	}
	targets := s.targets(false)
	cells := slices.Clone(s.Cells)
	// Backwards, and the last one twice: equal targets are not joined.
	slices.Reverse(targets)
	slices.Reverse(cells)
	targets = append(targets, targets[len(targets)-1])
	cells = append(cells, cells[len(cells)-1])
	answers := fetch(s.context(t), t, src, targets)
	for i, a := range answers {
		checkWhole(t, a, targets[i], cells[i].Names)
		if a.Place.Platform != src.Platform() {
			t.Errorf("answer %d is of platform %q, want %q", i, a.Place.Platform, src.Platform())
		}
		if a.Place.Name != "" {
			t.Errorf("answer %d names a variable as its place", i)
		}
	}
}

// checkWhole checks an answer to which nothing stood in the way.
func checkWhole(t testing.TB, a envcheck.Answer, target envcheck.Target, want map[string]envtight.State) {
	t.Helper()
	where := target.App + " in " + target.Environment
	if !a.Complete {
		t.Errorf("%s: not complete", where)
	}
	for _, inc := range a.Incomplete {
		if inc.Silence == envtight.Failed {
			t.Errorf("%s: failed: %s", where, inc.Cause)
		}
	}
	got := map[string]envtight.State{}
	for i, setting := range a.Settings {
		if i > 0 && a.Settings[i-1].Name >= setting.Name {
			t.Errorf("%s: settings are not sorted and unique at %s", where, setting.Name)
		}
		if !setting.State.IsSet() {
			t.Errorf("%s: %s is a setting, but its state says %s", where, setting.Name, setting.State)
		}
		if setting.State == envtight.Unreadable && setting.Readable {
			t.Errorf("%s: %s is unreadable and readable", where, setting.Name)
		}
		if setting.State == envtight.Empty && setting.Readable && !setting.Value.IsEmpty() {
			t.Errorf("%s: %s is said to be empty and is not", where, setting.Name)
		}
		got[setting.Name] = setting.State
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: settings differ (-want +got):\n%s", where, diff)
	}
}

func testNoTargets(t *testing.T, s Suite) {
	if s.Offline {
		fetch(s.context(t), t, s.fresh(t), nil)
		return
	}
	api := serve(t, s.API(t))
	fetch(s.context(t), t, s.source(t, api), nil)
	if n := api.seen.Load(); n != 0 {
		t.Errorf("%d requests were sent for no targets", n)
	}
}

func testNames(t *testing.T, s Suite) {
	answers := fetch(s.context(t), t, s.fresh(t), s.targets(false))
	for i, a := range answers {
		for _, setting := range a.Settings {
			if setting.Readable || !setting.Value.IsEmpty() {
				t.Errorf("%s in %s: %s holds a value that nobody asked for", s.Cells[i].Target.App, s.Cells[i].Target.Environment, setting.Name)
			}
		}
	}
	NoValues(t, s.Values, answers)
}

func testValues(t *testing.T, s Suite) {
	targets := s.targets(true)
	answers := fetch(s.context(t), t, s.fresh(t), targets)
	readable := 0
	for i, a := range answers {
		want := s.Cells[i].WithValues
		if want == nil {
			want = s.Cells[i].Names
		}
		checkWhole(t, a, targets[i], want)
		for _, setting := range a.Settings {
			if setting.Readable && i == 0 {
				readable++
			}
			if !setting.Readable && !setting.Value.IsEmpty() {
				t.Errorf("%s holds a value and is not readable", setting.Name)
			}
		}
	}
	switch {
	case s.NamesOnly && readable > 0:
		t.Error("values were read, and the platform is said to give none")
	case !s.NamesOnly && readable == 0:
		t.Error("values were asked for and none was read in the first cell")
	}
	NoValues(t, s.Values, answers, targets)
}

// sameAnswer compares answers.
var sameAnswer = cmp.Options{cmpopts.EquateEmpty()}

func testDeterminism(t *testing.T, s Suite) {
	var first []envcheck.Answer
	for range 3 {
		answers := fetch(s.context(t), t, s.fresh(t), s.targets(true))
		if first == nil {
			first = answers
			continue
		}
		if diff := cmp.Diff(first, answers, sameAnswer); diff != "" {
			t.Fatalf("two fetches of one state differ (-first +later):\n%s", diff)
		}
	}
}

func testConcurrent(t *testing.T, s Suite) {
	src := s.fresh(t)
	ctx := s.context(t)
	want := fetch(ctx, t, src, s.targets(false))
	var wg sync.WaitGroup
	results := make([][]envcheck.Answer, 4)
	for i := range results {
		wg.Go(func() { results[i] = src.Fetch(ctx, s.targets(false)) })
	}
	wg.Wait()
	for i, got := range results {
		if diff := cmp.Diff(want, got, sameAnswer); diff != "" {
			t.Errorf("concurrent fetch %d differs (-want +got):\n%s", i, diff)
		}
	}
}

// checkFailed checks answers to a question that could not be answered: none is
// complete, and each says once why.
func (s Suite) checkFailed(t testing.TB, answers []envcheck.Answer) {
	t.Helper()
	for i, a := range answers {
		where := s.Cells[i%len(s.Cells)].Target.App + " in " + s.Cells[i%len(s.Cells)].Target.Environment
		if a.Complete {
			t.Errorf("%s: complete, so that every name would be reported as missing", where)
		}
		if a.NoSuchEnvironment {
			t.Errorf("%s: the environment is said not to exist", where)
		}
		failed := 0
		for _, inc := range a.Incomplete {
			if inc.Silence != envtight.Failed {
				continue
			}
			failed++
			if inc.Cause == "" || inc.Advice == "" {
				t.Errorf("%s: failed without a cause and advice: %q, %q", where, inc.Cause, inc.Advice)
			}
			if strings.ContainsAny(inc.Cause+inc.Advice, "\r\n\x1b") {
				t.Errorf("%s: the cause or advice is not one line", where)
			}
		}
		if failed != 1 {
			t.Errorf("%s: %d failed causes, want 1: %v", where, failed, causes(a))
		}
	}
	NoValues(t, s.Values, answers)
}

func causes(a envcheck.Answer) []string {
	var out []string
	for _, inc := range a.Incomplete {
		out = append(out, string(inc.Silence)+": "+inc.Cause)
	}
	return out
}
