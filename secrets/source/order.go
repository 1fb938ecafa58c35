package source

import (
	"context"
	"sync"
)

// outcome is what a job gave: a result, or what it panicked with.
type outcome[R any] struct {
	result R
	cause  any
}

// inOrder does the jobs 0 to n-1 on several goroutines and takes their results in
// that order. Each goroutine has a function of its own, made by newWorker. Only so
// many results wait as keep the goroutines busy. It ends early when take returns
// false or ctx is done; all goroutines have ended when it returns. A job that
// panics panics here.
func inOrder[R any](ctx context.Context, workers, n int, newWorker func() func(job int) R, take func(R) bool) {
	ctx, cancel := context.WithCancel(ctx)
	type task struct {
		job  int
		done chan outcome[R]
	}
	tasks := make(chan task)
	waiting := make(chan chan outcome[R], 16*workers)
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	for range min(workers, n) {
		work := newWorker()
		group.Go(func() {
			for t := range tasks {
				t.done <- attempt(work, t.job)
			}
		})
	}
	group.Go(func() {
		defer close(waiting)
		defer close(tasks)
		for job := range n {
			done := make(chan outcome[R], 1)
			select {
			case waiting <- done:
			case <-ctx.Done():
				return
			}
			select {
			case tasks <- task{job, done}:
			case <-ctx.Done():
				return
			}
		}
	})
	for done := range waiting {
		select {
		case o := <-done:
			if o.cause != nil {
				panic(o.cause)
			}
			if !take(o.result) {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

func attempt[R any](work func(job int) R, job int) (o outcome[R]) {
	defer func() { o.cause = recover() }()
	o.result = work(job)
	return o
}
