# Peregrine's doors. `make` alone lists them.
#
#   ARGS    what `make demo` passes on, for example ARGS="--seed 7 --output runs/seven"
#   BENCH   what `make bench`, `bench-quick` and `bench-kernels` pass on, for example
#           BENCH="--only attention"
#   FILTER  which tests `make quick` runs, for example FILTER=AdvantageTests

SHELL := /bin/bash
ARGS ?=
BENCH ?=
FILTER ?= .
SOURCES := $(wildcard Package.swift Sources Tests Examples Snippets Benchmarks)

# OpenBLAS reads these when it loads; no result may hang on what a shell happens to export.
unexport OPENBLAS_CORETYPE OPENBLAS_L2_SIZE OPENBLAS_VERBOSE

.PHONY: help setup demo test test-neon test-isa quick format lint sanitize mutate docs bench bench-quick bench-growth bench-kernels clean
.DEFAULT_GOAL := help

help:
	@echo 'make demo      train a search agent on this machine and write its report (ARGS="--seed 7")'
	@echo 'make test      everything a change has to pass: lint, all tests, NEON, clients, examples'
	@echo 'make test-neon the checks of the kernels for 64-bit ARM, under qemu'
	@echo 'make test-isa  all tests, once with each instruction set of this machine'
	@echo 'make quick     debug tests of some suites only (FILTER=AdvantageTests)'
	@echo 'make format    rewrite the Swift sources in the house style'
	@echo 'make lint      say where the sources are not in the house style'
	@echo 'make sanitize  the concurrent suites and the kernels under the sanitizers'
	@echo 'make mutate    break the policy-gradient arithmetic and expect the tests to notice'
	@echo 'make docs      check the guides and build them into .build/docs'
	@echo 'make bench     ours against the peers, in turns: Benchmarks/RESULTS.md (up to two hours)'
	@echo 'make bench-quick  the same with fewer rows: three minutes once the peers are there'
	@echo 'make bench-growth  how our own cost grows with size: Benchmarks/GROWTH.md (some minutes)'
	@echo 'make bench-kernels  each kernel against its own figures of before (BENCH="--filter product.*")'
	@echo 'make setup     install the system libraries that are missing (the others call it)'
	@echo 'make clean     remove everything that was built'

setup:
	@Scripts/setup

demo: setup
	swift build -c release --traits CLI --product SearchR1
	.build/release/SearchR1 $(ARGS)

test:
	@Scripts/test

test-neon:
	@Scripts/setup --extras
	@Tests/NEON/run.sh

test-isa: setup
	@Scripts/test-isa

quick: setup
	swift test --traits CLI --filter '$(FILTER)'

format:
	swift format --in-place --parallel --recursive $(SOURCES)

lint:
	swift format lint --strict --parallel --recursive $(SOURCES)

sanitize: setup
	@Scripts/sanitize

mutate:
	@Scripts/mutate

docs:
	@Scripts/docs

bench: setup
	@Scripts/bench $(BENCH)

bench-quick: setup
	@Scripts/bench --quick $(BENCH)

bench-growth: setup
	@swift run -c release --package-path Benchmarks Bench growth Benchmarks

bench-kernels: setup
	@swift package --package-path Benchmarks benchmark --target Kernels $(BENCH)

clean:
	rm -rf .build .build-tsan .build-asan .build-docs
