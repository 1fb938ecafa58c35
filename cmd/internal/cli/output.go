package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/report"
	"github.com/envtight/envtight/report/sarif"
	"github.com/envtight/envtight/secrets"
)

// formats is the table of all formats of findings.
func formats() []report.Format {
	return append(report.Formats(), report.Format{
		Name: "sarif", Title: "SARIF 2.1.0, for code scanning", Write: sarif.Write,
	})
}

func formatNames() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.Name)
	}
	return names
}

func formatOf(name string) (report.Format, error) {
	for _, f := range formats() {
		if f.Name == name {
			return f, nil
		}
	}
	return report.Format{}, usage("there is no format %q; there are %s", name, list(formatNames()))
}

// output is one form of the report and where it goes; an empty path is stdout.
type output struct {
	format report.Format
	path   string
}

// outputs reads --format and --output. On GitHub Actions, when nobody asked for
// a format, annotations follow the text.
func (a *app) outputs() ([]output, error) {
	name := a.flags.formats
	auto := name == "" && a.env.getenv("GITHUB_ACTIONS") == "true"
	if name == "" {
		name = "text"
	}
	f, err := formatOf(name)
	if err != nil {
		return nil, err
	}
	outputs := []output{{format: f}}
	if auto {
		github, err := formatOf("github")
		if err != nil {
			return nil, err
		}
		outputs = append(outputs, output{format: github})
	}
	for _, spec := range a.flags.outputs {
		o, err := a.fileOutput(spec)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(outputs, func(other output) bool { return other.path == o.path }) {
			return nil, usage("--output %s: two outputs go to this file", spec)
		}
		outputs = append(outputs, o)
	}
	return outputs, nil
}

// fileOutput reads one --output. What can be seen to be wrong with its path is
// said before anything is asked of platforms.
func (a *app) fileOutput(spec string) (output, error) {
	name, path, ok := strings.Cut(spec, "=")
	switch {
	case !ok || path == "":
		return output{}, usage("--output %s: want FORMAT=PATH", spec)
	case path == "-":
		return output{}, usage("--output %s: for stdout use --format %s", spec, name)
	}
	f, err := formatOf(name)
	if err != nil {
		return output{}, err
	}
	path = a.path(path)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return output{}, usage("--output %s: %s is a directory", spec, path)
	}
	return output{format: f, path: path}, nil
}

// write writes all outputs, and the step summary of GitHub Actions where that is
// wanted.
func (a *app) write(r *run, outputs []output) error {
	exit, err := a.flags.exit(r.project.config.FailOn)
	if err != nil {
		return err
	}
	github := false
	for _, o := range outputs {
		github = github || o.format.Name == "github"
		options := a.reportOptions(exit, r.project.root)
		options.Scope = r.scope.words // without the time of a snapshot: it names reports that replace each other
		if o.path != "" {
			options.Color, options.Links, options.Width = false, false, 0
			err = replaceFile(o.path, func(w io.Writer) error { return o.format.Write(w, r.report, options) })
		} else {
			err = o.format.Write(a.env.Stdout, r.report, options)
		}
		if err != nil {
			return failure("%w", err)
		}
		if o.format.Partial {
			a.sayMissing(r.report.Incomplete, envtight.Failed)
		}
	}
	if path := a.env.getenv("GITHUB_STEP_SUMMARY"); github && path != "" {
		return a.stepSummary(path, r.report, a.reportOptions(exit, r.project.root))
	}
	return nil
}

// stepSummary appends to the summary of the step.
func (a *app) stepSummary(path string, r *envtight.Report, o report.Options) error {
	var text bytes.Buffer
	if err := report.StepSummary(&text, r, o); err != nil {
		return failure("%w", err)
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return failure("cannot write the step summary: %w", bare(err))
	}
	_, err = file.Write(text.Bytes())
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return failure("cannot write the step summary: %w", bare(err))
	}
	return nil
}

// writeConfigReport writes a report about the configuration for people. unusable
// tells that it stops the command.
func (a *app) writeConfigReport(w io.Writer, r *envtight.Report, tty, unusable bool) error {
	o := a.reportOptions(envtight.ExitOptions{}, "")
	o.Unusable = unusable
	if !tty {
		o.Width, o.Links = 0, false
	}
	o.Color = report.Colored(a.flags.color, a.env.getenv, tty)
	if err := report.Text(w, r, o); err != nil {
		return failure("%w", err)
	}
	return nil
}

func (a *app) reportOptions(exit envtight.ExitOptions, root string) report.Options {
	color := report.Colored(a.flags.color, a.env.getenv, a.env.StdoutTTY)
	o := report.Options{
		Version: version().Version, Exit: exit, Color: color, Root: root,
		Verbose: a.flags.verbose, ShowSuppressed: a.flags.suppressed, RuleURL: ruleURL,
	}
	if a.env.StdoutTTY {
		o.Width = a.env.Width
		o.Links = color && a.env.getenv("CI") == ""
	}
	return o
}

// ruleURL is where the documentation of a rule stands.
func ruleURL(id string) string {
	if strings.HasPrefix(id, secrets.Topic+"/") {
		id = secrets.Topic
	}
	return "https://github.com/envtight/envtight/blob/main/docs/rules/" + id + ".md"
}

// replaceFile writes a file wholly or not at all. A symbolic link stays one; what
// is no regular file, as a terminal, a pipe or the null device, is written to and
// never replaced.
func replaceFile(path string, write func(io.Writer) error) error {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return writeDevice(path, write)
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".envtight-*")
	if err != nil {
		return failure("cannot write %s: %w", path, bare(err))
	}
	defer func() { _ = os.Remove(temporary.Name()) }()
	err = write(temporary)
	if chmodErr := temporary.Chmod(0o644); err == nil {
		err = chmodErr
	}
	if closeErr := temporary.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return failure("cannot write %s: %w", path, bare(err))
	}
	return nil
}

// writeDevice writes to a file that cannot be replaced.
func writeDevice(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		err = write(file)
		if closeErr := file.Close(); err == nil {
			err = closeErr
		}
	}
	if err != nil {
		return failure("cannot write %s: %w", path, bare(err))
	}
	return nil
}
