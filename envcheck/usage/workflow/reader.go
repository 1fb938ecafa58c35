package workflow

import (
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
)

// Reader finds the names in workflows and composite actions. A variable of an env
// block whose value is nothing but an expression is passed on, all others are set. The
// secrets and configuration variables that expressions ask GitHub for by name are
// passed on, too, under the keys "secrets" and "vars": no program reads them under
// these names.
func Reader() usage.Reader {
	return usage.Reader{
		Name:  "GitHub Actions",
		Match: func(path string) bool { return IsWorkflow(path) || IsAction(path) },
		Scan: usage.FileByFile(func(path string, text []byte) (*usage.File, error) {
			f, err := Parse(path, text)
			if err != nil {
				return nil, err
			}
			return file(f), nil
		}),
	}
}

func file(f *File) *usage.File {
	out := &usage.File{Path: f.Path, Surface: envtight.OnWorkflow}
	add := func(job *Job, block []Variable) {
		for i := range block {
			m := usage.Mention{Name: block[i].Name, Role: usage.Sets, Key: "env", Range: block[i].Range}
			if len(block[i].Plain) == 0 && len(block[i].References) > 0 {
				m.Role = usage.Passes
			}
			if job != nil {
				m.Subject = job.ID
			}
			out.Mentions = append(out.Mentions, m)
		}
	}
	add(nil, f.Env)
	for _, job := range f.Jobs {
		add(job, job.Env)
		for _, step := range job.Steps {
			add(job, step.Env)
		}
	}
	f.Each(func(job *Job, _ *Step, r *Reference) {
		if r.Name() == "" || r.Context != "secrets" && r.Context != "vars" {
			return
		}
		m := usage.Mention{Name: r.Name(), Role: usage.Passes, Key: r.Context, Range: r.Range}
		if job != nil {
			m.Subject = job.ID
		}
		out.Mentions = append(out.Mentions, m)
	})
	slices.SortStableFunc(out.Mentions, func(a, b usage.Mention) int { return a.Range.Start.Offset - b.Range.Start.Offset })
	return out
}
