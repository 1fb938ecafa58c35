package shell

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck/usage/usagetest"
)

func TestReads(t *testing.T) {
	for _, c := range []struct{ name, path, text, want string }{
		{"expansions", "a.sh", "echo $A \"${B}\" '$C' # $D\n", "1:7-1:8 plain runtime A\n1:12-1:13 plain runtime B\n"},
		{"operators", "a.sh", "echo ${A:?no} ${B:-x} ${C+y} ${D%x}\n: ${E:=e}\necho $E\n", "1:8-1:9 required runtime A\n1:17-1:18 defaulted runtime B\n1:25-1:26 defaulted runtime C\n1:32-1:33 plain runtime D\n2:5-2:6 defaulted runtime E\n"},
		{"own names", "a.sh", "A=1\necho $A\nfor B in 1; do echo $B; done\nread -r C\necho $C $RANDOM $1 $@ $small\nlocal D=2; echo $D\nE=1 run $E\n", "7:10-7:11 plain runtime E\n"},
		{"read before it is set", "a.sh", "PORT=${PORT:-80}\necho $PORT\nA=$A:x\n", "1:8-1:12 defaulted runtime PORT\n3:4-3:5 plain runtime A\n"},
		{"in functions", "a.sh", "f() { echo $A $B; }\nA=1\nf\n", "1:16-1:17 plain runtime B\n"},
		{"strict", "a.sh", "set -euo pipefail\necho $A ${B:-}\n", "2:7-2:8 required runtime A\n2:11-2:12 defaulted runtime B\n"},
		{"tests", "a.sh", "if [ -z \"$A\" ]; then\n  exit 1\nfi\n[[ -n $B ]] && run\n[ -z \"$C\" ] && exit 1\n[[ -v D ]]\n", "1:11-1:12 required runtime A\n4:8-4:9 defaulted runtime B\n5:8-5:9 required runtime C\n6:7-6:8 defaulted runtime D\n"},
		{"with others", "a.sh", ". ./lib.sh\necho $A\n", "2:7-2:8 defaulted runtime A\n"},
		{"indirect and whole", "a.sh", "echo ${!x}\necho ${!P_*}\nenv\nprintenv A\nenvsubst '$B' < x\nenvsubst < x\n", "1:9-1:10 dynamic runtime *\n2:9-2:11 dynamic runtime P_*\n3:1-3:4 whole runtime \n4:10-4:11 plain runtime A\n5:12-5:13 plain runtime B\n6:1-6:9 whole runtime \n"},
		{"here documents", "a.sh", "cat <<X\n$A\nX\ncat <<'X'\n$B\nX\n", "2:2-2:3 plain runtime A\n"},
		{"export", ".envrc", "export A=1\nexport B\necho $A $B\n", "3:10-3:11 plain script B\n"},
		{"by its first line", "bin/start", "#!/usr/bin/env bash\necho $A\n", "2:7-2:8 plain runtime A\n"},
		{"another language", "bin/start", "#!/usr/bin/env python3\necho $A\n", ""},
		{"broken", "a.sh", "echo $A\nif then ( $B '$C'\nX=1\necho $D $X\n", "1:7-1:8 plain runtime A\n2:12-2:13 plain runtime B\n4:7-4:8 plain runtime D\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, usagetest.Scan(t, Reader(), c.path, c.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("set -u\nif [ -z \"$A\" ]; then exit; fi\nf() { local x=${B:-$C}; }\n((D=1))\necho ${!E*} 'x' <<X\n$F\nX\n")
	f.Add("if then ( $B '$C'\n${\n$")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := parse("a.sh", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		before := 0
		for _, r := range file.Reads {
			if r.Range.Start.Offset < before || r.Range.End.Offset < r.Range.Start.Offset || r.Range.End.Offset > len(text) {
				t.Fatalf("a read at %v behind one at %d", r.Range, before)
			}
			before = r.Range.Start.Offset
		}
	})
}

// TestNesting holds that what is nested deeply, or is large, ends.
func TestNesting(t *testing.T) {
	for _, unit := range []string{"(", "$(", "{ ", "`", "${A:-", "$((", "if ", "case x in a) ", "a | ", "a && ", "[[ ! ", "(( -", "\"$(", "<(", "((x ? ", "((x = "} {
		if _, err := parse("a.sh", []byte(strings.Repeat(unit, maxSigns/2)+" $A")); err != nil {
			t.Errorf("%q: %v", unit, err)
		}
	}
}
