#!/bin/sh
# Make .venv with everything that a lock names, and the project itself on top.
# Usage: sh devstack/venv.sh requirements-dev.lock [python]
set -eu
lock=$1
shift

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

began=$(date +%s)
say() {
  printf '%4d s  %s\n' "$(($(date +%s) - began))" "$1"
}

if ! new_enough .venv/bin/python; then
  say "making .venv with $("$python" -V)"
  "$python" -m venv --clear .venv
fi

# Behind an index of one's own, uv must use what pip is told to use.
pip="env PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip"
index=${PIP_INDEX_URL:-$($pip config get global.index-url 2>/dev/null || true)}
[ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
# The machine's own certificates too, as pip has them; newer versions know the second name.
export UV_NATIVE_TLS=1 UV_SYSTEM_CERTS=1

# uv needs a third of pip's time. If the machine has none, it is the first package of the lock.
uv=$(command -v uv || true)
if [ -z "$uv" ]; then
  uv=.venv/bin/uv
  # A cache would double the disk that is used, and nothing else would read it.
  export UV_NO_CACHE=1
fi
if [ ! -x "$uv" ]; then
  say "getting uv, which gets the others"
  only_uv=$(mktemp)
  trap 'rm -f "$only_uv"' EXIT
  awk '/^[a-z]/ { wanted = /^uv==/ } wanted' "$lock" >"$only_uv"
  $pip -qq install --no-compile --require-hashes -r "$only_uv" || uv=
fi

# On a terminal uv shows what it downloads.
quiet=--quiet
[ ! -t 2 ] || quiet=

install() {
  if [ -n "$uv" ]; then
    "$uv" pip install $quiet --python .venv/bin/python "$@" && return
    echo "uv could not do it; pip tries, and needs some minutes" >&2
  fi
  $pip -q install "$@"
}

say "installing $(grep -c '^[a-z]' "$lock") packages"
install --require-hashes -r "$lock"
say "installing this project"
install --no-build-isolation --no-deps --editable liverows --editable .
say ".venv is complete"
