package dockerfile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck/usage/usagetest"
)

const sample = `# syntax=docker/dockerfile:1
ARG NODE=24
FROM node:${NODE} AS base
ENV CI=1 \
    # a comment inside
    "Q"=x TZ='UTC'
ENV OLD style value
FROM base AS build
ARG NEXT_PUBLIC_URL
ARG MODE=production
ARG A B="x $MODE"
ENV NEXT_PUBLIC_URL=$NEXT_PUBLIC_URL \
  DSN="${MODE}-x"
RUN --mount=type=secret,id=token,env=SENTRY_AUTH_TOKEN \
    X=1 && echo "$X $MODE" '$NO' && pnpm --filter web build
RUN <<EOT
for f in a; do echo $f $B; done
EOT
FROM base
ARG PORT
CMD next start -p ${PORT:-3000} -H $HOST $CI
`

func TestReader(t *testing.T) {
	const want = `2:5-2:9 ARG sets "" NODE
4:5-4:7 ENV sets "base" CI
6:11-6:13 ENV sets "base" TZ
7:5-7:8 ENV sets "base" OLD
9:5-9:20 ARG passes "build" NEXT_PUBLIC_URL
10:5-10:9 ARG sets "build" MODE
11:5-11:6 ARG passes "build" A
11:7-11:8 ARG sets "build" B
12:5-12:20 ENV passes "build" NEXT_PUBLIC_URL
13:3-13:6 ENV sets "build" DSN
14:38-14:55 --mount passes "build" SENTRY_AUTH_TOKEN
20:5-20:9 ARG passes "2" PORT
21:21-21:25 defaulted runtime PORT
21:37-21:41 plain runtime HOST
21:43-21:45 defaulted runtime CI
`
	if diff := cmp.Diff(want, usagetest.Scan(t, Reader(), "Dockerfile", sample)); diff != "" {
		t.Error(diff)
	}
}

func TestStages(t *testing.T) {
	f := Parse("Dockerfile", []byte(sample))
	if got := f.Building(); got == nil || got.Name != "build" || got.Parent == nil || got.Parent.Name != "base" {
		t.Errorf("the build is run by %+v", got)
	}
	var uses []string
	for _, r := range f.Building().Runs {
		for _, u := range r.Uses {
			uses = append(uses, fmt.Sprintf("%s@%d:%d", u.Name, u.Range.Start.Line, u.Range.Start.Column))
		}
	}
	if diff := cmp.Diff([]string{"MODE@15:22", "B@17:25"}, uses); diff != "" {
		t.Error(diff)
	}
	final := f.Final()
	if final.Env("CI") == nil || final.Env("MODE") != nil || final.Arg("PORT") == nil || final.Arg("MODE") != nil || len(final.Starting()) != 3 {
		t.Errorf("the last stage: %+v", final)
	}
	if v := f.Building().Env("NEXT_PUBLIC_URL"); !v.Only("NEXT_PUBLIC_URL") || v.Only("URL") || len(v.Uses) != 1 {
		t.Errorf("%+v", v)
	}
}

func TestStart(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`CMD ["node", "$A"]`, ""},
		{`CMD ["sh", "-c", "exec x --port \"$A\" ${B}"]`, "A@2:36 B@2:42"},
		{`ENTRYPOINT ["/bin/bash", "-lc", "P=1; x $P $A"]`, "A@2:45"},
		{`CMD exec gunicorn -b :$PORT`, "PORT@2:24"},
	} {
		f := Parse("Dockerfile", []byte("FROM x\n"+c.text+"\n"))
		var got []string
		for _, r := range f.Final().Starting() {
			got = append(got, fmt.Sprintf("%s@%d:%d", r.Name, r.Range.Start.Line, r.Range.Start.Column))
		}
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s: %s", c.text, diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{sample, "FROM a AS b\nFROM b\nENV \\\n\nRUN <<A <<'B'\n$x\nA\n", "# escape=`\nFROM x\nENV A=`\n b\n", "RUN\nCMD [\"sh\",\"-c\",\"$A\"]", "FROM x\nARG \xff=1 é A=é"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file := Parse("Dockerfile", text)
		for _, m := range file.usage().Mentions {
			if got := string(text[m.Range.Start.Offset:m.Range.End.Offset]); got != m.Name && !strings.Contains(got, "\n") {
				t.Errorf("%q stands where %q is said to be", got, m.Name)
			}
		}
		for _, s := range file.Stages {
			for _, r := range s.Runs {
				for _, u := range r.Uses {
					if got := string(text[u.Range.Start.Offset:u.Range.End.Offset]); got != u.Name && !strings.Contains(got, "\n") {
						t.Errorf("%q stands where %q is said to be", got, u.Name)
					}
				}
			}
		}
	})
}
