package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/envtight/envtight/envcheck"
)

// Write returns the text of a new configuration file with the version, the
// environments and the apps of c, and comments that explain it. notes are
// comments above the apps, by name, as in what a link was guessed from. The
// result depends on nothing else, ends with a line end, and [Parse] reads the
// same environments and apps from it.
//
// Variables, rules, suppressions and naming are not written: they are opinions,
// which a program has no business to invent.
func Write(c *Config, notes map[string]string) []byte {
	file := hclwrite.NewEmptyFile()
	body := file.Body()
	comment(body, "What envtight knows of this repository beyond what it discovers. It holds names\nonly: tokens stay in environment variables, which token_env names.")
	body.SetAttributeValue("version", cty.NumberIntVal(Version))
	body.AppendNewline()
	comment(body, "Your environments, development first, and the branches that are deployed there.")
	for _, e := range c.Environments {
		block := body.AppendNewBlock("environment", []string{e.Name})
		block.Body().SetAttributeValue("branches", stringList(e.Branches))
	}
	for i := range c.Apps {
		body.AppendNewline()
		comment(body, notes[c.Apps[i].Name])
		c.writeApp(body, &c.Apps[i])
	}
	return hclwrite.Format(file.Bytes())
}

// comment appends lines of comment.
func comment(body *hclwrite.Body, text string) {
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f || r == 0xfffd {
				return ' '
			}
			return r
		}, strings.ToValidUTF8(line, " "))
		body.AppendUnstructuredTokens(hclwrite.Tokens{{Type: hclsyntax.TokenComment, Bytes: []byte(strings.TrimRight("# "+line, " ") + "\n")}})
	}
}

func (c *Config) writeApp(body *hclwrite.Body, app *App) {
	inner := body.AppendNewBlock("app", []string{app.Name}).Body()
	if app.Path != "" {
		inner.SetAttributeValue("path", cty.StringVal(app.Path))
	}
	if len(app.Loaders) > 0 {
		inner.SetAttributeValue("loaders", stringList(app.Loaders))
	}
	if len(app.Examples) > 0 {
		examples := make([]string, len(app.Examples))
		for i, path := range app.Examples {
			examples[i] = relativeTo(app.Path, path)
		}
		inner.SetAttributeValue("examples", stringList(examples))
	}
	if app.Ignore {
		inner.SetAttributeValue("ignore", cty.True)
	}
	for i := range app.Links {
		c.writeLink(inner.AppendNewBlock("platform", []string{app.Links[i].Platform}).Body(), &app.Links[i])
	}
}

func relativeTo(dir, path string) string {
	if dir == "" || dir == "." {
		return path
	}
	return strings.TrimPrefix(path, dir+"/")
}

func (c *Config) writeLink(body *hclwrite.Body, link *envcheck.Link) {
	for _, attribute := range []struct{ name, value string }{{"team", link.Team}, {"project", link.Project}, {"service", link.Service}} {
		if attribute.value != "" {
			body.SetAttributeValue(attribute.name, cty.StringVal(attribute.value))
		}
	}
	if link.Environments != nil || len(link.NotIn) > 0 {
		refs := map[string]envcheck.EnvironmentRef{}
		for _, name := range link.NotIn {
			refs[name] = envcheck.EnvironmentRef{}
		}
		maps.Copy(refs, link.Environments)
		var items []hclwrite.ObjectAttrTokens
		for _, name := range inOrder(c, refs) {
			items = append(items, hclwrite.ObjectAttrTokens{Name: keyTokens(name), Value: refTokens(refs[name])})
		}
		body.SetAttributeRaw("environments", hclwrite.TokensForObject(items))
	}
	if name, ok := link.TokenEnv[""]; ok && len(link.TokenEnv) == 1 {
		body.SetAttributeValue("token_env", cty.StringVal(name))
	} else if len(link.TokenEnv) > 0 {
		var items []hclwrite.ObjectAttrTokens
		for _, environment := range inOrder(c, link.TokenEnv) {
			items = append(items, hclwrite.ObjectAttrTokens{Name: keyTokens(environment), Value: hclwrite.TokensForValue(cty.StringVal(link.TokenEnv[environment]))})
		}
		body.SetAttributeRaw("token_env", hclwrite.TokensForObject(items))
	}
	if link.Values {
		body.SetAttributeValue("values", cty.True)
	}
	if link.Required {
		body.SetAttributeValue("required", cty.True)
	}
	if link.Sealed {
		body.SetAttributeValue("sealed", cty.StringVal("required"))
	}
}

// inOrder returns the keys of a map in the user's order of environments; others
// follow by name. The key "" (all others) has no form in a map and is left out.
func inOrder[V any](c *Config, m map[string]V) []string {
	var out []string
	for _, name := range c.EnvironmentNames() {
		if _, ok := m[name]; ok {
			out = append(out, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func keyTokens(name string) hclwrite.Tokens {
	if hclsyntax.ValidIdentifier(name) {
		return hclwrite.TokensForIdentifier(name)
	}
	return hclwrite.TokensForValue(cty.StringVal(name))
}

func refTokens(ref envcheck.EnvironmentRef) hclwrite.Tokens {
	if ref.Branch == "" {
		return hclwrite.TokensForValue(cty.StringVal(ref.Name))
	}
	// Written by hand: TokensForObject would take three lines.
	text := fmt.Sprintf("{ target = %s, branch = %s }", quoted(ref.Name), quoted(ref.Branch))
	return hclwrite.Tokens{{Type: hclsyntax.TokenIdent, Bytes: []byte(text)}}
}

func quoted(s string) string { return string(hclwrite.TokensForValue(cty.StringVal(s)).Bytes()) }

func stringList(all []string) cty.Value {
	if len(all) == 0 {
		return cty.ListValEmpty(cty.String)
	}
	values := make([]cty.Value, len(all))
	for i, s := range all {
		values[i] = cty.StringVal(s)
	}
	return cty.ListVal(values)
}
