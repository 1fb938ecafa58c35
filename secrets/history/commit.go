package history

import (
	"slices"
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
		h.Introduced = r.commits[a.added[0].commit]
	}
	for _, added := range a.added {
		h.Added = append(h.Added, secrets.Added{Commit: added.commit.String(), Line: added.line})
	}
	h.Tips = a.tips
	if last := a.gone(); !last.IsZero() {
		gone := r.commits[last]
		h.Gone = &gone
	}
	return h
}

// gone is the commit after which it was nowhere; zero when it still is somewhere.
func (a *appearance) gone() gitstore.ID {
	if len(a.tips) > 0 {
		return gitstore.ID{}
	}
	return a.last()
}

// last is the commit that took it away last; zero when none did.
func (a *appearance) last() gitstore.ID {
	if a.removed.IsZero() {
		return a.dropped
	}
	return a.removed
}

// masks are where in the author's name, the email address and the message of a commit
// something must not be shown.
type masks [3][]envtight.Span

// commit is what is told of a commit: what must not be shown is blanked. known is what an
// earlier run found out about the same commit, or nil. It returns false when that cannot
// be.
func (r *run) commit(id gitstore.ID, data []byte, known *masks) (out secrets.Commit, found masks, ok bool) {
	out = secrets.Commit{ID: id.String()}
	var c gitstore.Commit
	if err := r.store.Format().ParseCommit(data, &c); err != nil {
		r.problems.err(id, err)
		return out, found, known == nil
	}
	says := [...][]byte{c.Author.Name, c.Author.Email, c.Message}
	for i, to := range []*string{&out.Author, &out.Email, &out.Message} {
		text := decode(says[i], string(c.Encoding))
		if known == nil {
			found[i] = r.detector.Mask("", []byte(text))
		} else if found[i] = known[i]; !within(found[i], len(text)) {
			return out, found, false
		}
		*to = blank(text, found[i])
	}
	if c.Author.Dated {
		out.Time = time.Unix(c.Author.Time, 0).In(time.FixedZone("", 60*c.Author.Zone))
	}
	return out, found, true
}

func within(spans []envtight.Span, size int) bool {
	return !slices.ContainsFunc(spans, func(s envtight.Span) bool { return s.Start > s.End || s.End > size })
}

// blank replaces what must not be shown of a text.
func blank(text string, hidden []envtight.Span) string {
	var out strings.Builder
	at := 0
	for _, span := range hidden {
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
