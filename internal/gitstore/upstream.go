package gitstore

import "strings"

// Upstream returns the full name of the ref that a branch (as "main") follows
// here: for a branch of a remote, the one that it is fetched into. It is empty
// when the configuration names none. The ref itself may not be there.
func (s *Store) Upstream(branch string) string {
	remote, merge := s.tracking("branch", branch, "remote"), s.tracking("branch", branch, "merge")
	if len(remote) == 0 || len(merge) == 0 {
		return ""
	}
	name, target := remote[len(remote)-1], merge[len(merge)-1]
	if name == "." {
		return target
	}
	for _, spec := range s.tracking("remote", name, "fetch") {
		if from, to, ok := strings.Cut(strings.TrimPrefix(spec, "+"), ":"); ok {
			if ref := mapRef(target, from, to); ref != "" {
				return ref
			}
		}
	}
	return ""
}

// tracking returns all values of a setting, in their order.
func (s *Store) tracking(section, subsection, name string) []string {
	var out []string
	for _, t := range s.config.tracking {
		if t.section == section && t.subsection == subsection && t.name == name {
			out = append(out, t.value)
		}
	}
	return out
}

// mapRef applies one refspec; it returns "" when that is about other refs.
func mapRef(ref, from, to string) string {
	before, after, pattern := strings.Cut(from, "*")
	if !pattern {
		if ref == from {
			return to
		}
		return ""
	}
	if len(ref) < len(before)+len(after) || !strings.HasPrefix(ref, before) || !strings.HasSuffix(ref, after) {
		return ""
	}
	return strings.Replace(to, "*", ref[len(before):len(ref)-len(after)], 1)
}
