/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One upload to a node of the firmware class, from its begin to its result
 */
#ifndef TDXCTL_UPLOAD_H
#define TDXCTL_UPLOAD_H

#include <stddef.h>

#include "host.h"

enum upload_outcome {
	/* It has not begun. */
	UPLOAD_ERROR,
	/* Another process uploads. */
	UPLOAD_BUSY,
	/* It has begun, and nobody says how it ended. */
	UPLOAD_UNKNOWN,
	/* The image was installed, or would be. */
	UPLOAD_DONE,
	UPLOAD_REFUSED,
	UPLOAD_FAILED,
};

/**
 * struct upload - an upload and what has come of it
 * @node: name of the node
 * @image: what to upload
 * @take_over: discard what another process has begun to write
 * @outcome: what has come of it
 * @error: what the node answers, or which step failed with which error
 * @has_event: the kernel has sent a uevent, from which the rest is
 * @result: TDX_RESULT
 * @state: TDX_STATE
 * @from: TDX_FROM
 * @to: TDX_TO
 * @reason: TDX_REASON
 * @detail: TDX_DETAIL
 * @begin_us: when the kernel got the image, by CLOCK_MONOTONIC
 * @end_us: when the result was there
 */
struct upload {
	const char *node;
	const struct image *image;
	bool take_over;
	enum upload_outcome outcome;
	char error[ATTR_LEN];
	bool has_event;
	char result[16];
	char state[16];
	char from[VERSION_LEN];
	char to[VERSION_LEN];
	char reason[40];
	char detail[512];
	long long begin_us;
	long long end_us;
};

void upload_run(struct upload *upload);
bool uevent_parse(const char *buf, size_t len, struct upload *upload);
struct json_object *upload_to_json(const struct upload *upload);

void catch_signals(void);
bool interrupted(void);

void cmd_check(int argc, char **argv);
void cmd_apply(int argc, char **argv);
void cmd_resume(int argc, char **argv);
bool check_image(const struct host *host, const struct image *image, const char *name);
bool skip_kernel_checks(void);

bool lock(void);
void lock_mark(bool uploading);

#endif /* TDXCTL_UPLOAD_H */
