package snapshot

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// DecodeCells reads what [EncodeCells] wrote, and nothing else. Errors are of type
// [*Error]. Cells share lists of provided names.
func DecodeCells(text []byte) ([]Cell, error) {
	r := &reader{scanner: scanner{text: string(text)}, isName: isName}
	r.checkSize()
	cells := r.cells()
	if r.err == nil {
		r.compare(EncodeCells(cells))
	}
	if r.err != nil {
		return nil, r.err
	}
	return cells, nil
}

// reader reads the parts of a snapshot.
type reader struct {
	scanner

	isName func(string) bool
	// provided are the lists of provided names, in the order of their numbers.
	provided [][]string
}

func (r *reader) checkSize() {
	if len(r.text) > MaxSize {
		r.fail(0, "the file is larger than any snapshot", adviceNew)
	}
}

// compare holds the text against what would be written of the same facts. Whatever
// the reader let pass, as fields in another order, is found here.
func (r *reader) compare(written []byte) {
	if string(written) == r.text {
		return
	}
	n := min(len(written), len(r.text))
	for i := range n {
		if written[i] != r.text[i] {
			r.fail(i, "this is not how envtight writes it: something is doubled, out of order or spelled in another way", adviceNew)
			return
		}
	}
	if len(written) != len(r.text) {
		r.fail(n, "this is not how envtight writes it: something is doubled or missing", adviceNew)
	}
}

// cells reads the lists of provided names, all cells, and the end.
func (r *reader) cells() []Cell {
	cells := []Cell{}
	variables := 0
	for r.advance() {
		start := r.at
		switch r.plain() {
		case "provided":
			r.list(len(cells) > 0)
		case "cell":
			c := r.cell()
			variables += len(c.Answer.Settings)
			if len(cells) > 0 && r.err == nil {
				r.order(compareCells(&cells[len(cells)-1], &c), start, "this cell")
			}
			cells = append(cells, c)
		case "end":
			r.finish(len(cells), variables)
			return cells
		default:
			r.refuse("a line of a snapshot does not begin like this")
		}
	}
	if r.err == nil {
		r.fail(len(r.text), "the file is cut off: its last line is missing", adviceNew)
	}
	return cells
}

// order refuses what does not come behind the thing before it.
func (r *reader) order(compared, offset int, what string) {
	switch {
	case compared == 0:
		r.fail(offset, what+" is there twice", adviceMerge)
	case compared > 0:
		r.fail(offset, what+" is not in order", adviceMerge)
	}
}

// list reads "provided N NAME...".
func (r *reader) list(late bool) {
	if number := r.number(r.plain(), 1); r.err == nil && (late || number != len(r.provided)+1) {
		r.refuse("this list is not in order")
		return
	}
	r.provided = append(r.provided, r.words())
}

// finish reads "end cells=N variables=N" and holds it against what was read.
func (r *reader) finish(cells, variables int) {
	for _, field := range []struct {
		key  string
		want int
	}{{"cells", cells}, {"variables", variables}} {
		if r.key() != field.key {
			r.unknownField()
		}
		if r.number(r.value(), 0) != field.want && r.err == nil {
			r.refuse("the file is not whole: it has not as many " + field.key + " as this line says")
		}
	}
	r.end()
	if r.next < len(r.text) {
		r.fail(r.next, "nothing belongs behind the last line", adviceNew)
	}
}

// cell reads a cell from behind the word "cell" to its last setting.
func (r *reader) cell() Cell {
	c := Cell{App: r.plain(), Environment: r.plain(), Platform: r.plain()}
	a := &c.Answer
	switch r.plain() {
	case "complete":
		a.Complete = true
	case "incomplete":
	case "no-such-environment":
		a.NoSuchEnvironment = true
	default:
		r.refuse("this is neither complete nor incomplete nor no-such-environment")
	}
	for r.more() {
		switch r.key() {
		case "token":
			c.Token = r.value()
		case "provided":
			if number := r.number(r.value(), 1); number <= len(r.provided) && r.err == nil {
				a.Provided = r.provided[number-1]
			} else {
				r.refuse("there is no list of provided names of this number")
			}
		default:
			r.unknownField()
		}
	}
	for r.advance() {
		if r.line[0] == ' ' {
			r.settings(a)
			break
		}
		if !r.about(&c) {
			r.back()
			break
		}
	}
	return c
}

// about reads a line about a cell, and reports whether it was one.
func (r *reader) about(c *Cell) bool {
	a := &c.Answer
	switch r.plain() {
	case "link":
		pull := ""
		r.fields(map[string]*string{
			"team": &c.Team, "project": &c.Project, "service": &c.Service, "environment": &c.Ref.Name,
			"branch": &c.Ref.Branch, "pull": &pull, "pull-repository": &c.Ref.Pull.Repository,
		})
		if pull != "" {
			c.Ref.Pull.Number = r.number(pull, 1)
		}
	case "place":
		a.Place.Platform = c.Platform
		r.fields(map[string]*string{"project": &a.Place.Project, "service": &a.Place.Service, "environment": &a.Place.Environment})
	case "facts":
		r.facts(&a.Project)
	case "gap":
		a.Incomplete = append(a.Incomplete, r.gap())
	case "environments":
		a.Environments = r.words()
	case "copies":
		a.Project.Copies = r.words()
	case "not-copied":
		a.Project.NotCopied = r.variables()
	case "branch":
		b := envcheck.BranchSettings{Branch: r.plain()}
		if r.more() {
			if r.key() != "updated" {
				r.unknownField()
			}
			b.Updated = r.time(r.value())
		}
		r.end()
		a.Project.Branches = append(a.Project.Branches, b)
	case "on-branch":
		if n := len(a.Project.Branches); n > 0 {
			a.Project.Branches[n-1].Names = r.variables()
		} else {
			r.refuse("no branch stands before this line")
		}
	default:
		return false
	}
	return true
}

// words reads the rest of the line.
func (r *reader) words() []string {
	var words []string
	for r.more() {
		words = append(words, r.plain())
	}
	return words
}

// variables reads the rest of the line, names of variables.
func (r *reader) variables() []string {
	var names []string
	for r.more() {
		names = append(names, r.variable())
	}
	return names
}

// variable reads the name of a variable.
func (r *reader) variable() string {
	name := r.plain()
	if r.err == nil && !r.isName(name) {
		r.refuse("this is no name of a variable as a snapshot holds it")
	}
	return name
}

// fields reads "key=word" up to the end of the line.
func (r *reader) fields(into map[string]*string) {
	for r.more() {
		if to := into[r.key()]; to != nil {
			*to = r.value()
		} else {
			r.unknownField()
		}
	}
}

func (r *reader) facts(f *envcheck.ProjectFacts) {
	for r.more() {
		switch r.key() {
		case "id":
			f.ID = r.value()
		case "name":
			f.Name = r.value()
		case "environment-id":
			f.EnvironmentID = r.value()
		case "service-id":
			f.ServiceID = r.value()
		case "repository":
			f.Repository = r.value()
		case "root":
			f.RootDirectory, f.RootKnown = r.value(), true
		case "ephemeral":
			f.Ephemeral = true
		case "copy-of":
			f.CopyOf = r.value()
		case "deployed":
			f.Deployed = r.time(r.value())
		case "deployment":
			f.Deployment = r.value()
		default:
			r.unknownField()
		}
	}
}

func (r *reader) gap() envtight.Incompleteness {
	var inc envtight.Incompleteness
	word := r.plain()
	for _, silence := range slices.Sorted(maps.Keys(silences)) {
		if silences[silence] == word {
			inc.Silence = silence
		}
	}
	if inc.Silence == "" {
		r.refuse("this is neither not-asked nor undecidable nor failed")
	}
	inc.Cause, inc.Advice = r.plain(), r.plain()
	if r.more() {
		if r.key() != "count" {
			r.unknownField()
		}
		inc.Count = r.number(r.value(), 2)
	}
	r.end()
	return inc
}

// settings reads the settings of a cell, from the line under way on.
func (r *reader) settings(a *envcheck.Answer) {
	last := ""
	a.Settings = make([]envcheck.Setting, 0, r.indented())
	for {
		s := r.setting()
		if r.err != nil {
			return
		}
		if last != "" && s.Name <= last {
			r.order(cmp.Compare(last, s.Name), r.at+2, "this variable")
			return
		}
		last = s.Name
		a.Settings = append(a.Settings, s)
		if !r.advance() {
			return
		}
		if r.line[0] != ' ' {
			r.back()
			return
		}
	}
}

// indented counts the lines from the one under way on that are about variables, up to
// a bound: a hostile file is not to make large what is small.
func (r *reader) indented() int {
	n := 0
	for rest := r.text[r.at:]; strings.HasPrefix(rest, "  ") && n < 1000; n++ {
		end := strings.IndexByte(rest, '\n')
		if end < 0 {
			break
		}
		rest = rest[end+1:]
	}
	return n
}

func (r *reader) setting() envcheck.Setting {
	var s envcheck.Setting
	if !strings.HasPrefix(r.line, "  ") {
		r.refuse("a line about a variable begins with two blanks")
		return s
	}
	r.pos = 2
	s.Name = r.variable()
	word := r.plain()
	for _, state := range states {
		if state.String() == word {
			s.State = state
		}
	}
	if s.State == envtight.Unknown {
		r.refuse("this is no state of a variable: a snapshot holds states, never values")
	}
	for r.more() {
		r.settingField(&s)
	}
	return s
}

func (r *reader) settingField(s *envcheck.Setting) {
	switch key := r.key(); key {
	case "type":
		if s.Type = r.value(); !isType(s.Type) {
			r.refuse("this is no word for how a value is stored")
		}
	case "storage":
		if i := slices.Index(storages, r.value()); i > 0 {
			s.Storage = envcheck.Storage(i)
		} else {
			r.refuse("this is neither clear nor readable nor sealed")
		}
	case "shared":
		s.Shared = true
	case "referenced":
		s.Referenced = true
	case "managed":
		s.Managed = r.value()
	case "branch":
		s.Branch = r.value()
	case "updated":
		s.Updated = r.time(r.value())
	case "why":
		if n := len(s.References); n > 0 && s.References[n-1].Resolution == envcheck.Dangling {
			s.References[n-1].Why = r.value()
		} else {
			r.unknownField()
		}
	default:
		r.reference(s, key)
	}
}

func (r *reader) reference(s *envcheck.Setting, key string) {
	i := slices.Index(resolutions, key)
	if i < 0 {
		r.unknownField()
		return
	}
	text := r.value()
	if r.err == nil && !isReference(text) {
		r.refuse("this is no reference: names in ${{ and }}")
	}
	s.References = append(s.References, envcheck.Reference{Text: text, Resolution: envcheck.Resolution(i)})
}
