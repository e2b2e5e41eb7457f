# Every target installs what it needs; see CONTRIBUTING.md.
PYTHON ?= python3.11
SEED ?= 0

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTEST := $(BIN)/python -m pytest

# One thread a process: several nodes or test workers share the cores.
export OMP_NUM_THREADS ?= 1
# A sourced ROS installation or another environment's ROS wheels must not leak into this one.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV AMENT_PREFIX_PATH LD_LIBRARY_PATH
unexport RMW_IMPLEMENTATION _ROS_WHEELS_BOOTSTRAP_COMPLETE

.PHONY: help install demo test quick fuzz soak lint docs clean

help:  ## Show this list.
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile

install: $(STAMP)  ## Create .venv and install the pinned packages.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { \
		echo 'Foresight needs Python 3.11 (PyBullet and ROS wheels): make PYTHON=/path/to/python3.11'; \
		exit 1; }
	@$(PYTHON) -c 'import ensurepip' || { \
		echo 'This Python cannot create environments: install python3.11-venv'; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(STAMP): constraints.txt setup.py package.xml pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet -c constraints.txt setuptools wheel
	$(BIN)/python -m pip install --quiet -c constraints.txt --no-build-isolation \
		torch==2.13.0 -e '.[ros,sim,train,viz,docs,dev]'
	touch $@

demo: $(STAMP)  ## Clear a simulated table over ROS 2; SEED=n chooses the scene.
	$(BIN)/foresight demo --seed $(SEED)

test: $(STAMP)  ## Run every test.
	$(PYTEST) -n 2 --dist loadscope --no-loadscope-reorder -m 'not alone' test/closed_loop test/nodes test/unit test/repo
	$(PYTEST) -m alone

quick: $(STAMP)  ## Run the tests without ROS or long runs.
	$(PYTEST) -n 2 -m 'not slow' test/unit test/repo

fuzz: $(STAMP)  ## Read 100 000 broken and hostile files; SEED=n chooses them.
	$(BIN)/python test/fuzz/run.py --seed $(SEED)

soak: $(STAMP)  ## The guide to a real arm, nodes that die, a million hostile ticks, every fault 20 times (hours); write guard.md and faults.md.
	FORESIGHT_SOAK=1 $(PYTEST) test/nodes/test_real_robot_guide.py test/nodes/test_every_arm.py \
		test/nodes/test_supervision.py test/nodes/test_extend_commands.py \
		test/closed_loop/test_sampled_sites.py test/faults
	$(BIN)/python -m foresight.experiments.guard
	$(BIN)/foresight experiment faults --out docs/results

lint: $(STAMP)  ## Check style and types.
	$(BIN)/ruff check .
	$(BIN)/mypy

docs: $(STAMP)  ## Write the reference pages from the code and build out/docs; a warning is an error.
	$(BIN)/python -m foresight.cli.reference docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

clean:  ## Remove what was built, not what was learned or recorded.
	rm -rf $(VENV) build install log src/*.egg-info .mypy_cache .ruff_cache .pytest_cache
