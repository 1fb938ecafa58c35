// Package turbo reads Turborepo's configuration and answers which environment
// variables a task is given.
//
// In strict mode, the default since turbo 2, a task sees only what the
// configuration lists, what turbo infers from the package's framework, and what
// turbo lets through by itself. Sources of the rules:
// https://turborepo.dev/docs/reference/configuration and, for what it leaves open,
// crates/turborepo-env, turborepo-task-hash and turborepo-turbo-json of
// github.com/vercel/turborepo (MIT).
package turbo
