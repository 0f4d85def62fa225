# What .ci/run and .ci/nightly share: preparing the machine, and stages that run side by side.
# shellcheck shell=bash

# What may not be skipped here; a developer's machine may lack it.
export REQUIRED=postgrest,pgbouncer,deno,stack,supabase-js,browser-kit,react-page,pgtap,plpgsql-check,supabase-cli,chromium,mkdocs
# Networks with a certificate of their own: Deno and Node trust what the machine trusts.
export DENO_TLS_CA_STORE=mozilla,system NODE_USE_SYSTEM_CA=1
# Many images forbid Python to keep what it compiled; here hundreds of processes would compile anew.
unset PYTHONDONTWRITEBYTECODE
# A clean checkout has no types to remember, and nobody reads what would be written.
export MYPY_CACHE_DIR=/dev/null
PY=.venv/bin/python

stage() {
  printf '[%4d s] %s\n' "$SECONDS" "$*"
}

# Debian packages as name:file, where the file shows that the package is there.
install_missing() {
  local entry missing=() extensions=/usr/share/postgresql/15/extension
  for entry in make:/usr/bin/make \
    postgresql-15:/usr/lib/postgresql/15/bin/postgres \
    postgresql-15-pgtap:$extensions/pgtap.control \
    postgresql-15-plpgsql-check:$extensions/plpgsql_check.control \
    libtap-parser-sourcehandler-pgtap-perl:/usr/bin/pg_prove \
    pgbouncer:/usr/sbin/pgbouncer \
    chromium:/usr/bin/chromium \
    "$(clock_package)" \
    "$(python_package)"; do
    [[ -z "$entry" || -e "${entry#*:}" ]] || missing+=("${entry%%:*}")
  done
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    echo "not root, so these Debian packages were not installed: ${missing[*]}"
    return 0
  fi
  # The package makes a cluster of its own, which nobody needs here.
  mkdir -p /etc/postgresql-common
  [[ -e /etc/postgresql-common/createcluster.conf ]] ||
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Nothing, if a process can be given a clock of its own; its folder is named by the architecture.
clock_package() {
  compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null || echo "libfaketime:/nonexistent"
}

# Nothing, if any Python on the path can already make a virtual environment.
python_package() {
  local name
  for name in python3.14 python3.13 python3.12 python3.11 python3; do
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      return 0
    fi
  done
  echo "python3-venv:/nonexistent"
}

# What needs no npm package begins while npm installs them. Tests wait often, and have precedence.
prepare() {
  stage "packages of the machine"
  install_missing
  stage "virtual environment"
  make --no-print-directory venv
  lane "style, types, rooms" nice make --no-print-directory lint-python
  lane "migrations: squawk" .venv/bin/squawk supabase/migrations/*.sql
  lane "Dockerfile: hadolint" .venv/bin/hadolint Dockerfile
  stage "npm packages and pages"
  # Each process of the tests would otherwise compile all of their modules.
  "$PY" -m pytest --collect-only -qq >/dev/null 2>&1 &
  make --no-print-directory node
  wait $! || true # the tests themselves say what is wrong
}

# Each lane is a process group of its own. It has the usual SIGINT, which programs that a shell starts in
# the background otherwise ignore, and it ends whole if this script is ended.
set -m
said=$(mktemp -d)
lanes=()
titles=()
trap end_lanes EXIT

# If the script ends early, what the lanes have said until now is still shown.
end_lanes() {
  local number
  kill -- "-${progress-}" 2>/dev/null || true
  for number in "${!lanes[@]}"; do
    kill -- "-${lanes[$number]}" 2>/dev/null || continue
    stage "ended before it was done: ${titles[$number]}"
    tail -n 40 "$said/$number"
  done
  rm -rf "$said"
}

# lane "title" command …: runs the command beside those that follow.
lane() {
  local title=$1 number=${#lanes[@]}
  shift
  stage "begins beside the others: $title"
  {
    began=$SECONDS status=0
    "$@" >"$said/$number" 2>&1 </dev/null || status=$?
    echo "$((SECONDS - began)) $status" >"$said/$number.end"
  } &
  lanes+=($!)
  titles+=("$title")
}

# The arguments of `make` for each lane of tests, by the lane's number.
declare -A tests

# tests_lane "title" target "arguments of pytest": a lane whose failed tests may run again.
tests_lane() {
  local number=${#lanes[@]}
  tests[$number]="$2 -o cache_dir=.pytest_cache/$number $3"
  rm -rf ".pytest_cache/$number"
  lane "$1" run_tests "$number"
}

# The lane of Postgres 15 computes all the time, so it has low priority and runs while the other lanes wait. The
# lane of the browser has not: a page that gets too little time shows other things.
run_tests() {
  local target args niceness=0
  read -r target args <<<"${tests[$1]}"
  [[ "$target" != test-oldest ]] || niceness=10
  nice -n "$niceness" make --no-print-directory "$target" ARGS="$args ${2-}"
}

# A machine that is held up for seconds can fail a test that waits for something. So if at most three
# tests of a lane fail, they run once more, alone: who fails again fails the run, and who passes is told.
unsteady=()
once_more() {
  local number=$1 failed
  failed=$("$PY" -c 'import json, sys; print(*json.load(open(sys.argv[1])), sep="\n")' \
    ".pytest_cache/$number/v/cache/lastfailed") || return 1
  (($(wc -l <<<"$failed") <= 3)) || return 1
  stage "once more: ${failed//$'\n'/, }"
  run_tests "$number" "-n 0 --last-failed --last-failed-no-failures none" || return 1
  unsteady+=("$failed")
}

# A line a minute for each lane of tests: how far it is.
tell_progress() {
  local number
  while sleep 60; do
    for number in "${!tests[@]}"; do
      [[ -e "$said/$number.end" ]] || stage "${titles[$number]}: $(grep -o '\[ *[0-9]*%\]' "$said/$number" | tail -n 1)"
    done
  done
}

# Waits for all lanes; what a lane said is printed when it is its turn. Returns 1 if one has failed.
finish() {
  local number seconds status failed=() result=0
  tell_progress &
  progress=$!
  for number in "${!lanes[@]}"; do
    wait "${lanes[$number]}" || true
    read -r seconds status <"$said/$number.end"
    stage "${titles[$number]}: took $seconds s"
    cat "$said/$number"
    ((status == 0)) || failed+=("$number")
  done
  kill -- "-$progress" 2>/dev/null && wait "$progress" 2>/dev/null || true
  for number in "${failed[@]}"; do
    if [[ -z "${tests[$number]-}" ]] || ! once_more "$number"; then
      stage "failed: ${titles[$number]}"
      result=1
    fi
  done
  for failed in "${unsteady[@]}"; do
    printf 'failed once and passed alone; its cause is still to be found: %s\n' "${failed//$'\n'/, }"
  done
  lanes=() titles=() unsteady=()
  tests=()
  ((result)) || stage "done"
  return $result
}
