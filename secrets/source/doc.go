// Package source reads what secrets are looked for in, histories apart: files
// ([NewDir]), what is about to be committed ([NewStaged]), a stream
// ([NewStdin]).
//
// What is not looked at is said: on purpose (binary files, files that the rules
// pass over) once and with a count, against the will (files that cannot be read
// or are too large) with names, as a failure.
package source
