package cache

import (
	"time"

	"github.com/envtight/envtight"
)

// maxHold is the longest time for which one run keeps others from asking. The
// limits of platforms are for an hour at most; a longer one is told by the platform
// itself to whoever asks.
const maxHold = time.Hour

func (s *Store) holdName(host string, token envtight.Secret) string {
	return s.name("hold", host, token.Reveal())
}

// Until returns the time before which nothing is to be sent to a host with a token,
// as some run was told by the platform; the zero time when there is none.
func (s *Store) Until(host string, token envtight.Secret) time.Time {
	text, ok := s.read(s.holdName(host, token))
	var until time.Time
	if !ok || until.UnmarshalText(text) != nil || until.Sub(s.options.Now()) > maxHold {
		return time.Time{}
	}
	return until
}

// Hold tells all runs that a platform wants nothing from a token until then, at most
// for an hour.
func (s *Store) Hold(host string, token envtight.Secret, until time.Time) {
	if latest := s.options.Now().Add(maxHold); until.After(latest) {
		until = latest
	}
	text, err := until.UTC().MarshalText()
	if err != nil || !until.After(s.Until(host, token)) {
		return
	}
	s.write(s.holdName(host, token), text)
}
