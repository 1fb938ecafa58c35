package reach

import "testing"

func TestIsTool(t *testing.T) {
	for base, want := range map[string]bool{
		"configure.sh": true, "conductor-run": true, "entrypoint.sh": false, "start": false, "main.ts": false, "start.config.sh.ts": false, ".envrc": false,
	} {
		if got := isTool(base); got != want {
			t.Errorf("%s: %v, want %v", base, got, want)
		}
	}
}
