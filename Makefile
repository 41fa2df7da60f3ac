PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
# Modules are compiled when they are first imported: most never are, and pip takes half a minute to compile all.
INSTALL := $(RUN) -m pip install --quiet --no-compile
# Three at a time, a file each, with one thread each for linear algebra: while one waits for a browser or another
# process, two cores have work; no strain on more.
unexport PYTHONDONTWRITEBYTECODE  # hundreds of processes would compile the same files
PYTEST := OMP_NUM_THREADS=1 $(RUN) -m pytest --numprocesses 3 --dist loadfile

.PHONY: app test test-long lint bench browser
.DEFAULT_GOAL := app

app: $(VENV)/app ## serve the page on http://127.0.0.1:7860
	$(RUN) app.py

test: $(VENV)/test browser lint ## everything, in a real browser too
	$(PYTEST)

test-long: $(VENV)/test browser ## what takes half a minute or more each
	$(PYTEST) -m long

lint: $(VENV)/test
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/zizmor --offline --quiet .github/workflows

# BEFORE=COMMIT to compare with; STEPS="read check" for some rows only.
bench: $(VENV)/test ## prints times and memory, before and now; asserts nothing
	$(INSTALL) --editable '.[training,test,bench]'
	PYTHONPATH=tests:. $(RUN) -m bench $(BEFORE:%=--before=%) $(STEPS)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		(echo "Python 3.11 or newer is needed; set PYTHON=python3.12 or the like." && exit 1)
	$(PYTHON) -m venv $(VENV)

$(VENV)/app: $(VENV)/bin/python requirements.txt
	$(INSTALL) -r requirements.txt
	touch $@

$(VENV)/test: $(VENV)/bin/python requirements.txt pyproject.toml
	$(INSTALL) --editable '.[training,test]'
	touch $(VENV)/app $@

# Debian's Chromium without windows, which takes half the time, or any; where we may install none, tests say what is missing.
browser:
	@command -v chromium-headless-shell || \
		(apt-get update -qq && apt-get install --yes -qq chromium-headless-shell > /dev/null) 2> /dev/null || \
		command -v chromium || command -v chromium-browser || command -v google-chrome || \
		echo "No Chromium: install it (Debian: apt-get install chromium-headless-shell) to run the browser tests."
