package gitstore

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
	"math/rand/v2"
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

// FuzzInflate compares with the standard library, which reads a stream whatever
// its size is.
func FuzzInflate(f *testing.F) {
	for _, text := range inflateSeeds() {
		for _, level := range []int{zlib.NoCompression, zlib.BestSpeed, zlib.BestCompression, zlib.HuffmanOnly} {
			f.Add(deflateLevel(text, level))
		}
	}
	f.Add([]byte{0x78, 0x9c, 0x63, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01})
	f.Fuzz(func(t *testing.T, src []byte) {
		want, ok := standardInflate(src)
		if len(want) > 1<<20 {
			return
		}
		var z inflater
		dst := make([]byte, len(want))
		err := z.inflate(dst, src)
		if ok != (err == nil) {
			t.Fatalf("the standard library reads it: %v, and we: %v", ok, err)
		}
		if !ok {
			return
		}
		if !bytes.Equal(dst, want) {
			t.Fatal("another result")
		}
		if err := z.inflate(make([]byte, len(want)+1), src); !errors.Is(err, errTooShort) {
			t.Fatalf("of a size that is too large: %v", err)
		}
		if len(want) > 0 {
			if err := z.inflate(dst[1:], src); !errors.Is(err, errTooLong) {
				t.Fatalf("of a size that is too small: %v", err)
			}
		}
		prefix := make([]byte, 20)
		if n, err := z.prefix(prefix, src); err != nil || !bytes.Equal(prefix[:n], want[:min(20, len(want))]) {
			t.Fatalf("the start is %d bytes, %v", n, err)
		}
	})
}

func inflateSeeds() [][]byte {
	r := rand.New(rand.NewPCG(3, 4))
	var lines, skewed []byte
	for range 2000 {
		lines = append(lines, randomLine(r)...)
		// Symbols of very different frequency make long codes.
		skewed = append(skewed, byte(bits.LeadingZeros64(r.Uint64())*7), byte(r.Uint32())>>r.IntN(8))
	}
	return [][]byte{nil, []byte("a text, a text"), bytes.Repeat([]byte("ab"), 5000), make([]byte, 100_000), lines, skewed}
}

func deflateLevel(data []byte, level int) []byte {
	var b bytes.Buffer
	z, err := zlib.NewWriterLevel(&b, level)
	if err != nil {
		panic(err)
	}
	z.Write(data)
	z.Close()
	return b.Bytes()
}

func standardInflate(src []byte) ([]byte, bool) {
	z, err := zlib.NewReader(bytes.NewReader(src))
	if err != nil {
		return nil, false
	}
	out, err := io.ReadAll(io.LimitReader(z, 1<<21))
	return out, err == nil
}

// TestInflateDamaged changes every byte of streams of all kinds of blocks.
func TestInflateDamaged(t *testing.T) {
	for _, text := range inflateSeeds() {
		text = text[:min(len(text), 1000)]
		for _, level := range []int{zlib.NoCompression, zlib.BestSpeed, zlib.BestCompression, zlib.HuffmanOnly} {
			src := deflateLevel(text, level)
			for at := range src {
				for _, flip := range []byte{1, 0x10, 0x80} {
					damaged := bytes.Clone(src)
					damaged[at] ^= flip
					want, ok := standardInflate(damaged)
					dst := make([]byte, len(want))
					var z inflater
					if err := z.inflate(dst, damaged); ok != (err == nil) || ok && !bytes.Equal(dst, want) {
						t.Errorf("byte %d of %d: the standard library reads it: %v, and we: %v", at, len(src), ok, err)
					}
				}
				var z inflater
				if err := z.inflate(make([]byte, len(text)), src[:at]); err == nil {
					t.Errorf("%d bytes of %d are enough", at, len(src))
				}
			}
		}
	}
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
