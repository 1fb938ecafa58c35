#!/bin/sh
# Installs the real loaders that TestLoaders in envcheck/dotenv compares with:
#
#	internal/loaders/install.sh DIR
#	ENVTIGHT_LOADERS=DIR go test ./envcheck/dotenv -run TestLoaders
#
# It needs node with npm and python3, and takes the packages from the registries
# that those are configured for. package-lock.json and requirements.txt pin them.
set -eu

dir=${1:?usage: install.sh DIR}
here=$(cd "$(dirname "$0")" && pwd)

mkdir -p "$dir"
cp "$here/package.json" "$here/package-lock.json" "$dir/"
(cd "$dir" && npm ci --ignore-scripts --no-audit --no-fund)

python3 -m venv "$dir/python"
"$dir/python/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
	--require-hashes -r "$here/requirements.txt"
