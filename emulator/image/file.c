// SPDX-License-Identifier: GPL-2.0-or-later
/* Image files on disk. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/tool.h"

/* No image is that long; a special file might never end */
#define MAX_FILE_SIZE	(64UL << 20)

struct image_file file_read(const char *path)
{
	struct image_file file = { .size = 0 };
	FILE *stream = fopen(path, "rb");

	if (!stream)
		fail("%s cannot be opened: %s", path, strerror(errno));

	file.data = malloc(MAX_FILE_SIZE + 1);
	if (!file.data)
		fail("not enough memory");

	file.size = fread(file.data, 1, MAX_FILE_SIZE + 1, stream);
	if (ferror(stream))
		fail("%s cannot be read: %s", path, strerror(errno));
	if (file.size > MAX_FILE_SIZE)
		fail("%s is longer than any module image", path);
	fclose(stream);

	return file;
}

void file_write(const char *path, const struct image_file *file)
{
	size_t length = strlen(path) + sizeof(".XXXXXX");
	char *temporary = malloc(length);
	mode_t mask = umask(0);
	FILE *stream = NULL;
	int fd;

	umask(mask);
	if (!temporary)
		fail("not enough memory");

	/* A reader of @path sees the old file or the whole new one */
	snprintf(temporary, length, "%s.XXXXXX", path);
	fd = mkstemp(temporary);
	if (fd >= 0)
		stream = fdopen(fd, "wb");
	if (!stream || fwrite(file->data, 1, file->size, stream) != file->size ||
	    fchmod(fd, 0666 & ~mask) || fclose(stream) || rename(temporary, path)) {
		int error = errno;

		if (fd >= 0)
			unlink(temporary);
		fail("%s cannot be written: %s", path, strerror(error));
	}
	free(temporary);
}

struct blob file_parse(const char *path, const struct image_file *file)
{
	char error[BLOB_ERROR_SIZE];
	struct blob blob;

	if (!blob_parse(file->data, file->size, &blob, error))
		fail("%s is not a usable image: %s", path, error);

	return blob;
}

struct seam_sigstruct *file_sigstruct(const struct image_file *file)
{
	return (struct seam_sigstruct *)(file->data + SEAM_PAGE_SIZE);
}

void file_sign(struct image_file *file, const char *key_path)
{
	EVP_PKEY *key = image_read_key(key_path);

	if (!key)
		fail("%s is not a readable PEM file with a private key", key_path);
	if (!image_sign(file_sigstruct(file), key))
		fail("%s is not an RSA-3072 key with exponent 65537", key_path);
	EVP_PKEY_free(key);
}
