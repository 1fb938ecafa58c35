package railway

import (
	"slices"
	"strings"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/lazyregexp"
)

// template is a reference in a typed value; blanks inside do not count.
var template = lazyregexp.New(`\$\{\{([^{}]*)\}\}`)

var variableName = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*$`)

// spaceName is what the name of a service can look like, so that a reference can
// be shown: it comes out of a value, and only names may.
var spaceName = lazyregexp.New(`^[\p{L}\p{N}][\p{L}\p{N} _./@-]{0,63}$`)

// bucketVariables are what Railway provides for a storage bucket.
var bucketVariables = []string{"BUCKET", "SECRET_ACCESS_KEY", "ACCESS_KEY_ID", "REGION", "ENDPOINT"}

// reference is a reference that was taken apart: NAME of the own service, or
// SPACE.NAME, where SPACE is "shared", a service or a bucket.
type reference struct {
	space, name string
	// readable tells that it has this form.
	readable bool
	// typed tells that it comes from a value as somebody typed it, whose syntax
	// is documented. The API's list of references is not documented: there, a
	// name alone or an identifier may mean anything.
	typed bool
}

// typedReferences returns the references in a value as it was typed.
func typedReferences(value string) []reference {
	var out []reference
	for _, m := range template().FindAllStringSubmatch(value, -1) {
		r := parseReference(m[1])
		r.typed = true
		out = append(out, r)
	}
	return out
}

// listedReferences reads the API's list of a variable's references.
func listedReferences(list []string) []reference {
	var out []reference
	for _, text := range list {
		if m := template().FindStringSubmatch(text); m != nil {
			text = m[1]
		}
		out = append(out, parseReference(text))
	}
	return out
}

// parseReference takes the inside of a reference apart. The name of a variable
// holds no dot, that of a service may.
func parseReference(text string) reference {
	text = strings.TrimSpace(text)
	r := reference{name: text}
	if i := strings.LastIndexByte(text, '.'); i >= 0 {
		r.space, r.name = strings.TrimSpace(text[:i]), strings.TrimSpace(text[i+1:])
		r.readable = spaceName().MatchString(r.space) && variableName().MatchString(r.name)
		return r
	}
	r.readable = variableName().MatchString(r.name)
	return r
}

// text shows a reference as it would be typed, or nothing of it when it does not
// consist of names.
func (r reference) text() string {
	switch {
	case !r.readable:
		return "${{…}}"
	case r.space == "":
		return "${{" + r.name + "}}"
	}
	return "${{" + r.space + "." + r.name + "}}"
}

// resolve says where a reference of a service leads. What is not certain is
// undecided. known tells that the value behind it can be read by the API, so
// that a value it is part of is whole.
func (e *environment) resolve(s *service, r reference) (out envcheck.Reference, known bool) {
	out.Text = r.text()
	dangling := func(why string) (envcheck.Reference, bool) {
		out.Resolution, out.Why = envcheck.Dangling, why+" in "+e.name
		return out, false
	}
	switch {
	case !r.readable:
		return out, false
	case r.space == "":
		return e.resolveOwn(s, r, out)
	case r.space == "shared":
		if v := e.shared[r.name]; v != nil {
			out.Resolution = envcheck.Resolved
			return out, e.plain(nil, v, 0)
		}
		return dangling("no shared variable " + r.name)
	}
	target, certain := e.space(r.space)
	if target != nil {
		v := target.variables[r.name]
		switch {
		case v != nil && certain:
			out.Resolution = envcheck.Resolved
			return out, e.plain(target, v, 0)
		case v != nil || !certain:
			return out, false
		case mayBeProvided(r.name):
			if Provided(r.name) && r.name != "PORT" {
				out.Resolution = envcheck.Resolved
			}
			return out, out.Resolution == envcheck.Resolved
		}
		return dangling("no variable " + r.name + " in service " + target.name)
	}
	if slices.Contains(e.buckets, r.space) {
		if slices.Contains(bucketVariables, r.name) || mayBeProvided(r.name) {
			out.Resolution = envcheck.Resolved
		}
		return out, false
	}
	if !certain || isID(r.space) || !e.bucketsKnown {
		return out, false
	}
	return dangling("no service " + r.space)
}

func (e *environment) resolveOwn(s *service, r reference, out envcheck.Reference) (envcheck.Reference, bool) {
	v := s.variables[r.name]
	switch {
	case v != nil:
		out.Resolution = envcheck.Resolved
		return out, e.plain(s, v, 0)
	case Provided(r.name) && r.name != "PORT":
		out.Resolution = envcheck.Resolved
		return out, true
	case !r.typed || mayBeProvided(r.name):
		return out, false
	}
	out.Resolution = envcheck.Dangling
	out.Why = "no variable " + r.name + " in service " + s.name + " in " + e.name
	return out, false
}

// space finds the service that a reference names. certain is false when it can
// only be guessed: several have the name, or one has it in another case.
func (e *environment) space(name string) (s *service, certain bool) {
	var exact, folded []*service
	for i := range e.services {
		switch other := &e.services[i]; {
		case other.name == name || other.id == name:
			exact = append(exact, other)
		case strings.EqualFold(other.name, name):
			folded = append(folded, other)
		}
	}
	switch {
	case len(exact) > 0:
		return exact[0], len(exact) == 1
	case len(folded) > 0:
		return folded[0], false
	}
	return nil, true
}

// plain reports whether the API gives a variable's value as it is: it is not
// sealed, and neither is anything it is made of.
func (e *environment) plain(s *service, v *variable, depth int) bool {
	if v.sealed || v.staged || depth > 8 {
		return false
	}
	for _, r := range listedReferences(v.references) {
		var next *variable
		owner := s
		switch {
		case !r.readable:
			return false
		case r.space == "shared":
			owner, next = nil, e.shared[r.name]
		case r.space == "" && s != nil:
			if next = s.variables[r.name]; next == nil && Provided(r.name) {
				continue
			}
		case r.space != "":
			if owner, _ = e.space(r.space); owner != nil {
				next = owner.variables[r.name]
			}
		}
		if next == nil || !e.plain(owner, next, depth+1) {
			return false
		}
	}
	return true
}
