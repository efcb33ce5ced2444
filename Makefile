# Requires `python3` (3.11 to 3.14) with venv, and `make`; everything else is installed into .venv.

PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := demo
.PHONY: setup demo test test-all test-postgresql test-newest check lint fix up lock docs bench soak

# With PYTHON=… the .venv gets that version; without it, an existing .venv is used.
setup:
	@sh deploy/set_up.sh '$(PYTHON)' $(if $(filter command environment,$(firstword $(origin PYTHON))),asked)

# Makes our Chinese file names readable in every locale. The command `junheng` sets this itself.
test test-all test-postgresql docs bench soak: export PYTHONUTF8 = 1
# Tests start hundreds of processes. Each would compile every library again if compiled files could not be written.
unexport PYTHONDONTWRITEBYTECODE

demo: setup
	$(BIN)/junheng demo

# Runs three processes on two cores, because each often waits for a server, a worker or a browser.
WORKERS ?= 3
# Tests that start a whole office: server, worker and browser, or kill them. They take half of the time.
OFFICE_TESTS := tests/app/server tests/browser tests/soak tests/flows/test_production.py tests/upgrades/test_prefect.py
test: setup
	$(BIN)/pytest -n $(WORKERS) $(addprefix --ignore=,$(OFFICE_TESTS))

test-all: setup
	$(BIN)/pytest -n $(WORKERS)

# The same tests with each home's ledger on PostgreSQL: from a wheel, or the server of JUNHENG_TEST_POSTGRES_URL.
POSTGRESQL_TESTS ?= tests/store tests/tasks tests/flows tests/app tests/soak tests/upgrades
test-postgresql: setup
	JUNHENG_TEST_POSTGRES_URL=$${JUNHENG_TEST_POSTGRES_URL:-embedded} $(BIN)/pytest -n $(WORKERS) $(POSTGRESQL_TESTS)

# On the newest Python of this machine: the tests that depend on the version of Python.
test-newest: setup
	.ci/on_newest

check: lint test-all

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

fix: setup
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Renders these pages from config/; a test fails if they are out of date.
docs: setup
	$(BIN)/junheng standard > docs/standard.md
	$(BIN)/junheng duties > docs/duties.md

bench: setup
	$(BIN)/python -m bench.evaluate
	$(BIN)/python -m bench.chase
	$(BIN)/python -m bench.operations
	$(BIN)/python -m bench.load
	$(BIN)/python -m bench.sign_in

# Kills a worker within every step of a round, on both databases; a run, a worker and a server around one step; and the
# sender of cards at every point, in 10,000 random sequences; draws 1,000 random examples of every property. Takes about
# an hour on two busy cores. The test suite runs a sample of each.
soak: setup
	$(BIN)/python -m tests.soak.every_step
	$(BIN)/python -m tests.soak.deaths
	$(BIN)/python -m tests.soak.many_chases
	SOAK=1 $(BIN)/pytest tests/soak/test_killed.py tests/config/test_every_name.py
	SOAK=1 $(BIN)/pytest -n $(WORKERS) -m hypothesis
	$(BIN)/python -m tests.soak.soak --sequences 10000 --processes 2

up: setup
	$(BIN)/junheng up

# Locks the newest versions that pyproject.toml allows, for every platform, without the URL of any index.
lock: setup
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--upgrade --custom-compile-command "make lock" --extra dev pyproject.toml --output-file requirements.lock
