package dotenv

import (
	"strings"
	"testing"
)

func TestKind(t *testing.T) {
	for kind, names := range map[FileKind]string{
		Example: `.env.example .env.sample .env.template .env.dist .env.defaults .env.schema .env.local.example .env.example.local
			.env.prod.example .env-example .env_example .env_sample env.example env.sample env.template env.dist env-example
			example.env sample.env template.env .example.env docker.env.example backend.env.sample .dev.vars.example .ENV.EXAMPLE
			env.local.example apps/web/.env.example .env.dev-redis-cluster.example .env.tpl example.local.env`,
		Real: `.env .env.local .env.production .env.production.local .env.test .env-local .env_prod .flaskenv .dev.vars .dev.vars.staging
			prod.env docker.env .docker.env backend.env.local .env.bak .env.old .env~ .env.local~ .env.keys .env.me a/b/.env .env.txt`,
		NotEnv: `env env.ts env.mjs .env.ts env.d.ts vite-env.d.ts next-env.d.ts .envrc environment .environment envelope-distribute-dialog.tsx
			env-dist.ts environments.md envelope.dist env.local env_utils.py .env.json .env.gpg .env.vault .env.enc .env.j2 .env-cmdrc
			test_env.py README.md main.go example.env.ts .env.example.md src/env/index.example foo.envx envs.example .envexample`,
	} {
		for name := range strings.FieldsSeq(names) {
			if got := Kind(name); got != kind {
				t.Errorf("Kind(%q) is %q, want %q", name, got, kind)
			}
		}
	}
	if got := Kind(`apps\web\.env.example`); got != Example {
		t.Errorf("a path of Windows is %q", got)
	}
}

// The texts mark what must be hidden by «».
func TestValueSpans(t *testing.T) {
	for name, marked := range map[string]string{
		"plain":                "A=«secret»\nB=«\"se cret\"»\n# note\n\nexport C =« 'secret' # note»\r\n",
		"empty":                "A=\nB=« # note»\n",
		"commented out":        "# A=«secret»\n#BC=«\"a b\" # note»\n# export AB=«x»\n# note=«x y»\n# note =« x»\n# see b=c\n",
		"bad lines":            "«secret line»\n«=secret»\n«A B=secret»\n",
		"multi-line":           "A=«\"one\n# two\nthree\"»\nB=«1»\n",
		"unclosed":             "A=«\"-----BEGIN»\n«MIIE+/=»\n«abcdefghijklmnop==»\n«# comment»\n«lower=x»\nUPPER=«x»\n# fine\n",
		"unclosed, then blank": "A=«'secret»\n\n# fine\nlower=«x»\n",
		"unclosed comment":     "# AB=«\"-----BEGIN»\n«# secret»\n«# -----END\"»\n# fine\nB=«1»\n",
		"unquoted key":         "A=«-----BEGIN»\n«MIIEowIBAAKCAQEAxyz»\n«c2VjcmV0IGtleSBi=»\n«-----END»\nBC=«x»\n",
		"last line":            "A=«x»",
	} {
		text := strings.NewReplacer("«", "", "»", "").Replace(marked)
		hidden := make([]bool, len(text))
		for _, s := range ValueSpans("app/.env.local", []byte(text)) {
			for i := s.Start; i < s.End; i++ {
				hidden[i] = true
			}
		}
		i, want := 0, false
		for _, r := range marked {
			switch r {
			case '«':
				want = true
			case '»':
				want = false
			default:
				if hidden[i] != want {
					t.Errorf("%s: byte %d (%q): hidden is %v, want %v", name, i, r, hidden[i], want)
				}
				i++
			}
		}
	}
	const text = "A=secret\n"
	for path, want := range map[string]int{".env.example": 0, "main.go": 0, ".env": 1, ".envrc": 1} {
		if got := len(ValueSpans(path, []byte(text))); got != want {
			t.Errorf("%s has %d hidden spans, want %d", path, got, want)
		}
	}
}

// Whatever the file looks like, no byte behind an operator shows.
func FuzzValueSpans(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		hidden := make([]bool, len(src))
		for _, s := range ValueSpans(".env", src) {
			if s.Start > s.End || s.End > len(src) {
				t.Fatalf("span %v of %d bytes", s, len(src))
			}
			for i := s.Start; i < s.End; i++ {
				hidden[i] = true
			}
		}
		file := Parse(src)
		for i := range file.Entries() {
			e := &file.Entries()[i]
			for i := e.Value.Start; i < e.Value.End; i++ {
				if !hidden[i] {
					t.Fatalf("byte %d of a value shows", i)
				}
			}
		}
	})
}
