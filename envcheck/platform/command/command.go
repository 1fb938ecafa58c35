// Package command asks a program that the user names which variables a platform
// has: for Vault, Doppler, a cloud's parameter store and everything else that has
// no adapter. Its name in configuration is "command".
//
// The program is started once for all targets that it answers for, without
// a shell, in the root of the repository and with the caller's environment. It
// reads one request from its standard input and writes one answer to its standard
// output, both JSON:
//
//	{"version":1,"targets":[{"app":"api","environment":"prod","project":"vault/backend","service":"","team":"","ref":"kv/prod"}]}
//	{"version":1,"targets":[{"complete":true,"names":["API_KEY",{"name":"DATABASE_URL","state":"empty"}]}]}
//
// See [Version] and docs/platforms.md for what may stand in them. The answer holds
// no values: one with a member named value, or any other that is not known, is
// refused as a whole. What the program writes to its standard error is never
// shown, since it may hold values; its exit code is.
//
// The name of a program never comes from a file of the repository.
package command

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// Platform is the name in configuration.
const Platform = "command"

// DefaultTimeout is how long one run of a program may take.
const DefaultTimeout = time.Minute

// maxRuns is how many programs run at once.
const maxRuns = 4

// Options say how programs are run. Programs, Dir and Environ are what is usually
// given; with nothing, no target has a program.
type Options struct {
	// Programs are tried in order; the first that answers for a project counts.
	Programs []Program
	// Dir is the directory in which they run, absolute. Their relative paths
	// count from there.
	Dir string
	// Environ is their environment, as in "NAME=value"; PATH in it says where
	// they are found.
	Environ []string
	// Timeout bounds one run; 0 means DefaultTimeout. The deadline of the whole
	// is the context's.
	Timeout time.Duration
}

// Source runs programs. It is safe for concurrent use and keeps nothing between
// two fetches.
type Source struct {
	options Options
	running chan struct{}
}

var (
	_ envcheck.Source = (*Source)(nil)
	_ envcheck.Needer = (*Source)(nil)
	_ envcheck.Prober = (*Source)(nil)
)

// New returns a source. No program is started or looked for until one is asked.
func New(o Options) *Source {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	return &Source{options: o, running: make(chan struct{}, maxRuns)}
}

// Platform returns "command".
func (*Source) Platform() string { return Platform }

// Needs returns a connection, since a program may open one, and a program.
func (s *Source) Needs(link envcheck.Link) envcheck.Needs {
	needs := envcheck.Needs{Connection: true}
	if s.program(link.Project) == nil {
		needs.Lacking, needs.Advice = "no program is named", "name it with --source-command or ENVTIGHT_COMMAND"
	}
	return needs
}

// program returns the program that answers for a project, or nil.
func (s *Source) program(project string) *Program {
	for i := range s.options.Programs {
		if p := &s.options.Programs[i]; p.answersFor(project) {
			return p
		}
	}
	return nil
}

// Fetch implements [envcheck.Source]. Each program is run once for all its
// targets.
func (s *Source) Fetch(ctx context.Context, targets []envcheck.Target) []envcheck.Answer {
	answers := make([]envcheck.Answer, len(targets))
	byProgram := map[*Program][]int{}
	for i, target := range targets {
		program := s.program(target.Project)
		byProgram[program] = append(byProgram[program], i)
	}
	var wait sync.WaitGroup
	for program, indexes := range byProgram {
		wait.Go(func() {
			asked := make([]envcheck.Target, len(indexes))
			for i, index := range indexes {
				asked[i] = targets[index]
			}
			for i, answer := range s.ask(ctx, program, asked) {
				answers[indexes[i]] = answer
			}
		})
	}
	wait.Wait()
	return answers
}

// ask runs a program. What goes wrong concerns all of its targets.
func (s *Source) ask(ctx context.Context, program *Program, targets []envcheck.Target) []envcheck.Answer {
	parts, err := s.talk(ctx, program, targets)
	answers := make([]envcheck.Answer, len(targets))
	for i, target := range targets {
		a := &answers[i]
		a.Place = envtight.Place{Platform: Platform, Project: target.Project, Service: target.Service, Environment: target.Ref.Name}
		if err == nil {
			parts[i].fill(a, program)
			continue
		}
		a.Incomplete, a.Unreachable = []envtight.Incompleteness{err.incomplete()}, err.unreachable
	}
	return answers
}

func (s *Source) talk(ctx context.Context, program *Program, targets []envcheck.Target) ([]part, *problem) {
	if program == nil {
		return nil, &problem{cause: "no program is named", advice: "name it with --source-command or ENVTIGHT_COMMAND"}
	}
	select {
	case s.running <- struct{}{}:
		defer func() { <-s.running }()
	case <-ctx.Done():
		return nil, stopped(ctx, program)
	}
	output, err := s.run(ctx, program, encodeRequest(targets))
	if err != nil {
		return nil, err
	}
	parts, refused := decodeAnswer(output, len(targets))
	if refused != nil {
		return nil, &problem{cause: fmt.Sprintf("the answer of the program of %s was refused: %s", program.From, refused.what), advice: refused.advice}
	}
	return parts, nil
}

// Probe runs the program for one target.
func (s *Source) Probe(ctx context.Context, target envcheck.Target) envcheck.Reach {
	reach := envcheck.Reach{Kind: "program"}
	program := s.program(target.Project)
	if program != nil {
		reach.Kind += " of " + program.From
	}
	answer := s.ask(ctx, program, []envcheck.Target{target})[0]
	switch {
	case answer.NoSuchEnvironment:
		reach.Problem = fmt.Sprintf("%s has no environment %s", target.Project, target.Ref.Name)
		reach.Advice = "correct environments in the app's platform block"
	case len(answer.Incomplete) > 0:
		reach.Problem, reach.Advice = answer.Incomplete[0].Cause, answer.Incomplete[0].Advice
	default:
		reach.OK = true
		reach.Sees = fmt.Sprintf("project %s, environment %s, names: %d", target.Project, target.Ref.Name, len(answer.Settings))
	}
	return reach
}

// problem is why a program gave no answer that can be used, in texts of our own.
type problem struct {
	cause, advice string
	// unreachable tells that no answer came from the platform, in time.
	unreachable bool
}

func (p *problem) incomplete() envtight.Incompleteness {
	return envtight.Incompleteness{Silence: envtight.Failed, Cause: "command: " + p.cause, Advice: p.advice}
}

// stopped is the problem of a run that was ended from outside, or by its time.
func stopped(ctx context.Context, program *Program) *problem {
	if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return &problem{
			fmt.Sprintf("the program of %s did not answer in time", program.From),
			"see how long it takes by hand; it may take " + DefaultTimeout.String(),
			true,
		}
	}
	return &problem{cause: fmt.Sprintf("the program of %s was stopped before it had answered", program.From), advice: "run it again"}
}
