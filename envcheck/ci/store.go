package ci

import (
	"context"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// Store is where what workflows ask for is kept. It only reads.
type Store interface {
	// Holdings asks for the names that a repository has.
	Holdings(ctx context.Context, q Question) Holdings
}

// Question is what a [Store] is asked.
type Question struct {
	// Repository is "owner/name".
	Repository string
	// Environments are those whose own names are asked for, too.
	Environments []string
	Token        envcheck.Token
}

// Holdings are the names that a repository has, on three levels.
type Holdings struct {
	Organization, Repository []Held
	// Environments are by name, in lower case. Those that were not asked for are
	// there, without what they hold.
	Environments map[string][]Held
	// Complete tells that they are all there are.
	Complete bool
	// Incomplete says why Complete is false.
	Incomplete []envtight.Incompleteness
}

// Held is one secret or variable.
type Held struct {
	Name   string
	Secret bool
}

// find returns the entry of that name and kind; nil when there is none. Case does not
// count.
func find(list []Held, name string, secret bool) *Held {
	for i := range list {
		if list[i].Secret == secret && strings.EqualFold(list[i].Name, name) {
			return &list[i]
		}
	}
	return nil
}
