//go:build unix

package command

import (
	"os/exec"
	"syscall"
)

// stopGroup lets the end of the context end the program together with all that it
// started.
func stopGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
