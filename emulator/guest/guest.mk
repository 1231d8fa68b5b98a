# SPDX-License-Identifier: GPL-2.0-or-later
# Programs that run inside the virtual TDX host: static, so that any guest will
# do. Included by emulator/qemu/plugin.mk.

TDRUN := $(O)/guest/tdrun

all: $(TDRUN)

$(TDRUN): $(wildcard guest/*.c) $(wildcard guest/*.h)
	@mkdir -p $(@D)
	@echo '  LD      $@'
	@$(CC) -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Wno-unused-parameter -Werror -static -pthread \
		-o $@ $(filter %.c,$^)
