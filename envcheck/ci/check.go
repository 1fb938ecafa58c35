package ci

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/usage/workflow"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/internal/yamldoc"
)

// Options say what a [Check] looks at. Tree is compulsory; without a Store, files alone
// are judged.
type Options struct {
	// Tree is the files of the repository.
	Tree *workspace.Tree
	// Store is asked what Repository ("owner/name") has, with Token. Lacking says in
	// words why there is none, and Advice what to do about it; empty: nobody
	// misses it.
	Store           Store
	Repository      string
	Token           envcheck.Token
	Lacking, Advice string
	// Class guesses the class of a variable by its name; nil: nobody can.
	Class func(name string) envtight.Class
}

// Check judges workflows.
type Check struct {
	options Options
}

// New returns a check of one repository. It keeps no state between runs.
func New(o Options) *Check { return &Check{options: o} }

// rule is a rule about workflows: its documentation, and the function that judges.
type rule struct {
	envtight.Rule
	// needsStore tells that it judges what a [Store] has.
	needsStore bool
	check      func(*judge)
}

// rules is the list of all rules.
var rules = []*rule{
	envUndefined,
	pullRequestTarget,
	reusableInput,
	secretInFork,
	secretMissing,
	secretName,
	secretWithoutEnvironment,
	unused,
	varsSecretsMixed,
}

// Rules returns the rules that a [Check] reports under, sorted by ID. The slice is
// the caller's own.
func Rules() []*envtight.Rule {
	var out []*envtight.Rule
	for _, r := range rules {
		out = append(out, &r.Rule)
	}
	return envtight.SortRules(append(out, envcheck.StoredInClearRule()))
}

// Rules implements [envtight.Check].
func (*Check) Rules() []*envtight.Rule { return Rules() }

// Mask implements [envtight.Masker]; see the function.
func (*Check) Mask(path string, text []byte) []envtight.Span { return Mask(path, text) }

// Mask is the [envtight.Masker] of workflows: it blanks what is given to variables and
// inputs, all but expressions. Of a workflow that cannot be read it blanks everything.
func Mask(path string, text []byte) []envtight.Span {
	if !workflow.IsWorkflow(path) {
		return nil
	}
	f, err := workflow.Parse(path, text)
	if err != nil {
		return []envtight.Span{{Start: 0, End: len(text)}}
	}
	var out []envtight.Span
	f.Blocks(func(block []workflow.Variable) {
		for i := range block {
			out = append(out, block[i].Plain...)
		}
	})
	return out
}

// judge is what a rule looks at and reports through.
type judge struct {
	// files are the workflows that could be read, in order of path.
	files []*workflow.File
	// whole tells that these are all there are.
	whole bool
	tree  *workspace.Tree
	// actions are the descriptions of actions that could be read.
	actions []*workflow.File
	// texts are those of workflows and actions, in upper case.
	texts []string
	// asked is everything that the workflows ask for.
	asked    []asked
	options  Options
	holdings Holdings
	rule     *rule
	pass     *envtight.Pass
}

// Run implements [envtight.Check].
func (c *Check) Run(ctx context.Context, pass *envtight.Pass) error {
	j := &judge{whole: true, tree: c.options.Tree, options: c.options, pass: pass}
	for _, f := range j.tree.Below(workflow.Dir) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if workflow.IsWorkflow(f.Path) {
			j.read(f.Path)
		}
	}
	if len(j.files) > 0 {
		pass.Looked("workflows", len(j.files))
	}
	for _, f := range j.tree.Files {
		if c.options.Store != nil && workflow.IsAction(f.Path) && !workflow.IsWorkflow(f.Path) {
			j.read(f.Path)
		}
	}
	j.ask(ctx)
	for _, rule := range rules {
		switch j.rule = rule; {
		case rule.needsStore && !j.holdings.Complete:
			pass.Undecided(rule.ID)
			continue
		case !j.whole:
			pass.Undecided(rule.ID)
		}
		rule.check(j)
	}
	j.storedInClear()
	return nil
}

// read reads one workflow or action, or says why it cannot be.
func (j *judge) read(path string) {
	text, err := j.tree.Read(path)
	if err == nil {
		if workflow.IsWorkflow(path) {
			j.pass.LookedAt(path, text)
		}
		var file *workflow.File
		if file, err = workflow.Parse(path, text); err == nil {
			if j.texts = append(j.texts, strings.ToUpper(string(text))); file.Action {
				j.actions = append(j.actions, file)
			} else {
				j.files = append(j.files, file)
			}
			return
		}
	}
	j.whole = false
	unread := envtight.Incompleteness{
		Silence: envtight.Undecidable, Cause: fmt.Sprintf("%s could not be read, so what it asks for is not known: %s", path, reason(err)),
		Advice: "mend the file", Location: envtight.WholeFile(path),
	}
	if _, broken := errors.AsType[*yamldoc.Error](err); broken {
		lines := envtight.NewLines(text)
		unread.Location = envtight.FileRange(path, text, lines.Span(min(yamldoc.LineOf(err), lines.Count())))
	}
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		unread.Silence, unread.Advice = envtight.Failed, "make it readable, or exclude it"
		unread.Cause = fmt.Sprintf("%s could not be read, so what it asks for is not known: %v", path, failed.Err)
	}
	j.pass.Incomplete(unread)
}

func reason(err error) string {
	if errors.Is(err, workspace.ErrOutside) {
		return workspace.ErrOutside.Error()
	}
	return err.Error()
}

// report hands in a finding at a place of a file.
func (j *judge) report(path string, at envtight.Range, d envtight.Diagnostic) {
	d.Rule, d.Location = j.rule.ID, place(path, at)
	j.pass.Report(d)
}

func place(path string, at envtight.Range) envtight.Location {
	return envtight.Location{Kind: envtight.AtFile, Path: path, Range: at}
}

// file returns the workflow at a path; nil when there is none that can be read.
func (j *judge) file(path string) *workflow.File {
	for _, f := range j.files {
		if f.Path == path {
			return f
		}
	}
	return nil
}
