package snapshot

import (
	"context"
	"fmt"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// Fallback asks a platform, and answers from the snapshot for the cells of which
// the platform could not be reached: see [envcheck.Answer.Unreachable]. A token that
// was refused, or an answer that nobody understands, is not made good.
func (a *Answers) Fallback(live envcheck.Source) envcheck.Source { return &fallback{a, live} }

type fallback struct {
	answers *Answers
	live    envcheck.Source
}

func (f *fallback) Platform() string { return f.live.Platform() }

func (f *fallback) Unwrap() envcheck.Source { return f.live }

func (f *fallback) Fetch(ctx context.Context, targets []envcheck.Target) []envcheck.Answer {
	out := slices.Clone(f.live.Fetch(ctx, targets))
	var replaced []int
	for i := range min(len(out), len(targets)) {
		if out[i].Complete || !out[i].Unreachable {
			continue
		}
		if f.answers.refusal != nil {
			out[i].Incomplete = append(out[i].Incomplete, envtight.Incompleteness{
				Silence: envtight.NotAsked,
				Cause:   "no snapshot could stand in: " + f.answers.refusal.Cause, Advice: f.answers.refusal.Advice,
			})
			continue
		}
		if answer := f.answers.to(f.Platform(), targets[i]); answer.Complete {
			out[i] = answer
			replaced = append(replaced, i)
		}
	}
	for _, i := range replaced {
		out[i].Incomplete = append(out[i].Incomplete, envtight.Incompleteness{
			Silence: envtight.NotAsked,
			Cause:   fmt.Sprintf("%s could not be reached: the snapshot %s answered for %s", f.Platform(), f.answers, count(len(replaced), "cell", "cells")),
		})
	}
	return out
}

// Survey implements [envcheck.Surveyor] for sources that do. No snapshot knows what
// else there is, so a question that failed is not asked: whether that fails the run
// is decided by the cells.
func (f *fallback) Survey(ctx context.Context, q envcheck.Query) ([]envcheck.Deployed, []envtight.Incompleteness) {
	live, ok := envcheck.As[envcheck.Surveyor](f.live)
	if !ok {
		return nil, nil
	}
	found, incomplete := live.Survey(ctx, q)
	incomplete = slices.Clone(incomplete)
	for i := range incomplete {
		if incomplete[i].Silence == envtight.Failed {
			incomplete[i] = envtight.Incompleteness{
				Silence: envtight.NotAsked,
				Cause:   fmt.Sprintf("what else is built from this repository was not asked of %s, which a snapshot stands in for", f.Platform()),
			}
		}
	}
	return found, incomplete
}
