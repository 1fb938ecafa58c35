//go:build unix

package secrets_test

import (
	"context"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/envtight/envtight/internal/gitstore"
	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/gitleaks"
)

// BenchmarkSieve sieves all blobs of the repository that SIEVE_BENCH names, with the
// default rules, and compares the processor time with what git needs to write all
// objects to nowhere: "of-git" is the ratio. "kept" is how many blobs were not
// sieved out.
func BenchmarkSieve(b *testing.B) {
	dir := os.Getenv("SIEVE_BENCH")
	if dir == "" {
		b.Skip("SIEVE_BENCH names no repository")
	}
	var own, theirs time.Duration
	var blobs, kept atomic.Int64
	for b.Loop() {
		before := processorTime(syscall.RUSAGE_SELF)
		set, err := gitleaks.Default()
		if err != nil {
			b.Fatal(err)
		}
		d, err := secrets.NewDetector(set)
		if err != nil {
			b.Fatal(err)
		}
		blobs.Store(0)
		kept.Store(0)
		walkBlobs(b, dir, func() func(v *gitstore.Visit, base *secrets.Traces) secrets.Traces {
			sieve := d.NewSieve()
			var ops []secrets.Op
			return func(v *gitstore.Visit, base *secrets.Traces) secrets.Traces {
				var out secrets.Traces
				if base == nil {
					out = sieve.Text(v.Data)
				} else {
					ops = appendOps(ops[:0], v.Ops)
					out = sieve.Edited(v.Data, *base, ops)
				}
				blobs.Add(1)
				if !out.None() {
					kept.Add(1)
				}
				return out
			}
		})
		own += processorTime(syscall.RUSAGE_SELF) - before
		b.StopTimer()
		before = processorTime(syscall.RUSAGE_CHILDREN)
		cmd := exec.Command("git", "cat-file", "--batch-all-objects", "--unordered", "--batch", "--buffer")
		cmd.Dir = dir
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
		theirs += processorTime(syscall.RUSAGE_CHILDREN) - before
		b.StartTimer()
	}
	b.ReportMetric(own.Seconds()/float64(b.N), "cpu-s/op")
	b.ReportMetric(own.Seconds()/theirs.Seconds(), "of-git")
	b.ReportMetric(float64(blobs.Load()), "blobs")
	b.ReportMetric(float64(kept.Load()), "kept")
}

func appendOps(out []secrets.Op, ops []gitstore.Op) []secrets.Op {
	for _, op := range ops {
		out = append(out, secrets.Op(op))
	}
	return out
}

// walkBlobs calls a visitor for each blob. Blobs that are missing are passed over.
func walkBlobs(t testing.TB, dir string, newVisitor func() func(*gitstore.Visit, *secrets.Traces) secrets.Traces) {
	t.Helper()
	dirs, err := gitstore.Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := gitstore.Open(dirs, gitstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	o := gitstore.WalkOptions{Types: gitstore.TypesOf(gitstore.TypeBlob), Problem: func(*gitstore.Error) {}}
	err = gitstore.Walk(context.Background(), s, o, func(int) gitstore.Visitor[secrets.Traces] {
		visit := newVisitor()
		return func(v *gitstore.Visit, base *secrets.Traces) (secrets.Traces, error) { return visit(v, base), nil }
	})
	if err != nil {
		t.Fatal(err)
	}
}

func processorTime(who int) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
