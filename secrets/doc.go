// Package secrets finds secrets in text by rules.
//
// A [Rule] is data: an expression, and the words that must occur before it is
// tried. A [Detector] holds rules and is cheap to make, because an expression is
// compiled only when one of its words has been seen. It answers two questions:
// which rules match where ([Detector.Detect]), and which bytes of a text must not
// be shown ([Detector.Mask], an envtight.Masker). The second answer errs on the
// side of hiding.
//
// The package has no rules of its own. Package secrets/gitleaks gives those of
// gitleaks.
package secrets
