package envtight

import "time"

// Leak is what is known of a secret in a text beside its place. Like everything
// else of a finding it holds no value and no part of one.
type Leak struct {
	// Rule is what the rule is called in its own file, as in
	// "aws-access-token"; the finding has it with a topic.
	Rule string `json:"rule"`
	// Description is the rule's sentence for people.
	Description string `json:"description,omitempty"`
	// Tags are those of the rule, and how the secret was encoded, as in
	// "decoded:base64".
	Tags []string `json:"tags,omitempty"`

	// Introduced is the commit that brought the secret to this path first, Tips
	// the refs whose tips still hold it there, sorted, the first twenty, MoreTips how
	// many more there are, and Gone the commit after which none did. They are empty
	// outside of histories and where they are not known.
	Introduced *Commit  `json:"introduced,omitempty"`
	Tips       []string `json:"tips,omitempty"`
	MoreTips   int      `json:"moreTips,omitempty"`
	Gone       *Commit  `json:"gone,omitempty"`

	// The rest is only for reports in the form of gitleaks. Match is what the
	// whole rule matched, with everything that must not be shown replaced by
	// [Redacted]; empty when nothing else is left of it. Lines count from 1,
	// columns as gitleaks counts them. Entropy is in bits per byte.
	Match                                      string  `json:"-"`
	StartLine, EndLine, StartColumn, EndColumn int     `json:"-"`
	Entropy                                    float64 `json:"-"`
}

// Commit is what a report says of a commit.
type Commit struct {
	// ID is hexadecimal.
	ID string `json:"id"`
	// Author and Email are as they stand in the commit, decoded to UTF-8.
	Author string `json:"author,omitempty"`
	Email  string `json:"email,omitempty"`
	// Time is the author's; zero when it cannot be read.
	Time time.Time `json:"time,omitzero"`
	// Message is decoded to UTF-8, with everything that must not be shown
	// blanked.
	Message string `json:"message,omitempty"`
}
