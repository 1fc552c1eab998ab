# Two commands matter: `make run` and `make test`. `make` alone lists the others.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check fix docs lock clean

PYTHON := .venv/bin/python

help: ## cette liste
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' Makefile

run: ## démarre le portail de démonstration (PORT=8000)
	@scripts/bootstrap.sh run
	@exec $(PYTHON) -m scripts.run_portal

test: ## les contrôles, puis toute la suite sur des serveurs jetables
	@scripts/bootstrap.sh test
	@exec $(PYTHON) -m scripts.run_tests

check: ## les contrôles sans serveur et les règles pures (moins d’une minute)
	@scripts/bootstrap.sh check
	@exec $(PYTHON) -m scripts.run_checks

fix: ## corrige ce qui peut l’être : imports, mise en forme du code et des pages
	@scripts/bootstrap.sh check
	-$(PYTHON) -m ruff check --fix --quiet .
	$(PYTHON) -m ruff format --quiet .
	-$(PYTHON) -m djlint templates --reformat --quiet

docs: ## réécrit docs/workflows.md à partir des tables d’états
	@scripts/bootstrap.sh run
	$(PYTHON) manage.py print_workflows > var/workflows.md
	mv var/workflows.md docs/workflows.md

LOCK := .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header
lock: ## réécrit les versions verrouillées à partir de pyproject.toml
	@scripts/bootstrap.sh check
	$(LOCK) --output-file requirements.txt
	$(LOCK) --extra dev --output-file requirements-dev.txt

clean: ## efface l’environnement et les caches, jamais les données de var/
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis \
		staticfiles var/log var/test-reports
