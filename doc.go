// Package envtight answers two questions about a repository before it is
// deployed: does every app have every variable it needs, in every environment,
// and did any secret get out?
//
// This package is the vocabulary that the rooms share, and [Run], which turns
// checks into a report. It imports nothing but the standard library. The rooms
// are envcheck (what apps declare, and what platforms have), naming (rules about
// names) and secrets (what must not be in a text); package report writes what Run
// found. A check of one's own is any [Check].
package envtight
