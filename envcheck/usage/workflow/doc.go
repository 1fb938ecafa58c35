// Package workflow reads what GitHub runs: the workflows of a repository and its
// composite actions. It finds what they ask of the secrets, variables, inputs and
// environments that GitHub keeps for the repository, with its place, and nothing is
// evaluated.
//
// Source of the format: docs.github.com/actions/reference/workflows-and-actions,
// pages workflow-syntax, metadata-syntax, contexts and expressions.
package workflow
