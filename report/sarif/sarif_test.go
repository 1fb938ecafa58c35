package sarif_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/sample"
	"github.com/envtight/envtight/internal/tools"
	"github.com/envtight/envtight/report"
	"github.com/envtight/envtight/report/sarif"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func written(t testing.TB, r *envtight.Report, o report.Options) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := sarif.Write(&out, r, o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func ruleURL(id string) string {
	return "https://github.com/envtight/envtight/blob/main/docs/rules/" + id + ".md"
}

var options = report.Options{Version: "0.1.0", RuleURL: ruleURL}

func TestGolden(t *testing.T) {
	for _, s := range sample.All() {
		t.Run(s.Name, func(t *testing.T) {
			got := written(t, s.Report, options)
			path := filepath.Join("testdata", s.Name+".sarif")
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSchema validates against the schema of OASIS.
func TestSchema(t *testing.T) {
	path := tools.Path(t, "node_modules/@microsoft/sarif-multitool-linux/sarif-2.1.0.json")
	schema, err := jsonschema.NewCompiler().Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sample.All() {
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(written(t, s.Report, options)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(document); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	if err := schema.Validate(map[string]any{"version": "2.1.0"}); err == nil {
		t.Error("the schema accepts a document without runs")
	}
}

// multitool runs Microsoft's validator, with the rules for GitHub, and returns
// the lines in which it objects. Its notes are habits that are not ours: it wants
// source lines in the file, and fetches every address from the network.
func multitool(t *testing.T, program string, text []byte) []string {
	t.Helper()
	dir := t.TempDir()
	input := filepath.Join(dir, "in.sarif")
	if err := os.WriteFile(input, text, 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, "validate", input, "--output", filepath.Join(dir, "out.sarif"), "--rule-kind", "Sarif;Gh")
	command.Env = append(os.Environ(), "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1")
	said, err := command.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || !bytes.Contains(said, []byte("1 files scanned")) {
		t.Fatalf("%v: %s", err, said)
	}
	var out []string
	for line := range strings.Lines(string(said)) {
		if strings.Contains(line, "): error ") || strings.Contains(line, "): warning ") {
			_, line, _ = strings.Cut(line, "): ")
			out = append(out, line)
		}
	}
	return out
}

func TestMultitool(t *testing.T) {
	program := tools.Path(t, "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool")
	for _, s := range sample.All() {
		t.Run(s.Name, func(t *testing.T) {
			for _, line := range multitool(t, program, written(t, s.Report, options)) {
				t.Error(line)
			}
		})
	}
	t.Run("it objects", func(t *testing.T) {
		wrong := bytes.Replace(written(t, sample.Full(), options), []byte(`"ruleIndex": 4`), []byte(`"ruleIndex": 99`), 1)
		if len(multitool(t, program, wrong)) == 0 {
			t.Error("the validator says nothing of a wrong rule index")
		}
	})
}

// log is the part of a SARIF log that GitHub reads.
type log struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				Rules []struct{ ID string }
			}
		}
		AutomationDetails struct{ ID string }
		Invocations       []struct {
			ExecutionSuccessful        bool
			ToolExecutionNotifications []struct {
				Level   string
				Message struct{ Text string }
			}
		}
		Results []struct {
			RuleID              string
			RuleIndex           *int
			PartialFingerprints map[string]string
			Message             struct{ Text string }
			Locations           []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI, URIBaseID string }
				}
				LogicalLocations []struct{ FullyQualifiedName string }
			}
			Suppressions []struct{ Kind string }
		}
	}
}

func parsed(t testing.TB, r *envtight.Report, o report.Options) log {
	t.Helper()
	text := written(t, r, o)
	for _, c := range string(text) {
		if c != '\n' && !unicode.IsGraphic(c) {
			t.Errorf("the text holds %U", c)
		}
	}
	var out log
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// check holds what GitHub needs of any report.
func check(t testing.TB, r *envtight.Report) {
	t.Helper()
	run := parsed(t, r, options).Runs[0]
	if len(run.Results) != len(r.Diagnostics) {
		t.Fatalf("%d results, want %d", len(run.Results), len(r.Diagnostics))
	}
	if run.Invocations[0].ExecutionSuccessful != (r.Counts().Failed == 0) {
		t.Error("executionSuccessful is wrong")
	}
	if len(run.Invocations[0].ToolExecutionNotifications) != len(r.Incomplete) {
		t.Error("what was not looked at is left out")
	}
	for _, rule := range r.Rules {
		found := false
		for _, d := range run.Tool.Driver.Rules {
			found = found || d.ID == rule.ID
		}
		if !found {
			t.Errorf("the rule %s ran and is not listed", rule.ID)
		}
	}
	for i, result := range run.Results {
		if result.RuleIndex == nil || run.Tool.Driver.Rules[*result.RuleIndex].ID != result.RuleID {
			t.Errorf("result %d points to another rule", i)
		}
		uri := result.Locations[0].PhysicalLocation.ArtifactLocation
		if uri.URI == "" || strings.HasPrefix(uri.URI, "/") || strings.ContainsAny(uri.URI, ":?# \\") || strings.Contains("/"+uri.URI+"/", "/../") || uri.URIBaseID != "%SRCROOT%" {
			t.Errorf("result %d is at %+v", i, uri)
		}
		if r.Diagnostics[i].Fingerprint != "" && result.PartialFingerprints["primaryLocationLineHash"] == "" {
			t.Errorf("result %d has no fingerprint", i)
		}
		if (len(result.Suppressions) > 0) != (r.Diagnostics[i].Suppressed != nil) {
			t.Errorf("result %d: suppressions are wrong", i)
		}
		if result.Message.Text == "" && r.Diagnostics[i].Message != "" {
			t.Errorf("result %d has no message", i)
		}
	}
}

func TestSamples(t *testing.T) {
	for _, s := range sample.All() {
		t.Run(s.Name, func(t *testing.T) { check(t, s.Report) })
	}
	full := parsed(t, sample.Full(), report.Options{Scope: "apps/Web"}).Runs[0]
	if got, want := full.AutomationDetails.ID, "envtight/apps-web/"; got != want {
		t.Errorf("the category is %q, want %q", got, want)
	}
	platform := full.Results[len(full.Results)-1].Locations[0]
	if got, want := platform.PhysicalLocation.ArtifactLocation.URI, "apps/backend/.env.example"; got != want {
		t.Errorf("the finding on a platform stands at %q, want %q", got, want)
	}
	if got, want := platform.LogicalLocations[0].FullyQualifiedName, "railway:shop/backend/production/STRIPE_KEY"; got != want {
		t.Errorf("its logical place is %q, want %q", got, want)
	}
	if code := written(t, sample.Full(), options); !bytes.Equal(code, written(t, sample.Full(), options)) {
		t.Error("the same report is written in two ways")
	}
}

func TestNoLink(t *testing.T) {
	r := &envtight.Report{Diagnostics: []envtight.Diagnostic{{
		Rule: "env/missing", Severity: envtight.Error, Location: envtight.WholeFile("a"), Message: `see [here](https://evil.example) {0} {a} {12}`,
	}}}
	got := parsed(t, r, options).Runs[0].Results[0].Message.Text
	if want := `see \[here\](https://evil.example) {{0}} {a} {{12}}.`; got != want {
		t.Errorf("the message is %q, want %q", got, want)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteError(t *testing.T) {
	if err := sarif.Write(failing{}, sample.Full(), options); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("the error is %v", err)
	}
}

func FuzzHostile(f *testing.F) {
	for i, h := range sample.Hostiles() {
		f.Add(h, i)
	}
	f.Add("../../etc/passwd", 0)
	f.Add("a//b/./c", 0)
	f.Fuzz(func(t *testing.T, text string, i int) {
		i &= 0xffff
		check(t, &envtight.Report{
			Version: 1, Scope: text, Rules: sample.Rules(),
			Diagnostics: []envtight.Diagnostic{sample.HostileFinding(text, i), sample.HostileFinding(text, i+1)},
			Incomplete:  []envtight.Incompleteness{{Silence: envtight.Failed, Cause: text, Location: envtight.WholeFile(text)}},
		})
	})
}
