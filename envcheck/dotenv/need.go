package dotenv

import (
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

// needWords are the decorators of one name that speak about its need.
type needWords struct {
	required, optional, conditional *Decorator
	requiredIn, optionalIn, onlyIn  []string
	in                              *Decorator // the last that names environments
	only                            *Decorator
	word                            string // the trailing comment begins with "optional", or is "required"
}

// needs sorts the decorators of one name by what they say about its need.
func (d *declarer) needs(decl *Declaration, decorators []Decorator) needWords {
	var w needWords
	for i := range decorators {
		dec := &decorators[i]
		switch dec.Name {
		case "required", "optional":
			w.add(dec)
		case "only":
			w.only, w.in = dec, dec
			w.onlyIn = append(w.onlyIn, dec.arguments()...)
			if len(dec.arguments()) == 0 {
				d.issue(dec.Span, decl.Name, "has @only without an environment", "name them, as in @only(prod)")
			}
		}
	}
	if decl.Entry.Kind != Comment && len(decorators) == 0 {
		w.word = needWord(d.file.Comment(decl.Entry))
	}
	return w
}

func (w *needWords) add(dec *Decorator) {
	required := dec.Name == "required"
	value := dec.Value.Reveal()
	environments := dec.arguments()
	if !dec.Call {
		if args, ok := strings.CutPrefix(value, "forEnv("); ok {
			call := Decorator{Value: envtight.NewSecret(strings.TrimSuffix(args, ")"))}
			environments = call.arguments()
		} else {
			environments = nil
		}
	}
	switch {
	case len(environments) > 0 && required:
		w.requiredIn, w.in = append(w.requiredIn, environments...), dec
	case len(environments) > 0:
		w.optionalIn, w.in = append(w.optionalIn, environments...), dec
	case strings.Contains(value, "("):
		w.conditional = dec
	case required != strings.EqualFold(value, "false"):
		w.required = dec
	default:
		w.optional = dec
	}
}

// needWord reads the trailing comment of an assignment: "optional" counts as
// its first word, "required" only alone, because "required for X" is a
// condition.
func needWord(comment string) string {
	const optional = "optional"
	lower := strings.ToLower(strings.TrimSpace(comment))
	if strings.Trim(lower, ".!()") == "required" {
		return "required"
	}
	lower = strings.TrimLeft(lower, "(")
	if rest, ok := strings.CutPrefix(lower, optional); ok {
		if rest == "" || strings.ContainsRune(" \t,.:;)!(/", rune(rest[0])) || strings.HasPrefix(rest, "—") || strings.HasPrefix(rest, "–") {
			return optional
		}
	}
	return ""
}

// setNeed turns the words into needs, and reports contradictions.
func (d *declarer) setNeed(decl *Declaration, w needWords) {
	d.contradictions(decl, w)
	decl.Need = d.defaultNeed(decl)
	decl.Explicit = true
	switch {
	case w.required != nil:
		decl.Need = envtight.Required
	case w.optional != nil:
		decl.Need = envtight.Optional
	case w.conditional != nil:
		decl.Need, decl.Conditional = envtight.Optional, true
	case len(w.requiredIn) > 0:
		decl.Need = envtight.Optional
	case w.word == "optional":
		decl.Need = envtight.Optional
	case w.word == "required":
		decl.Need = envtight.Required
	default:
		decl.Explicit = len(w.optionalIn) > 0 || len(w.onlyIn) > 0
	}
	for _, name := range w.requiredIn {
		decl.Needs = append(decl.Needs, EnvironmentNeed{name, envtight.Required})
	}
	for _, name := range w.optionalIn {
		decl.Needs = append(decl.Needs, EnvironmentNeed{name, envtight.Optional})
	}
	if len(w.onlyIn) > 0 {
		inside := decl.Need
		if len(w.requiredIn) > 0 && w.required == nil && w.optional == nil {
			inside = envtight.Optional
		}
		for _, name := range w.onlyIn {
			decl.Needs = append(decl.Needs, EnvironmentNeed{name, inside})
		}
		decl.Need = envtight.Forbidden
	}
	decl.Needs = sortNeeds(decl.Needs)
}

// defaultNeed is the need of a name that nothing is said of.
func (d *declarer) defaultNeed(decl *Declaration) envtight.Need {
	if decl.Entry.Kind == CommentedOut {
		return envtight.Optional
	}
	if d.root.required == "false" || d.root.required == "infer" && decl.Sample == SampleEmpty {
		return envtight.Optional
	}
	return envtight.Required
}

func (d *declarer) contradictions(decl *Declaration, w needWords) {
	if w.required != nil && w.optional != nil {
		d.issue(later(w.required, w.optional), decl.Name, "is both @required and @optional", "keep the one that is meant")
	}
	for _, name := range w.requiredIn {
		if containsFold(w.optionalIn, name) {
			d.issue(w.in.Span, decl.Name, "is both @required and @optional in "+name, "keep the one that is meant")
		}
		if w.only != nil && len(w.onlyIn) > 0 && !containsFold(w.onlyIn, name) {
			d.issue(w.in.Span, decl.Name, "is @required in "+name+", but @only allows it elsewhere", "add "+name+" to @only, or drop it from @required")
		}
	}
}

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(x string) bool { return strings.EqualFold(x, s) })
}
