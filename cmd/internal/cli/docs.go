package cli

import (
	"fmt"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/config"
	"github.com/envtight/envtight/secrets"
)

// Docs returns the generated part of the documentation: file names below docs/
// and their texts. A test holds the files of the repository against it, and
// writes them with ENVTIGHT_UPDATE=1.
func Docs() map[string]string {
	out := map[string]string{
		"rules/README.md":  ruleIndex(),
		"rules/secrets.md": secretsDoc(),
		"config.md":        configReference(),
	}
	for _, r := range envtight.SortRules(plainRules()) {
		out["rules/"+r.ID+".md"] = ruleDoc(r)
	}
	return out
}

const generated = "<!-- Generated from the rules themselves: go test ./cmd/internal/cli -run TestDocs with ENVTIGHT_UPDATE=1. -->\n"

func ruleIndex() string {
	var out strings.Builder
	out.WriteString("# Rules\n\n" + generated)
	topic := ""
	for _, r := range envtight.SortRules(plainRules()) {
		if r.Topic() != topic {
			topic = r.Topic()
			fmt.Fprintf(&out, "\n## %s\n\n| rule | severity | what it finds |\n| --- | --- | --- |\n", topic)
		}
		fmt.Fprintf(&out, "| [`%s`](%s.md) | %s | %s |\n", r.ID, r.ID, severityOf(r), r.Title)
	}
	fmt.Fprintf(&out, "\n## %s\n\nThe %d rules about secrets have [a page of their own](%s.md).\n", secrets.Topic, len(secretRules()), secrets.Topic)
	out.WriteString("\nRules of a group are off until `--enable GROUP`, or until the configuration gives them a severity.\n")
	return out.String()
}

func ruleDoc(r *envtight.Rule) string {
	var out strings.Builder
	fmt.Fprintf(&out, "# %s\n\n%s\n**%s** · severity %s · since %s\n\n%s\n", r.ID, generated, r.Title, severityOf(r), r.Since, strings.TrimSpace(r.Doc))
	if len(r.Examples) > 0 {
		out.WriteString("\n## Examples\n")
	}
	for _, example := range r.Examples {
		if example.Title != "" {
			fmt.Fprintf(&out, "\n### %s\n", strings.ToUpper(example.Title[:1])+example.Title[1:])
		}
		archive := txtar.Parse([]byte(example.Files))
		if comment := strings.TrimSpace(string(archive.Comment)); comment != "" {
			fmt.Fprintf(&out, "\n%s\n", comment)
		}
		for _, f := range archive.Files {
			heading := "`" + f.Name + "`"
			if f.Name == "snapshot" {
				heading = exampleHeading(f.Name)
			}
			fmt.Fprintf(&out, "\n%s\n\n%s\n", heading, fence(string(f.Data)))
		}
		if example.Want == "" {
			out.WriteString("\nNothing is reported.\n")
			continue
		}
		fmt.Fprintf(&out, "\nreports\n\n%s\n", fence(example.Want))
	}
	fmt.Fprintf(&out, "\n## Setting it aside\n\nOn the line, or on a line of its own above: `envtight:ignore %s -- why it is right here`.\n"+
		"In `%s`, a `suppress` block with a reason, or `rule \"%s\" { severity = \"off\" }`.\n", r.ID, configName, r.ID)
	return out.String()
}

// secretsDoc is one page for all rules about secrets, which are gitleaks' own: their
// words about themselves are shown by "explain".
func secretsDoc() string {
	var out strings.Builder
	out.WriteString("# " + secrets.Topic + "\n\n" + generated + `
The default rules are those of [gitleaks](https://github.com/gitleaks/gitleaks) (MIT license); a rule that is called X
there is called secrets/X here. A file of rules in gitleaks' form adds to them or takes their place. ` +
		"`envtight explain RULE`" + ` says more of each, as where such a secret is taken out of force.

A finding is an error when the secret is taken for a real one. What is of an example or a test, or meant to be public,
is no more than an info, so that it never decides the exit code by itself.

| rule | severity | what it finds |
| --- | --- | --- |
`)
	for _, r := range envtight.SortRules(secretRules()) {
		fmt.Fprintf(&out, "| `%s` | %s | %s |\n", r.ID, severityOf(r), r.Title)
	}
	return out.String()
}

// fence is a code block whose fence the text does not hold.
func fence(text string) string {
	marks := "```"
	for strings.Contains(text, marks) {
		marks += "`"
	}
	return marks + "text\n" + strings.TrimRight(text, "\n") + "\n" + marks
}

func configReference() string {
	var out strings.Builder
	out.WriteString("# Configuration: " + configName + "\n\n" + generated + `
The file is looked for from the working directory up to the root of the repository, never elsewhere. It is optional:
without it, discovery decides. Nothing in it is evaluated: strings, numbers, true, false, lists and maps only. It may
name projects, and variables that hold tokens; never tokens, programs or hosts.
`)
	for _, e := range config.Reference() {
		if e.Attribute == "" {
			fmt.Fprintf(&out, "\n## `%s`\n\n%s\n\n", e.Block, e.Doc)
			continue
		}
		line := fmt.Sprintf("- `%s` (%s", e.Attribute, e.Type)
		if e.Required {
			line += ", required"
		}
		line += ")"
		if len(e.Values) > 0 {
			line += ": one of `" + strings.Join(e.Values, "`, `") + "`"
		}
		if e.Default != "" {
			line += ", default `" + e.Default + "`"
		}
		out.WriteString(line + ". " + e.Doc + "\n")
	}
	return out.String()
}
