package snapshot

import (
	"errors"
	"fmt"
	"strings"

	"github.com/envtight/envtight"
)

// changed is reported by whoever knows both revisions: see [ReportChange].
var changed = &envtight.Rule{
	ID: "config/snapshot-changed", Title: "A pull request brings another snapshot", Default: envtight.Warning, Since: "0.1",
	Doc: `A pull request changes the snapshot of platforms that its own check is answered from. Whoever writes it could
make a variable appear that no platform has, so the check is answered from the snapshot of the branch that the pull
request goes to, and the finding says what the new one would change. For a new snapshot that is an information: the
usual pull request of a nightly workflow. A file that cannot be read any more, as one with the marks of a merge, is a
warning: after the merge every check without tokens would fail.

The example writes the file of the branch that it goes to as ` + "`main:platforms.snapshot`" + `.`,
	Examples: []envtight.Example{{
		Title: "a new snapshot",
		Files: exampleBase + exampleHead + "  A set\n  C set\nend cells=1 variables=2\n",
		Want:  "platforms.snapshot: this change brings another snapshot: 1 variable appears (C), 1 goes (B)",
	}, {
		Title: "another time only",
		Files: exampleBase + exampleHead + "  A set\n  B set\nend cells=1 variables=2\n",
	}, {
		Title: "marks of a merge",
		Files: exampleBase + exampleHead + "  A set\n<<<<<<< HEAD\n  B set\n",
		Want:  "platforms.snapshot:8:1: the snapshot that this change brings cannot be read: a merge left its marks here",
	}},
}

const exampleBase = "-- main:platforms.snapshot --\nenvtight snapshot 1\ntool 0.1.0\ntaken 2026-11-24T03:00:00Z\nnames plain\n" +
	"cell api prod railway complete\nlink project=shop service=api environment=production\n  A set\n  B set\nend cells=1 variables=2\n"

const exampleHead = "-- platforms.snapshot --\nenvtight snapshot 1\ntool 0.1.0\ntaken 2026-11-25T03:00:00Z\nnames plain\n" +
	"cell api prod railway complete\nlink project=shop service=api environment=production\n"

// Rules returns the rules about snapshots, sorted by ID. The slice is the caller's
// own.
func Rules() []*envtight.Rule { return []*envtight.Rule{changed} }

// few is how many names a finding shows of each kind.
const few = 5

// ReportChange says how the snapshot at path, with the text head, differs from the
// one that counts, whose text is base. Nil texts are files that do not exist. It
// returns nothing when they say the same.
func ReportChange(path string, base, head []byte) []envtight.Diagnostic {
	d := envtight.Diagnostic{
		Rule: changed.ID, Severity: envtight.Info, Location: envtight.WholeFile(path),
		Advice: "nothing to do, if this is a new snapshot of a workflow; the one of the branch that it goes to counts until it is merged",
	}
	report := func(severity envtight.Severity, format string, args ...any) []envtight.Diagnostic {
		d.Severity, d.Message = severity, fmt.Sprintf(format, args...)
		return []envtight.Diagnostic{d}
	}
	if head == nil {
		if base == nil {
			return nil
		}
		return report(envtight.Info, "this change removes the snapshot")
	}
	now, err := Decode(path, head)
	if err != nil {
		problem := err.Error()
		if refused, ok := errors.AsType[*Error](err); ok {
			d.Location, d.Advice, problem = refused.Location(), refused.Advice, refused.Problem
		}
		return report(envtight.Warning, "the snapshot that this change brings cannot be read: %s", problem)
	}
	if base == nil {
		return report(envtight.Info, "this change brings the first snapshot: it counts once it is merged")
	}
	old, err := Decode(path, base)
	if err != nil {
		return report(envtight.Info, "this change brings another snapshot, in place of one that cannot be read")
	}
	diff, err := Compare(old, now)
	if err != nil {
		return report(envtight.Info, "this change brings a snapshot with other names: %v", err)
	}
	if what := diff.words(); what != "" {
		return report(envtight.Info, "this change brings another snapshot: %s", what)
	}
	return nil
}

// words says in few words what differs; empty when nothing does.
func (d *Diff) words() string {
	names := map[string][]string{}
	cells := map[string]int{}
	seen := map[string]bool{}
	for _, c := range d.Cells {
		cells[c.Cell]++
		for _, change := range c.Changes {
			if key := change.Kind + " " + change.Name; !seen[key] {
				seen[key] = true
				names[change.Kind] = append(names[change.Kind], change.Name)
			}
		}
	}
	var parts []string
	add := func(n int, one, many string, names []string) {
		if n == 0 {
			return
		}
		part := count(n, one, many)
		if len(names) > 0 && !d.Hidden {
			shown := strings.Join(names[:min(few, len(names))], ", ")
			if len(names) > few {
				shown += ", …"
			}
			part += " (" + shown + ")"
		}
		parts = append(parts, part)
	}
	for _, kind := range []struct{ kind, one, many, later string }{
		{Appeared, "variable appears", "variables appear", "appear"},
		{Gone, "variable goes", "variables go", "go"},
		{Changed, "variable changes", "variables change", "change"},
		{Updated, "variable was set anew", "variables were set anew", "were set anew"},
	} {
		one, many := kind.one, kind.many
		if len(parts) > 0 {
			one, many = strings.TrimPrefix(one, "variable "), kind.later
		}
		add(len(names[kind.kind]), one, many, names[kind.kind])
	}
	add(cells[Appeared], "app and environment is new in it", "apps and environments are new in it", nil)
	add(cells[Gone], "app and environment is no longer in it", "apps and environments are no longer in it", nil)
	return strings.Join(parts, ", ")
}
