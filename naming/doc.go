// Package naming judges the names of environment variables: their spelling, what
// they promise, whether they clash with names that somebody else owns, and
// whether one variable goes by two names.
//
// [New] returns an [envtight.Check] that looks at the variables which an earlier
// check put into the facts of a run. It reads no file, asks nobody, and sees no
// value. What is known of providers and platforms stands in tables with the
// document each fact was taken from.
//
// A name that the user cannot choose is never objected to: names that a platform
// or an integration manages, that a framework or runtime reads, and the names
// that a provider's own tools read.
package naming
