package snapshot

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

const head = "envtight snapshot 1\ntool 0.1.0\ntaken 2026-11-25T03:00:00Z\nrepository acme/shop\nnames plain\n"

const oneCell = "cell api prod railway complete\nlink project=shop\n"

// TestRefused: what a snapshot is not, with the place and without a word of it.
func TestRefused(t *testing.T) {
	long := strings.Repeat("N", maxName+1)
	for name, tt := range map[string]struct{ text, at, want string }{
		"nothing":                {"", "f:1:1", "empty"},
		"something else":         {"{}\n", "f:1:1", "no snapshot"},
		"a newer one":            {"envtight snapshot 2\nwhatever\n", "f:1:19", "newer envtight"},
		"version nought":         {"envtight snapshot 0\n", "f:1:1", "no snapshot"},
		"cut in a line":          {head + oneCell + "  A se", "f:8:1", "cut off"},
		"cut after a line":       {head + oneCell + "  A set\n", "f:9:1", "cut off"},
		"cut in the head":        {"envtight snapshot 1\ntool 0.1.0\n", "f:3:1", "cut off"},
		"one variable gone":      {head + oneCell + "  A set\nend cells=1 variables=2\n", "f:9:23", "not whole"},
		"one cell gone":          {head + oneCell + "end cells=2 variables=0\n", "f:8:11", "not whole"},
		"more behind the end":    {head + "end cells=0 variables=0\nend cells=0 variables=0\n", "f:7:1", "behind the last line"},
		"marks of a merge":       {head + oneCell + "<<<<<<< HEAD\n", "f:8:1", "merge"},
		"the middle of a merge":  {head + oneCell + "  A set\n=======\n", "f:9:1", "merge"},
		"the end of a merge":     {head + oneCell + "  A set\n>>>>>>> other\n", "f:9:1", "merge"},
		"the base of a merge":    {head + oneCell + "  A set\n||||||| base\n", "f:9:1", "merge"},
		"CR LF":                  {strings.ReplaceAll(head, "\n", "\r\n"), "f:1:20", "CR LF"},
		"an assignment":          {head + oneCell + "  A=hunter2 set\nend cells=1 variables=1\n", "f:8:3", "never values"},
		"a quoted assignment":    {head + oneCell + "  \"A=hunter2\" set\nend cells=1 variables=1\n", "f:8:3", "no name"},
		"a value as state":       {head + oneCell + "  A hunter2\nend cells=1 variables=1\n", "f:8:5", "no state"},
		"absent":                 {head + oneCell + "  A absent\nend cells=1 variables=1\n", "f:8:5", "no state"},
		"a value behind":         {head + oneCell + "  A set hunter2\nend cells=1 variables=1\n", "f:8:9", "not known"},
		"a field value":          {head + oneCell + "  A set value=hunter2\nend cells=1 variables=1\n", "f:8:9", "not known"},
		"a long name":            {head + oneCell + "  " + long + " set\nend cells=1 variables=1\n", "f:8:3", "no name"},
		"a value as type":        {head + oneCell + "  A set type=\"hunter2 !\"\nend cells=1 variables=1\n", "f:8:14", "how a value is stored"},
		"a value as reference":   {head + oneCell + "  A reference resolved=postgres://x\nend cells=1 variables=1\n", "f:8:24", "no reference"},
		"a variable twice":       {head + oneCell + "  A set\n  A set\nend cells=1 variables=2\n", "f:9:3", "twice"},
		"variables out of order": {head + oneCell + "  B set\n  A set\nend cells=1 variables=2\n", "f:9:3", "order"},
		"a cell twice":           {head + oneCell + oneCell + "end cells=2 variables=0\n", "f:8:1", "twice"},
		"cells out of order":     {head + oneCell + "cell api dev railway complete\nlink\nend cells=2 variables=0\n", "f:8:1", "order"},
		"a field twice":          {head + oneCell + "  A set shared shared\nend cells=1 variables=1\n", "f:8:15", "not how envtight writes it"},
		"fields out of order":    {head + "cell api prod railway complete\nlink service=a project=b\nend cells=1 variables=0\n", "f:7:6", "not how envtight writes it"},
		"needless quotes":        {head + "cell \"api\" prod railway complete\nlink\nend cells=1 variables=0\n", "f:6:6", "not how envtight writes it"},
		"two blanks":             {head + "cell  api prod railway complete\nlink\nend cells=1 variables=0\n", "f:6:6", "missing"},
		"a blank at the end":     {head + "cell api prod railway complete \nlink\nend cells=1 variables=0\n", "f:6:32", "missing"},
		"an empty line":          {head + "\nend cells=0 variables=0\n", "f:6:1", "empty line"},
		"an unknown line":        {head + "fact\n", "f:6:1", "begin"},
		"a variable of no cell":  {head + "  A set\n", "f:6:1", "missing"},
		"no cell state":          {head + "cell api prod railway\n", "f:6:22", "missing"},
		"a list of no number":    {head + "provided 2 A\nend cells=0 variables=0\n", "f:6:10", "order"},
		"no such list":           {head + "cell api prod railway complete provided=1\n", "f:6:41", "no list"},
		"a time that is none":    {strings.Replace(head, "2026-11-25", "yesterday", 1), "f:3:7", "not a time"},
		"another hidden form":    {strings.Replace(head, "plain", "rot13", 1), "f:5:7", "does not know"},
		"plain among hidden":     {strings.Replace(head, "plain", "hmac-sha256-128 key=abc", 1) + oneCell + "  DATABASE_URL set\nend cells=1 variables=1\n", "f:8:3", "no name"},
		"too large":              {strings.Repeat("x", MaxSize+1), "f:1:1", "larger"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Decode("f", []byte(tt.text))
			if err == nil {
				t.Fatalf("accepted: %+v", f)
			}
			refused, ok := errors.AsType[*Error](err)
			if !ok || refused.Advice == "" {
				t.Fatalf("%T without advice: %v", err, err)
			}
			if place := refused.Location().String(); place != tt.at || !strings.Contains(refused.Problem, tt.want) {
				t.Errorf("%s: %s, want %s: …%s…", place, refused.Problem, tt.at, tt.want)
			}
			if strings.Contains(err.Error()+refused.Advice, "hunter2") {
				t.Error("the error quotes the file")
			}
		})
	}
}

// FuzzDecode: whatever is read writes back to the same bytes, and nothing panics.
func FuzzDecode(f *testing.F) {
	full := large(2, 2, 3)
	f.Add(full.Encode())
	key, err := NewKey(envtight.NewSecret(strings.Repeat("k", minKey)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(full.Hide(key).Encode())
	f.Add([]byte(head + oneCell + "place\nfacts root=\"\" ephemeral deployed=2026-01-01T00:00:00Z\ngap failed a \"\" count=2\nenvironments a\ncopies a b\nnot-copied A\nbranch x updated=2026-01-01T00:00:00.5Z\non-branch A B\n  A reference dangling=${{A.B}} why=\"no A\"\nend cells=1 variables=1\n"))
	f.Add([]byte(head + "<<<<<<< HEAD\n"))
	f.Add([]byte(head + oneCell + "  \"\\xff\" set storage=clear shared managed=a branch=b\nend cells=1 variables=1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Decode("f", text)
		if err != nil {
			if _, ok := errors.AsType[*Error](err); !ok {
				t.Fatalf("an error of type %T", err)
			}
			return
		}
		if !bytes.Equal(file.Encode(), text) {
			t.Error("what was read is written in another way")
		}
		if diff, err := Compare(file, file); err != nil || !diff.Same() {
			t.Error("the file differs from itself")
		}
		for _, c := range file.Cells {
			for _, s := range c.Answer.Settings {
				if !s.Value.IsEmpty() || s.Readable {
					t.Error("a value was read")
				}
			}
		}
	})
}

// FuzzEncode: whatever adapters say is read again.
func FuzzEncode(f *testing.F) {
	f.Add("api", "prod", "A", "sensitive", "${{A.B}}", "cause", int64(0))
	f.Add("\xff", "a b", "A=1", "\"", "x", "\n", int64(1<<60))
	f.Fuzz(func(t *testing.T, app, environment, name, kind, text, cause string, nanoseconds int64) {
		c := Cell{App: app, Environment: environment, Platform: kind, Token: text}
		c.Answer = envcheck.Answer{Provided: []string{name, kind}, NoSuchEnvironment: nanoseconds%2 == 0, Environments: []string{cause, name}}
		c.Answer.Settings = []envcheck.Setting{{
			Name: name, State: envtight.State(nanoseconds), Type: kind, Managed: text, Branch: app, Updated: taken().Add(1),
			Storage: envcheck.Storage(nanoseconds), References: []envcheck.Reference{{Text: text, Resolution: envcheck.Resolution(nanoseconds), Why: cause}},
		}}
		c.Answer.Incomplete = []envtight.Incompleteness{{Silence: envtight.Silence(kind), Cause: cause, Advice: text, Count: int(nanoseconds)}}
		c.Answer.Project = envcheck.ProjectFacts{RootDirectory: text, RootKnown: true, NotCopied: []string{name}, Branches: []envcheck.BranchSettings{{Branch: text, Names: []string{name, app}}}}
		written := EncodeCells([]Cell{c, {App: name}})
		again, err := DecodeCells(written)
		if err != nil {
			t.Fatalf("our own file is refused: %v", err)
		}
		if !bytes.Equal(EncodeCells(again), written) {
			t.Error("it is not the same when it is written again")
		}
	})
}
