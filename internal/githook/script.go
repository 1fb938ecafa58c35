package githook

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/envtight/envtight/internal/lazyregexp"
)

// Hook is a hook of git, by its file's name.
type Hook string

// The hooks that envtight has something to say in.
const (
	PreCommit Hook = "pre-commit"
	PrePush   Hook = "pre-push"
)

// Hooks returns all of them.
func Hooks() []Hook { return []Hook{PreCommit, PrePush} }

// Skip is the command by which git leaves the hook out once.
func (h Hook) Skip() string {
	if h == PrePush {
		return "git push --no-verify"
	}
	return "git commit --no-verify"
}

// Stops is what the hook stops when it fails.
func (h Hook) Stops() string {
	if h == PrePush {
		return "push"
	}
	return "commit"
}

// keptSuffix is what the name of the hook that stood there before ends in.
const keptSuffix = ".before-envtight"

// Script returns the hook, for /bin/sh of any system, that of Git for Windows
// included. program is the absolute path of envtight, tried before PATH is
// searched; empty: only PATH is.
//
// The third line holds a hash of all the rest, so that a script that somebody
// has edited is told from one that may be replaced.
func Script(h Hook, program string) []byte {
	var out strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	line("#!/bin/sh")
	line(`# Written by "envtight hook install %s"; "envtight hook uninstall %s" removes it`, h, h)
	line("# and brings back what was here before. Do not edit: %s%s", hashWord, noHash)
	line(`before="$0%s"`, keptSuffix)
	if h == PrePush {
		// Both hooks read what git says on standard input.
		line(`refs=$(cat)`)
		line(`feed() { [ -z "$refs" ] || printf '%%s\n' "$refs"; }`)
		line(`if [ -x "$before" ]; then feed | "$before" "$@" || exit; fi`)
	} else {
		line(`if [ -x "$before" ]; then "$before" "$@" || exit; fi`)
	}
	line("envtight=%s", quote(strings.ReplaceAll(program, `\`, `/`)))
	line(`if [ ! -x "$envtight" ]; then`)
	// What a relative entry of PATH finds belongs to the repository.
	line("	envtight= IFS=:")
	line("	set -f")
	line("	for dir in $PATH; do")
	line(`		case $dir in /*) [ -f "$dir/envtight" ] && [ -x "$dir/envtight" ] && envtight=$dir/envtight && break ;; esac`)
	line("	done")
	line("	set +f")
	line("	unset IFS")
	line("fi")
	line(`if [ -z "$envtight" ]; then`)
	line("	cat >&2 <<'END'")
	line("envtight: the program is not there any more, so nothing was looked at and this")
	line("%s stops. It was looked for in PATH%s.", h.Stops(), andAt(program))
	line("  install it:    go install github.com/envtight/envtight/cmd/envtight@latest")
	line("  leave it out:  %s", h.Skip())
	line("  without it:    remove the hook, whose file is named below, and rename")
	line("                 %s%s to %s if there is one", h, keptSuffix, h)
	line("END")
	line(`	printf '  %%s\n' "$0" >&2`)
	line("	exit 1")
	line("fi")
	if h == PrePush {
		line(`feed | "$envtight" hook run %s "$1"`, h)
	} else {
		line(`exec "$envtight" hook run %s`, h)
	}
	return seal([]byte(out.String()))
}

// andAt names the path in the script's own message. It is within a here-document
// whose end is a line of its own, so that a path of several lines is left out.
func andAt(program string) string {
	if program == "" || strings.ContainsAny(program, "\n\r") {
		return ""
	}
	return " and at\n" + program
}

// quote makes one word of the shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

const hashWord = "envtight-hook "

// noHash stands for the hash while it is computed.
var noHash = strings.Repeat("0", 2*sha256.Size)

func seal(script []byte) []byte {
	sum := sha256.Sum256(script)
	return bytes.Replace(script, []byte(hashWord+noHash), []byte(hashWord+hex.EncodeToString(sum[:])), 1)
}

var sealed = lazyregexp.New(hashWord + `([0-9a-f]{64})\n`)

// ownership tells whose a script is.
type ownership int

const (
	foreign ownership = iota
	ours
	edited // ours once
)

func ownerOf(script []byte) ownership {
	script = bytes.ReplaceAll(script, []byte("\r\n"), []byte("\n")) // a checkout may do this
	at := sealed().FindSubmatchIndex(script)
	if at == nil {
		return foreign
	}
	bare := bytes.Join([][]byte{script[:at[2]], script[at[3]:]}, []byte(noHash))
	if sum := sha256.Sum256(bare); hex.EncodeToString(sum[:]) != string(script[at[2]:at[3]]) {
		return edited
	}
	return ours
}
