# Every step of the project: `make help` lists them. Needs make and Python 3.11 or newer; the rest it installs into .venv*.

PYTHON ?= python3
BIN := .venv/bin
PY := $(BIN)/python
TEMPLATE := deployment/template.yaml
TEMPLATES := $(addprefix deployment/,template.yaml monitoring.yaml account.yaml http_api.yaml github_role.yaml models_bucket.yaml bulk_scoring.yaml)
# These need only requirements/tests.txt; all others may need requirements-dev.txt.
SERVING_TESTS = tests/test_architecture.py tests/serving
# Judged by `make test` alone: beside a deployment that runs at the same time, times say nothing.
TIMES = tests/serving/times
SIDE_BY_SIDE = --numprocesses auto --dist worksteal

export SAM_CLI_TELEMETRY := 0
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve train package test test-quick test-all test-another-model test-page fuzz nasty soak simulate contract load bench integration spark deploy-check check format build validate audit sbom lock pr clean

help:  ## List the targets.
	@awk -F ':.*  ## ' '/^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*  ## / {printf "  make %-18s %s\n", $$1, $$2}' Makefile

##@ Use it
serve:  ## Run the API on this machine; nothing needs to be installed.
	$(PYTHON) -m lambda_app

train: .venv/installed  ## Train, evaluate and write lambda_app/model/model_parameters.json.
	$(PY) -m lambda_app.model.train_model

package:  ## Build lambda_package.zip, byte for byte the same from the same sources.
	$(PYTHON) -m deployment.package

##@ Test it
test: .venv/installed  ## Run the default test suite, 6 minutes on two cores; the serving code must be covered completely.
	$(PY) -m pytest --cov $(SIDE_BY_SIDE)

test-quick: .venv/installed  ## Run the minute that matters: the serving code, but for what takes long, and the packaged model.
	$(PY) -m pytest -q $(SIDE_BY_SIDE) -m "not slow" $(SERVING_TESTS) tests/packaged_model

test-another-model: .venv/installed  ## Train another model in place, in a copy, and run the serving tests there.
	$(PY) -m tests.tools.another_model

test-all:  ## Run the serving tests under every Python from 3.11 on that this machine has.
	@set -e; found=$$($(PYTHON) -m deployment.interpreters); echo "$$found" | while read -r version python; do \
	    echo "== Python $$version, with nothing but pytest, xdist and hypothesis"; \
	    $(MAKE) .venv-$$version/installed PYTHON=$$python REQUIREMENTS=requirements/tests.txt && \
	    .venv-$$version/bin/python -m pytest -q $(SIDE_BY_SIDE) $(SERVING_TESTS) --ignore $(TIMES) || exit 1; \
	done

test-page: .venv-page/installed tests/page/node_modules/installed  ## Use the page in a browser: apt-get install chromium chromium-driver npm
	npm run --silent --prefix tests/page check
	.venv-page/bin/python -m pytest -q tests/page

fuzz: .venv/installed  ## Send a million mutated bodies, events and headers to the handler.
	$(PY) -m tests.tools.fuzz

nasty: .venv/installed  ## Look for the body that costs most time, and the one that costs most memory, on four models: a minute each.
	$(PY) -m tests.tools.nasty_bodies --by memory
	$(PY) -m tests.tools.nasty_bodies --by time
	$(PY) -m tests.tools.nasty_models wide --by memory
	$(PY) -m tests.tools.nasty_models wide --by time
	$(PY) -m tests.tools.nasty_models thousand_categories --by memory
	$(PY) -m tests.tools.nasty_models thousand_categories --by time
	$(PY) -m tests.tools.nasty_models forest --by memory
	$(PY) -m tests.tools.nasty_models forest --by time

soak: .venv/installed .venv-runtime/installed  ## Call the warm handler a million times and watch its memory; kill the trainer 200 times in mid-save.
	$(PY) -m tests.tools.soak
	$(PY) -m tests.runtime.memory
	SAVE_KILLS=200 $(PY) -m pytest -q tests/training/commands/test_whole_or_not_at_all.py

simulate: .venv/installed  ## Draw tables whose truth is known, and count how often each published interval holds it: a quarter of an hour.
	OMP_NUM_THREADS=1 $(PY) -m tests.simulation

contract: .venv/installed  ## Test the local server against its OpenAPI document, 200 examples an operation.
	CONTRACT_EXAMPLES=200 $(PY) -m pytest tests/contract

load: .venv/installed  ## 20 real runtimes under 20,000 requests; then one that is killed 50 times.
	$(PY) -m tests.runtime.load

bench: .venv-bench/installed .venv-runtime/installed  ## Measure against the alternatives and write docs/performance.md; ROUNDS=1 for a quick look.
	.venv-bench/bin/python -m benchmarks $(ROUNDS)

integration: .venv/installed .venv-localstack/installed  ## Deploy for real, without AWS: SAM CLI, LocalStack, Lambda's own runtime.
	$(PY) -m tests.integration

spark: .venv-spark/installed  ## Run the Spark recipe of docs/bulk.md; needs Java 17 or newer.
	.venv-spark/bin/python -m pytest -q tests/spark

deploy-check: validate integration  ## Prove the deployment with every tool: the template's checks and tests, then `integration`.
	$(PY) -m pytest -q tests/deployment

##@ Check it
check: .venv/installed  ## Lint, check the format and the types, and look for insecure code.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/bandit --quiet --recursive lambda_app deployment training

format: .venv/installed  ## Mend what ruff can mend, and format the code.
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

build: .venv/installed  ## Build the function as `sam deploy` will upload it, with bytecode where the runtime's Python is here.
	$(BIN)/sam build --template $(TEMPLATE)
	$(PYTHON) -m deployment.bytecode

validate: .venv/installed .venv-checkov/installed  ## Check the template: SAM's own checks, cfn-lint and checkov.
	$(BIN)/sam validate --lint --template $(TEMPLATE)
	$(BIN)/sam validate --region eu-central-1 --template $(TEMPLATE)
	$(BIN)/sam validate --lint --template deployment/http_api.yaml
	$(BIN)/sam validate --lint --template deployment/bulk_scoring.yaml
	$(BIN)/cfn-lint deployment/monitoring.yaml deployment/account.yaml deployment/github_role.yaml deployment/models_bucket.yaml
	.venv-checkov/bin/checkov --config-file deployment/checkov.yaml --file $(TEMPLATES)

audit: .venv/installed  ## Look up known vulnerabilities in every package of .venv; asks PyPI.
	$(BIN)/pip-audit --strict --local

sbom: .venv/installed  ## List what the trained model was made with: build/sbom.cdx.json (the function itself has no dependency).
	mkdir -p build
	$(BIN)/cyclonedx-py requirements requirements-training.txt --pyproject pyproject.toml --output-reproducible --output-file build/sbom.cdx.json

pr: check package build validate sbom  ## Run all that CI runs, except the weekly audit.
	$(PY) -m tests.tools.renew --check
	$(MAKE) --jobs=2 --output-sync=target integration test-all  # the one waits for the cloud while the other computes
	$(MAKE) test-another-model
	$(MAKE) test

##@ Keep it
lock: .venv/installed  ## Pin requirements anew from the *.in files; newest versions with UPGRADE=--upgrade.
	$(call lock,requirements/uv,--universal --python-version 3.11)
	$(call lock,requirements/tests,--universal --python-version 3.11)
	$(call lock,requirements-training,--universal --python-version 3.11)
	$(call lock,requirements-dev,--universal --python-version 3.11)
	$(call lock,requirements/benchmarks,--universal --python-version 3.11)
	$(call lock,requirements/checkov,--universal --python-version 3.11)
	$(call lock,requirements/page,--universal --python-version 3.11)
	$(call lock,requirements/runtime,--universal --python-version 3.11)
	$(call lock,requirements/spark,--universal --python-version 3.11)
	$(call lock,requirements/localstack,--python-platform linux --python-version 3.13)

clean:  ## Remove everything that make made.
	rm -rf .venv .venv-* tests/page/node_modules .aws-sam build htmlcov .coverage .*_cache .hypothesis lambda_package.zip
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Pip before 23.3 does not see that the pin of `boto3` also holds for `boto3[crt]`: such requirements are listed both ways.
define lock
$(BIN)/uv pip compile --quiet --generate-hashes --no-annotate --custom-compile-command "make lock" $(UPGRADE) $(2) $(1).in --output-file $(1).txt
$(BIN)/uv pip compile --quiet --generate-hashes --no-annotate --no-header --no-strip-extras $(2) $(1).in --constraint $(1).txt --output-file $(1).tmp
awk '/^[^ ]/ {with_extras = /^[^=]*\[/} with_extras' $(1).tmp >> $(1).txt
rm $(1).tmp
endef

# Environments: made once, and again when their requirements change.
INTERPRETER = $(PYTHON)
REQUIREMENTS = requirements-dev.txt
# What is measured starts from bytecode: pip makes it, uv only if it is asked.
.venv-bench/installed .venv-runtime/installed: COMPILED = --compile-bytecode
.venv-bench/installed: REQUIREMENTS = requirements/benchmarks.txt
.venv-checkov/installed: REQUIREMENTS = requirements/checkov.txt
.venv-page/installed: REQUIREMENTS = requirements/page.txt
.venv-runtime/installed: REQUIREMENTS = requirements/runtime.txt
.venv-runtime/installed: INTERPRETER = $(or $(shell $(PYTHON) -m deployment.interpreters | awk '$$1 == "3.13" {print $$2}'),$(PYTHON))
.venv-spark/installed: REQUIREMENTS = requirements/spark.txt
.venv-localstack/installed: REQUIREMENTS = requirements/localstack.txt
.venv-localstack/installed: INTERPRETER = $(shell $(PYTHON) -m deployment.interpreters | awk '$$1 == "3.13" {print $$2}')

tests/page/node_modules/installed: tests/page/package-lock.json
	@command -v npm >/dev/null || { echo "The page's checks need npm: apt-get install --yes npm"; exit 1; }
	npm ci --silent --no-audit --no-fund --prefix tests/page
	@touch $@

.SECONDEXPANSION:
%/installed: $$(REQUIREMENTS) requirements/uv.txt
	@test -n "$(INTERPRETER)" || { echo "$(@D): this machine has no Python that $< runs on"; exit 1; }
	@$(INTERPRETER) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.X")'
	$(INTERPRETER) -m venv --clear $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/uv.txt
	@# uv reads other settings than pip: where only pip knows the way to the packages (a company's mirror), pip goes it.
	$(@D)/bin/uv pip install --quiet $(COMPILED) --python $(@D)/bin/python --require-hashes -r $< || $(@D)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@
