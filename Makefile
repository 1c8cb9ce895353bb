# Two commands do all the set-up: `make run` and `make test`. They need git, make and Python 3.11.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
COUNTY := inputs/baltimore-county
WEEK := 2026-11-30
PORT ?= 8501
# The shipped week, or the next one where that is over.
COMING = $(shell $(PYTHON) -c "import datetime as d; t = d.date.today(); print(max(d.date.fromisoformat('$(WEEK)'), t + d.timedelta(7 - t.weekday())))")
STAMP := $(VENV)/.installed
export ESRO_TEST_CLIENTS ?= $(VENV)/clients
CLIENTS := $(ESRO_TEST_CLIENTS)/.installed

.DEFAULT_GOAL := help
.PHONY: help run plan serve screenshots test lint format lock clean

help: ## Shows this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

$(STAMP): requirements.lock pyproject.toml
	@echo "Installing into $(VENV) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv || true
	@$(BIN)/python -m uv --version >/dev/null 2>&1 \
	  && $(BIN)/python -m uv pip install -q --python $(BIN)/python --compile-bytecode -r requirements.lock \
	  || $(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m scheduler.planner.compile
	@touch $(STAMP)

plan: $(STAMP) ## Plans the shipped county's week into outputs/
	@$(BIN)/esro plan $(COUNTY) --week $(WEEK) --time-limit 90

run: $(STAMP) ## Brings the shipped county into a store, plans its coming week and serves the app
	@[ -n "$$ESRO_DATABASE_URL" ] || [ -f data/esro.db ] \
	  || { $(BIN)/esro init $(COUNTY) && $(BIN)/esro draft --week $(COMING) --time-limit 90 >/dev/null; }
	@$(BIN)/esro serve --port $(PORT)

serve: $(STAMP) ## Serves the app on this machine
	@$(BIN)/esro serve --port $(PORT)

screenshots: $(STAMP) ## Takes the pictures of every page into docs/screenshots
	@$(BIN)/python -m tests.screenshots

lint: $(STAMP) ## Checks style, types and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@found=$$($(BIN)/lint-imports --no-cache 2>&1) || { echo "$$found"; exit 1; }

# Best effort: without a network `make test` goes on, and the tests in question are skipped.
$(CLIENTS): $(STAMP) $(addprefix tests/clients/,install requirements.txt package-lock.json)
	@tests/clients/install $(ESRO_TEST_CLIENTS) $(BIN)/python

test: $(STAMP) lint $(CLIENTS) ## Runs every check and every test
	@$(BIN)/python -m pytest

format: $(STAMP) ## Formats the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: $(STAMP) ## Pins every dependency anew
	@$(BIN)/python -m uv pip compile -q --extra dev --no-header --no-annotate --no-emit-index-url pyproject.toml -o requirements.lock
	@$(BIN)/python -m uv pip compile -q --no-header --no-annotate --no-emit-index-url tests/clients/requirements.in -o tests/clients/requirements.txt

clean: ## Removes the virtual environment and caches
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
