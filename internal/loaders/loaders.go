// Package loaders runs the real loaders of env files that are not written in Go,
// so that tests can compare the evaluators of package dotenv with them. It is
// for tests only.
//
// install.sh puts the pinned loaders into a directory. A loader gets all its cases
// at once and runs them in one process. What it runs is hostile by design, so
// cases for shells must be free of commands, see [Shell].
package loaders

import (
	"bufio"
	"bytes"
	"context"
	_ "embed" // the drivers
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/envtight/envtight/internal/lazyregexp"
)

var (
	//go:embed node.cjs
	nodeDriver string
	//go:embed order.cjs
	orderDriver string
	//go:embed python.py
	pythonDriver string
)

// Case is one env file and the process environment that it is loaded in.
type Case struct {
	Src []byte
	Env map[string]string
}

// Result is what a loader made of a case.
type Result struct {
	// Failed says that the loader refused the file.
	Failed bool
	// Crashed says that the loader's whole process ended on the file.
	Crashed bool
	// Values holds the variables; nil is a name without a value.
	Values map[string]*string
}

// Node runs a loader of the Node.js world: dotenv, dotenv-expand, next, vite or
// node. Dir is where install.sh installed them. A case that ends the process, as
// an expression that is compiled when the stack is full, is one that crashed; the
// rest go to a new process, up to maxCrashes times.
func Node(ctx context.Context, dir, loader string, cases []Case) ([]Result, error) {
	var all []Result
	for crashes := 0; ; crashes++ {
		// A small stack, because @next/env fills it on every circular file.
		cmd := exec.CommandContext(ctx, "node", "--stack-size=250", "-e", nodeDriver, loader, dir)
		results, err := run(cmd, cases[len(all):])
		all = append(all, results...)
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Exited() || ctx.Err() != nil || crashes == maxCrashes {
			return all, err
		}
		if all = append(all, Result{Crashed: true}); len(all) == len(cases) {
			return all, nil
		}
	}
}

// maxCrashes is how often a loader may end by a signal: more is no accident.
const maxCrashes = 5

// Python runs python-dotenv. Dir is where install.sh installed it.
func Python(ctx context.Context, dir string, cases []Case) ([]Result, error) {
	python := filepath.Join(dir, "python", "bin", "python")
	if _, err := os.Stat(python); err != nil {
		python = filepath.Join(dir, "python", "Scripts", "python.exe")
	}
	return run(exec.CommandContext(ctx, python, "-c", pythonDriver), cases)
}

// Winners lets a framework, next or vite, load the env files of each directory in
// development, and returns the value of the variable WINNER; empty for none. Dir is
// where install.sh installed it.
func Winners(ctx context.Context, dir, loader string, directories []string) ([]string, error) {
	cmd := exec.CommandContext(ctx, "node", "-e", orderDriver, loader, dir)
	cmd.Stdin = strings.NewReader(strings.Join(directories, "\n"))
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", loader, err)
	}
	var winners []string
	for line := range strings.Lines(string(out)) {
		var winner string
		if err := json.Unmarshal([]byte(line), &winner); err != nil {
			return nil, err
		}
		winners = append(winners, winner)
	}
	if len(winners) != len(directories) {
		return nil, fmt.Errorf("%s: %d results for %d directories", loader, len(winners), len(directories))
	}
	return winners, nil
}

type wireCase struct {
	Src string            `json:"src"`
	Env map[string]string `json:"env"`
}

type wireResult struct {
	Error  bool         `json:"error"`
	Values [][2]*string `json:"values"`
}

// run speaks the protocol that node.cjs describes. With an error it returns the
// results before the case that ended the process.
func run(cmd *exec.Cmd, cases []Case) ([]Result, error) {
	var in, out, stderr bytes.Buffer
	encoder := json.NewEncoder(&in)
	for _, c := range cases {
		wire := wireCase{Src: base64.StdEncoding.EncodeToString(c.Src), Env: c.Env}
		if err := encoder.Encode(wire); err != nil {
			return nil, err
		}
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, &stderr
	failure := cmd.Run()
	results := make([]Result, 0, len(cases))
	lines := bufio.NewScanner(&out)
	lines.Buffer(nil, 1<<30)
	for lines.Scan() {
		result, err := decode(lines.Bytes())
		if err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	switch {
	case failure != nil && len(results) < len(cases):
		return results, fmt.Errorf("%s: %w on case %q: %.2000s", filepath.Base(cmd.Path), failure, cases[len(results)].Src, stderr.String())
	case failure != nil:
		return nil, fmt.Errorf("%s: %w after the last case: %.2000s", filepath.Base(cmd.Path), failure, stderr.String())
	case len(results) != len(cases):
		return nil, fmt.Errorf("%d results for %d cases: %s", len(results), len(cases), stderr.String())
	}
	return results, lines.Err()
}

func decode(line []byte) (Result, error) {
	var wire wireResult
	if err := json.Unmarshal(line, &wire); err != nil {
		return Result{}, err
	}
	result := Result{Failed: wire.Error, Values: map[string]*string{}}
	for _, pair := range wire.Values {
		if pair[0] == nil {
			return Result{}, errors.New("a name is null")
		}
		name, err := base64.StdEncoding.DecodeString(*pair[0])
		if err != nil {
			return Result{}, err
		}
		if pair[1] == nil {
			result.Values[string(name)] = nil
			continue
		}
		value, err := base64.StdEncoding.DecodeString(*pair[1])
		if err != nil {
			return Result{}, err
		}
		text := string(value)
		result.Values[string(name)] = &text
	}
	return result, nil
}

// Shell sources each file with "set -a" in a subshell of the shell called name
// (bash or dash), in an empty directory and with an empty PATH, bash in its
// restricted mode. The values are those of all names that the file or the
// environment of the case could set. Positional parameters are empty.
//
// Only give it files that are known to hold nothing but assignments.
func Shell(ctx context.Context, name string, cases []Case) ([]Result, error) {
	dir, err := os.MkdirTemp("", "envfiles-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	script, err := shellScript(dir, cases)
	if err != nil {
		return nil, err
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, path, script)
	var out bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout = dir, []string{"PATH="}, &out
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return shellResults(out.String(), len(cases))
}

// What separates the values of a case from what the file itself prints, and the
// cases from each other. A name cannot hold either.
const (
	shellBegin = "=begin"
	shellEnd   = "=end"
)

// shellReport prints the variables among its arguments that are set.
const shellReport = `[ -n "$BASH_VERSION" ] || here=./
report() {
	printf '` + shellBegin + `\0'
	for name; do
		eval "[ -z \"\${$name+x}\" ] || printf '%s=%s\\0' $name \"\$$name\""
	done
}
`

var shellName = lazyregexp.New(`[A-Za-z_][A-Za-z0-9_]*`)

// shellScript writes the files and the script that sources them. The values are
// printed by a trap, because a mistake in a sourced file ends the subshell.
func shellScript(dir string, cases []Case) (string, error) {
	var script strings.Builder
	script.WriteString(shellReport)
	for i, c := range cases {
		file := fmt.Sprintf("%d.env", i)
		if err := os.WriteFile(filepath.Join(dir, file), c.Src, 0o600); err != nil {
			return "", err
		}
		// With and without continued lines.
		plain := strings.ReplaceAll(string(c.Src), "\x00", "")
		names := shellName().FindAllString(plain+"\n"+strings.ReplaceAll(plain, "\\\n", ""), -1)
		script.WriteString("(\n")
		for name, value := range c.Env {
			names = append(names, name)
			fmt.Fprintf(&script, "export %s='%s'\n", name, strings.ReplaceAll(value, "'", `'\''`))
		}
		slices.Sort(names)
		names = slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n == "name" || n == "_" })
		fmt.Fprintf(&script, "trap 'report %s' EXIT\n", strings.Join(names, " "))
		// A restricted bash sources no path; dash sources nothing else.
		fmt.Fprintf(&script, "[ -z \"$BASH_VERSION\" ] || set -r\nset -a\n. \"${here}%s\"\n", file)
		fmt.Fprintf(&script, ") 2>>stderr\nprintf '=%%d%s\\0' $?\n", shellEnd)
	}
	const name = "script.sh"
	return name, os.WriteFile(filepath.Join(dir, name), []byte(script.String()), 0o600)
}

func shellResults(out string, cases int) ([]Result, error) {
	results := make([]Result, 0, cases)
	current := Result{Values: map[string]*string{}}
	for _, field := range strings.Split(strings.TrimSuffix(out, "\x00"), "\x00") {
		name, value, _ := strings.Cut(field, "=")
		if strings.HasSuffix(field, shellBegin) {
			continue
		}
		if name == "" && strings.HasSuffix(field, shellEnd) {
			current.Failed = value != "0"+shellEnd
			results = append(results, current)
			current = Result{Values: map[string]*string{}}
			continue
		}
		current.Values[name] = &value
	}
	if len(results) != cases {
		return nil, fmt.Errorf("%d results for %d cases in %q", len(results), cases, out)
	}
	return results, nil
}
