// Command envtight finds out whether every app of a repository has every
// variable it needs, in every environment, and whether any secret got out.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/envtight/envtight/cmd/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once, whatever it waits for.
	context.AfterFunc(ctx, stop)
	code := cli.Main(ctx, cli.Process(), os.Args[1:])
	stop()
	os.Exit(code)
}
