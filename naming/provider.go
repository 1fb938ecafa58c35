package naming

import (
	"sync"

	"github.com/envtight/envtight"
)

// provider is what is known of one provider's names. Each fact was read in
// source; what stands there for one entry alone is named at that entry.
type provider struct {
	name   string
	source string
	names  []providerName
	// groups are names that are of no use without each other.
	groups  []group
	renames []nameChange
}

// providerName is a name that the provider's own tools or documents use, and
// what else it is often called.
type providerName struct {
	name    string
	class   envtight.Class
	aliases []string
}

// group says that an app which declares has needs one of each of needs, too. The
// names count with any public prefix. A group runs one way: the id of an OAuth
// client is right without its secret, the secret is not without the id.
type group struct {
	has   string
	needs []string
	why   string
}

// nameChange is a name that an SDK stopped reading, or reads for old times' sake.
type nameChange struct {
	from, to string
	sdk      string
	since    version
	// stillRead tells that the SDK reads the old name, too.
	stillRead bool
	source    string
}

// providerIndex makes the tables quick to ask. It is built on first use and only
// read afterwards.
type providerIndex struct {
	names   map[string]*providerName
	owner   map[string]*provider // by name and by alias
	aliases map[string]*providerName
	groups  map[string][]ownedGroup // by what the app has
	changes map[string][]nameChange // by old name
	words   map[string]bool         // of the names, not of the aliases
}

type ownedGroup struct {
	group
	owner *provider
}

var indexOf = sync.OnceValue(func() *providerIndex {
	x := &providerIndex{
		names:   map[string]*providerName{},
		owner:   map[string]*provider{},
		aliases: map[string]*providerName{},
		groups:  map[string][]ownedGroup{},
		changes: map[string][]nameChange{},
		words:   map[string]bool{},
	}
	for i := range providers {
		p := &providers[i]
		for k := range p.names {
			n := &p.names[k]
			x.names[n.name], x.owner[n.name] = n, p
			for _, word := range SplitWords(n.name) {
				x.words[word] = true
			}
			for _, alias := range n.aliases {
				x.aliases[alias], x.owner[alias] = n, p
			}
		}
		for _, g := range p.groups {
			x.groups[g.has] = append(x.groups[g.has], ownedGroup{g, p})
		}
		for _, c := range p.renames {
			x.changes[c.from] = append(x.changes[c.from], c)
		}
	}
	return x
})

// canonicalProvider returns the provider whose own name this is, or "".
func canonicalProvider(text string) string {
	x := indexOf()
	if x.names[text] == nil {
		return ""
	}
	return x.owner[text].name
}

// providerNameOf returns what is known of a name, with or without a public
// prefix, or nil.
func providerNameOf(text string) *providerName {
	x := indexOf()
	if n := x.names[text]; n != nil {
		return n
	}
	rest, prefix := cutPublic(text)
	if prefix == "" {
		return nil
	}
	return x.names[rest]
}
