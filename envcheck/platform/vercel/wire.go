package vercel

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"github.com/envtight/envtight"
)

// The types here are what Vercel sends, read leniently: a member of another type
// than known spoils its row, not the whole answer, and is remembered as odd.

// text is a string that may be null or absent.
type text struct {
	value string
	given bool // present and not null
	null  bool // present and null
	odd   bool // present and of another type
}

func (t *text) UnmarshalJSON(b []byte) error {
	*t = text{}
	if isNull(b) {
		t.null = true
		return nil
	}
	t.given = json.Unmarshal(b, &t.value) == nil
	t.odd = !t.given
	return nil
}

// texts is a list of strings that Vercel writes as one string, too.
type texts struct {
	list []string
	odd  bool
}

func (t *texts) UnmarshalJSON(b []byte) error {
	*t = texts{}
	if isNull(b) || json.Unmarshal(b, &t.list) == nil {
		return nil
	}
	var one string
	if json.Unmarshal(b, &one) == nil {
		t.list = []string{one}
		return nil
	}
	t.list, t.odd = nil, true
	return nil
}

// millis is a time in milliseconds since 1970; what is none is the zero time.
type millis struct{ time.Time }

func (m *millis) UnmarshalJSON(b []byte) error {
	var n float64
	if json.Unmarshal(b, &n) == nil && n > 0 && n < 1e15 {
		m.Time = time.UnixMilli(int64(n)).UTC()
	}
	return nil
}

// cursor is what asks for the next page: a number, a string, or null for none.
type cursor struct {
	next string
	odd  bool
}

func (c *cursor) UnmarshalJSON(b []byte) error {
	*c = cursor{}
	if isNull(b) {
		return nil
	}
	if json.Unmarshal(b, &c.next) == nil {
		return nil
	}
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil || n < 0 {
		c.odd = true
		return nil
	}
	c.next = strconv.FormatInt(n, 10)
	return nil
}

// pagination is absent in some answers, which are then whole.
type pagination struct {
	Next cursor `json:"next"`
}

// count is a number of things.
type count struct {
	n   int64
	odd bool
}

func (c *count) UnmarshalJSON(b []byte) error {
	*c = count{}
	if isNull(b) {
		return nil
	}
	n, err := strconv.ParseInt(string(b), 10, 64)
	c.n, c.odd = n, err != nil || n < 0
	return nil
}

// value is how the value of a variable is decoded: kept or dropped.
type value interface {
	// given tells that a value came at all, empty that it came and is empty.
	given() bool
	empty() bool
	secret() envtight.Secret
}

// dropped forgets a value while it is decoded, and keeps that it was empty.
type dropped struct{ came, blank bool }

func (d *dropped) UnmarshalJSON(b []byte) error {
	*d = dropped{came: len(b) > 0 && b[0] == '"', blank: string(b) == `""`}
	return nil
}

func (d dropped) given() bool           { return d.came }
func (d dropped) empty() bool           { return d.blank }
func (dropped) secret() envtight.Secret { return envtight.Secret{} }

// kept hides a value while it is decoded.
type kept struct {
	came   bool
	hidden envtight.Secret
}

func (k *kept) UnmarshalJSON(b []byte) error {
	*k = kept{}
	var s string
	if !isNull(b) && json.Unmarshal(b, &s) == nil {
		*k = kept{came: true, hidden: envtight.NewSecret(s)}
	}
	return nil
}

func (k kept) given() bool             { return k.came }
func (k kept) empty() bool             { return k.came && k.hidden.IsEmpty() }
func (k kept) secret() envtight.Secret { return k.hidden }

// wireVariable is a variable of a project or a team.
type wireVariable[V value] struct {
	ID                   text   `json:"id"`
	Key                  text   `json:"key"`
	Type                 text   `json:"type"`
	Value                V      `json:"value"`
	Decrypted            bool   `json:"decrypted"`
	Visibility           text   `json:"visibility"`
	Target               texts  `json:"target"`
	GitBranch            text   `json:"gitBranch"`
	CustomEnvironmentIDs texts  `json:"customEnvironmentIds"`
	ConfigurationID      text   `json:"configurationId"`
	System               bool   `json:"system"`
	CreatedAt            millis `json:"createdAt"`
	UpdatedAt            millis `json:"updatedAt"`

	// Shared variables only.
	ProjectIDs texts  `json:"projectId"`
	AllCustom  bool   `json:"applyToAllCustomEnvironments"`
	DeletedAt  millis `json:"deletedAt"`
}

// wireError is an error inside an answer: an object with a code, or a text.
type wireError struct {
	present bool
	code    string
}

func (e *wireError) UnmarshalJSON(b []byte) error {
	*e = wireError{present: !isNull(b)}
	var object struct {
		Code         text `json:"code"`
		InvalidToken bool `json:"invalidToken"`
		SAML         bool `json:"saml"`
	}
	if json.Unmarshal(b, &object) != nil {
		return nil
	}
	switch {
	case object.InvalidToken:
		e.code = codeInvalidToken
	case object.SAML:
		e.code = codeSAML
	default:
		e.code = knownCode(object.Code.value)
	}
	return nil
}

// wireErrors are the two members that errors come in.
type wireErrors struct {
	Error wireError `json:"error"`
	Err   wireError `json:"err"`
}

func (e wireErrors) failure() (wireError, bool) {
	if e.Error.present {
		return e.Error, true
	}
	return e.Err, e.Err.present
}

func isNull(b []byte) bool { return bytes.Equal(b, []byte("null")) }
