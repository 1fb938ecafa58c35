package dotenv

type shellVarKind uint8

const (
	// shellOrdinary variables, the zero kind, are like any other.
	_ shellVarKind = iota
	// shellDynamic variables change by themselves or cannot be set.
	shellDynamic
	// shellPreset variables have a value even in an empty environment.
	shellPreset
	// shellOwn variables are the shell's own whatever the environment says.
	shellOwn
)

var shellVars = map[string]shellVarKind{
	"_": shellDynamic, "BASH": shellOwn, "BASHOPTS": shellDynamic, "BASHPID": shellDynamic, "BASH_ALIASES": shellDynamic,
	"BASH_ARGC": shellDynamic, "BASH_ARGV": shellDynamic, "BASH_ARGV0": shellDynamic, "BASH_CMDS": shellDynamic,
	"BASH_COMMAND": shellDynamic, "BASH_EXECUTION_STRING": shellDynamic, "BASH_LINENO": shellDynamic, "BASH_REMATCH": shellDynamic,
	"BASH_SOURCE": shellDynamic, "BASH_SUBSHELL": shellDynamic, "BASH_VERSINFO": shellDynamic, "BASH_VERSION": shellOwn,
	"COMP_WORDBREAKS": shellDynamic, "DIRSTACK": shellDynamic, "EPOCHREALTIME": shellDynamic, "EPOCHSECONDS": shellDynamic,
	"EUID": shellDynamic, "FUNCNAME": shellDynamic, "GROUPS": shellDynamic, "HISTCMD": shellDynamic, "LINENO": shellDynamic,
	"PIPESTATUS": shellDynamic, "PPID": shellDynamic, "RANDOM": shellDynamic, "SECONDS": shellDynamic, "SHELLOPTS": shellDynamic,
	"SRANDOM": shellDynamic, "UID": shellDynamic,
	"HOSTNAME": shellPreset, "HOSTTYPE": shellPreset, "MACHTYPE": shellPreset, "OSTYPE": shellPreset, "PATH": shellPreset,
	"PS1": shellPreset, "PS2": shellPreset, "TERM": shellPreset, "COLUMNS": shellPreset, "LINES": shellPreset,
	"MAILCHECK": shellPreset, "SHELL": shellPreset,
	"IFS": shellOwn, "OPTERR": shellOwn, "OPTIND": shellOwn, "PS4": shellOwn, "PWD": shellOwn, "OLDPWD": shellOwn, "SHLVL": shellOwn,
}

func shellSpecial(name string) shellVarKind { return shellVars[name] }

// lookup returns the value of a parameter, empty when it is not set.
func (s *shell) lookup(name string) shellText {
	if e, ok := s.out.get(name); ok {
		return shellText{e.value, !e.undecidable}
	}
	switch c := name[0]; {
	case name == "@" || name == "*":
		return shellText{"", true}
	case name == "#":
		return shellText{"0", true}
	case isDigit(c):
		// The shell's own name; the others are not set.
		return shellText{"", name != "0"}
	case !isNameStart(c):
		return shellText{}
	}
	text, ok := s.opts.lookup(name)
	switch shellSpecial(name) {
	case shellDynamic, shellOwn:
		return shellText{}
	case shellPreset:
		return shellText{text, ok}
	}
	return shellText{text, true}
}

// isSet reports whether a parameter whose value is decided is set.
func (s *shell) isSet(name string) bool {
	if _, ok := s.out.get(name); ok {
		return true
	}
	if !isNameStart(name[0]) {
		return name == "#"
	}
	_, ok := s.opts.lookup(name)
	return ok
}
