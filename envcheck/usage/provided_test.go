package usage_test

import (
	"testing"

	"github.com/envtight/envtight/envcheck/usage"
)

func TestProvided(t *testing.T) {
	tests := map[string]string{
		"PATH": "the operating system", "NODE_ENV": "the runtime", "npm_package_version": "the runtime", "NEXT_PUBLIC_VERCEL_URL": "Vercel", "VERCEL": "Vercel",
		"RENDER_GIT_COMMIT": "Render", "GITHUB_SHA": "the CI", "AWS_LAMBDA_FUNCTION_NAME": "AWS",
		"DATABASE_URL": "", "NEXT_PUBLIC_URL": "", "AWS_SECRET_ACCESS_KEY": "", "VERCELISH": "", "RENDERER": "", "": "",
	}
	for name, want := range tests {
		if got := usage.Provided(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
