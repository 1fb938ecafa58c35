package envtight

import "time"

// Account is all that is known of one variable for one app: who declares it, who
// reads it, what passes it on, and where it is set.
type Account struct {
	Name string `json:"name"`
	// App is empty for what belongs to no app, as the scripts at the root.
	App   string `json:"app,omitempty"`
	Class Class  `json:"class"`
	// Declared are in order of weight, Reads from the one that says most about the
	// deployed app, Mentions in order of place.
	Declared []Trace `json:"declared,omitempty"`
	Reads    []Trace `json:"reads,omitempty"`
	Mentions []Trace `json:"mentions,omitempty"`
	// Cells are as in [MatrixRow].
	Cells []MatrixEntry `json:"cells,omitempty"`
}

// Trace is one place at which a name stands, and what it does there.
type Trace struct {
	Location Location `json:"location"`
	Surface  Surface  `json:"surface"`
	// Text says in words what the place does, as in "required" or "read with a
	// default, in tests".
	Text string `json:"text"`
	// Via are the modules by which it concerns the app; empty in the app itself.
	Via []string `json:"via,omitempty"`
	// Since is the commit that brought the name to the file; zero when it was not
	// asked for or nobody knows.
	Since Change `json:"since,omitzero"`
}

// Change is a commit.
type Change struct {
	Commit string    `json:"commit"` // hexadecimal
	At     time.Time `json:"at"`
}
