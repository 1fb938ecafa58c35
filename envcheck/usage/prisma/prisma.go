// Package prisma finds the variables that schemas of Prisma ask for by env("NAME").
package prisma

import (
	"path"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
)

// Reader finds the reads of schemas. The URLs that only migrations use are read by
// developers' tools.
//
// Source of the format: https://www.prisma.io/docs/orm/reference/prisma-schema-reference.
func Reader() usage.Reader {
	return usage.Reader{
		Name:  "Prisma",
		Match: func(p string) bool { return path.Ext(p) == ".prisma" },
		Scan: usage.FileByFile(func(path string, text []byte) (*usage.File, error) {
			return &usage.File{Path: path, Surface: envtight.OnCode, Reads: reads(text)}, nil
		}),
	}
}

// reads goes through the lines: neither strings nor comments reach over one.
func reads(text []byte) []usage.Read {
	var out []usage.Read
	lines := envtight.NewLines(text)
	for n := 1; n <= lines.Count(); n++ {
		span := lines.Span(n)
		line := string(span.Of(text))
		for from := 0; ; {
			name, start, end := call(line, from)
			if end == 0 {
				break
			}
			from = end
			if name == "" {
				continue
			}
			read := usage.Read{Name: name, Kind: usage.Required, Range: lines.Range(envtight.Span{Start: span.Start + start, End: span.Start + start + len(name)})}
			switch key, _, _ := strings.Cut(strings.TrimSpace(line), " "); key {
			case "directUrl", "shadowDatabaseUrl":
				read.Scope = usage.Script
			}
			out = append(out, read)
		}
	}
	return out
}

// call finds the next env("NAME") of a line at or behind from. End is where to go
// on, 0 when there is none.
func call(line string, from int) (name string, start, end int) {
	for i := from; i < len(line); i++ {
		switch {
		case strings.HasPrefix(line[i:], "//"):
			return "", 0, 0
		case line[i] == '"':
			for i++; i < len(line) && line[i] != '"'; i++ {
				if line[i] == '\\' {
					i++
				}
			}
		case strings.HasPrefix(line[i:], `env(`) && (i == 0 || !letter(line[i-1])):
			rest := strings.TrimLeft(line[i+4:], " \t")
			if !strings.HasPrefix(rest, `"`) {
				return "", 0, i + 4
			}
			start = len(line) - len(rest) + 1
			n := strings.IndexByte(rest[1:], '"')
			if n < 0 {
				return "", 0, 0
			}
			return rest[1 : 1+n], start, start + n + 1
		}
	}
	return "", 0, 0
}

func letter(b byte) bool {
	return b == '_' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
}
