package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/internal/archive"
)

// DirOptions say which files are looked at. The zero value means all files below
// the root, ignored ones as well.
type DirOptions struct {
	// Root is the directory that the paths of findings are relative to; the
	// current one when it is empty. Files outside are called by their whole path.
	Root string
	// Paths are files and directories, relative to Root, or absolute; Root
	// itself when there are none. What is named here is looked at also when git
	// ignores it.
	Paths []string
	// Insist makes it a failure that a file which Paths names itself is no text, so
	// that it is not looked at.
	Insist bool
	// Environ is the environment ("NAME=value") that git is asked in which files
	// it ignores; nil: none are known to be ignored.
	Environ []string
	// NoGit looks at ignored files, too.
	NoGit bool
	// MaxFile is the size in bytes above which a text is not looked at;
	// 100 MiB when it is 0.
	MaxFile int64
	// ArchiveDepth is how deep archives are looked into: 0 not at all, 1 not into
	// archives in archives.
	ArchiveDepth int
}

const defaultMaxFile = 100 << 20

// Dir is files of a file system.
type Dir struct{ options DirOptions }

// NewDir makes a source of files. Directories stand for what is below them: in a
// git repository, the files that are tracked and those that are not ignored;
// elsewhere, all. Git's own files are never looked at, links are not followed
// (their text is where they lead), and pipes and devices are not opened.
func NewDir(o DirOptions) *Dir { return &Dir{options: o} }

// Scan implements [secrets.Source]. Progress counts bytes.
func (s *Dir) Scan(ctx context.Context, d *secrets.Detector, o secrets.Options) iter.Seq2[secrets.Finding, error] {
	return func(yield func(secrets.Finding, error) bool) {
		options := s.options
		root, err := filepath.Abs(options.Root)
		if err != nil {
			yield(secrets.Finding{}, err)
			return
		}
		options.Root = root
		if options.MaxFile <= 0 {
			options.MaxFile = defaultMaxFile
		}
		l := &lister{options: &options, silences: &silences{}, directories: map[string]bool{}}
		if err := l.list(ctx); err != nil {
			yield(secrets.Finding{}, err)
			return
		}
		r := &reading{options: &options, detector: d, scan: o, entries: l.entries, silences: l.silences}
		if !r.all(ctx, yield) {
			return
		}
		if err := ctx.Err(); err != nil {
			yield(secrets.Finding{}, err)
			return
		}
		o.Looked("files", r.looked)
		l.silences.tell(o.Incomplete)
	}
}

// reading looks at files that have been listed.
type reading struct {
	options  *DirOptions
	detector *secrets.Detector
	scan     secrets.Options
	entries  []entry
	silences *silences
	looked   int
	lock     sync.Mutex // of the exceptions
}

// read is what looking at some files gave.
type read struct {
	findings []secrets.Finding
	shown    []shown
	silences silences
	looked   []string
	bytes    int64
}

// shown is a text that a line may be shown of.
type shown struct {
	name string
	text []byte
}

// all looks at all files and yields their findings in order. It returns false when
// the loop was left.
func (r *reading) all(ctx context.Context, yield func(secrets.Finding, error) bool) bool {
	batches, total := r.batches()
	workers := r.scan.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var done int64
	stayed := true
	inOrder(ctx, workers, len(batches), func() func(int) read {
		w := &reader{reading: r, sieve: r.detector.NewSieve()}
		return func(job int) read { return w.batch(ctx, batches[job]) }
	}, func(got read) bool {
		done += got.bytes
		r.scan.Progress(done, total)
		for _, name := range got.looked {
			r.scan.File(name)
		}
		r.looked += len(got.looked)
		r.silences.join(&got.silences)
		for _, text := range got.shown {
			r.scan.Text(text.name, text.text)
		}
		for _, f := range got.findings {
			if stayed = yield(f, nil); !stayed {
				return false
			}
		}
		return true
	})
	return stayed
}

// batches cuts the list into pieces that are worth handing to a goroutine.
func (r *reading) batches() (out [][]entry, total int64) {
	const maxFiles, maxBytes = 32, 1 << 20
	start, size := 0, int64(0)
	for i, e := range r.entries {
		if i > start && (i-start == maxFiles || size+e.size > maxBytes) {
			out = append(out, r.entries[start:i])
			start, size = i, 0
		}
		size += e.size
		total += e.size
	}
	if start < len(r.entries) {
		out = append(out, r.entries[start:])
	}
	return out, total
}

// reader looks at files, one after another.
type reader struct {
	*reading
	sieve  *secrets.Sieve
	buffer []byte
}

func (r *reader) batch(ctx context.Context, files []entry) read {
	var out read
	for i := range files {
		if ctx.Err() != nil {
			break
		}
		r.file(&files[i], &out)
		out.bytes += files[i].size
	}
	return out
}

// file looks at one file.
func (r *reader) file(e *entry, out *read) {
	file := secrets.File{Path: e.name}
	if r.detector.Allows(file) {
		out.silences.add(envtight.NotAsked, passedOver, "", e.name)
		return
	}
	text, err := r.read(e, out)
	var skip *skipped
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return // gone since it was listed
	case errors.Is(err, errUnpacked):
	case errors.As(err, &skip):
		if e.named && r.options.Insist && skip.silence == envtight.NotAsked {
			skip = &skipped{silence: envtight.Failed, cause: "no text", advice: "leave it out; of an archive, see --max-archive-depth"}
		}
		out.silences.add(skip.silence, skip.cause, skip.advice, e.name)
		text = nil
	case err != nil:
		out.silences.add(envtight.Failed, fmt.Sprintf("could not be read (%v)", bare(err)), "make it readable, or let git ignore it", e.name)
		text = nil
	default:
		out.looked = append(out.looked, e.name)
	}
	matches := r.detector.DetectPath(file)
	if len(text) > 0 && !r.sieve.Text(text).None() {
		matches = append(matches, r.detector.Inspect(text).Matches(file)...)
	}
	at := envtight.Location{Kind: envtight.AtFile, Path: e.name}
	found := r.detector.Findings(at, text, matches, r.scan)
	r.except(found, text)
	out.findings = append(out.findings, found...)
	if len(text) > 0 && len(text) <= maxShown && (len(matches) > 0 || secrets.IsMarked(text)) {
		out.shown = append(out.shown, shown{name: e.name, text: bytes.Clone(text)})
	}
}

func (r *reading) except(found []secrets.Finding, text []byte) {
	r.lock.Lock()
	defer r.lock.Unlock()
	for i := range found {
		r.scan.Except(&found[i], text)
	}
}

// maxShown is the size in bytes above which no line of a text is shown.
const maxShown = 1 << 20

// skipped is the reason why a file is not looked at.
type skipped struct {
	silence       envtight.Silence
	cause, advice string
}

func (s *skipped) Error() string { return s.cause }

// errUnpacked tells that a file is an archive and was looked into.
var errUnpacked = errors.New("an archive")

// read returns the text of a file, which holds until the next one is read. It looks
// into archives itself when that is asked for.
func (r *reader) read(e *entry, out *read) ([]byte, error) {
	if e.link {
		target, err := os.Readlink(e.path)
		return []byte(filepath.ToSlash(target)), err
	}
	f, err := os.OpenFile(e.path, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	// It may have been exchanged since it was listed.
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	if r.options.ArchiveDepth > 0 {
		start := make([]byte, 512)
		n, err := f.ReadAt(start, 0)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if archive.Is(start[:n]) {
			r.archive(e, f, info.Size(), out)
			return nil, errUnpacked
		}
	}
	return r.text(f, info.Size())
}

// text reads a file that is said to have a size. Of a binary file only the
// beginning is read, and of one that is too large.
func (r *reader) text(f io.Reader, size int64) ([]byte, error) {
	limit := r.options.MaxFile
	if len(r.buffer) < begin || len(r.buffer) > maxKept && size < maxKept {
		r.buffer = make([]byte, begin)
	}
	n, err := io.ReadFull(f, r.buffer[:begin])
	atEnd := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	switch {
	case err != nil && !atEnd:
		return nil, err
	case secrets.IsBinary(r.buffer[:n]):
		return nil, binary()
	case max(size, int64(n)) > limit:
		return nil, tooLarge(limit)
	}
	for !atEnd {
		if n == len(r.buffer) { // with room to see the end; more than size when it grows
			r.buffer = append(r.buffer, make([]byte, max(size+1-int64(n), int64(n)))...)
		}
		var got int
		got, err = f.Read(r.buffer[n:])
		n += got
		atEnd = errors.Is(err, io.EOF)
		switch {
		case err != nil && !atEnd:
			return nil, err
		case int64(n) > limit:
			return nil, tooLarge(limit)
		}
	}
	return r.buffer[:n], nil
}

const (
	// begin is how much of a file is read before anything is decided about it.
	begin = 64 << 10
	// maxKept is the size in bytes above which a buffer is not kept for smaller
	// files.
	maxKept = 4 << 20
)

// passedOver is the cause why files are not looked at that the rules allow as a
// whole.
const passedOver = "files that the rules pass over by their paths were not looked at"

const binaryFiles = "binary files were not looked at"

func binary() *skipped { return &skipped{silence: envtight.NotAsked, cause: binaryFiles} }

func tooLarge(limit int64) *skipped {
	return &skipped{
		silence: envtight.Failed, cause: fmt.Sprintf("larger than %s", amount(limit)),
		advice: "raise the limit, or let git ignore it",
	}
}

// amount is a number of bytes for people.
func amount(n int64) string {
	if n >= 1<<20 && n%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}

// bare drops the path, which the report says in its own way.
func bare(err error) error {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Err
	}
	return err
}
