# Qinglian 清廉: `make` lists what can be done; everything happens inside .venv and var.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --constraint constraints.txt
BIND ?= 127.0.0.1:8000
export QINGLIAN_DATA ?= var
.DEFAULT_GOAL := help
.PHONY: help install run test messages docs browser attacks bench soak clean

help: ## say what can be done here
	@echo "Qinglian 清廉. Needs Python 3.11 to 3.13 (with venv) and make."
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11, 3.12 or 3.13 with venv was found; install one (on Debian: python3-venv), or say make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/site.done: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) -e '.[site,postgres]'
	@touch $@; echo "Installed: $$(du -sh .venv | cut -f1) in .venv"

.venv/test.done: .venv/site.done
	$(PIP) --no-binary pymeeus -e '.[site,postgres,draw,draw-fast,names,names-fast,index,docs,test,bench]'  # PyMeeus, of workalendar, has no wheel
	@touch $@; echo "Installed with all that tests need: $$(du -sh .venv | cut -f1) in .venv"

install: .venv/site.done ## put Qinglian and what it needs into .venv, wheels only

run: install ## prepare the demonstration zone and serve it at http://localhost:8000
	@$(BIN)/qinglian site prepare
	@$(BIN)/qinglian site demo
	@$(BIN)/qinglian site run --bind $(BIND)

test: .venv/test.done browser ## check everything; what had to be skipped is said at the end
	@$(BIN)/python tools/parts.py

messages: .venv/test.done ## gather the texts to translate and compile them (needs gettext)
	@$(BIN)/python tools/messages.py

docs: .venv/test.done ## build the books into docs/_build
	@$(BIN)/sphinx-build --quiet --fail-on-warning docs docs/_build && echo "docs/_build/index.html"

browser: ## find Chromium for the journeys; as root on Debian install it
	@sh tools/browser.sh

attacks: .venv/test.done ## try every planted fraud, say who sees it, and write the table down
	@$(BIN)/python -m attacks --write

bench: .venv/test.done ## run every measurement in bench/
	@for each in bench/*.py; do echo "== $$each"; $(BIN)/python $$each || exit 1; done

soak: .venv/test.done ## the properties with 5,000 examples each, and 200 kills (long; by hand)
	@echo "Every property of tests/engines, zone, batch and cli, with up to 5,000 examples each, and 500 seeds of the draw."
	@HYPOTHESIS_PROFILE=soak $(BIN)/pytest -q -n auto tests/engines tests/zone tests/batch tests/cli
	@$(BIN)/python -m tests.faults.soak --kills 100
	@$(BIN)/python -m tests.faults.soak --kills 100 --on postgresql

clean: ## remove what make has built; the data in var stays
	rm -rf .venv build dist docs/_build .*_cache
