package usage_test

import (
	"testing"

	"github.com/envtight/envtight/envcheck/usage"
)

func TestScopeOf(t *testing.T) {
	tests := map[usage.Scope][]string{
		usage.Runtime: {
			"apps/web/app/page.tsx", "src/test.ts", "src/spec.py", "packages/latest/index.ts", "apps/api/app/config.py", "cmd/server/main.go",
			"apps/web/sentry.server.config.ts", "src/sentry.client.config.js", "src/insights.config.ts", "next.config.json", "config.ts", "src/seed.ts", "testing.go",
		},
		usage.Build: {
			"apps/web/next.config.mjs", "vite.config.ts", "apps/mobile/app.config.js", "setup.py", "gulpfile.js", "trigger.config.ts", "apps/web/electron.vite.config.ts",
		},
		usage.Test: {
			"src/a.test.ts", "src/a.e2e-spec.ts", "src/button.stories.tsx", "apps/api/tests/conftest.py", "test_main.py", "app/main_test.py", "main_test.go",
			"vitest.config.mts", "vitest.e2e.config.ts", "jest.setup.js", "playwright.config.ts", "e2e/login.ts", "src/__tests__/a.ts", "cypress/support/index.js",
		},
		usage.Script: {
			"scripts/migrate.ts", "apps/web/scripts/a/b.py", "drizzle.config.ts", "packages/db/prisma.config.ts", "packages/db/prisma/seed.ts", "eslint.config.mjs",
			".eslintrc.js", "knexfile.ts", ".storybook/main.ts",
		},
	}
	for want, paths := range tests {
		for _, path := range paths {
			if got := usage.ScopeOf(path); got != want {
				t.Errorf("%s: %d, want %d", path, got, want)
			}
		}
	}
}
