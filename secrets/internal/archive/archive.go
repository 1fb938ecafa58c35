// Package archive yields what is in an archive: zip, tar, and files compressed by
// gzip or bzip2, archives in archives as well. Nothing is written anywhere, and
// whatever the bytes are, it ends within its [Limits]: what was not looked at for
// them, or because it is damaged, is yielded as an error.
package archive

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"path"
)

// Limits bound the work. There are no defaults: a limit of 0 lets nothing pass.
type Limits struct {
	// Depth is how deep archives may be nested: 1 is the archive itself.
	Depth int
	// Members is how many members are looked at, those of nested archives
	// included. Directories count.
	Members int
	// Member is the size in bytes, unpacked, above which a member is not looked
	// at; also of a nested archive.
	Member int64
	// Total is how many bytes are unpacked in all.
	Total int64
	// Ratio is how many times larger than the archive what is in it may be. The
	// first MiB is free.
	Ratio int64
	// Whole tells by the first bytes of a member, 64 KiB or all, whether it is to be
	// unpacked to its end; nil: all are. Of others, only these bytes are yielded.
	// It is not asked about archives.
	Whole func(begin []byte) bool
}

// Member is a file in an archive.
type Member struct {
	// Path is its path in the archive. In a nested archive it follows the path of
	// that, with "!" between. It is empty for what a compressed file holds, when
	// that is no archive. It is as the archive has it but for "." and "//", and
	// may lead anywhere.
	Path string
	// Data holds until the next member.
	Data []byte
}

// Reasons why something was not looked at.
var (
	ErrDamaged     = errors.New("it is damaged")
	ErrEncrypted   = errors.New("it is encrypted")
	ErrUnsupported = errors.New("its format is not supported")
	ErrDepth       = errors.New("it is nested too deep")
	ErrMembers     = errors.New("it has too many members")
	ErrMember      = errors.New("it is too large")
	ErrTotal       = errors.New("there is too much in it")
	ErrRatio       = errors.New("there is far more in it than its size lets expect")
)

// Is tells whether a file is an archive by the bytes that it begins with, 512 or
// all. Formats that are known and not supported are archives, too.
func Is(head []byte) bool { return formatOf(head) != plain }

// Members yields the files of an archive in their order. An error says why the
// member with that path, or what follows in it when it is an archive, was not
// looked at: one of the reasons above, or what r returned. An empty path means the
// archive itself. Of a damaged member the bytes before the damage are yielded first.
func Members(r io.ReaderAt, size int64, limits Limits) iter.Seq2[Member, error] {
	return func(yield func(Member, error) bool) {
		source := &watched{ReaderAt: r}
		total, over := limits.Total, ErrTotal
		if ratio := limits.Ratio*size + free; ratio < total {
			total, over = ratio, ErrRatio
		}
		w := &walk{limits: limits, source: source, unpacked: total, read: total, over: over, yield: yield}
		if limits.Depth < 1 {
			yield(Member{}, ErrDepth)
			return
		}
		w.archive("", source, size, 1)
	}
}

// free is what may come out of any archive, in bytes.
const free = 1 << 20

// walk is one look at an archive and all that is in it.
type walk struct {
	limits Limits
	source *watched
	// unpacked and read are how many bytes may still come out of decompressors
	// and of members. They differ in tar archives, whose headers are in the first
	// and the holes of sparse files in the second.
	unpacked, read int64
	over           error // what it means that none are left
	members        int
	buffers        []*bytes.Buffer // by depth: an archive is at hand as long as its members
	yield          func(Member, error) bool
}

// The methods of walk return false when it is over: the caller has left the loop,
// or a limit for all is reached.

// archive looks at an archive, which is a regular file of a known format.
func (w *walk) archive(name string, r io.ReaderAt, size int64, depth int) bool {
	head := make([]byte, min(size, headLen))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return w.fail(name, err)
	}
	stream := io.NewSectionReader(r, 0, size)
	switch f := formatOf(head); f {
	case isZip:
		return w.zip(name, r, size, depth)
	case isTar:
		return w.tar(name, stream, depth)
	case isGzip, isBzip2:
		return w.compressed(name, f, stream, depth)
	case plain:
		return w.fail(name, ErrDamaged)
	default:
		return w.fail(name, ErrUnsupported)
	}
}

// fail says why something was not looked at.
func (w *walk) fail(name string, err error) bool {
	switch {
	case w.source.err != nil:
		w.yield(Member{Path: name}, w.source.err)
		return false
	case errors.Is(err, errSpent):
		w.yield(Member{Path: name}, w.over)
		return false
	case !isReason(err):
		err = ErrDamaged
	}
	return w.yield(Member{Path: name}, err)
}

func isReason(err error) bool {
	for _, reason := range []error{ErrEncrypted, ErrUnsupported, ErrDepth, ErrMembers, ErrMember} {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
}

// file reads a member and yields it, or what is in it. Of a damaged one it yields
// what comes before the damage. size is what the archive says, and may be wrong.
func (w *walk) file(name string, r io.Reader, size int64, depth int) bool {
	if size > w.limits.Member {
		return w.fail(name, ErrMember)
	}
	data := w.buffer(depth)
	source := &meter{r, &w.read}
	n, err := data.ReadFrom(io.LimitReader(source, min(begin, w.limits.Member+1)))
	if err == nil && n == begin && (w.limits.Whole == nil || Is(data.Bytes()) || w.limits.Whole(data.Bytes())) {
		// Memory that is not written to costs nothing, so that what the archive says may
		// be wrong.
		data.Grow(int(max(0, min(size, w.limits.Member, w.read)-n)) + bytes.MinRead)
		var more int64
		more, err = data.ReadFrom(io.LimitReader(source, w.limits.Member+1-n))
		n += more
	}
	switch {
	case n > w.limits.Member:
		return w.fail(name, ErrMember)
	case errors.Is(err, errSpent):
		return w.fail(name, err)
	case !Is(data.Bytes()):
		part := err == nil || n > 0
		return (!part || w.yield(Member{Path: name, Data: data.Bytes()}, nil)) && (err == nil || w.fail(name, err))
	case err != nil:
		return w.fail(name, err)
	case depth >= w.limits.Depth:
		return w.fail(name, ErrDepth)
	}
	return w.archive(name, bytes.NewReader(data.Bytes()), n, depth+1)
}

// begin is how much of a member is unpacked before it is known what it is.
const begin = 64 << 10

// buffer returns the buffer of a depth, empty. One for each keeps an archive of large
// members from taking more memory than the largest.
func (w *walk) buffer(depth int) *bytes.Buffer {
	for len(w.buffers) < depth {
		w.buffers = append(w.buffers, &bytes.Buffer{})
	}
	out := w.buffers[depth-1]
	out.Reset()
	return out
}

// next counts a member of an archive.
func (w *walk) next(archive string) bool {
	if w.members == w.limits.Members {
		w.fail(archive, ErrMembers)
		return false
	}
	w.members++
	return true
}

// join is the path of a member.
func join(archive, member string) string {
	member = path.Clean(member)
	if archive == "" {
		return member
	}
	return archive + "!" + member
}

// meter lets a number of bytes pass.
type meter struct {
	io.Reader
	left *int64
}

var errSpent = errors.New("all bytes are spent")

func (m *meter) Read(p []byte) (int, error) {
	if *m.left <= 0 {
		// All is well at the end.
		n, err := m.Reader.Read(make([]byte, 1))
		if n > 0 {
			err = errSpent
		}
		return 0, err //nolint:wrapcheck // a reader hands on what it gets
	}
	n, err := m.Reader.Read(p[:min(int64(len(p)), *m.left)])
	*m.left -= int64(n)
	return n, err //nolint:wrapcheck // a reader hands on what it gets
}

// watched keeps the error of a file that cannot be read, which decompressors would
// hide.
type watched struct {
	io.ReaderAt
	err error
}

func (w *watched) ReadAt(p []byte, off int64) (int, error) {
	n, err := w.ReaderAt.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err //nolint:wrapcheck // a reader hands on what it gets
}
