package source

import (
	"errors"
	"fmt"
	"io"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/internal/archive"
)

// Bounds of what is unpacked of one archive.
const (
	maxMembers  = 100_000
	maxUnpacked = 1 << 30
	maxRatio    = 200
)

// archive looks at what is in an archive. Its members have the path of the archive,
// a "!" and their own for rules.
func (r *reader) archive(e *entry, f io.ReaderAt, size int64, out *read) {
	limits := archive.Limits{
		Depth: r.options.ArchiveDepth, Members: maxMembers, Member: r.options.MaxFile, Total: maxUnpacked, Ratio: maxRatio,
		Whole: func(begin []byte) bool { return !secrets.IsBinary(begin) },
	}
	looked := false
	for member, err := range archive.Members(f, size, limits) {
		name := e.name
		if member.Path != "" {
			name += "!" + member.Path
		}
		switch {
		case errors.Is(err, archive.ErrDepth):
			out.silences.add(envtight.NotAsked, "archives that are nested too deep were not looked at", "", name)
		case err != nil:
			out.silences.add(envtight.Failed, fmt.Sprintf("could not be unpacked as a whole (%v)", bare(err)), "look at it by other means, or let git ignore it", name)
		case secrets.IsBinary(member.Data):
			out.silences.add(envtight.NotAsked, binaryFiles, "", name)
		default:
			looked = true
			r.member(e, member, secrets.File{Path: name}, out)
		}
	}
	if looked {
		out.looked = append(out.looked, e.name)
	}
}

// member looks at one file of an archive.
func (r *reader) member(e *entry, member archive.Member, file secrets.File, out *read) {
	if r.detector.Allows(file) {
		out.silences.add(envtight.NotAsked, passedOver, "", file.Path)
		return
	}
	matches := r.detector.DetectPath(file)
	if !r.sieve.Text(member.Data).None() {
		matches = append(matches, r.detector.Inspect(member.Data).Matches(file)...)
	}
	at := envtight.Location{Kind: envtight.AtMember, Path: e.name, Member: member.Path}
	found := r.detector.Findings(at, member.Data, matches, r.scan)
	r.except(found, member.Data)
	out.findings = append(out.findings, found...)
}
