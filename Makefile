# Two commands: `make repro` regenerates the results, `make test` passes the tests. `make help` lists the rest.
PY ?= python3.11
PORT ?= 5000
NAME ?=
ARGS ?=

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export DVC_NO_ANALYTICS := 1
export MLFLOW_DISABLE_TELEMETRY := true
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help setup repro study demo push readme ui check format test test-slow test-faults test-backends test-ray audit sound golden bench bench-study bench-arena test-gym

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/ready ## make the environment from pinned requirements

.venv/ready: pyproject.toml constraints.txt
	$(PY) -m venv .venv
	.venv/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

repro: setup ## run the study in params.yaml; ARGS=--pull fetches published results instead
	@clpipe validate
	@python -m clpipe.runner.mended
	dvc repro $(ARGS)
	@clpipe report

study: setup ## switch to another study and run it: make study NAME=qwen25-coder
	clpipe study use $(NAME)
	@clpipe validate
	@python -m clpipe.runner.mended
	dvc repro $(ARGS)
	@clpipe report

demo: setup ## a miniature of the study that shows everything, in about 3 minutes
	clpipe demo

push: setup ## send results to the DVC remote, with the run cache
	dvc push --run-cache $(ARGS)

readme: setup ## the results table of README.md anew, from the ledgers of the committed reports
	python -m clpipe.report.readme

ui: setup ## the MLflow UI on 127.0.0.1; PORT=5001 for another port
	python -m clpipe.tracking.ui --port $(PORT)

check: setup ## format, lint, types, layers, known holes
	ruff format --check .
	ruff check .
	mypy clpipe stages tests benchmarks
	lint-imports
	bandit -q -c pyproject.toml -r clpipe stages
	python .ci/audit.py

format: setup ## format and mend what can be mended
	ruff format .
	ruff check --fix .

test: setup ## the tests
	HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1 python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

test-slow: setup ## the tests that take long: more real weights, whole pipelines
	HF_HUB_OFFLINE=1 python -m pytest -m slow $(ARGS)

test-faults: setup ## break everything: a full disk in every stage, 100 kills (CLPIPE_KILLS=10 for fewer)
	HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1 python -m pytest -m slow tests/faults $(ARGS)

test-backends: .venv/backends-ready ## PostgreSQL, S3 and MLflow's server, started and broken
	HF_HUB_OFFLINE=1 python -m pytest -m backends tests/backends $(ARGS)

test-ray: .venv/ray-ready ## a Ray cluster of several nodes, one of them killed
	HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1 python -m pytest -m ray tests/scaling $(ARGS)

audit: setup ## known holes in the dependencies; needs the advisories of the network
	python .ci/audit.py --strict

sound: setup ## hash all that DVC keeps, for a bit that flipped; ARGS=--remove takes damaged entries out
	python -m clpipe.runner.sound $(ARGS)

golden: setup ## record the golden files anew; the commit says why
	CLPIPE_GOLDEN=record HF_HUB_OFFLINE=1 python -m pytest -k golden $(ARGS)

bench: .venv/bench-ready ## race the peers and the machine, to reports/bench.json; under 20 minutes on 2 cores
	dvc repro split model
	python -m benchmarks $(ARGS)

bench-study: .venv/bench-ready ## the whole default study against a tuned script of the peers
	dvc repro split model
	python -m benchmarks.study $(ARGS)

bench-arena: .venv/gym-ready ## tasks/s and memory of the arena at 10^4, 10^5, 10^6, beside reasoning-gym
	python -m benchmarks.arena

test-gym: .venv/gym-ready ## the tests of the optional source reasoning-gym; its installation needs a C compiler
	HF_HUB_OFFLINE=1 python -m pytest tests/arena/families/test_gym.py $(ARGS)

.venv/%-ready: .venv/ready
	.venv/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,$*]'
	touch $@
