# Sandpiper's front door: every target installs what it needs on a bare Debian 12 machine first.
BUILD      ?= build
JOBS       ?= $(shell nproc)
PORT       ?= 7181
PROJECT    ?= pipes/customer_journey
# The one list of Debian packages: to build, then to test.
PACKAGES   := g++ cmake ninja-build ccache mold clang-19 llvm-19-dev libpolly-19-dev tao-pegtl-dev libre2-dev nlohmann-json3-dev \
  libgtest-dev libboost1.81-dev libsimdjson-dev libfast-float-dev libfmt-dev libspdlog-dev libcli11-dev libedit-dev libzstd-dev \
  liblz4-dev libdeflate-dev zlib1g-dev libssl-dev libxxhash-dev libcctz-dev prometheus-cpp-dev libyaml-cpp-dev libroaring-dev \
  libutf8proc-dev libjemalloc-dev pkg-config tzdata curl python3
SUDO       := $(if $(filter 0,$(shell id -u)),,sudo)
CMAKE_ARGS := -G Ninja

.PHONY: run build test bench format lint asan tsan fuzz packages clean

run: build
	$(BUILD)/sandpiper serve $(PROJECT) --port $(PORT) --fixtures

build: packages
	cmake -S . -B $(BUILD) $(CMAKE_ARGS) -DCMAKE_BUILD_TYPE=Release >/dev/null
	cmake --build $(BUILD) -j $(JOBS) --target sandpiper

test: packages
	cmake -S . -B $(BUILD) $(CMAKE_ARGS) -DCMAKE_BUILD_TYPE=Release >/dev/null
	cmake --build $(BUILD) -j $(JOBS)
	tests/run $(BUILD)

bench: packages
	cmake -S . -B $(BUILD) $(CMAKE_ARGS) -DCMAKE_BUILD_TYPE=Release >/dev/null
	cmake --build $(BUILD) -j $(JOBS) --target sandpiper sp_generate sp_language_bench sp_cold_shapes sp_memory_bandwidth
	tests/bench/run $(BUILD)

# What only these targets need.
format: PACKAGES += clang-format-19
lint: PACKAGES += clang-tidy-19 clang-format-19
fuzz: PACKAGES += libclang-rt-19-dev
bench: PACKAGES += wrk $(if $(shell command -v npm),,nodejs npm)

format: packages
	git ls-files '*.cpp' '*.h' | xargs clang-format-19 -i

# The layout first, then clang-tidy, which reads clang's own flags: a build folder configured for it, without precompiled
# headers, in which nothing is built.
lint: packages
	git ls-files '*.cpp' '*.h' | xargs clang-format-19 --dry-run --Werror
	cmake -S . -B build-lint $(CMAKE_ARGS) -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_C_COMPILER=clang-19 -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null
	git ls-files 'runtime/*.cpp' 'lang/*.cpp' 'compiler/*.cpp' 'server/*.cpp' 'tests/*.cpp' ':!tests/fuzz/libfuzzer_main.cpp' | xargs -P $(JOBS) -n 1 clang-tidy-19 -p build-lint --quiet

# Sanitizers find nothing more in nine modes than in the four that differ in code or threads.
asan tsan: export SANDPIPER_GOLDEN_MODES ?= default,tier0,hash0,morsel7
asan tsan: export SANDPIPER_CRASH_ROUNDS ?= 3

asan: packages
	cmake -S . -B build-asan $(CMAKE_ARGS) -DCMAKE_BUILD_TYPE=Debug -DSP_SANITIZE=address,undefined >/dev/null
	cmake --build build-asan -j $(JOBS)
	tests/run build-asan

tsan: packages
	cmake -S . -B build-tsan $(CMAKE_ARGS) -DCMAKE_BUILD_TYPE=Debug -DSP_SANITIZE=thread >/dev/null
	cmake --build build-tsan -j $(JOBS)
	tests/run build-tsan

# Runs every fuzz target for SECONDS_EACH; what it finds new stays in build-fuzz/corpus, a crash ends the run.
SECONDS_EACH ?= 60
fuzz: packages
	cmake -S . -B build-fuzz $(CMAKE_ARGS) -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_C_COMPILER=clang-19 -DSP_FUZZ=ON -DSP_SANITIZE=address,undefined >/dev/null
	cmake --build build-fuzz -j $(JOBS) --target fuzzers
	tests/fuzz/run build-fuzz $(SECONDS_EACH)

# Asks dpkg, and only installs when something is missing: no network on a machine that has it all.
packages:
	@missing=""; for p in $(PACKAGES); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q "install ok installed" || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then echo "Installing:$$missing"; $(SUDO) apt-get update -q && $(SUDO) DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; fi

clean:
	rm -rf build build-*
