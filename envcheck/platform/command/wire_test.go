package command_test

import (
	"strings"
	"testing"

	"github.com/envtight/envtight/envcheck/platform/command"
)

// around puts a target into an answer.
func around(target string) string { return `{"version":1,"targets":[` + target + `]}` }

func TestDecode(t *testing.T) {
	for text, want := range map[string]string{
		around(`{"complete":true,"names":[]}`):                                             "",
		around(`{"complete":true}`):                                                        "",
		around(`{"complete":true,"names":["B","A"]}`) + "\n\n":                             "A B",
		around(`{"complete":true,"names":[{"name":"A","state":"set","storage":"clear"}]}`): "A",
		around(`{"error":"no-environment","environments":["kv/prod"]}`):                    "",
		around(`{"error":"denied","complete":false}`):                                      "",
		"":                                "it is empty",
		"{":                               "it is not JSON of the form that is known",
		"null":                            "its version is not 1",
		around(`{"complete":true}`) + "}": "it is not JSON of the form that is known",
		`{"version":2,"targets":[{"complete":true}]}`:                                                  "its version is not 1",
		`{"version":1,"targets":[]}`:                                                                   "it is about 0 targets, and 1 were asked about",
		around("null"):                                                                                 "one of its targets does not say whether it is complete",
		around(`{"names":["A"]}`):                                                                      "one of its targets does not say whether it is complete",
		around(`{"complete":true,"names":["A","A"]}`):                                                  "it holds one name twice for one target",
		around(`{"complete":true,"names":["A=x"]}`):                                                    "something in it is no name of a variable",
		around(`{"complete":true,"names":[null]}`):                                                     "something in it is no name of a variable",
		around(`{"complete":true,"names":[7]}`):                                                        "it is not JSON of the form that is known",
		around(`{"complete":true,"names":["` + strings.Repeat("A", 201) + `"]}`):                       "something in it is no name of a variable",
		around(`{"complete":true,"names":[{"name":"A","vAlUe":"x"}]}`):                                 "it holds a member named value",
		around(`{"complete":true,"names":[{"name":"A","extra":{"VALUE":"x"}}]}`):                       "it holds a member named value",
		around(`{"complete":true,"names":[{"name":"A","secret":"x"}]}`):                                "it is not JSON of the form that is known",
		around(`{"complete":true,"names":[{"name":"A","state":"absent"}]}`):                            "a state in it is not known",
		around(`{"complete":true,"names":[{"name":"A","storage":"plain"}]}`):                           "a storage in it is not known",
		around(`{"complete":true,"names":[{"name":"A","updated":"yesterday"}]}`):                       "it is not JSON of the form that is known",
		around(`{"complete":true,"names":[{"name":"A","type":"a\nb"}]}`):                               "a type or owner in it is no word",
		around(`{"complete":true,"names":[{"name":"A","managed":"` + strings.Repeat("a", 41) + `"}]}`): "a type or owner in it is no word",
		around(`{"error":"sorry"}`):                                                                    "an error in it is no known word",
		around(`{"error":"denied","names":["A"]}`):                                                     "one of its targets has both an error and names",
		around(`{"error":"denied","complete":true}`):                                                   "one of its targets has both an error and names",
		around(`{"error":"no-environment","environments":["a\u0000"]}`):                                "an environment in it has no name that may be shown",
		around(`{"complete":true,"environments":["a"]}`):                                               "environments stand beside something else than no-environment",
	} {
		names, refused, advice := command.Decode([]byte(text), 1)
		if got := strings.Join(names, " ") + refused; got != want || (refused != "") != (advice != "") {
			t.Errorf("%s\ngot  %q\nwant %q", text, got, want)
		}
	}
}

// FuzzDecode: whatever a program writes, names are names, sorted and unique, and
// what is refused is refused in words of ours.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"", "null", "[]", around(`{"complete":true,"names":["A",{"name":"B","state":"empty","type":"kv","storage":"sealed","updated":"2026-01-02T03:04:05Z","shared":true,"managed":"x"}]}`),
		around(`{"error":"no-environment","environments":["prod"]}`), around(`{"complete":true,"names":[{"name":"A","value":"x"}]}`), around(strings.Repeat("[", 200)),
	} {
		f.Add([]byte(seed))
	}
	known := map[string]bool{}
	f.Fuzz(func(t *testing.T, text []byte) {
		names, refused, advice := command.Decode(text, 1)
		if (refused == "") != (advice == "") {
			t.Errorf("refused by %d bytes with an advice of %d bytes", len(refused), len(advice))
		}
		for i, name := range names {
			if i > 0 && names[i-1] >= name {
				t.Errorf("name %d is not sorted", i)
			}
			if strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") != "" {
				t.Errorf("name %d is none", i)
			}
		}
		// A refusal is one of a few texts, so that it can hold nothing of the answer.
		if refused != "" && !strings.HasPrefix(refused, "it is about ") {
			if known[refused] = true; len(known) > 15 {
				t.Errorf("there are %d refusals", len(known))
			}
		}
	})
}
