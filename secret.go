package envtight

import (
	"crypto/subtle"
	"fmt"
	"log/slog"
)

// Redacted is what every printer shows in place of a secret. It has the same
// length whatever it stands for.
const Redacted = "[redacted]"

// Secret holds a value that must never be shown: the value of a variable, a
// token, the text of a leak. Every printer, encoder, logger and test diff shows
// [Redacted]; only [Secret.Reveal] opens it, so that reviewers can search for
// that one word.
//
// The text sits in a closure, out of reach of reflection: even printers that
// walk unexported fields (go-cmp, %#v of a struct that holds a Secret) find
// a function. The zero Secret holds the empty text. A Secret is immutable and
// safe for concurrent use.
type Secret struct {
	reveal func() string
}

// NewSecret hides text.
func NewSecret(text string) Secret {
	return Secret{reveal: func() string { return text }}
}

// Reveal returns the hidden text. Whoever calls it answers for where it goes:
// never into output, an error, a log, a report, a cache or a test failure.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// IsEmpty reports whether the hidden text is empty.
func (s Secret) IsEmpty() bool { return s.Reveal() == "" }

// Equal reports whether two secrets hide the same text. For texts of equal
// length its time does not depend on where they differ. go-cmp uses it, so
// secrets can be compared in tests without options.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other.Reveal())) == 1
}

// String returns [Redacted].
func (Secret) String() string { return Redacted }

// GoString returns [Redacted].
func (Secret) GoString() string { return Redacted }

// Format writes [Redacted] for every verb, %x, %q and %v of a pointer included.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Redacted)) }

// MarshalText returns [Redacted]; encoding/json, encoding/xml and most others
// use it.
func (Secret) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// MarshalJSON returns [Redacted] as a JSON string.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + Redacted + `"`), nil }

// MarshalBinary returns [Redacted], for encoding/gob.
func (Secret) MarshalBinary() ([]byte, error) { return []byte(Redacted), nil }

// LogValue returns [Redacted].
func (Secret) LogValue() slog.Value { return slog.StringValue(Redacted) }

// UnmarshalText hides text. Decoders use it, so that a value read from an API
// is never an ordinary string first.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}
