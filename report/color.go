package report

import "cmp"

// Colored decides whether output is colored. The first of these that says
// something wins: the flag ("always" or "never"; "auto" and "" say nothing),
// NO_COLOR when not empty (https://no-color.org), FORCE_COLOR and CLICOLOR_FORCE
// (not empty; "0" and "false" mean no), CLICOLOR=0 and TERM=dumb, and last
// whether the output is a terminal.
func Colored(flag string, getenv func(string) string, isTerminal bool) bool {
	switch flag {
	case "always":
		return true
	case "never":
		return false
	}
	if getenv("NO_COLOR") != "" {
		return false
	}
	if force := cmp.Or(getenv("FORCE_COLOR"), getenv("CLICOLOR_FORCE")); force != "" {
		return force != "0" && force != "false"
	}
	if getenv("CLICOLOR") == "0" || getenv("TERM") == "dumb" {
		return false
	}
	return isTerminal
}
