# The index of tasks. `make help` lists them; CI calls these and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help

help: ## list the tasks
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@

install: $(READY) ## make the virtual environment that every other task uses

demo: $(READY) ## the main job: broker, worker, store, hidden attacks, report (about a minute)
	$(BIN)/fenghuo demo

test: $(READY) ## all tests, on a real Kafka where Java and Maven are, else the embedded broker
	$(BIN)/python -m pytest -q -n $(or $(PROCESSES),2) --dist loadfile

test-fast: $(READY) ## the tests that need no broker, store, browser or recording (under a minute)
	$(BIN)/python -m pytest -q -m "not (broker or store or browser or recordings)"

laws: $(READY) ## the laws with new examples, ROUNDS times over (default 20)
	for round in $$(seq $(or $(ROUNDS),20)); do \
	  $(BIN)/python -m pytest -q --hypothesis-profile=laws -k laws || exit 1; \
	done

check: $(READY) ## ruff, mypy --strict, import-linter, links
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.docs.links

bench: $(READY) ## events per CPU-second and peak memory, beside the fastest peer
	$(BIN)/python -m tests.benchmarks

soak: $(READY) ## a million hostile batches; 200 kills, stops and pauses of workers (some hours)
	$(BIN)/python -m tests.intake.fuzz --records 1000000
	$(BIN)/python -m tests.intake.fuzz_registry --rows 200000
	$(BIN)/python -m tests.worker.fuzz --records 100000
	$(BIN)/python -m tests.chaos --disturbances 200
	$(BIN)/python -m tests.chaos.broker_outage --down 20
	$(BIN)/python -m tests.chaos.broker_outage --down 20 --cluster
	$(BIN)/python -m tests.chaos.tiered_storage
	$(BIN)/python -m tests.drills

format: $(READY) ## format the code, mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(READY) ## resolve the dependencies anew into requirements.lock
	$(BIN)/uv pip compile pyproject.toml --universal --all-extras --generate-hashes \
	  --no-header --quiet --output-file requirements.lock

audit: $(READY) ## bill of materials, licences, known vulnerabilities (asks osv.dev)
	$(BIN)/python -m tests.supply_chain.sbom build/sbom.json
	$(BIN)/uv tool run pip-audit==2.10.1 --disable-pip --require-hashes \
	  --requirement requirements.lock --vulnerability-service osv

IMAGES := deploy/compose.yaml deploy/Containerfile
pin-images: ## put digests beside the tags of all images, as their registries have them (skopeo)
	for image in $$(grep -hoE 'docker\.io/[a-z0-9/_.-]+:[A-Za-z0-9_.-]+' $(IMAGES) | sort -u); do \
	  digest=$$(skopeo inspect --format '{{.Digest}}' docker://$$image) || exit 1; \
	  sed -i -E "s|$$image(@sha256:[0-9a-f]+)?|$$image@$$digest|" $(IMAGES); \
	done

clean: ## remove what the tasks made
	rm -rf $(VENV) .cache build dist demo-out

.PHONY: help install demo test test-fast laws check bench soak format lock audit pin-images clean
