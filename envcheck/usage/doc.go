// Package usage finds the places at which code and configuration ask for
// environment variables, and those at which configuration sets or passes them on.
//
// It holds the words and the run over all files, [Scan]. What it knows of a
// language or of a kind of configuration file is a [Reader]; each has a package of
// its own below this one, and package languages lists them all.
//
// Nothing of the repository is executed, and a text that its language would refuse
// is read as far as it goes: a missing bracket must not hide a read.
package usage
