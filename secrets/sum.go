package secrets

import (
	"crypto/sha256"
	"encoding/json"
)

// engine is the version of what [Detector.Inspect] finds and [Detector.Spans] hides by
// given rules. It rises when that changes, so that what was remembered of texts is not
// used any more.
const engine = 1

// Sum identifies what a detector finds and hides in a text: detectors with the same sum
// find the same. It is made of the rules, and of nothing that they are asked about.
func (d *Detector) Sum() [sha256.Size]byte {
	h := sha256.New()
	// Plain data can always be encoded, and a hash takes everything.
	_ = json.NewEncoder(h).Encode(struct {
		Engine int
		Rules  RuleSet
	}{engine, d.set})
	return [sha256.Size]byte(h.Sum(nil))
}
