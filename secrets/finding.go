package secrets

import "github.com/envtight/envtight"

// Finding is a match with its place. A history gives one finding for each rule,
// secret and path, however many versions of the file hold it.
type Finding struct {
	Match
	// Grade is that of [Grade].
	Grade envtight.Grade
	// Location is where it stands: in a history, in the version that brought
	// it.
	Location envtight.Location
	// History says what became of it; nil outside of histories.
	History *History
	// Fingerprint identifies it over time: see [Detector.Fingerprints].
	Fingerprint string
	// Snippet is its line with everything that must not be shown blanked; nil
	// when there is none. Masked is Whole in the same way; empty when nothing
	// else is left of it.
	Snippet *envtight.Snippet
	Masked  string
	// Suppressed says who set it aside; nil when nobody did.
	Suppressed *envtight.Suppressed
}

// History is the life of a finding.
type History struct {
	// Introduced is the commit that brought the secret to this path first;
	// zero when no commit leads to it.
	Introduced Commit
	// Added are all commits that added it to this path, with the line
	// (from 1) there, the first one first.
	Added []Added
	// Tips are the full names of refs whose tips still hold it at this path,
	// sorted; empty when it is gone everywhere.
	Tips []string
	// Gone is the commit after which no tip that descends from it held the
	// secret at this path; nil while Tips is not empty or when it is not
	// known.
	Gone *Commit
}

// Added is one commit that added a secret to a file.
type Added struct {
	Commit string
	Line   int
}

// Commit is what a report says of a commit. Scans blank in its message what must
// not be shown.
type Commit = envtight.Commit
