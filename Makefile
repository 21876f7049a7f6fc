# The README's two commands are `run` and `test`; the rest are the steps they are made of. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
CONSTRAINTS := -c constraints.txt
BUILD_TOOLS := scikit-build-core pybind11 cmake ninja
NATIVE := $(shell find csrc cmake CMakeLists.txt -type f)
# A test process a core. OpenMP and BLAS keep to one thread in each, or the processes would wait for one another's threads;
# our own kernels start the threads that a test asks for.
PYTEST := -m pytest -n auto --maxprocesses 8 --dist worksteal
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

.DELETE_ON_ERROR:
.PHONY: run test build lint types core-tests sanitize cuda smoke smoke-benchmarks smoke-asv smoke-races record asv clean

# The main job: every method at its quick preset, its claims, its races against whatever peers are installed. A claim that
# is not reproduced (exit code 1) is a result and does not stop the rest. It ends with one page of it all.
run: $(VENV)/.built $(VENV)/.peers
	$(BIN)/pybench run --all --preset quick
	$(BIN)/pybench claims --all --preset quick || [ $$? -eq 1 ]
	$(BIN)/pybench race --all --size quick
	$(BIN)/pybench report --all

test: $(VENV)/.built $(VENV)/.tests $(VENV)/.peers $(VENV)/.browser
	$(ONE_THREAD) $(BIN)/python $(PYTEST)

build: $(VENV)/.built

$(VENV)/.tools: constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) install $(CONSTRAINTS) $(BUILD_TOOLS)
	touch $@

# The package itself, editable, with the extra `all`. Incremental: an edit of one kernel rebuilds that kernel.
$(VENV)/.built: $(VENV)/.tools pyproject.toml $(NATIVE)
	$(PIP) install $(CONSTRAINTS) --no-build-isolation -C cmake.define.PYBENCH_WERROR=ON -e '.[all]'
	touch $@

# Order-only after the build: a kernel edit rebuilds once.
$(VENV)/.tests: pyproject.toml constraints.txt | $(VENV)/.built
	$(PIP) install $(CONSTRAINTS) --no-build-isolation -C cmake.define.PYBENCH_WERROR=ON -e '.[all,test,dev]'
	touch $@

# Peers are rivals, not parts: one that cannot be installed is a row that says so, never an error, and is tried again.
$(VENV)/.peers: pyproject.toml constraints.txt | $(VENV)/.built
	if $(PIP) install $(CONSTRAINTS) --no-build-isolation -C cmake.define.PYBENCH_WERROR=ON -e '.[all,peers]'; \
	  then touch $@; else echo "some peers could not be installed; races will say which"; fi

# The report is opened in a real browser: the system's Chromium. Without one that test is skipped and says so; CI installs it.
$(VENV)/.browser: | $(VENV)/.built
	@if { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null; then touch $@; \
	  elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq \
	    && apt-get install -y -qq --no-install-recommends chromium >/dev/null; then touch $@; \
	  else echo "no browser: the test of the report is skipped; install one, for example: apt-get install chromium"; fi

lint: $(VENV)/.tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.tests
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest pybench._native

# The core's own tests, without Python; SANITIZE=address,undefined runs them under sanitizers.
SANITIZE ?=
CORE_BUILD := build/core$(if $(SANITIZE),-sanitized)
core-tests: $(VENV)/.tools
	$(BIN)/cmake -S . -B $(CORE_BUILD) -G Ninja -DCMAKE_MAKE_PROGRAM=$(abspath $(BIN)/ninja) \
	  -DCMAKE_BUILD_TYPE=$(if $(SANITIZE),RelWithDebInfo,Release) -DPYBENCH_TESTS=ON -DPYBENCH_WERROR=ON -DPYBENCH_CUDA=OFF \
	  -DPYBENCH_SANITIZE=$(SANITIZE)
	$(BIN)/cmake --build $(CORE_BUILD)
	$(CORE_BUILD)/core_tests

# The core's own tests and the tests marked `native`, on a copy of the package whose core is built with ASan and UBSan. The
# copy has an environment of its own that borrows the packages of .venv but not its editable install, so that every process
# that a test starts, and every process of pytest, finds the sanitized core and no other.
SANITIZED := build/sanitized
SITE = $(shell $(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
sanitize: $(VENV)/.tests
	$(PIP) install $(CONSTRAINTS) --no-build-isolation --no-deps --upgrade --target $(SANITIZED)/site \
	  -C build-dir=$(SANITIZED)/cmake -C cmake.build-type=RelWithDebInfo -C cmake.define.PYBENCH_CUDA=OFF \
	  -C cmake.define.PYBENCH_TESTS=ON -C cmake.define.PYBENCH_SANITIZE=address,undefined .
	$(SANITIZED)/cmake/core_tests
	$(BIN)/python -m venv --without-pip $(SANITIZED)/venv
	printf '%s\n' $(abspath $(SANITIZED)/site) $(SITE) > \
	  $$($(SANITIZED)/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/sanitized.pth
	LD_PRELOAD="$$(g++ -print-file-name=libasan.so) $$(g++ -print-file-name=libstdc++.so)" \
	  ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 PYTHONMALLOC=malloc \
	  PYTHONSAFEPATH=1 PYBENCH_EXPECTED_SANITIZERS=address,undefined $(ONE_THREAD) \
	  $(SANITIZED)/venv/bin/python $(PYTEST) -m "native and not slow" -p no:cacheprovider

# The optional CUDA module must compile wherever there is a compiler for it.
cuda: $(VENV)/.built
	@if command -v nvcc >/dev/null; then $(BIN)/python -c 'import pybench._cuda' && echo "the CUDA module is compiled"; \
	  else echo "no CUDA compiler here: the CUDA module was not compiled"; fi

# Every driver of the list of workloads runs once. These figures are never kept.
smoke: smoke-benchmarks smoke-asv smoke-races

smoke-benchmarks: $(VENV)/.tests $(VENV)/.peers
	mkdir -p build/smoke
	$(BIN)/python -m pytest tests/test_benchmarks.py --benchmark-enable --benchmark-min-rounds=1 --benchmark-max-time=0.05 \
	  --benchmark-json=build/smoke/benchmarks.json --benchmark-columns=median --quiet

smoke-asv: $(VENV)/.tests
	$(BIN)/python .ci/asv_smoke.py build/smoke/asv

smoke-races: $(VENV)/.built $(VENV)/.peers
	mkdir -p build/smoke
	$(BIN)/pybench race --all --size quick --rounds 5 --out build/smoke --json > build/smoke/races.json

# Measures claims and races on a clean tree and appends them to results/.
record: $(VENV)/.built $(VENV)/.peers
	$(BIN)/pybench record --all --preset standard --size quick --size standard --size large

# History: the newest commits, each built in an environment of its own.
COMMITS ?= 3
ASV := cd benchmarks && PATH="$(abspath $(BIN)):$$PATH" asv
asv: $(VENV)/.tests
	$(ASV) machine --yes --machine here
	$(ASV) run --machine here --steps $(COMMITS) --interleave-rounds main
	$(ASV) show --machine here main

clean:
	rm -rf build out $(VENV) .asv .mypy_cache .ruff_cache .pytest_cache
