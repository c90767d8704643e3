# Kios Pelayanan Adminduk Daring. `make help` prints itself.
SHELL := /bin/sh
PY := .venv/bin/python
# the assets need Debian's Python and Jinja alone, so they are made while the environment is
ASSETS := /usr/bin/python3 provisioning/assets/build.py
.DEFAULT_GOAL := help
.PHONY: help run test setup-run setup-test lint units devices scenarios journeys layout powercuts screens nightly bench bench-imaging bench-receipt bench-uplink lock clean

help: ## Print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup-run ## Set up what is missing and run everything: centre, kiosk with simulated devices, courier
	@$(PY) -m provisioning.demo

test: setup-test ## Set up what is missing and run every check and every test
	@$(PY) -m provisioning.check

setup-run:
	@sh provisioning/system_packages.sh run $${DISPLAY:+window} $${WAYLAND_DISPLAY:+window}
	@$(ASSETS) & assets=$$!; sh provisioning/environment.sh run; environment=$$?; wait $$assets && exit $$environment

setup-test:
	@sh provisioning/system_packages.sh run window test
	@$(ASSETS) & assets=$$!; sh provisioning/environment.sh test && sh provisioning/simulators/install.sh; made=$$?; wait $$assets && exit $$made

lint: ## Style, types and the content only
	@$(PY) -m ruff check . && $(PY) -m ruff format --check . && $(PY) -m mypy && $(PY) -m kiosk content check

units: ## Unit tests only
	@$(PY) -m pytest tests/unit

devices: ## Real drivers against third-party simulators
	@$(PY) -m pytest tests/devices

scenarios: ## Every mishap of content/scenarios, with twins and with real drivers
	@$(PY) -m pytest tests/scenarios

journeys: ## Real processes, real browser, real paper
	@$(PY) -m pytest tests/journeys -m "not nightly"

layout: ## Every screen under a ruler: sizes, reach, overflow, axe
	@$(PY) -m pytest tests/layout -m "not nightly"

powercuts: ## Kernels killed under kiosk and centre on a bad line, five times (`make nightly`: over fifty)
	@$(PY) -m pytest tests/powercuts -m "not nightly" -rs

screens: setup-test ## Photograph every screen into docs/screens/
	@$(PY) -m pytest tests/journeys/test_screens.py tests/journeys/test_staff_screens.py tests/journeys/test_offline_screens.py tests/journeys/test_scenario_pictures.py --screens docs/screens

nightly: setup-test ## The long matrices: hundreds of kills
	@$(PY) -m pytest -m nightly --override-ini=timeout=3600 tests

bench: ## Counters beside peers: receipt bytes, upload bytes, page finder
	@for bench in bench/*.py; do echo "== $$bench"; $(PY) $$bench || exit 1; done

bench-imaging: ## Finder, legibility, encoding, codes, faces, KTP beside their peers: ratios in one run
	@for bench in bench/imaging_*.py; do echo "== $$bench"; $(PY) $$bench || exit 1; done

bench-receipt: ## Bytes of a receipt beside its peers
	@$(PY) bench/receipt_bytes.py

bench-uplink: ## Bytes of an upload over a cut line beside tuspy, multipart and rclone; fails above 1.02 / 1.03
	@$(PY) bench/uplink_bytes.py

lock: ## Lock the Python sets again (needs uv)
	@sh requirements/lock.sh

clean: ## Remove what was built (not the demo's data: that is .cache/demo)
	@rm -rf build .venv .cache/assets .mypy_cache .ruff_cache
