package ecma

import "github.com/envtight/envtight/envcheck/usage"

// helpers are exports of modules that read the variable that they are told, by module
// and export.
var helpers = map[string]map[string]thing{
	"prisma/config":    {"env": {meaning: reader, reader: told("env", usage.Required)}},
	"astro:env/server": {"getSecret": {meaning: reader, reader: told("getSecret", usage.Plain)}},
	"next-runtime-env": {"env": {meaning: reader, reader: told("env", usage.Plain)}},
	// get(...).required() and the like are told apart by what follows.
	"env-var":              {"default": properties("get"), "*": properties("get"), "get": {meaning: reader, reader: told("get", usage.Plain)}},
	"#start/env":           {"default": properties("get")},
	"@ioc:Adonis/Core/Env": {"default": properties("get")},
}

func told(name string, kind usage.Kind) *wrapper {
	return &wrapper{name: name, pattern: "*", kind: kind, fallback: 1}
}

func properties(names ...string) thing {
	out := thing{meaning: module, members: map[string]*wrapper{}}
	for _, name := range names {
		out.members[name] = told(name, usage.Plain)
	}
	return out
}

// services are the methods of ConfigService of Nest.
var services = map[string]*wrapper{
	"get":        {name: "get", method: true, pattern: "*", kind: usage.Plain, fallback: 1},
	"getOrThrow": {name: "getOrThrow", method: true, pattern: "*", kind: usage.Required, fallback: none},
}

// imported binds what an import brings, or notes the variable that it is.
func (m *matcher) imported(b importBinding) {
	if b.typesOnly {
		return
	}
	switch b.from {
	case "$env/static/private", "$env/static/public":
		if b.name != "*" {
			m.importedVariable(b, usage.Required, usage.Build, b.from == "$env/static/public")
			return
		}
	case "astro:env/server", "astro:env/client":
		if b.name != "*" && b.name != "getSecret" {
			m.importedVariable(b, usage.Plain, m.scope, b.from == "astro:env/client")
			return
		}
	}
	if means := givers[b.from][b.name]; means != unknown {
		m.bind(b.at, means, 0)
		return
	}
	t, ok := helpers[b.from][b.name]
	if !ok && m.lookup != nil {
		t, ok = m.lookup(b.from, b.name)
	}
	if !ok {
		return
	}
	switch t.meaning {
	case reader:
		m.readers = append(m.readers, t.reader)
		m.bind(b.at, reader, len(m.readers)-1)
	case module:
		m.modules = append(m.modules, t.members)
		m.bind(b.at, module, len(m.modules)-1)
	default:
		m.bind(b.at, t.meaning, 0)
	}
}

// importedVariable notes import { NAME } from a module whose exports are variables.
func (m *matcher) importedVariable(b importBinding, kind usage.Kind, scope usage.Scope, client bool) {
	tok := m.at(b.nameAt)
	m.reads = append(m.reads, read{name: b.name, kind: kind, scope: scope, via: b.from, client: client, start: int(tok.start), end: int(tok.end)})
}

// serviceAt returns the reader that this.config.get is, when config is a
// ConfigService.
func (m *matcher) serviceAt(i int) *wrapper {
	if len(m.services) == 0 || !m.services[m.name(i-2)] {
		return nil
	}
	return services[m.name(i)]
}

// typedAsService notes a parameter or variable whose type is ConfigService.
func (m *matcher) typedAsService(i int) {
	if m.op(i-1) != ':' || !m.isWord(i-2) {
		return
	}
	if m.services == nil {
		m.services = map[string]bool{}
	}
	m.services[m.name(i-2)] = true
}

// viteEnv binds const env = loadEnv(mode, dir, prefixes) of Vite.
func (m *matcher) viteEnv(i int) {
	open := i + 1
	if m.accessed(i) || m.op(open) != '(' || m.closing(open) < 0 {
		return
	}
	o := m.widen(object{i, m.closing(open) + 1})
	if at := m.assigned(o); at >= 0 {
		m.bind(at, environment, 0)
	} else if brace := m.patternBefore(o); brace >= 0 {
		m.destructure(brace)
	}
}

// nuxt notes the variables of which Nuxt makes the runtimeConfig of its configuration:
// NUXT_API_SECRET for apiSecret, NUXT_PUBLIC_API_BASE for public.apiBase. What the
// configuration says is the default.
//
// Source: https://nuxt.com/docs/guide/going-further/runtime-config.
func (m *matcher) nuxt(i int) {
	if m.isKey(i) && m.op(i+2) == '{' {
		m.nuxtKeys(i+2, "NUXT_", false, 0)
	}
}

func (m *matcher) nuxtKeys(open int, prefix string, client bool, depth int) {
	const deepest = 6
	end := m.closing(open)
	for i := open + 1; i < end; i = m.next(i, end) {
		if !m.isWord(i) || m.op(i+1) != ':' {
			continue
		}
		name := prefix + snake(m.name(i))
		if m.op(i+2) == '{' && depth < deepest {
			m.nuxtKeys(i+2, name+"_", client || depth == 0 && m.name(i) == "public", depth+1)
			continue
		}
		tok := m.at(i)
		m.reads = append(m.reads, read{
			name: name, kind: usage.Defaulted, scope: usage.Runtime, via: "runtimeConfig", client: client, start: int(tok.start), end: int(tok.end),
		})
	}
}

// snake writes a name in capitals: apiBase is API_BASE.
func snake(name string) string {
	var out []byte
	for i := range len(name) {
		c := name[i]
		upper := c >= 'A' && c <= 'Z'
		if upper && i > 0 && name[i-1] >= 'a' && name[i-1] <= 'z' {
			out = append(out, '_')
		}
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		out = append(out, c)
	}
	return string(out)
}
