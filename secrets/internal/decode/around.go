package decode

import (
	"bytes"

	"github.com/envtight/envtight"
)

// Lines returns the lines of text that span overlaps, or that it begins in or ends
// beside; the last with its line break. Whether [May] and what [Around] says of
// them depends on these bytes, unless segments join lines: an edit that does not
// touch them changes nothing.
func Lines(text []byte, span envtight.Span) envtight.Span {
	out := envtight.Span{Start: bytes.LastIndexByte(text[:span.Start], '\n') + 1, End: len(text)}
	if i := bytes.IndexByte(text[span.End:], '\n'); i >= 0 {
		out.End = span.End + i + 1
	}
	return out
}

// May tells whether a pass over text decodes something on whole lines. It is as
// exact as the pass, when nothing joins lines.
func May(lines []byte) (may bool) {
	each(lines, func(match) bool {
		may = true
		return false
	})
	return may
}

// View is a part of a text as it reads after a pass.
type View struct {
	Text     []byte
	Segments *Segments
	// Core is where the lines stand that the view was asked for.
	Core envtight.Span
}

// Around shows how whole lines read after each pass, of depth at most, with at
// least reach bytes on either side as they read after that pass, or as many as there
// are. It returns the part of text that it looked at; and false when segments join
// lines there: then only a pass over the whole text can tell.
//
// Lines decode independently of one another otherwise, so that the views are what
// the passes over the whole text would give.
func Around(text []byte, lines envtight.Span, reach, depth int) (views []View, region envtight.Span, ok bool) {
	for margin := reach; ; margin *= 2 {
		region = Lines(text, envtight.Span{Start: max(0, lines.Start-margin), End: min(len(text), lines.End+margin)})
		views, ok = look(text, region, lines, depth)
		if !ok {
			return nil, region, false
		}
		if region.Start == 0 && region.End == len(text) || wide(views, text, region, reach) {
			return views, region, true
		}
	}
}

// look does the passes over a region.
func look(text []byte, region, core envtight.Span, depth int) (views []View, ok bool) {
	core = envtight.Span{Start: core.Start - region.Start, End: core.End - region.Start}
	var segments *Segments
	text = region.Of(text)
	for range depth {
		text, segments = Decode(text, segments)
		if segments == nil {
			break
		}
		if segments.Joined() {
			return nil, false
		}
		core = envtight.Span{Start: segments.after(core.Start), End: segments.after(core.End)}
		views = append(views, View{text, segments, core})
	}
	return views, true
}

// wide tells whether all views show enough on either side, or all there is.
func wide(views []View, text []byte, region envtight.Span, reach int) bool {
	for _, v := range views {
		if region.Start > 0 && v.Core.Start < reach || region.End < len(text) && len(v.Text)-v.Core.End < reach {
			return false
		}
	}
	return true
}
