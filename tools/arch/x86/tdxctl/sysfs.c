// SPDX-License-Identifier: GPL-2.0
/*
 * Files of sysfs, or of a copy of it
 */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "sysfs.h"
#include "tdxctl.h"

static int vpath(char *path, size_t size, const char *fmt, va_list args)
{
	int len = snprintf(path, size, "%s/", options.sysfs);

	if (len < 0 || (size_t)len >= size)
		return -ENAMETOOLONG;

	len += vsnprintf(path + len, size - len, fmt, args);

	return (size_t)len < size ? 0 : -ENAMETOOLONG;
}

int sysfs_path(char *path, size_t size, const char *fmt, ...)
{
	va_list args;
	int ret;

	va_start(args, fmt);
	ret = vpath(path, size, fmt, args);
	va_end(args);

	return ret;
}

ssize_t read_file_some(const char *path, void *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = 0, done = 0;

	if (fd < 0)
		return -errno;

	while ((size_t)done < size) {
		n = read(fd, (char *)buf + done, size - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += n;
	}
	if (n < 0)
		done = -errno;
	close(fd);

	return done;
}

/* Reads an attribute, without the line feed.  Returns 0 or a negative errno. */
int sysfs_read(char *buf, size_t size, const char *fmt, ...)
{
	char path[512];
	va_list args;
	ssize_t n;

	*buf = 0;
	va_start(args, fmt);
	n = vpath(path, sizeof(path), fmt, args);
	va_end(args);
	if (n)
		return n;

	n = read_file_some(path, buf, size - 1);
	if (n < 0)
		return n;

	buf[n] = 0;
	buf[strcspn(buf, "\n")] = 0;

	return 0;
}

int sysfs_write(const char *text, const char *fmt, ...)
{
	size_t len = strlen(text);
	char path[512];
	int fd, ret = 0;
	va_list args;
	ssize_t n;

	va_start(args, fmt);
	ret = vpath(path, sizeof(path), fmt, args);
	va_end(args);
	if (ret)
		return ret;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	do {
		n = write(fd, text, len);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		ret = -errno;
	close(fd);

	return ret;
}

bool sysfs_exists(const char *name)
{
	char path[512];

	return !sysfs_path(path, sizeof(path), "%s", name) && !access(path, F_OK);
}
