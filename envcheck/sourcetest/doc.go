// Package sourcetest is the conformance suite of [envcheck.Source]: what every
// adapter of a hosting platform promises, put to the test against a fake of that
// platform and against all the ways in which an API can fail.
//
//	func TestConformance(t *testing.T) {
//		sourcetest.Run(t, sourcetest.Suite{
//			New: func(t testing.TB, c sourcetest.Conn) envcheck.Source { … },
//			API: func(t testing.TB) http.Handler { … },
//			Cells: []sourcetest.Cell{…},
//			Values: []string{…},
//		})
//	}
//
// The suite holds no expectations about how an adapter asks: it looks at answers,
// at time, and at the number of requests.
package sourcetest

import (
	"context"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// Suite describes an adapter and a state of its platform. New, API, Cells and
// Values are required.
type Suite struct {
	// New returns a source that talks to the API at c.BaseURL in the ways c
	// asks for.
	New func(t testing.TB, c Conn) envcheck.Source
	// API returns a handler that stands for the platform in the described
	// state. It is called once or more in each test and must always describe
	// the same state. The handler is served over plain HTTP on loopback.
	API func(t testing.TB) http.Handler
	// Cells are the targets to ask for, and what the state holds for them. At
	// least two, in different environments; the first must hold at least one
	// variable whose value the platform gives, unless it gives none.
	Cells []Cell
	// Values are all values, of variables and of tokens, that the state holds.
	// No printed form of anything may show one. Each is at least 12 bytes long
	// and looks like nothing else.
	Values []string
	// WrongToken is a token that the platform does not know; for sources that
	// need one.
	WrongToken envcheck.Token
	// Query is something to discover, if the source is a Discoverer; at least
	// one candidate must be found for it, and for a Surveyor one deployed.
	Query *envcheck.Query
	// Offline leaves out what needs an API: for sources that read files.
	Offline bool
	// NamesOnly tells that the platform gives no values, even when asked.
	NamesOnly bool
	// OtherDialer leaves out the test of Conn.DialContext: for sources whose
	// connections another program opens. They must need a connection, so that
	// nobody asks them in an offline run.
	OtherDialer bool
}

// Conn says how a source reaches its API.
type Conn struct {
	BaseURL string
	// DialContext opens connections; nil means the usual way.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)
	// Sleep waits between attempts. The suite's returns at once, so that many
	// failures take little time.
	Sleep func(ctx context.Context, d time.Duration) error
	// Timeout bounds one attempt; 0 means the source's own bound.
	Timeout time.Duration
}

// Cell is a target and what the platform has for it.
type Cell struct {
	Target envcheck.Target
	// Names are all settings that the answer holds in names mode, with their
	// states.
	Names map[string]envtight.State
	// WithValues are the states when values were asked for; nil means that
	// they are the same.
	WithValues map[string]envtight.State
}

// Run puts a source through the whole suite, each promise as a subtest.
func Run(t *testing.T, s Suite) {
	t.Helper()
	s.check(t)
	promises := []struct {
		name  string
		needs bool // an API
		test  func(*testing.T, Suite)
	}{
		{"order and count", false, testOrder},
		{"no targets", false, testNoTargets},
		{"names hold no values", false, testNames},
		{"values are kept and never shown", false, testValues},
		{"same question, same answer", false, testDeterminism},
		{"safe for concurrent use", false, testConcurrent},
		{"cancelled context", false, testCancelled},
		{"hanging server", true, testHanging},
		{"needs", false, testNeeds},
		{"wrong token", true, testWrongToken},
		{"unreachable host", true, testUnreachable},
		{"offline dials nothing", true, testOffline},
		{"broken answers", true, testBroken},
		{"any request may fail", true, testEachRequestFails},
		{"probe", false, testProbe},
		{"discover", true, testDiscover},
		{"survey", true, testSurvey},
		{"a group costs the calls of one", true, testGroups},
	}
	for _, p := range promises {
		if p.needs && s.Offline {
			continue
		}
		t.Run(p.name, func(t *testing.T) { p.test(t, s) })
	}
}

// check refuses a suite that could not fail.
func (s Suite) check(t *testing.T) {
	t.Helper()
	if s.New == nil || !s.Offline && s.API == nil {
		t.Fatal("sourcetest: Suite.New and Suite.API are required")
	}
	if len(s.Cells) < 2 || s.Cells[0].Target.Environment == s.Cells[1].Target.Environment {
		t.Fatal("sourcetest: at least two cells in different environments are required")
	}
	for _, c := range s.Cells {
		if len(c.Names) == 0 {
			t.Fatalf("sourcetest: the cell %s of %s has no names", c.Target.Environment, c.Target.App)
		}
		if c.Target.Values {
			t.Fatal("sourcetest: targets must not ask for values; the suite does")
		}
	}
	if len(s.Values) == 0 {
		t.Fatal("sourcetest: Suite.Values is empty, so nothing could be seen to leak")
	}
	for i, v := range s.Values {
		if len(v) < 12 {
			t.Fatalf("sourcetest: value %d is too short to be told from other text", i)
		}
	}
}
