package ecma

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// corpus returns the files of -oracle-repo, or made ones, of which one in ten reads
// variables.
func corpus(b *testing.B) (paths []string, texts [][]byte, size int64) {
	if *oracleRepo != "" {
		for _, path := range codeFiles(b, *oracleRepo) {
			text, err := os.ReadFile(path)
			if err != nil {
				b.Fatal(err)
			}
			paths, texts, size = append(paths, path), append(texts, text), size+int64(len(text))
		}
		return paths, texts, size
	}
	r := rand.New(rand.NewPCG(5, 6))
	for n := range 200 {
		text, _ := program(r, true, 60)
		if n%10 != 0 {
			text = strings.NewReplacer("process", "profess", "import.meta", "exports", "node:", "mode:").Replace(text)
		}
		paths, texts, size = append(paths, fmt.Sprintf("a%d.tsx", n)), append(texts, []byte(text)), size+int64(len(text))
	}
	return paths, texts, size
}

// BenchmarkLook is what a run costs once the files are read.
func BenchmarkLook(b *testing.B) {
	paths, texts, size := corpus(b)
	b.SetBytes(size)
	l := &lexer{}
	for b.Loop() {
		for i, path := range paths {
			look(l, path, texts[i])
		}
	}
}

// BenchmarkLex cuts every file into tokens.
func BenchmarkLex(b *testing.B) {
	paths, texts, size := corpus(b)
	b.SetBytes(size)
	l := &lexer{}
	for b.Loop() {
		for i, path := range paths {
			cut(l, path, texts[i])
		}
	}
}
