# Thin aliases. Everything can be done by hand too: README.md gives the same steps in plain pip.
PYTHON ?= python3
EXTRAS ?= cpu
TEST_EXTRAS ?= jax,torch,ray,optuna,tensorboard,trackio,dev
BIN = .venv/bin
LESSONS = .venv/has-$(EXTRAS)
TESTS = .venv/has-$(TEST_EXTRAS)
# Three processes keep two cores busy: one of them often waits for a browser or for lessons.
# A test file stays in one process, whose tests share what is slow to make.
IN_PARALLEL = -n 3 --dist loadfile --no-loadscope-reorder
# the processes share the cores: small models train faster in one thread than in threads that wait
ONE_THREAD = TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1 OMP_NUM_THREADS=1

help:  ## list the targets
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 21

install: $(LESSONS)  ## set up .venv with what the lessons need (a second call installs nothing)

install-dev: $(LESSONS) $(TESTS)  ## set up .venv with what the tests and tools need, too

.venv/has-%: pyproject.toml constraints.txt setup.py
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "fidle_vae needs Python 3.11, 3.12 or 3.13; this is %d.%d: run make with PYTHON=python3.12, say" % v)'
	@echo "Setting up .venv with $*: some minutes, once"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[$*]"
	@touch $@

run: $(LESSONS)  ## do the main job: run the core lessons, write run_dir/report/index.html
	$(BIN)/fidle-vae run --jobs 2

slides: $(LESSONS)  ## make slides of the lessons to project, run_dir/slides/index.html
	$(BIN)/fidle-vae slides

test: install-dev  ## the whole test suite
	$(ONE_THREAD) $(BIN)/python -m pytest $(IN_PARALLEL)

quick: install-dev  ## the tests to run at every save: a minute or so
	$(ONE_THREAD) $(BIN)/python -m pytest -m "not slow" $(IN_PARALLEL)

browser:  ## install a browser, node and bubblewrap, which some tests drive (Debian, Ubuntu)
	@bash tools/install_browser.sh

lab: $(LESSONS)  ## open JupyterLab
	$(BIN)/jupyter lab

notebooks: install-dev  ## generate notebooks/*.ipynb from their sources, notebooks/src/*.py
	$(BIN)/python tools/build_notebooks.py

gate: $(LESSONS)  ## judge all lessons at full size: both datasets, three seeds (nightly, hours)
	$(BIN)/python tools/gate.py

bench: install-dev  ## measure speed and memory, rewrite docs/benchmarks.md
	$(BIN)/python -m benchmarks

torture: $(LESSONS)  ## inject faults by the thousand, count what is lost: docs/reliability.md
	$(ONE_THREAD) PYTHONPATH=tools $(BIN)/python -m torture

lint: $(TESTS)  ## ruff: rules and format; the import rule
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

format: $(TESTS)  ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docker-check:  ## build the image and use JupyterLab and a lesson in it (Debian, no Docker needed)
	@bash tools/docker_check.sh

check: lint test  ## lint + format check + tests

clean:  ## forget .venv and caches; data/ and run_dir/ stay
	rm -rf .venv .pytest_cache .ruff_cache build dist *.egg-info

.PHONY: help install install-dev run slides test quick browser lab notebooks gate bench torture lint \
	format docker-check check clean
.NOTPARALLEL:
