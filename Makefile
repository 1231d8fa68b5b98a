# SPDX-License-Identifier: GPL-2.0
# The commands of the project. What they do is in harness/, one script each.

.PHONY: help run timeline check check-full fuzz bench shell tree fold dist deb clean

help:
	@echo 'make run      build everything, boot the virtual TDX host, show updates'
	@echo 'make timeline  an update of the virtual TDX host as a drawing, build/timeline'
	@echo 'make check    every check; ends with "N passed, N failed"'
	@echo 'make bench    what CPUs execute while an update has them stopped, ours and mainline,'
	@echo '              for hours; BENCH_KERNELS="6.18" BENCH_CPUS="1 2 4" some of it'
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
	@echo 'KERNEL=6.18           which kernel: a directory of patches/, or mainline-7.3'
	@echo 'VARIANT=debug         with sanitizers and lock checks, or rt (PREEMPT_RT)'
	@echo 'LINUX_SRC=DIR|FILE    kernel tree or tarball of your own, same series'
	@echo 'CHECKS="series kunit" only these of make check'
	@echo 'IMAGES=DIR            module images of your own, for make check'
	@echo 'CONFIG=FILE           configuration of your own, for make deb; LOCALVERSION=-tdx'
	@echo 'VERBOSE=1             make run shows each observation'
	@echo 'CPUS=4                CPUs of the virtual TDX host'
	@echo 'GDB=tcp::1234         make shell waits there for GDB, see emulator/README.md'
	@echo 'MIRROR=URI            Debian mirror, instead of the one that apt uses here'
	@echo 'BUILD=DIR             where everything is built, instead of build/'

# What is misspelt would be ignored.
VARIABLES := KERNEL VARIANT LINUX_SRC CHECKS FULL IMAGES CPUS MEMORY GDB MIRROR BUILD JOBS VERBOSE \
	ITERATIONS SEED CONFIG LOCALVERSION DEB_TIMEOUT TIMEOUT APPEND PLUGIN MACHINE GUESTS \
	BENCH_KERNELS BENCH_CPUS
UNKNOWN := $(filter-out $(VARIABLES),$(foreach v,$(MAKEOVERRIDES),$(firstword $(subst =, ,$(v)))))
ifneq ($(UNKNOWN),)
$(error there is no variable $(UNKNOWN); there are $(VARIABLES))
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
