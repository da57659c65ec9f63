# On a machine with Python 3.11+, Node 20+ and make, two commands suffice: `make synth` and `make test`.
# Compatible with GNU make 3.81 of macOS. The environments are in .venv, .tools and node_modules.

PYTHON ?= python3
# For two cores. Tests with Terraform wait for times that the AWS provider fixes, those of test-fast hardly wait.
WORKERS ?= 6
FAST_WORKERS ?= 2
PIPENV := 2026.10.3
# Of most targets; one that has another number passes it on to what it depends on.
STEPS := 3

# cdktf-cli 0.21 posts each run to checkpoint-api.hashicorp.com unless CHECKPOINT_DISABLE is set (terraform obeys it too),
# and on a terminal queries npm once a day for a newer version unless DISABLE_VERSION_CHECK is. Crash reports are off in
# cdktf.json, which has no switch for the other two: without make, use `npm run cdktf -- diff …`, which sets both.
# Verified with strace: with these settings only terraform opens connections, and nothing is written to ~/.cdktf.
export CHECKPOINT_DISABLE := 1
export DISABLE_VERSION_CHECK := 1
# mkdocs-material announces its end of life (May 2027) on each build; its successor is Zensical.
export NO_MKDOCS_2_WARNING := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Node 20 works, but prints ten lines on each start since its end of life in 2026; Node 22 or 24 is recommended.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20
# An active virtual environment, or pipenv settings of another project, must not be changed.
export PIPENV_IGNORE_VIRTUALENVS := 1
export PIPENV_VENV_IN_PROJECT := 1
unexport PIPENV_PIPFILE PYTHONHOME
# Images of Python set it; compiled again in each process, collecting the tests takes twice as long, and each program they start too.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help synth watch test test-fast check handover image-copies import bench vendor inventory compare docs provider-schemas lock lock-providers diff deploy doctor heal status drift destroy clean FORCE

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

# --- the work -----------------------------------------------------------------------------------------------------------

synth: .venv/packages ## write generated/ from main.py, and print the next command
	@echo "[3/$(STEPS)] Terraform from main.py into generated/"
	@.venv/bin/python -m cli synth

watch: .venv/packages ## write generated/ at each save of main.py, and print what changed in the JSON (Ctrl-C ends it)
	@.venv/bin/python -m cli vendor --missing
	@echo "[3/$(STEPS)] main.py into generated/ at each save"
	@.venv/bin/python -m cli watch

test: STEPS := 6
test: .venv/dev-packages .tools/checkov/packages node_modules/installed .tools/tutorial/packages ## all tests, including those with the real Terraform
	@.venv/bin/python -m cli vendor --missing
	@echo "[6/6] tests"
	@.venv/bin/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-fast: .venv/dev-packages ## the tests that find usual mistakes, about two minutes on 2 cores (ARGS='-k vpc' to choose)
	@echo "[3/3] tests without Terraform, AWS, the policy scan, Kubeflow's own tree and what is slow; fewer random examples"
	@.venv/bin/python -m pytest -n $(FAST_WORKERS) --dist worksteal -m "not (terraform or aws or checkov or upstream or slow or tutorial)" --hypothesis-profile fast $(ARGS)

check: .venv/dev-packages ## lint, format, imports, types, words, and that generated/ matches main.py
	@echo "[3/3] ruff, import-linter, mypy, words, generated/"
	@.venv/bin/python -m ruff check .
	@.venv/bin/python -m ruff format --check .
	@.venv/bin/lint-imports --no-cache --no-logo
	@.venv/bin/python -m mypy
	@.venv/bin/python -m pytest -q tests/test_words.py tests/test_generated.py

handover: STEPS := 4
handover: synth ## pack each platform with State.none() as one archive for an external Terraform pipeline
	@echo "[4/4] archives into handover/"
	@.venv/bin/python -m cli export

image-copies: .venv/packages ## scripts that copy images to ECR, for platforms with a mirror (services.repositories.mirror)
	@echo "[3/3] scripts into image-copies/"
	@.venv/bin/python -m cli image-copies

import: .venv/packages ## read an existing VPC and cluster for import (CLUSTER=name REGION=us-west-2)
	@test -n "$(CLUSTER)" -a -n "$(REGION)" || { echo "import: set both: make import CLUSTER=legacy REGION=us-west-2" >&2; exit 1; }
	@echo "[3/3] $(CLUSTER) into adopted/$(CLUSTER).json"
	@.venv/bin/python -m cli import "$(CLUSTER)" --region "$(REGION)"

bench: .venv/dev-packages ## time and memory of synthesis against stock CDKTF
	@echo "[3/3] main.py, this project and stock CDKTF in turn"
	@.venv/bin/python tests/bench.py $(ARGS)

vendor: .venv/packages ## Kubeflow's objects from upstream into the cache (KUBEFLOW_UPSTREAM=folders; UPDATE=1 writes the lock)
	@echo "[3/3] Kubeflow's objects"
	@.venv/bin/python -m cli vendor $(if $(UPDATE),--update)

inventory: .venv/packages ## installed objects of this version in one file, for comparison (OUTPUT=inventory.json)
	@echo "[3/3] releases, objects, owners, immutable fields"
	@.venv/bin/python -m cli inventory --output $(or $(OUTPUT),inventory.json)

compare: .venv/packages ## differences between the installed objects of two versions (BASE=main; HEAD=…; a revision or an inventory)
	@test -n "$(BASE)" || { echo "compare: set the old version: make compare BASE=main" >&2; exit 1; }
	@echo "[3/3] $(BASE) and $(or $(HEAD),this folder)"
	@.venv/bin/python -m cli compare $(BASE) $(HEAD) $(ARGS)

docs: .venv/dev-packages ## generated pages of docs/, then docs/ as a site in site/, checked for broken links
	@echo "[3/3] generated pages of docs/, and the site"
	@.venv/bin/python -m docs.generate
	@.venv/bin/python -m mkdocs --quiet build --strict
	@echo "Open site/index.html in a browser; it needs no server."

provider-schemas: .venv/dev-packages ## schemas of the newest published providers into tests/published, 90 MB of downloads
	@echo "[3/3] tests/published/*.json"
	@.venv/bin/python -m tests.published

# --- lock files ---------------------------------------------------------------------------------------------------------

# pipenv writes the URL of its index into the lock file. Without the URL the pip configuration of each machine, such as a
# company mirror, selects the source of packages; the hashes are kept.
define TAKE_OUT_THE_INDEX
import json, pathlib
path = pathlib.Path("Pipfile.lock")
lock = json.loads(path.read_text(encoding="utf-8"))
lock["_meta"]["sources"] = []
for category in lock.keys() - {"_meta"}:
    for package in lock[category].values():
        package.pop("index", None)
path.write_text(json.dumps(lock, indent=4, sort_keys=True) + "\n", encoding="utf-8")
endef
export TAKE_OUT_THE_INDEX

lock: STEPS := 4
lock: .tools/pipenv/$(PIPENV) .venv/pyvenv.cfg ## after a change of Pipfile or package.json: update all lock files
	@echo "[2/4] Pipfile.lock, all categories"
	@.tools/pipenv/bin/python -m pipenv lock
	@echo "[3/4] Pipfile.lock without the address of a package index"
	@.venv/bin/python -c "$$TAKE_OUT_THE_INDEX"
	@echo "[4/4] package-lock.json"
	@npm install --package-lock-only

lock-providers: .venv/packages ## hashes of the Terraform providers for Linux and macOS (ARGS=--net-mirror=URL for a mirror)
	@echo "[3/3] .terraform.lock.hcl of each stack"
	@.venv/bin/python -m cli lock-providers $(ARGS)

# --- Terraform ------------------------------------------------------------------------------------------------------------

diff: .venv/packages ## plan all stacks in order (or STACK=prod-network); nothing is changed
	@echo "[3/3] kubeflow-aws diff $(STACK)"
	@.venv/bin/python -m cli diff $(if $(STACK),'$(STACK)') $(ARGS)

deploy: .venv/packages ## apply all stacks in order (or STACK='prod-*'; ARGS=--auto-approve skips confirmation)
	@echo "[3/3] kubeflow-aws deploy $(STACK)"
	@.venv/bin/python -m cli deploy $(if $(STACK),'$(STACK)') $(ARGS)

doctor: .venv/packages ## check machine, AWS account and settings before an apply (ARGS=--check-address)
	@.venv/bin/python -m cli doctor $(ARGS)

heal: .venv/packages ## find stale Helm records of an interrupted apply, and remove them after confirmation (ARGS=--yes skips it)
	@.venv/bin/python -m cli heal $(ARGS)

status: .venv/packages ## nodes, releases, pods, certificates and targets that are not ready, and the address of the dashboard
	@.venv/bin/python -m cli status $(ARGS)

drift: .venv/packages ## objects in the cluster that were deleted or changed manually, which a plan does not detect
	@.venv/bin/python -m cli drift $(ARGS)

destroy: .venv/packages ## destroy STACK='prod-*', the last one first
	@test -n "$(STACK)" || { echo "destroy: set the stacks: make destroy STACK='prod-*'" >&2; exit 1; }
	@echo "[3/3] kubeflow-aws destroy $(STACK)"
	@.venv/bin/python -m cli destroy '$(STACK)' $(ARGS)

clean: ## remove environments and caches; generated/ and state/ are kept
	rm -rf .venv .tools .cache node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- environments, created once -------------------------------------------------------------------------------------------

# Prints the identity of the interpreter, or why it is not suitable. Must be valid in Python 2.
define INTERPRETER
import os, sys
if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or newer is needed and %s is %d.%d; name another one: make synth PYTHON=python3.12" % (sys.executable, sys.version_info[0], sys.version_info[1]))
try:
    import ensurepip, venv
except ImportError:
    sys.exit("%s lacks the venv module; on Debian and Ubuntu: sudo apt install python3-venv" % sys.executable)
print(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))
print(sys.version)
endef
export INTERPRETER

# Written only when the interpreter changes: all environments depend on it.
.tools/interpreter: FORCE
	@mkdir -p .tools
	@command -v "$(PYTHON)" >/dev/null || { echo "$(PYTHON) was not found; install Python 3.11 or newer, or name one: make synth PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c "$$INTERPRETER" >.tools/interpreter.now
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || { echo "Node 20 or newer is needed on PATH, and there is $$(node --version 2>/dev/null || echo none); CDKTF runs on it: https://nodejs.org" >&2; exit 1; }
	@cmp -s .tools/interpreter.now $@ || cp .tools/interpreter.now $@
	@rm .tools/interpreter.now

# Runs the command of a step with its output in a log, and prints one line with the size of a folder and the time. pip and npm
# print 130 and 40 lines on success.
# $(1) what the step does, without commas, $(2) the folder, $(3) name of the log, $(4) the command.
LOGS := .tools/logs
define quietly
@mkdir -p $(LOGS); printf '%s: ' '$(1)'; start=$$(date +%s); \
if { $(4); } >$(LOGS)/$(3).log 2>&1 </dev/null; then \
	echo "$$(($$(du -sk $(2) | cut -f 1) / 1024)) MB in $$(($$(date +%s) - start)) s"; \
else \
	echo "failed"; tail -n 20 $(LOGS)/$(3).log >&2; \
	echo "$@: failed after $$(($$(date +%s) - start)) s; fix the error above and run the same command again; whole log: $(LOGS)/$(3).log" >&2; exit 1; \
fi
endef

.tools/pipenv/$(PIPENV): .tools/interpreter
	$(call quietly,[1/$(STEPS)] pipenv $(PIPENV) into .tools/pipenv,.tools/pipenv,pipenv,"$$(head -n 1 .tools/interpreter)" -m venv --clear .tools/pipenv && .tools/pipenv/bin/python -m pip install "pipenv==$(PIPENV)")
	@touch $@

.venv/pyvenv.cfg .tools/checkov/pyvenv.cfg .tools/tutorial/pyvenv.cfg: .tools/interpreter
	@"$$(head -n 1 .tools/interpreter)" -m venv --clear $(@D)

# pipenv reads the lock, pip installs it: `pipenv sync` is equivalent, but shows no progress and compiles all 2,200 modules
# of the AWS bindings, of which a run loads a few dozen (measured before the Helm SDK was added: 62 s and 701 MB; with --no-compile 11 s and 357 MB).
# $(1) the environment's folder, $(2) the categories of Pipfile.
install = .tools/pipenv/bin/python -m pipenv requirements --hash --categories "$(2)" >$(1)/requirements.txt \
	&& $(1)/bin/python -m pip install --no-compile --no-deps --require-hashes --requirement $(1)/requirements.txt

# A clone's own `kubeflow-aws`, as an installed package has one: this folder's code, and main.py of the current folder.
# PYTHONPATH would reach other programs, such as the AWS command line that Terraform calls.
define PROGRAM
#!/bin/sh
root=$$(cd "$$(dirname "$$0")/../.." && pwd) || exit 1
exec "$$root/.venv/bin/python" -P -c '
import sys
sys.path.insert(0, sys.argv.pop(1))
from cli.app import app
app(prog_name="kubeflow-aws")
' "$$root" "$$@"
endef
export PROGRAM

.venv/bin/kubeflow-aws: .venv/pyvenv.cfg
	@mkdir -p $(@D)
	@printf '%s\n' "$$PROGRAM" >$@
	@chmod +x $@

.venv/packages: .tools/pipenv/$(PIPENV) .venv/pyvenv.cfg Pipfile.lock | .venv/bin/kubeflow-aws
	$(call quietly,[2/$(STEPS)] packages of Pipfile.lock into .venv (about 190 MB to fetch),.venv,packages,$(call install,.venv,packages check))
	@touch $@

.venv/dev-packages: .tools/pipenv/$(PIPENV) .venv/pyvenv.cfg Pipfile.lock | .venv/bin/kubeflow-aws
	$(call quietly,[2/$(STEPS)] packages of Pipfile.lock into .venv with those for tests (about 410 MB to fetch),.venv,packages,$(call install,.venv,packages check dev-packages))
	@touch .venv/packages $@

.tools/checkov/packages: .tools/pipenv/$(PIPENV) .tools/checkov/pyvenv.cfg Pipfile.lock
	$(call quietly,[3/$(STEPS)] checkov into .tools/checkov (separate since it pins an old boto3),.tools/checkov,checkov,$(call install,.tools/checkov,checkov))
	@touch $@

# Compiled, since its tests start a dozen programs, each of which would compile what it imports.
.tools/tutorial/packages: .tools/pipenv/$(PIPENV) .tools/tutorial/pyvenv.cfg Pipfile.lock
	$(call quietly,[5/$(STEPS)] model server and training of docs/tutorial into .tools/tutorial,.tools/tutorial,tutorial,$(call install,.tools/tutorial,tutorial) && .tools/tutorial/bin/python -m compileall -q .tools/tutorial/lib)
	@touch $@

# Includes one native module, a pseudo-terminal: prebuilt for Node 20 and 22 on Linux and Apple silicon; otherwise npm fetches or
# compiles it.
node_modules/installed: package.json package-lock.json
	$(call quietly,[4/$(STEPS)] the cdktf command line into node_modules,node_modules,npm,npm ci)
	@touch $@
