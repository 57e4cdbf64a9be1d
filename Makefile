# SPDX-License-Identifier: Apache-2.0
# Two commands are all a newcomer needs: `make demo` and `make test`.

.PHONY: help demo demo-clean test unit lab-test e2e release packages format lint walls permit proof soak bench clean

SHELL := /bin/bash
LAB   := examples/lab/lab
STRICT := NOCTURNE_STRICT=1
FOR    ?= 3600

help:
	@echo "make demo        install what is missing, build, start the lab, open the console on it (root)"
	@echo "make demo-clean  remove exactly what 'make demo' and 'make test' installed"
	@echo "make test        install what is missing, build, unit tests, lab tests (root for the lab)"
	@echo "make release     build nocturne and nocturne-wall, optimised"
	@echo "make bench       print the figures of the README, measured here"
	@echo "make soak        watch memory, descriptors and CPU for an hour (FOR=60: a minute)"
	@echo "make lint        format, walls, the proof that the wall cannot write"

demo:
	@.ci/demo

demo-clean:
	@$(LAB) down || true
	@$(LAB) uninstall

packages:
	@.ci/packages build lab test

unit: packages
	$(STRICT) swift build --build-tests
	$(STRICT) swift test --skip-build

release:
	@.ci/packages build
	swift build -c release --product nocturne
	swift build -c release --product nocturne-wall

test: unit release lab-test e2e

lab-test: packages
	Tests/lab/lab-test.sh
	Tests/lab/host-untouched.sh --apart

e2e: release
	Tests/e2e/run

soak: release
	Tests/e2e/soak $(FOR)

bench: release
	Tests/bench/run

format:
	swift format -i -r Package.swift Sources Tests Themes

lint: walls permit proof
	swift format lint --strict -r Package.swift Sources Tests Themes

walls:
	.ci/walls
	.ci/walls --self-test

# A right to write that is used twice must not compile.
permit:
	@.ci/permit

proof: release
	.ci/proof

clean:
	swift package clean
