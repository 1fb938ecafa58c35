// Package shell finds the environment variables that shell scripts ask for: names that
// a script expands and does not set itself.
//
// Names that have small letters are taken for the script's own, but for those of npm
// and of proxies: scripts that other scripts are read into leave no other mark.
package shell
