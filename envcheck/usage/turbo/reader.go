package turbo

import (
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
)

// Reader finds the names in turbo.json and turbo.jsonc. Entries that take names
// away are no mentions.
func Reader() usage.Reader {
	return usage.Reader{
		Name:  "Turborepo",
		Match: func(path string) bool { return isConfig(baseName(path)) },
		Scan: usage.FileByFile(func(path string, text []byte) (*usage.File, error) {
			c, err := Parse(path, text)
			if err != nil {
				return nil, err
			}
			return &usage.File{Path: path, Surface: envtight.OnTurbo, Mentions: c.mentions()}, nil
		}),
	}
}

// mentions are the names that the configuration lets through, in order of place.
func (c *Config) mentions() []usage.Mention {
	var out []usage.Mention
	add := func(lists ...List) {
		for _, e := range slices.Concat(lists[0].Entries, lists[1].Entries) {
			if !e.Pattern.Negated() {
				out = append(out, usage.Mention{Name: e.Pattern.Name(), Role: usage.Passes, Subject: e.Task, Key: e.Key, Range: e.Range})
			}
		}
	}
	add(c.GlobalEnv, c.GlobalPassThrough)
	for i := range c.Tasks {
		add(c.Tasks[i].Env, c.Tasks[i].PassThrough)
	}
	slices.SortStableFunc(out, func(a, b usage.Mention) int { return a.Range.Start.Offset - b.Range.Start.Offset })
	return out
}
