package gitstore

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
)

func FuzzIndex(f *testing.F) {
	dir := initRepo(f)
	p := newPack()
	p.whole(TypeBlob, "one")
	p.whole(TypeBlob, "two")
	var idx []byte
	p.write(f, dir, "x", func(a, b []byte) ([]byte, []byte) { idx = b; return a, b })
	f.Add(idx)
	f.Add(append(make([]byte, fanoutSize), make([]byte, 40)...)) // version 1, empty
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := parseIndex(data, SHA1)
		if err != nil {
			return
		}
		if x.count > len(data) {
			t.Fatalf("%d objects in %d bytes", x.count, len(data))
		}
		ordered := x.checkOrder() == nil
		for i := range x.count {
			x.offset(i)
			if found, ok := x.find(x.id(i)); ordered && (!ok || !bytes.Equal(x.id(found), x.id(i))) {
				t.Fatalf("object %d is not found", i)
			}
		}
		table := sortOffsets(x, 1<<40)
		if !slices.IsSorted(table.offsets) || len(table.places)+len(table.bad) != x.count {
			t.Fatal("offsets are not in order, or some are lost")
		}
		for i, off := range table.offsets[:len(table.places)] {
			if at, ok := table.at(off); !ok || at != i {
				t.Fatalf("entry %d is found at %d", i, at)
			}
		}
	})
}

func FuzzEntry(f *testing.F) {
	f.Add([]byte{0x35}, int64(12))
	f.Add([]byte{0xb5, 0x80, 0x01}, int64(12))
	f.Add([]byte{0x65, 0x81, 0x00}, int64(1<<33))
	f.Add(append([]byte{0x75}, make([]byte, 20)...), int64(12))
	f.Fuzz(func(t *testing.T, data []byte, off int64) {
		if off < packHeader || off > 1<<60 {
			return
		}
		e, err := parseEntry(data, off, SHA1)
		if err != nil {
			return
		}
		if e.data <= off || e.data > off+int64(len(data)) {
			t.Fatalf("data at %d of an entry at %d", e.data, off)
		}
		if e.typ == typeOffset && (e.base < packHeader || e.base >= off) {
			t.Fatalf("the base of an entry at %d is at %d", off, e.base)
		}
	})
}

// slowDelta applies a delta as its format's description reads.
func slowDelta(base, in []byte) ([]byte, bool) {
	var out []byte
	for len(in) > 0 {
		c := in[0]
		in = in[1:]
		if c == 0 {
			return nil, false
		}
		if c < 0x80 {
			if int(c) > len(in) {
				return nil, false
			}
			out = append(out, in[:c]...)
			in = in[c:]
			continue
		}
		var args [7]byte
		for i := range args {
			if c>>i&1 == 1 {
				if len(in) == 0 {
					return nil, false
				}
				args[i], in = in[0], in[1:]
			}
		}
		off := uint64(binary.LittleEndian.Uint32(args[:4]))
		size := uint64(args[4]) | uint64(args[5])<<8 | uint64(args[6])<<16
		if size == 0 {
			size = 0x10000
		}
		if off+size > uint64(len(base)) {
			return nil, false
		}
		out = append(out, base[off:off+size]...)
		if len(out) > 1<<22 {
			return nil, false
		}
	}
	return out, true
}

func FuzzDelta(f *testing.F) {
	f.Add([]byte("the base"), []byte{0x90, 3, 2, 'x', 'y', 0x91, 3, 5})
	f.Add([]byte("the base"), []byte{0x90, 3, 0x91, 3, 5, 1, 'x', 1, 'y'})
	f.Add(make([]byte, 1<<16), []byte{0x80})
	f.Add([]byte("the base"), []byte{0xff, 0, 0, 0, 0, 1, 0, 0})
	f.Fuzz(func(t *testing.T, base, in []byte) {
		want, ok := slowDelta(base, in)
		dst := make([]byte, len(want))
		ops, err := applyDelta(dst, base, in, nil)
		if ok != (err == nil) {
			t.Fatalf("ok: %v, and %v", ok, err)
		}
		if !ok {
			return
		}
		if !bytes.Equal(dst, want) || !madeByOps(&Visit{Data: dst, Base: base, Ops: ops}) {
			t.Fatal("another result")
		}
		// A result of another size is refused.
		if _, err := applyDelta(make([]byte, len(want)+1), base, in, nil); err == nil {
			t.Fatal("too short a result is taken")
		}
	})
}

func FuzzInflate(f *testing.F) {
	f.Add(deflate([]byte("a text, a text")), 14)
	f.Add(deflate(nil), 0)
	f.Fuzz(func(t *testing.T, src []byte, size int) {
		if size < 0 || size > 1<<16 {
			return
		}
		var z inflater
		dst := make([]byte, size)
		err := z.inflate(dst, src)
		prefix := make([]byte, min(size, 10))
		if n, e := z.prefix(prefix, src); err == nil && (e != nil || !bytes.Equal(prefix[:n], dst[:n]) || n != len(prefix)) {
			t.Fatalf("the start is %d bytes, %v", n, e)
		}
	})
}

func FuzzCommit(f *testing.F) {
	f.Add([]byte("tree 0123456789012345678901234567890123456789\nauthor A <a> 1 +0100\n\nx"))
	f.Add([]byte("object 0123456789012345678901234567890123456789\ntype blob\ntagger > < 1\n\nx"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		var c Commit
		var tag Tag
		for _, format := range []Format{SHA1, SHA256} {
			_ = format.ParseCommit(data, &c)
			_ = format.ParseTag(data, &tag)
		}
	})
}

func FuzzTree(f *testing.F) {
	f.Add([]byte("100644 x\x0001234567890123456789"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := SHA1.ReadTree(data)
		var e TreeEntry
		for r.Next(&e) {
			if len(e.Name) == 0 || bytes.IndexByte(e.Name, 0) >= 0 {
				t.Fatalf("name %q", e.Name)
			}
		}
	})
}

func FuzzRefs(f *testing.F) {
	f.Add([]byte("# pack-refs with: peeled\n0123456789012345678901234567890123456789 refs/tags/x\n^0123456789012345678901234567890123456789\n"))
	f.Add(tableBuilder{SHA1, 1, 256, true, 2, true}.build([]tableRef{{Ref: Ref{Name: "refs/heads/main", ID: SHA1.Sum(TypeBlob, nil)}}}))
	f.Add([]byte("[core]\n\tx = \"y\\n\" ; z\n[a \"b\"]c"))
	f.Fuzz(func(t *testing.T, data []byte) {
		check := func(r Ref) {
			if !validRefName(r.Name) {
				t.Fatalf("name %q", r.Name)
			}
		}
		parsePackedRefs(data, SHA1, check)
		_ = parseReftable(data, SHA1, func(r Ref, _ bool) { check(r) })
		_, _ = parseLooseRef("HEAD", data, SHA1)
		_, _ = readConfig(data)
		_, _ = alternate(string(data))
	})
}
