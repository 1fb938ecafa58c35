package history

import (
	"context"
	"maps"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/gitstore"
	"github.com/envtight/envtight/secrets"
)

// findings says what is found, and what is shown of it, in the order of the
// appearances; of the history nothing yet. Of a version, what maskers hide is asked
// once, whatever is found in it.
func (r *run) findings(ctx context.Context, all []*appearance) ([]secrets.Finding, error) {
	out := make([]secrets.Finding, len(all))
	at := map[gitstore.ID]map[string][]int{}
	for i, a := range all {
		if at[a.blob] == nil {
			at[a.blob] = map[string][]int{}
		}
		at[a.blob][a.path] = append(at[a.blob][a.path], i)
		// What can be said when the text is gone.
		out[i] = secrets.Finding{Match: a.match, Location: a.location()}
	}
	err := r.judge.each(ctx, slices.Collect(maps.Keys(at)), func(blob gitstore.ID, text []byte) {
		for path, found := range at[blob] {
			o := r.o
			o.Maskers = hidden(r.o.Maskers, path, text)
			for _, i := range found {
				out[i] = r.detector.Findings(all[i].location(), text, []secrets.Match{all[i].match}, o)[0]
			}
		}
	}, r.problems.err)
	return out, err
}

// location is where a secret was brought.
func (a *appearance) location() envtight.Location {
	return envtight.Location{
		Kind: envtight.AtObject, Path: a.path,
		Object: envtight.Object{Blob: a.blob.String(), Commit: a.by()},
	}
}

// hidden is a masker that knows what others hide in one text.
func hidden(maskers []envtight.Masker, path string, text []byte) []envtight.Masker {
	var spans []envtight.Span
	for _, m := range maskers {
		spans = append(spans, m.Mask(path, text)...)
	}
	return []envtight.Masker{envtight.MaskerFunc(func(string, []byte) []envtight.Span { return spans })}
}

// tell adds the history to findings, asks who excepts them, and yields them. It
// returns false when the loop was left.
func (r *run) tell(all []*appearance, found []secrets.Finding, yield func(secrets.Finding, error) bool) bool {
	for i, a := range all {
		f := found[i]
		text := r.text(a.blob)
		f.History = r.history(a)
		r.o.Except(&f, text)
		if !yield(f, nil) {
			return false
		}
	}
	return true
}
