/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the firmware wants of an image, said a second time and in another way
 * than the kernel says it: by offsets into the file, in 64-bit arithmetic
 */
#ifndef IMAGE_FUZZER_ORACLE_H
#define IMAGE_FUZZER_ORACLE_H

#include "seamldr_preflight.h"

struct oracle_input {
	const u8 *data;
	u64 size;
	const struct seamldr_platform *platform;
};

enum oracle_answer { NO, YES, UNKNOWN };

/**
 * struct oracle_check - a check that the kernel makes, too
 * @name: by which the kernel calls it
 * @holds: does the input pass it?  Asked only if all checks before it in the
 *	   same table hold.
 */
struct oracle_check {
	const char *name;
	enum oracle_answer (*holds)(const struct oracle_input *input);
};

/* In the order in which they make sense.  A name ends each table. */
extern const struct oracle_check oracle_geometry[];
extern const struct oracle_check oracle_preflight[];

/* The checks that may be skipped, without which no TD is surely lost */
#define NR_SKIPPABLE	6
extern const char * const oracle_skippable[NR_SKIPPABLE];

/* The highest common handoff version, -1 if there is none */
int oracle_handoff_version(const struct oracle_input *input);

#endif
