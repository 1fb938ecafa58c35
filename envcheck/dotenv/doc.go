// Package dotenv reads env files: without losing a byte ([Parse]), and as each
// of the loaders that apps use would read them ([Evaluate]).
//
// # The neutral tree
//
// Loaders disagree about most lines that are not plain, so the tree of [Parse]
// follows what most of motdotla's dotenv, python-dotenv, docker compose and
// godotenv agree on:
//
//   - LF, CRLF and a lone CR end a line.
//   - A line whose first visible character is # is a comment. When its text is
//     KEY=..., with a key in capitals, it is a commented-out assignment.
//   - An assignment is KEY=value or KEY: value, after an optional "export". Keys
//     hold letters, digits, _, . and -; only [A-Za-z_][A-Za-z0-9_]* is without
//     a problem. Blanks around the operator do not count.
//   - A value in ", ' or ` ends at the first such quote that has no backslash
//     before it and only blanks or a comment behind it; it may span lines. When
//     there is none, the quote is a problem of its line alone, and the following
//     lines are read as usual.
//   - Elsewhere a value ends at the end of its line, or at the first # that has
//     a blank before it. So K= # note is an empty value with a comment; what a
//     loader makes of it is a matter for [Evaluate].
//   - Everything else is a bad line.
//
// # Secrecy
//
// A [File] hides its text from every printer and encoder, and its entries hold
// spans and names of keys only. Values come out as envtight.Secret; the methods
// named Reveal open them.
package dotenv
