package cli

import (
	"context"
	"sync"

	"github.com/envtight/envtight/envcheck/platform/terraform"
	reads "github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/usage/languages"
)

// reads begins to look for what code and configuration ask for, and returns how to
// wait for it: git is asked meanwhile. It returns nil when nobody wants to know.
func (p *project) reads(ctx context.Context, wanted bool) func(context.Context) (*reads.Result, error) {
	if !wanted {
		return nil
	}
	scan := sync.OnceValues(func() (*reads.Result, error) {
		return reads.Scan(ctx, p.workspace, append(languages.All(), terraform.Reader()), 0)
	})
	go func() { _, _ = scan() }()
	return func(context.Context) (*reads.Result, error) { return scan() }
}
