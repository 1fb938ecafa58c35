package secrets

import (
	"fmt"
	"strings"
	"time"

	"github.com/envtight/envtight"
)

// Diagnostic turns a finding into what reports show. Its range is of one character:
// the end would tell how long the secret is.
func (f *Finding) Diagnostic() envtight.Diagnostic {
	at := f.Location
	if at.Range.End != at.Range.Start {
		at.Range.End = at.Range.Start
		at.Range.End.Column++
		at.Range.End.Offset++
	}
	return envtight.Diagnostic{
		Rule: Topic + "/" + f.Rule.ID, Severity: f.severity(), Grade: f.Grade, Location: at,
		Message: f.message(), Advice: f.advice(),
		Snippet: f.Snippet, Fingerprint: f.Fingerprint, Suppressed: f.Suppressed, Leak: f.leak(),
	}
}

// severity is that of the rule, unless the secret opens nothing.
func (f *Finding) severity() envtight.Severity {
	if f.Grade == envtight.Sample || f.Grade == envtight.Public {
		return envtight.Info
	}
	return envtight.Error
}

// message says what stands where, and in a history, since when and until when.
func (f *Finding) message() string {
	var out strings.Builder
	out.WriteString(kind(f.Rule.ID))
	switch {
	case f.Live != nil:
		out.WriteString(" of " + inForce(f.Live) + " in plain sight")
	case f.aboutPath():
		out.WriteString(": a file of this name holds secrets")
	case f.Grade == envtight.Sample:
		out.WriteString(" of an example or a test")
	case f.Grade == envtight.Public:
		out.WriteString(", which is meant to be public")
	default:
		out.WriteString(" in plain sight")
	}
	if encodings := f.encodings(); len(encodings) > 0 {
		fmt.Fprintf(&out, ", encoded as %s", strings.Join(encodings, " in "))
	}
	if f.History != nil {
		out.WriteString("; " + f.History.words())
	}
	return out.String()
}

func (f *Finding) aboutPath() bool { return f.Rule.Regex == "" && f.Live == nil }

// encodings are those of the secret, from the inside out.
func (f *Finding) encodings() []string {
	var out []string
	for _, tag := range f.Decoded {
		if encoding, ok := strings.CutPrefix(tag, "decoded:"); ok {
			out = append(out, encoding)
		}
	}
	return out
}

// words tell the life of a secret.
func (h *History) words() string {
	out := "brought by " + named(h.Introduced)
	if h.Introduced.ID == "" {
		out = "brought by no commit that is left"
	}
	switch {
	case len(h.Tips) == 1:
		out += ", still in " + h.Tips[0]
	case len(h.Tips) > 1:
		out += fmt.Sprintf(", still in %s and %d more", h.Tips[0], len(h.Tips)-1)
	case h.Gone != nil:
		out += ", gone since " + named(*h.Gone)
	default:
		out += ", in no branch or tag any more"
	}
	return out
}

// named is a commit in words: short name, author, day.
func named(c Commit) string {
	var about []string
	if c.Author != "" {
		about = append(about, c.Author)
	}
	if !c.Time.IsZero() {
		about = append(about, c.Time.Format(time.DateOnly))
	}
	out := c.ID[:min(len(c.ID), 12)]
	if len(about) > 0 {
		out += " (" + strings.Join(about, ", ") + ")"
	}
	return out
}

// advice begins with what ends the danger.
func (f *Finding) advice() string {
	if f.Grade == envtight.Sample || f.Grade == envtight.Public {
		return ""
	}
	out := "make a new one and take this one out of force"
	if f.Live != nil {
		out += ", tonight: it opens what runs now"
	}
	if known := issuerOf(f.Rule.ID); known != nil && known.revoke != "" {
		out += ": " + known.revoke
	}
	switch {
	case f.aboutPath():
		return "keep the file out of the repository: name it in .gitignore"
	case f.History != nil && f.History.Introduced.ID == "":
		return out + "\nit stays here until git throws it away, and in every clone that has fetched it"
	case f.History != nil && len(f.History.Tips) == 0:
		return out + "\nit is in the history for good: every clone has it"
	case f.History != nil:
		return out + "\nthen read it from the environment; it stays in the history, where every clone has it"
	default:
		return out + "\nthen read it from the environment instead"
	}
}

// leak is the plain data of the finding.
func (f *Finding) leak() *envtight.Leak {
	out := &envtight.Leak{
		Rule: f.Rule.ID, Description: f.Rule.Description,
		Match: f.Masked, Entropy: f.Entropy,
		StartLine: f.StartLine + 1, EndLine: f.EndLine + 1, StartColumn: f.StartColumn, EndColumn: f.EndColumn,
	}
	out.Tags = append(append(out.Tags, f.Rule.Tags...), f.Decoded...)
	if h := f.History; h != nil {
		introduced := h.Introduced
		tips := h.Tips[:min(len(h.Tips), maxTips)]
		out.Introduced, out.Tips, out.MoreTips, out.Gone = &introduced, tips, len(h.Tips)-len(tips), h.Gone
	}
	return out
}

// maxTips is how many refs a report names: a large repository has thousands, and
// each of its findings would name them all.
const maxTips = 20
