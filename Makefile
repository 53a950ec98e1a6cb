# make serve            install, index corpus/ and serve the page on http://127.0.0.1:8000
# make query Q="…"      answer in the terminal
# make check            lint, types and the fast tests, within a minute
# make test, make lint  what a change has to pass
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PORT ?= 8000

.PHONY: help install serve index query check test lint format coverage clean

help:
	@sed -n 's/^# //p' Makefile

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(PIP) install --constraint constraints.txt --editable '.[formats,test]'
	@touch $@

install: $(VENV)/installed

# Status 1 says that some files were skipped, which is reported and stops nothing.
index: install
	@$(BIN)/backstory index || test $$? -eq 1

serve: index
	@$(BIN)/backstory serve --port $(PORT)

query: install
	@$(BIN)/backstory index >/dev/null || test $$? -eq 1
	@$(BIN)/backstory query -- '$(subst ','\'',$(Q))'

test: $(VENV)/installed-test
	$(BIN)/python -m pytest

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

clean:
	rm -rf $(VENV) var build *.egg-info
