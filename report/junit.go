package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/envtight/envtight"
)

// The elements of JUnit's XML that CI systems read. There is no schema of JUnit's
// own; these are common to those that Jenkins, GitLab and Azure Pipelines document:
// https://github.com/testmoapp/junitxml
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	ClassName string        `xml:"classname,attr"`
	File      string        `xml:"file,attr,omitempty"`
	Line      int           `xml:"line,attr,omitempty"`
	Failure   *junitOutcome `xml:"failure"`
	Error     *junitOutcome `xml:"error"`
	Skipped   *junitOutcome `xml:"skipped"`
	Output    string        `xml:"system-out,omitempty"`
}

type junitOutcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// JUnit writes the report as the outcome of tests: a suite for each topic, in it a
// test for each finding and one for each rule that found nothing. A finding fails
// when it counts for the exit code; one of a lower severity passes and says so in
// its output, one that was set aside is skipped. What could not be looked at is an
// error. There are no times in it, so that equal reports are equal files.
func JUnit(w io.Writer, r *envtight.Report, o Options) error {
	j := &junit{exit: o.Exit, index: map[string]int{}}
	found := map[string]bool{}
	for _, d := range shown(r, true) {
		found[d.Rule] = true
		j.add(topicOf(d.Rule), j.finding(d))
	}
	for _, rule := range r.Rules {
		if !found[rule.ID] {
			j.add(rule.Topic(), junitCase{Name: "nothing found: " + plain(rule.Title), ClassName: plain(rule.ID)})
		}
	}
	for i := range r.Incomplete {
		if c, ok := j.incomplete(&r.Incomplete[i]); ok {
			j.add("incomplete", c)
		}
	}
	out := bytes.NewBufferString(xml.Header)
	encoder := xml.NewEncoder(out)
	encoder.Indent("", "  ")
	if err := encoder.Encode(j.all()); err != nil {
		return fmt.Errorf("write junit report: %w", err)
	}
	out.WriteByte('\n')
	return write(w, "junit", out.String())
}

type junit struct {
	exit   envtight.ExitOptions
	suites []junitSuite
	index  map[string]int
}

func topicOf(rule string) string {
	topic, _, _ := strings.Cut(rule, "/")
	return topic
}

func (j *junit) add(topic string, c junitCase) {
	at, ok := j.index[topic]
	if !ok {
		at = len(j.suites)
		j.index[topic] = at
		j.suites = append(j.suites, junitSuite{Name: plain(topic)})
	}
	s := &j.suites[at]
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
}

func (j *junit) all() junitSuites {
	out := junitSuites{Name: "envtight", Suites: j.suites}
	for i := range j.suites {
		s := &j.suites[i]
		out.Tests += s.Tests
		out.Failures += s.Failures
		out.Errors += s.Errors
		out.Skipped += s.Skipped
	}
	return out
}

func (j *junit) finding(d *envtight.Diagnostic) junitCase {
	message := plain(d.Text())
	c := junitCase{
		Name: plain(where(d)) + ": " + message, ClassName: plain(d.Rule),
		File: plain(d.Location.Path), Line: d.Location.Range.Start.Line,
	}
	alone := envtight.Report{Diagnostics: []envtight.Diagnostic{*d}}
	switch {
	case d.Suppressed != nil:
		c.Skipped = &junitOutcome{Message: "suppressed by " + plain(d.Suppressed.By) + ": " + plain(d.Suppressed.Reason)}
	case alone.ExitCode(j.exit) != envtight.ExitClean:
		c.Failure = &junitOutcome{Message: message, Type: d.Severity.String(), Text: junitText(d)}
	default:
		c.Output = d.Severity.String() + ": " + junitText(d)
	}
	return c
}

// junitText is the finding with its line and advice.
func junitText(d *envtight.Diagnostic) string {
	var lines []string
	lines = append(lines, fmt.Sprintf("%s: %s [%s]", plain(where(d)), plain(d.Text()), plain(d.Rule)))
	if d.Snippet != nil {
		lines = append(lines, fmt.Sprintf("%5d | %s", d.Snippet.Line, plain(d.Snippet.Text)))
	}
	for line := range strings.Lines(d.Advice) {
		lines = append(lines, "advice: "+plain(strings.TrimRight(line, "\n")))
	}
	return strings.Join(lines, "\n")
}

// incomplete returns a case for what is worth one: what nobody asked for is not.
func (j *junit) incomplete(i *envtight.Incompleteness) (junitCase, bool) {
	counts := envtight.Report{Incomplete: []envtight.Incompleteness{*i}}
	cause := plain(atPlace(i.Location) + i.Cause)
	c := junitCase{Name: cause, ClassName: "incomplete/" + string(i.Silence)}
	switch {
	case i.Silence == envtight.NotAsked:
		return c, false
	case counts.ExitCode(j.exit) == envtight.ExitClean:
		c.Output = cause
	default:
		c.Error = &junitOutcome{Message: cause, Type: string(i.Silence), Text: plain(i.Advice)}
	}
	return c, true
}
