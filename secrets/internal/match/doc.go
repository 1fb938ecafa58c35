// Package match finds the places of a text where one of many regular expressions
// may match, at the speed of memory where nothing is.
//
// From the syntax tree of each expression it takes anchors: literals one of which
// every match has at a known place. A filter finds the literals of all expressions
// in one pass; an automaton made of what follows the literal dismisses nearly all
// places after a few bytes, and tells which bytes that depended on. Nothing is
// ever dismissed wrongly, whatever the bytes of the text are. What is left is for
// package regexp to confirm: see [Scanner.Windows] and [FindAll].
//
// Texts that were edited are looked at only where they changed: see [Scanner.Scan].
package match
