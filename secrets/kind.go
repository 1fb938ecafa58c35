package secrets

import (
	"path"
	"strings"
)

// Kind is what a file is, as far as its path tells. A file may be of several kinds.
type Kind uint8

// The kinds.
const (
	// KindEnv is a file of variables, an example of one included.
	KindEnv Kind = 1 << iota
	// KindTest is a test, or something that tests read.
	KindTest
	// KindExample is code that shows how to use something.
	KindExample
	// KindDocs is written for readers.
	KindDocs
	// KindVendored is a copy of somebody else's work.
	KindVendored
)

// Is tells whether one of the kinds in other is among those of k.
func (k Kind) Is(other Kind) bool { return k&other != 0 }

// KindOf tells what kinds of file a path is, with "/".
func KindOf(name string) Kind {
	name = strings.ToLower(name)
	kind := kindOfFile(path.Base(name))
	for dir := range strings.SplitSeq(path.Dir(name), "/") {
		switch dir {
		case "test", "tests", "__tests__", "testdata", "spec", "specs", "fixture", "fixtures", "__fixtures__",
			"mock", "mocks", "__mocks__", "__snapshots__", "cassettes", "e2e", "cypress":
			kind |= KindTest
		case "example", "examples", "sample", "samples", "demo", "demos", "tutorial", "tutorials", "docs_src":
			kind |= KindExample
		case "doc", "docs", "documentation":
			kind |= KindDocs
		case "vendor", "vendored", "third_party", "third-party", "thirdparty", "node_modules", "site-packages", "bower_components":
			kind |= KindVendored
		}
	}
	return kind
}

func kindOfFile(base string) Kind {
	var kind Kind
	stem, extension := strings.TrimSuffix(base, path.Ext(base)), path.Ext(base)
	switch {
	case base == ".env", base == ".envrc", extension == ".env", strings.HasPrefix(base, ".env."):
		return KindEnv
	case extension == ".md", extension == ".mdx", extension == ".rst", extension == ".adoc":
		kind |= KindDocs
	case extension == ".snap":
		kind |= KindTest
	}
	switch {
	case strings.HasSuffix(stem, ".test"), strings.HasSuffix(stem, ".spec"), strings.HasSuffix(stem, "_test"),
		strings.HasSuffix(stem, "_spec"), strings.HasPrefix(stem, "test_"), stem == "conftest":
		kind |= KindTest
	}
	return kind
}
