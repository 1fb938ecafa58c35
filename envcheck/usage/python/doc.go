// Package python finds the environment variables that Python code asks for: through
// os.environ and os.getenv under any name, functions of the repository that wrap
// them, and the libraries decouple, environs, starlette, django-environ, click,
// typer, Dynaconf and Flask.
//
// It works on tokens with places and paired brackets, not on a syntax tree. So it
// needs no dependency, reads syntax that is newer than any one interpreter, and what
// is broken in a file costs the line it stands on and little more.
package python
