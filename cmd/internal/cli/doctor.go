package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

var exitAll = envtight.ExitOptions{FailOn: envtight.Error}

func (a *app) doctorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Show what the tool finds here: repository, apps, links, tokens and what they reach",
		Long: `Shows the repository, its apps and their links, and for every app and environment
which variable the token comes from and what it reaches; then the env files that
each app reads on this machine, and what they lack. No value is ever shown. Exits with 3 when a token is refused or reaches something else than configured,
or when a platform cannot be reached.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.doctor(cmd.Context()) },
	}
	a.flags.repository(cmd.Flags())
	a.flags.asking(cmd.Flags())
	return cmd
}

func (a *app) doctor(ctx context.Context) error {
	p, err := a.open(ctx)
	if err != nil {
		return err
	}
	if err := a.configProblem(p); err != nil {
		return err
	}
	scope, err := a.scope(ctx, p)
	if err != nil {
		return err
	}
	sources, err := a.sources(p, nil)
	if err != nil {
		return err
	}
	cells := a.probeCells(p, scope, sources)
	a.probe(ctx, cells)
	if err := ctx.Err(); err != nil {
		return err
	}
	var out strings.Builder
	out.WriteString(a.showConfig(p))
	fmt.Fprintf(&out, "git            %s\n", printable(p.describeGit(ctx)))
	bad := a.writeSecretRules(&out, p)
	bad = writeProbes(&out, cells) || bad
	bad = a.writeLocal(&out, p, scope) || bad
	if err := a.print("%s", out.String()); err != nil {
		return err
	}
	switch {
	case scope.none():
		a.say("looked at %s", scope.words)
	case len(cells) == 0:
		a.say("no app is linked to a platform; next: envtight init")
	}
	if bad {
		return exitError{code: envtight.ExitIncomplete}
	}
	return nil
}

// describeGit says which git there is, and what it says about the repository.
func (p *project) describeGit(ctx context.Context) string {
	switch {
	case p.repoErr != nil:
		return "could not be asked: " + p.repoErr.Error()
	case p.repo == nil:
		return "this is no repository"
	}
	version, err := p.repo.Version(ctx)
	if err != nil {
		return "could not be asked: " + err.Error()
	}
	branch, err := p.repo.Branch(ctx)
	switch {
	case err != nil:
		return version + ", branch not known: " + err.Error()
	case branch == "":
		return version + ", no branch is checked out"
	}
	return version + ", branch " + branch
}

// writeSecretRules writes by which rules secrets are looked for, and which files set
// them aside. It reports whether one of them cannot be used.
func (a *app) writeSecretRules(out *strings.Builder, p *project) (bad bool) {
	from := "those of gitleaks, built in"
	rules, wrong, err := a.loadRules(p, false)
	switch {
	case err != nil:
		from, bad = "FAILED: "+err.Error(), true
	case rules == nil:
		from, bad = fmt.Sprintf("FAILED: %s; see: envtight secrets dir", wrong[0].Location), true
	case len(rules.Files) > 0:
		from = rules.Files[0].Name
	}
	fmt.Fprintf(out, "secret rules   %s\n", printable(from))
	ignore, _, err := a.loadIgnore(p, search{})
	if err != nil {
		fmt.Fprintf(out, "set aside      FAILED: %s\n", printable(err.Error()))
		return true
	}
	for _, f := range ignore.Files() {
		fmt.Fprintf(out, "set aside      %s\n", printable(f.Name))
	}
	return bad
}

// probed is one app in one environment on one platform, and what its token
// reaches.
type probed struct {
	link        envcheck.Link
	environment string
	source      envcheck.Source
	reach       envcheck.Reach
	token       envcheck.Token
	state       string // why it was not asked; empty when it was
}

func (a *app) probeCells(p *project, scope scope, sources []envcheck.Source) []*probed {
	var out []*probed
	for _, link := range p.links(a) {
		if scope.apps != nil && !slices.Contains(scope.apps, link.App) {
			continue
		}
		for _, environment := range p.config.EnvironmentNames() {
			if _, ok := link.Environments[environment]; !ok {
				continue
			}
			c := &probed{link: link, environment: environment, source: envcheck.SourceOf(sources, link.Platform)}
			c.token, c.state = a.barrier(c)
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b *probed) int { return strings.Compare(a.link.App, b.link.App) })
	return out
}

// barrier says why a cell cannot be asked about, or returns its token and "".
func (a *app) barrier(c *probed) (envcheck.Token, string) {
	needs := envcheck.NeedsOf(c.source, c.link)
	var token envcheck.Token
	if needs.Token {
		var ok bool
		if token, ok = a.token(c.link, c.environment); !ok {
			return token, "no token: set " + strings.Join(envcheck.TokenNames(c.link, c.environment), " or ")
		}
	}
	switch {
	case needs.Lacking != "":
		return token, needs.Lacking + ": " + needs.Advice
	case a.flags.offline && needs.Connection:
		return token, "not asked: offline"
	}
	return token, ""
}

// probe asks for all cells at once.
func (a *app) probe(ctx context.Context, cells []*probed) {
	ctx, cancel := context.WithTimeout(ctx, envcheck.DefaultDeadline)
	defer cancel()
	var wait sync.WaitGroup
	for _, c := range cells {
		if c.state != "" {
			continue
		}
		prober, ok := envcheck.As[envcheck.Prober](c.source)
		if !ok {
			c.state = "this program cannot ask " + c.link.Platform
			continue
		}
		wait.Go(func() {
			target := c.link.Target(c.environment)
			target.Token, target.Values = c.token, false
			c.reach = prober.Probe(ctx, target)
		})
	}
	wait.Wait()
}

// writeProbes writes the table, then each advice once, and reports whether
// something could not be reached.
func writeProbes(out *strings.Builder, cells []*probed) (bad bool) {
	if len(cells) == 0 {
		return false
	}
	out.WriteString("\n")
	var advice []string
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "APP\tENVIRONMENT\tPLATFORM\tTOKEN\tREACH")
	for _, c := range cells {
		token, reach := c.token.From, c.state
		if token == "" {
			token = "-"
		}
		if c.state == "" {
			switch {
			case c.reach.OK:
				reach = "ok: " + c.reach.Kind + ", " + c.reach.Sees
			default:
				bad = true
				reach = "FAILED: " + c.reach.Problem
				if c.reach.Advice != "" && !slices.Contains(advice, c.reach.Advice) {
					advice = append(advice, c.reach.Advice)
				}
			}
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", printable(c.link.App), printable(c.environment), c.link.Platform, token, printable(reach))
	}
	_ = table.Flush()
	for i, text := range advice {
		if i == 0 {
			out.WriteString("\n")
		}
		fmt.Fprintf(out, "advice: %s\n", printable(text))
	}
	return bad
}
