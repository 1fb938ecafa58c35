package python

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
)

var oracleRepo = flag.String("oracle-repo", "", "compare with CPython's ast on the files of this `directory`")

// spot is a place at which a name, or "*", is asked for.
type spot struct {
	line, column int
	name         string
}

// oracle asks CPython what files read. Files that it refuses are not in the answer.
func oracle(t *testing.T, paths []string) map[string][]spot {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		if strings.Contains(os.Getenv("ENVTIGHT_REQUIRE"), "tools") {
			t.Fatal("there is no python3")
		}
		t.Skip("there is no python3")
	}
	cmd := exec.CommandContext(t.Context(), python, "testdata/oracle.py")
	cmd.Stdin = strings.NewReader(strings.Join(paths, "\x00"))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	answer := map[string][]spot{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		var file struct {
			Path  string
			Error bool
			Reads [][3]any
		}
		if err := json.Unmarshal(lines.Bytes(), &file); err != nil {
			t.Fatal(err)
		}
		if file.Error {
			continue
		}
		answer[file.Path] = []spot{}
		for _, r := range file.Reads {
			answer[file.Path] = append(answer[file.Path], spot{int(r[0].(float64)), int(r[1].(float64)), r[2].(string)})
		}
	}
	return answer
}

// coreSpots are the reads by os itself. What stands for a constant is "*", as the
// oracle follows none.
func coreSpots(s *script) []spot {
	lines := envtight.NewLines(s.text)
	var out []spot
	for _, r := range s.reads {
		if r.via != "" || r.kind == usage.Whole {
			continue
		}
		at, name := lines.Position(r.span.Start), r.name
		if r.kind == usage.Dynamic || s.kindOf(r.named) != literal || s.is(r.named+1, "+") {
			at, name = lines.Position(int(s.tokens[r.named].start)), "*"
		}
		if s := (spot{at.Line, at.Column, name}); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// TestOracle compares with CPython on the cases of the other tests.
func TestOracle(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for i, c := range readCases {
		p := filepath.Join(dir, strconv.Itoa(i)+".py")
		if err := os.WriteFile(p, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, p)
	}
	same, missed, wrong := compare(t, paths)
	if same < 50 || missed+wrong > 0 {
		t.Errorf("%d the same, %d missed, %d of ours alone", same, missed, wrong)
	}
}

// TestOracleRepository compares with CPython on a repository, and tells the figures.
func TestOracleRepository(t *testing.T) {
	if *oracleRepo == "" {
		t.Skip("no -oracle-repo")
	}
	var paths []string
	err := filepath.WalkDir(*oracleRepo, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && match(p) {
			paths = append(paths, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	same, missed, wrong := compare(t, paths)
	t.Logf("%d files: %d reads the same, %d missed, %d of ours alone", len(paths), same, missed, wrong)
	if missed > 0 || wrong > same/1000 {
		t.Fail()
	}
}

func compare(t *testing.T, paths []string) (same, missed, wrong int) {
	t.Helper()
	answer := oracle(t, paths)
	if len(answer) < len(paths) {
		t.Logf("CPython refuses %d files", len(paths)-len(answer))
	}
	var s script
	for _, p := range paths {
		want, ok := answer[p]
		if !ok {
			continue
		}
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		var got []spot
		if isMarked(text, skim(text, &s)) {
			s.analyse(p, text, nil)
			got = coreSpots(&s)
		}
		for _, w := range want {
			if slices.Contains(got, w) {
				same++
			} else {
				missed++
				t.Logf("missed: %s:%d:%d", p, w.line, w.column)
			}
		}
		for _, g := range got {
			if !slices.Contains(want, g) {
				wrong++
				t.Logf("alone: %s:%d:%d", p, g.line, g.column)
			}
		}
	}
	return same, missed, wrong
}
