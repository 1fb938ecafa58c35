package envtight_test

import (
	"context"
	"fmt"
	"os"
	"testing/fstest"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/naming"
	"github.com/envtight/envtight/report"
)

// The whole check of a repository, as another program would run it. With Links,
// Sources and Tokens it also asks the platforms.
func Example() {
	ctx := context.Background()
	fsys := fstest.MapFS{ // os.DirFS(".") for a real one
		"apps/web/package.json": {Data: []byte(`{"dependencies": {"next": "16.0.0"}}`)},
		"apps/web/.env.example": {Data: []byte("API_URL=http://localhost\nAPI_URL=http://localhost:8000\nlogLevel=info\n")},
	}
	ws, err := workspace.Load(ctx, fsys, workspace.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	checks := []envtight.Check{
		envcheck.New(envcheck.Options{FS: fsys, Workspace: ws, Environments: []string{"dev", "prod"}}),
		naming.New(naming.Options{}),
	}
	r, err := envtight.Run(ctx, checks, envtight.Options{FS: fsys})
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = report.Line(os.Stdout, r, report.Options{})
	fmt.Println("exit code", r.ExitCode(envtight.ExitOptions{}))
	// Output:
	// apps/web/.env.example:2:1: warning: API_URL is assigned again; loaders take this line, not line 1 [dotenv/duplicate-key]
	// apps/web/.env.example:3:1: warning: logLevel is not in upper snake case [naming/case]
	// exit code 0
}

// A finding never shows a value, whatever prints it.
func ExampleSecret() {
	password := envtight.NewSecret("correct horse")
	fmt.Println(password, fmt.Sprintf("%q %x %+v", password, password, struct{ P envtight.Secret }{password}))
	// Output: [redacted] [redacted] [redacted] {P:[redacted]}
}
