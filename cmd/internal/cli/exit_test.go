package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
)

// TestExitCodes: what was found and what could not be looked at, against the
// flags that weigh them.
func TestExitCodes(t *testing.T) {
	clean := map[string]string{"apps/web/.env.example": "API_URL=\n", "apps/web/package.json": `{"name": "web"}`}
	warning := map[string]string{"apps/web/.env.example": "apiUrl=\n"}
	broken := map[string]string{"apps/web/.env.example": "API KEY=1\n"}
	unreadable := map[string]string{"apps/web/.env.example": "API_URL=\n" + strings.Repeat("# a line of a file that is too large\n", 256<<10), "apps/api/.env.example": "API_URL=\n"}
	both := map[string]string{"apps/web/.env.example": unreadable["apps/web/.env.example"], "apps/api/.env.example": "API KEY=1\n"}
	tests := []struct {
		name  string
		files map[string]string
		args  string
		want  int
	}{
		{"nothing wrong", clean, "", 0},
		{"nothing wrong, strictly", clean, "--strict", 0},
		{"a warning", warning, "", 0},
		{"a warning that counts", warning, "--fail-on warning", 1},
		{"a warning, where information counts", warning, "--fail-on info", 1},
		{"an error", broken, "", 1},
		{"an error, where warnings count", broken, "--fail-on warning", 1},
		{"not all seen", unreadable, "", 3},
		{"not all seen, told", unreadable, "--incomplete fail", 3},
		{"not all seen, warned of", unreadable, "--incomplete warn", 0},
		{"not all seen, ignored", unreadable, "--incomplete ignore", 0},
		{"not all seen, ignored though strict", unreadable, "--incomplete ignore --strict", 0},
		{"not seen wins over findings", both, "", 3},
		{"findings stay when not seen is ignored", both, "--incomplete ignore", 1},
		{"no severity", clean, "--fail-on off", 2},
		{"no severity either", clean, "--fail-on=", 0},
		{"no way to take it", clean, "--incomplete=", 2},
		{"quiet changes nothing", broken, "--quiet", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, text := range tt.files {
				writeFile(t, dir, name, text)
			}
			var stdout, stderr bytes.Buffer
			e := Env{Dir: dir, Stdout: &stdout, Stderr: &stderr, Environ: []string{"PATH=" + os.Getenv("PATH")}}
			args := append([]string{"check", "--offline"}, strings.Fields(tt.args)...)
			if code := Main(t.Context(), e, args); code != tt.want {
				t.Errorf("exit code %d, want %d: %s%s", code, tt.want, stdout.String(), stderr.String())
			}
			if last := fmt.Sprintf("\nexit %d: ", tt.want); tt.want != 2 && !strings.Contains(stdout.String(), last) {
				t.Errorf("the summary says another exit code: %s", stdout.String())
			}
		})
	}
}

// TestStrict: a value that nobody can read is no failure, unless asked for.
func TestStrict(t *testing.T) {
	for args, want := range map[string]int{"--values": 1, "--values --strict": 3, "--values --strict --incomplete warn": 1, "--strict": 1} {
		running := shopOf(t, http.NotFoundHandler())
		platforms := demoPlatforms(t)
		running.Environ = append(running.Environ, platforms...)
		if code := Main(t.Context(), running, append([]string{"check"}, strings.Fields(args)...)); code != want {
			t.Errorf("check %s: exit code %d, want %d", args, code, want)
		}
	}
}
