package github

import (
	"encoding/json"

	"github.com/envtight/envtight"
)

// value is how the value of a variable is decoded: kept or dropped.
type value interface {
	// empty tells that a value came and is empty, kept that it may be shown to
	// those who asked for it.
	empty() bool
	kept() bool
	secret() envtight.Secret
}

// dropped forgets a value while it is decoded, and keeps that it was empty.
type dropped struct{ blank bool }

func (d *dropped) UnmarshalJSON(b []byte) error {
	d.blank = string(b) == `""`
	return nil
}

func (d dropped) empty() bool           { return d.blank }
func (dropped) kept() bool              { return false }
func (dropped) secret() envtight.Secret { return envtight.Secret{} }

// kept hides a value while it is decoded.
type kept struct {
	came   bool
	hidden envtight.Secret
}

func (k *kept) UnmarshalJSON(b []byte) error {
	var s string
	*k = kept{}
	if len(b) > 0 && b[0] == '"' && json.Unmarshal(b, &s) == nil {
		*k = kept{came: true, hidden: envtight.NewSecret(s)}
	}
	return nil
}

func (k kept) empty() bool             { return k.came && k.hidden.IsEmpty() }
func (k kept) kept() bool              { return k.came }
func (k kept) secret() envtight.Secret { return k.hidden }
