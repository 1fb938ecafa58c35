package history

import "sync"

// often is how many objects are looked at between two messages of progress.
const often = 512

// A progress counts what was done. Its methods may be called at the same time.
type progress struct {
	tell func(done, total int64)

	mu          sync.Mutex
	done, total int64
}

func (p *progress) start(objects int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total = int64(objects)
	p.tell(0, p.total)
}

func (p *progress) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done++; p.done%often == 0 || p.done == p.total {
		p.tell(p.done, p.total)
	}
}
