package workflow

import (
	"path"
	"strings"

	"github.com/envtight/envtight"
)

// Dir is where GitHub looks for workflows.
const Dir = ".github/workflows"

// IsWorkflow reports whether the file at a path of a repository is a workflow.
func IsWorkflow(p string) bool {
	return path.Dir(p) == Dir && isYAML(path.Base(p))
}

// IsAction reports whether a file is the description of an action.
func IsAction(p string) bool {
	base := path.Base(p)
	return isYAML(base) && strings.TrimSuffix(base, path.Ext(base)) == "action"
}

func isYAML(base string) bool { return path.Ext(base) == ".yml" || path.Ext(base) == ".yaml" }

// File is a workflow, or a composite action, which has one job without a name.
type File struct {
	Path string
	// Action tells that it is an action.
	Action bool
	// Triggers are in order of place.
	Triggers []Trigger
	// Call is what the workflow takes when another calls it; nil: it cannot be
	// called. Of an action it has the inputs.
	Call *Call
	Env  []Variable
	// Permissions are those of the token in all jobs that name none.
	Permissions Permissions
	// References are those outside of jobs.
	References []Reference
	Jobs       []*Job
}

// Trigger is an event that starts a workflow.
type Trigger struct {
	Name  string
	Range envtight.Range
	// Types are the kinds of the event, as in "opened"; none: the usual ones.
	Types []string
}

// Starts returns the trigger of that name; nil when there is none.
func (f *File) Starts(name string) *Trigger {
	for i := range f.Triggers {
		if f.Triggers[i].Name == name {
			return &f.Triggers[i]
		}
	}
	return nil
}

// Call is the interface of a workflow that others call.
type Call struct {
	Inputs, Secrets []Parameter
}

// Parameter is an input or secret that a called workflow declares.
type Parameter struct {
	Name  string
	Range envtight.Range
	// Required tells that a call without it fails: it says so and has no default.
	Required bool
}

// Find returns the parameter of that name, in which case does not count.
func Find(parameters []Parameter, name string) *Parameter {
	for i := range parameters {
		if strings.EqualFold(parameters[i].Name, name) {
			return &parameters[i]
		}
	}
	return nil
}

// Permissions are what a token may do.
type Permissions struct {
	// Given tells that they are written down at all.
	Given bool
	// Writes tells that something may be written.
	Writes bool
}

// Variable is an entry of an env, with or secrets block.
type Variable struct {
	Name  string
	Range envtight.Range // of the name
	// Text is the value as it is written; empty for one that is no text.
	Text string
	// Plain is where what stands outside of its expressions is.
	Plain []envtight.Span
	// References are those of the value.
	References []Reference
}

// Job is a job of a workflow.
type Job struct {
	ID    string
	Range envtight.Range // of the ID
	// Needs are the jobs that end before.
	Needs       []string
	If          *Condition
	Environment Environment
	Permissions Permissions
	Env         []Variable
	// Uses is the workflow that the job calls; empty: it has steps.
	Uses      string
	UsesRange envtight.Range
	// MayFail tells that the run goes on when the job fails, or that this is known
	// at run time only.
	MayFail bool
	// With and Secrets are what is passed to it; Inherit tells that it gets all
	// secrets there are.
	With, Secrets []Variable
	Inherit       bool
	Steps         []*Step
	// References are those outside of steps, env and what is passed on.
	References []Reference
}

// Environment is what a job is deployed to.
type Environment struct {
	// Name is empty when there is none, or when it is known at run time only:
	// Dynamic then tells so.
	Name    string
	Dynamic bool
	Range   envtight.Range
}

// Condition is the "if" of a job or step.
type Condition struct {
	Text       string
	Range      envtight.Range
	References []Reference
}

// Step is a step of a job.
type Step struct {
	Range envtight.Range // of its first key
	If    *Condition
	// Uses is the action, as in "actions/checkout@v5" or "./.github/actions/x".
	Uses      string
	UsesRange envtight.Range
	Run       string
	// MayFail is that of [Job].
	MayFail   bool
	Env, With []Variable
	// References are those outside of env and with.
	References []Reference
}

// Action returns the name of the action without its version, in lower case, as in
// "actions/checkout"; empty for a step that runs commands.
func (s *Step) Action() string {
	name, _, _ := strings.Cut(s.Uses, "@")
	return strings.ToLower(name)
}

// Input returns what the step passes to its action; nil when it does not.
func (s *Step) Input(name string) *Variable {
	for i := range s.With {
		if strings.EqualFold(s.With[i].Name, name) {
			return &s.With[i]
		}
	}
	return nil
}

// Reference is a place where an expression asks a context for something.
type Reference struct {
	// Context is "secrets", "vars", "env", "inputs", "github" and so on, in lower
	// case.
	Context string
	// Path is what follows, as in ["event" "pull_request" "head" "sha"]. It ends
	// where it is known at run time only.
	Path []string
	// Dynamic tells that something follows which is known at run time only, and
	// Whole that nothing follows: the context is handed on as a whole.
	Dynamic, Whole bool
	// Defaulted tells that the expression says what to take where there is
	// nothing, and Compared that it compares.
	Defaulted, Compared bool
	// Range is where the expression says it, from the context to the last name.
	Range envtight.Range
	// Expression counts the expressions of the file: references with one number
	// stand in one.
	Expression int
}

// Name is the first name of the path; empty when there is none.
func (r *Reference) Name() string {
	if len(r.Path) == 0 {
		return ""
	}
	return r.Path[0]
}

// Is reports whether the reference asks for exactly this, as in
// "github.event.pull_request.head.sha".
func (r *Reference) Is(dotted string) bool {
	return strings.EqualFold(r.Context+"."+strings.Join(r.Path, "."), dotted)
}

// Blocks calls do for each env, with and secrets block of the file.
func (f *File) Blocks(do func([]Variable)) {
	do(f.Env)
	for _, job := range f.Jobs {
		do(job.Env)
		do(job.With)
		do(job.Secrets)
		for _, step := range job.Steps {
			do(step.Env)
			do(step.With)
		}
	}
}

// Each calls do for all references of the file, in no order that is promised. Job is
// nil for those outside of jobs, step for those outside of steps.
func (f *File) Each(do func(job *Job, step *Step, r *Reference)) {
	each(f.References, nil, nil, do)
	eachOf(f.Env, nil, nil, do)
	for _, job := range f.Jobs {
		each(job.References, job, nil, do)
		job.If.each(job, nil, do)
		for _, block := range [][]Variable{job.Env, job.With, job.Secrets} {
			eachOf(block, job, nil, do)
		}
		for _, step := range job.Steps {
			step.each(job, do)
		}
	}
}

// Each calls do for all references of the step, in no order that is promised.
func (s *Step) Each(do func(*Reference)) {
	s.each(nil, func(_ *Job, _ *Step, r *Reference) { do(r) })
}

func (s *Step) each(job *Job, do func(*Job, *Step, *Reference)) {
	each(s.References, job, s, do)
	s.If.each(job, s, do)
	eachOf(s.Env, job, s, do)
	eachOf(s.With, job, s, do)
}

func (c *Condition) each(job *Job, step *Step, do func(*Job, *Step, *Reference)) {
	if c != nil {
		each(c.References, job, step, do)
	}
}

func eachOf(block []Variable, job *Job, step *Step, do func(*Job, *Step, *Reference)) {
	for i := range block {
		each(block[i].References, job, step, do)
	}
}

func each(references []Reference, job *Job, step *Step, do func(*Job, *Step, *Reference)) {
	for i := range references {
		do(job, step, &references[i])
	}
}
