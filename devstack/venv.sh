#!/bin/sh
# Make .venv with everything that the lock names, and the project itself on top.
# Usage: sh devstack/venv.sh [python]
set -eu

fail() {
  echo "$1" >&2
  exit 1
}

# A name may be on the path and still not run, as pyenv's shims do.
new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

python=
for candidate in ${1:-python3.14 python3.13 python3.12 python3.11 python3}; do
  if new_enough "$candidate"; then
    python=${python:-$candidate}
    if "$candidate" -c 'import venv, ensurepip' 2>/dev/null; then
      python=$candidate
      break
    fi
  fi
done
[ -n "$python" ] || fail "Python 3.11 or newer is missing: install it, or say PYTHON=/path/to/python3"
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
  fail "python3-venv is missing: apt-get install python3-venv"

echo "making .venv with $("$python" -V) ..."
new_enough .venv/bin/python || "$python" -m venv --clear .venv
pip="env PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip -qq install"
# uv, where there is one, saves a minute. It does not read pip's configuration, so that behind
# an index of one's own it may fail where pip does not.
uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements-dev.lock 2>/dev/null ||
  $pip --require-hashes -r requirements-dev.lock
$pip --no-build-isolation --no-deps --editable liverows --editable .
