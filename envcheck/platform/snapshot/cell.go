package snapshot

import (
	"cmp"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// Cell is one question and what a platform answered.
type Cell struct {
	// App and Environment are the user's words, Platform to Ref those of the
	// link: see [envcheck.Target]. Together they are the cell's key.
	App         string
	Environment string
	Platform    string
	Team        string
	Project     string
	Service     string
	Ref         envcheck.EnvironmentRef
	// Token names the variable that the token came from.
	Token string
	// Answer is what was said. Encoding leaves out of it values, whether they can
	// be read ([envcheck.Setting.Readable]), whether the platform could be reached,
	// and the locations and cells of what is incomplete: they belong to the
	// question.
	Answer envcheck.Answer
}

// NewCell returns the cell of a target that a platform was asked for.
func NewCell(platform string, t envcheck.Target, a envcheck.Answer) Cell {
	return Cell{
		App: t.App, Environment: t.Environment, Platform: platform,
		Team: t.Team, Project: t.Project, Service: t.Service, Ref: t.Ref,
		Token: t.Token.From, Answer: a,
	}
}

// Asks reports whether the target asks in the very words of the cell.
func (c *Cell) Asks(platform string, t envcheck.Target) bool {
	return c.App == t.App && c.Environment == t.Environment && c.Platform == platform &&
		c.Team == t.Team && c.Project == t.Project && c.Service == t.Service && c.Ref == t.Ref
}

// AnswerTo returns the answer with the target's location where something is
// incomplete. It shares the settings of the cell.
func (c *Cell) AnswerTo(t envcheck.Target) envcheck.Answer {
	a := c.Answer
	a.Incomplete = slices.Clone(a.Incomplete)
	for i := range a.Incomplete {
		a.Incomplete[i].Location = t.Location
	}
	return a
}

// compareCells orders cells by their keys.
func compareCells(a, b *Cell) int {
	return cmp.Or(
		cmp.Compare(a.App, b.App),
		cmp.Compare(a.Environment, b.Environment),
		cmp.Compare(a.Platform, b.Platform),
		cmp.Compare(a.Team, b.Team),
		cmp.Compare(a.Project, b.Project),
		cmp.Compare(a.Service, b.Service),
		cmp.Compare(a.Ref.Name, b.Ref.Name),
		cmp.Compare(a.Ref.Branch, b.Ref.Branch),
		cmp.Compare(a.Ref.Pull.Number, b.Ref.Pull.Number),
		cmp.Compare(a.Ref.Pull.Repository, b.Ref.Pull.Repository),
	)
}

// writable returns the cell as it can be written: sorted, without what the format
// cannot hold. What is left out of an answer is said in it, so that nobody takes
// it for absent.
func (c *Cell) writable(isName func(string) bool) *Cell {
	out := *c
	for _, word := range []*string{&out.App, &out.Environment, &out.Platform, &out.Team, &out.Project, &out.Service, &out.Ref.Name, &out.Ref.Branch, &out.Ref.Pull.Repository} {
		if !isWord(*word) {
			*word = ""
		}
	}
	a := &out.Answer
	a.Complete = a.Complete && !a.NoSuchEnvironment
	if !a.NoSuchEnvironment {
		a.Environments = nil
	}
	a.Environments = sortedNames(a.Environments, isWord)
	a.Provided = sortedNames(a.Provided, isWord)
	a.Project.Copies = sortedNames(a.Project.Copies, isWord)
	a.Project.NotCopied = sortedNames(a.Project.NotCopied, isName)
	a.Project.Branches = sortedBranches(a.Project.Branches, isName)
	odd := 0
	fits := func(s *envcheck.Setting) bool { return isName(s.Name) && s.State.IsSet() && s.State <= envtight.Staged }
	if !slices.IsSortedFunc(a.Settings, compareSettings) || !allSettings(a.Settings, fits) {
		a.Settings = slices.DeleteFunc(slices.Clone(a.Settings), func(s envcheck.Setting) bool { return !fits(&s) })
		odd = len(c.Answer.Settings) - len(a.Settings)
		slices.SortStableFunc(a.Settings, compareSettings)
	}
	a.Settings = firstOfEach(a.Settings)
	if odd > 0 {
		a.Complete = false
		a.Incomplete = append(slices.Clip(a.Incomplete), envtight.Incompleteness{
			Silence: envtight.Failed, Count: odd,
			Cause:  "variables whose names a snapshot cannot hold were left out of it",
			Advice: "look at the names on the platform: one holds an equals sign, or is longer than a name is",
		})
	}
	return &out
}

func compareSettings(a, b envcheck.Setting) int { return cmp.Compare(a.Name, b.Name) }

func allSettings(settings []envcheck.Setting, ok func(*envcheck.Setting) bool) bool {
	for i := range settings {
		if !ok(&settings[i]) {
			return false
		}
	}
	return true
}

// firstOfEach drops settings that repeat a name, from a sorted list.
func firstOfEach(settings []envcheck.Setting) []envcheck.Setting {
	for i := 1; i < len(settings); i++ {
		if settings[i].Name == settings[i-1].Name {
			return slices.CompactFunc(slices.Clone(settings), func(a, b envcheck.Setting) bool { return a.Name == b.Name })
		}
	}
	return settings
}

// sortedNames returns the names that can be written.
func sortedNames(names []string, keep func(string) bool) []string {
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !keep(n) })
	slices.Sort(names)
	return slices.Compact(names)
}

func sortedBranches(branches []envcheck.BranchSettings, isName func(string) bool) []envcheck.BranchSettings {
	branches = slices.DeleteFunc(slices.Clone(branches), func(b envcheck.BranchSettings) bool { return !isWord(b.Branch) })
	slices.SortStableFunc(branches, func(a, b envcheck.BranchSettings) int { return cmp.Compare(a.Branch, b.Branch) })
	for i := range branches {
		branches[i].Names = sortedNames(branches[i].Names, isName)
	}
	return branches
}
