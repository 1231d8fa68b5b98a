# SPDX-License-Identifier: GPL-2.0
# The commands of the project. What they do is in harness/, one script each.

.PHONY: help run timeline check check-full fuzz bench shell tree fold dist deb clean

help:
	@echo 'make run      build everything, boot the virtual TDX host, show updates'
	@echo 'make timeline  an update of the virtual TDX host as a drawing, build/timeline'
	@echo 'make check    every check; ends with "N passed, N failed"'
	@echo 'make bench    what CPUs execute while an update has them stopped, ours and mainline:'
	@echo '              5 minutes when three kernels are built; BENCH_KERNELS="6.18" BENCH_CPUS="1 2 4" some of it'
	@echo 'make fuzz     fuzz for longer than make check does (ITERATIONS=N, SEED=N)'
	@echo 'make check-full  all of that and more, for hours; FULL="matrix rt" some parts'
	@echo 'make shell    a root shell inside the virtual TDX host'
	@echo 'make tree     patches/KERNEL -> git tree build/linux-KERNEL, a commit each'
	@echo 'make fold     that tree -> patches/KERNEL; of the default kernel also the'
	@echo '              files at kernel paths'
	@echo 'make dist     the series as one patch and as a tarball, in build/dist'
	@echo 'make deb      Debian packages of the kernel with the series and of tdxctl, in build/deb-KERNEL'
	@echo 'make clean    remove build/'
	@echo
	@sed -n 's/^\([A-Z_]*=[^\t]*\)\t/\1\t/p' harness/variables | expand -t 24

# What is misspelt would be ignored.
VARIABLES := $(shell sed -n 's/^\([A-Z_]*\)=.*/\1/p' harness/variables)
GIVEN := $(foreach v,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $v))),$v))
UNKNOWN := $(firstword $(filter-out $(VARIABLES),$(filter-out -% MAKEOVERRIDES,$(GIVEN))))
ifneq ($(UNKNOWN),)
$(error $(shell harness/nearest $(UNKNOWN) $(VARIABLES)))
endif

run:
	@harness/run $(if $(VERBOSE),--verbose)

timeline:
	@harness/setup && harness/inroot harness/timeline/run

check:
	@harness/check $(CHECKS)

bench:
	@harness/bench/run

fuzz:
	@harness/fuzz $(ITERATIONS) $(SEED)

check-full:
	@harness/check-full $(FULL)

shell:
	@harness/shell

tree:
	@harness/source && harness/inroot harness/series tree

fold:
	@harness/source && harness/inroot harness/series fold

dist:
	@harness/source && harness/inroot harness/series tree && harness/inroot harness/dist

deb:
	@harness/deb

clean:
	@harness/clean
