package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/envtight/envtight"
)

// document is the JSON form of a report. Its "version" is
// envtight.ReportVersion.
type document struct {
	Tool tool `json:"tool"`
	*envtight.Report
	Counts envtight.Counts `json:"counts"`
	// Exit is the exit code that the report stands for.
	Exit  int           `json:"exit"`
	Rules []ruleSummary `json:"rules"`
}

type tool struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
}

// ruleSummary is a rule that could report, and how often it did.
type ruleSummary struct {
	ID         string            `json:"id"`
	Title      string            `json:"title"`
	Default    envtight.Severity `json:"default"`
	Group      string            `json:"group,omitempty"`
	URL        string            `json:"url,omitempty"`
	Findings   int               `json:"findings"`
	Suppressed int               `json:"suppressed"`
}

// JSON writes everything that the report holds, suppressed findings too, with
// the counts and the rules that ran. Characters that could harm a terminal are
// written as escapes.
func JSON(w io.Writer, r *envtight.Report, o Options) error {
	whole := *r
	if whole.Diagnostics == nil {
		whole.Diagnostics = []envtight.Diagnostic{}
	}
	if whole.Incomplete == nil {
		whole.Incomplete = []envtight.Incompleteness{}
	}
	if whole.Looked == nil {
		whole.Looked = []envtight.Looked{}
	}
	return writeJSON(w, document{
		Tool:   tool{Name: "envtight", Version: o.Version},
		Report: &whole,
		Counts: r.Counts(),
		Exit:   r.ExitCode(o.Exit),
		Rules:  summarize(r, o),
	})
}

func summarize(r *envtight.Report, o Options) []ruleSummary {
	out := make([]ruleSummary, len(r.Rules))
	index := map[string]int{}
	for i, rule := range r.Rules {
		index[rule.ID] = i
		out[i] = ruleSummary{ID: rule.ID, Title: rule.Title, Default: rule.Default, Group: rule.Group, URL: o.ruleURL(rule.ID)}
	}
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		at, ok := index[d.Rule]
		switch {
		case !ok:
		case d.Suppressed != nil:
			out[at].Suppressed++
		default:
			out[at].Findings++
		}
	}
	return out
}

func writeJSON(w io.Writer, v any) error {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("write json report: %w", err)
	}
	return write(w, "json", string(asciiJSON(out.Bytes())))
}
