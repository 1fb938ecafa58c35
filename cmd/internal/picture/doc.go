// Package picture keeps the pictures of the README: its test runs the command on
// the demo's monorepo and holds that docs/images shows what the command prints.
package picture

//go:generate go test -count=1 . -update
