#!/bin/sh
# Installs the programs that some tests compare with, into the directory $1.
# Tests find them by ENVTIGHT_TOOLS and are skipped without them, unless
# ENVTIGHT_REQUIRE holds the word "tools". Needs npm and python3.
set -eu

if [ $# -ne 1 ]; then
	echo "usage: install.sh DIRECTORY" >&2
	exit 2
fi
mkdir -p "$1"

# The schema of SARIF is that of OASIS; it is not only for linting. With TypeScript's
# tree and symbols, the reads are compared that envcheck/usage/ecma finds.
npm install --no-audit --no-fund --no-save --ignore-scripts --prefix "$1" \
	"@microsoft/sarif-multitool-linux@5.7.0" "typescript@5.9.3"
# What the package's own install script does.
chmod u+x "$1/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"

# pre-commit, with which the hooks are tested. requirements.txt pins it: it was made
# by pip-compile --generate-hashes.
here=$(cd "$(dirname "$0")" && pwd)
python3 -m venv "$1/pre-commit"
"$1/pre-commit/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
	--require-hashes -r "$here/requirements.txt"
