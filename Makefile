# What this needs is `python3` (3.11 to 3.14) with venv, and `make`; the rest is set up in .venv.

PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := demo
.PHONY: setup demo test test-postgresql test-newest check lint fix up lock docs bench soak

# Somebody who names a Python gets a .venv of that version; without a word, the .venv that is there is used.
setup:
	@sh deploy/set_up.sh '$(PYTHON)' $(if $(filter command environment,$(firstword $(origin PYTHON))),asked)

# The command sees to this itself; what does not start by it finds the names of our files in every locale.
test test-postgresql docs bench soak: export PYTHONUTF8 = 1
# Tests start hundreds of processes: where nothing compiled is kept, each compiles every library anew.
unexport PYTHONDONTWRITEBYTECODE

demo: setup
	$(BIN)/junheng demo

# Three processes on two cores: each waits again and again for a server, a worker or a browser.
WORKERS ?= 3
test: setup
	$(BIN)/pytest -n $(WORKERS)

# The same tests with each home's ledger on PostgreSQL: one out of a wheel, or one that is named.
POSTGRESQL_TESTS ?= tests/store tests/tasks tests/flows tests/app tests/soak tests/upgrades
test-postgresql: setup
	JUNHENG_TEST_POSTGRES_URL=$${JUNHENG_TEST_POSTGRES_URL:-embedded} $(BIN)/pytest -n $(WORKERS) $(POSTGRESQL_TESTS)

# On the newest Python that this machine has: what changes with its versions.
test-newest: setup
	.ci/on_newest

# `make check test` runs the tests once: check has them among its parts.
check: lint test

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

fix: setup
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# The pages that are rendered from config/: a test holds them current.
docs: setup
	$(BIN)/junheng standard > docs/standard.md
	$(BIN)/junheng duties > docs/duties.md

bench: setup
	$(BIN)/python -m bench.evaluate
	$(BIN)/python -m bench.chase
	$(BIN)/python -m bench.operations
	$(BIN)/python -m bench.load
	$(BIN)/python -m bench.sign_in

# Kills a worker within every step of a round, on both databases; run, worker and server around one step; and the sender
# everywhere, in 10,000 random sequences: about an hour on two busy cores; and draws 1,000 random examples of every
# property. The suite runs a sample of each.
soak: setup
	$(BIN)/python -m tests.soak.every_step
	$(BIN)/python -m tests.soak.deaths
	$(BIN)/python -m tests.soak.many_chases
	SOAK=1 $(BIN)/pytest tests/soak/test_killed.py
	SOAK=1 $(BIN)/pytest -n $(WORKERS) -m hypothesis
	$(BIN)/python -m tests.soak.soak --sequences 10000 --processes 2

up: setup
	$(BIN)/junheng up

# The newest versions that pyproject.toml allows, for every platform, without the address of any index.
lock: setup
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--upgrade --custom-compile-command "make lock" --extra dev pyproject.toml --output-file requirements.lock
