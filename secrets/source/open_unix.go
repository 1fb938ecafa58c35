//go:build unix

package source

import "syscall"

// openFlags keep what took the place of a file since it was listed from being
// followed or waited for.
const openFlags = syscall.O_NOFOLLOW | syscall.O_NONBLOCK
