//go:build unix

package gitstore

import (
	"context"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// BenchmarkWalk makes every object of a repository, and compares the processor
// time with what git needs to write them to nowhere: "of-git" is the ratio, in
// one run. GITSTORE_BENCH names a repository; without it, one of 2,000 edited
// revisions is made.
func BenchmarkWalk(b *testing.B) {
	dir := os.Getenv("GITSTORE_BENCH")
	if dir == "" {
		dir = initRepo(b)
		fill(b, dir, 2000, false)
		git(b, dir, nil, "repack", "-adfq")
	}
	for _, bench := range []struct {
		name  string
		types Types
	}{{"all", 0}, {"blobs", TypesOf(TypeBlob)}} {
		b.Run(bench.name, func(b *testing.B) {
			var own, theirs time.Duration
			for b.Loop() {
				before := processorTime(syscall.RUSAGE_SELF)
				dirs, err := Find(dir)
				if err != nil {
					b.Fatal(err)
				}
				s, err := Open(dirs, Options{})
				if err != nil {
					b.Fatal(err)
				}
				err = Walk(context.Background(), s, WalkOptions{Types: bench.types, Problem: noProblem(b)}, func(int) Visitor[struct{}] {
					return func(*Visit, *struct{}) (struct{}, error) { return struct{}{}, nil }
				})
				if err != nil {
					b.Fatal(err)
				}
				s.Close()
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
		})
	}
}

func processorTime(who int) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
