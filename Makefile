# Thin aliases. Everything can be done by hand too: README.md gives the same steps in plain pip.
PYTHON ?= python3
EXTRAS ?= cpu,jax,torch,dev
BIN = .venv/bin
INSTALLED = .venv/installed-$(EXTRAS)

help:  ## list the targets
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

install: $(INSTALLED)  ## set up .venv (a second call installs nothing again)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "fidle_vae needs Python 3.11, 3.12 or 3.13; this is %d.%d: run make with PYTHON=python3.12, say" % v)'
	@echo "Setting up .venv with $(EXTRAS): some minutes, once"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[$(EXTRAS)]"
	@touch $@

run: install  ## do the main job: run the three lessons, write run_dir/report/index.html
	$(BIN)/fidle-vae run

slides: install  ## make slides of the lessons to project, run_dir/slides/index.html
	$(BIN)/fidle-vae slides

test: install  ## the whole test suite
	$(BIN)/python -m pytest

browser:  ## install a browser, node and bubblewrap, which some tests drive (Debian, Ubuntu)
	@bash tools/install_browser.sh

lab: install  ## open JupyterLab
	$(BIN)/jupyter lab

notebooks: install  ## generate notebooks/*.ipynb from their sources, notebooks/src/*.py
	$(BIN)/python tools/build_notebooks.py

bench: install  ## measure speed and memory, rewrite docs/benchmarks.md
	$(BIN)/python -m benchmarks

lint: install  ## ruff: rules and format; the import rule
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

format: install  ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: lint test  ## lint + format check + tests

clean:  ## forget .venv and caches; data/ and run_dir/ stay
	rm -rf .venv .pytest_cache .ruff_cache build *.egg-info

.PHONY: help install run slides test browser lab notebooks bench lint format check clean
