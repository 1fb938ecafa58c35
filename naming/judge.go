package naming

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/glob"
)

// judge is the state of one run: all names, each once, with the places at which
// it stands.
type judge struct {
	options Options
	vars    []envtight.Variable
	info    []placeInfo // of vars, by index
	emit    func(envtight.Diagnostic)
	rule    *rule   // the one that judges at the moment
	names   []*name // sorted by text
	byText  map[string]*name
	apps    map[string]*App
	appIDs  map[string]int32 // of all apps that have variables; "" is 0
	// claimed are the names, per app, that a rule objected to.
	claimed map[claim]bool
	known   map[string]bool // words
	// onPlatform holds pairs of app and platform; filled by isOn.
	onPlatform map[claim]bool
}

// placeInfo is what most rules ask of a variable, in a form that is quick to walk.
type placeInfo struct {
	surface uint64 // one bit for each surface, or environment of a platform
	app     int32
	chosen  bool
}

// surfaceKey is a surface; each environment of a platform is one.
type surfaceKey struct {
	surface     envtight.Surface
	environment string
}

// name is one name and where it stands.
type name struct {
	text string
	// rest is the name without its public prefix.
	rest, public string
	at           []int32 // indexes into judge.vars, in their order
	// free tells that a user chose the name at some place, and that nobody
	// else settled it.
	free  bool
	words []string // filled by judge.wordsOf
}

type claim struct{ app, name string }

func newJudge(o Options, vars []envtight.Variable, emit func(envtight.Diagnostic)) *judge {
	j := &judge{
		options: o,
		vars:    vars,
		emit:    emit,
		byText:  make(map[string]*name, len(vars)/4),
		apps:    map[string]*App{},
		info:    make([]placeInfo, len(vars)),
		appIDs:  map[string]int32{"": 0},
		claimed: map[claim]bool{},
		known:   map[string]bool{},
	}
	for i := range o.Apps {
		j.apps[o.Apps[i].Name] = &o.Apps[i]
	}
	for _, word := range o.Words {
		j.known[strings.ToUpper(word)] = true
	}
	surfaces := map[surfaceKey]uint64{}
	for i := range vars {
		j.add(int32(i), surfaces)
	}
	for _, n := range j.names {
		n.rest, n.public = cutPublic(n.text)
		n.free = n.free && !settledRest(n.text, n.rest, n.public) && !j.allowed(n.text)
	}
	slices.SortFunc(j.names, func(a, b *name) int { return strings.Compare(a.text, b.text) })
	return j
}

func (j *judge) add(i int32, surfaces map[surfaceKey]uint64) {
	v := &j.vars[i]
	if v.Name == "" || v.State == envtight.Absent || strings.ContainsAny(v.Name, "*!") && v.Surface == envtight.OnTurbo {
		return
	}
	n := j.byText[v.Name]
	if n == nil {
		n = &name{text: v.Name, at: make([]int32, 0, 4)}
		j.byText[v.Name] = n
		j.names = append(j.names, n)
	}
	n.at = append(n.at, i)
	app, ok := j.appIDs[v.App]
	if !ok {
		app = int32(len(j.appIDs))
		j.appIDs[v.App] = app
	}
	j.info[i] = placeInfo{surface: surfaceBit(v, surfaces), app: app, chosen: chosen(v)}
	n.free = n.free || j.info[i].chosen
}

// surfaceBit numbers the surfaces. When there are more than fit, they share,
// which can only silence a rule that asks where a name is absent.
func surfaceBit(v *envtight.Variable, seen map[surfaceKey]uint64) uint64 {
	k := surfaceKey{surface: v.Surface}
	if v.Surface == envtight.OnPlatform {
		k.environment = v.Environment
	}
	bit := seen[k]
	if bit == 0 {
		bit = 1 << (len(seen) % 64)
		seen[k] = bit
	}
	return bit
}

// chosen reports whether somebody gives the variable its name at this place. A
// read in code, and what compose files, Dockerfiles and workflows hand to other
// people's programs, follow a name that was settled elsewhere.
func chosen(v *envtight.Variable) bool {
	switch v.Surface {
	case envtight.OnExample, envtight.OnLocal, envtight.OnPlatform, envtight.OnTerraform:
		return !v.Managed
	}
	return false
}

func (j *judge) allowed(text string) bool {
	return slices.ContainsFunc(j.options.Allow, func(p string) bool { return glob.Match(p, text) })
}

func (j *judge) wordsOf(n *name) []string {
	if n.words == nil {
		n.words = SplitWords(n.text)
	}
	return n.words
}

// surfaceRank orders the surfaces by how good a place they are for a finding.
var surfaceRank = map[envtight.Surface]int{
	envtight.OnExample:    0,
	envtight.OnLocal:      1,
	envtight.OnTerraform:  2,
	envtight.OnTurbo:      3,
	envtight.OnCompose:    4,
	envtight.OnDockerfile: 5,
	envtight.OnWorkflow:   6,
	envtight.OnCode:       7,
	envtight.OnPlatform:   8,
}

func (j *judge) compareVars(a, b int32) int {
	v, w := &j.vars[a], &j.vars[b]
	return cmp.Or(
		cmp.Compare(surfaceRank[v.Surface], surfaceRank[w.Surface]),
		cmp.Compare(boolInt(v.Optional), boolInt(w.Optional)),
		cmp.Compare(v.App, w.App),
		cmp.Compare(v.Location.Path, w.Location.Path),
		cmp.Compare(v.Location.Range.Start.Offset, w.Location.Range.Start.Offset),
		cmp.Compare(v.Environment, w.Environment),
		cmp.Compare(v.Location.String(), w.Location.String()),
	)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// spot is one place to report a name at, with the variables that the finding
// covers: the best first.
type spot struct {
	app  string
	vars []int32
}

// spots parts the places of a name into those that deserve a finding each: one
// for each app, but one only for each place in a file (a package's example may
// speak for many apps), and none for files of no app, as the root turbo.json,
// when an app has the name, too. Variables for which keep is false are left out.
func (j *judge) spots(n *name, keep func(*envtight.Variable) bool) []spot {
	byApp := map[string][]int32{}
	for _, i := range n.at {
		if v := &j.vars[i]; keep(v) && (j.rule.always || !j.claimed[claim{v.App, n.text}]) {
			byApp[v.App] = append(byApp[v.App], i)
		}
	}
	if rest, ok := byApp[""]; ok && len(byApp) > 1 && !slices.ContainsFunc(rest, func(i int32) bool { return j.vars[i].Surface == envtight.OnExample }) {
		delete(byApp, "")
	}
	var out []spot
	for app, vars := range byApp {
		slices.SortFunc(vars, j.compareVars)
		out = append(out, spot{app: app, vars: vars})
	}
	slices.SortFunc(out, func(a, b spot) int {
		return cmp.Or(j.compareVars(a.vars[0], b.vars[0]), cmp.Compare(a.app, b.app))
	})
	merged, index := out[:0], map[envtight.Location]int{}
	for _, s := range out {
		at := j.first(s).Location
		k, ok := index[at]
		if !ok || filePath(at) == "" {
			index[at] = len(merged)
			merged = append(merged, s)
			continue
		}
		merged[k].vars = append(merged[k].vars, s.vars...)
		merged[k].app = ""
	}
	return merged
}

func (j *judge) first(s spot) *envtight.Variable { return &j.vars[s.vars[0]] }

// report hands in a finding of the current rule about a name at a spot. The
// caller fills in Message and what else it knows.
func (j *judge) report(n *name, s spot, d envtight.Diagnostic) {
	first := j.first(s)
	d.Rule = j.rule.ID
	d.Name, d.App, d.Location = n.text, s.app, first.Location
	if first.Surface == envtight.OnPlatform {
		d.Environment = first.Environment
	}
	for _, i := range s.vars {
		if v := &j.vars[i]; v.Surface == envtight.OnPlatform {
			cell := envtight.Cell{App: v.App, Environment: v.Environment, Place: v.Location.Place}
			if !slices.Contains(d.Cells, cell) {
				d.Cells = append(d.Cells, cell)
			}
			if v.Environment != d.Environment {
				d.Environment = ""
			}
		}
	}
	d.Related = append(d.Related, j.otherPlaces(n, s)...)
	j.emit(d)
}

// otherPlaces are the places in files at which the app of a spot has a name,
// beside the one that the finding is at.
func (j *judge) otherPlaces(n *name, s spot) []envtight.Related {
	var at []int32
	for _, i := range n.at {
		if v := &j.vars[i]; (v.App == s.app || v.App == "") && filePath(v.Location) != "" {
			at = append(at, i)
		}
	}
	slices.SortFunc(at, j.compareVars)
	seen := map[envtight.Location]bool{j.first(s).Location: true}
	var out []envtight.Related
	for _, i := range at {
		if l := j.vars[i].Location; !seen[l] && len(out) < maxRelated {
			seen[l] = true
			out = append(out, envtight.Related{Location: l, Message: "it stands here, too"})
		}
	}
	return out
}

// maxRelated bounds the places named beside a finding; more of them explain
// nothing.
const maxRelated = 5

// claim says that a rule objected to a name at a spot, so that later ones leave it
// alone there: one slip gives one finding.
func (j *judge) claim(n *name, s spot) {
	for _, i := range s.vars {
		j.claimed[claim{j.vars[i].App, n.text}] = true
	}
	j.claimed[claim{s.app, n.text}] = true
}

// rename offers to change the name where it stands in examples, as long as it
// stands nowhere else (an edit to one of several surfaces would part them) and
// the app does not have the other name yet.
func (j *judge) rename(n *name, s spot, to string) []envtight.Fix {
	fix := envtight.Fix{Message: "rename to " + to}
	seen := map[envtight.Location]bool{}
	for _, i := range n.at {
		v := &j.vars[i]
		r := v.Location.Range
		if v.Surface != envtight.OnExample || v.Location.Kind != envtight.AtFile || r.End.Offset-r.Start.Offset != len(n.text) {
			return nil
		}
		if slices.Contains(s.vars, i) && !seen[v.Location] {
			seen[v.Location] = true
			fix.Edits = append(fix.Edits, envtight.Edit{
				Path: v.Location.Path,
				Span: envtight.Span{Start: r.Start.Offset, End: r.End.Offset},
				New:  to,
			})
		}
	}
	if len(fix.Edits) == 0 || j.appHas(s.app, to) {
		return nil
	}
	return []envtight.Fix{fix}
}

// advice says how to give a name another one, wherever the spot stands.
func (j *judge) advice(s spot, to string) string {
	text := "rename it to " + to
	if j.first(s).Surface == envtight.OnPlatform {
		return text + " on the platform: add the one, deploy, remove the other"
	}
	if slices.ContainsFunc(s.vars, func(i int32) bool { return j.vars[i].Surface == envtight.OnPlatform }) {
		return text + ", here and on the platform"
	}
	return text
}

// where names the surface and place of a variable, for messages.
func where(v *envtight.Variable) string {
	switch {
	case v.Surface == envtight.OnPlatform:
		place := v.Location.Place
		place.Name = ""
		return place.String()
	case v.Location.Path != "":
		return v.Location.Path
	default:
		return string(v.Surface)
	}
}

// maxShown is the length in bytes above which a name is cut in messages.
const maxShown = 80

// show returns a name fit for a message: cut when it is long, quoted when it
// holds anything but visible characters.
func show(text string) string {
	cut := text
	if len(cut) > maxShown {
		cut = strings.ToValidUTF8(cut[:maxShown], "") + "…"
	}
	if strings.ContainsFunc(cut, func(r rune) bool { return !unicode.IsGraphic(r) || r == ' ' || r == unicode.ReplacementChar }) {
		return strconv.Quote(cut)
	}
	return cut
}
