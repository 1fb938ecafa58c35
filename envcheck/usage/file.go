package usage

import "github.com/envtight/envtight"

// File is what one file was found to ask for.
type File struct {
	// Path is relative to the root of the workspace, with "/".
	Path string
	// Surface is [envtight.OnCode] for source code, and the kind of configuration
	// otherwise.
	Surface envtight.Surface
	// Reads are in order of place.
	Reads []Read
	// Mentions are in order of place; only configuration has them.
	Mentions []Mention
	// Settings are the classes of the file whose fields are read from the environment,
	// in order of place.
	Settings []Settings
	// Imports are the files of the repository that this one loads, each once, in
	// order of path.
	Imports []Import
	// Unresolved tells that the file loads something of the repository that could
	// not be found, so that it may reach more files than Imports tell.
	Unresolved bool
	// Client tells that the file is marked as code for browsers ("use client").
	Client bool
}

// Import is an edge of the graph of files.
type Import struct {
	// Path is the file that is loaded.
	Path string
	// TypesOnly tells that nothing of it is left when the program runs.
	TypesOnly bool
}
