package match

import "regexp/syntax"

// A required run is bytes in a row, of which every match of an expression has at
// least some number. It finds what has no literal: digests, random strings.
type requiredRun struct {
	class byteSet
	// least is how many there are at least.
	least int
	// before and after bound what a match has on either side of the run that
	// it is in, in bytes.
	before, after int
}

// leastRun is how long a run must be to be worth looking for.
const leastRun = 12

// runOf returns the longest run that every match has; nil when there is none that
// is worth it.
func runOf(re *syntax.Regexp) *requiredRun {
	switch re.Op {
	case syntax.OpCapture:
		return runOf(re.Sub[0])
	case syntax.OpRepeat:
		return runOfRepeat(re)
	case syntax.OpConcat:
		return runOfConcat(re.Sub)
	case syntax.OpAlternate:
		return runOfAlternate(re.Sub)
	}
	return nil
}

func runOfRepeat(re *syntax.Regexp) *requiredRun {
	sub := re.Sub[0]
	if re.Min < leastRun || sub.Op != syntax.OpCharClass && sub.Op != syntax.OpLiteral || len(sub.Rune) == 0 {
		return nil
	}
	each := extentOf(sub)
	return &requiredRun{class: each.made, least: re.Min}
}

func runOfConcat(seq []*syntax.Regexp) (out *requiredRun) {
	for i, re := range seq {
		run := runOf(re)
		if run == nil || out != nil && out.least >= run.least {
			continue
		}
		run.before = min(run.before+extentOfAll(seq[:i]).max, unbounded)
		run.after = min(run.after+extentOfAll(seq[i+1:]).max, unbounded)
		out = run
	}
	return out
}

// runOfAlternate takes the classes of all branches together.
func runOfAlternate(branches []*syntax.Regexp) (out *requiredRun) {
	for _, re := range branches {
		run := runOf(re)
		switch {
		case run == nil:
			return nil
		case out == nil:
			out = run
		default:
			out.class.add(&run.class)
			out.least = min(out.least, run.least)
			out.before, out.after = max(out.before, run.before), max(out.after, run.after)
		}
	}
	return out
}

// each yields the runs of a text that begin behind done: those that are long enough,
// whole, and near span, that is all that overlap it, end where it begins, or begin where
// it ends. It returns the end of the last one.
func (r *requiredRun) each(text []byte, span Span, done int, yield func(Span) bool) int {
	// No run is missed when every so many bytes one is looked at.
	i := max(span.Start-r.least, done) + r.least - 1
	for end := min(span.End+r.least, len(text)); i < end; i += r.least {
		if !r.class[text[i]] {
			continue
		}
		run := Span{i, i + 1}
		for run.Start > done && r.class[text[run.Start-1]] {
			run.Start--
		}
		for run.End < len(text) && r.class[text[run.End]] {
			run.End++
		}
		done, i = run.End, run.End
		if run.End-run.Start >= r.least && !yield(run) {
			break
		}
	}
	return done
}
