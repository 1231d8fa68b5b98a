# SPDX-License-Identifier: GPL-2.0-or-later
# The QEMU plugin: every layer, position independent, in one shared object.
# Included by emulator/Makefile, which sets O.

PLUGIN := $(O)/tdx-host.so

PLUGIN_SRCS := $(wildcard $(LAYERS:%=%/*.c))
PLUGIN_OBJS := $(PLUGIN_SRCS:%.c=$(O)/plugin/%.o)

PLUGIN_PKGS := glib-2.0 json-c libcrypto
PLUGIN_CFLAGS = -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Wno-unused-parameter -Werror -I. \
	-fPIC -fvisibility=hidden -pthread -MMD -MP \
	$(shell pkg-config --cflags $(PLUGIN_PKGS))
PLUGIN_LIBS = $(shell pkg-config --libs $(PLUGIN_PKGS)) -pthread

# Layers above the models that know nothing of QEMU: they are tested with them.
LAYER_SRCS := $(wildcard cpu/*.c seamcall/*.c) \
	qemu/compat.c qemu/decode.c qemu/options.c qemu/profile.c qemu/topology.c
LAYER_OBJS := $(LAYER_SRCS:%.c=$(O)/plugin/%.o)

$(TESTS): $(LAYER_OBJS)
$(SANITIZED_TESTS): $(LAYER_SRCS:%.c=$(O)/sanitized/%.o)
$(TESTS) $(SANITIZED_TESTS): MODEL_LIBS += $(PLUGIN_LIBS)
$(addprefix $(O)/%/,tests/options.o tests/trace.o $(LAYER_SRCS:.c=.o)): MODEL_CFLAGS += $(shell pkg-config --cflags $(PLUGIN_PKGS))

all: $(PLUGIN)

$(PLUGIN): $(PLUGIN_OBJS)
	@echo '  LD      $@'
	@$(CC) -shared -o $@ $^ $(PLUGIN_LIBS)

$(O)/plugin/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC      $@'
	@$(CC) $(PLUGIN_CFLAGS) -c -o $@ $<

include guest/guest.mk
-include $(PLUGIN_OBJS:.o=.d)
