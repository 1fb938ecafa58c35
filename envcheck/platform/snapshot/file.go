package snapshot

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// File is a snapshot: what was asked when, and the answers.
type File struct {
	// Tool is the version of the program that took it.
	Tool string
	// Taken is when the first platform was asked, to the second.
	Taken time.Time
	// Repository is "owner/name", or empty.
	Repository string
	// KeyID names the key under which the names of variables are hidden; empty:
	// they are not. See [File.Hide].
	KeyID string
	// Tokens are the tokens that platforms were asked with.
	Tokens []Token
	Cells  []Cell
}

// Token says which token was used, without a part of it.
type Token struct {
	Platform string
	// From is the variable that it came from.
	From string
	// Kind and Sees are the platform's words: see [envcheck.Reach].
	Kind, Sees string
}

func compareTokens(a, b Token) int {
	return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.From, b.From))
}

const (
	magic       = "envtight snapshot "
	namesPlain  = "plain"
	namesHidden = "hmac-sha256-128"
)

// Encode writes the file. The same facts give the same bytes, whatever their order.
func (f *File) Encode() []byte {
	dst := strconv.AppendInt([]byte(magic), Version, 10)
	line := func(words ...string) {
		dst = append(dst, '\n')
		for i, word := range words {
			if i > 0 {
				dst = append(dst, ' ')
			}
			dst = appendWord(dst, clip(word))
		}
	}
	line("tool", f.Tool)
	line("taken", f.Taken.UTC().Format(time.RFC3339))
	if f.Repository != "" {
		line("repository", f.Repository)
	}
	keep := isName
	if f.KeyID == "" {
		line("names", namesPlain)
	} else {
		line("names", namesHidden)
		dst = appendField(dst, "key", f.KeyID)
		keep = isHidden
	}
	tokens := slices.SortedStableFunc(slices.Values(f.Tokens), compareTokens)
	for _, t := range slices.CompactFunc(tokens, func(a, b Token) bool { return compareTokens(a, b) == 0 }) {
		line("token", t.Platform, t.From, t.Kind, t.Sees)
	}
	return appendCells(append(dst, '\n'), f.Cells, keep)
}

// Decode reads what [File.Encode] wrote, and nothing else. path is only for its
// errors, which are of type [*Error].
func Decode(path string, text []byte) (*File, error) {
	r := &reader{scanner: scanner{text: string(text)}, isName: isName}
	r.checkSize()
	f := &File{}
	r.header(f)
	f.Cells = r.cells()
	if r.err == nil {
		r.compare(f.Encode())
	}
	if r.err != nil {
		r.err.Path = path
		return nil, r.err
	}
	return f, nil
}

// header reads the lines before the lists and cells.
func (r *reader) header(f *File) {
	r.version()
	for r.advance() {
		switch r.plain() {
		case "tool":
			f.Tool = r.plain()
		case "taken":
			f.Taken = r.time(r.plain())
		case "repository":
			f.Repository = r.plain()
		case "names":
			r.names(f)
		case "token":
			f.Tokens = append(f.Tokens, Token{Platform: r.plain(), From: r.plain(), Kind: r.plain(), Sees: r.plain()})
		default:
			r.back()
			return
		}
		r.end()
	}
}

// version reads the first line.
func (r *reader) version() {
	if !r.advance() {
		r.fail(0, "the file is empty", adviceNew)
		return
	}
	rest, ok := strings.CutPrefix(r.line, magic)
	version, err := strconv.Atoi(rest)
	switch {
	case !ok || err != nil || version < 1:
		r.fail(0, "this is no snapshot of envtight", adviceNew)
	case version > Version:
		r.fail(len(magic), "the snapshot was written by a newer envtight", adviceUpgrade)
	}
}

// names reads how names are written.
func (r *reader) names(f *File) {
	switch r.plain() {
	case namesPlain:
	case namesHidden:
		r.isName = isHidden
		if r.key() != "key" {
			r.unknownField()
		}
		f.KeyID = r.value()
	default:
		r.refuse("names are written in a way that this envtight does not know")
	}
}
