// Package config reads envtight.hcl: which environments a repository has, which
// project of which platform each app is, what is known about single variables,
// and which rules count how much. [Parse] turns the file into plain options for
// the rooms; other tools can import the package to honor the same file.
//
// The file is data. It has no functions, variables or templates, nothing in it is
// evaluated, and it can name projects but never programs, hosts or tokens: those
// come from flags and the environment, because a repository must not decide where
// the credentials of its readers are sent.
//
// Mistakes are diagnostics under the rules of this package, located in the file.
// No message shows the value of an attribute, since a token may have been pasted
// there; a name is shown where it was matched against a known set. [Mask] blanks
// what looks like a credential in the lines that a report shows.
//
// The schema is the struct tags of schema.go: they drive decoding, checking
// (go-playground/validator) and [Reference].
package config
