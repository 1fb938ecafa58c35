// Package yamldoc reads YAML without losing where things stand: the parser tells
// the line and column at which a node begins, and this package which bytes of the
// text make up each part of its value.
package yamldoc
