# Everything a fresh machine needs is Python and make.
PYTHON ?= python3
BIN := .venv/bin
# Tests that need a server stay in one process: they share it, and a machine has few cores.
PARALLEL := -n auto --maxprocesses 4 --dist loadgroup
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PIP := $(INSTALL) -c constraints.txt
PIP_LOCKED := $(INSTALL) --require-hashes
PIP_OURS := $(INSTALL) --no-deps --no-build-isolation
BASE := .venv/$(if $(LOCKED),locked,base)
DEV := .venv/$(if $(LOCKED),locked-dev,dev)

.PHONY: demo lock test test-all lint docs bench clean

# With LOCKED=1 nothing is installed but what requirements/ names by its hash, and torch, by its version.
demo: $(BASE)
	$(if $(LOCKED),,$(PIP) -e '.[triton]')
	$(BIN)/python examples/demo.py

.venv/locked: requirements/demo.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(PIP_LOCKED) -r requirements/demo.txt
	$(PIP_OURS) -e . -e ./models/minilm -e ./models/encoder
	touch $@

.venv/locked-dev: requirements/test.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(PIP_LOCKED) --no-deps -r requirements/test.txt
	$(PIP) torch
	$(PIP_OURS) -e . -e ./models/minilm -e ./models/encoder -e ./models/minilm/checkpoint -e ./models/mpnet -e ./integrations/haystack
	touch $@

# Needs uv.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	-c constraints.txt
lock:
	$(LOCK) --extra triton pyproject.toml requirements/build.in -o requirements/demo.txt
	$(LOCK) --override requirements/elsewhere.in --extra dev pyproject.toml \
		requirements/haystack.in requirements/build.in -o requirements/test.txt

# All tests but those that train or start a cluster; those and all others, of other made-up examples: make test-all.
test: $(DEV)
	$(BIN)/python -m pytest $(PARALLEL) -m "not slow"

test-all: $(DEV)
	$(BIN)/python -m pytest $(PARALLEL) --hypothesis-profile others

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: .venv/dev
	$(PIP) -e '.[docs]'
	$(BIN)/python docs/reference.py
	$(BIN)/mkdocs build --strict

bench: FILE ?= tests/data/squad-heldout-sample.json.gz
bench: .venv/dev
	$(BIN)/python benchmarks/throughput.py $(FILE)

.venv/base: pyproject.toml constraints.txt models/minilm/pyproject.toml models/encoder/pyproject.toml
	$(PYTHON) -m venv .venv
	$(PIP) -e . -e ./models/minilm -e ./models/encoder
	touch $@

.venv/dev: .venv/base models/minilm/checkpoint/pyproject.toml models/mpnet/pyproject.toml integrations/haystack/pyproject.toml
	$(PIP) -e '.[dev]' -e ./models/minilm/checkpoint -e ./models/mpnet -e './integrations/haystack[test]'
	touch $@

clean:
	rm -rf .venv site
