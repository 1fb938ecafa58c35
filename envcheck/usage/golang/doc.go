// Package golang finds the environment variables that Go code asks for: through the
// packages os and syscall, functions of the repository that wrap them, struct tags of
// caarlos0/env, kelseyhightower/envconfig, sethvargo/go-envconfig and cleanenv, viper,
// and the flags of urfave/cli.
//
// It works on the syntax trees of go/parser, one package at a time, without types: a
// name is followed to a constant, a function or a struct of its package, or of another
// package of the repository.
package golang
