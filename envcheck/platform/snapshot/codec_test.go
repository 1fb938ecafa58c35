package snapshot

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/sourcetest"
)

// TestEveryFieldIsKept fails when a field is added to answers and the format does
// not learn it.
func TestEveryFieldIsKept(t *testing.T) {
	whole := filled(t)
	whole.Answer.NoSuchEnvironment, whole.Answer.Environments = false, nil
	none := filled(t)
	none.App = "none"
	none.Answer.Complete = false
	want := []Cell{whole, none}
	got, err := DecodeCells(EncodeCells(want))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, kept); diff != "" {
		t.Errorf("what was read differs (-written +read):\n%s", diff)
	}
}

func TestValuesStayOut(t *testing.T) {
	c := filled(t)
	var values []string
	for i := range c.Answer.Settings {
		value := strings.Repeat("Kx49", 3+i)
		values = append(values, value)
		c.Answer.Settings[i].Value = envtight.NewSecret(value)
	}
	f := &File{Taken: taken(), Cells: []Cell{c}}
	sourcetest.NoValues(t, values, string(f.Encode()), f, c)
	again, err := Decode("f", f.Encode())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range again.Cells[0].Answer.Settings {
		if s.Readable || !s.Value.IsEmpty() {
			t.Errorf("%s was read with a value", s.Name)
		}
	}
}

// TestOddTexts: what adapters may say in all its oddity is kept, or left out where
// the format cannot hold it, and never makes a file that is refused.
func TestOddTexts(t *testing.T) {
	odd := []string{"a b", `say "no"`, `back\slash`, "new\nline", "a=b", "größe", "\xff\xfe", "\u202eevil", "\x1b[31m", "'", "`", "-", "<<<<<<<", "cell", "end"}
	c := Cell{App: odd[0], Environment: odd[1], Platform: odd[2], Team: odd[3], Project: odd[4], Service: odd[5], Ref: envcheck.EnvironmentRef{Name: odd[6], Branch: odd[7]}, Token: odd[8]}
	c.Answer.Provided, c.Answer.Complete = slices.Sorted(slices.Values(odd)), true
	c.Answer.Incomplete = []envtight.Incompleteness{{Silence: envtight.Failed, Cause: strings.Join(odd, " "), Advice: odd[2]}}
	c.Answer.Project = envcheck.ProjectFacts{ID: odd[0], Name: odd[1], Repository: odd[3], RootKnown: true}
	for _, name := range slices.Sorted(slices.Values(odd)) {
		if !strings.Contains(name, "=") {
			c.Answer.Settings = append(c.Answer.Settings, envcheck.Setting{Name: name, State: envtight.Set, Managed: name, Branch: odd[3], References: []envcheck.Reference{{Text: "${{" + odd[5] + "}}"}}})
		}
	}
	got, err := DecodeCells(EncodeCells([]Cell{c}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Cell{c}, got, kept); diff != "" {
		t.Errorf("what was read differs (-written +read):\n%s", diff)
	}
}

// TestUnwritable: what the format cannot hold makes the cell incomplete, or is not
// known.
func TestUnwritable(t *testing.T) {
	c := Cell{App: "api", Environment: "prod", Platform: "railway", Project: strings.Repeat("x", maxWord+1)}
	c.Answer = envcheck.Answer{Complete: true, Settings: []envcheck.Setting{
		{Name: "B", State: envtight.Set, Type: "a type of three words", Managed: strings.Repeat("m", maxWord+1), Updated: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)},
		{Name: "A", State: envtight.Reference, References: []envcheck.Reference{{Text: "postgres://user"}}},
		{Name: "B", State: envtight.Empty},
		{Name: "C=1", State: envtight.Set},
		{Name: strings.Repeat("N", maxName+1), State: envtight.Set},
		{Name: "ABSENT", State: envtight.Absent},
		{Name: "", State: envtight.Set},
	}}
	c.Answer.Incomplete = []envtight.Incompleteness{{Silence: "other", Cause: strings.Repeat("ü", maxWord)}}
	got, err := DecodeCells(EncodeCells([]Cell{c, c}))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 {
		t.Fatalf("%d cells of one key were written", len(got))
	}
	a := got[0].Answer
	want := []envcheck.Setting{
		{Name: "A", State: envtight.Reference, References: []envcheck.Reference{{Text: noReference}}},
		{Name: "B", State: envtight.Set},
	}
	if diff := cmp.Diff(want, a.Settings, kept); diff != "" {
		t.Error(diff)
	}
	if a.Complete || len(a.Incomplete) != 2 || a.Incomplete[0].Silence != envtight.Failed || a.Incomplete[1].Count != 4 {
		t.Errorf("complete %v, %+v", a.Complete, a.Incomplete)
	}
}

func TestOrderDoesNotCount(t *testing.T) {
	f := large(3, 2, 5)
	f.Tokens = []Token{{Platform: "vercel", From: "B"}, {Platform: "railway", From: "A", Kind: "project token", Sees: "project shop"}}
	want := f.Encode()
	slices.Reverse(f.Cells)
	slices.Reverse(f.Tokens)
	for i := range f.Cells {
		slices.Reverse(f.Cells[i].Answer.Settings)
	}
	if !bytes.Equal(want, f.Encode()) {
		t.Error("the order of facts shows")
	}
	f.Taken = f.Taken.Add(time.Hour)
	later := f.Encode()
	differ := 0
	lines := strings.Split(string(later), "\n")
	for i, line := range strings.Split(string(want), "\n") {
		if line != lines[i] {
			differ++
		}
	}
	if differ != 1 || len(lines) != strings.Count(string(want), "\n")+1 {
		t.Errorf("%d lines differ between two times, want 1", differ)
	}
}

func TestAnswerTo(t *testing.T) {
	target := envcheck.Target{App: "api", Environment: "prod", Project: "shop", Ref: envcheck.EnvironmentRef{Name: "production"}, Token: envcheck.Token{From: "T"}, Location: envtight.WholeFile("envtight.hcl")}
	c := NewCell("railway", target, envcheck.Answer{Incomplete: []envtight.Incompleteness{{Silence: envtight.Failed, Cause: "c"}}})
	if !c.Asks("railway", target) || c.Asks("vercel", target) {
		t.Error("the cell does not know its own target")
	}
	if a := c.AnswerTo(target); a.Incomplete[0].Location != target.Location || c.Answer.Incomplete[0].Location == target.Location {
		t.Errorf("located at %v, and in the cell itself at %v", a.Incomplete[0].Location, c.Answer.Incomplete[0].Location)
	}
	target.Ref.Branch = "dev"
	if c.Asks("railway", target) {
		t.Error("the cell answers for another branch")
	}
}

func BenchmarkWriteAndRead(b *testing.B) {
	f := large(50, 3, 200)
	b.SetBytes(int64(len(f.Encode())))
	for b.Loop() {
		if _, err := Decode("f", f.Encode()); err != nil {
			b.Fatal(err)
		}
	}
}
