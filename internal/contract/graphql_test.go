package contract_test

import (
	"strings"
	"testing"

	"github.com/envtight/envtight/internal/contract"
)

const zoo = `
type Query { animal(id: String!): Animal! animals(first: Int): [Animal!]! note: String }
type Mutation { free(id: String!): Boolean! }
enum Size { SMALL LARGE }
scalar Anything
type Animal { id: ID! name: String size: Size! legs: Int! friends: [Animal!]! more: Anything }
`

func parse(t *testing.T) *contract.GraphQL {
	t.Helper()
	g, err := contract.ParseGraphQL("zoo.graphql", zoo)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestCheckRequest(t *testing.T) {
	tests := map[string]struct {
		body string
		want string // part of the error; empty for none
	}{
		"right":             {`{"query":"query Q($i:String!){animal(id:$i){id}}","variables":{"i":"1"}}`, ""},
		"unknown field":     {`{"query":"{animal(id:\"1\"){tail}}"}`, "tail"},
		"missing variable":  {`{"query":"query Q($i:String!){animal(id:$i){id}}","variables":{}}`, "must be defined"},
		"null variable":     {`{"query":"query Q($i:String!){animal(id:$i){id}}","variables":{"i":null}}`, "cannot be null"},
		"nullable argument": {`{"query":"query Q($i:String){animal(id:$i){id}}","variables":{"i":"1"}}`, "expecting type"},
		"undeclared":        {`{"query":"{note}","variables":{"x":1}}`, "$x is sent and not declared"},
		"mutation":          {`{"query":"mutation M{free(id:\"1\")}"}`, "not a query"},
		"two operations":    {`{"query":"query A{note} query B{note}"}`, "no operation"},
		"no JSON":           {`query`, "no GraphQL request"},
	}
	g := parse(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, err := g.CheckRequest([]byte(tt.body))
			compare(t, err, tt.want)
		})
	}
}

func TestCheckAnswer(t *testing.T) {
	const query = `{"query":"query Q($yes:Boolean!){ animals(first:2){ id ...F friends{name} } note @include(if:$yes) } fragment F on Animal{ size legs more }","variables":{"yes":true}}`
	g := parse(t)
	_, op, err := g.CheckRequest([]byte(query))
	if err != nil {
		t.Fatal(err)
	}
	animal := func(s string) string { return `{"data":{"animals":[` + s + `]}}` }
	tests := map[string]struct{ body, want string }{
		"right":             {`{"data":{"note":null,"animals":[{"id":"1","size":"SMALL","legs":4,"more":{"x":[1]},"friends":[{"name":null}]}]}}`, ""},
		"left out":          {animal(`{"id":"1","size":"SMALL","legs":4,"more":null,"friends":[]}`), ""},
		"only errors":       {`{"data":null,"errors":[{"message":"no"}]}`, ""},
		"nothing":           {`{"data":null}`, "neither"},
		"null for a must":   {animal(`{"id":null,"size":"SMALL","legs":4,"more":null,"friends":[]}`), "data.animals[0].id: ID! must not be null"},
		"missing":           {animal(`{"size":"SMALL","legs":4,"more":null,"friends":[]}`), "id: was selected and is missing"},
		"not selected":      {animal(`{"id":"1","name":"x","size":"SMALL","legs":4,"more":null,"friends":[]}`), "name: was not selected"},
		"wrong enum":        {animal(`{"id":"1","size":"HUGE","legs":4,"more":null,"friends":[]}`), "values of Size"},
		"fraction":          {animal(`{"id":"1","size":"SMALL","legs":4.5,"more":null,"friends":[]}`), "Int wanted"},
		"no list":           {`{"data":{"animals":{}}}`, "a list, not an object"},
		"no object":         {animal(`7`), "an object, not a number"},
		"unknown top-level": {`{"data":{"animals":[]},"extra":1}`, "no GraphQL answer"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { compare(t, g.CheckAnswer(op, []byte(tt.body)), tt.want) })
	}
}

func TestFragmentLeftOut(t *testing.T) {
	const query = `{"query":"query Q($yes:Boolean!){ animals{ id ...F @include(if:$yes) } } fragment F on Animal{ size }","variables":{"yes":false}}`
	g := parse(t)
	_, op, err := g.CheckRequest([]byte(query))
	if err != nil {
		t.Fatal(err)
	}
	compare(t, g.CheckAnswer(op, []byte(`{"data":{"animals":[{"id":"1"}]}}`)), "")
	compare(t, g.CheckAnswer(op, []byte(`{"data":{"animals":[{"size":"LARGE"}]}}`)), "id: was selected")
}

func compare(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("refused: %v", err)
	case want != "" && err == nil:
		t.Errorf("accepted; want an error with %q", want)
	case want != "" && !strings.Contains(err.Error(), want):
		t.Errorf("got %q; want an error with %q", err, want)
	}
}
