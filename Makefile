# `make help` lists what there is. Needs Python 3.11 or newer, git, and GNU make 3.81 or newer.

VENV := .venv
PYTHON := $(VENV)/bin/python
INSTALL := $(PYTHON) -m pip install --quiet --disable-pip-version-check

# Each stamp stands for what is installed in the environment, so that a second run starts at once.
BASE := $(VENV)/.made
PACKAGE := $(VENV)/.package
TEST := $(VENV)/.test
LINT := $(VENV)/.lint

.PHONY: help demo test test-programs lint format bench bench-programs pictures samples screenshots check-wheel clean
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'

demo: $(PACKAGE) ## replay the incident on two folders of its own: no network, no server
	$(VENV)/bin/driftaudit demo

# Most runs of driftaudit are forks of a process that has imported it. DRIFTAUDIT_TESTS_FORK=no makes each of
# them a Python of its own, and DRIFTAUDIT_SCRIPTS=1000 tries so many random scripts.
test: $(TEST) test-programs ## all tests, on all cores; ARGS="-k words" picks some
	$(PYTHON) -m pytest -n auto $(ARGS)

test-programs: ## install the programs that the tests use, where that can be done unasked
	@sh scripts/test-programs.sh

lint: $(LINT) ## style, types, and which room may import which
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(VENV)/bin/lint-imports

format: $(LINT) ## put the code into its form
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

bench: $(TEST) ## time driftaudit beside other tools; ARGS="--help" says what can be chosen
	$(PYTHON) -m benchmarks $(ARGS)
	$(PYTHON) -m benchmarks.provenance

bench-programs: ## install the programs that `make bench` times, where that can be done unasked
	@sh scripts/bench-programs.sh

pictures: $(TEST) ## make the pictures of the documentation anew
	$(PYTHON) -m docs.pictures

samples: $(TEST) ## write the sample reports of the incident anew
	$(PYTHON) -m docs.samples

screenshots: $(TEST) test-programs ## take pictures of the page at three widths; ARGS="--all FOLDER" takes more
	$(PYTHON) -m docs.screenshots $(ARGS)

check-wheel: $(TEST) ## build sdist and wheel into dist/, and try what was installed from each
	rm -rf dist
	$(PYTHON) -m build --no-isolation --outdir dist .
	$(PYTHON) -m pytest -n 0 tests/integration/test_packaging.py

clean: ## remove all that these commands have made, but demos: you may have put something there
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BASE): scripts/make-venv.sh
	@sh scripts/make-venv.sh $(VENV)
	@touch $@

$(PACKAGE): $(BASE) pyproject.toml
	$(INSTALL) --editable .
	@touch $@

$(TEST): $(BASE) pyproject.toml
	$(INSTALL) --editable '.[test]'
	@touch $@ $(PACKAGE)

$(LINT): $(BASE) pyproject.toml
	$(INSTALL) --editable '.[lint,test]'
	@touch $@ $(TEST) $(PACKAGE)
