package source

import (
	"fmt"
	"strings"

	"github.com/envtight/envtight"
)

// maxNamed is how many files a cause names; the others are counted.
const maxNamed = 3

// silences collect what was not looked at, each cause once.
type silences struct {
	causes []*silence
}

type silence struct {
	kind          envtight.Silence
	cause, advice string
	named         []string
	count         int
}

// add notes one file. Causes are told in the order of their first file.
func (s *silences) add(kind envtight.Silence, cause, advice, path string) {
	s.take(&silence{kind: kind, cause: cause, advice: advice, named: []string{path}, count: 1})
}

// join adds what others collected of later files.
func (s *silences) join(others *silences) {
	for _, other := range others.causes {
		s.take(other)
	}
}

func (s *silences) take(other *silence) {
	for _, known := range s.causes {
		if known.kind == other.kind && known.cause == other.cause {
			known.count += other.count
			known.named = append(known.named, other.named[:min(len(other.named), maxNamed-len(known.named))]...)
			return
		}
	}
	s.causes = append(s.causes, other)
}

// tell hands on what was collected. Files that should have been looked at are
// named.
func (s *silences) tell(to func(envtight.Incompleteness)) {
	for _, c := range s.causes {
		i := envtight.Incompleteness{Silence: c.kind, Cause: c.cause, Advice: c.advice, Count: c.count}
		if c.kind == envtight.Failed {
			i.Cause += ": " + strings.Join(c.named, ", ")
			if more := c.count - len(c.named); more > 0 {
				i.Cause += fmt.Sprintf(" and %d more", more)
			}
			if c.count == 1 {
				i.Location = envtight.WholeFile(c.named[0])
			}
		}
		to(i)
	}
}
