/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The suites, each in the file of its name. */
#ifndef EMULATOR_TESTS_SUITES_H
#define EMULATOR_TESTS_SUITES_H

#include "tests/tap.h"

extern const struct suite suite_scenarios;
extern const struct suite suite_release_scenarios;
extern const struct suite suite_install;
extern const struct suite suite_elf;
extern const struct suite suite_loader;
extern const struct suite suite_module;
extern const struct suite suite_versions;
extern const struct suite suite_tdmr;
extern const struct suite suite_handoff;
extern const struct suite suite_metadata;
extern const struct suite suite_td;
extern const struct suite suite_td_limits;
extern const struct suite suite_td_operands;
extern const struct suite suite_pages;
extern const struct suite suite_unconfirmed;
extern const struct suite suite_program;
extern const struct suite suite_survival;
extern const struct suite suite_blob;
extern const struct suite suite_signature;
extern const struct suite suite_platform;
extern const struct suite suite_names;
extern const struct suite suite_releases;

/* Layers around the models */
extern const struct suite suite_decode;
extern const struct suite suite_cpu;
extern const struct suite suite_faults;
extern const struct suite suite_params;
extern const struct suite suite_dispatch;
extern const struct suite suite_referee;
extern const struct suite suite_halt;
extern const struct suite suite_options;
extern const struct suite suite_profile;
extern const struct suite suite_trace;

#endif
