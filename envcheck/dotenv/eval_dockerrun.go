package dotenv

import (
	"bufio"
	"strings"
	"unicode"
	"unicode/utf8"
)

const byteOrderMark = "\ufeff"

// evalDockerRun follows docker run --env-file: package kvfile of docker/cli 29,
// which reads lines with a bufio.Scanner and so refuses one of 64 KiB or more.
// Everything after the first "=" is the value, quotes and comments included.
func evalDockerRun(src string, opts EvalOptions) (Values, error) {
	var out vars
	scanner := bufio.NewScanner(strings.NewReader(src))
	fail := func(kind ErrorKind, line int) (Values, error) {
		return nil, &EvalError{Dialect: DockerRun, Kind: kind, Line: line}
	}
	number := 0
	for scanner.Scan() {
		number++
		line := scanner.Text()
		if !utf8.ValidString(line) {
			return fail(BadEncoding, number)
		}
		if number == 1 {
			line = strings.TrimPrefix(line, byteOrderMark)
		}
		line = strings.TrimLeftFunc(line, unicode.IsSpace)
		if line == "" || line[0] == '#' {
			continue
		}
		key, value, hasValue := strings.Cut(line, "=")
		if key == "" || strings.ContainsAny(key, " \t") {
			return fail(BadName, number)
		}
		if !hasValue {
			inherited, ok := opts.lookup(key)
			if !ok {
				continue
			}
			value = inherited
		}
		out.set(key, value)
	}
	if scanner.Err() != nil {
		return fail(Malformed, number+1)
	}
	return out.values(), nil
}
