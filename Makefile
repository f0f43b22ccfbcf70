# `make demo` and `make test` do all the set-up themselves; they need Python 3.11 or newer and nothing else.
ifeq ($(OS),Windows_NT)
  PYTHON ?= python
  BIN := .venv/Scripts
else
  PYTHON ?= python3
  BIN := .venv/bin
endif

.PHONY: demo test lint types unit test-lowest sample templates docs clean

demo: .venv/ready
	$(BIN)/elancry analyze sample_eaf -o results

test: lint types unit

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready
	$(BIN)/mypy

unit: .venv/ready
	$(BIN)/python -m pytest -q -n auto

# The lower bounds of pyproject.toml, in an environment of their own. Old libraries warn about newer ones they use, so
# here warnings are shown, not errors.
LOWEST ?= tests
test-lowest:
	$(PYTHON) -m venv .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	.venv-lowest/bin/python -m pip install --quiet --constraint constraints/lowest.txt --editable . --group dev
	.venv-lowest/bin/python -m pytest -q -n auto -o filterwarnings=default $(LOWEST)

# The committed sample study and the built templates, exactly as the product writes them.
sample: .venv/ready
	$(BIN)/elancry simulate -o sample_eaf --force

# The documentation site in docs/_build; a broken link is an error.
docs: .venv/ready
	$(BIN)/python -m pip install --quiet --constraint constraints/ci.txt --group docs
	$(BIN)/sphinx-build -W --keep-going -q docs docs/_build

CATALOGUES := $(wildcard src/elancry/locale/*/LC_MESSAGES/elancry.po)

.venv/ready: pyproject.toml constraints/ci.txt hatch_build.py $(CATALOGUES)
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --constraint constraints/ci.txt --editable . --group dev
	$(BIN)/python -c "open('.venv/ready', 'w').close()"

clean:
	rm -rf .venv .venv-lowest results build dist
