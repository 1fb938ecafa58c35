package report_test

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/sample"
	"github.com/envtight/envtight/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// variant is one way to write a sample, under the name of its golden section.
type variant struct {
	name  string
	write func(io.Writer, *envtight.Report) error
}

func variants() []variant {
	with := func(f func(io.Writer, *envtight.Report, report.Options) error, o report.Options) func(io.Writer, *envtight.Report) error {
		return func(w io.Writer, r *envtight.Report) error { return f(w, r, o) }
	}
	matrix := func(format string, o report.MatrixOptions) func(io.Writer, *envtight.Report) error {
		return func(w io.Writer, r *envtight.Report) error { return report.Matrix(w, format, r.Matrix, o) }
	}
	var out []variant
	for _, f := range report.Formats() {
		out = append(out, variant{f.Name, with(f.Write, report.Options{Version: "0.1.0"})})
	}
	rich := report.Options{
		Color: true, Width: 80, Links: true, Root: "/home/u/shop repo", ShowSuppressed: true, Verbose: true,
		RuleURL: func(id string) string { return "https://envtight.example/rules/" + id },
	}
	return append(out,
		variant{"text on a terminal", with(report.Text, rich)},
		variant{"text on a narrow terminal", with(report.Text, report.Options{Width: 40})},
		variant{"markdown with links", with(report.Markdown, rich)},
		variant{"matrix text", matrix("text", report.MatrixOptions{})},
		variant{"matrix text of problems", matrix("text", report.MatrixOptions{OnlyProblems: true, Options: report.Options{Color: true}})},
		variant{"matrix json", matrix("json", report.MatrixOptions{OnlyProblems: true, Environments: []string{"prod"}})},
		variant{"matrix markdown", matrix("markdown", report.MatrixOptions{})},
	)
}

// readable makes escapes of terminals visible in golden files.
func readable(text []byte) []byte { return bytes.ReplaceAll(text, []byte{0x1b}, []byte("␛")) }

// TestGolden holds each sample in each format. Run it with -update and read the
// difference.
func TestGolden(t *testing.T) {
	for _, s := range sample.All() {
		t.Run(s.Name, func(t *testing.T) {
			got := &txtar.Archive{}
			for _, v := range variants() {
				var out bytes.Buffer
				if err := v.write(&out, s.Report); err != nil {
					t.Fatalf("%s: %v", v.name, err)
				}
				text := readable(out.Bytes())
				if len(text) > 0 && text[len(text)-1] != '\n' {
					t.Errorf("%s does not end in a line end", v.name)
				}
				got.Files = append(got.Files, txtar.File{Name: v.name, Data: text})
			}
			path := filepath.Join("testdata", s.Name+".txtar")
			if *update {
				if err := os.WriteFile(path, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(sections(want), sections(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func sections(a *txtar.Archive) map[string]string {
	out := map[string]string{}
	for _, f := range a.Files {
		out[f.Name] = strings.TrimSuffix(string(f.Data), "\n")
	}
	return out
}
