// SPDX-License-Identifier: GPL-2.0
/*
 * tdxctl convert: the same module with another header
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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

static int try_write(const char *path, const char *dir, const void *data, size_t size)
{
	int fd = open(dir, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0644);
	/* Some file systems have no files without a name. */
	bool named = fd < 0;
	char name[1024];
	int ret;

	if (named) {
		if (snprintf(name, sizeof(name), "%s.XXXXXX", path) >= (int)sizeof(name))
			return -ENAMETOOLONG;
		fd = mkostemp(name, O_CLOEXEC);
	} else {
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	}
	if (fd < 0)
		return -errno;

	ret = write_all(fd, data, size);
	if (!ret && ((fsync(fd) && errno != EINVAL) || fchmod(fd, 0644) ||
		     (named ? renameat2(AT_FDCWD, name, AT_FDCWD, path, RENAME_NOREPLACE) :
			      linkat(AT_FDCWD, name, AT_FDCWD, path, AT_SYMLINK_FOLLOW))))
		ret = -errno;
	close(fd);
	if (ret && named)
		unlink(name);

	return ret;
}

/*
 * Writes a whole file, or nothing at all, and replaces none.  It gets its name last:
 * whoever dies before leaves nothing.
 */
bool write_file(const char *path, const void *data, size_t size)
{
	char *dir = copy_string(path), *slash = strrchr(dir, '/');
	int ret;

	if (slash)
		slash[slash == dir] = 0;
	ret = try_write(path, slash ? dir : ".", data, size);
	free(dir);

	return !ret || report_error(EXIT_ERROR, "write", ret == -EEXIST ? "Remove it first." : NULL,
				    "%s cannot be written: %s", path, strerror(-ret));
}

static void put_le(u8 *p, u32 size, u64 value)
{
	for (; size--; value >>= 8)
		*p++ = value;
}

static void put_header(u8 *data, size_t size, u16 version)
{
	memset(data, 0, SEAMLDR_PAGE_SIZE);
	put_le(data, 2, version);
	if (version == SEAMLDR_IMAGE_VERSION_1) {
		put_le(data + V1_OFFSET, 4, 2 * SEAMLDR_PAGE_SIZE);
		memcpy(data + V1_SIGNATURE, HEADER_SIGNATURE, strlen(HEADER_SIGNATURE));
		put_le(data + V1_LENGTH, 4, size);
	} else {
		memcpy(data + V2_SIGNATURE, HEADER_SIGNATURE, strlen(HEADER_SIGNATURE));
		put_le(data + V2_SIGSTRUCT_PAGES, 4, 1);
		put_le(data + V2_MODULE_PAGES, 4, size / SEAMLDR_PAGE_SIZE - 2);
	}
	put_le(data + CHECKSUM, 2, -sum_words(data, size));
}

/* Both parts as they are published beside the images */
static void write_raw(const struct image *image)
{
	char path[1024];

	if (snprintf(path, sizeof(path), "%s.sigstruct", options.output) >= (int)sizeof(path))
		report_error(EXIT_ERROR, "usage", NULL, "The name of the output is too long");
	else if (write_file(options.output, image->parts.module,
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
		report_refusal("This would not be an image", &refusal);
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

	data = allocate(size);
	memcpy(data + SEAMLDR_PAGE_SIZE, sigstruct->data, SIGSTRUCT_SIZE);
	memcpy(data + 2 * SEAMLDR_PAGE_SIZE, module->data, module->size);
	write_image(data, size, version);
	free(data);
}

void cmd_convert(char **args)
{
	const char *header = options.header ? options.header : "0x200";
	u16 version = !strcmp(header, "0x100") ? SEAMLDR_IMAGE_VERSION_1 :
		      !strcmp(header, "0x200") ? SEAMLDR_IMAGE_VERSION_2 : 0;
	static struct image image, sigstruct;

	if (!options.output || (!version && (strcmp(header, "raw") || options.sigstruct))) {
		report_error(EXIT_ERROR, "usage", "See tdxctl --help.", "%s",
			     options.output ? "The header has to be 0x100, 0x200 or raw" :
					      "convert wants --output");
		return;
	}
	if (!image_open(&image, args[0]) ||
	    (options.sigstruct && !image_open(&sigstruct, options.sigstruct)))
		return;

	if (options.sigstruct)
		join(&image, &sigstruct, version);
	else if (!image_is_wellformed(&image))
		report_refusal(format("%s is not an image", image.path), &image.refusal);
	else if (version)
		write_image(image.data, image.size, version);
	else
		write_raw(&image);
}
