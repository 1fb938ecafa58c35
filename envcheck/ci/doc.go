// Package ci judges what the workflows of a repository ask of GitHub: which secrets,
// variables and inputs, in which environment, and for whom. It reads files only; with
// a [Store] it also knows what the repository has.
package ci
