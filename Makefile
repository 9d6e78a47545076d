.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PORT ?= 8000

.PHONY: help setup demo run test lint fix bench bench-search messages lock

help: ## List what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Create .venv from the lock

$(STAMP): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name it with: make setup PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV): a few minutes the first time."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## A whole directory with demonstration data on http://127.0.0.1:8000 (PORT=8001: another port)
	$(BIN)/python manage.py demo --port $(PORT)

run: setup ## Serve the site as it is
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py runserver 127.0.0.1:$(PORT)

test: setup ## The test suite
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: setup ## Format, lint, types, layers, templates, migrations, translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --check --quiet templates
	$(BIN)/python manage.py makemigrations --check --dry-run --settings bdis_site.settings.test
	$(BIN)/python scripts/messages.py --check

fix: setup ## Format and mend what can be
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	-$(BIN)/djlint --reformat --quiet templates

bench: setup ## All benchmarks, side by side in one run
	$(BIN)/python -m bench

bench-search: setup ## Search at 100,000 and 1,000,000 listings: engines, page, API, Wagtail's own
	$(BIN)/python -m bench.scale

messages: setup ## Bring the French catalogue up to date with the code
	$(BIN)/python scripts/messages.py

lock: setup ## Refresh requirements.txt
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --all-extras --group dev --group build pyproject.toml -o requirements.txt
