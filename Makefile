# make serve            install, index corpus/ and serve the page on http://127.0.0.1:8000
# make query Q="…"      answer in the terminal
# make check            lint, types and the fast tests, within a minute
# make test, make lint  what a change has to pass
# make test-cluster     the tests that start OpenSearch: Java 21 or later and Maven are needed
# make docs             the documentation as a site, in build/site
# make pythons          the quick tests with every Python here, with the oldest and newest libraries
# make release          build and check what is to be published, and say what is left to do
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PORT ?= 8000

.PHONY: help install serve index query check test test-cluster lint format coverage docs pictures pythons \
	release clean

help:
	@sed -n 's/^# //p' Makefile

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --constraint constraints.txt --editable '.[formats]'
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(PIP) install --constraint constraints.txt --editable '.[formats,meaning,multilingual,mcp,test]'
	@touch $@

install: $(VENV)/installed

# Status 1 says that some files were skipped, or nothing was found: no error of make's.
index: install
	@$(BIN)/backstory index || test $$? -eq 1

serve: index
	@$(BIN)/backstory serve --port $(PORT)

query: install
	@$(BIN)/backstory index >/dev/null || test $$? -eq 1
	@$(BIN)/backstory query -- '$(subst ','\'',$(Q))' || test $$? -eq 1

test: $(VENV)/installed-test
	$(BIN)/python -m pytest

test-cluster: $(VENV)/installed-test
	$(BIN)/python -m pytest -p tests.cluster.profile -m cluster

check: lint
	$(BIN)/python -m pytest -q -m "not slow"

coverage: $(VENV)/installed-test
	$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered

lint: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/installed-docs: $(VENV)/installed
	$(PIP) install --constraint constraints.txt --editable '.[formats,docs]'
	@touch $@

$(VENV)/installed-release: $(VENV)/installed
	$(PIP) install --constraint constraints.txt --editable '.[formats,test,release]'
	@touch $@

docs: $(VENV)/installed-docs
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going \
		-c docs/site -d build/doctrees -b html . build/site
	$(BIN)/python docs/site/check.py build/site

pictures: $(VENV)/installed-test
	$(BIN)/python bench/pictures.py

pythons: $(VENV)/installed-test
	$(BIN)/nox

release: $(VENV)/installed-release
	$(BIN)/nox --session release

clean:
	rm -rf $(VENV) var build *.egg-info
