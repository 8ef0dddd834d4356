# Everything runs in .venv, made on first use; Python 3.11 or newer and make are all that is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup assess test bench peers lock figures clean

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Xinzhi needs Python 3.11 or newer; set PYTHON=python3.x")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

assess: setup
	$(BIN)/xinzhi assess 上海 --out out --force

test: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses auto --dist worksteal

# Peer packages never enter the project's own environment.
PEERS := .venv-peers

# The list is complete, and lifelines would ask for an older pandas than it needs: no resolving.
$(PEERS)/.ready: tests/peers/requirements.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --no-deps --requirement $<
	touch $@

bench: setup $(PEERS)/.ready
	$(BIN)/python bench/run.py

# Records the peers' outputs anew; `make test` compares with the records.
peers: $(PEERS)/.ready
	$(PEERS)/bin/python tests/peers/record.py
	$(PEERS)/bin/python tests/peers/record_productivity.py
	$(PEERS)/bin/python tests/peers/record_strengths.py
	$(PEERS)/bin/python tests/peers/record_disparity.py
	$(PEERS)/bin/python tests/peers/record_shock.py
	$(PEERS)/bin/python tests/peers/record_innovation.py
	$(PEERS)/bin/python tests/peers/record_finance.py
	$(PEERS)/bin/python tests/peers/record_guarantee.py

lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --all-extras --group dev --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --quiet --output-file requirements.lock \
		pyproject.toml scripts/build-requirements.in

# Rebuilds the embedded figures from the published tables, which lie beside the repository.
figures: setup
	$(BIN)/python scripts/build_figures.py

clean:
	rm -rf $(VENV) $(PEERS) out
