package match_test

import (
	"bytes"
	"testing"

	"github.com/envtight/envtight/secrets/gitleaks"
	"github.com/envtight/envtight/secrets/internal/match"
)

func expressions(tb testing.TB) (out []match.Expression) {
	tb.Helper()
	set, err := gitleaks.Default()
	if err != nil {
		tb.Fatal(err)
	}
	for _, r := range set.Rules {
		out = append(out, match.Expression{Regex: r.Regex, Keywords: r.Keywords})
	}
	return out
}

func BenchmarkNewSet(b *testing.B) {
	all := expressions(b)
	b.ReportAllocs()
	for b.Loop() {
		match.NewSet(all)
	}
}

// BenchmarkScan is about code, with words of rules on some lines and no secret.
func BenchmarkScan(b *testing.B) {
	const code = `export async function getWorkspace({ searchParams, session }: Props) {
  const { token, apiKey = "" } = await prisma.project.findUnique({ where: { id: session.user.id } });
  return NextResponse.json(workspaces.map((project) => ({ ...project, domains: project.domains.length })));
}
`
	text := bytes.Repeat([]byte(code), 4000)
	c := match.NewSet(expressions(b)).NewScanner()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		c.Reset(len(text))
		c.Scan(text, 0, len(text), 96, func(match.Hit) {})
	}
}
