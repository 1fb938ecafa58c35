package envcheck

import "testing"

func TestFallbackSpans(t *testing.T) {
	for _, c := range []struct{ path, text, want string }{
		{"a.ts", `x = process.env.A ?? "hunter"; b = assertEnv(t, "B_NAME")`, "hunter"},
		{"a.ts", "A: z.string().default('hunter')", "hunter"},
		{"a.py", `os.getenv("A", 'hunter') or ""`, "hunter"},
		{"a.sh", `echo ${A:-hunter}`, "hunter"},
		{"a.md", `process.env.A ?? "hunter"`, ""},
	} {
		got := ""
		for _, span := range fallbackSpans(c.path, []byte(c.text)) {
			got += c.text[span.Start:span.End]
		}
		if got != c.want {
			t.Errorf("%s: %q is hidden, want %q", c.text, got, c.want)
		}
	}
}
