package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/envtight/envtight"
)

// gitleaksRedacted is what gitleaks writes in place of a secret.
const gitleaksRedacted = "REDACTED"

// gitleaksFinding has the fields of report.Finding of gitleaks 8.30, in its order.
type gitleaksFinding struct {
	RuleID      string
	Description string
	StartLine   int
	EndLine     int
	StartColumn int
	EndColumn   int
	Match       string
	Secret      string
	File        string
	SymlinkFile string
	Commit      string
	Entropy     float32
	Author      string
	Email       string
	Date        string
	Message     string
	Tags        []string
	Fingerprint string
}

// GitleaksJSON writes the secrets of a report that were not set aside in the form
// of gitleaks' JSON, as with its --redact: an array, in order of the report, that
// programs which read such reports take, gitleaks' --baseline-path among them. The
// form has no place for other findings, nor for what could not be looked at: the
// exit code tells that.
func GitleaksJSON(w io.Writer, r *envtight.Report, _ Options) error {
	findings := []gitleaksFinding{}
	for _, d := range shown(r, false) {
		if d.Leak != nil {
			findings = append(findings, gitleaksOf(d))
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(findings); err != nil {
		return fmt.Errorf("write gitleaks-json report: %w", err)
	}
	return write(w, "gitleaks-json", string(asciiJSON(out.Bytes())))
}

func gitleaksOf(d *envtight.Diagnostic) gitleaksFinding {
	l := d.Leak
	f := gitleaksFinding{
		RuleID: l.Rule, Description: l.Description,
		StartLine: l.StartLine, EndLine: l.EndLine, StartColumn: l.StartColumn, EndColumn: l.EndColumn,
		Match:  cmp.Or(strings.ReplaceAll(l.Match, envtight.Redacted, gitleaksRedacted), gitleaksRedacted),
		Secret: gitleaksRedacted, File: d.Location.Path, Entropy: float32(l.Entropy), Tags: []string{},
	}
	f.Tags = append(f.Tags, l.Tags...)
	if d.Location.Kind == envtight.AtMember {
		f.File += "!" + d.Location.Member
	}
	f.Fingerprint = fmt.Sprintf("%s:%s:%d", f.File, f.RuleID, f.StartLine)
	if c := l.Introduced; c != nil {
		f.Commit, f.Author, f.Email, f.Message = c.ID, c.Author, c.Email, c.Message
		f.Fingerprint = f.Commit + ":" + f.Fingerprint
		if !c.Time.IsZero() {
			f.Date = c.Time.UTC().Format(time.RFC3339)
		}
	}
	return f
}
