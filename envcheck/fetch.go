package envcheck

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/envtight/envtight"
)

// cell is one app in one environment on one platform, and what the platform
// said.
type cell struct {
	app         *app
	environment string
	order       int // of the environment
	link        *Link
	target      Target
	answer      Answer
	asked       bool
	settings    map[string]*Setting
}

func (c *cell) answered() bool {
	return c.asked && (c.answer.Complete || len(c.answer.Settings) > 0)
}

// ref is the cell as findings name it.
func (c *cell) ref() envtight.Cell {
	return envtight.Cell{App: c.app.name, Environment: c.environment, Place: c.place("")}
}

// place is the platform's own name for the cell, or the link's words when the
// platform said nothing.
func (c *cell) place(name string) envtight.Place {
	p := c.answer.Place
	if p.Platform == "" {
		p = envtight.Place{Platform: c.link.Platform, Project: c.link.Project, Service: c.link.Service, Environment: c.target.Ref.Name}
	}
	p.Name = name
	return p
}

// fetch asks all platforms for all cells at once.
func (c *Check) fetch(ctx context.Context, apps []*app, pass *envtight.Pass) []*cell {
	cells := c.cells(apps)
	bySource := map[string][]*cell{}
	for _, cell := range cells {
		if c.ask(cell, pass) {
			bySource[cell.link.Platform] = append(bySource[cell.link.Platform], cell)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, c.options.Deadline)
	defer cancel()
	var wait sync.WaitGroup
	for _, source := range c.options.Sources {
		asked := bySource[source.Platform()]
		delete(bySource, source.Platform()) // the first source of a platform answers
		if len(asked) > 0 {
			wait.Go(func() { fetchFrom(ctx, source, asked) })
		}
	}
	wait.Wait()
	for _, cell := range cells {
		cell.index()
		cell.explain()
		for _, incomplete := range cell.answer.Incomplete {
			incomplete.Cells = []envtight.Cell{cell.ref()}
			if cell.link.Required && !cell.answer.Complete && incomplete.Silence == envtight.NotAsked {
				incomplete.Silence = envtight.Failed
			}
			pass.Incomplete(incomplete)
		}
	}
	return cells
}

// fetchFrom asks one platform. An adapter that panics or answers too little leaves
// its cells open.
func fetchFrom(ctx context.Context, source Source, cells []*cell) {
	targets := make([]Target, len(cells))
	for i, cell := range cells {
		cell.asked = true
		cell.answer.Incomplete = []envtight.Incompleteness{{
			Silence: envtight.Failed,
			Cause:   fmt.Sprintf("the %s adapter gave no answer", source.Platform()),
			Advice:  "this is a bug of the adapter",
		}}
		targets[i] = cell.target
	}
	// A panic in a goroutine would end the program; its text may quote an answer.
	defer func() { _ = recover() }()
	answers := source.Fetch(ctx, targets)
	for i := range min(len(answers), len(cells)) {
		cells[i].answer = answers[i]
	}
}

// explain makes sure that a cell which is not wholly known is never passed over
// in silence, and that one which does not exist proves nothing.
func (c *cell) explain() {
	if c.answer.NoSuchEnvironment {
		c.answer.Complete = false // env/environment-missing says why
		return
	}
	if c.asked && !c.answer.Complete && len(c.answer.Incomplete) == 0 {
		c.answer.Incomplete = []envtight.Incompleteness{{
			Silence: envtight.Failed,
			Cause:   fmt.Sprintf("%s did not show everything", c.link.Platform),
		}}
	}
}

// cells are the product of links and environments, without those that a link
// does not know.
func (c *Check) cells(apps []*app) []*cell {
	var cells []*cell
	for _, a := range apps {
		for _, link := range a.links {
			for i, environment := range c.options.Environments {
				if _, ok := link.Environments[environment]; ok {
					cells = append(cells, &cell{app: a, environment: environment, order: i, link: link, target: link.Target(environment)})
				}
			}
		}
	}
	return cells
}

// ask decides whether a cell is asked about, and says why when it is not.
func (c *Check) ask(cell *cell, pass *envtight.Pass) bool {
	link := cell.link
	source := SourceOf(c.options.Sources, link.Platform)
	needs := NeedsOf(source, *link)
	token, hasToken := Token{}, false
	if needs.Token && c.options.Tokens != nil {
		token, hasToken = c.options.Tokens(*link, cell.environment)
	}
	silence := envtight.NotAsked
	if link.Required {
		silence = envtight.Failed
	}
	refuse := func(cause, advice string) bool {
		pass.Incomplete(envtight.Incompleteness{Silence: silence, Cause: cause, Advice: advice, Cells: []envtight.Cell{cell.ref()}})
		return false
	}
	named := cell.environment // in the advice, so that cells of one cause are one line
	if link.TokenEnv[named] == "" {
		named = ""
	}
	switch {
	case c.options.Offline && needs.Connection:
		return refuse("platforms were not asked: the run is offline", "")
	case source == nil:
		return refuse(fmt.Sprintf("platform %q cannot be asked by this program", link.Platform), "")
	case needs.Lacking != "":
		return refuse(fmt.Sprintf("%s was not asked: %s", link.Platform, needs.Lacking), needs.Advice)
	case needs.Token && !hasToken:
		return refuse(
			fmt.Sprintf("%s was not asked: no token", link.Platform),
			"set "+strings.Join(TokenNames(*link, named), " or "),
		)
	}
	cell.target.Token = token
	return true
}

// TokenNames lists the variables in which the token for a link is looked for, in
// order: the ones that the configuration names, then the tool's own for the
// environment and for all, then the platform's. Without an environment, those for
// all are listed.
func TokenNames(link Link, environment string) []string {
	if name := link.TokenEnv[environment]; name != "" {
		return []string{name}
	}
	if name := link.TokenEnv[""]; name != "" {
		return []string{name}
	}
	own := "ENVTIGHT_" + strings.ToUpper(link.Platform) + "_TOKEN"
	if environment == "" {
		return append([]string{own}, platformTokens[link.Platform]...)
	}
	suffix := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		default:
			return '_'
		}
	}, environment)
	return append([]string{own + "_" + suffix, own}, platformTokens[link.Platform]...)
}

// platformTokens are the variables that the platforms' own programs read.
// Sources: cli/cli pkg/cmd/root/help_topic.go, railwayapp/cli src/config.rs,
// vercel/vercel packages/cli/src/index.ts.
var platformTokens = map[string][]string{
	"github":  {"GH_TOKEN", "GITHUB_TOKEN"},
	"railway": {"RAILWAY_TOKEN", "RAILWAY_API_TOKEN"},
	"vercel":  {"VERCEL_TOKEN"},
}

func (c *cell) index() {
	c.settings = make(map[string]*Setting, len(c.answer.Settings))
	for i := range c.answer.Settings {
		s := &c.answer.Settings[i]
		c.settings[s.Name] = s
	}
}

// state is what is known of a name in the cell.
func (c *cell) state(name string) envtight.State {
	return c.stateOf(c.settings[name])
}

// stateOf is what is known of a name that has this setting, or none.
func (c *cell) stateOf(s *Setting) envtight.State {
	if s != nil {
		return s.State
	}
	if c.asked && c.answer.Complete {
		return envtight.Absent
	}
	return envtight.Unknown
}

func (c *cell) provides(name string) bool { return c.answer.Provides(name) }
