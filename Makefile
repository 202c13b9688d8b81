# Everything a fresh machine needs is Python and make.
PYTHON ?= python3
BIN := .venv/bin
# Tests that need a server stay in one process: they share it, and a machine has few cores.
PARALLEL := -n auto --maxprocesses 4 --dist loadgroup
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo lock test test-all lint docs bench clean

# With LOCKED=1 nothing is installed but what requirements/demo.txt names by its hash.
demo: $(if $(LOCKED),.venv/locked,.venv/base)
	$(if $(LOCKED),,$(PIP) -e '.[triton]')
	$(BIN)/python examples/demo.py

.venv/locked: requirements/demo.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/demo.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		-e . -e ./models/minilm -e ./models/encoder
	touch $@

# Needs uv.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		-c constraints.txt --extra triton pyproject.toml requirements/build.in -o requirements/demo.txt

# All tests but those that train or start a cluster; those and all others: make test-all.
test: .venv/dev
	$(BIN)/python -m pytest $(PARALLEL) -m "not slow"

test-all: .venv/dev
	$(BIN)/python -m pytest $(PARALLEL)

lint: .venv/dev
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

.venv/dev: .venv/base models/minilm/checkpoint/pyproject.toml integrations/haystack/pyproject.toml
	$(PIP) -e '.[dev]' -e ./models/minilm/checkpoint -e './integrations/haystack[test]'
	touch $@

clean:
	rm -rf .venv site
