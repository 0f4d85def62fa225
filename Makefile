# Every target first makes .venv from the hashed lock; the second time that costs nothing.

PY := .venv/bin/python
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --quiet pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help demo test chaos lint bench node venv lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

demo: venv ## watch four real rows being enriched (KEEP=1 stays up, SVG=file draws it)
	@KEEP="$(KEEP)" SVG="$(SVG)" $(PY) -m examples.demo

test: venv ## run every test (ARGS="-k claim" is handed to pytest)
	@$(PY) -m devstack.node || true
	@$(PY) -m pytest -n 2 $(ARGS)

chaos: venv ## kill, freeze and cut workers at full size and real length; prints figures
	@$(PY) -m pytest -n 0 -m "" tests/chaos $(ARGS)
	@$(PY) -m pytest -n 0 -m chaos tests/engine $(ARGS)

lint: venv ## style, types and the direction of imports
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports

bench: venv ## measure pickup, throughput and memory beside a raw loop
	@$(PY) -m bench $(ARGS)

node: venv ## install the npm packages that some tests need
	@$(PY) -m devstack.node

venv: .venv/.installed ## make .venv (PYTHON=python3.12 picks the interpreter)

lock: ## write both locks anew; needs uv (UPGRADE=1 takes the newest versions)
	@command -v uv >/dev/null || { echo "uv is missing: pip install uv" >&2; exit 1; }
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra dev --output-file requirements-dev.lock
	$(LOCK) $(if $(UPGRADE),--upgrade) --constraint requirements-dev.lock --output-file requirements.lock

clean: ## remove .venv and every cache
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
		devstack/node_modules build dist

.venv/.installed: requirements-dev.lock pyproject.toml
	@sh devstack/venv.sh $(PYTHON)
	@touch $@
