package envcheck

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing/fstest"
	"time"

	"github.com/envtight/envtight"
	"golang.org/x/tools/txtar"
)

// snapshot is the section of that name of an example: the state of platforms as
// lines. See envtight.Example for the format.
type snapshot struct {
	configured bool
	local      bool
	tracked    []string
	branches   Branches
	links      []Link
	cells      []*snapshotCell
	policies   []Policy
	deployed   []Deployed
	counts     map[string]int // of variables, by project, service and environment
	removed    map[string]bool
}

type snapshotCell struct {
	app, environment string
	place            envtight.Place
	answer           Answer
	values           bool
	sealed           bool
}

// parseExample splits an example into the repository and the state of platforms.
func parseExample(files string) (fstest.MapFS, *snapshot, error) {
	fsys := fstest.MapFS{}
	s := &snapshot{}
	for _, f := range txtar.Parse([]byte(files)).Files {
		if f.Name != "snapshot" {
			fsys[f.Name] = &fstest.MapFile{Data: f.Data}
			continue
		}
		if err := s.parse(string(f.Data)); err != nil {
			return nil, nil, err
		}
	}
	s.link()
	return fsys, s, nil
}

func (s *snapshot) parse(text string) error {
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) == 0:
		case words[0] == "configured":
			s.configured = true
		case words[0] == "local":
			s.local = true
			for _, flag := range words[1:] {
				s.tracked = append(s.tracked, strings.TrimPrefix(flag, "tracked="))
			}
		case words[0] == "repository" && len(words) >= 3:
			s.branches = newBranches(words[1:])
		case words[0] == "removed" && len(words) == 2:
			if s.removed == nil {
				s.removed = map[string]bool{}
			}
			s.removed[words[1]] = true
		case words[0] == "deployed" && len(words) == 4:
			s.deploy(words[1:])
		case words[0] == "owned" && len(words) == 3:
			s.policies = append(s.policies, Policy{Name: words[1], OwnedBy: words[2]})
		case words[0] == "cell" && len(words) >= 4:
			s.cells = append(s.cells, newSnapshotCell(words[1:]))
		case len(s.cells) > 0 && len(words) >= 2:
			setting, err := newSetting(words)
			if err != nil {
				return err
			}
			last := s.cells[len(s.cells)-1]
			last.answer.Settings = append(last.answer.Settings, setting)
		default:
			return fmt.Errorf("cannot read the snapshot line %q", lines.Text())
		}
	}
	return nil
}

func newSnapshotCell(words []string) *snapshotCell {
	platform, rest, _ := strings.Cut(words[2], ":")
	parts := strings.Split(rest, "/")
	place := envtight.Place{Platform: platform, Project: parts[0], Environment: parts[len(parts)-1]}
	if len(parts) == 3 {
		place.Service = parts[1]
	}
	c := &snapshotCell{app: words[0], environment: words[1], place: place, answer: Answer{Place: place, Complete: true}}
	for _, flag := range words[3:] {
		key, value, _ := strings.Cut(flag, "=")
		switch key {
		case "incomplete":
			c.answer.Complete = false
		case "sealed":
			c.sealed = true
		case "deployed":
			c.answer.Project.Deployed = timeOf(value)
		case "values":
			c.values = true
		case "provides":
			c.answer.Provided = strings.Split(value, ",")
		case "root":
			c.answer.Project.RootDirectory, c.answer.Project.RootKnown = value, true
		case "repository":
			c.answer.Project.Repository = value
		case "copy-of":
			c.answer.Project.Ephemeral, c.answer.Project.CopyOf = true, value
		case "copies":
			c.answer.Project.Copies = strings.Split(value, ",")
		case "not-copied":
			c.answer.Project.NotCopied = strings.Split(value, ",")
		case "branch":
			c.answer.Project.Branches = append(c.answer.Project.Branches, newBranchSettings(value))
		case "no-such-environment":
			c.answer.NoSuchEnvironment, c.answer.Complete = true, false
			c.answer.Environments = strings.Split(value, ",")
		}
	}
	return c
}

// newBranches reads "acme/shop as-of=2026-03-01 main dev" or "acme/shop unknown".
func newBranches(words []string) Branches {
	b := Branches{Repository: words[0]}
	for _, word := range words[1:] {
		if day, ok := strings.CutPrefix(word, "as-of="); ok {
			b.AsOf, _ = time.Parse(time.DateOnly, day)
			continue
		}
		b.Names = append(b.Names, word)
	}
	slices.Sort(b.Names)
	if words[1] == "unknown" {
		b.Unknown, b.Advice = "this clone is shallow", "run: git fetch --unshallow"
	}
	return b
}

// newBranchSettings reads "feat/login:API_URL,AUTH_URL@2026-02-01".
func newBranchSettings(text string) BranchSettings {
	text, day, _ := strings.Cut(text, "@")
	branch, names, _ := strings.Cut(text, ":")
	b := BranchSettings{Branch: branch, Names: strings.Split(names, ",")}
	b.Updated, _ = time.Parse(time.DateOnly, day)
	return b
}

func newSetting(words []string) (Setting, error) {
	s := Setting{Name: words[0]}
	if err := s.State.UnmarshalText([]byte(words[1])); err != nil {
		return s, err
	}
	for _, flag := range words[2:] {
		key, value, _ := strings.Cut(flag, "=")
		switch key {
		case "managed":
			s.Managed = "integration"
		case "shared":
			s.Shared = true
		case "storage":
			s.Storage = map[string]Storage{"clear": StoredInClear, "readable": StoredReadable, "sealed": StoredSealed}[value]
		case "updated":
			s.Updated = timeOf(value)
		case "referenced":
			s.Referenced = true
		case "dangling":
			s.References = append(s.References, Reference{Text: value, Resolution: Dangling})
		}
	}
	return s, nil
}

// timeOf reads a time; one that cannot be read is not known.
func timeOf(text string) time.Time {
	at, _ := time.Parse(time.RFC3339, text)
	return at
}

// link makes one link for each app and service.
func (s *snapshot) link() {
	for _, c := range s.cells {
		i := slices.IndexFunc(s.links, func(l Link) bool {
			return l.App == c.app && l.Platform == c.place.Platform && l.Project == c.place.Project && l.Service == c.place.Service
		})
		if i < 0 {
			i = len(s.links)
			s.links = append(s.links, Link{
				App: c.app, Platform: c.place.Platform, Project: c.place.Project, Service: c.place.Service,
				Environments: map[string]EnvironmentRef{}, Guessed: !s.configured,
			})
		}
		ref := EnvironmentRef{Name: c.place.Environment}
		if ref.Pull.Number, _ = PullNumber(c.environment); ref.Pull.Number > 0 && c.place.Platform == "railway" {
			ref.Name = c.environment
		}
		s.links[i].Environments[c.environment] = ref
		s.links[i].Values = s.links[i].Values || c.values
		s.links[i].Sealed = s.links[i].Sealed || c.sealed
	}
}

func (s *snapshot) environments() []string {
	var names []string
	if s.local {
		names = append(names, LocalEnvironment)
	}
	for _, c := range s.cells {
		if !slices.Contains(names, c.environment) {
			names = append(names, c.environment)
		}
	}
	return names
}

func (s *snapshot) sources() []Source {
	var out []Source
	for _, c := range s.cells {
		if !slices.ContainsFunc(out, func(o Source) bool { return o.Platform() == c.place.Platform }) {
			out = append(out, snapshotSource{s, c.place.Platform})
		}
	}
	return out
}

// snapshotSource is one platform of a snapshot.
type snapshotSource struct {
	*snapshot
	platform string
}

func (s snapshotSource) Platform() string { return s.platform }

func (s snapshotSource) Fetch(_ context.Context, targets []Target) []Answer {
	answers := make([]Answer, len(targets))
	for i, target := range targets {
		if target.App == "" {
			answers[i] = s.count(target)
		}
		for _, c := range s.cells {
			if c.app == target.App && c.environment == target.Environment && c.place.Platform == s.platform &&
				c.place.Project == target.Project && c.place.Service == target.Service {
				answers[i] = c.answer
			}
		}
	}
	return answers
}

// deploy reads a place, a root directory and environments, as in
// "production=2,preview", with the number of variables that are set there.
func (s *snapshot) deploy(words []string) {
	platform, rest, _ := strings.Cut(words[0], ":")
	project, service, _ := strings.Cut(rest, "/")
	d := Deployed{
		Place: envtight.Place{Platform: platform, Project: project, Service: service},
		Facts: ProjectFacts{ID: "id of " + project, Name: project, RootDirectory: strings.Trim(words[1], "/"), RootKnown: true},
	}
	if service != "" {
		d.Facts.ServiceID = "id of " + service
	}
	if s.counts == nil {
		s.counts = map[string]int{}
	}
	for environment := range strings.SplitSeq(words[2], ",") {
		name, count, _ := strings.Cut(environment, "=")
		n, err := strconv.Atoi(count)
		if err != nil {
			n = 0
		}
		d.Environments = append(d.Environments, name)
		s.counts[d.Facts.ID+"/"+d.Facts.ServiceID+"/"+name] = n
	}
	s.deployed = append(s.deployed, d)
}

// count answers for what is no app's.
func (s *snapshot) count(t Target) Answer {
	n, known := s.counts[t.Project+"/"+t.Service+"/"+t.Ref.Name]
	a := Answer{Complete: known}
	for i := range n {
		a.Settings = append(a.Settings, Setting{Name: fmt.Sprintf("NAME_%d", i), State: envtight.Set})
	}
	return a
}

func (s snapshotSource) Survey(context.Context, Query) ([]Deployed, []envtight.Incompleteness) {
	return slices.DeleteFunc(slices.Clone(s.deployed), func(d Deployed) bool { return d.Place.Platform != s.platform }), nil
}
