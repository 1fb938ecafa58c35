package railway

import (
	"fmt"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/shell"
)

var _ envcheck.Adviser = (*Source)(nil)

// SetCommand returns the command of Railway's own program that stores a value.
// Source: railwayapp/cli src/commands/variables.rs.
func (*Source) SetCommand(target envcheck.Target, name string) string {
	return fmt.Sprintf("railway variables --service %s --environment %s --set %s",
		shell.Quote(target.Service), shell.Quote(target.Ref.Name), shell.Quote(name+"=<value>"))
}
