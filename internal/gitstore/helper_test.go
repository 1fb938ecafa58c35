package gitstore

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"compress/zlib"
)

// git runs the oracle, apart from anybody's configuration.
func git(t testing.TB, dir string, stdin []byte, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Stdin = bytes.NewReader(stdin)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C",
		"GIT_AUTHOR_NAME=A U Thor", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_AUTHOR_DATE=1700000000 +0100",
		"GIT_COMMITTER_NAME=C O Mitter", "GIT_COMMITTER_EMAIL=c@example.com", "GIT_COMMITTER_DATE=1700000001 -0330",
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return out
}

// initRepo makes an empty bare repository.
func initRepo(t testing.TB, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, nil, append([]string{"init", "-q", "--bare", "-b", "main"}, args...)...)
	return dir
}

// fill imports a history: files that are edited over and over on two branches
// that are merged, files that never change, empty and large ones, tags of
// everything. All objects are in one pack, unless loose is asked for.
func fill(t testing.TB, dir string, revisions int, loose bool) {
	t.Helper()
	limit := "0"
	if loose {
		limit = "1000000"
	}
	git(t, dir, history(revisions), "-c", "fastimport.unpackLimit="+limit, "fast-import", "--quiet")
	git(t, dir, nil, "tag", "-a", "-m", "first", "v1", "main~1")
	git(t, dir, nil, "tag", "-a", "-m", "a tag of a tag", "v1-again", "v1")
	git(t, dir, nil, "tag", "-a", "-m", "a tree", "tree", "main^{tree}")
	git(t, dir, nil, "tag", "light", "main")
	git(t, dir, nil, "symbolic-ref", "refs/heads/alias", "refs/heads/main")
	git(t, dir, nil, "symbolic-ref", "refs/heads/dangling", "refs/heads/none")
}

// history is a stream for git fast-import.
func history(revisions int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	data := func(d []byte) { fmt.Fprintf(&b, "data %d\n%s\n", len(d), d) }
	files := make([][][]byte, 8)
	for i := range files {
		for range 40 + 200*i {
			files[i] = append(files[i], randomLine(r))
		}
	}
	for rev := range revisions {
		branch := "main"
		if rev%7 == 3 {
			branch = "side"
		}
		fmt.Fprintf(&b, "commit refs/heads/%s\nmark :%d\n", branch, rev+1)
		fmt.Fprintf(&b, "author Å <a@example.com> %d +0530\ncommitter C <c@example.com> %d -0800\n", 1600000000+60*rev, 1600000000+60*rev)
		data(fmt.Appendf(nil, "revision %d\n", rev))
		switch {
		case branch == "side" && rev > 6:
			fmt.Fprintf(&b, "from :%d\n", rev)
		case branch == "main" && rev%7 == 4:
			fmt.Fprintf(&b, "from :%d\nmerge :%d\n", rev-1, rev)
		}
		for range 1 + r.IntN(3) {
			i := r.IntN(len(files))
			lines := files[i]
			switch at := r.IntN(len(lines)); r.IntN(3) {
			case 0:
				lines = slices.Insert(lines, at, randomLine(r))
			case 1:
				lines = slices.Delete(lines, at, at+1)
			default:
				lines[at] = randomLine(r)
			}
			files[i] = lines
			fmt.Fprintf(&b, "M 100644 inline dir%d/file%d.txt\n", i%3, i)
			data(bytes.Join(lines, nil))
		}
		if rev == 0 {
			b.WriteString("M 100644 inline empty\ndata 0\n\nM 100755 inline run.sh\ndata 10\n#!/bin/sh\n\nM 120000 inline link\ndata 6\nrun.sh\n")
			noise := make([]byte, 300_000)
			for i := range noise {
				noise[i] = byte(r.Uint32())
			}
			b.WriteString("M 100644 inline noise\n")
			data(noise)
		}
	}
	return b.Bytes()
}

func randomLine(r *rand.Rand) []byte {
	return fmt.Appendf(nil, "%x = %x\n", r.Uint64(), r.Uint32())
}

func open(t testing.TB, dir string, o Options) *Store {
	t.Helper()
	dirs, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(dirs, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// noProblem fails the test.
func noProblem(t testing.TB) func(*Error) {
	return func(e *Error) { t.Errorf("problem: %v", e) }
}

// object is what git or a walk says of one.
type object struct {
	Type string
	Data string
}

// oracle asks git for every object.
func oracle(t testing.TB, dir string) map[ID]object {
	t.Helper()
	return batch(t, git(t, dir, nil, "cat-file", "--batch-all-objects", "--batch"))
}

func batch(t testing.TB, out []byte) map[ID]object {
	t.Helper()
	all := make(map[ID]object)
	for len(out) > 0 {
		line, rest, _ := bytes.Cut(out, []byte{'\n'})
		fields := strings.Fields(string(line))
		id, ok := ParseID(fields[0])
		if !ok || len(fields) != 3 {
			t.Fatalf("git says %q", line)
		}
		size, err := strconv.Atoi(fields[2])
		if err != nil {
			t.Fatal(err)
		}
		all[id] = object{fields[1], string(rest[:size])}
		out = rest[size+1:]
	}
	return all
}

// walked is what one walk handed out.
type walked struct {
	objects  map[ID]object
	problems []*Error
	deltas   int
	known    int // deltas whose base was handed out before
	promised int // by Start
}

// walkAll collects everything, and checks what a visitor may rely on: each once,
// ops that make the data, the base's state.
func walkAll(t testing.TB, s *Store, o WalkOptions) walked {
	t.Helper()
	out := walked{objects: make(map[ID]object)}
	var mu sync.Mutex
	o.Problem = func(e *Error) { out.problems = append(out.problems, e) }
	o.Start = func(n int) { out.promised = n }
	err := Walk(context.Background(), s, o, func(int) Visitor[ID] {
		return func(v *Visit, base *ID) (ID, error) {
			mu.Lock()
			defer mu.Unlock()
			if _, twice := out.objects[v.ID]; twice {
				t.Errorf("%s is handed out twice", v.ID)
			}
			out.objects[v.ID] = object{v.Type.String(), string(v.Data)}
			if v.Base == nil {
				if base != nil || !v.BaseID.IsZero() || v.Ops != nil {
					t.Errorf("%s is whole and has a base", v.ID)
				}
				return v.ID, nil
			}
			out.deltas++
			if base != nil {
				out.known++
				if *base != v.BaseID {
					t.Errorf("%s has the state of another base", v.ID)
				}
				if out.objects[v.BaseID].Data != string(v.Base) {
					t.Errorf("%s has other bytes as its base", v.ID)
				}
			}
			if !madeByOps(v) {
				t.Errorf("%s is not what its ops make", v.ID)
			}
			return v.ID, nil
		}
	})
	if err != nil {
		t.Errorf("walk: %v", err)
	}
	return out
}

// madeByOps makes an object's data from its ops.
func madeByOps(v *Visit) bool {
	at := int64(0)
	for i, op := range v.Ops {
		if op.Len < 1 || at+op.Len > int64(len(v.Data)) {
			return false
		}
		if op.Copied() && !bytes.Equal(v.Data[at:at+op.Len], v.Base[op.Base:op.Base+op.Len]) {
			return false
		}
		if i > 0 && !op.Copied() && !v.Ops[i-1].Copied() {
			return false
		}
		at += op.Len
	}
	return at == int64(len(v.Data))
}

// A packBuilder writes packs that git would not.
type packBuilder struct {
	b       bytes.Buffer
	count   int
	entries []packed
}

type packed struct {
	id  ID
	off int64
	crc uint32
}

func newPack() *packBuilder {
	p := &packBuilder{}
	p.b.WriteString("PACK\x00\x00\x00\x02\x00\x00\x00\x00")
	return p
}

// writers are reused: each takes most of a megabyte.
var writers = sync.Pool{New: func() any { return zlib.NewWriter(nil) }}

func deflate(data []byte) []byte {
	var b bytes.Buffer
	z := writers.Get().(*zlib.Writer)
	defer writers.Put(z)
	z.Reset(&b)
	z.Write(data)
	z.Close()
	return b.Bytes()
}

// raw appends an entry whose header declares a size, followed by what is given.
func (p *packBuilder) raw(id ID, typ Type, size int, rest ...[]byte) int64 {
	off := int64(p.b.Len())
	c := byte(typ)<<4 | byte(size&15)
	for size >>= 4; size > 0; size >>= 7 {
		p.b.WriteByte(c | 0x80)
		c = byte(size & 0x7f)
	}
	p.b.WriteByte(c)
	for _, r := range rest {
		p.b.Write(r)
	}
	p.entries = append(p.entries, packed{id, off, crc32.ChecksumIEEE(p.b.Bytes()[off:])})
	p.count++
	return off
}

func (p *packBuilder) whole(typ Type, data string) (ID, int64) {
	id := SHA1.Sum(typ, []byte(data))
	return id, p.raw(id, typ, len(data), deflate([]byte(data)))
}

func (p *packBuilder) refDelta(id, base ID, delta []byte) int64 {
	return p.raw(id, typeRef, len(delta), base.Bytes(), deflate(delta))
}

func (p *packBuilder) offsetDelta(id ID, base int64, delta []byte) int64 {
	return p.raw(id, typeOffset, len(delta), distance(uint64(int64(p.b.Len())-base)), deflate(delta))
}

// distance writes what backVarint reads.
func distance(v uint64) []byte {
	b := []byte{byte(v & 0x7f)}
	for v >>= 7; v > 0; v >>= 7 {
		v--
		b = append([]byte{byte(v&0x7f) | 0x80}, b...)
	}
	return b
}

// insertDelta makes a delta that makes text from a base and its own bytes: the
// base's first n bytes, and text.
func insertDelta(base, n int, text string) []byte {
	d := binary.AppendUvarint(nil, uint64(base))
	d = binary.AppendUvarint(d, uint64(n+len(text)))
	if n > 0 {
		d = append(d, 0x80|0x10|0x20|0x40, byte(n), byte(n>>8), byte(n>>16))
	}
	if text != "" {
		d = append(append(d, byte(len(text))), text...)
	}
	return d
}

// write stores pack and index; change may edit them before they are written.
func (p *packBuilder) write(t testing.TB, dir, name string, change func(pack, idx []byte) ([]byte, []byte)) {
	t.Helper()
	pack := bytes.Clone(p.b.Bytes())
	binary.BigEndian.PutUint32(pack[8:], uint32(p.count))
	sum := sha1.Sum(pack)
	pack = append(pack, sum[:]...)
	entries := slices.Clone(p.entries)
	slices.SortStableFunc(entries, func(a, b packed) int { return a.id.Compare(b.id) })
	idx := []byte(idxMagic + "\x00\x00\x00\x02")
	n := 0
	for first := range 256 {
		for n < len(entries) && int(entries[n].id.sum[0]) <= first {
			n++
		}
		idx = binary.BigEndian.AppendUint32(idx, uint32(n))
	}
	for _, e := range entries {
		idx = append(idx, e.id.Bytes()...)
	}
	for _, e := range entries {
		idx = binary.BigEndian.AppendUint32(idx, e.crc)
	}
	for _, e := range entries {
		idx = binary.BigEndian.AppendUint32(idx, uint32(e.off))
	}
	idx = append(idx, sum[:]...)
	own := sha1.Sum(idx)
	idx = append(idx, own[:]...)
	if change != nil {
		pack, idx = change(pack, idx)
	}
	for ext, data := range map[string][]byte{".pack": pack, ".idx": idx} {
		if err := os.WriteFile(filepath.Join(dir, "objects", "pack", "pack-"+name+ext), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
