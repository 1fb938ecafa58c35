package python

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
)

var kinds = [...]string{"plain", "required", "defaulted", "dynamic", "whole"}

// found writes the reads of a text: "line:column NAME kind via".
func found(text string) string {
	var s script
	s.analyse("a.py", []byte(text), nil)
	lines := envtight.NewLines([]byte(text))
	var out []string
	for _, r := range s.sorted() {
		at := lines.Position(r.span.Start)
		line := fmt.Sprintf("%d:%d %s %s", at.Line, at.Column, r.name, kinds[r.kind])
		if r.kind == usage.Whole {
			line = fmt.Sprintf("%d:%d whole", at.Line, at.Column)
		}
		if r.via != "" {
			line += " " + r.via
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

var readCases = []struct{ name, text, want string }{
	{"subscript", "import os\nx = os.environ['A']", "2:17 A required"},
	{"get", "import os\nos.environ.get('A')\nos.environ.get('B', '')\nos.environ.get('C', None)", "2:17 A plain\n3:17 B defaulted\n4:17 C plain"},
	{"keywords", "import os\nos.getenv(key='A', default='')", "2:16 A defaulted"},
	{"getenv", "from os import getenv as g, environ as e\ng('A')\ne['B']", "2:4 A plain\n3:4 B required"},
	{"module by another name", "import os as o, sys\no.getenv('A')", "2:11 A plain"},
	{"submodule", "import os.path\nos.getenv('A')", "2:12 A plain"},
	{"module by star", "from .base import *\nX = os.environ['A']", "2:17 A required"},
	{"bytes", "import os\nos.environb[b'A']", "2:15 A required"},
	{"columns are code points", "import os\nx = 'é', os.environ['A']", "2:22 A required"},
	{"pop and setdefault", "import os\nx = os.environ.pop('A')\ny = os.environ.pop('B', None)\nos.environ.pop('C', None)\nos.environ.setdefault('D', 'x')", "2:21 A required\n3:21 B defaulted\n5:24 D defaulted"},
	{"presence", "import os\nif 'A' in os.environ and 'B' not in os.environ: pass\n'C' in os.environ.keys()", "2:5 A defaulted\n2:27 B defaulted\n3:2 C defaulted"},
	{"loops are the whole", "import os\nfor k in os.environ: pass\n[k for k, v in os.environ.items()]", "2:10 whole\n3:16 whole"},
	{"handed on", "import os\nrun(env={**os.environ})\nrun(os.environ.copy())\nrun(env=dict(os.environ))", "2:12 whole\n3:5 whole\n4:14 whole"},
	{"aliases", "import os\nenv = os.environ\nget = os.environ.get\nenv['A']\nget('B')\ng2 = os.getenv\ng2('C')", "4:6 A required\n5:6 B plain\n7:5 C plain"},
	{"alias in its function only", "import os\ndef f():\n    env = os.environ\n    env['A']\ndef g(env):\n    env['B']", "4:10 A required"},
	{"alias by default", "import os\ndef f(env=os.environ, x: dict | None = None):\n    x = x or os.environ\n    return env['A'], x.get('B')", "4:17 A required\n4:29 B plain"},
	{"parameter hides", "from os import environ\ndef app(environ, start):\n    return environ['A']\ndef b():\n    environ = {}\n    environ['B']", ""},
	{"writes", "import os\nos.environ['A'] = '1'\ndel os.environ['B']\nos.environ['C'], x = 1, 2\n(os.environ['D'], y) = 1, 2\nos.environ['E']: str = ''\nos.environ.update(F='')\nif x: os.environ['G'] = ''\na = os.environ['H'] = ''", ""},
	{"reads beside writes", "import os\na = os.environ['A'], os.environ['B']\nos.environ['C'] += 'x'\nd[os.environ['D']] = 1\ndel d[os.environ['E']]\nx = {'k': os.environ['F']}", "2:17 A required\n2:34 B required\n3:13 C required\n4:15 D required\n5:19 E required\n6:23 F required"},
	{"tests patch", "import os\nwith patch.dict(os.environ, {'A': ''}): pass\nmock.patch.dict(os.environ, A='')\nmonkeypatch.setitem(os.environ, 'A', '')", ""},
	{"dynamic", "import os\nos.environ[x]\nos.getenv(f'A_{x}_B')\nos.getenv('C_' + x)\nos.getenv('%s_D' % x)\nos.getenv('{}_E'.format(x))", "2:12 * dynamic\n3:11 A_*_B dynamic\n4:11 C_* dynamic\n5:11 *_D dynamic\n6:11 *_E dynamic"},
	{"joined literals", "import os\nos.getenv('A' 'B')\nos.getenv('C' + '_D')\nos.getenv(f'E')", "2:12 AB plain\n3:12 C_D plain\n4:13 E plain"},
	{"constants", "import os\nNAME = 'A'\nos.environ[NAME]\nos.environ[NAME + '_B']", "3:12 A required\n4:12 A_B required"},
	{"a constant with two values", "import os\nNAME = 'A'\nNAME = 'B'\nos.environ[NAME]", "4:12 * dynamic"},
	{"loop over constants", "import os\nfor k in ('A', 'B'):\n    os.environ[k]\nNAMES = ['C', 'D']\nx = [os.getenv(n) for n in NAMES]", "2:12 A required\n2:17 B required\n4:11 C plain\n4:16 D plain"},
	{"two loops with one variable", "import os\nfor k in ('A', 'B'): pass\nfor k in x:\n    os.environ[k]", "4:16 * dynamic"},
	{"conditions", "import os\nif os.getenv('A'): pass\nx = os.getenv('B') or 1\ny = 1 if os.getenv('C') else 2\nz = os.getenv('D') == '1'\nbool(os.getenv('E'))", "2:15 A defaulted\n3:16 B defaulted\n4:21 C defaulted\n5:16 D defaulted\n6:17 E defaulted"},
	{"throws", "import os\nif not os.getenv('A'):\n    raise X\nassert os.getenv('B')\nx = os.getenv('C')\nif not x:\n    raise X\ny = os.getenv('D')\nif y: pass", "2:19 A required\n4:19 B required\n5:16 C required\n8:16 D defaulted"},
	{"guards", "import os\nif 'A' in os.environ:\n    x = os.environ['A']\ny = os.environ['B'] if 'B' in os.environ else 1\ntry:\n    z = os.environ['C']\nexcept KeyError:\n    z = 1\ntry:\n    z = os.environ['D']\nexcept KeyError:\n    raise X", "2:5 A defaulted\n3:21 A defaulted\n4:17 B defaulted\n4:25 B defaulted\n6:21 C defaulted\n10:21 D required"},
	{"strings and comments", "import os\n'os.environ[\"A\"]'\n# os.environ['B']\n\"\"\"\nos.environ['C']\n\"\"\"\nf\"os.environ['D'] {os.environ['E']} {{os.environ['F']}}\"", "7:32 E required"},
	{"attributes of others", "import os\nself.environ['A']\nrequest.environ.get('B')\nfoo.getenv('C')", ""},
	{"keyword named like it", "from os import environ\nrun(environ=environ)\nrun(environ={})", "2:13 whole"},
	{"wrapper", "import os\ndef need(name):\n    v = os.environ.get(name)\n    if not v:\n        raise X\n    return v\ndef opt(name, default=None):\n    return os.environ.get(name, default)\nneed('A')\nopt('B')\nopt('C', 'x')\nopt('D', default='x')\nneed(x)", "3:24 * dynamic\n8:27 * dynamic\n9:7 A required need\n10:6 B plain opt\n11:6 C defaulted opt\n12:6 D defaulted opt\n13:6 * dynamic need"},
	{"wrapper with a prefix", "import os\ndef get(key):\n    return os.environ[f'APP_{key.upper()}']\nget('a')", "3:23 APP_* dynamic\n4:6 APP_A required get"},
	{"wrapper of a wrapper", "import os\ndef a(n): return os.environ[n]\ndef b(n): return a('P_' + n)\nb('X')", "2:29 * dynamic\n3:20 P_* dynamic a\n4:4 P_X required b"},
	{"method", "import os\nclass A:\n    def get(self, name): return os.environ[name]\n    def f(self): return self.get('X')", "3:44 * dynamic\n4:35 X required get"},
	{"wrapper that changes its parameter", "import os\ndef get(n):\n    n = n.upper()\n    return os.environ[n]\nget('x')", "4:23 * dynamic"},
	{"escaping wrapper", "import os\ndef get(n): return os.environ[n]\nmap(get, names)", "2:31 * dynamic\n3:5 * dynamic get"},
	{"decouple", "from decouple import config, Csv\nconfig('A')\nconfig('B', default=1, cast=int)\nconfig('C', default=None)", "2:9 A required config\n3:9 B defaulted config\n4:9 C defaulted config"},
	{"decouple objects", "import decouple\nc = decouple.Config(decouple.RepositoryEnv('x'))\nc('A')\ndecouple.config.get('B')", "3:4 A required config\n4:22 B required config"},
	{"starlette", "from starlette.config import Config\nconfig = Config('.env', env_prefix='P_')\nconfig('A')\nconfig('B', cast=bool, default=False)\nconfig.get('C', default='')", "3:9 P_A required config\n4:9 P_B defaulted config\n5:13 P_C defaulted config"},
	{"environs", "from environs import Env\nenv = Env()\nenv.read_env('.x')\nenv('A')\nenv.bool('B', False)\nenv.int('C', default=None)\nwith env.prefixed('P_'):\n    env.str('D')\n    with env.prefixed('Q_'):\n        env.str('E')\nenv.str('F')", "4:6 A required env\n5:11 B defaulted env\n6:10 C defaulted env\n8:14 P_D required env\n10:18 P_Q_E required env\n11:10 F required env"},
	{"django-environ", "import environ\nenv = environ.Env(DEBUG=(bool, False))\nenviron.Env.read_env()\nenv('DEBUG')\nenv.db()\nenv.cache_url('R')\nenv('A', str, 'x')\nenv.str('B', 'x')", "4:6 DEBUG defaulted env\n5:1 DATABASE_URL required env\n6:16 R required env\n7:6 A defaulted env\n8:10 B defaulted env"},
	{"click", "@click.option('--a', envvar='A')\n@click.option('--b', envvar=['B', 'C'], required=True)\ndef f(x = typer.Option(..., envvar='D')): pass", "1:30 A defaulted envvar\n2:31 B defaulted envvar\n2:36 C defaulted envvar\n3:37 D plain envvar"},
	{"dynaconf and flask", "settings = Dynaconf(envvar_prefix='APP')\napp.config.from_prefixed_env()\napp.config.from_envvar('S')", "1:36 APP_* dynamic envvar_prefix\n2:12 FLASK_* dynamic from_prefixed_env\n3:25 S required from_envvar"},
	{"new syntax", "import os\ntype X[T] = list[T]\ndef f[T](x: T) -> T:\n    try: pass\n    except A, B: pass\n    match x:\n        case {'a': 1}: return os.environ['A']\nf'{os.environ['B']}'", "7:43 A required\n8:16 B required"},
	{"fields of strings", "import os\nf'{os.environ[\"A\"]!r:>{os.getenv(\"B\")}}'", "2:16 A required\n2:35 B plain"},
	{"broken", "import os\nx = f(os.environ['A'\ny = 'it\nz = os.environ['B']\ndef g(\n    return os.getenv('C'", "2:19 A required\n4:17 B required\n6:23 C plain"},
}

func TestReads(t *testing.T) {
	for _, c := range readCases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, found(c.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
