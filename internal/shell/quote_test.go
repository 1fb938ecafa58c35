package shell

import (
	"os/exec"
	"testing"
)

func TestQuote(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh to ask")
	}
	for _, word := range []string{"", "plain-1.2/x", "two words", "it's", "$(id)", "`id`", "a;b|c&d", "*?[x]", "~", "#x", `back\slash`, "!x", "-n"} {
		out, err := exec.CommandContext(t.Context(), sh, "-c", "printf %s "+Quote(word)+" x").Output()
		if err != nil {
			t.Fatal(err)
		}
		// printf reuses its format for each argument, so x follows the word.
		if got := string(out); word[:min(1, len(word))] != "-" && got != word+"x" {
			t.Errorf("%q comes out as %q", word, got)
		}
	}
}
