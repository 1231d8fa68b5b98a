// SPDX-License-Identifier: GPL-2.0
/*
 * One tdxctl at a time uploads
 *
 * The kernel lets two processes write to the same upload.  The lock ends with
 * the process that holds it, and the file says whether that was in an upload.
 */

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "report.h"
#include "tdxctl.h"
#include "upload.h"

#define LOCK_FILE	"/run/tdxctl.lock"
#define UPLOADING	"uploading"

static int lock_fd = -1;

static void lock_path(char *path, size_t size)
{
	if (strcmp(options.sysfs, "/sys"))
		snprintf(path, size, "%s/tdxctl.lock", options.sysfs);
	else
		snprintf(path, size, "%s", LOCK_FILE);
}

/* Who was killed in an upload has left the node open and checks to be skipped. */
static void clean_up(void)
{
	static const char * const nodes[] = { NODE_UPDATE, NODE_CHECK };
	char text[ATTR_LEN];
	ssize_t n;
	size_t i;

	n = pread(lock_fd, text, sizeof(text) - 1, 0);
	if (n <= 0)
		return;

	text[n] = 0;
	if (strcmp(text, UPLOADING))
		return;

	report_warning("left-over", "Another tdxctl was killed in the middle of an upload");
	for (i = 0; i < ARRAY_SIZE(nodes); i++) {
		if (!sysfs_read(text, sizeof(text), "class/firmware/%s/loading", nodes[i]) &&
		    !strcmp(text, "1"))
			sysfs_write("-1", "class/firmware/%s/loading", nodes[i]);
	}
	lock_mark(false);
}

/**
 * lock() - be the only tdxctl that uploads, until this process ends
 *
 * Who is not root uploads nothing, and needs no lock, nor does a host that takes
 * no uploads.
 *
 * Return: true if it is; everything else is reported.
 */
bool lock(void)
{
	char path[512];

	if (!can_upload() || !sysfs_exists("class/firmware/" NODE_UPDATE))
		return true;

	lock_path(path, sizeof(path));
	lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock_fd < 0) {
		report_error(EXIT_ERROR, "lock", NULL, "%s cannot be opened: %s", path,
			     strerror(errno));
		return false;
	}
	if (flock(lock_fd, LOCK_EX | LOCK_NB)) {
		report_error(EXIT_REFUSED, "busy", "Wait until it has finished.",
			     "Another tdxctl is at work");
		return false;
	}
	clean_up();

	return true;
}

/**
 * lock_mark() - note whether an upload is under way
 * @uploading: it is
 */
void lock_mark(bool uploading)
{
	if (lock_fd < 0)
		return;

	/* A disk that is full costs the next one a warning, no more. */
	if (ftruncate(lock_fd, 0) ||
	    (uploading && pwrite(lock_fd, UPLOADING, strlen(UPLOADING), 0) < 0))
		report_warning("lock", "The lock file cannot be written");
}
