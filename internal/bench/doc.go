// Package bench is a directory for bench.go, a program that measures: see README.md.
// It is run by name, so that the module has one program only.
package bench
