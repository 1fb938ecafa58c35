package prisma

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/usage/usagetest"
)

const sample = `datasource db {
  provider  = "postgresql" // env("NO")
  url       = env("DATABASE_URL")
  directUrl = env( "DIRECT_URL" )
  extensions = ["env(\"X\")"]
}
// url = env("OLD")
model env { myenv("Y") env(NAME) url String @default("https://x") é env("Z")
`

func TestReader(t *testing.T) {
	const want = `3:20-3:32 required runtime DATABASE_URL
4:21-4:31 required script DIRECT_URL
8:74-8:75 required runtime Z
`
	if diff := cmp.Diff(want, usagetest.Scan(t, Reader(), "prisma/schema.prisma", sample)); diff != "" {
		t.Error(diff)
	}
}

func FuzzReads(f *testing.F) {
	for _, seed := range []string{sample, `env("`, `env(env("A"))`, "\"\\"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		usagetest.Places(t, &usage.File{Reads: reads([]byte(text))}, text)
	})
}
