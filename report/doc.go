// Package report writes what a run found: as text for people, and in the forms
// that other programs read. Each [Format] is a file of its own; SARIF is in
// package report/sarif, because its library is not small.
//
// All formats keep three promises. The same report gives the same bytes: no time,
// duration or host name is in them. Nothing of what they are given can do harm
// where it is read: names, paths, messages and lines come from the repository
// under test, so control characters, terminal sequences, bidirectional overrides
// and the markup of the format itself are escaped. And what was not looked at is
// never left out, because a reader takes silence for "clean".
package report
