// Package githook installs and removes hooks of git that run envtight.
//
// What stands in a hook's place is never overwritten: it is kept beside and run
// first, and comes back, byte for byte, when the hook is removed. Hooks of
// programs that manage hooks are left alone; those programs are told to run
// envtight instead.
package githook
