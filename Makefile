# Everything is set up by the targets themselves: `make run` and `make test` need Python ≥ 3.11, make and
# (for the page) Node; nothing else is installed by hand.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PACKAGES := schemas eventlog services ingest projections running gateway mobile_api demo env1357 deploy

.PHONY: run test check lint bench bench-growth bench-hj212 bench-kafka setup web lock clean

run: setup web            ## set up and serve the demo at http://127.0.0.1:8357
	$(BIN)/env1357 serve --demo

test: setup web           ## set up and run every test
	./tests/provide-chromium
	./tests/provide-mosquitto
	./tests/provide-kcat
	./tests/provide-gdal
	$(BIN)/python -m pytest -q -n auto --dist loadfile
	@if command -v npm >/dev/null; then cd web && npm test --silent; fi

check: lint               ## format, lint, types and the fast tests
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not slow and not browser"

lint: setup
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy $(PACKAGES) tests

bench: setup              ## the figures that the README quotes, each beside its peer in the same run
	$(BIN)/python -m deploy.bench

bench-growth: setup       ## what questions cost as history grows: 1, 10 and 50 million readings; SIZES="200000 1000000" is quick
	$(BIN)/python -m deploy.bench.growth $(if $(SIZES),--sizes $(SIZES))

bench-hj212: setup        ## 1,000 HJ 212 devices on loopback: frames a second answered durably, and how fast
	$(BIN)/python -m deploy.bench.hj212

bench-kafka: setup        ## from a topic to tables, beside Quix Streams and confluent-kafka, on a broker of its own
	$(BIN)/python -m deploy.bench.kafka

setup: $(VENV)/.ready

$(VENV)/.ready: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps --editable .
	touch $@

web: web/dist/index.html

web/dist/index.html: web/package-lock.json $(shell find web/src web/*.html web/vite.config.ts -type f 2>/dev/null)
	@if command -v npm >/dev/null; then cd web && npm ci --silent && npm run --silent build; \
	else echo "Node is not here: the page at / will say so; the API, maps and commands work without it."; fi

lock: setup               ## resolve the newest allowed versions and pin them with hashes, the same in both files
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --upgrade \
	  --python-version 3.11 --extra dev --output-file requirements/dev.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --upgrade \
	  --python-version 3.11 --constraint requirements/dev.txt --no-annotate \
	  --output-file requirements/runtime.txt pyproject.toml

clean:
	rm -rf $(VENV) web/node_modules web/dist .mypy_cache .ruff_cache .pytest_cache *.egg-info
