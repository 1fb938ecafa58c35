package gitstore

import (
	"container/list"
	"sync"
)

// A baseCache keeps objects that were read last, up to so many bytes, so that
// the next delta against one of them need not follow the chain. Its bytes must
// not be changed.
type baseCache struct {
	mu    sync.Mutex
	limit int64
	size  int64
	byKey map[cacheKey]*list.Element
	used  list.List // of *cached, the last used in front
}

type cacheKey struct {
	p   *pack
	off int64
}

type cached struct {
	key  cacheKey
	typ  Type
	data []byte
}

func newBaseCache(limit int64) *baseCache {
	return &baseCache{limit: limit, byKey: make(map[cacheKey]*list.Element)}
}

func (c *baseCache) get(p *pack, off int64) (Type, []byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[cacheKey{p, off}]
	if !ok {
		return 0, nil, false
	}
	c.used.MoveToFront(e)
	hit := e.Value.(*cached)
	return hit.typ, hit.data, true
}

// put keeps data. An object that would push most others out is not kept.
func (c *baseCache) put(p *pack, off int64, typ Type, data []byte) {
	size := int64(len(data)) + 128 // and what it costs to remember
	if size > c.limit/4 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := cacheKey{p, off}
	if _, ok := c.byKey[key]; ok {
		return
	}
	c.byKey[key] = c.used.PushFront(&cached{key, typ, data})
	c.size += size
	for c.size > c.limit {
		last := c.used.Back()
		old := c.used.Remove(last).(*cached)
		delete(c.byKey, old.key)
		c.size -= int64(len(old.data)) + 128
	}
}
