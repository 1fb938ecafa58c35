package usage_test

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/workspace"
)

func TestNamed(t *testing.T) {
	files := map[string]string{
		"b/start.rb":    "ENV['RUBY_ONE'] + 'IN_WORDS_MORE'",
		"a/start.rb":    "x=RUBY_ONE",
		"settings.py":   "database_url: str",
		"settings.rb":   "lower_case",
		".env.example":  "IN_EXAMPLE=\nHOST=\nURL=${HOST}:$PORT\n",
		"README.md":     "IN_PROSE",
		"env.d.ts":      "IN_TYPES: string",
		"turbo.json":    `["IN_TURBO"]`,
		"yarn.lock":     "IN_LOCK",
		"pnpm-lock.yml": "IN_LOCK",
		"image.bin":     "\x00 IN_BINARY",
		"end.sh":        "$AT_END",
		"digits.sh":     "1AFTER_DIGIT",
	}
	fsys := fstest.MapFS{}
	for path, text := range files {
		fsys[path] = &fstest.MapFile{Data: []byte(text)}
	}
	w, err := workspace.Load(t.Context(), fsys, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	names := []string{
		"RUBY_ONE", "IN_WORDS", "DATABASE_URL", "LOWER_CASE", "IN_EXAMPLE", "HOST", "PORT", "IN_PROSE", "IN_TYPES", "IN_TURBO", "IN_LOCK", "IN_BINARY", "AT_END", "AFTER_DIGIT", "a-b", "",
	}
	want := map[string]string{"RUBY_ONE": "a/start.rb", "DATABASE_URL": "settings.py", "HOST": ".env.example", "PORT": ".env.example", "AT_END": "end.sh"}
	for _, workers := range []int{1, 4} {
		if diff := cmp.Diff(want, usage.Named(t.Context(), w, names, workers)); diff != "" {
			t.Error(diff)
		}
	}
	if got := usage.Named(t.Context(), w, []string{"a-b"}, 1); len(got) > 0 {
		t.Errorf("a name that is no word: %v", got)
	}
}
