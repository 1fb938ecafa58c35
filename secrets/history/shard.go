package history

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/envtight/envtight/internal/gitstore"
)

// A Shard is one of several runs that divide the blobs of a history among them. The
// zero Shard looks at all.
type Shard struct {
	// Index is from 1 to Count.
	Index, Count int
}

func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Count) }

// maxShards bounds the number of shards.
const maxShards = 10_000

// runners are systems that start a job several times and number the runs in
// variables. The number of runs is in a variable, too, or has to be said.
var runners = []struct {
	index, count string
	from         int // of the first run
}{
	{"CI_NODE_INDEX", "CI_NODE_TOTAL", 1}, // https://docs.gitlab.com/ci/yaml/#parallel
	{"JOB_COMPLETION_INDEX", "", 0},       // https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode
	{"AWS_BATCH_JOB_ARRAY_INDEX", "", 0},  // https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
}

// ParseShard reads "I/N", the I-th of N runs. "auto/N" takes I from a variable that
// the system that runs the job has set, as GitLab, Kubernetes (indexed jobs) and AWS
// Batch (array jobs) do; "auto" takes N as well, where there is a variable for it.
// getenv gives the value of a variable.
func ParseShard(text string, getenv func(string) string) (Shard, error) {
	index, count, ok := strings.Cut(text, "/")
	var s Shard
	var err error
	if index == "auto" {
		for _, r := range runners {
			value := getenv(r.index)
			if value == "" {
				continue
			}
			if s.Index, err = strconv.Atoi(value); err != nil {
				return Shard{}, fmt.Errorf("shard %q: %s is no number", text, r.index)
			}
			s.Index += 1 - r.from
			if !ok && r.count != "" {
				count, ok = getenv(r.count), true
			}
			break
		}
		if s.Index == 0 {
			return Shard{}, fmt.Errorf("shard %q: no variable says which one this is: want I/N, as in 2/4", text)
		}
		if !ok {
			return Shard{}, fmt.Errorf("shard %q: no variable says how many there are: want auto/N, as in auto/4", text)
		}
	} else {
		s.Index, err = strconv.Atoi(index)
	}
	if err == nil {
		s.Count, err = strconv.Atoi(count)
	}
	if err != nil || !ok || s.Count < 1 || s.Count > maxShards || s.Index < 1 || s.Index > s.Count {
		return Shard{}, fmt.Errorf("shard %q: want I/N, the I-th of N, counted from 1, as in 2/4", text)
	}
	return s, nil
}

// A division says which shard looks at a blob. Shards may read the history from
// clones that are packed differently, so that it depends on nothing but what the
// trees say: blobs of the same file name are together, since those are what deltas
// are made of.
type division struct {
	graph *graph
	count int
	names []uint32 // of each blob the first of its names, plus 1; 0 when there is none
	// whole stands for all blobs that are divided.
	whole string
}

// newDivision is to be made before a catalogue is.
func newDivision(ctx context.Context, g *graph, count int) (*division, error) {
	d := &division{graph: g, count: count, names: make([]uint32, g.blobs.count())}
	places, table, err := g.places(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range places {
		d.name(p.blob, table.keys[p.path].name)
	}
	var all []gitstore.ID
	for n := range uint32(g.blobs.count()) {
		if g.leadsTo(n) {
			all = append(all, g.blobs.id(n))
		}
	}
	sum := sha256.Sum256(newIDSet(g.blobs.size, all).ids)
	d.whole = hex.EncodeToString(sum[:])
	return d, nil
}

func (d *division) name(blob, name uint32) {
	d.names = extend(d.names, blob)
	if old := d.names[blob]; old == 0 || d.graph.names.names[name] < d.graph.names.names[old-1] {
		d.names[blob] = name + 1
	}
}

// shard returns the index of the shard of a blob, from 1.
func (d *division) shard(id gitstore.ID) int {
	text := id.String()
	if n, ok := d.graph.blobs.find(id.Bytes()); ok && int(n) < len(d.names) && d.names[n] > 0 {
		text = d.graph.names.names[d.names[n]-1]
	}
	sum := sha256.Sum256([]byte(text))
	return int(binary.BigEndian.Uint64(sum[:])%uint64(d.count)) + 1
}
