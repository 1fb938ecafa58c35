package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/envtight/envtight/internal/program"
)

// maxOutput is the size in bytes above which an answer is refused.
const maxOutput = 8 << 20

// waitDelay is how long a program that has ended, or was ended, may leave its
// output open.
const waitDelay = 2 * time.Second

// run starts a program with request as its input and returns what it wrote.
func (s *Source) run(ctx context.Context, p *Program, request []byte) ([]byte, *problem) {
	path, err := s.find(p.Words[0])
	if err != nil {
		return nil, &problem{
			cause:  fmt.Sprintf("the program of %s was not found, or may not be executed", p.From),
			advice: "give a path from the root of the repository, an absolute one, or a name that PATH knows",
		}
	}
	ctx, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, p.Words[1:]...)
	cmd.Dir = s.options.Dir
	cmd.Env = append(slices.Clone(s.options.Environ), "PWD="+s.options.Dir)
	cmd.Stdin = bytes.NewReader(request)
	output := &program.Output{Max: maxOutput, Stop: cancel}
	cmd.Stdout = output
	cmd.Stderr = nil // may hold values: nobody reads it
	cmd.WaitDelay = waitDelay
	stopGroup(cmd)
	err = cmd.Run()
	exit, exited := errors.AsType[*exec.ExitError](err)
	switch {
	case output.Over():
		return nil, &problem{
			cause: fmt.Sprintf("the program of %s wrote more than %d MiB", p.From, maxOutput>>20), advice: "let it write one answer with names only",
		}
	case ctx.Err() != nil:
		return nil, stopped(ctx, p)
	case exited:
		return nil, &problem{
			cause: fmt.Sprintf("the program of %s ended with %s", p.From, exit.ProcessState), advice: "run it by hand to see why: what it writes is not shown here",
		}
	case errors.Is(err, exec.ErrWaitDelay):
		_ = cmd.Cancel() // what it left running
		return nil, &problem{
			cause: fmt.Sprintf("the program of %s ended and left its output open", p.From), advice: "let it wait for what it starts",
		}
	case err != nil:
		return nil, &problem{
			cause: fmt.Sprintf("the program of %s could not be started or read", p.From), advice: "see whether it may be executed",
		}
	}
	return output.Bytes(), nil
}

// find returns the path of a program. One with a separator in its name counts from
// the directory of the run; for any other PATH is searched.
func (s *Source) find(name string) (string, error) {
	if filepath.Base(name) != name && !filepath.IsAbs(name) {
		name = filepath.Join(s.options.Dir, name)
	}
	return program.Find(name, s.options.Environ)
}
