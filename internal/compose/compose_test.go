package compose

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const sample = `x-env: &shared
  LOG: info
  URL: http://${HOST:-localhost}
services:
  web:
    profiles: [full]
    build:
      context: ../apps/web
      dockerfile: docker/Dockerfile
      target: run
      args:
        NEXT_PUBLIC_URL: ${NEXT_PUBLIC_URL}
        TOKEN:
    environment:
      <<: *shared
      SECRET: "a$$b ${A?x} ${B:-${C}}"
      PASS: null
    env_file: [.env, {path: ./local.env, required: false}]
  api:
    extends: web
    build: ${DIR}
    image: api:${TAG-latest}
    environment:
      - PORT=8000
      - DATABASE_URL
      - "KEY=${KEY:?set it}"
  db:
    build: ./db
    env_file: db.env
include:
  - other.yml
`

func describe(f *File) string {
	var out strings.Builder
	variables := func(list []Variable) {
		for _, v := range list {
			fmt.Fprintf(&out, "  %s %s %d:%d given=%v only=%v\n", v.Key, v.Name, v.Range.Start.Line, v.Range.Start.Column, v.Given, v.Only())
		}
	}
	for _, s := range f.Services {
		fmt.Fprintf(&out, "%s extends=%v\n", s.Name, s.Extends)
		if s.Build != nil {
			fmt.Fprintf(&out, "  build %q %q %q at %d\n", s.Build.Context, s.Build.Dockerfile, s.Build.Target, s.Build.Key.Start.Line)
			variables(s.Build.Args)
		}
		variables(s.Environment)
		for _, e := range s.EnvFiles {
			fmt.Fprintf(&out, "  file %s %d:%d optional=%v\n", e.Path, e.Range.Start.Line, e.Range.Start.Column, e.Optional)
		}
	}
	for _, u := range f.Uses {
		fmt.Fprintf(&out, "%d:%d-%d %s%s %s nested=%v\n", u.Range.Start.Line, u.Range.Start.Column, u.Range.End.Column, u.Name, u.Operator, u.Service, u.Nested)
	}
	return out.String()
}

func TestParse(t *testing.T) {
	f, err := Parse("docker/compose.yml", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	const want = `web extends=false
  build "apps/web" "apps/web/docker/Dockerfile" "run" at 11
  args NEXT_PUBLIC_URL 12:9 given=true only=true
  args TOKEN 13:9 given=false only=false
  environment SECRET 16:7 given=true only=false
  environment PASS 17:7 given=false only=false
  environment LOG 2:3 given=true only=false
  environment URL 3:3 given=true only=false
  file docker/.env 18:16 optional=false
  file docker/local.env 18:29 optional=true
api extends=true
  build "" "" "" at 21
  environment PORT 24:9 given=true only=false
  environment DATABASE_URL 25:9 given=false only=false
  environment KEY 26:10 given=true only=true
db extends=false
  build "docker/db" "docker/db/Dockerfile" "" at 28
  file docker/db.env 29:15 optional=false
3:17-21 HOST:- web nested=false
12:28-43 NEXT_PUBLIC_URL web nested=false
16:23-24 A? web nested=false
16:30-31 B:- web nested=false
16:35-36 C web nested=true
21:14-17 DIR api nested=false
22:18-21 TAG- api nested=false
26:16-19 KEY:? api nested=false
`
	if diff := cmp.Diff(want, describe(f)); diff != "" {
		t.Error(diff)
	}
	if !f.Includes {
		t.Error("it includes another file")
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{sample, "services: []", "services: {a: }", "services: {a: {environment: [1, A=, {b: c}], build: {args: x}}}", "a: \"\\x24{B} $C\""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Parse("compose.yml", text)
		if err != nil {
			return
		}
		for _, u := range file.Uses {
			if got := string(text[u.Range.Start.Offset:u.Range.End.Offset]); got != u.Name && got != "" {
				t.Errorf("%q stands where %q is said to be", got, u.Name)
			}
		}
	})
}
