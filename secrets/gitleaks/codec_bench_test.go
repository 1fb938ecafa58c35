package gitleaks_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/zricethezav/gitleaks/v8/detect/codec"

	"github.com/envtight/envtight/secrets/internal/decode"
)

// BenchmarkCodec compares the first pass with gitleaks' own, on texts that hold
// nothing encoded, as most do.
func BenchmarkCodec(b *testing.B) {
	for _, text := range []struct {
		name string
		text []byte
	}{{"source", sourceText()}, {"minified", bytes.ReplaceAll(sourceText(), []byte("\n"), nil)}, {"lock", lockText()}} {
		b.Run(text.name+"/ours", func(b *testing.B) {
			b.SetBytes(int64(len(text.text)))
			for b.Loop() {
				decode.Decode(text.text, nil)
			}
		})
		b.Run(text.name+"/gitleaks", func(b *testing.B) {
			b.SetBytes(int64(len(text.text)))
			for b.Loop() {
				codec.NewDecoder().Decode(string(text.text), nil)
			}
		})
	}
}

func sourceText() []byte {
	const unit = `
import { useRouterSegmentConfiguration } from "@/lib/middleware/utils/get-final-url";

export async function createWorkspaceInvitation(request: NextRequest, options = {}) {
	const { searchParams, ...restOfParameters } = new URL(request.url);
	if (!searchParams.get("projectId") || total % 2 === 0) {
		return NextResponse.json({ error: 'Missing "projectId"\n' }, { status: 422 });
	}
	// The next line is only here to have something like 100% of the usual bytes.
	await prisma.projectInvite.findUnique({ where: { email_projectId: { email, projectId } } });
	const className = "flex w-full items-center justify-between border-b border-gray-200 px-4 py-3";
	return a + b * (c - d) / e; /* U, V and W */
}
`
	return bytes.Repeat([]byte(unit), 1<<20/len(unit))
}

func lockText() []byte {
	random := rand.New(rand.NewPCG(1, 2))
	var out bytes.Buffer
	for out.Len() < 1<<20 {
		var sum [64]byte
		for i := range sum {
			sum[i] = byte(random.Uint32())
		}
		fmt.Fprintf(&out, `    "node_modules/@babel/helper-module-%d": {
      "version": "7.%d.4",
      "resolved": "https://registry.example/@babel/helper-module/-/helper-module-7.4.4.tgz",
      "integrity": "sha512-%s",
      "dev": true,
    },
`, out.Len(), out.Len()%50, base64.StdEncoding.EncodeToString(sum[:]))
	}
	return out.Bytes()
}
