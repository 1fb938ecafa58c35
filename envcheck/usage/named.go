package usage

import (
	"bytes"
	"context"
	pathpkg "path"
	"slices"
	"strings"
	"sync"

	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/workspace"
)

// Named looks for names in the text of all files that a program or a tool may read,
// whatever their language: what stands there may be read in a way that no reader
// knows. It returns the first file, in order of path, for each name that stands in
// one as a word. In Python letters count without their case, as they do in settings
// classes; in env files only references count.
//
// Names that no single word can hold, as those with a dash, are not looked for and
// not in the result. Files that cannot be read are passed over: [Scan] told of them.
func Named(ctx context.Context, w *workspace.Workspace, names []string, workers int) map[string]string {
	// wanted and folded are the names that a word may stand for: as it is written, and
	// when its letters are capitals.
	wanted, folded := make(map[string][]string, len(names)), make(map[string][]string, len(names))
	longest := 0
	for _, name := range names {
		if wordEnd([]byte(name)) == len(name) {
			wanted[name] = []string{name}
			capitals := strings.ToUpper(name)
			folded[capitals] = append(folded[capitals], name)
			longest = max(longest, len(name))
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	in := &Input{Workspace: w, Workers: workersOr(workers), failed: map[string]error{}}
	for _, file := range w.Tree.Files {
		if !file.Symlink && mayName(file.Path) {
			in.Paths = append(in.Paths, file.Path)
		}
	}
	var mu sync.Mutex
	first := map[string]string{}
	in.Each(ctx, in.Paths, func(_ int, path string) {
		text, ok := in.Text(path)
		if !ok || bytes.IndexByte(text[:min(len(text), 8000)], 0) >= 0 {
			return
		}
		references := dotenv.Kind(path) != dotenv.NotEnv
		python := strings.HasSuffix(path, ".py")
		eachWord(text, func(at int, word []byte) {
			if len(word) > longest || references && !referenced(text[:at]) {
				return
			}
			meant := wanted[string(word)]
			if python {
				meant = folded[string(bytes.ToUpper(word))]
			}
			for _, name := range meant {
				mu.Lock()
				if known, ok := first[name]; !ok || path < known {
					first[name] = path
				}
				mu.Unlock()
			}
		})
	})
	return first
}

// eachWord calls see for every run of letters, digits and underscores that begins
// with no digit.
func eachWord(text []byte, see func(at int, word []byte)) {
	for i := 0; i < len(text); i++ {
		if !inWord[text[i]] {
			continue
		}
		end := i + wordEnd(text[i:])
		if text[i] > '9' {
			see(i, text[i:end])
		}
		i = end
	}
}

// wordEnd is the length of the run of word bytes that text begins with.
func wordEnd(text []byte) int {
	for i, c := range text {
		if !inWord[c] {
			return i
		}
	}
	return len(text)
}

var inWord = func() (table [256]bool) {
	for c := range table {
		table[c] = c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
	}
	return table
}()

// referenced reports whether what follows is the name in "$NAME" or "${NAME}".
func referenced(before []byte) bool {
	return bytes.HasSuffix(before, []byte("$")) || bytes.HasSuffix(before, []byte("${"))
}

// mayName reports whether a name in the file says that something may read it. Prose,
// lockfiles, images, declarations of types and the lists of turbo.json do not.
func mayName(path string) bool {
	base := pathpkg.Base(path)
	ext := strings.ToLower(pathpkg.Ext(base))
	switch {
	case slices.Contains(silent, ext), strings.HasSuffix(base, ".d.ts"), strings.HasPrefix(base, "turbo.json"):
		return false
	case strings.Contains(base, "lock") && slices.Contains([]string{".json", ".yaml", ".yml", ".lock", ".lockb"}, ext), base == "go.sum":
		return false
	}
	return !strings.HasPrefix(strings.ToUpper(base), "README") && !strings.HasPrefix(strings.ToUpper(base), "CHANGELOG")
}

// silent are the extensions of files that nobody runs, or that are no text.
var silent = []string{
	".md", ".mdx", ".mdc", ".txt", ".rst", ".adoc", ".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico", ".pdf", ".woff", ".woff2", ".ttf", ".otf", ".eot",
	".mp4", ".webm", ".mp3", ".wav", ".zip", ".gz", ".tgz", ".wasm", ".map", ".snap", ".csv", ".tsv", ".css", ".scss", ".less", ".po", ".pot", ".lock", ".lockb",
}
