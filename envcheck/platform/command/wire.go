package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/lazyregexp"
)

// Version is the version of the request and of the answer. It rises when a program
// that was right before would be wrong.
const Version = 1

// request is what a program reads.
type request struct {
	Version int          `json:"version"`
	Targets []wireTarget `json:"targets"`
}

// wireTarget is an app in one of the user's environments. Project, service, team
// and ref are the words of its platform block, ref those of its environment.
type wireTarget struct {
	App         string `json:"app"`
	Environment string `json:"environment"`
	Project     string `json:"project"`
	Service     string `json:"service"`
	Team        string `json:"team"`
	Ref         string `json:"ref"`
}

func encodeRequest(targets []envcheck.Target) []byte {
	r := request{Version: Version}
	for _, t := range targets {
		r.Targets = append(r.Targets, wireTarget{t.App, t.Environment, t.Project, t.Service, t.Team, t.Ref.Name})
	}
	text, _ := json.Marshal(r) // strings and a number always marshal
	return append(text, '\n')
}

// answer is what a program writes: one part for each target, in their order.
type answer struct {
	Version *int   `json:"version"`
	Targets []part `json:"targets"`
}

// part is either an error or a list.
type part struct {
	// Error is one of the words in failures, or no-environment.
	Error string `json:"error"`
	// Environments are those that there are, beside no-environment.
	Environments []string `json:"environments"`
	// Complete tells that the names are all there are.
	Complete *bool      `json:"complete"`
	Names    []wireName `json:"names"`
}

// wireName is a variable: its name alone, or an object.
type wireName struct {
	Name    string     `json:"name"`
	State   string     `json:"state"`
	Type    string     `json:"type"`
	Storage string     `json:"storage"`
	Updated *time.Time `json:"updated"`
	Shared  bool       `json:"shared"`
	Managed string     `json:"managed"`
}

func (n *wireName) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(text, []byte{'"'}) {
		return json.Unmarshal(text, &n.Name)
	}
	type plain wireName
	return strict(text, (*plain)(n))
}

// strict decodes one JSON value of known members, and nothing behind it.
func strict(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("text behind the value")
	}
	return nil
}

// refusal is why an answer is refused. Nothing of the answer is in it.
type refusal struct{ what, advice string }

const seeForm = `see "Any other platform: a command" in docs/platforms.md for its form`

// decodeAnswer reads an answer about n targets.
func decodeAnswer(text []byte, n int) ([]part, *refusal) {
	var a answer
	if err := strict(text, &a); err != nil {
		switch {
		case len(bytes.TrimSpace(text)) == 0:
			return nil, &refusal{"it is empty", seeForm}
		case holdsValue(text):
			return nil, &refusal{"it holds a member named value", "print names only; values are never asked for"}
		}
		return nil, &refusal{"it is not JSON of the form that is known", seeForm}
	}
	switch {
	case a.Version == nil || *a.Version != Version:
		return nil, &refusal{fmt.Sprintf("its version is not %d", Version), seeForm}
	case len(a.Targets) != n:
		return nil, &refusal{fmt.Sprintf("it is about %d targets, and %d were asked about", len(a.Targets), n), "answer each target, in the order of the request"}
	}
	for i := range a.Targets {
		if refused := a.Targets[i].check(); refused != nil {
			return nil, refused
		}
	}
	return a.Targets, nil
}

// holdsValue reports whether an answer that was refused has a member named value,
// in any case, at any depth.
func holdsValue(text []byte) bool {
	var tree any
	return json.Unmarshal(text, &tree) == nil && hasValue(tree)
}

func hasValue(tree any) bool {
	switch t := tree.(type) {
	case map[string]any:
		for name, member := range t {
			if strings.EqualFold(name, "value") || strings.EqualFold(name, "values") || hasValue(member) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(t, hasValue)
	}
	return false
}

// noEnvironment is the error word of an environment that does not exist.
const noEnvironment = "no-environment"

// failures are the other error words, with what they say.
var failures = map[string]problem{
	"no-project":  {cause: "says that there is no such project", advice: "correct project in the app's platform block"},
	"denied":      {cause: "says that it was not let in", advice: "give it what it needs to log in, as it would need by hand"},
	"unavailable": {cause: "says that the platform cannot be reached", advice: "run it again later", unreachable: true},
	"failed":      {cause: "says that it failed", advice: "run it by hand to see why: what it writes is not shown here"},
}

var (
	// nameForm is what can be the name of a variable. Whatever else stands in
	// its place may be a value, and is refused unseen.
	nameForm = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_.-]{0,199}$`)
	// wordForm is a word of a platform, as a type or an owner.
	wordForm = lazyregexp.New(`^[A-Za-z][A-Za-z0-9 _.-]{0,39}$`)
	// placeForm is the name of an environment.
	placeForm = lazyregexp.New(`^[A-Za-z0-9_@][A-Za-z0-9_@./: -]{0,99}$`)
)

var states = map[string]envtight.State{
	"": envtight.Set, "set": envtight.Set, "empty": envtight.Empty, "unreadable": envtight.Unreadable,
	"reference": envtight.Reference, "staged": envtight.Staged,
}

var storages = map[string]envcheck.Storage{
	"": envcheck.StorageUnknown, "clear": envcheck.StoredInClear, "readable": envcheck.StoredReadable, "sealed": envcheck.StoredSealed,
}

// check holds a part against what may stand in it, and sorts its names.
func (p *part) check() *refusal {
	if p.Error != "" {
		_, known := failures[p.Error]
		switch {
		case !known && p.Error != noEnvironment:
			return &refusal{"an error in it is no known word", "say no-environment, no-project, denied, unavailable or failed"}
		case len(p.Names) > 0 || p.Complete != nil && *p.Complete:
			return &refusal{"one of its targets has both an error and names", seeForm}
		case slices.ContainsFunc(p.Environments, func(name string) bool { return !placeForm().MatchString(name) }):
			return &refusal{"an environment in it has no name that may be shown", seeForm}
		}
		return nil
	}
	switch {
	case p.Complete == nil:
		return &refusal{"one of its targets does not say whether it is complete", `say "complete": true when the names are all there are`}
	case len(p.Environments) > 0:
		return &refusal{"environments stand beside something else than no-environment", seeForm}
	}
	for i := range p.Names {
		if refused := p.Names[i].check(); refused != nil {
			return refused
		}
	}
	slices.SortFunc(p.Names, func(a, b wireName) int { return strings.Compare(a.Name, b.Name) })
	for i := 1; i < len(p.Names); i++ {
		if p.Names[i].Name == p.Names[i-1].Name {
			return &refusal{"it holds one name twice for one target", "print each name once, as by sort -u"}
		}
	}
	return nil
}

func (n *wireName) check() *refusal {
	_, state := states[n.State]
	_, storage := storages[n.Storage]
	switch {
	case !nameForm().MatchString(n.Name):
		return &refusal{"something in it is no name of a variable", "print names only, without = and what follows"}
	case !state:
		return &refusal{"a state in it is not known", "say set, empty, unreadable, reference or staged"}
	case !storage:
		return &refusal{"a storage in it is not known", "say clear, readable or sealed"}
	case n.Type != "" && !wordForm().MatchString(n.Type), n.Managed != "" && !wordForm().MatchString(n.Managed):
		return &refusal{"a type or owner in it is no word", "say it in one short word, as kv or system"}
	}
	return nil
}

// fill turns a part into an answer.
func (p *part) fill(a *envcheck.Answer, program *Program) {
	failed := func(cause, advice string) {
		a.Incomplete = []envtight.Incompleteness{(&problem{cause: fmt.Sprintf("the program of %s %s", program.From, cause), advice: advice}).incomplete()}
	}
	if p.Error == noEnvironment {
		a.NoSuchEnvironment = true
		a.Environments = slices.Compact(slices.Sorted(slices.Values(p.Environments)))
		return
	}
	if said, ok := failures[p.Error]; ok {
		failed(said.cause, said.advice)
		a.Unreachable = said.unreachable
		return
	}
	for _, n := range p.Names {
		s := envcheck.Setting{
			Name: n.Name, State: states[n.State], Type: n.Type, Storage: storages[n.Storage], Shared: n.Shared, Managed: n.Managed,
		}
		if n.Updated != nil {
			s.Updated = *n.Updated
		}
		a.Settings = append(a.Settings, s)
	}
	if a.Complete = *p.Complete; !a.Complete {
		failed("says that its list is not complete", "give it the right to see all names")
	}
}
