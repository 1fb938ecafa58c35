package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/envtight/envtight/internal/gitstore"
)

// PartialVersion is the version of the file form of a [Partial].
const PartialVersion = 1

// Partial is what one shard found out: which of its blobs may hold something. It
// holds no text and nothing that is made from one. Everything else, what the
// secrets are, who brought them and who excepts them, is worked out where the
// partials are merged, from the repository.
type Partial struct {
	Version int `json:"version"`
	// Kind is "envtight-shard".
	Kind string `json:"kind"`
	// Shard is from 1 to Of.
	Shard int `json:"shard"`
	Of    int `json:"of"`
	// Key stands for program, rules and limits, and History for all blobs that
	// the shards divide among them, in hexadecimal.
	Key     string `json:"key"`
	History string `json:"history"`
	// Something are the blobs that may hold secrets, Binary those that are no
	// text, in hexadecimal and in order.
	Something []string `json:"something"`
	Binary    []string `json:"binary"`
	// Unread are the blobs that could not be looked at.
	Unread []Unread `json:"unread"`
}

// Unread says why blobs could not be looked at.
type Unread struct {
	// Reason is one of the kinds of package gitstore.
	Reason string `json:"reason"`
	// File is relative to the repository's common directory; empty when no file
	// is at fault.
	File string `json:"file,omitempty"`
	// Objects are in hexadecimal and in order; empty when a whole file is meant.
	Objects []string `json:"objects"`
}

const (
	partialKind = "envtight-shard"
	// maxPartial bounds the size in bytes of a file with a partial.
	maxPartial = 256 << 20
)

// Write writes the partial as JSON.
func (p *Partial) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "\t")
	return e.Encode(p)
}

// ReadPartial reads what Write wrote. Errors do not quote it.
func ReadPartial(r io.Reader) (*Partial, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxPartial+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxPartial:
		return nil, fmt.Errorf("it is larger than %d MiB", maxPartial>>20)
	}
	var head struct {
		Version int    `json:"version"`
		Kind    string `json:"kind"`
	}
	if json.Unmarshal(data, &head) != nil || head.Kind != partialKind {
		return nil, errors.New("it is not what a shard writes")
	}
	if head.Version != PartialVersion {
		return nil, fmt.Errorf("it has version %d of the form, and this program knows version %d", head.Version, PartialVersion)
	}
	p := &Partial{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(p) != nil || !p.valid() {
		return nil, errors.New("it is damaged")
	}
	return p, nil
}

func (p *Partial) valid() bool {
	if p.Of < 1 || p.Of > maxShards || p.Shard < 1 || p.Shard > p.Of {
		return false
	}
	lists := [][]string{p.Something, p.Binary}
	for _, u := range p.Unread {
		lists = append(lists, u.Objects)
	}
	for _, list := range lists {
		if _, ok := parseIDs(list); !ok {
			return false
		}
	}
	return true
}

func parseIDs(list []string) (ids []gitstore.ID, ok bool) {
	for _, text := range list {
		id, ok := gitstore.ParseID(text)
		if !ok {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}

func formatIDs(ids []gitstore.ID) []string {
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		out = append(out, id.String())
	}
	return out
}
