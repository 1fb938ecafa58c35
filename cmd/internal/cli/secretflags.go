package cli

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/envtight/envtight"
)

// secretFlags are those of commands that look for secrets. They are called as in
// gitleaks, and mean what they mean there.
type secretFlags struct {
	config       string
	baselinePath string
	ignorePath   string
	enableRules  []string
	ignoreAllow  bool
	maxMegabytes int
	decodeDepth  int
	archiveDepth int
	exitCode     int
	// given tells that the command has these flags, asGitleaks that it is one of
	// gitleaks.
	given, asGitleaks bool
}

// rules adds the flags that say what is looked for and how.
func (f *secretFlags) rules(set *pflag.FlagSet) {
	f.given = true
	set.StringVarP(&f.config, "config", "c", "", "take the rules of this `FILE`, in gitleaks' form; or, when it ends in .hcl, read it in place of the nearest envtight.hcl")
	set.StringVarP(&f.baselinePath, "baseline-path", "b", "", "set aside the findings of this `FILE`, a report of gitleaks")
	set.StringVarP(&f.ignorePath, "gitleaks-ignore-path", "i", ".", "`PATH` of a .gitleaksignore, or of the directory that it is in")
	set.StringSliceVar(&f.enableRules, "enable-rule", nil, "look for this `RULE` only (repeatable)")
	set.BoolVar(&f.ignoreAllow, "ignore-gitleaks-allow", false, "give marks of gitleaks:allow no effect")
	set.IntVar(&f.maxMegabytes, "max-target-megabytes", 0, "pass over what is larger than `N` MB")
	set.IntVar(&f.decodeDepth, "max-decode-depth", usualDepth, "decode encoded texts `N` times at most")
	set.IntVar(&f.archiveDepth, archiveFlag, 0, "look into archives, `N` deep at most")
	_ = set.MarkHidden(archiveFlag)
	set.IntVar(&f.exitCode, "exit-code", envtight.ExitFindings, "exit with `N` when something is found")
}

// archiveFlag is shown where it has an effect.
const archiveFlag = "max-archive-depth"

// noArchives refuses to look into archives where that is not done.
func (f *secretFlags) noArchives(where string) error {
	if f.archiveDepth > 0 {
		return usage("--%s: archives in %s are not looked into; envtight secrets dir does so", archiveFlag, where)
	}
	return nil
}

// usualDepth is how many times in a row encoded text is decoded when nobody says
// otherwise, here and in gitleaks.
const usualDepth = 5

// check judges their values.
func (f *secretFlags) check() error {
	for _, n := range []struct {
		name  string
		value int
	}{{"max-target-megabytes", f.maxMegabytes}, {"max-decode-depth", f.decodeDepth}, {archiveFlag, f.archiveDepth}, {"exit-code", f.exitCode}} {
		if n.value < 0 || n.value > 1<<20 {
			return usage("--%s %d: want a number from 0 on", n.name, n.value)
		}
	}
	if f.exitCode > 255 {
		return usage("--exit-code %d: want a number from 0 to 255", f.exitCode)
	}
	return nil
}

// depth is how often texts are decoded, as rule sets say it.
func (f *secretFlags) depth() int {
	if f.given && f.decodeDepth == 0 {
		return -1
	}
	return f.decodeDepth
}

// maxBytes is the size above which nothing is looked at; 0 means the usual one.
func (f *secretFlags) maxBytes() int64 { return int64(f.maxMegabytes) * 1000 * 1000 }

// file is the file of rules; empty when --config names our own configuration or none.
func (f *secretFlags) file() string {
	if strings.HasSuffix(f.config, ".hcl") {
		return ""
	}
	return f.config
}

// own is our own configuration, when --config names it.
func (f *secretFlags) own() string {
	if f.file() != "" {
		return ""
	}
	return f.config
}

// exit ends a command that looked for secrets.
func (f *secretFlags) exit(code int) error {
	if code == envtight.ExitFindings {
		code = f.exitCode
	}
	if code == envtight.ExitClean {
		return nil
	}
	return exitError{code: code}
}
