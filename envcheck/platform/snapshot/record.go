package snapshot

import (
	"context"
	"sync"

	"github.com/envtight/envtight/envcheck"
)

// Recorder keeps what platforms answer while something else asks them. The zero
// Recorder is ready; it is safe for concurrent use.
type Recorder struct {
	mu      sync.Mutex
	cells   []Cell
	targets []Asked
}

// Asked is a target that a source was asked for.
type Asked struct {
	Source envcheck.Source
	Target envcheck.Target
}

// Source asks the live one and keeps its answers.
func (r *Recorder) Source(live envcheck.Source) envcheck.Source { return &recording{r, live} }

// Cells returns all answers up to now, in no order. Values are in none.
func (r *Recorder) Cells() []Cell {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cells
}

// Asked returns, for each platform and token, the first target that the platform could
// be reached for.
func (r *Recorder) Asked() []Asked {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.targets
}

type recording struct {
	recorder *Recorder
	live     envcheck.Source
}

func (s *recording) Platform() string { return s.live.Platform() }

func (s *recording) Unwrap() envcheck.Source { return s.live }

func (s *recording) Fetch(ctx context.Context, targets []envcheck.Target) []envcheck.Answer {
	names := make([]envcheck.Target, len(targets))
	for i, t := range targets {
		t.Values = false // a snapshot could not keep them
		names[i] = t
	}
	answers := s.live.Fetch(ctx, names)
	r := s.recorder
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range min(len(answers), len(names)) {
		r.cells = append(r.cells, NewCell(s.Platform(), names[i], answers[i]))
	}
	seen := map[string]bool{}
	for i := range min(len(answers), len(names)) {
		t := names[i]
		if from := t.Token.From; from != "" && !seen[from] && !answers[i].Unreachable {
			seen[from] = true
			r.targets = append(r.targets, Asked{s.live, t})
		}
	}
	return answers
}
