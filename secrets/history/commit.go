package history

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/gitstore"
	"github.com/envtight/envtight/secrets"
)

// history is what is told of an appearance.
func (r *run) history(a *appearance) *secrets.History {
	h := &secrets.History{}
	if len(a.added) > 0 { // else no commit leads to it
		h.Introduced = r.commit(a.added[0].commit)
	}
	for _, added := range a.added {
		h.Added = append(h.Added, secrets.Added{Commit: added.commit.String(), Line: added.line})
	}
	h.Tips = a.tips
	if last := a.last(); len(h.Tips) == 0 && !last.IsZero() {
		gone := r.commit(last)
		h.Gone = &gone
	}
	return h
}

// last is the commit that took it away last; zero when none did.
func (a *appearance) last() gitstore.ID {
	if a.removed.IsZero() {
		return a.dropped
	}
	return a.removed
}

// commit is what is told of a commit: what must not be shown is blanked.
func (r *run) commit(id gitstore.ID) secrets.Commit {
	if known, ok := r.commits[id]; ok {
		return known
	}
	out := secrets.Commit{ID: id.String()}
	defer func() { r.commits[id] = out }()
	_, data, err := r.store.Object(id, nil)
	var c gitstore.Commit
	if err == nil {
		err = r.store.Format().ParseCommit(data, &c)
	}
	if err != nil {
		r.problems.err(id, err)
		return out
	}
	show := func(text []byte) string { return r.blank(decode(text, string(c.Encoding))) }
	out.Author, out.Email, out.Message = show(c.Author.Name), show(c.Author.Email), show(c.Message)
	if c.Author.Dated {
		out.Time = time.Unix(c.Author.Time, 0).In(time.FixedZone("", 60*c.Author.Zone))
	}
	return out
}

// blank replaces what must not be shown of a text.
func (r *run) blank(text string) string {
	var out strings.Builder
	at := 0
	for _, span := range r.detector.Mask("", []byte(text)) {
		if span.Start >= at {
			out.WriteString(text[at:span.Start])
			out.WriteString(envtight.Redacted)
		}
		at = max(at, span.End)
	}
	out.WriteString(text[at:])
	return out.String()
}

// decode turns what a commit says into UTF-8. Of other encodings Latin-1 is read,
// which old histories have; what does not fit is replaced.
func decode(text []byte, encoding string) string {
	if !utf8.Valid(text) && latin1[strings.ToLower(encoding)] {
		runes := make([]rune, len(text))
		for i, b := range text {
			runes[i] = rune(b)
		}
		return string(runes)
	}
	return strings.ToValidUTF8(string(text), "\uFFFD")
}

// latin1 are the names that git commits carry for ISO 8859-1.
var latin1 = map[string]bool{"iso-8859-1": true, "iso8859-1": true, "latin1": true, "latin-1": true}
