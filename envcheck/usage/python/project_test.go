package python

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/usage/usagetest"
)

// scanned writes what the files of an archive read: "path:line:column NAME kind via".
func scanned(t *testing.T, archive string) (string, *usage.Result) {
	t.Helper()
	result := usagetest.Archive(t, Reader(), archive)
	return usagetest.Reads(result.Files), result
}

func TestProject(t *testing.T) {
	for _, c := range []struct{ name, files, want string }{
		{
			"wrapper of another file",
			"-- app/__init__.py --\n-- app/env.py --\nimport os\ndef need(name):\n    return os.environ[name]\n-- app/main.py --\nfrom .env import need\nneed('A')\n-- run.py --\nfrom app import env as e\ne.need('B')\n",
			"app/main.py:2:7 A required need\nrun.py:2:9 B required need",
		},
		{
			"wrapper that nobody calls",
			"-- env.py --\nimport os\ndef need(name):\n    return os.environ[name]\n",
			"env.py:3:23 * dynamic",
		},
		{
			"wrapper through a package",
			"-- app/__init__.py --\nfrom app.env import need\n-- app/env.py --\nimport os\ndef need(name):\n    return os.environ[name]\n-- app/main.py --\nfrom app import need\nneed('A')\n",
			"app/main.py:2:7 A required need",
		},
		{
			"object of another file",
			"-- conf.py --\nfrom environs import Env\nenv = Env()\n-- main.py --\nfrom conf import env\nenv.str('A')\n",
			"main.py:2:10 A required env",
		},
		{
			"constant of another file",
			"-- names.py --\nimport os\nTOKEN = 'A_TOKEN'\nos.environ[TOKEN]\n-- main.py --\nimport os\nfrom names import TOKEN\nos.getenv(TOKEN)\n",
			"main.py:3:11 A_TOKEN plain\nnames.py:3:12 A_TOKEN required",
		},
		{
			"settings",
			"-- s.py --\nfrom pydantic import Field, AliasChoices\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\nfrom typing import ClassVar\nclass S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='app_', env_file='.env')\n    a: str\n    b: int = 1\n    c: str | None = None\n    d: str = Field(...)\n    e: str = Field(default='x', validation_alias='OTHER')\n    f: str = Field(validation_alias=AliasChoices('F1', 'F2'))\n    g: ClassVar[str] = 'x'\n    _h: str = ''\n    @property\n    def i(self) -> str: return ''\ns = S()\n",
			"s.py:6:5 APP_A required S\ns.py:7:5 APP_B defaulted S\ns.py:8:5 APP_C defaulted S\ns.py:9:5 APP_D required S\ns.py:10:51 OTHER defaulted S\ns.py:11:51 F1 plain S\ns.py:11:57 F2 plain S",
		},
		{
			"settings of pydantic 1",
			"-- s.py --\nfrom typing import Optional\nfrom pydantic import BaseSettings, Field\nclass S(BaseSettings):\n    a: str\n    b: Optional[str]\n    c: str = Field(..., env=['C1', 'C2'])\n    class Config:\n        env_prefix = 'P_'\n        case_sensitive = True\n",
			"s.py:4:5 P_a required S\ns.py:5:5 P_b defaulted S\ns.py:6:31 C1 plain S\ns.py:6:37 C2 plain S",
		},
		{
			"two apps with one name",
			"-- a/pyproject.toml --\n[project]\nname = \"a\"\n-- a/core.py --\nfrom pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    model_config = {'env_prefix': 'A_'}\n    x: str\n-- a/main.py --\nfrom core import Settings\nclass Sub(Settings):\n    y: str\n-- b/pyproject.toml --\n[project]\nname = \"b\"\n-- b/core.py --\nclass Settings:\n    pass\n-- b/main.py --\nfrom core import Settings\nclass Sub(Settings):\n    y: str\n",
			"a/main.py:2:7 A_X required Sub\na/main.py:3:5 A_Y required Sub",
		},
		{
			"inheritance with prefixes",
			"-- s.py --\nfrom pydantic_settings import BaseSettings\nclass Base(BaseSettings):\n    host: str = ''\nclass Db(Base, env_prefix='DB_'):\n    port: int\nclass Mail(Base):\n    model_config = {'env_prefix': 'MAIL_'}\n",
			"s.py:3:5 DB_HOST defaulted Db\ns.py:3:5 MAIL_HOST defaulted Mail\ns.py:5:5 DB_PORT required Db",
		},
		{
			"nested models",
			"-- models.py --\nfrom pydantic import BaseModel\nclass Db(BaseModel):\n    host: str\n    port: int = 1\n-- s.py --\nfrom pydantic_settings import BaseSettings\nfrom models import Db\nclass S(BaseSettings):\n    model_config = {'env_nested_delimiter': '__'}\n    db: Db\n",
			"s.py:5:5 DB defaulted S\ns.py:5:5 DB__HOST required S\ns.py:5:5 DB__PORT defaulted S",
		},
		{
			"names made at run time",
			"-- s.py --\nfrom pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    model_config = {'alias_generator': f}\n    a: str\n    b: str = Field(alias='B')\nclass T(BaseSettings, env_prefix=prefix()):\n    c: str\n",
			"s.py:2:7 * dynamic S\ns.py:5:27 B required S\ns.py:6:7 * dynamic T",
		},
		{
			"prefix where the object is made",
			"-- s.py --\nfrom pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    a: str = ''\n-- m.py --\nimport s\nx = s.S(_env_prefix='X_')\n",
			"m.py:2:22 X_A defaulted S\ns.py:3:5 A defaulted S",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _ := scanned(t, c.files)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestImports(t *testing.T) {
	_, result := scanned(t, `
-- pyproject.toml --
[tool.uv.workspace]
members = ["libs/*", "app"]
-- app/pyproject.toml --
[project]
name = "app"
-- app/src/app/__init__.py --
-- app/src/app/main.py --
from typing import TYPE_CHECKING
import os, shared.util
from . import routes
from .routes.users import router as r
from app.gone import x
if TYPE_CHECKING:
    from .types import T
"""
from .not_an_import import x
"""
-- app/src/app/types.py --
-- app/src/app/routes/__init__.py --
-- app/src/app/routes/users.py --
from ..types import (
    A,
    T as B,
)
from ...outside import x
-- libs/shared/pyproject.toml --
[project]
name = "shared"
-- libs/shared/shared/__init__.py --
-- libs/shared/shared/util.py --
-- libs/shared/tests/test_util.py --
from shared.util import x
`)
	got := map[string]string{}
	for _, f := range result.Files {
		var out []string
		for _, im := range f.Imports {
			path := im.Path
			if im.TypesOnly {
				path += " (types)"
			}
			out = append(out, path)
		}
		if f.Unresolved {
			out = append(out, "?")
		}
		got[f.Path] = strings.Join(out, " ")
	}
	want := map[string]string{
		"app/src/app/main.py":            "app/src/app/__init__.py app/src/app/routes/__init__.py app/src/app/routes/users.py app/src/app/types.py (types) libs/shared/shared/__init__.py libs/shared/shared/util.py ?",
		"app/src/app/routes/users.py":    "app/src/app/types.py ?",
		"libs/shared/tests/test_util.py": "libs/shared/shared/__init__.py libs/shared/shared/util.py",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
