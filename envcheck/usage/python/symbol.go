package python

import (
	"strings"
	"sync"

	"github.com/envtight/envtight/envcheck/usage"
)

// symbol is what a name stands for, as far as it matters here.
type symbol struct {
	// environ tells that it is the environment, as a mapping.
	environ bool
	// whole tells that what it hands out is the environment as a whole.
	whole bool
	// harmless tells that using it asks for nothing.
	harmless bool
	// reader is set for a function that reads the variable which an argument names.
	reader *reader
	// make is what calling it gives, for a class whose objects read.
	make func(s *script, args []argument, scope int32) *symbol
	// object tells that it is made by make: it has no use of its own.
	object bool
	// member returns what an attribute stands for, nil when that is not known.
	member func(name string) *symbol
	// values are the texts of a constant, or those that a loop goes through.
	values []constant
}

// constant is a text that a name stands for. Its token is -1 when it does not stand
// where the name is bound in this file.
type constant struct {
	text  string
	token int32
}

// reader is a function that reads the variable which an argument names.
type reader struct {
	// position and keyword are those of the argument with the name.
	position int
	keyword  string
	// before and after are what the function puts round the name; upper tells that
	// it spells the name in capitals.
	before, after string
	upper         bool
	// fallback and fallbackKey are those of the default; -1 and "" for none.
	fallback    int
	fallbackKey string
	// missing is the kind of a call that gives no default.
	missing usage.Kind
	// noneIsDefault tells that None is a default like others.
	noneIsDefault bool
	// implicit is the name that a call without arguments reads.
	implicit string
	// defaulted are names that have a default elsewhere.
	defaulted map[string]bool
	// scoped tells that blocks "with x.prefixed(...)" put a text before the name.
	scoped bool
	// takes tells that the call also takes the variable away, and sets that it sets
	// it: it reads only what somebody looks at.
	takes bool
	via   string
	// wrapping is set for a function of the repository.
	wrapping *wrapping
}

// wrapping is a function of the repository that wraps a read: the scope of a file.
type wrapping struct {
	path  string
	scope int32
}

func members(table map[string]*symbol) func(string) *symbol {
	return func(name string) *symbol { return table[name] }
}

// environment is os.environ.
var environment = &symbol{environ: true, member: members(map[string]*symbol{
	"get":          {reader: &reader{keyword: "key", fallback: 1, fallbackKey: "default"}},
	"pop":          {reader: &reader{keyword: "key", fallback: 1, fallbackKey: "default", missing: usage.Required, noneIsDefault: true, takes: true}},
	"setdefault":   {reader: &reader{keyword: "key", fallback: 1, fallbackKey: "value", missing: usage.Defaulted}},
	"__getitem__":  {reader: &reader{fallback: -1, missing: usage.Required}},
	"__contains__": {reader: &reader{fallback: -1, missing: usage.Defaulted}},
	"update":       {harmless: true},
	"clear":        {harmless: true},
	"__setitem__":  {harmless: true},
	"__delitem__":  {harmless: true},
})}

var getenv = &symbol{reader: &reader{keyword: "key", fallback: 1, fallbackKey: "default"}}

// libraries are the names that matter of the standard library and of others, by
// module.
//
// Sources: docs.python.org/3/library/os.html; github.com/HBNetwork/python-decouple;
// github.com/sloria/environs; starlette.dev/config; django-environ.readthedocs.io;
// dynaconf.com/envvars.
var libraries = sync.OnceValue(func() *symbol {
	root := module{}
	for name, sym := range map[string]*symbol{
		"os.environ": environment, "os.environb": environment, "os.getenv": getenv, "os.getenvb": getenv,
		"starlette.config.environ": environment,
		"decouple.config":          decoupleConfig("config"),
		"decouple.Config":          {make: makeDecouple}, "decouple.AutoConfig": {make: makeDecouple},
		"starlette.config.Config": {make: makeStarlette},
		"environs.env":            environsObject(""),
		"environs.Env":            {make: makeEnvirons}, "environs.FileAwareEnv": {make: makeEnvirons},
		"environ.Env": {make: makeDjangoEnviron}, "environ.FileAwareEnv": {make: makeDjangoEnviron},
	} {
		root.put(strings.Split(name, "."), sym)
	}
	return root.symbol()
})

// module is a tree of names.
type module map[string]any

func (m module) put(path []string, sym *symbol) {
	if len(path) == 1 {
		m[path[0]] = sym
		return
	}
	sub, ok := m[path[0]].(module)
	if !ok {
		sub = module{}
		m[path[0]] = sub
	}
	sub.put(path[1:], sym)
}

func (m module) symbol() *symbol {
	table := map[string]*symbol{}
	for name, what := range m {
		switch what := what.(type) {
		case *symbol:
			table[name] = what
		case module:
			table[name] = what.symbol()
		}
	}
	return &symbol{member: members(table)}
}

// library returns what a dotted name of a library stands for, or nil.
func library(path string) *symbol {
	sym := libraries()
	for name := range strings.SplitSeq(path, ".") {
		if sym.member == nil {
			return nil
		}
		if sym = sym.member(name); sym == nil {
			return nil
		}
	}
	return sym
}

func decoupleConfig(via string) *symbol {
	r := &reader{keyword: "option", fallback: 1, fallbackKey: "default", missing: usage.Required, noneIsDefault: true, via: via}
	return &symbol{object: true, reader: r, member: members(map[string]*symbol{"get": {reader: r}})}
}

func makeDecouple(*script, []argument, int32) *symbol { return decoupleConfig("config") }

// makeStarlette reads Config(env_file, environ, env_prefix).
func makeStarlette(s *script, args []argument, _ int32) *symbol {
	r := &reader{keyword: "key", fallback: 2, fallbackKey: "default", missing: usage.Required, noneIsDefault: true, via: "config"}
	if a, ok := pick(args, 2, "env_prefix"); ok {
		r.before, _ = s.literalArgument(a)
	}
	return &symbol{object: true, reader: r, member: members(map[string]*symbol{"get": {reader: r}})}
}

func environsObject(prefix string) *symbol {
	r := &reader{keyword: "name", before: prefix, fallback: 1, fallbackKey: "default", missing: usage.Required, noneIsDefault: true, scoped: true, via: "env"}
	method := &symbol{reader: r}
	return &symbol{object: true, reader: r, member: func(name string) *symbol {
		switch name {
		case "read_env", "prefixed", "add_parser", "add_parser_from_field", "parser_for", "seal", "dump":
			return &symbol{harmless: true}
		}
		return method
	}}
}

func makeEnvirons(s *script, args []argument, _ int32) *symbol {
	prefix := ""
	if a, ok := pick(args, len(args), "prefix"); ok {
		prefix, _ = s.literalArgument(a)
	}
	return environsObject(prefix)
}

// makeDjangoEnviron reads Env(DEBUG=(bool, False)): names with their defaults.
func makeDjangoEnviron(s *script, args []argument, _ int32) *symbol {
	defaulted := map[string]bool{}
	for _, a := range args {
		if a.keyword != "" && s.is(a.first, "(") && len(s.arguments(a.first)) > 1 {
			defaulted[a.keyword] = true
		}
	}
	method := func(position int, implicit string) *symbol {
		return &symbol{reader: &reader{
			keyword: "var", fallback: position, fallbackKey: "default", missing: usage.Required, noneIsDefault: true,
			implicit: implicit, defaulted: defaulted, via: "env",
		}}
	}
	call := method(2, "")
	return &symbol{object: true, reader: call.reader, member: func(name string) *symbol {
		switch name {
		case "read_env", "parse_value", "db_url_config", "cache_url_config", "email_url_config", "search_url_config", "channels_url_config",
			"prefix", "smart_cast", "escape_proxy", "scheme", "ENVIRON":
			return &symbol{harmless: true}
		case "db", "db_url":
			return method(1, "DATABASE_URL")
		case "cache", "cache_url":
			return method(1, "CACHE_URL")
		case "email", "email_url":
			return method(1, "EMAIL_URL")
		case "search_url":
			return method(1, "SEARCH_URL")
		case "channels", "channels_url":
			return method(1, "CHANNELS_URL")
		}
		return method(1, "")
	}}
}
