package envcheck

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/envtight/envtight"
)

const orphaned = "-- apps/web/.env.example --\nA=\n-- snapshot --\nremoved apps/old\ndeployed railway:shop/old apps/old production=2,staging=1\n" +
	"cell web prod railway:shop/web/production\n  A set\n"

// TestSurveyIsAskedOfWholeRepositories only, and of nobody who need not be asked.
func TestSurveyIsAskedOfWholeRepositories(t *testing.T) {
	const found = "railway:shop/old: no app is linked to this service, and what it builds, apps/old, was removed; 2 variables are still set there (production 2, staging 1)"
	gone := func(context.Context, string) (Removal, bool, error) { return Removal{At: time.Unix(0, 0)}, true, nil }
	for name, tt := range map[string]struct {
		files string
		o     Options
		want  string // the finding, or what is said of not asking
	}{
		"all":                {orphaned, Options{}, found},
		"some apps":          {orphaned, Options{Apps: []string{"web"}}, ""},
		"offline":            {orphaned, Options{Offline: true}, ""},
		"no remote":          {orphaned, Options{Repository: &Repository{Removed: gone}}, "not asked: what else is built"},
		"no git":             {orphaned, Options{Repository: &Repository{Name: "a/b"}}, "undecidable: projects or services"},
		"shallow":            {orphaned, Options{Repository: &Repository{Name: "a/b", Shallow: true, Removed: func(context.Context, string) (Removal, bool, error) { return Removal{}, false, nil }}}, "undecidable: projects or services"},
		"git fails":          {orphaned, Options{Repository: &Repository{Name: "a/b", Removed: func(context.Context, string) (Removal, bool, error) { return Removal{}, false, errors.New("x") }}}, "undecidable: projects or services"},
		"nobody answered":    {strings.Replace(orphaned, "production\n  A set", "production incomplete", 1), Options{}, ""},
		"seen with 2 tokens": {strings.Replace(orphaned, "deployed", "deployed railway:shop/old apps/old production=2,staging=1\ndeployed", 1), Options{}, found},
		"linked by id":       {strings.Replace(orphaned, "cell web prod", "cell web dev railway:shop/old/staging\n  A set\ncell web prod", 1), Options{}, ""},
		"odd directories":    {strings.ReplaceAll(orphaned, "apps/old", "../old"), Options{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := check(t, tt.files, tt.o)
			got := findings(r, orphanService.ID)
			for _, i := range r.Incomplete {
				if strings.Contains(i.Cause, "built from") {
					got += string(i.Silence) + ": " + i.Cause
				}
			}
			if !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if code := r.ExitCode(envtight.ExitOptions{}); code == envtight.ExitIncomplete && name != "nobody answered" {
				t.Errorf("exit code %d", code)
			}
		})
	}
}

// TestOrphanIsKnownAgain: two findings that name no variable and no app are told
// apart by their places.
func TestOrphanIsKnownAgain(t *testing.T) {
	two := strings.Replace(orphaned, "deployed", "deployed railway:shop/elder apps/old production\ndeployed", 1)
	prints := map[string]string{}
	for _, files := range []string{two, orphaned} {
		for _, d := range check(t, files, Options{}).Diagnostics {
			if d.Rule != orphanService.ID {
				continue
			}
			if before, ok := prints[d.Location.String()]; ok && before != d.Fingerprint {
				t.Errorf("%s has another fingerprint when it is alone", d.Location)
			}
			prints[d.Location.String()] = d.Fingerprint
		}
	}
	if len(prints) != 2 || prints["railway:shop/old"] == prints["railway:shop/elder"] {
		t.Errorf("fingerprints %v", prints)
	}
}

// TestRemovalHolds: whatever somebody is called, the line stays one line.
func TestRemovalHolds(t *testing.T) {
	for name, want := range map[string]string{
		"Ada":                     " by Ada",
		"Ada\n::error::\x1b[2J":   " by Ada::error::[2J",
		"\u202eadA":               " by adA",
		"":                        "",
		"\xff":                    "",
		strings.Repeat("é", 1000): " by " + strings.Repeat("é", 60),
	} {
		r := Removal{Commit: "1a2b3c", Author: name, At: time.Date(2026, 1, 5, 23, 0, 0, 0, time.FixedZone("", -7200))}
		if got := r.Related("apps/old").Message; got != "removed on 2026-01-06"+want {
			t.Errorf("%q: %q", name, got)
		}
	}
}
