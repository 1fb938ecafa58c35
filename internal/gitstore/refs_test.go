package gitstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// listRefs is what git for-each-ref prints.
func listRefs(refs []Ref) string {
	var b strings.Builder
	for _, r := range refs {
		fmt.Fprintf(&b, "%s %s %s\n", r.Name, r.ID, r.Target)
	}
	return b.String()
}

func forEachRef(t *testing.T, dir string) string {
	return string(git(t, dir, nil, "for-each-ref", "--format=%(refname) %(objectname) %(symref)"))
}

func TestRefsAsGitListsThem(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		dir := initRepo(t, "--object-format="+format)
		fill(t, dir, 20, false)
		for step, change := range []func(){
			func() {},
			func() { git(t, dir, nil, "pack-refs", "--all") },
			func() {
				// A loose ref goes before a packed one, and one is gone.
				git(t, dir, nil, "update-ref", "refs/heads/side", "main~3")
				git(t, dir, nil, "update-ref", "-d", "refs/tags/light")
				git(t, dir, nil, "update-ref", "refs/deep/er/and/deeper", "main")
				git(t, dir, nil, "update-ref", "refs/worktree/own", "main")
				write(t, filepath.Join(dir, "refs/heads/left.lock"), "x")
				if runtime.GOOS != "windows" {
					if err := os.Symlink("main", filepath.Join(dir, "refs/heads/linked")); err != nil {
						t.Fatal(err)
					}
				}
			},
		} {
			change()
			s := open(t, dir, Options{})
			if diff := cmp.Diff(forEachRef(t, dir), listRefs(s.Refs(noProblem(t)))); diff != "" {
				t.Errorf("%s, step %d: git (-) and we (+) differ:\n%s", format, step, diff)
			}
			head := s.Head(noProblem(t))
			if want := strings.TrimSpace(string(git(t, dir, nil, "rev-parse", "HEAD"))); head.ID.String() != want || head.Target != "refs/heads/main" {
				t.Errorf("HEAD is %+v", head)
			}
		}
		s := open(t, dir, Options{})
		for _, r := range s.Refs(noProblem(t)) {
			id, typ, err := s.Peel(r.ID)
			want := strings.Fields(string(git(t, dir, []byte(r.Name+"^{}\n"), "cat-file", "--batch-check")))
			if err != nil || id.String() != want[0] || typ.String() != want[1] {
				t.Errorf("%s leads to %v %v, %v; git says %v", r.Name, typ, id, err, want)
			}
			if !r.Peeled.IsZero() && r.Peeled != id {
				t.Errorf("%s is packed as leading to %v", r.Name, r.Peeled)
			}
		}
	}
}

// TestPackedRefsInAnyOrder: old programs did not sort them.
func TestPackedRefsInAnyOrder(t *testing.T) {
	dir := initRepo(t)
	fill(t, dir, 3, false)
	one, two := strings.TrimSpace(string(git(t, dir, nil, "rev-parse", "main"))), strings.TrimSpace(string(git(t, dir, nil, "rev-parse", "main~1")))
	write(t, filepath.Join(dir, "packed-refs"), "# pack-refs with: peeled \n"+one+" refs/tags/z\n"+two+" refs/tags/a\n"+one+" refs/heads/b\n"+two+" refs/heads/a\n")
	git(t, dir, nil, "update-ref", "refs/heads/between", "main")
	write(t, filepath.Join(dir, "refs", "tags", "z"), "damaged\n")
	s := open(t, dir, Options{})
	bad := 0
	got := listRefs(s.Refs(func(*Error) { bad++ }))
	if err := os.Remove(filepath.Join(dir, "refs", "tags", "z")); err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(forEachRef(t, dir), "refs/tags/z "+one+" \n", "")
	if diff := cmp.Diff(want, got); diff != "" || bad != 1 {
		t.Errorf("%d are damaged; git (-) and we (+) differ:\n%s", bad, diff)
	}
	if ref, ok := s.refReader(noProblem(t)).loadPacked(filepath.Join(dir, "packed-refs")).find("refs/tags/a"); !ok || ref.ID.String() != two {
		t.Errorf("%v, %v", ref, ok)
	}
}

func TestWorktrees(t *testing.T) {
	root := realTempDir(t)
	work := filepath.Join(root, "work")
	git(t, root, nil, "init", "-q", "-b", "main", work)
	empty := open(t, work, Options{})
	if head := empty.Head(noProblem(t)); !head.ID.IsZero() || head.Target != "refs/heads/main" {
		t.Errorf("before the first commit, HEAD is %+v", head)
	}
	git(t, work, nil, "commit", "-q", "--allow-empty", "-m", "one")
	git(t, work, nil, "worktree", "add", "-q", "--detach", "../linked")
	linked := filepath.Join(root, "linked")
	git(t, linked, nil, "commit", "-q", "--allow-empty", "-m", "two")
	git(t, linked, nil, "update-ref", "refs/worktree/mine", "HEAD")
	git(t, linked, nil, "update-ref", "refs/bisect/bad", "HEAD")
	git(t, work, nil, "update-ref", "refs/worktree/mine", "HEAD")
	one := strings.TrimSpace(string(git(t, work, nil, "rev-parse", "HEAD")))
	two := strings.TrimSpace(string(git(t, linked, nil, "rev-parse", "HEAD")))
	for _, dir := range []string{work, linked} {
		s := open(t, dir, Options{})
		if diff := cmp.Diff(forEachRef(t, dir), listRefs(s.Refs(noProblem(t)))); diff != "" {
			t.Errorf("%s: git (-) and we (+) differ:\n%s", dir, diff)
		}
		var got []string
		for _, w := range s.Worktrees(noProblem(t)) {
			got = append(got, w.Name+" "+w.Head.ID.String()+" "+listRefs(w.Refs))
		}
		want := []string{
			" " + one + " refs/worktree/mine " + one + " \n",
			"linked " + two + " refs/bisect/bad " + two + " \nrefs/worktree/mine " + two + " \n",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", dir, diff)
		}
	}
}

func TestDamagedRefs(t *testing.T) {
	dir := initRepo(t)
	fill(t, dir, 5, false)
	git(t, dir, nil, "update-ref", "refs/heads/good", "main")
	id := strings.TrimSpace(string(git(t, dir, nil, "rev-parse", "main")))
	git(t, dir, nil, "pack-refs", "--all")
	write(t, filepath.Join(dir, "refs/heads/empty"), "")
	write(t, filepath.Join(dir, "refs/heads/zero"), strings.Repeat("0", 40)+"\n")
	write(t, filepath.Join(dir, "refs/heads/text"), "not an id\n")
	write(t, filepath.Join(dir, "refs/heads/more"), id+"x\n")
	write(t, filepath.Join(dir, "refs/heads/sp ace"), id+"\n")
	write(t, filepath.Join(dir, "refs/heads/up"), "ref: ../../etc/passwd\n")
	write(t, filepath.Join(dir, "refs/heads/round"), "ref: refs/heads/about\n")
	write(t, filepath.Join(dir, "refs/heads/about"), "ref: refs/heads/round\n")
	packed, err := os.ReadFile(filepath.Join(dir, "packed-refs"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "packed-refs"), "^"+id+"\nodd\n"+string(packed)+id+" refs/heads/../x\n")
	var problems []*Error
	refs := open(t, dir, Options{}).Refs(func(e *Error) { problems = append(problems, e) })
	// Six loose ones, two in a circle, three lines of packed-refs.
	if kinds(problems)[ErrRef] != 11 || len(problems) != 11 {
		t.Errorf("problems: %v", problems)
	}
	if list := listRefs(refs); !strings.Contains(list, "refs/heads/good "+id) || strings.Contains(list, "more") {
		t.Errorf("refs: %s", list)
	}
}

func TestShallow(t *testing.T) {
	root := realTempDir(t)
	git(t, root, nil, "init", "-q", "--bare", "-b", "main", "full")
	full := filepath.Join(root, "full")
	fill(t, full, 30, false)
	git(t, root, nil, "clone", "-q", "--bare", "--depth=3", "file://"+full, "shallow")
	s := open(t, filepath.Join(root, "shallow"), Options{})
	ids, err := s.Shallow()
	if err != nil || len(ids) == 0 {
		t.Errorf("%v, %v", ids, err)
	}
	compareCommits(t, filepath.Join(root, "shallow"), []string{"main"}, nil)
	write(t, filepath.Join(root, "shallow/shallow"), "odd\n")
	if _, err := s.Shallow(); err == nil {
		t.Error("an odd line is taken")
	}
}

// A tableBuilder writes reftables: no git that is installed where these tests
// run need know the format.
type tableBuilder struct {
	format    Format
	version   byte
	blockSize int
	aligned   bool
	restarts  int // a name is written in full that often
	logs      bool
}

type tableRef struct {
	Ref
	deleted bool
}

func (w tableBuilder) build(refs []tableRef) []byte {
	var out bytes.Buffer
	out.WriteString("REFT")
	out.Write([]byte{w.version, byte(w.blockSize >> 16), byte(w.blockSize >> 8), byte(w.blockSize)})
	out.Write(make([]byte, 16)) // update indexes
	if w.version == 2 {
		out.WriteString(map[Format]string{SHA1: "sha1", SHA256: "s256"}[w.format])
	}
	header := bytes.Clone(out.Bytes())
	start, first := 0, out.Len()
	for len(refs) > 0 {
		var body bytes.Buffer
		var offsets []int
		last := ""
		for n := 0; len(refs) > 0; n++ {
			r := refs[0]
			prefix := 0
			if n%w.restarts != 0 {
				for prefix < len(last) && prefix < len(r.Name) && last[prefix] == r.Name[prefix] {
					prefix++
				}
			}
			record := w.record(r, prefix)
			if n > 0 && first+4+body.Len()+len(record)+3*(len(offsets)+1)+2 > w.blockSize {
				break
			}
			if n%w.restarts == 0 {
				offsets = append(offsets, first+4+body.Len())
			}
			body.Write(record)
			last, refs = r.Name, refs[1:]
		}
		for _, at := range offsets {
			body.Write([]byte{byte(at >> 16), byte(at >> 8), byte(at)})
		}
		body.Write(binary.BigEndian.AppendUint16(nil, uint16(len(offsets))))
		size := first + 4 + body.Len()
		out.Write([]byte{'r', byte(size >> 16), byte(size >> 8), byte(size)})
		out.Write(body.Bytes())
		if w.aligned && len(refs) > 0 {
			out.Write(make([]byte, max(0, start+w.blockSize-out.Len())))
		}
		start, first = out.Len(), 0
	}
	foot := bytes.Clone(header)
	positions := make([]byte, 40)
	if w.logs {
		binary.BigEndian.PutUint64(positions[24:], uint64(out.Len()))
		out.WriteString("g\x00\x00\x10whatever logs are")
	}
	foot = append(foot, positions...)
	out.Write(binary.BigEndian.AppendUint32(foot, crc32.ChecksumIEEE(foot)))
	return out.Bytes()
}

func (w tableBuilder) record(r tableRef, prefix int) []byte {
	kind := uint64(1)
	switch {
	case r.deleted:
		kind = 0
	case r.Target != "":
		kind = 3
	case !r.Peeled.IsZero():
		kind = 2
	}
	b := distance(uint64(prefix))
	b = append(b, distance(uint64(len(r.Name)-prefix)<<3|kind)...)
	b = append(b, r.Name[prefix:]...)
	b = append(b, distance(7)...)
	switch kind {
	case 1, 2:
		b = append(append(b, r.ID.Bytes()...), r.Peeled.Bytes()...)
	case 3:
		b = append(append(b, distance(uint64(len(r.Target)))...), r.Target...)
	}
	return b
}

func TestReftable(t *testing.T) {
	for _, w := range []tableBuilder{
		{SHA1, 1, 4096, true, 16, false},
		{SHA1, 1, 256, true, 2, true},
		{SHA1, 2, 200, false, 3, true},
		{SHA256, 2, 300, true, 1, true},
		{SHA256, 2, 1 << 20, false, 1000, false},
	} {
		var refs []tableRef
		var want []Ref
		for i := range 100 {
			r := Ref{Name: fmt.Sprintf("refs/heads/branch-%03d", i), ID: w.format.Sum(TypeBlob, []byte{byte(i)})}
			if i%5 == 0 {
				r.Peeled = w.format.Sum(TypeTree, []byte{byte(i)})
			}
			if i%7 == 6 {
				r.ID, r.Peeled, r.Target = ID{}, ID{}, "refs/heads/branch-000"
			}
			refs = append(refs, tableRef{r, i%11 == 10})
			want = append(want, r)
		}
		table := w.build(refs)
		n := 0
		err := parseReftable(table, w.format, func(r Ref, deleted bool) {
			expect := want[n]
			if refs[n].deleted {
				expect = Ref{Name: expect.Name}
			}
			if diff := cmp.Diff(expect, r, cmp.AllowUnexported(ID{})); diff != "" || deleted != refs[n].deleted {
				t.Errorf("%+v: record %d: %s", w, n, diff)
			}
			n++
		})
		if err != nil || n != 100 {
			t.Errorf("%+v: %d records, %v", w, n, err)
		}
		for at := range table {
			damaged := bytes.Clone(table)
			damaged[at] ^= 0x41
			// It must end; what is wrong in a name shows nowhere.
			_ = parseReftable(damaged, w.format, func(Ref, bool) {})
			_ = parseReftable(table[:at], w.format, func(Ref, bool) {})
		}
	}
}

func TestReftableStack(t *testing.T) {
	dir := initRepo(t)
	fill(t, dir, 10, false)
	all := open(t, dir, Options{})
	id, other := all.Head(noProblem(t)).ID, all.Refs(noProblem(t))[0].ID
	write(t, filepath.Join(dir, "config"), "[core]\nrepositoryformatversion=1\nbare=true\n[extensions]\nrefstorage=reftable\n")
	write(t, filepath.Join(dir, "HEAD"), "ref: refs/heads/.invalid\n")
	w := tableBuilder{SHA1, 1, 4096, true, 16, false}
	write(t, filepath.Join(dir, "reftable/one.ref"), string(w.build([]tableRef{
		{Ref: Ref{Name: "HEAD", Target: "refs/heads/main"}},
		{Ref: Ref{Name: "refs/heads/gone", ID: id}},
		{Ref: Ref{Name: "refs/heads/main", ID: other}},
	})))
	write(t, filepath.Join(dir, "reftable/two.ref"), string(w.build([]tableRef{
		{Ref: Ref{Name: "refs/heads/gone"}, deleted: true},
		{Ref: Ref{Name: "refs/heads/main", ID: id}},
	})))
	write(t, filepath.Join(dir, "reftable/tables.list"), "one.ref\ntwo.ref\n")
	s := open(t, dir, Options{})
	if got, want := listRefs(s.Refs(noProblem(t))), "refs/heads/main "+id.String()+" \n"; got != want {
		t.Errorf("refs: %s", got)
	}
	if head := s.Head(noProblem(t)); head.ID != id || head.Target != "refs/heads/main" {
		t.Errorf("HEAD is %+v", head)
	}
	for name, list := range map[string]string{"gone": "one.ref\nthree.ref\n", "outside": "../HEAD\n"} {
		write(t, filepath.Join(dir, "reftable/tables.list"), list)
		var problems []*Error
		if s.Refs(func(e *Error) { problems = append(problems, e) }); len(problems) != 1 {
			t.Errorf("%s: %v", name, problems)
		}
	}
}
