#!/usr/bin/env bash
# Lint, format and tests of the training code, the smoke training among them
# (stages on drawn faces, whose loss must fall): some minutes on two cores. Python
# packages, pinned in pyproject.toml, go into .venv; where they cannot be had
# the tests are skipped, loudly. NIGHTGLASS_PYTHON names a Python that has them.
# `--prepare` only puts the packages there, so that CI can begin with that early.
set -euo pipefail
cd "$(dirname "$0")/.."

skip() { printf 'SKIPPED: training tests: %s\n' "$1"; exit 0; }

python="${NIGHTGLASS_PYTHON:-}"
if [ -z "$python" ]; then
  command -v python3 >/dev/null || skip 'there is no python3'
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || skip 'python3 is older than 3.11'
  python=.venv/bin/python
  wanted=$(sha256sum training/pyproject.toml)
  # One at a time: the other waits, and finds them there.
  exec 9>.venv.lock
  if command -v flock >/dev/null; then flock 9; fi
  if [ "$(cat .venv/nightglass-packages 2>/dev/null)" != "$wanted" ]; then
    python3 -m venv .venv || skip 'python3 has no venv'
    python3 -c '
import tomllib
project = tomllib.load(open("training/pyproject.toml", "rb"))["project"]
print("\n".join(project["dependencies"] + project["optional-dependencies"]["test"]))' >.venv/requirements.txt
    timeout 1200 "$python" -m pip install --quiet --requirement .venv/requirements.txt \
      || skip 'the Python packages cannot be installed (above)'
    printf '%s\n' "$wanted" >.venv/nightglass-packages
  fi
  exec 9>&-
fi
[ "${1:-}" != --prepare ] || exit 0

if "$python" -c 'import ruff' 2>/dev/null; then
  "$python" -m ruff check --quiet training
  "$python" -m ruff format --check --quiet training
else
  printf 'SKIPPED: lint of the training code: this Python has no ruff\n'
fi
"$python" -m pytest -q training/tests
