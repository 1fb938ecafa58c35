package snapshot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// KeyVariable is the environment variable that holds the key for hidden names.
const KeyVariable = "ENVTIGHT_SNAPSHOT_KEY"

// minKey is how many bytes a key must have. Names of variables are easily guessed,
// so that a key which can be guessed hides nothing.
const minKey = 32

// ErrShortKey says that a key is too short.
var ErrShortKey = errors.New("the key is too short: it must have at least 32 characters, as \"openssl rand -hex 32\" gives")

// Key hides the names of variables: a name is written as 128 bits of its
// HMAC-SHA256, in base64url. Who has the key can tell whether a name that he knows is
// in the file; nobody can read the others. It is safe for concurrent use.
type Key struct {
	secret envtight.Secret
	id     string
}

// NewKey returns a key, or [ErrShortKey].
func NewKey(secret envtight.Secret) (*Key, error) {
	if len(secret.Reveal()) < minKey {
		return nil, ErrShortKey
	}
	k := &Key{secret: secret}
	k.id = k.sum("envtight snapshot key", 9)
	return k, nil
}

// ID tells keys apart, and nothing else about them.
func (k *Key) ID() string { return k.id }

func (k *Key) hide(name string) string { return k.sum("name\x00"+name, 16) }

func (k *Key) sum(text string, bytes int) string {
	mac := hmac.New(sha256.New, []byte(k.secret.Reveal()))
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:bytes])
}

// hiddenReason stands for the words of a platform's gap, which may hold a name.
const hiddenReason = "not everything was shown; the reason is hidden, as names are"

// Hide returns the file with the names of variables hidden, also where they stand
// in references and reasons. What platforms provide by themselves is no secret.
func (f *File) Hide(k *Key) *File {
	out := *f
	out.KeyID = k.ID()
	out.Cells = slices.Clone(f.Cells)
	known := map[string]string{}
	hide := func(name string) string {
		hidden, ok := known[name]
		if !ok {
			hidden = k.hide(name)
			known[name] = hidden
		}
		return hidden
	}
	for i := range out.Cells {
		hideAnswer(&out.Cells[i].Answer, hide)
	}
	return &out
}

func hideAnswer(a *envcheck.Answer, hide func(string) string) {
	a.Settings = slices.Clone(a.Settings)
	for i := range a.Settings {
		s := &a.Settings[i]
		s.Name = hide(s.Name)
		s.References = slices.Clone(s.References)
		for j := range s.References {
			s.References[j].Text, s.References[j].Why = noReference, ""
		}
	}
	a.Incomplete = slices.Clone(a.Incomplete)
	for i := range a.Incomplete {
		a.Incomplete[i].Cause, a.Incomplete[i].Advice = hiddenReason, ""
	}
	replaceNames(&a.Project, func(name string) (string, bool) { return hide(name), true })
}

// replaceNames replaces the names of variables among the facts, or drops them.
func replaceNames(f *envcheck.ProjectFacts, replace func(string) (string, bool)) {
	all := func(names []string) []string {
		var out []string
		for _, name := range names {
			if other, ok := replace(name); ok {
				out = append(out, other)
			}
		}
		slices.Sort(out)
		return out
	}
	f.NotCopied = all(f.NotCopied)
	f.Branches = slices.Clone(f.Branches)
	for i := range f.Branches {
		f.Branches[i].Names = all(f.Branches[i].Names)
	}
}

// reveal returns the cells with the names that somebody knows in place of their
// hidden forms. Settings of which nobody knows the name are left out; hidden holds
// their hidden names. Names that are known and not found are proven absent as ever.
func (f *File) reveal(k *Key, known []string) (cells []Cell, hidden map[string]bool) {
	names := make(map[string]string, len(known))
	for _, name := range known {
		names[k.hide(name)] = name
	}
	hidden = map[string]bool{}
	cells = slices.Clone(f.Cells)
	for i := range cells {
		a := &cells[i].Answer
		var shown []envcheck.Setting
		for _, s := range a.Settings {
			name, ok := names[s.Name]
			if !ok {
				hidden[s.Name] = true
				continue
			}
			s.Name = name
			shown = append(shown, s)
		}
		slices.SortFunc(shown, compareSettings)
		a.Settings = shown
		replaceNames(&a.Project, func(h string) (string, bool) {
			name, ok := names[h]
			return name, ok
		})
	}
	return cells, hidden
}
