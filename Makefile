PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes

.PHONY: demo test check serve bench bundle audit clean

demo: .venv
	$(BIN)/python -m flows demo

serve: .venv
	$(BIN)/python -m flows serve

test: .venv/dev
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadgroup

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev
	$(BIN)/python -m benchmarks

bundle: .venv
	bash docs/deploy/bundle.sh

# Known vulnerabilities are asked for only where their service can be reached: a closed network has none.
audit: .venv/dev
	$(BIN)/python docs/deploy/audit.py
	@if $(PYTHON) -m pip_audit --version > /dev/null 2>&1; then \
	  $(PYTHON) -m pip_audit --disable-pip --require-hashes -r requirements.lock; \
	else \
	  echo "没有 pip-audit,已知漏洞没有查:在能上网的机器上 pipx install pip-audit 后再运行"; \
	fi

# Versions are locked with hashes; --no-deps because the lock is complete.
.venv: requirements.lock
	$(PYTHON) -m venv .venv
	$(INSTALL) -r requirements.lock
	touch .venv

.venv/dev: .venv requirements-dev.lock
	$(INSTALL) -r requirements-dev.lock
	touch .venv .venv/dev

clean:
	rm -rf .venv var
