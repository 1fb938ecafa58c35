package gitstore

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// config is what the few keys say that decide how a repository is read.
type config struct {
	version  int
	format   Format
	reftable bool
	// promisor tells that missing objects may be had from a remote.
	promisor   bool
	bare       bool
	extensions []setting
	// tracking are the settings of remotes and branches.
	tracking []setting
}

// A setting is one line of a configuration file. Section and name are in lower
// case, the subsection as it stands.
type setting struct{ section, subsection, name, value string }

// maxConfig is more than any configuration that a person or a tool writes.
const maxConfig = 16 << 20

// readConfig judges the settings of the repository's own file. What included
// files say of the format, git ignores too.
func readConfig(data []byte) (config, error) {
	var c config
	settings, err := parseConfig(data)
	if err != nil {
		return c, err
	}
	for _, s := range settings {
		switch {
		case s.section == "core" && s.subsection == "" && s.name == "repositoryformatversion":
			if c.version, err = strconv.Atoi(s.value); err != nil {
				return c, fmt.Errorf("%w: core.repositoryformatversion is no number", ErrUnsupported)
			}
		case s.section == "core" && s.subsection == "" && s.name == "bare":
			c.bare = isTrue(s.value)
		case s.section == "extensions" && s.subsection == "":
			c.extensions = append(c.extensions, s)
		case s.section == "remote" && (s.name == "promisor" && isTrue(s.value) || s.name == "partialclonefilter"):
			c.promisor = true
		}
		if s.subsection != "" && (s.section == "remote" || s.section == "branch") {
			c.tracking = append(c.tracking, s)
		}
	}
	if c.version < 0 || c.version > 1 {
		return c, fmt.Errorf("%w: version %d", ErrUnsupported, c.version)
	}
	for _, s := range c.extensions {
		if err := c.extend(s); err != nil {
			return c, err
		}
	}
	return c, nil
}

// extend takes an extension as git's "repository-version" document has it: in
// version 1 every one must be known; in version 0 unknown ones mean nothing,
// and those that came with version 1 must not stand there.
func (c *config) extend(s setting) error {
	late := true
	switch s.name {
	case "noop", "preciousobjects", "worktreeconfig":
		late = false
	case "partialclone":
		late, c.promisor = false, true
	case "noop-v1", "relativeworktrees":
		// Nothing that matters to a reader.
	case "compatobjectformat":
		// Objects and refs are named by objectformat; the other names are in
		// a table beside them.
	case "objectformat":
		switch s.value {
		case "sha1":
			c.format = SHA1
		case "sha256":
			c.format = SHA256
		default:
			return fmt.Errorf("%w: extensions.objectformat", ErrUnsupported)
		}
	case "refstorage":
		switch s.value {
		case "files":
			c.reftable = false
		case "reftable":
			c.reftable = true
		default:
			return fmt.Errorf("%w: extensions.refstorage", ErrUnsupported)
		}
	default:
		if c.version == 0 {
			return nil
		}
		return fmt.Errorf("%w: extensions.%s", ErrUnsupported, s.name)
	}
	if late && c.version == 0 {
		return fmt.Errorf("%w: extensions.%s in version 0", ErrUnsupported, s.name)
	}
	return nil
}

// isTrue reads git's booleans.
func isTrue(value string) bool {
	switch strings.ToLower(value) {
	case "true", "yes", "on":
		return true
	}
	n, err := strconv.Atoi(value)
	return err == nil && n != 0
}

// parseConfig reads a file as git-config(1) describes it under SYNTAX.
func parseConfig(data []byte) ([]setting, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	p := &configParser{rest: data, line: 1}
	var out []setting
	var section, subsection string
	for {
		p.space()
		c, ok := p.next()
		switch {
		case !ok:
			return out, nil
		case c == '\n':
		case c == '#' || c == ';':
			p.comment()
		case c == '[':
			if section, subsection, ok = p.header(); !ok {
				return out, p.fail()
			}
		case isLetter(c):
			s := setting{section: section, subsection: subsection}
			if s.name, s.value, ok = p.assignment(c); !ok || section == "" {
				return out, p.fail()
			}
			out = append(out, s)
		default:
			return out, p.fail()
		}
	}
}

type configParser struct {
	rest []byte
	line int
}

func (p *configParser) fail() error {
	return fmt.Errorf("%w: configuration: line %d", ErrUnsupported, p.line)
}

// next takes a byte; a carriage return before a line feed is dropped.
func (p *configParser) next() (byte, bool) {
	if len(p.rest) > 1 && p.rest[0] == '\r' && p.rest[1] == '\n' {
		p.rest = p.rest[1:]
	}
	if len(p.rest) == 0 {
		return 0, false
	}
	c := p.rest[0]
	p.rest = p.rest[1:]
	if c == '\n' {
		p.line++
	}
	return c, true
}

func (p *configParser) space() {
	for len(p.rest) > 0 && (p.rest[0] == ' ' || p.rest[0] == '\t' || p.rest[0] == '\r') {
		p.rest = p.rest[1:]
	}
}

func (p *configParser) comment() {
	for {
		if c, ok := p.next(); !ok || c == '\n' {
			return
		}
	}
}

// header reads the rest of [section], [section "sub"] or the old [section.sub].
func (p *configParser) header() (section, subsection string, ok bool) {
	var name, sub []byte
	for {
		c, ok := p.next()
		switch {
		case !ok || c == '\n':
			return "", "", false
		case c == ']':
			section, subsection, _ = strings.Cut(strings.ToLower(string(name)), ".")
			return section, subsection, section != ""
		case isLetter(c) || isDigit(c) || c == '-' || c == '.':
			name = append(name, c)
		case c == ' ' || c == '\t':
			p.space()
			if c, ok = p.next(); !ok || c != '"' {
				return "", "", false
			}
			if sub, ok = p.quoted(); !ok {
				return "", "", false
			}
			c, ok = p.next()
			return strings.ToLower(string(name)), string(sub), ok && c == ']' && len(name) > 0
		default:
			return "", "", false
		}
	}
}

// quoted reads a subsection's name up to the closing quote.
func (p *configParser) quoted() ([]byte, bool) {
	var sub []byte
	for {
		c, ok := p.next()
		if ok && c == '\\' {
			c, ok = p.next()
		} else if ok && c == '"' {
			return sub, true
		}
		if !ok || c == '\n' {
			return nil, false
		}
		sub = append(sub, c)
	}
}

func (p *configParser) assignment(first byte) (name, value string, ok bool) {
	key := []byte{first}
	for len(p.rest) > 0 && (isLetter(p.rest[0]) || isDigit(p.rest[0]) || p.rest[0] == '-') {
		key = append(key, p.rest[0])
		p.rest = p.rest[1:]
	}
	name = strings.ToLower(string(key))
	p.space()
	c, more := p.next()
	switch {
	case !more || c == '\n':
		return name, "true", true
	case c == '#' || c == ';':
		p.comment()
		return name, "true", true
	case c != '=':
		return name, "", false
	}
	p.space()
	value, ok = p.value()
	return name, value, ok
}

// value reads up to the line's end; white space at the end falls away unless it
// is quoted.
func (p *configParser) value() (string, bool) {
	var out []byte
	keep, quoted := 0, false
	for {
		c, ok := p.next()
		switch {
		case !ok || c == '\n':
			return string(out[:keep]), !quoted
		case !quoted && (c == '#' || c == ';'):
			p.comment()
			return string(out[:keep]), true
		case c == '"':
			quoted = !quoted
			keep = len(out)
			continue
		case c == '\\':
			if c, ok = p.next(); !ok {
				return "", false
			}
			if c == '\n' {
				continue
			}
			at := strings.IndexByte(`nbt\"`, c)
			if at < 0 {
				return "", false
			}
			out = append(out, "\n\b\t\\\""[at])
			keep = len(out)
			continue
		}
		out = append(out, c)
		if quoted || c != ' ' && c != '\t' {
			keep = len(out)
		}
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
