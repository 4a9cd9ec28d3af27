# `make run` starts the site, `make run PORT=8080` at another port than 8000, and `make test` checks it. None of them
# needs root, a compiler or a service.

PY ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
# Wheels only, each with a hash that the lock names: nothing is built, and nothing else is fetched.
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --require-hashes --only-binary :all: --no-deps
EDITABLE := $(PIP) install --quiet --no-index --no-build-isolation --no-deps --editable .
NPM := $(shell command -v npm 2>/dev/null)

.PHONY: run test lint bench screenshots icons clean lock

run: $(VENV)/davidson.stamp
	@$(BIN)/davidson demo --if-empty
	@exec $(BIN)/davidson serve --port $(PORT)

test: lint
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/dev.stamp $(if $(NPM),node_modules/.stamp)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict davidson
	$(BIN)/djlint --quiet --lint davidson/templates

$(VENV)/app.stamp: requirements/app.lock
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Davidson News needs Python 3.11 or newer; name it with: make PY=python3.11"; exit 1; }
	@$(PY) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "This Python cannot make a virtual environment; on Debian: apt install python3-venv"; exit 1; }
	@echo "Preparing $(VENV) (once, some seconds) ..."
	@$(PY) -m venv --clear $(VENV)
	@$(INSTALL) -r requirements/app.lock
	@touch $@

$(VENV)/davidson.stamp: pyproject.toml wsgi.py gunicorn.conf.py $(VENV)/app.stamp
	@$(EDITABLE)
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock $(VENV)/davidson.stamp
	@echo "Adding what the tests need ..."
	@$(INSTALL) -r requirements/dev.lock
	@touch $@

# The accessibility checker and the HTML validator; their packages need no script of theirs to be run.
node_modules/.stamp: package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

# Some 15 minutes on a machine that does nothing else: tables and charts into bench/results/.
bench: $(VENV)/dev.stamp
	$(BIN)/python -m bench

# For maintainers, with Chromium: the picture in the README, and a sheet of pages to look at.
screenshots: $(VENV)/dev.stamp
	$(BIN)/python -m docs.screenshots

# For maintainers, with Chromium: the icons that browsers do not take as an SVG.
icons: $(VENV)/dev.stamp
	$(BIN)/python -m docs.icons

# For maintainers, with uv. The lock files hold names, versions and hashes, and no download address.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		requirements/app.in -o requirements/app.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		requirements/dev.in -o requirements/dev.lock

# The site's own data stays: the instance folder is never touched.
clean:
	rm -rf $(VENV) node_modules build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find davidson migrations tests -name __pycache__ -type d -prune -exec rm -rf {} +
