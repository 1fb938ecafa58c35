package usage_test

import (
	"regexp"
	"strings"
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
		"settings.py":   "database_url: str; REDIS_url: str; port_lower = 1",
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
		"RUBY_ONE", "IN_WORDS", "DATABASE_URL", "redis_URL", "PORT_LOWER", "port_lower", "LOWER_CASE", "IN_EXAMPLE", "HOST", "PORT", "IN_PROSE", "IN_TYPES", "IN_TURBO", "IN_LOCK", "IN_BINARY", "AT_END", "AFTER_DIGIT", "a-b", "",
	}
	want := map[string]string{
		"RUBY_ONE": "a/start.rb", "AT_END": "end.sh",
		"DATABASE_URL": "settings.py", "redis_URL": "settings.py", "PORT_LOWER": "settings.py", "port_lower": "settings.py",
		"HOST": ".env.example", "PORT": ".env.example",
	}
	for _, workers := range []int{1, 4} {
		if diff := cmp.Diff(want, usage.Named(t.Context(), w, names, workers)); diff != "" {
			t.Error(diff)
		}
	}
	if got := usage.Named(t.Context(), w, []string{"a-b"}, 1); len(got) > 0 {
		t.Errorf("a name that is no word: %v", got)
	}
}

// FuzzNamed: the words are those that a search at every place of the text finds.
func FuzzNamed(f *testing.F) {
	for _, s := range []struct{ text, name string }{
		{"ENV['A_B']", "A_B"},
		{"A_B_C 1A_B xA_B A_B2", "A_B"},
		{"URL=${HOST}:$PORT\nHOST=", "HOST"},
		{"$ HOST ${ HOST {HOST}", "HOST"},
		{"database_url: str", "Database_URL"},
		{"database_url = 1", "database_url"},
		{"\u017fecret secret", "SECRET"},
		{"\u00e9A A\u00e9 \xffA", "A"},
		{"A\x00", "A"},
		{strings.Repeat(" ", 8000) + "\x00A", "A"},
		{"2FA", "2FA"},
		{"", ""},
		{"A", "A-B"},
	} {
		f.Add(s.text, s.name)
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		fsys := fstest.MapFS{}
		paths := []string{".env.example", "a.rb", "b.py"}
		for _, path := range paths {
			fsys[path] = &fstest.MapFile{Data: []byte(text)}
		}
		w, err := workspace.Load(t.Context(), fsys, workspace.Options{})
		if err != nil {
			t.Fatal(err)
		}
		names := []string{name, strings.ToLower(name), strings.ToUpper(name)}
		got := usage.Named(t.Context(), w, names, 2)
		for _, name := range names {
			want := ""
			for _, path := range paths {
				if want == "" && standsIn(path, text, name) {
					want = path
				}
			}
			if got[name] != want {
				t.Errorf("the name is found in %q, want %q", got[name], want)
			}
		}
	})
}

var (
	aWord       = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	endsInWord  = regexp.MustCompile(`[A-Za-z0-9_]$`)
	startsAWord = regexp.MustCompile(`^[A-Za-z0-9_]`)
	endsInSign  = regexp.MustCompile(`\$\{?$`)
)

// standsIn is what Named says of one file, without hurry.
func standsIn(path, text, name string) bool {
	if !aWord.MatchString(name) || strings.Contains(text[:min(len(text), 8000)], "\x00") {
		return false
	}
	for i := range len(text) - len(name) + 1 {
		before, here, after := text[max(0, i-2):i], text[i:i+len(name)], text[i+len(name):]
		same := here == name || path == "b.py" && strings.EqualFold(here, name)
		if same && !endsInWord.MatchString(before) && !startsAWord.MatchString(after) && (path != ".env.example" || endsInSign.MatchString(before)) {
			return true
		}
	}
	return false
}
