/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the commands of tdxctl share
 */
#ifndef TDXCTL_H
#define TDXCTL_H

#include "image.h"

/**
 * struct options - the command line
 * @sysfs: where sysfs is mounted, or a copy of it
 * @skip: names of checks to skip, separated by commas
 * @kernel_skip: those of them that the kernel makes
 * @skip_mask: the same, for the kernel's checks
 * @fallback: image to upload if an update stops
 * @dry_run: change nothing
 * @images: directory with images
 * @mapping: Intel's mapping file; that of @images if NULL
 * @running: version of the module to start from, instead of the host's
 * @seamldr: version of P-SEAMLDR, instead of the host's
 * @cpu: CPUID.1:EAX, instead of the host's
 * @output: file to write
 * @header: format to convert to
 * @sigstruct: file with the sigstruct of a module
 */
struct options {
	const char *sysfs;
	const char *skip;
	char kernel_skip[256];
	u32 skip_mask;
	const char *fallback;
	bool dry_run;
	const char *images;
	const char *mapping;
	const char *running;
	const char *seamldr;
	const char *cpu;
	const char *output;
	const char *header;
	const char *sigstruct;
};

extern struct options options;

bool open_image(struct image *image, const char *path);
bool can_upload(void);
bool write_file(const char *path, const void *data, size_t size);
void cmd_convert(int argc, char **argv);
void cmd_probe(int argc, char **argv);
void report_refusal(const struct seamldr_verdict *verdict);

#endif /* TDXCTL_H */
