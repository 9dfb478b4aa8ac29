#!/usr/bin/env bash
# The package: it builds, holds what it must, and runs without the sources beside it. The site builds, too.
set -euo pipefail

package=$(mktemp -d)
trap 'rm -rf "$package"' EXIT

npm run --silent build
npm run --silent site
npm pack --silent --ignore-scripts --pack-destination "$package" >/dev/null
tar -xzf "$package"/*.tgz -C "$package"
ln -s "$PWD/node_modules" "$package/package/node_modules"
test -f "$package/package/web/dist/index.html"
test -f "$package/package/NOTICE"

PATH="$PWD/node_modules/.bin:$PATH"
cd /
node "$package/package/dist/src/cli/main.js" --version
node "$package/package/dist/src/cli/main.js" models verify
