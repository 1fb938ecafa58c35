package history

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A randomHistory writes a stream for git fast-import: edits, moves, copies,
// deletions, files that come back, files that turn into directories and back,
// links, submodules, merges that keep one side, mix both or invent something,
// octopuses, further roots.
type randomHistory struct {
	*rand.Rand
	out     bytes.Buffer
	commits []map[string]string // what each has, by number from 0
	texts   []string
	digits  int // of an ID
}

// newRandom makes a bare repository of n commits.
func newRandom(t testing.TB, seed uint64, n int, init ...string) string {
	t.Helper()
	dir := newRepo(t, init...)
	h := &randomHistory{Rand: rand.New(rand.NewPCG(seed, 17)), digits: len(git(t, dir, nil, "hash-object", "-t", "tree", "--stdin"))}
	for i := range 12 {
		h.texts = append(h.texts, fmt.Sprintf("text %d\n", i))
	}
	for i := range n {
		h.commit(i)
	}
	// So that trees become deltas, which fast-import makes of files only.
	git(t, dir, h.out.Bytes(), "-c", "fastimport.unpackLimit=0", "fast-import", "--quiet")
	git(t, dir, nil, "repack", "-q", "-a", "-d", "-f", "--depth=40", "--window=40")
	for i := range 1 + h.IntN(3) {
		name := fmt.Sprintf("t%d", i)
		git(t, dir, nil, "tag", "-a", "-m", "x", name, fmt.Sprintf("b%d", i%2))
		git(t, dir, nil, "tag", "-a", "-m", "x", "again-"+name, name)
	}
	return dir
}

func (h *randomHistory) commit(i int) {
	branch := h.IntN(4)
	fmt.Fprintf(&h.out, "commit refs/heads/b%d\nmark :%d\ncommitter C <c@example.com> %d +0000\ndata 0\n", branch, i+1, 1600000000+h.IntN(60)*i/2)
	var parents []int
	if i > 3 && h.IntN(15) > 0 {
		parents = append(parents, i-1-h.IntN(min(i, 6)))
		for h.IntN(4) == 0 {
			if p := h.IntN(i); !slices.Contains(parents, p) {
				parents = append(parents, p)
			}
		}
	} else if i > 0 && i <= 3 {
		parents = []int{0}
	}
	files := map[string]string{}
	for k, p := range parents {
		fmt.Fprintf(&h.out, "%s :%d\n", []string{"from", "merge"}[min(k, 1)], p+1)
		for _, path := range slices.Sorted(maps.Keys(h.commits[p])) {
			if k == 0 || h.IntN(2) == 0 {
				h.set(files, path, h.commits[p][path])
			}
		}
	}
	for range h.IntN(4) {
		h.edit(files)
	}
	many := 1
	if i == 0 {
		many = 60 // so that trees become worth a delta
	}
	for range many {
		h.set(files, fmt.Sprintf("m%d/many/file%03d", h.IntN(2), h.IntN(100)), "100644 "+h.texts[h.IntN(len(h.texts))])
	}
	h.commits = append(h.commits, files)
	h.out.WriteString("deleteall\n")
	for _, path := range slices.Sorted(maps.Keys(files)) {
		mode, text, _ := strings.Cut(files[path], " ")
		if mode == "160000" {
			fmt.Fprintf(&h.out, "M 160000 %s %s\n", text, path)
			continue
		}
		fmt.Fprintf(&h.out, "M %s inline %s\ndata %d\n%s\n", mode, path, len(text), text)
	}
}

func (h *randomHistory) path() string {
	path := "f" + strconv.Itoa(h.IntN(4))
	for h.IntN(2) == 0 {
		path = "d" + strconv.Itoa(h.IntN(3)) + "/" + path
	}
	if h.IntN(12) == 0 {
		path = "d" + strconv.Itoa(h.IntN(3)) // a file where others have a directory
	}
	return path
}

func (h *randomHistory) edit(files map[string]string) {
	text := h.texts[h.IntN(len(h.texts))]
	switch h.IntN(10) {
	case 0:
		delete(files, h.path())
	case 1, 2: // copied or moved
		from := h.path()
		old, ok := files[from]
		if !ok {
			return
		}
		if h.IntN(2) == 0 {
			delete(files, from)
		}
		h.set(files, h.path(), old)
	case 3:
		h.set(files, h.path(), "120000 "+strings.TrimSpace(text))
	case 4:
		h.set(files, h.path(), "160000 "+strings.Repeat("1", h.digits))
	default:
		h.set(files, h.path(), []string{"100644 ", "100755 "}[h.IntN(2)]+text)
	}
}

// set puts a file at a path: mode, space, text. What is in its way goes.
func (h *randomHistory) set(files map[string]string, path, text string) {
	for other := range files {
		if strings.HasPrefix(other, path+"/") || strings.HasPrefix(path, other+"/") {
			delete(files, other)
		}
	}
	files[path] = text
}
