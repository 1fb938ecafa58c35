package command_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck/platform/command"
)

func TestParse(t *testing.T) {
	tests := map[string]struct {
		project string
		words   []string
		err     string
	}{
		"read-names":                      {words: []string{"read-names"}},
		"  python3   tools/names.py -v\n": {words: []string{"python3", "tools/names.py", "-v"}},
		"vault/api=./names.sh --kv=2":     {project: "vault/api", words: []string{"./names.sh", "--kv=2"}},
		"vault/*= names":                  {project: "vault/*", words: []string{"names"}},
		"./names.sh --kv=2":               {words: []string{"./names.sh", "--kv=2"}},
		"'a b'/c \"d 'e'\" f' 'g ''":      {words: []string{"a b/c", "d 'e'", "f g", ""}},
		"'./a=b' c":                       {words: []string{"./a=b", "c"}},
		`C:\tools\names.exe $HOME *`:      {words: []string{`C:\tools\names.exe`, "$HOME", "*"}},
		"":                                {err: "it names no program: want [PROJECT=]PROGRAM and its arguments"},
		"shop=":                           {project: "shop", err: "it names no program: want [PROJECT=]PROGRAM and its arguments"},
		"'' x":                            {words: []string{"", "x"}, err: "it names no program: want [PROJECT=]PROGRAM and its arguments"},
		"=names":                          {err: `it begins with "=": want [PROJECT=]PROGRAM and its arguments`},
		"names 'x":                        {err: "a quote in it is not closed"},
		"names a\x00b":                    {err: "it holds a NUL byte"},
	}
	for text, test := range tests {
		got, err := command.Parse(text, "the test")
		message := ""
		if err != nil {
			message = err.Error()
		}
		want := command.Program{Project: test.project, Words: test.words, From: "the test"}
		if diff := cmp.Diff(want, got); diff != "" || message != test.err {
			t.Errorf("%q: %q\n%s", text, message, diff)
		}
	}
}
