package envcheck

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/envtight/envtight"
)

// pullPrefix begins the name of the environment of a pull request, as in "pr/12".
// No environment of the user's can have such a name.
const pullPrefix = "pr/"

// PullEnvironment returns the name under which the environment of a pull request
// is judged, as in "pr/12".
func PullEnvironment(number int) string { return pullPrefix + strconv.Itoa(number) }

// PullNumber returns the number in the name of a pull request's environment.
func PullNumber(environment string) (number int, ok bool) {
	text, ok := strings.CutPrefix(environment, pullPrefix)
	if !ok {
		return 0, false
	}
	number, err := strconv.Atoi(text)
	return number, err == nil && number > 0 && strconv.Itoa(number) == text
}

// pullWords are the words of files for the environments of pull requests.
var pullWords = []string{"preview", "pr"}

// ofPull reports whether the cell is of a pull request's own environment.
func (c *cell) ofPull() bool { return c.target.Ref.Pull.Number > 0 }

// original returns the user's environment that the app's environment of a pull
// request is a copy of: what is needed there is needed in the copy. It is the one
// that is mapped to what the platform says that it copied, or to the place itself
// (on Vercel, preview), and what the options say where no place is known. A place
// that no environment of the user's is mapped to is a copy of none of these, unless
// one is called after pull requests. Empty: nobody knows.
func (o *Options) original(a *app, environment string) string {
	for _, cell := range a.cells {
		if cell.environment != environment || !cell.ofPull() {
			continue
		}
		place := cell.target.Ref.Name
		if cell.answer.Project.CopyOf != "" {
			place = cell.answer.Project.CopyOf
		}
		var fits []string
		for _, name := range slices.Sorted(maps.Keys(cell.link.Environments)) {
			if ref := cell.link.Environments[name]; ref.Pull.Number == 0 && strings.EqualFold(ref.Name, place) {
				fits = append(fits, name)
			}
		}
		if slices.Contains(fits, o.CopyOf[environment]) {
			break
		}
		if len(fits) > 0 {
			return fits[0]
		}
		if place != environment && !slices.Contains(pullWords, o.CopyOf[environment]) {
			return ""
		}
	}
	return o.CopyOf[environment]
}

// needOfCopy settles the need in a copy of one of the user's environments that
// is made for a pull request. Words about such copies count before those about
// the original. Of what the original is, nobody may know; then nothing is called
// forbidden.
func (o *Options) needOfCopy(a *app, r *row, original string) need {
	names := slices.Clone(pullWords)
	if original != "" {
		names = append(names, namesOf(original, o.Environments)...)
	}
	n := o.needOf(a, r, original, names)
	if original == "" && n.Need == envtight.Forbidden {
		n.Need = envtight.Optional
	}
	return n
}
