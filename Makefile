# All commands, for people and for CI. `make` alone lists them.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory
SHELL := /bin/bash

# ---- settings ---------------------------------------------------------------------------------

ifneq ($(word 2,$(GENDER_DETECTION_HOME))$(word 2,$(GENDER_DETECTION_MODEL_DIR)),)
$(error GENDER_DETECTION_HOME or GENDER_DETECTION_MODEL_DIR has a space in its name, which make cannot handle: choose another folder)
endif
HOME_DIR := $(or $(GENDER_DETECTION_HOME),var)
MODEL_DIR := $(or $(GENDER_DETECTION_MODEL_DIR),$(HOME_DIR)/model)

# make data SOURCES=my-sources.toml adds your own catalogues, separated by ':', to the built-in one. The word
# permissive is not a file: it leaves out sources whose licence binds a model that is passed on.
SOURCES ?= $(GENDER_DETECTION_SOURCES)
empty :=
source_list := $(subst :, ,$(SOURCES))
source_files := $(abspath $(filter-out permissive,$(source_list)))
export GENDER_DETECTION_SOURCES := $(subst $(empty) $(empty),:,$(strip $(filter permissive,$(source_list)) $(source_files)))

# Each Python is started: version managers put names on PATH for versions that are not active.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; \
	done; command -v python3 || command -v python || echo missing)
BIN := .venv/bin
VENV_PYTHON := $(BIN)/python

# ---- what is out of date ------------------------------------------------------------------------

ENV_FILES := requirements/bootstrap.txt pyproject.toml tools/bootstrap.py
COMPILE_FILES := setup.py requirements/bootstrap.txt tools/compiling.py
files = $(shell find $(wildcard $(1)) -type f ! -name "*.pyc" ! -name "*.so" 2>/dev/null)
data_code := $(if $(wildcard airflow/dags airflow/scripts),$(call files,airflow/dags/data_pipeline.py airflow/scripts \
	$(addprefix src/gender_detection/,errors.py os_errors.py missing.py countries* features* names sources spark evidence*)))
library := $(filter-out $(addprefix src/gender_detection/,cli% serving% model_sync% telemetry%),$(call files,src/gender_detection))

# A stamp is written when its step is done and holds the settings of the step. A step is repeated
# when a file that it reads is newer, when a setting differs, or when its result is missing.
NOTEBOOK := notebooks/exploratory_analysis.ipynb
DATA_STAMP := $(HOME_DIR)/stamps/data
MODEL_STAMP := $(HOME_DIR)/stamps/model
REPORT := $(MODEL_DIR)/exploratory_analysis.html
# No password gets into a stamp or into the command line that writes it.
user = $(firstword $(subst @, ,$(word 2,$(subst ://, ,$(1)))))
shown = $(if $(findstring :,$(user)),$(lastword $(subst @, ,$(1))),$(1))
DATA_SETTINGS := $(strip sources=$(GENDER_DETECTION_SOURCES) sample=$(GENDER_DETECTION_SAMPLE) \
	data_uri=$(call shown,$(GENDER_DETECTION_DATA_URI)))
MODEL_SETTINGS := $(strip tracking_uri=$(call shown,$(GENDER_DETECTION_TRACKING_URI)) \
	experiment=$(GENDER_DETECTION_EXPERIMENT) model_name=$(GENDER_DETECTION_MODEL_NAME) \
	people=$(GENDER_DETECTION_PEOPLE) $(addprefix data_version=,$(GENDER_DETECTION_DATA_VERSION)) \
	$(addprefix gate_rules=,$(GENDER_DETECTION_GATE_RULES)))
data_is_there := $(if $(GENDER_DETECTION_DATA_URI),yes,$(wildcard $(HOME_DIR)/data))

ifneq "$(DATA_SETTINGS) $(if $(data_is_there),yes)" "$(shell cat $(DATA_STAMP) 2>/dev/null) yes"
data_changed := FORCE
endif
ifneq "$(MODEL_SETTINGS) $(if $(wildcard $(REPORT)),yes)" "$(shell cat $(MODEL_STAMP) 2>/dev/null) yes"
model_changed := FORCE
endif

# The console scripts of a .venv only work in the folder where it was made.
ifneq "$(shell cat .venv/.pipeline 2>/dev/null) $(if $(wildcard $(VENV_PYTHON)),yes)" "$(CURDIR) yes"
venv_changed := FORCE
endif

# The modules that setup.py compiles, and compiled files whose source is gone or no longer compiled.
compiled_sources := $(shell grep -rl --include='*.py' '^# cython:' src 2>/dev/null)
compiled_files := $(compiled_sources) $(shell find src -name '*.pxd' 2>/dev/null)
beside := $(foreach so,$(shell find src -name '*.so' ! -name '_cython.*' 2>/dev/null),$(firstword $(subst ., ,$(so))).py)
ifneq "compile=$(GENDER_DETECTION_COMPILE) $(filter-out $(compiled_sources),$(beside))" "$(shell cat .venv/.compiled 2>/dev/null) "
compile_changed := FORCE
endif

# The dev packages include those of bench.
BENCH_STAMP := $(if $(wildcard .venv/.dev),.venv/.dev,.venv/.bench)

# These tests share one Spark session and one `make run` on a sample of the data, and mostly wait for
# Java: they run at the same time as the others. Their lines are marked.
DATA_TESTS := $(addprefix tests/,airflow behaviour loop notebooks prometheus readme spark)
# These tests wait for Docker or start a Spark cluster: they also run at the same time.
ENGINE_TESTS := tests/docker tests/spark/test_scoring_cluster.py

# What the tests run in processes of their own is not measured. Before Python 3.12, which can count lines
# by itself, the tests take a third more time with it: there, make test COVERAGE=yes measures.
COVERAGE ?= $(shell $(PYTHON) -c 'import sys; print("no" if sys.version_info < (3, 12) else "yes")')
measured = $(if $(filter yes,$(COVERAGE)),-m coverage run --data-file=build/coverage.$(1))

# ---- the commands -------------------------------------------------------------------------------

.PHONY: help run data train notebook serve airflow mlflow prometheus bench package test lint docs compile requirements dashboards countries clean clean-old FORCE

help: ## list these commands
	@echo "usage: make COMMAND"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' Makefile

run: check-run .venv/.pipeline .venv/.compiled $(DATA_STAMP) $(MODEL_STAMP) ## build the data and the model if out of date, then serve on port 5000
	@exec $(BIN)/gender-detection serve

data: check-data .venv/.pipeline .venv/.compiled $(DATA_STAMP) ## build the data with the Airflow DAG (SOURCES=my-sources.toml adds your sources; SOURCES=permissive: docs/licences.md)

train: check-data .venv/.pipeline .venv/.compiled $(DATA_STAMP) $(MODEL_STAMP) ## train, evaluate and register the model with the Airflow DAG, whose report is the notebook

notebook: check-notebook .venv/.pipeline .venv/.notebook .venv/.compiled $(DATA_STAMP) ## open the notebook in JupyterLab: http://localhost:8888
	@exec $(VENV_PYTHON) tools/ui.py notebook

serve: check-serve .venv/.pipeline .venv/.compiled ## serve the current model, in the foreground
	@exec $(BIN)/gender-detection serve

airflow: check-airflow .venv/.pipeline .venv/.compiled ## open the Airflow UI: http://localhost:8080
	@exec $(VENV_PYTHON) tools/ui.py airflow

mlflow: check-mlflow .venv/.pipeline ## open the MLflow UI: http://localhost:5001
	@exec $(VENV_PYTHON) tools/ui.py mlflow

prometheus: check-prometheus .venv/.pipeline ## open Prometheus for the API and the pipeline: http://localhost:9090
	@exec $(VENV_PYTHON) tools/ui.py prometheus

bench: check-bench $(BENCH_STAMP) .venv/.compiled ## compare speed and memory with other packages, into benchmarks/RESULTS.md (ONLY=memory,api: parts)
	@$(VENV_PYTHON) -m benchmarks.bench $(if $(ONLY),--only $(ONLY)) $(if $(SMALL),--small)

package: check-package .venv/.pipeline .venv/.compiled ## build wheels of the library and of the model into dist
	@exec $(VENV_PYTHON) tools/package.py dist

# mypy takes a minute of one core: it runs beside the tests, and its lines are marked like theirs. The
# braces: of a pipeline that ends before it is waited for, bash would only know how sed ended.
test: check-test .venv/.dev .venv/.compiled ## check style, types and behaviour; print the coverage
	@mkdir -p build
	$(style)
ifdef PYTEST_ARGS
	@$(BIN)/mypy
	@$(VENV_PYTHON) -m pytest --junitxml=build/junit.xml $(PYTEST_ARGS)
else
	@set -o pipefail; \
	{ $(BIN)/mypy 2>&1 | sed -u 's/^/types | /'; } & types=$$!; \
	{ $(VENV_PYTHON) $(call measured,data) -m pytest --junitxml=build/junit-data.xml $(DATA_TESTS) $(ENGINE_TESTS:%=--ignore=%) 2>&1 | sed -u 's/^/data | /'; } & data=$$!; \
	{ $(VENV_PYTHON) -m pytest --junitxml=build/junit-engine.xml $(ENGINE_TESTS) 2>&1 | sed -u 's/^/engine | /'; } & engine=$$!; \
	$(VENV_PYTHON) $(call measured,main) -m pytest --junitxml=build/junit.xml tests $(DATA_TESTS:%=--ignore=%) $(ENGINE_TESTS:%=--ignore=%); rest=$$?; \
	wait $$data; data=$$?; wait $$engine; engine=$$?; wait $$types; types=$$?; \
	$(if $(filter yes,$(COVERAGE)),$(report_coverage),echo "coverage: not measured (make test COVERAGE=yes measures it)"); \
	[ $$types = 0 ] || echo "error: mypy found mistakes: see the lines that begin with 'types |'" >&2; \
	exit $$((data + rest + engine + types))
endif

report_coverage = $(VENV_PYTHON) -m coverage combine -q build/coverage.main build/coverage.data && \
	echo "coverage: $$($(VENV_PYTHON) -m coverage report --format=total) % of the lines of src and api (compiled modules excepted)"

define style
@$(BIN)/ruff check
@$(BIN)/ruff format --check
endef

lint: .venv/.dev ## check style and types only
	$(style)
	@$(BIN)/mypy

docs: .venv/.dev ## make the site of the documentation in build/docs
	@$(VENV_PYTHON) tools/docs_site.py

compile: .venv/.pipeline ## compile the Cython modules (the other commands do so when sources have changed)
	@$(PYTHON) tools/bootstrap.py compile

requirements: .venv/.dev ## pin the requirements again (UPGRADE=1 takes newer versions)
	@$(call compile,pyproject.toml --extra pipeline --extra bench --extra dev,dev)
	@$(call compile,pyproject.toml --extra pipeline --extra bench -c requirements/dev.txt,bench)
	@$(call compile,pyproject.toml --extra pipeline -c requirements/dev.txt,pipeline)
	@$(call compile,pyproject.toml --extra pipeline --extra notebook -c requirements/dev.txt,notebook)
	@$(call compile,pyproject.toml -c requirements/dev.txt,runtime)
	@$(call compile,pyproject.toml requirements/follow.in -c requirements/dev.txt,follow)
	@$(call compile,requirements/sbom.in -c requirements/dev.txt,sbom)
	@$(call compile,requirements/bootstrap.in -c requirements/dev.txt,bootstrap)
	@$(call compile,requirements/zig.in,zig)

dashboards: .venv/.dev ## write the Grafana dashboards and the recording rules from grafana/generator
	@$(VENV_PYTHON) -m grafana.generator

countries: .venv/.dev ## write the country names from the Unicode CLDR in Babel
	@$(VENV_PYTHON) tools/country_names.py

clean: ## remove the data and the models (keeps .venv and downloads)
	rm -rf $(HOME_DIR)/stamps $(HOME_DIR)/data $(MODEL_DIR) $(HOME_DIR)/mlflow $(HOME_DIR)/airflow $(HOME_DIR)/spark $(HOME_DIR)/training $(HOME_DIR)/log $(HOME_DIR)/metrics

clean-old: check-clean-old .venv/.pipeline .venv/.compiled ## print which old versions, runs and data would be removed (YES=1 removes them)
	@exec $(BIN)/gender-detection clean-old $(if $(YES),--yes)

# ---- the steps ----------------------------------------------------------------------------------

check-%:
	@[ "$(PYTHON)" != missing ] || { echo "error: no Python found: install Python 3.11 or newer" >&2; exit 1; }
	@$(PYTHON) tools/preflight.py $*

# Each installation compiles too, as .venv/.compiled then knows.
install = $(eval compiled := yes)@$(PYTHON) tools/bootstrap.py

# If the dev or bench packages are installed, they are renewed too.
.venv/.pipeline: requirements/pipeline.txt $(ENV_FILES) $(venv_changed)
	$(install) $(or $(patsubst .venv/.%,%,$(firstword $(wildcard .venv/.dev .venv/.bench))),pipeline)

.venv/.bench: requirements/bench.txt $(ENV_FILES) $(venv_changed)
	$(install) bench

.venv/.dev: requirements/dev.txt $(ENV_FILES) $(venv_changed)
	$(install) dev

# The installations above remove Jupyter, and this stamp.
.venv/.notebook: requirements/notebook.txt .venv/.pipeline
	@$(PYTHON) tools/bootstrap.py notebook

# This compiles what has changed since the last installation.
.venv/.compiled: $(compiled_files) $(COMPILE_FILES) $(compile_changed)
	$(if $(compiled),,@$(PYTHON) tools/bootstrap.py compile)

# Airflow takes a quarter of a minute to start: data that are made for a training, and the training,
# need one start. Make expands a recipe when its turn comes, so the second one knows what the first did.
train = model_training --done model_training $(MODEL_STAMP) '$(MODEL_SETTINGS)'

$(DATA_STAMP): requirements/pipeline.txt $(data_code) $(wildcard $(source_files)) $(data_changed)
	$(if $(filter run train,$(MAKECMDGOALS)),$(eval trained := yes))
	@$(VENV_PYTHON) tools/run_pipeline.py data_pipeline --done data_pipeline $@ '$(DATA_SETTINGS)' $(if $(trained),$(train))

$(MODEL_STAMP): $(DATA_STAMP) $(library) $(NOTEBOOK) $(wildcard airflow/dags/model_training.py) $(wildcard $(GENDER_DETECTION_PEOPLE)) $(model_changed)
	$(if $(trained),,@$(VENV_PYTHON) tools/run_pipeline.py $(train))

compile = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate $(if $(UPGRADE),--upgrade) \
	$(1) -o requirements/$(2).txt && echo "requirements/$(2).txt: $$(grep -c == requirements/$(2).txt) packages"
