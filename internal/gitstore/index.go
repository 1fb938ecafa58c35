package gitstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
)

// maxIndex bounds the index: ten million files have one of about a gigabyte.
const maxIndex = 2 << 30

// A dircache is an index, as git-index-format(5) describes it: the files of the next
// commit.
type dircache struct {
	format  Format
	data    []byte
	entries []indexEntry
	// trees is the root of what the extension TREE says; nil without one.
	trees *cachedTree
}

// An indexEntry is a file, or of a sparse index, a directory, whose name then ends
// in a slash.
type indexEntry struct {
	name []byte
	id   int // where its ID is in the index's data
	mode uint32
	// stage is 0, and 1 to 3 while a merge is unresolved.
	stage uint8
	// intent tells that only the name was added.
	intent bool
}

func (x *dircache) id(e *indexEntry) ID { return x.format.id(x.data[e.id:]) }

// A cachedTree is a directory of the index whose tree git has written already.
type cachedTree struct {
	name []byte
	// count is how many entries of the index are below it; negative when the
	// tree has changed since.
	count int
	id    ID
	below []cachedTree
}

// valid tells that the tree is that of the entries below.
func (t *cachedTree) valid() bool { return t != nil && t.count >= 0 }

func (t *cachedTree) child(name []byte) *cachedTree {
	if t == nil {
		return nil
	}
	for i := range t.below {
		if bytes.Equal(t.below[i].name, name) {
			return &t.below[i]
		}
	}
	return nil
}

var (
	errIndexEnd       = errors.New("it ends too early")
	errIndexSignature = errors.New("it does not begin as an index does")
	errIndexVersion   = errors.New("its version is not known")
	errIndexOrder     = errors.New("its entries are not in order")
	errIndexName      = errors.New("the name of an entry is impossible")
	errIndexTree      = errors.New("its cache of trees is malformed")
	errIndexExtension = errors.New("it has an extension that is not known")
)

// readIndex reads an index file. One that does not exist is empty, as git has it.
func (s *Store) readIndex(path string) (*dircache, error) {
	if path == "" {
		path = filepath.Join(s.dirs.GitDir, "index")
	}
	data, err := readFile(path, maxIndex)
	if errors.Is(err, fs.ErrNotExist) {
		return &dircache{format: s.format}, nil
	}
	if err != nil {
		return nil, &Error{Kind: ErrUnreadable, File: path, Err: err}
	}
	x, err := s.format.parseIndex(data)
	if err != nil {
		return nil, &Error{Kind: ErrStaged, File: path, Err: err}
	}
	return x, nil
}

// parseIndex reads versions 2 to 4. The checksum at the end is not verified, as
// git does not.
func (f Format) parseIndex(data []byte) (*dircache, error) {
	const header = 12
	if len(data) < header+f.Size() {
		return nil, errIndexEnd
	}
	if string(data[:4]) != "DIRC" {
		return nil, errIndexSignature
	}
	version := binary.BigEndian.Uint32(data[4:])
	if version < 2 || version > 4 {
		return nil, errIndexVersion
	}
	p := indexParser{format: f, version: version, data: data[:len(data)-f.Size()], at: header, room: 8*len(data) + 1<<20}
	count := int64(binary.BigEndian.Uint32(data[8:]))
	if count > int64(len(data)/p.smallest()) {
		return nil, errIndexEnd
	}
	x := &dircache{format: f, data: data, entries: make([]indexEntry, count)}
	for i := range x.entries {
		if err := p.entry(&x.entries[i]); err != nil {
			return nil, err
		}
		if i > 0 && !x.entries[i-1].before(&x.entries[i]) {
			return nil, errIndexOrder
		}
	}
	var err error
	x.trees, err = p.extensions(len(x.entries))
	return x, err
}

// before tells whether two entries are in order: by name, then stage.
func (e *indexEntry) before(next *indexEntry) bool {
	c := bytes.Compare(e.name, next.name)
	return c < 0 || c == 0 && e.stage < next.stage && e.stage > 0
}

// An indexParser goes through an index without its checksum.
type indexParser struct {
	format  Format
	version uint32
	data    []byte
	at      int
	// For version 4: the name before, and how many bytes all names may take, which
	// would otherwise be without relation to the size of the index.
	last []byte
	room int
}

// fixed is the size of an entry's part before its flags: what stat(2) said, mode
// and ID.
func (p *indexParser) fixed() int { return 40 + p.format.Size() }

// smallest is the size of the shortest entry possible.
func (p *indexParser) smallest() int { return p.fixed() + 2 + 2 }

// The flags of an entry.
const (
	flagExtended = 0x4000
	flagIntent   = 0x2000 // of the second word
	nameMask     = 0x0fff
	modeAt       = 24
)

func (p *indexParser) entry(e *indexEntry) error {
	start := p.at
	if len(p.data)-start < p.fixed()+2 {
		return errIndexEnd
	}
	e.mode = binary.BigEndian.Uint32(p.data[start+modeAt:])
	e.id = start + 40
	p.at += p.fixed()
	flags := binary.BigEndian.Uint16(p.data[p.at:])
	p.at += 2
	e.stage = uint8(flags >> 12 & 3)
	if flags&flagExtended != 0 {
		if p.version < 3 || len(p.data)-p.at < 2 {
			return errIndexEnd
		}
		e.intent = binary.BigEndian.Uint16(p.data[p.at:])&flagIntent != 0
		p.at += 2
	}
	var err error
	if p.version == 4 {
		e.name, err = p.shortName()
	} else {
		e.name, err = p.paddedName(start)
	}
	if err == nil && (len(e.name) == 0 || e.name[0] == '/' || int(flags&nameMask) != min(len(e.name), nameMask)) {
		err = errIndexName
	}
	return err
}

// paddedName reads a name that is followed by one to eight zeros, so that the
// entry is a multiple of eight bytes long.
func (p *indexParser) paddedName(start int) ([]byte, error) {
	n := bytes.IndexByte(p.data[p.at:], 0)
	if n < 0 {
		return nil, errIndexEnd
	}
	name := p.data[p.at : p.at+n]
	p.at = start + (p.at+n-start+8)&^7
	if p.at > len(p.data) {
		return nil, errIndexEnd
	}
	return name, nil
}

// shortName reads a name that is the one before, less some bytes at its end, and
// what follows.
func (p *indexParser) shortName() ([]byte, error) {
	strip, ok := p.varint()
	n := bytes.IndexByte(p.data[p.at:], 0)
	if !ok || n < 0 {
		return nil, errIndexEnd
	}
	if strip > len(p.last) {
		return nil, errIndexName
	}
	if p.room -= len(p.last) - strip + n; p.room < 0 {
		return nil, errIndexName
	}
	name := slices.Concat(p.last[:len(p.last)-strip], p.data[p.at:p.at+n])
	p.at += n + 1
	p.last = name
	return name, nil
}

// varint reads a number as offsets in packs are written.
func (p *indexParser) varint() (int, bool) {
	n := 0
	for first := true; p.at < len(p.data); first = false {
		b := p.data[p.at]
		p.at++
		if !first {
			n++
		}
		n = n<<7 | int(b&0x7f)
		if b&0x80 == 0 {
			return n, true
		}
		if n > maxIndex {
			return 0, false
		}
	}
	return 0, false
}

// extensions reads what follows the entries. Those whose names begin with a capital
// are optional by the format's own rule; of the others, a sparse index is known.
func (p *indexParser) extensions(entries int) (*cachedTree, error) {
	var trees *cachedTree
	for p.at < len(p.data) {
		if len(p.data)-p.at < 8 {
			return nil, errIndexEnd
		}
		name := string(p.data[p.at : p.at+4])
		size := int64(binary.BigEndian.Uint32(p.data[p.at+4:]))
		p.at += 8
		if size > int64(len(p.data)-p.at) {
			return nil, errIndexEnd
		}
		body := p.data[p.at : p.at+int(size)]
		p.at += int(size)
		switch {
		case name == "TREE":
			r := treeCacheReader{format: p.format, rest: body}
			root, ok := r.read(entries, 0)
			if !ok || len(r.rest) > 0 {
				return nil, errIndexTree
			}
			trees = &root
		case name == "sdir" || name[0] >= 'A' && name[0] <= 'Z':
		default:
			return nil, errIndexExtension // "link", a split index, among them
		}
	}
	return trees, nil
}

// maxTreeDepth is deeper than any path that a file system takes.
const maxTreeDepth = 4096

// A treeCacheReader reads the extension TREE: for each directory, its name and a
// zero, the number of entries, a space, the number of directories in it, a line
// feed, and unless the first number is negative, the ID.
type treeCacheReader struct {
	format Format
	rest   []byte
}

// read reads a directory with all below it. It may have at most so many entries.
func (r *treeCacheReader) read(most, depth int) (t cachedTree, ok bool) {
	name, rest, ok1 := bytes.Cut(r.rest, []byte{0})
	line, rest, ok2 := bytes.Cut(rest, []byte{'\n'})
	count, below, ok3 := bytes.Cut(line, []byte{' '})
	entries, err1 := strconv.Atoi(string(count))
	children, err2 := strconv.Atoi(string(below))
	// Each directory takes at least five bytes.
	if !ok1 || !ok2 || !ok3 || err1 != nil || err2 != nil || depth > maxTreeDepth || entries > most || children < 0 || children > len(rest)/5 {
		return t, false
	}
	t.name, t.count = name, entries
	if entries >= 0 {
		if len(rest) < r.format.Size() {
			return t, false
		}
		t.id = r.format.id(rest)
		rest = rest[r.format.Size():]
		most = entries
	}
	r.rest = rest
	t.below = make([]cachedTree, children)
	for i := range t.below {
		if t.below[i], ok = r.read(most, depth+1); !ok {
			return t, false
		}
	}
	return t, true
}
