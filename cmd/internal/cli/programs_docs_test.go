//go:build unix

package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocumentedPrograms runs the example programs of docs/platforms.md against
// stand-ins for the platforms' own ones.
func TestDocumentedPrograms(t *testing.T) {
	docs, err := os.ReadFile("../../../docs/platforms.md")
	if err != nil {
		t.Fatal(err)
	}
	standIns := map[string]string{
		"vault": `[ "$*" = "read -format=json secret/subkeys/backend/prod" ] || exit 2
printf '{\n  "data": {\n    "metadata": {\n      "custom_metadata": null\n    },\n    "subkeys": {\n      "API_KEY": null,\n      "MAIL_URL": null\n    }\n  }\n}\n'`,
		"doppler": `[ "$*" = "secrets --only-names --json --project shop --config backend/prod" ] || exit 2
printf '{"API_KEY":{},"DOPPLER_CONFIG":{},"MAIL_URL":{}}'`,
	}
	for _, test := range []struct{ language, marker, interpreter string }{
		{"sh", "subkeys", "sh"}, {"python", "doppler", "python3"},
	} {
		t.Run(test.language, func(t *testing.T) {
			if _, err := exec.LookPath(test.interpreter); err != nil {
				t.Skip(err)
			}
			dir := t.TempDir()
			for name, text := range standIns {
				if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			writeFile(t, dir, "names", codeBlock(t, string(docs), test.language, test.marker))
			writeFile(t, dir, "apps/api/.env.example", "API_KEY=\nSESSION_SECRET=\n")
			writeFile(t, dir, configName, "version = 1\napp \"api\" {\n  path = \"apps/api\"\n  platform \"command\" {\n    project = \"shop\"\n    environments = { dev = \"gone\", prod = \"backend/prod\" }\n  }\n}\n")
			var stdout, stderr bytes.Buffer
			e := Env{Dir: dir, Stdout: &stdout, Stderr: &stderr, Environ: []string{"PATH=" + dir + string(os.PathListSeparator) + os.Getenv("PATH")}}
			if code := Main(t.Context(), e, []string{"env", "--format", "line", "--source-command", test.interpreter + " names"}); code != 3 {
				t.Errorf("exit code %d: %s", code, stderr.String())
			}
			for _, want := range []string{
				"SESSION_SECRET is required and not set: prod", "MAIL_URL is set and api does not declare it: prod",
				"the program of --source-command says that it failed",
			} {
				if !strings.Contains(stdout.String(), want) {
					t.Errorf("%q is not said:\n%s", want, stdout.String())
				}
			}
			for _, wrong := range []string{"API_KEY", "DOPPLER_CONFIG is set", "custom_metadata"} {
				if strings.Contains(stdout.String(), wrong) {
					t.Errorf("%q is said:\n%s", wrong, stdout.String())
				}
			}
		})
	}
}

// codeBlock returns the block of code in a language that holds marker.
func codeBlock(t *testing.T, docs, language, marker string) string {
	t.Helper()
	for _, part := range strings.Split(docs, "\n```"+language+"\n")[1:] {
		if code, _, _ := strings.Cut(part, "\n```"); strings.Contains(code, marker) {
			return code + "\n"
		}
	}
	t.Fatalf("there is no block of %s with %s", language, marker)
	return ""
}
