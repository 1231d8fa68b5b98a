// SPDX-License-Identifier: GPL-2.0
/*
 * tdxctl convert: the same module with another header
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json-c/json.h>

#include "report.h"
#include "tdxctl.h"

/* The two headers (chapter 6 of the description of the formats) */
#define HEADER_SIGNATURE	"TDX-BLOB"
#define V1_OFFSET		4
#define V1_SIGNATURE		8
#define V1_LENGTH		16
#define V2_SIGNATURE		4
#define V2_SIGSTRUCT_PAGES	12
#define V2_MODULE_PAGES		16
#define CHECKSUM		2
#define SIGSTRUCT_SIZE		sizeof(struct seam_sigstruct)

static int write_all(int fd, const u8 *data, size_t size)
{
	size_t done = 0;
	ssize_t n;

	while (done < size) {
		n = write(fd, data + done, size - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		done += n;
	}

	return fsync(fd) && errno != EINVAL ? -errno : 0;
}

/* A file that gets its name last: whoever dies before leaves nothing. */
static int write_nameless(const char *path, const char *dir, const u8 *data, size_t size)
{
	int fd = open(dir, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0644);
	char name[64];
	int ret;

	if (fd < 0)
		return -errno;

	ret = write_all(fd, data, size);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (!ret && linkat(AT_FDCWD, name, AT_FDCWD, path, AT_SYMLINK_FOLLOW))
		ret = -errno;
	close(fd);

	return ret;
}

/* For file systems that have no files without a name */
static int write_renamed(const char *path, const u8 *data, size_t size)
{
	char name[1024];
	int fd, ret;

	if (snprintf(name, sizeof(name), "%s.XXXXXX", path) >= (int)sizeof(name))
		return -ENAMETOOLONG;

	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0)
		return -errno;

	ret = write_all(fd, data, size);
	if (!ret && fchmod(fd, 0644))
		ret = -errno;
	close(fd);
	if (!ret && renameat2(AT_FDCWD, name, AT_FDCWD, path, RENAME_NOREPLACE))
		ret = -errno;
	if (ret)
		unlink(name);

	return ret;
}

/**
 * write_file() - write a whole file, or nothing at all
 * @path: its name; no file of that name is replaced
 * @data: what to write
 * @size: how much
 *
 * Return: true if it is there; everything else is reported.
 */
bool write_file(const char *path, const void *data, size_t size)
{
	char *dir = strdup(path), *slash = dir ? strrchr(dir, '/') : NULL;
	int ret;

	if (slash)
		slash[slash == dir] = 0;
	ret = write_nameless(path, slash ? dir : ".", data, size);
	if (ret == -EOPNOTSUPP || ret == -EISDIR || ret == -ENOENT)
		ret = write_renamed(path, data, size);
	free(dir);
	if (ret)
		report_error(EXIT_ERROR, "write", ret == -EEXIST ? "Remove it first." : NULL,
			     "%s cannot be written: %s", path, strerror(-ret));

	return !ret;
}

static void put16(u8 *p, u16 value)
{
	p[0] = value;
	p[1] = value >> 8;
}

static void put32(u8 *p, u32 value)
{
	put16(p, value);
	put16(p + 2, value >> 16);
}

/* The sum of all 16-bit words is zero. */
static void put_checksum(u8 *data, size_t size)
{
	u16 sum = 0;
	size_t i;

	put16(data + CHECKSUM, 0);
	for (i = 0; i < size; i += 2)
		sum += data[i] | data[i + 1] << 8;
	put16(data + CHECKSUM, -sum);
}

static void put_header(u8 *data, size_t size, u16 version)
{
	memset(data, 0, SEAMLDR_PAGE_SIZE);
	put16(data, version);
	if (version == SEAMLDR_IMAGE_VERSION_1) {
		put32(data + V1_OFFSET, 2 * SEAMLDR_PAGE_SIZE);
		memcpy(data + V1_SIGNATURE, HEADER_SIGNATURE, strlen(HEADER_SIGNATURE));
		put32(data + V1_LENGTH, size);
	} else {
		memcpy(data + V2_SIGNATURE, HEADER_SIGNATURE, strlen(HEADER_SIGNATURE));
		put32(data + V2_SIGSTRUCT_PAGES, 1);
		put32(data + V2_MODULE_PAGES, size / SEAMLDR_PAGE_SIZE - 2);
	}
	put_checksum(data, size);
}

/* Both parts as they are published beside the images */
static void write_raw(const struct image *image)
{
	char path[1024];

	if (snprintf(path, sizeof(path), "%s.sigstruct", options.output) >= (int)sizeof(path)) {
		report_error(EXIT_ERROR, "usage", NULL, "The name of the output is too long");
		return;
	}
	if (write_file(options.output, image->parts.module,
		       (size_t)image->parts.nr_module_pages * SEAMLDR_PAGE_SIZE) &&
	    write_file(path, image->parts.sigstruct, SIGSTRUCT_SIZE))
		print_line("%s and %s were written.", options.output, path);
}

static void write_image(u8 *data, size_t size, u16 version)
{
	struct seamldr_refusal refusal;
	struct seamldr_image image;

	put_header(data, size, version);
	if (seamldr_image_parse(data, size, &image, &refusal))
		report_error(EXIT_REFUSED, refusal.check, check_hint(refusal.check),
			     "This would not be an image (%s): %s", refusal.check,
			     refusal.sentence);
	else if (write_file(options.output, data, size))
		print_line("%s was written.", options.output);
}

/* A module and its sigstruct, each in a file of its own */
static void join(const struct image *module, const struct image *sigstruct, u16 version)
{
	size_t size = 2 * SEAMLDR_PAGE_SIZE + module->size;
	u8 *data;

	if (!module->data || !module->size || module->size % SEAMLDR_PAGE_SIZE) {
		report_error(EXIT_REFUSED, "module-pages", NULL,
			     "%s has %llu bytes, expected a multiple of %u up to %u pages",
			     module->path, (unsigned long long)module->size,
			     SEAMLDR_PAGE_SIZE, SEAMLDR_MAX_MODULE_PAGES);
		return;
	}
	if (!sigstruct->data || sigstruct->size != SIGSTRUCT_SIZE) {
		report_error(EXIT_REFUSED, "sigstruct-pages", NULL,
			     "%s has %llu bytes, expected %zu", sigstruct->path,
			     (unsigned long long)sigstruct->size, SIGSTRUCT_SIZE);
		return;
	}

	data = calloc(1, size);
	if (!data) {
		report_error(EXIT_ERROR, "memory", NULL, "There is no memory");
		return;
	}
	memcpy(data + SEAMLDR_PAGE_SIZE, sigstruct->data, SIGSTRUCT_SIZE);
	memcpy(data + 2 * SEAMLDR_PAGE_SIZE, module->data, module->size);
	write_image(data, size, version);
	free(data);
}

static void convert(const struct image *image, u16 version)
{
	struct image sigstruct;

	if (options.sigstruct) {
		if (!open_image(&sigstruct, options.sigstruct))
			return;
		join(image, &sigstruct, version);
		image_close(&sigstruct);
	} else if (!image_is_wellformed(image)) {
		report_error(EXIT_REFUSED, image->refusal.check, check_hint(image->refusal.check),
			     "%s is not an image (%s): %s", image->path, image->refusal.check,
			     image->refusal.sentence);
	} else if (!version) {
		write_raw(image);
	} else {
		write_image(image->data, image->size, version);
	}
}

void cmd_convert(int argc, char **argv)
{
	const char *header = options.header ? options.header : "0x200";
	u16 version = !strcmp(header, "0x100") ? SEAMLDR_IMAGE_VERSION_1 :
		      !strcmp(header, "0x200") ? SEAMLDR_IMAGE_VERSION_2 : 0;
	struct image image;

	if (!options.output || (!version && (strcmp(header, "raw") || options.sigstruct))) {
		report_error(EXIT_ERROR, "usage", "See tdxctl --help.", "%s",
			     options.output ? "The header has to be 0x100, 0x200 or raw" :
					      "convert wants --output");
		return;
	}

	if (open_image(&image, argv[0])) {
		convert(&image, version);
		image_close(&image);
	}
}
