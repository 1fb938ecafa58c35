package config

import (
	"io/fs"
	pathpkg "path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// convert turns the decoded file into the options of the rooms. Names are
// resolved before suppressions are made, so that one that names something unknown
// suppresses nothing.
func (p *parser) convert(raw *rawConfig) *Config {
	c := Default()
	c.Path = p.path
	c.Version = raw.Version
	if raw.FailOn != "" && c.FailOn.UnmarshalText([]byte(raw.FailOn)) != nil {
		c.FailOn = envtight.Error // reported by validator
	}
	c.Groups = raw.Groups
	c.Ignore = p.paths(raw.Ignore)
	p.duplicates(raw)
	if len(raw.Environments) > 0 {
		c.Environments = nil
		for i := range raw.Environments {
			e := &raw.Environments[i]
			c.Environments = append(c.Environments, Environment{Name: e.Name, Branches: e.Branches, Location: p.header(&e.node)})
		}
	}
	for i := range raw.Apps {
		c.Apps = append(c.Apps, p.app(&raw.Apps[i]))
	}
	for i := range raw.Variables {
		c.Variables = append(c.Variables, p.variable(&raw.Variables[i]))
	}
	if len(raw.Naming) > 0 {
		c.Naming = p.naming(&raw.Naming[0], raw.Apps)
	}
	p.resolve(c.EnvironmentNames())
	for i := range raw.Rules {
		if r := &raw.Rules[i]; !*r.broken {
			setting := RuleSetting{Rule: r.Rule, Location: p.header(&r.node)}
			if setting.Severity.UnmarshalText([]byte(r.Severity)) == nil {
				c.Rules = append(c.Rules, setting)
			}
		}
	}
	for i := range raw.Suppressions {
		if s := &raw.Suppressions[i]; !*s.broken {
			c.Suppressions = append(c.Suppressions, p.suppression(s))
		}
	}
	c.appReferences = p.appReferences()
	return c
}

// header is the place of a block.
func (p *parser) header(n *node) envtight.Location { return p.locate(n.address, spanOf(n.header())) }

// rooted makes a path of the file relative to the root of the run. A file from
// elsewhere, which somebody named by hand, speaks of the root.
func (p *parser) rooted(s string) string {
	dir := pathpkg.Dir(p.path)
	if !fs.ValidPath(dir) {
		dir = "."
	}
	return pathpkg.Join(dir, s)
}

func (p *parser) paths(all []string) []string {
	var out []string
	for _, s := range all {
		out = append(out, p.rooted(s))
	}
	return out
}

func (p *parser) app(raw *rawApp) App {
	app := App{Name: raw.Name, Loaders: raw.Loaders, Ignore: raw.Ignore, Location: p.header(&raw.node)}
	if raw.Path != "" {
		app.Path = p.rooted(raw.Path)
	} else {
		p.references = append(p.references, reference{"app", raw.Name, false, "this block", raw.block.LabelRanges[0], &raw.node})
	}
	for _, example := range raw.Examples {
		app.Examples = append(app.Examples, pathpkg.Join(app.Path, example))
	}
	for i := range raw.Platforms {
		app.Links = append(app.Links, p.link(raw.Name, &raw.Platforms[i]))
	}
	return app
}

func (p *parser) link(app string, raw *rawPlatform) envcheck.Link {
	environments, notIn := p.environments(raw)
	if raw.Name == filePlatform && raw.Environments == nil {
		p.fail(&raw.node, ruleMissingValue, raw.header(), "this platform block has no environments", `name the files: environments = { prod = "deploy/prod.env" }`)
	}
	return envcheck.Link{
		App: app, Platform: raw.Name, Team: raw.Team, Project: raw.Project, Service: raw.Service,
		Environments: environments, NotIn: notIn, TokenEnv: p.tokenEnv(raw),
		Values: raw.Values, Required: raw.Required, Sealed: raw.Sealed == "required", Location: p.header(&raw.node),
	}
}

// environments reads the mapping of a platform block, nil when there is none, and
// the environments that are mapped to "": those in which the app is not deployed.
func (p *parser) environments(raw *rawPlatform) (out map[string]envcheck.EnvironmentRef, notIn []string) {
	if raw.Environments == nil {
		return nil, nil
	}
	out = map[string]envcheck.EnvironmentRef{}
	f := field{name: "environments"}
	f.Tag = `form:"map of your environments to those of the platform"`
	p.pairs(&raw.node, f, raw.Environments.(hclsyntax.Expression), func(key string, at hcl.Range, value hclsyntax.Expression) {
		p.references = append(p.references, reference{"environment", key, false, "environments", at, &raw.node})
		if name, isString := literalString(value); isString && name == "" {
			notIn = append(notIn, key)
			return
		}
		ref, ok := p.environmentRef(raw, value)
		if ok && raw.Name == filePlatform {
			ref, ok = p.fileRef(raw, value, ref)
		}
		if ok {
			out[key] = ref
		}
	})
	return out, notIn
}

// filePlatform is the platform whose environments are paths.
const filePlatform = "file"

// fileRef makes a path of the file relative to the root of the run.
func (p *parser) fileRef(raw *rawPlatform, value hclsyntax.Expression, ref envcheck.EnvironmentRef) (envcheck.EnvironmentRef, bool) {
	if !isRelativePath(ref.Name) {
		p.fail(&raw.node, ruleInvalidValue, value.Range(), "an environment on this platform "+complaints["relpath"], "")
		return ref, false
	}
	ref.Name = p.rooted(ref.Name)
	return ref, true
}

// vercelTargets are the environments that every project of Vercel has.
var vercelTargets = []string{"production", "preview", "development"}

func (p *parser) environmentRef(raw *rawPlatform, value hclsyntax.Expression) (ref envcheck.EnvironmentRef, ok bool) {
	if name, isString := literalString(value); isString {
		if strings.TrimSpace(name) == "" {
			p.fail(&raw.node, ruleInvalidValue, value.Range(), "the name of an environment is blank", `write "" when the app is not deployed there`)
			return ref, false
		}
		return envcheck.EnvironmentRef{Name: name}, true
	}
	allowed := []string{"name"}
	if raw.Name == "vercel" {
		allowed = []string{"target", "branch", "custom", "name"}
	}
	f := field{name: "environments"}
	f.Tag = `form:"map of strings, or of objects such as { name = \"...\" }"`
	before := p.mistakes
	parts := map[string]string{}
	p.pairs(&raw.node, f, value, func(key string, at hcl.Range, part hclsyntax.Expression) {
		text, isString := literalString(part)
		switch {
		case !slices.Contains(allowed, key):
			p.fail(&raw.node, ruleUnknownName, at, "an environment on this platform has no such part"+p.didYouMean(key, allowed), "it has "+strings.Join(allowed, ", "))
		case !isString || strings.TrimSpace(text) == "":
			p.fail(&raw.node, ruleInvalidValue, part.Range(), key+" must be a string that is not empty", "")
		case key == "target" && !slices.Contains(vercelTargets, text):
			p.fail(&raw.node, ruleInvalidValue, part.Range(),
				"target must be one of "+strings.Join(vercelTargets, ", ")+p.didYouMean(text, vercelTargets), `for an environment of your own, write: { custom = "SLUG" }`)
		default:
			parts[key] = text
		}
	})
	if p.mistakes != before {
		return ref, false
	}
	return p.joinRef(raw, value, parts)
}

// joinRef makes a reference of the parts of an object.
func (p *parser) joinRef(raw *rawPlatform, value hclsyntax.Expression, parts map[string]string) (ref envcheck.EnvironmentRef, ok bool) {
	names := 0
	for _, key := range []string{"target", "custom", "name"} {
		if parts[key] != "" {
			ref.Name = parts[key]
			names++
		}
	}
	ref.Branch = parts["branch"]
	switch {
	case names != 1 && raw.Name == "vercel":
		p.fail(&raw.node, ruleInvalidValue, value.Range(), "an environment has exactly one of target, custom and name", "")
	case names != 1:
		p.fail(&raw.node, ruleInvalidValue, value.Range(), "an environment has a name", `write: { name = "..." }`)
	case ref.Branch != "" && ref.Name != "preview":
		p.fail(&raw.node, ruleInvalidValue, value.Range(), "only the target preview has branches", `write: { target = "preview", branch = "..." }`)
	default:
		return ref, true
	}
	return ref, false
}

// tokenEnv reads the names of the variables that hold tokens. Whatever cannot be
// such a name may be a token, and is not shown.
func (p *parser) tokenEnv(raw *rawPlatform) map[string]string {
	if raw.TokenEnv == nil {
		return nil
	}
	expr := raw.TokenEnv.(hclsyntax.Expression)
	out := map[string]string{}
	add := func(environment string, value hclsyntax.Expression) {
		name, isString := literalString(value)
		switch {
		case !isString:
			p.fail(&raw.node, ruleInvalidValue, value.Range(), "token_env must be the name of a variable, or a map of environments to names", "")
		case !isVariableName(name):
			p.fail(&raw.node, ruleNotInRepository, value.Range(), "token_env must be the name of a variable, and this is none",
				"write a name as in RAILWAY_TOKEN; if this is a token, revoke it: it may have been committed")
		default:
			out[environment] = name
		}
	}
	if _, isMap := expr.(*hclsyntax.ObjectConsExpr); !isMap {
		add("", expr)
		return out
	}
	p.pairs(&raw.node, field{name: "token_env"}, expr, func(key string, at hcl.Range, value hclsyntax.Expression) {
		p.references = append(p.references, reference{"environment", key, false, "token_env", at, &raw.node})
		add(key, value)
	})
	return out
}

func (p *parser) variable(raw *rawVariable) Variable {
	v := Variable{
		Name: raw.Name, Apps: raw.Apps, RequiredIn: raw.RequiredIn, AbsentIn: raw.AbsentIn, Optional: raw.Optional,
		Description: raw.Description, OwnedBy: raw.OwnedBy, Location: p.header(&raw.node),
	}
	for _, name := range raw.RequiredIn {
		if i := slices.Index(raw.AbsentIn, name); i >= 0 {
			at := elementRange(raw.attribute("absent_in").Expr, i)
			p.fail(&raw.node, ruleInvalidValue, at, "absent_in and required_in name the same environment", "keep it in one of them")
		}
	}
	sensitive, public := raw.Sensitive != nil && *raw.Sensitive, raw.Public != nil && *raw.Public
	switch {
	case sensitive && public:
		p.fail(&raw.node, ruleInvalidValue, raw.attribute("public").Range(), "a variable cannot be both sensitive and public", "keep one of them")
	case sensitive:
		v.Class = envtight.ClassSecret
	case public:
		v.Class = envtight.ClassPublic
	case raw.Sensitive != nil:
		v.Class = envtight.ClassConfig
	}
	return v
}

func (p *parser) naming(raw *rawNaming, apps []rawApp) Naming {
	n := Naming{
		RequirePrefix: scopes(p, apps, raw.RequirePrefix), RequireSuffix: scopes(p, apps, raw.RequireSuffix),
		Forbidden: scopes(p, apps, raw.Forbid), Allow: raw.Allow, Renames: raw.Rename, Words: raw.Words, Location: p.header(&raw.node),
	}
	for scope, text := range scopes(p, apps, raw.RequirePattern) {
		pattern, err := regexp.Compile(text)
		if err != nil || len(text) > maxPattern {
			continue // reported by validator
		}
		if n.Patterns == nil {
			n.Patterns = map[string]*regexp.Regexp{}
		}
		n.Patterns[scope] = pattern
	}
	return n
}

// scopes makes the directories among scopes relative to the root of the run.
// What is the name of an app, or has no slash, is the same everywhere.
func scopes[V any](p *parser, apps []rawApp, m map[string]V) map[string]V {
	if m == nil {
		return nil
	}
	out := make(map[string]V, len(m))
	for scope, value := range m {
		named := slices.ContainsFunc(apps, func(a rawApp) bool { return a.Name == scope })
		if !named && strings.Contains(scope, "/") {
			scope = p.rooted(scope)
		}
		out[scope] = value
	}
	return out
}

func (p *parser) suppression(raw *rawSuppress) envtight.Suppression {
	s := envtight.Suppression{
		Rule: raw.Rule, App: raw.App, Environment: raw.Environment, Platform: raw.Platform, Name: raw.Name,
		Reason: raw.Reason, Owner: raw.Owner, Location: p.header(&raw.node),
	}
	if raw.Path != "" {
		s.Path = p.rooted(raw.Path)
	}
	if day, err := time.Parse(time.DateOnly, raw.Expires); err == nil {
		s.Expires = day.Add(24*time.Hour - time.Nanosecond)
	}
	return s
}

// duplicates reports blocks that are about the same thing.
func (p *parser) duplicates(raw *rawConfig) {
	duplicate(p, raw.Environments, func(e *rawEnvironment) string { return e.Name })
	duplicate(p, raw.Apps, func(a *rawApp) string { return a.Name })
	duplicate(p, raw.Naming, func(*rawNaming) string { return "" })
	duplicate(p, raw.Rules, func(r *rawRule) string { return r.Rule })
	duplicate(p, raw.Variables, func(v *rawVariable) string {
		return strings.Join(append([]string{v.Name}, slices.Sorted(slices.Values(v.Apps))...), "\x00")
	})
	for i := range raw.Apps {
		duplicate(p, raw.Apps[i].Platforms, func(l *rawPlatform) string { return l.Name })
	}
}

func duplicate[T any](p *parser, blocks []T, key func(*T) string) {
	first := map[string]*node{}
	for i := range blocks {
		n := any(&blocks[i]).(schemaNode).at()
		k := key(&blocks[i])
		if before, ok := first[k]; ok {
			p.fail(n, ruleDuplicate, n.header(), "there are two "+n.block.Type+" blocks for this", "make one block of them", p.related(before.header(), "first here"))
			continue
		}
		first[k] = n
	}
}

func (p *parser) appReferences() []appReference {
	var out []appReference
	for _, r := range p.references {
		if r.kind == "app" {
			out = append(out, appReference{r.name, r.what, p.locate(r.node.address, spanOf(r.at))})
		}
	}
	return out
}

// literalString returns the text of a string literal.
func literalString(expr hclsyntax.Expression) (string, bool) {
	if _, ok := expr.(*hclsyntax.TemplateExpr); !ok {
		return "", false
	}
	value, _ := expr.Value(nil)
	if value.IsNull() || value.Type() != cty.String {
		return "", false
	}
	return value.AsString(), true
}
