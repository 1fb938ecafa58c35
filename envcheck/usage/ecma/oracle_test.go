package ecma

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/internal/tools"
)

var (
	oracleRepo   = flag.String("oracle-repo", "", "compare the files of this directory with the oracle, too")
	oracleSource = flag.String("oracle-typescript", "", "the TypeScript module to use, instead of the installed one")
)

// TestOracle compares the direct reads of each file with those that the TypeScript
// compiler's tree and symbols show.
func TestOracle(t *testing.T) {
	module := *oracleSource
	if module == "" {
		module = tools.Path(t, "node_modules/typescript/lib/typescript.js")
	}
	dir := t.TempDir()
	for i, s := range shapes {
		write(t, filepath.Join(dir, fmt.Sprintf("shape%03d.ts", i)), s.text)
	}
	samples, err := filepath.Glob("testdata/oracle/*")
	if err != nil || len(samples) == 0 {
		t.Fatal("no samples", err)
	}
	for _, path := range samples {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, filepath.Base(path)), string(text))
	}
	compare(t, module, dir)
	if *oracleRepo != "" {
		compare(t, module, *oracleRepo)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// codeFiles lists the files of a directory that both can read: not the pages.
func codeFiles(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
			return filepath.SkipDir
		}
		if entry.Type().IsRegular() && match(filepath.ToSlash(path)) && languageOf(path) != embedded {
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func compare(t *testing.T, module, dir string) {
	files := codeFiles(t, dir)
	cmd := exec.CommandContext(t.Context(), "node", "testdata/oracle.cjs", module)
	cmd.Stdin = strings.NewReader(strings.Join(files, "\n"))
	var errors bytes.Buffer
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, errors.String())
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 64<<20)
	total, missed, extra := 0, 0, 0
	for lines.Scan() {
		var answer struct {
			Path  string
			Reads [][2]any
		}
		if err := json.Unmarshal(lines.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		want := map[string]bool{}
		for _, r := range answer.Reads {
			want[fmt.Sprintf("%v %v", r[0], r[1])] = true
		}
		text, err := os.ReadFile(answer.Path)
		if err != nil {
			t.Fatal(err)
		}
		got := direct(answer.Path, text)
		total += len(want)
		for _, read := range slices.Sorted(maps.Keys(want)) {
			if !got[read] {
				missed++
				t.Errorf("%s: not found: %s", answer.Path, read)
			}
		}
		for _, read := range slices.Sorted(maps.Keys(got)) {
			if !want[read] {
				extra++
				t.Errorf("%s: is none: %s", answer.Path, read)
			}
		}
	}
	if total == 0 {
		t.Errorf("%s: the oracle found nothing", dir)
	}
	t.Logf("%d files, %d reads, %d not found, %d that are none", len(files), total, missed, extra)
}

// direct returns the reads of a file that need no helper, schema or list.
func direct(path string, text []byte) map[string]bool {
	out := map[string]bool{}
	for _, r := range look(&lexer{}, path, text).file(text).Reads {
		if r.Via == "" && r.Kind != usage.Dynamic && r.Kind != usage.Whole {
			out[fmt.Sprintf("%d %s", r.Range.Start.Offset, r.Name)] = true
		}
	}
	return out
}
