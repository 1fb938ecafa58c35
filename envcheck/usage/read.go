package usage

import (
	"github.com/envtight/envtight"
)

// Read is one place that asks for an environment variable, or for all of them.
// Writes, deletions, types, comments and strings are none.
type Read struct {
	// Name is the variable that is asked for. Of a [Dynamic] read it is what is
	// known of the name, a pattern in which "*" stands for any text, at least "*";
	// of a [Whole] read it is empty.
	Name  string
	Kind  Kind
	Scope Scope
	// Via is the helper or schema through which the variable is asked for, as the
	// code calls it: "createEnv", "z.object", "Settings"; empty for a direct read.
	Via string
	// Range is where the name stands, without quotes; of dynamic and whole reads
	// where the expression stands.
	Range envtight.Range
	// Client tells that the value is meant for code that browsers run, as the
	// "client" section of a schema says.
	Client bool
}

// Kind says what happens when the variable is not set.
type Kind uint8

// The kinds of reads.
const (
	// Plain: the value is used as it is, and the code does not say what happens
	// without one.
	Plain Kind = iota
	// Required: the program refuses to go on without one.
	Required
	// Defaulted: the code says what to do without one, by a default, a condition
	// or an optional field.
	Defaulted
	// Dynamic: the name is known at run time only.
	Dynamic
	// Whole: the environment is handed on as a whole, so any name may be meant.
	Whole
)

// Scope says when a read happens.
type Scope uint8

// The scopes.
const (
	Runtime Scope = iota // while the deployed app runs
	Build                // while it is built
	Test                 // in tests only
	Script               // in tools that developers run
)

// Role says what a configuration file does with a variable.
type Role uint8

// The roles.
const (
	// Sets: the file gives the variable a value of its own.
	Sets Role = iota
	// Passes: the file lets through what its environment has, as "env" in turbo.json
	// or a name without a value in a compose file.
	Passes
	// Declares: the file says that a platform is to have the variable, as a
	// Terraform resource does.
	Declares
)

// Mention is a name in a configuration file that is no read.
type Mention struct {
	// Name may be a pattern where the format has them, as "NEXT_PUBLIC_*" in
	// turbo.json.
	Name string
	Role Role
	// Subject is what in the file the mention is about, in the format's own words:
	// the task of turbo.json, the service of a compose file, the stage of a
	// Dockerfile, the job of a workflow.
	Subject string
	// Key is the attribute that holds the name, as "passThroughEnv" or "environment".
	Key   string
	Range envtight.Range
}
