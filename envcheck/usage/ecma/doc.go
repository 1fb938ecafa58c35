// Package ecma finds the environment variables that JavaScript and TypeScript ask
// for, in files of their own and in the scripts of Vue, Svelte and Astro pages.
//
// A lexer that keeps positions cuts a file into tokens with their brackets, and
// shapes are matched on those: there is no syntax tree. So a file that does not
// parse, because it is being edited or newer than any parser, loses little more than
// the line that is wrong.
package ecma
