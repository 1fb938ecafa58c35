package archive_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/secrets/internal/archive"
)

var limits = archive.Limits{Depth: 3, Members: 100, Member: 1 << 20, Total: 4 << 20, Ratio: 100}

// entry is a file to be packed; one without data is a directory.
type entry struct {
	name string
	data []byte
}

func zipOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range entries {
		f, err := w.Create(e.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func tarOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, e := range entries {
		header := &tar.Header{Name: e.name, Size: int64(len(e.data)), Mode: 0o600, Typeflag: tar.TypeReg}
		if e.data == nil {
			header.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func gzipOf(t testing.TB, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// bzip2Of is "hello\n" as bzip2 packs it; the standard library cannot.
func bzip2Of(t testing.TB) []byte {
	t.Helper()
	out, err := base64.StdEncoding.DecodeString("QlpoOTFBWSZTWcHAgOIAAAFBAAAQAkSgADDNAMNGKZcXckU4UJDBwIDi")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// list writes what is in an archive, a line for each.
func list(data []byte, limits archive.Limits) []string {
	var out []string
	for m, err := range archive.Members(bytes.NewReader(data), int64(len(data)), limits) {
		if err != nil {
			out = append(out, m.Path+": "+err.Error())
			continue
		}
		text := string(m.Data)
		if len(text) > 20 {
			text = text[:20] + "..."
		}
		out = append(out, m.Path+" = "+text)
	}
	return out
}

func TestMembers(t *testing.T) {
	a, b := entry{"config.json", []byte("secret")}, entry{"./certs//key", []byte("key")}
	small := zipOf(t, a, entry{"certs/", nil}, b)
	encrypted := bytes.Clone(small)
	directory := bytes.Index(encrypted, []byte("PK\x01\x02"))
	encrypted[directory+8] |= 1 // the flags of the first entry
	unknown := bytes.Clone(small)
	unknown[directory+10] = 99 // its method
	long := entry{"long", []byte(strings.Repeat("long text, ", 10_000))}
	tests := []struct {
		name   string
		data   []byte
		change func(*archive.Limits)
		want   []string
	}{
		{"zip", small, nil, []string{"config.json = secret", "certs/key = key"}},
		{"empty zip", zipOf(t), nil, nil},
		{"tar", tarOf(t, a, entry{"certs/", nil}, b), nil, []string{"config.json = secret", "certs/key = key"}},
		{"tar.gz", gzipOf(t, tarOf(t, a, b)), nil, []string{"config.json = secret", "certs/key = key"}},
		{"gz", gzipOf(t, []byte("text")), nil, []string{" = text"}},
		{"two gz in one", append(gzipOf(t, []byte("one ")), gzipOf(t, []byte("two"))...), nil, []string{" = one two"}},
		{"bz2", bzip2Of(t), nil, []string{" = hello\n"}},
		{"out of the archive", zipOf(t, entry{"../../etc/passwd", []byte("x")}, entry{"/root", []byte("y")}), nil, []string{"../../etc/passwd = x", "/root = y"}},
		{"nested", zipOf(t, entry{"a.tar.gz", gzipOf(t, tarOf(t, entry{"b.zip", small}))}), nil, []string{"a.tar.gz!b.zip!config.json = secret", "a.tar.gz!b.zip!certs/key = key"}},
		{"nested too deep", zipOf(t, entry{"a.tar.gz", gzipOf(t, tarOf(t, entry{"b.zip", small}, a))}), func(l *archive.Limits) { l.Depth = 2 }, []string{"a.tar.gz!b.zip: it is nested too deep", "a.tar.gz!config.json = secret"}},
		{"not asked for", small, func(l *archive.Limits) { l.Depth = 0 }, []string{": it is nested too deep"}},
		{"encrypted", encrypted, nil, []string{"config.json: it is encrypted", "certs/key = key"}},
		{"unknown method", unknown, nil, []string{"config.json: its format is not supported", "certs/key = key"}},
		{"unsupported", []byte("\xfd7zXZ\x00 and so on"), nil, []string{": its format is not supported"}},
		{"unsupported member", tarOf(t, entry{"a.7z", []byte("7z\xbc\xaf\x27\x1c")}, a), nil, []string{"a.7z: its format is not supported", "config.json = secret"}},
		{"cut off zip", small[:len(small)-30], nil, []string{": it is damaged"}},
		{"cut off gz", gzipOf(t, []byte("some text"))[:20], nil, []string{" = some text", ": it is damaged"}},
		{"cut off tar", tarOf(t, a, b)[:1500], nil, []string{"config.json = secret", ": it is damaged"}},
		{"no archive", []byte("text"), nil, []string{": it is damaged"}},
		{"large member", zipOf(t, long, a), func(l *archive.Limits) { l.Member = 1000 }, []string{"long: it is too large", "config.json = secret"}},
		{"large member of a tar.gz", gzipOf(t, tarOf(t, long, a)), func(l *archive.Limits) { l.Member = 1000; l.Ratio = 10_000 }, []string{"long: it is too large", "config.json = secret"}},
		{"large gz", gzipOf(t, long.data), func(l *archive.Limits) { l.Member = 1000 }, []string{": it is too large"}},
		{"just as large", gzipOf(t, long.data), func(l *archive.Limits) { l.Member = int64(len(long.data)); l.Total = l.Member }, []string{" = long text, long text..."}},
		{"too much", zipOf(t, a, long, a), func(l *archive.Limits) { l.Total = 1000 }, []string{"config.json = secret", "long: there is too much in it"}},
		{"too much to skip", gzipOf(t, tarOf(t, long, a)), func(l *archive.Limits) { l.Member = 1000; l.Total = 5000 }, []string{"long: it is too large", ": there is too much in it"}},
		{"bomb", gzipOf(t, make([]byte, 8<<20)), func(l *archive.Limits) { l.Member = 100 << 20; l.Total = l.Member }, []string{": there is far more in it than its size lets expect"}},
		{"many members", tarOf(t, a, b, a), func(l *archive.Limits) { l.Members = 2 }, []string{"config.json = secret", "certs/key = key", ": it has too many members"}},
		{"many members of a zip", zipOf(t, a, b, a), func(l *archive.Limits) { l.Members = 2 }, []string{": it has too many members"}},
		{"many members of a nested zip", tarOf(t, entry{"a.zip", zipOf(t, a, b)}, a), func(l *archive.Limits) { l.Members = 2 }, []string{"a.zip: it has too many members", "config.json = secret"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			limits := limits
			if tt.change != nil {
				tt.change(&limits)
			}
			if !archive.Is(tt.data[:min(len(tt.data), 512)]) && tt.name != "no archive" {
				t.Error("it is not taken for an archive")
			}
			if diff := cmp.Diff(tt.want, list(tt.data, limits)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWhole: of members that are not wanted whole only the beginning is unpacked, but
// of archives, and the memory taken is that of one member, however many there are.
func TestWhole(t *testing.T) {
	const large = 3 << 20
	text, binary := entry{"text", bytes.Repeat([]byte("text "), large/5)}, entry{"binary", make([]byte, large)}
	members := []entry{binary, {"zip", zipOf(t, binary, text)}}
	for range 20 {
		members = append(members, text)
	}
	want := []int{64 << 10, 64 << 10, large / 5 * 5}
	for range 20 {
		want = append(want, large/5*5)
	}
	limits := archive.Limits{Depth: 2, Members: 100, Member: large, Total: 1 << 30, Ratio: 1 << 20}
	limits.Whole = func(begin []byte) bool { return begin[0] != 0 }
	for name, packed := range map[string][]byte{"zip": zipOf(t, members...), "tar": tarOf(t, members...), "tar.gz": gzipOf(t, tarOf(t, members...))} {
		var got []int
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for m, err := range archive.Members(bytes.NewReader(packed), int64(len(packed)), limits) {
			if err != nil {
				t.Errorf("%s: %s: %v", name, m.Path, err)
			}
			got = append(got, len(m.Data))
		}
		runtime.ReadMemStats(&after)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 5*large {
			t.Errorf("%s: %d bytes of memory for members of %d", name, took, large)
		}
	}
}

func TestIs(t *testing.T) {
	for _, text := range []string{"", "PK", "BZh9 is how it begins", "BZh", "text", strings.Repeat("0", 512), strings.Repeat(" ", 1024), strings.Repeat("\x00", 1024)} {
		if archive.Is([]byte(text)) {
			t.Errorf("%.20q is taken for an archive", text)
		}
	}
}

// TestLeave shows that a loop can be left anywhere.
func TestLeave(t *testing.T) {
	a, broken := entry{"a", []byte("a")}, entry{"b.gz", gzipOf(t, []byte("text"))[:12]}
	inner := gzipOf(t, tarOf(t, a, broken, a))
	data := zipOf(t, a, entry{"inner", inner}, broken, a)
	all := len(list(data, limits))
	if all != 8 {
		t.Fatalf("there are %d steps", all)
	}
	for stop := range all {
		steps := 0
		for range archive.Members(bytes.NewReader(data), int64(len(data)), limits) {
			if steps++; steps > stop {
				break
			}
		}
		if steps != stop+1 {
			t.Errorf("%d steps, want %d", steps, stop+1)
		}
	}
}

var errDisk = errors.New("the disk is gone")

type failing struct {
	io.ReaderAt
	at int64
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.at {
		return 0, errDisk
	}
	return f.ReaderAt.ReadAt(p, off)
}

// TestUnreadable tells a file that cannot be read from one that is damaged.
func TestUnreadable(t *testing.T) {
	text := make([]byte, 200_000)
	for i := range text {
		text[i] = byte(i * i >> 3)
	}
	for _, data := range [][]byte{zipOf(t, entry{"a", text}), tarOf(t, entry{"a", text}), gzipOf(t, text)} {
		var last error
		for _, err := range archive.Members(failing{bytes.NewReader(data), 600}, int64(len(data)), limits) {
			last = err
		}
		if !errors.Is(last, errDisk) {
			t.Errorf("the last error is %v", last)
		}
	}
}

func FuzzMembers(f *testing.F) {
	a := entry{"a", []byte("some text, some text, some text")}
	inner := zipOf(f, a, entry{"d/", nil}, a)
	for _, data := range [][]byte{
		inner, tarOf(f, a, entry{"b.zip", inner}), gzipOf(f, tarOf(f, a)), gzipOf(f, a.data), bzip2Of(f), zipOf(f, entry{"c", gzipOf(f, inner)}),
		gzipOf(f, gzipOf(f, gzipOf(f, inner))), {}, []byte("PK\x05\x06"), []byte("\x1f\x8b\x08"),
	} {
		f.Add(data)
	}
	limits := archive.Limits{Depth: 3, Members: 50, Member: 10_000, Total: 100_000, Ratio: 1000}
	f.Fuzz(func(t *testing.T, data []byte) {
		members, total, errs := 0, 0, 0
		for m, err := range archive.Members(bytes.NewReader(data), int64(len(data)), limits) {
			if err != nil {
				errs++
				continue
			}
			members++
			total += len(m.Data)
			if int64(len(m.Data)) > limits.Member {
				t.Fatalf("a member of %d bytes", len(m.Data))
			}
		}
		if members > limits.Members+1 || int64(total) > limits.Total || errs > limits.Members+2 {
			t.Fatalf("%d members of %d bytes, %d errors", members, total, errs)
		}
	})
}
