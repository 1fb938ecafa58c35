package naming

import (
	"strconv"
	"strings"
)

// version is the part of a version that renames are tied to.
type version struct{ major, minor int }

func (v version) atLeast(w version) bool {
	return v.major > w.major || v.major == w.major && v.minor >= w.minor
}

// lowestVersion returns the lowest version that a constraint lets in, as npm,
// PyPI and Poetry write them: "^4.1.0" and ">=4.1 <5" give 4.1. It is not ok
// when the constraint names no lower bound, or leads elsewhere ("latest",
// "workspace:*", "catalog:", a URL).
func lowestVersion(constraint string) (lowest version, ok bool) {
	constraint = strings.TrimSpace(constraint)
	if alias, found := strings.CutPrefix(constraint, "npm:"); found {
		_, constraint, _ = strings.Cut(strings.TrimPrefix(alias, "@"), "@")
	}
	constraint = strings.TrimPrefix(constraint, "workspace:")
	if strings.ContainsAny(constraint, "/:") {
		return version{}, false
	}
	parts := strings.FieldsFunc(constraint, func(r rune) bool { return r == ' ' || r == ',' || r == '|' })
	for i, part := range parts {
		bound := strings.TrimLeft(part, "^~>=v")
		if bound == "" && i+1 < len(parts) && !strings.HasPrefix(part, "v") {
			continue // ">= 4": the number is the next part
		}
		if strings.HasPrefix(part, "<") || strings.HasPrefix(part, "!") || i > 0 && upperEnd(parts[i-1]) {
			continue
		}
		v, isVersion := parseVersion(bound)
		if !isVersion {
			if part == "-" {
				continue
			}
			return version{}, false
		}
		if !ok || lowest.atLeast(v) {
			lowest, ok = v, true
		}
	}
	return lowest, ok
}

// upperEnd reports whether the part after this one is an upper bound.
func upperEnd(part string) bool { return part == "<" || part == "<=" || part == "!=" || part == "-" }

func parseVersion(s string) (version, bool) {
	majorText, rest, _ := strings.Cut(s, ".")
	majorText, _, _ = strings.Cut(majorText, "-")
	minorText, _, _ := strings.Cut(rest, ".")
	major, err := strconv.Atoi(majorText)
	if err != nil || major < 0 {
		return version{}, false
	}
	minor, err := strconv.Atoi(minorText)
	if err != nil || minor < 0 {
		minor = 0 // "4", "4.x", "4.*"
	}
	return version{major, minor}, true
}
