# What this needs is `python3` (3.11 to 3.14) with venv, and `make`; the rest is set up in .venv.

PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := demo
.PHONY: setup demo test test-flows test-app test-offices test-rooms test-postgresql test-newest check lint fix up lock docs bench soak

# Somebody who names a Python gets a .venv of that version; without a word, the .venv that is there is used.
setup:
	@sh deploy/set_up.sh '$(PYTHON)' $(if $(filter command environment,$(firstword $(origin PYTHON))),asked)

# The command sees to this itself; what does not start by it finds the names of our files in every locale.
test test-flows test-app test-offices test-rooms test-postgresql docs bench soak: export PYTHONUTF8 = 1

demo: setup
	$(BIN)/junheng demo

test: setup
	$(BIN)/pytest

# The tests in four parts: flows and kills; command and processes; offices in a browser and after an upgrade; all others.
test-flows: setup
	$(BIN)/pytest tests/flows tests/soak

test-app: setup
	$(BIN)/pytest tests/app

test-offices: setup
	$(BIN)/pytest tests/browser tests/upgrades

test-rooms: setup
	$(BIN)/pytest --ignore=tests/flows --ignore=tests/app --ignore=tests/soak --ignore=tests/browser --ignore=tests/upgrades

# The same tests with each home's ledger on PostgreSQL: one out of a wheel, or one that is named.
POSTGRESQL_TESTS ?= tests/store tests/tasks tests/flows tests/app tests/soak tests/upgrades
test-postgresql: setup
	JUNHENG_TEST_POSTGRES_URL=$${JUNHENG_TEST_POSTGRES_URL:-embedded} $(BIN)/pytest $(POSTGRESQL_TESTS)

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
# everywhere, in 10,000 random sequences: about an hour on two busy cores. The suite runs a sample of each.
soak: setup
	$(BIN)/python -m tests.soak.every_step
	$(BIN)/python -m tests.soak.deaths
	$(BIN)/python -m tests.soak.many_chases
	SOAK=1 $(BIN)/pytest tests/soak/test_killed.py tests/config/test_every_name.py
	$(BIN)/python -m tests.soak.soak --sequences 10000 --processes 2

up: setup
	$(BIN)/junheng up

# The newest versions that pyproject.toml allows, for every platform, without the address of any index.
lock: setup
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--upgrade --custom-compile-command "make lock" --extra dev pyproject.toml --output-file requirements.lock
