# Everything a checkout can do. `make help` lists it.
# `make demo` and `make test` need only Python 3.11+, make and git: they build .venv themselves.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FRAMING := $(BIN)/framing
# The full set holds the core set: once it is there, the core target has nothing to do.
CORE := $(if $(wildcard $(VENV)/full.stamp),$(VENV)/full.stamp,$(VENV)/core.stamp)
FULL := $(VENV)/full.stamp

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast test-slow lint format lab bench floor vectors lock example clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(CORE) ## run the invented demo study; writes reports/demo/report.html
	$(FRAMING) demo --out reports/demo

test: $(FULL) ## run every test
	$(BIN)/python -m pytest

test-fast: $(FULL) ## run the tests that take seconds
	$(BIN)/python -m pytest -m "not slow"

test-slow: $(FULL) ## run only the slow tests
	$(BIN)/python -m pytest -m slow

lint: $(FULL) ## ruff, format check, mypy over framing/
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(FULL) ## rewrite the code in the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lab: $(CORE) ## open JupyterLab on notebooks/
	$(BIN)/jupyter lab --notebook-dir=notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

bench: $(FULL) ## measure the figures quoted in the README; writes benchmarks/results.md
	$(BIN)/python benchmarks/run.py

floor: $(FULL) ## measure the demo's codes and raise tests/quality/floor.json
	$(BIN)/python tests/quality/raise_floor.py

vectors: $(FULL) ## embed the examples of the shipped codebook again, after a change of them
	$(BIN)/python -c 'import framing; from framing.example_vectors import write_example_vectors as write; \
	  print(write(framing.load_codebook("north-korea-russia"), encoder=framing.load_encoder(precision="fp32")))'

lock: $(FULL) ## write requirements/*.lock from what is installed in .venv
	$(BIN)/python requirements/make_locks.py

example: $(CORE) ## render the example report that the README shows
	$(FRAMING) demo --out reports/example

clean: ## remove .venv and the caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "framing needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/core.stamp: requirements/core.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps -r requirements/core.lock
	$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps -e .
	@touch $@

$(VENV)/full.stamp: requirements/full.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps -r requirements/full.lock
	$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps -e .
	@touch $@
