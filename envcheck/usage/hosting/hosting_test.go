package hosting

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck/usage/usagetest"
)

func TestReader(t *testing.T) {
	for _, c := range []struct{ path, text, want string }{
		{"apps/web/vercel.json", `{"env": {"A": "x", "B": "@b"}, "build": {"env": {"C": "y"}}}`, `1:11-1:12 env sets "" A
1:21-1:22 env passes "" B
1:51-1:52 build.env sets "build" C
`},
		{"wrangler.jsonc", "{\n  // comment\n  \"vars\": {\"A\": {\"b\": 1}},\n  \"secrets\": {\"required\": [\"K\"]},\n  \"env\": {\"prod\": {\"vars\": {\"A\": \"z\"}}},\n}", `3:13-3:14 vars sets "" A
4:29-4:30 secrets.required declares "" K
5:30-5:31 vars sets "prod" A
`},
		{"wrangler.toml", "name = \"w\"\n[vars]\nA = \"x\"\n[env.prod]\nvars = { B = \"y\" }\n", `3:1-3:2 vars sets "" A
5:10-5:11 vars sets "prod" B
`},
		{"netlify.toml", "[build.environment]\nA = \"x\"\n[context.deploy-preview.environment]\nB = \"y\"\n[template.environment]\nC = \"say what\"\n", `2:1-2:2 build.environment sets "" A
4:1-4:2 context.environment sets "deploy-preview" B
6:1-6:2 template.environment declares "" C
`},
		{"fly.toml", "[env]\n  \"A\" = \"x\"\n", "2:4-2:5 env sets \"\" A\n"},
		{"render.yaml", "services:\n  - name: api\n    envVars:\n      - key: A\n        value: x\n      - key: B\n        sync: false\n      - fromGroup: g\nenvVarGroups:\n  - name: g\n    envVars: [{key: C, generateValue: true}]\n", `4:14-4:15 envVars sets "api" A
6:14-6:15 envVars declares "api" B
11:21-11:22 envVars declares "g" C
`},
		{"vercel.json", `{"env": `, "undecidable: vercel.json could not be parsed, so the variables that it asks for are not known: the syntax is not valid\n"},
		{"vercel.json", `{"env": ["A"], "build": "x"}`, ""},
	} {
		if diff := cmp.Diff(c.want, usagetest.Scan(t, Reader(), c.path, c.text)); diff != "" {
			t.Errorf("%s: %s", c.path, diff)
		}
	}
}
