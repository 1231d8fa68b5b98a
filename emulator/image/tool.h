/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tdx-image: what its commands share. */
#ifndef EMULATOR_IMAGE_TOOL_H
#define EMULATOR_IMAGE_TOOL_H

#include <stdio.h>

#include "image/image.h"

/** struct image_file - an image file in memory */
struct image_file {
	uint8_t *data;
	size_t size;
};

/** fail() - one sentence to standard error, then exit status 1 */
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/** usage_error() - the same for the command line, with exit status 2 */
void usage_error(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/** parse_number() - @text as a number of at most @max; exits if it is not one */
uint64_t parse_number(const char *option, const char *text, uint64_t max);

/** parse_header() - "0x100" or "0x200"; exits otherwise */
enum blob_version parse_header(const char *text);

/** file_read() - read a whole file; exits on failure */
struct image_file file_read(const char *path);

/** file_write() - write a whole file, or nothing at all; exits on failure */
void file_write(const char *path, const struct image_file *file);

/** file_parse() - the parts of an image; exits if it is not one */
struct blob file_parse(const char *path, const struct image_file *file);

/** file_sign() - sign the sigstruct in @file with the key at @path; exits on failure */
void file_sign(struct image_file *file, const char *key_path);

/** file_sigstruct() - the sigstruct behind the header page */
struct seam_sigstruct *file_sigstruct(const struct image_file *file);

/* One file per command; each gets its own name as argv[0] */
int cmd_build(int argc, char **argv);
int cmd_sign(int argc, char **argv);
int cmd_convert(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_releases(int argc, char **argv);
int cmd_damage(int argc, char **argv);

/** damage_kinds() - print the damages that there are, for the usage text */
void damage_kinds(FILE *out);

#endif
