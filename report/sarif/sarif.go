// Package sarif writes reports as SARIF 2.1.0, for GitHub code scanning and
// whatever else reads it. It is apart from package report because its library
// links a JSON schema validator.
//
// The standard is
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, and what GitHub
// takes of it
// https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning.
package sarif

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/report"
)

const (
	home = "https://github.com/envtight/envtight"
	root = "%SRCROOT%"
)

// Format is the format for lists of formats.
func Format() report.Format {
	return report.Format{Name: "sarif", Title: "SARIF 2.1.0, for code scanning", Write: Write}
}

// Write writes a report as one SARIF run. All rules that ran are listed; source
// lines are not part of it. A finding on a platform stands at the place in the
// repository that explains it, with the platform's as logical location, because
// code scanning shows nothing without a file.
func Write(w io.Writer, r *envtight.Report, o report.Options) error {
	document := sarif.NewReport().AddRun(run(r, o))
	text, err := encode(document)
	if err != nil {
		return fmt.Errorf("write sarif report: %w", err)
	}
	if _, err := w.Write(text); err != nil {
		return fmt.Errorf("write sarif report: %w", err)
	}
	return nil
}

func run(r *envtight.Report, o report.Options) *sarif.Run {
	out := sarif.NewRun()
	driver, index := driver(r, o)
	out.Tool = sarif.NewTool()
	out.Tool.Driver = driver
	// Columns are counted in code points; the default is UTF-16.
	out.ColumnKind = pointer("unicodeCodePoints")
	out.RedactionTokens = []string{envtight.Redacted}
	base := sarif.NewArtifactLocation()
	base.Description = message("The root of the repository.")
	out.OriginalUriBaseIds = map[string]sarif.ArtifactLocation{root: *base}
	out.AutomationDetails = sarif.NewRunAutomationDetails()
	// With the slash at the end the whole is a category to GitHub; what
	// follows it would be the name of one run.
	out.AutomationDetails.ID = pointer("envtight/" + slug(cmp.Or(o.Scope, r.Scope, "all")) + "/")
	out.Invocations = []*sarif.Invocation{invocation(r, o)}
	out.Results = []*sarif.Result{}
	for i := range r.Diagnostics {
		out.Results = append(out.Results, result(&r.Diagnostics[i], index))
	}
	return out
}

// driver describes the program and its rules. A finding under a rule that the
// report does not list adds it, so that each result has a rule.
func driver(r *envtight.Report, o report.Options) (*sarif.ToolComponent, map[string]int) {
	d := sarif.NewToolComponent()
	d.Name = pointer("envtight")
	d.InformationURI = pointer(home)
	if o.Version != "" {
		d.Version = pointer(o.Version)
		if isSemantic(o.Version) {
			d.SemanticVersion = pointer(strings.TrimPrefix(o.Version, "v"))
		}
	}
	index := map[string]int{}
	add := func(rule *envtight.Rule) {
		if _, ok := index[rule.ID]; !ok {
			index[rule.ID] = len(d.Rules)
			d.Rules = append(d.Rules, descriptor(rule, o))
		}
	}
	for _, rule := range r.Rules {
		add(rule)
	}
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		add(&envtight.Rule{ID: d.Rule, Title: d.Rule, Default: d.Severity})
	}
	for _, kind := range []envtight.Silence{envtight.Failed, envtight.Undecidable, envtight.NotAsked} {
		n := sarif.NewReportingDescriptor()
		n.ID = pointer(silenceID(kind))
		n.Name = pointer(pascal(silenceID(kind)))
		n.ShortDescription = multiformat(silenceTitle[kind])
		n.FullDescription = multiformat(silenceTitle[kind])
		n.Help = multiformat(silenceTitle[kind])
		d.Notifications = append(d.Notifications, n)
	}
	return d, index
}

var silenceTitle = map[envtight.Silence]string{
	envtight.Failed:      "Something that should have been looked at could not be.",
	envtight.Undecidable: "Nobody can tell.",
	envtight.NotAsked:    "It was not asked for.",
}

func silenceID(s envtight.Silence) string { return "incomplete/" + slug(string(s)) }

func descriptor(rule *envtight.Rule, o report.Options) *sarif.ReportingDescriptor {
	d := sarif.NewReportingDescriptor()
	d.ID = pointer(report.Plain(rule.ID))
	d.Name = pointer(pascal(rule.ID))
	title := sentence(report.Plain(rule.Title))
	d.ShortDescription = multiformat(title)
	d.FullDescription = multiformat(cmp.Or(firstParagraph(rule.Doc), title))
	doc := cmp.Or(rule.Doc, title)
	d.Help = multiformat(doc)
	d.Help.Markdown = pointer(doc)
	d.HelpURI = pointer(home)
	if o.RuleURL != nil {
		d.HelpURI = pointer(o.RuleURL(rule.ID))
	}
	d.DefaultConfiguration = sarif.NewReportingConfiguration()
	d.DefaultConfiguration.Enabled = rule.Group == ""
	d.DefaultConfiguration.Level = level(rule.Default)
	d.Properties = sarif.NewPropertyBag()
	d.Properties.Tags = []string{rule.Topic()}
	if rule.Group != "" && rule.Group != rule.Topic() {
		d.Properties.Tags = append(d.Properties.Tags, rule.Group)
	}
	d.Properties.Add("precision", "very-high")
	d.Properties.Add("problem.severity", problem(rule.Default))
	if rule.Topic() == "secrets" {
		// GitHub calls 7.0 to 8.9 "high".
		d.Properties.Add("security-severity", "8.0")
		d.Properties.Tags = append(d.Properties.Tags, "security")
	}
	return d
}

func result(d *envtight.Diagnostic, index map[string]int) *sarif.Result {
	out := sarif.NewResult()
	out.RuleID = pointer(report.Plain(d.Rule))
	out.RuleIndex = index[d.Rule]
	out.Level = level(d.Severity)
	text := sentence(report.Plain(d.Text()))
	for line := range strings.SplitSeq(d.Advice, "\n") {
		if line = report.Plain(strings.TrimSpace(line)); line != "" {
			text += "\n" + line
		}
	}
	out.Message = message(text)
	out.Locations = []*sarif.Location{locate(d)}
	for i, related := range d.Related {
		if related.Location.Path == "" {
			continue
		}
		at := location(related.Location)
		at.ID = i + 1
		at.Message = message(sentence(report.Plain(related.Message)))
		out.RelatedLocations = append(out.RelatedLocations, at)
	}
	if d.Fingerprint != "" {
		// The only fingerprint that GitHub looks at.
		out.PartialFingerprints = map[string]string{"primaryLocationLineHash": d.Fingerprint + ":1"}
	}
	if d.Suppressed != nil {
		out.Suppressions = []*sarif.Suppression{suppression(d.Suppressed)}
	}
	for _, fix := range d.Fixes {
		if f := fixOf(fix); f != nil {
			out.Fixes = append(out.Fixes, f)
		}
	}
	out.Properties = properties(d)
	return out
}

func properties(d *envtight.Diagnostic) *sarif.PropertyBag {
	bag := sarif.NewPropertyBag()
	for key, value := range map[string]string{
		"grade": d.Grade.String(), "app": d.App, "environment": d.Environment, "name": d.Name,
		"commit": d.Location.Object.Commit, "blob": d.Location.Object.Blob, "member": d.Location.Member,
	} {
		if value != "" {
			bag.Add(key, report.Plain(value))
		}
	}
	return bag
}

func suppression(s *envtight.Suppressed) *sarif.Suppression {
	out := sarif.NewSuppression()
	out.Kind = pointer("external")
	if s.By == "inline" {
		out.Kind = pointer("inSource")
	}
	out.Status = pointer("accepted")
	text := report.Plain(cmp.Or(s.Reason, s.By))
	if s.Owner != "" {
		text += " (" + report.Plain(s.Owner) + ")"
	}
	out.Justification = &text
	if s.Location.Path != "" {
		out.Location = location(s.Location)
	}
	return out
}

// fixOf turns a fix into the edits of each file; nil when it has none.
func fixOf(fix envtight.Fix) *sarif.Fix {
	out := sarif.NewFix()
	out.Description = message(sentence(report.Plain(fix.Message)))
	changes := map[string]*sarif.ArtifactChange{}
	for _, edit := range fix.Edits {
		change := changes[edit.Path]
		if change == nil {
			change = sarif.NewArtifactChange()
			change.ArtifactLocation = artifact(edit.Path)
			changes[edit.Path] = change
			out.ArtifactChanges = append(out.ArtifactChanges, change)
		}
		r := sarif.NewReplacement()
		r.DeletedRegion = sarif.NewRegion()
		r.DeletedRegion.ByteOffset = edit.Span.Start
		r.DeletedRegion.ByteLength = pointer(edit.Span.Len())
		if edit.New != "" {
			r.InsertedContent = sarif.NewArtifactContent()
			r.InsertedContent.Text = pointer(edit.New)
		}
		change.Replacements = append(change.Replacements, r)
	}
	if len(out.ArtifactChanges) == 0 {
		return nil
	}
	return out
}

func invocation(r *envtight.Report, o report.Options) *sarif.Invocation {
	out := sarif.NewInvocation()
	out.ExecutionSuccessful = pointer(r.Counts().Failed == 0)
	out.ExitCode = pointer(r.ExitCode(o.Exit))
	for i := range r.Incomplete {
		inc := &r.Incomplete[i]
		n := sarif.NewNotification()
		n.Level = "note"
		if inc.Silence == envtight.Failed {
			n.Level = "error"
		}
		n.Descriptor = sarif.NewReportingDescriptorReference()
		n.Descriptor.ID = pointer(silenceID(inc.Silence))
		n.Descriptor.Index = slices.Index([]envtight.Silence{envtight.Failed, envtight.Undecidable, envtight.NotAsked}, inc.Silence)
		text := sentence(report.Plain(inc.Cause))
		for line := range strings.SplitSeq(inc.Advice, "\n") {
			if line = report.Plain(strings.TrimSpace(line)); line != "" {
				text += "\n" + line
			}
		}
		n.Message = message(text)
		if at := location(inc.Location); at.PhysicalLocation != nil || len(at.LogicalLocations) > 0 {
			n.Locations = []*sarif.Location{at}
		}
		out.ToolExecutionNotifications = append(out.ToolExecutionNotifications, n)
	}
	return out
}
