package snapshot

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestExamples runs the examples of the rule: the file of the base is called
// "main:PATH".
func TestExamples(t *testing.T) {
	for _, rule := range Rules() {
		for _, example := range rule.Examples {
			t.Run(rule.ID+" "+example.Title, func(t *testing.T) {
				var base, head []byte
				path := ""
				for _, f := range txtar.Parse([]byte(example.Files)).Files {
					if _, ok := strings.CutPrefix(f.Name, "main:"); ok {
						base = f.Data
					} else {
						head, path = f.Data, f.Name
					}
				}
				var lines []string
				for _, d := range ReportChange(path, base, head) {
					lines = append(lines, d.Location.String()+": "+d.Text())
				}
				if diff := cmp.Diff(example.Want, strings.Join(lines, "\n")); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}
