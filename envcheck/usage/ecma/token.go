package ecma

// kind tells what a token is.
type kind uint8

const (
	wordToken     kind = iota // an identifier or keyword
	punctToken                // a bracket or operator
	stringToken               // a string, or a template without substitutions
	numberToken               // a number
	regexpToken               // a regular expression
	templateToken             // the first or last quote of a template with substitutions
	markupToken               // an edge of JSX: of a tag, or of braces in it
)

// op is a bracket or operator: its byte, or one of the names below.
type op uint8

const (
	opArrow   op = 0x80 + iota // =>
	opChain                    // ?.
	opNullish                  // ??
	opOr                       // ||
	opAnd                      // &&
	opSpread                   // ...
	opEqual                    // == ===
	opUnequal                  // != !==
	opFill                     // ??= ||=
	opUpdate                   // += -= &&= and so on: reads, then writes
	opStep                     // ++ --
	opCompare                  // <= >=
)

// none stands for "no token" wherever a token's index is meant.
const none = -1

// token is a piece of a text. Comments and white space are no tokens.
type token struct {
	kind kind
	op   op   // of punctuation, and of brackets of templates and markup
	word word // of words that the shapes know
	line bool // a line begins between the token before and this one
	// start and end are the bytes that it covers.
	start, end int32
	// match is the other bracket of a pair, or none; parent is the innermost
	// bracket that is open, or none.
	match, parent int32
}

// tokens is a text cut into tokens. All indexes that its methods take may lie
// outside: there is nothing then.
type tokens struct {
	text []byte
	list []token
	// typed tells that the language has types: "<T>x" is a cast, not JSX.
	typed bool
}

func (t *tokens) at(i int) *token {
	if i < 0 || i >= len(t.list) {
		return &nothing
	}
	return &t.list[i]
}

var nothing = token{kind: markupToken, match: none, parent: none}

// op returns the punctuation at i, 0 when there is none.
func (t *tokens) op(i int) op {
	if tok := t.at(i); tok.kind == punctToken {
		return tok.op
	}
	return 0
}

// word returns the known word at i, 0 when there is none.
func (t *tokens) word(i int) word { return t.at(i).word }

func (t *tokens) isWord(i int) bool {
	tok := t.at(i)
	return tok.kind == wordToken
}

// name returns the text of a token.
func (t *tokens) name(i int) string {
	tok := t.at(i)
	return string(t.text[tok.start:tok.end])
}

// literal returns what a string without escapes says.
func (t *tokens) literal(i int) (string, bool) {
	tok := t.at(i)
	if tok.kind != stringToken {
		return "", false
	}
	body := t.text[tok.start+1 : tok.end-1]
	for _, b := range body {
		if b == '\\' {
			return "", false
		}
	}
	return string(body), true
}

// closing returns the bracket that closes the one at i, or none.
func (t *tokens) closing(i int) int {
	if m := int(t.at(i).match); m > i {
		return m
	}
	return none
}

// opening returns the bracket that the one at i closes, or none.
func (t *tokens) opening(i int) int {
	if m := int(t.at(i).match); m >= 0 && m < i {
		return m
	}
	return none
}

// after returns the index behind a token, or behind the brackets that it opens.
func (t *tokens) after(i int) int {
	if m := t.closing(i); m >= 0 {
		return m + 1
	}
	return i + 1
}

// accessed reports whether the word at i is a property: it follows a dot.
func (t *tokens) accessed(i int) bool {
	o := t.op(i - 1)
	return o == '.' || o == opChain
}

// next returns the index behind the next comma of the brackets that end at limit,
// or limit.
func (t *tokens) next(i, limit int) int {
	for i < limit {
		if t.op(i) == ',' {
			return i + 1
		}
		i = t.after(i)
	}
	return limit
}
