// SPDX-License-Identifier: GPL-2.0
/*
 * Uploads of images, see Documentation/ABI/testing/sysfs-class-firmware
 *
 * One tdxctl at a time uploads: the kernel lets two processes write to the same
 * upload.  The lock ends with the process that holds it, and the file says whether
 * that was in an upload.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tdxctl.h"

#define LOCK_FILE	"/run/tdxctl.lock"
#define UPLOADING	"uploading"

/* How often the status is read.  An update takes some milliseconds. */
#define POLL_MS			1
/* The node may be busy for a moment behind the uevent of another upload. */
#define BUSY_TRIES		200
#define BUSY_US			5000
/* The kernel waits 5 s for TDs that are being built, and for nothing longer. */
#define TIMEOUT_US		(300 * 1000000LL)
#define PATIENCE_US		(10 * 1000000LL)

static int lock_fd = -1;

/* Notes in the lock file whether an upload is under way. */
static void lock_mark(bool uploading)
{
	if (lock_fd < 0)
		return;

	/* A disk that is full costs the next one a warning, no more. */
	if (ftruncate(lock_fd, 0) ||
	    (uploading && pwrite(lock_fd, UPLOADING, strlen(UPLOADING), 0) < 0))
		report_warning("lock", "The lock file cannot be written");
}

/* Who was killed in an upload has left the node open and checks to be skipped. */
static void clean_up(void)
{
	static const char * const nodes[] = { NODE_UPDATE, NODE_CHECK };
	char text[ATTR_LEN] = "";
	size_t i;

	if (pread(lock_fd, text, sizeof(text) - 1, 0) <= 0 || strcmp(text, UPLOADING))
		return;

	report_warning("left-over", "Another tdxctl was killed in the middle of an upload");
	for (i = 0; i < ARRAY_SIZE(nodes); i++) {
		if (!sysfs_text(nodes[i], "loading", text) && !strcmp(text, "1"))
			sysfs_write(nodes[i], "loading", "-1", 2);
	}
	lock_mark(false);
}

/*
 * Be the only tdxctl that uploads, until this process ends.  Who is not root uploads
 * nothing, and needs no lock, nor does a host that takes no uploads.
 */
bool lock(void)
{
	char path[512];

	if (!can_upload() || !sysfs_exists(NODE_UPDATE))
		return true;

	snprintf(path, sizeof(path), "%s%s", is_here() ? "" : options.sysfs,
		 is_here() ? LOCK_FILE : strrchr(LOCK_FILE, '/'));
	lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock_fd < 0)
		return report_error(EXIT_ERROR, "lock", NULL, "%s cannot be opened: %s", path,
				    strerror(errno));
	if (flock(lock_fd, LOCK_EX | LOCK_NB))
		return report_error(EXIT_REFUSED, "busy", "Wait until it has finished.",
				    "Another tdxctl is at work");
	clean_up();

	return true;
}

static int signal_fd = -1;

/* Do not die in the middle of an upload. */
void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action;
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		/* What nohup ignores is to be ignored. */
		if (!sigaction(signals[i], NULL, &action) && action.sa_handler != SIG_IGN)
			sigaddset(&set, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* Has somebody tried to end this process?  Then nothing new is begun. */
bool interrupted(void)
{
	struct signalfd_siginfo info;
	static bool seen;

	if (signal_fd >= 0 && read(signal_fd, &info, sizeof(info)) == sizeof(info))
		seen = true;

	return seen;
}

static long long now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

/* Adds the result of an upload to @json if this is its uevent: strings that end with 0. */
bool uevent_parse(const char *buf, size_t len, struct json_object *json)
{
	static const char * const names[] = { "result", "state", "from", "to", "reason", "detail" };
	const char *values[ARRAY_SIZE(names)] = { "", "", "", "", "", "" };
	bool ours = false;
	const char *p, *q;
	size_t i;

	if (!len || buf[len - 1])
		return false;

	for (p = buf; p < buf + len; p += strlen(p) + 1) {
		ours = ours || !strcmp(p, "DEVPATH=/" TDX_HOST);
		q = strchr(p, '=');
		for (i = 0; q && !strncmp(p, "TDX_", 4) && i < ARRAY_SIZE(names); i++) {
			if (strlen(names[i]) == (size_t)(q - p - 4) &&
			    !strncasecmp(p + 4, names[i], q - p - 4))
				values[i] = q + 1;
		}
	}
	if (!ours || !*values[0])
		return false;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		json_add(json, names[i], "%s", values[i]);

	return true;
}

/* Without events the node's answer has to do, so no failure is an error. */
static int uevent_open(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd;

	if (!is_here())
		return -1;

	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		close(fd);
		fd = -1;
	}

	return fd;
}

static void uevent_drain(int fd, struct upload *upload)
{
	struct sockaddr_nl address;
	char buf[8192];
	socklen_t len;
	ssize_t n;

	while (fd >= 0) {
		len = sizeof(address);
		n = recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&address, &len);
		if (n < 0 && errno != EINTR && errno != ENOBUFS)
			return;
		/* Anybody can send, but only the kernel has port 0. */
		if (n > 0 && len == sizeof(address) && !address.nl_pid &&
		    uevent_parse(buf, n, upload->json))
			upload->has_event = true;
	}
}

static bool fail(struct upload *upload, const char *step, int err)
{
	upload->outcome = err == -EBUSY ? UPLOAD_BUSY : UPLOAD_ERROR;
	snprintf(upload->error, sizeof(upload->error), "%s: %s", step, strerror(-err));

	return false;
}

/* Wait for whoever uploads, unless it takes long. */
static int wait_idle(struct upload *upload)
{
	char status[ATTR_LEN], loading[ATTR_LEN];
	int tries, ret;

	for (tries = 0; tries < BUSY_TRIES; tries++) {
		ret = sysfs_text(upload->node, "status", status);
		if (!ret)
			ret = sysfs_text(upload->node, "loading", loading);
		if (ret)
			return ret;
		if (!strcmp(status, "idle") && (upload->take_over || strcmp(loading, "1")))
			return 0;
		usleep(BUSY_US);
	}

	return -EBUSY;
}

static bool begin(struct upload *upload)
{
	const char *node = upload->node;
	int ret;

	ret = wait_idle(upload);
	if (ret)
		return fail(upload, "status", ret);
	ret = sysfs_write(node, "loading", "1", 1);
	if (ret)
		return fail(upload, "loading", ret);

	ret = sysfs_write(node, "data", upload->image->data, upload->image->size);
	/* The node is not loading: somebody else's upload was faster, and is not ours to end. */
	if (ret == -ENODEV)
		ret = -EBUSY;
	else if (ret)
		sysfs_write(node, "loading", "-1", 2);
	if (ret)
		return fail(upload, "data", ret);

	upload->begin_us = now_us();
	ret = sysfs_write(node, "loading", "0", 1);

	return ret ? fail(upload, "loading", ret) : true;
}

/* True if the node says how it ended. */
static bool watch(struct upload *upload, int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char status[ATTR_LEN], last[ATTR_LEN] = "";
	bool told = false, slow = false;
	int ret;

	for (;;) {
		ret = sysfs_text(upload->node, "status", status);
		uevent_drain(fd, upload);
		upload->end_us = now_us();
		if (ret || !strcmp(status, "idle"))
			break;

		if (strcmp(status, last))
			print_progress(status);
		strcpy(last, status);
		if (!told && interrupted()) {
			print_progress("An upload cannot be interrupted, its result will come.");
			told = true;
		}
		if (upload->end_us - upload->begin_us > PATIENCE_US && !slow) {
			print_progress("The kernel has not finished after 10 s.");
			slow = true;
		}
		if (upload->end_us - upload->begin_us > TIMEOUT_US) {
			ret = -ETIMEDOUT;
			break;
		}
		poll(&pfd, fd >= 0, POLL_MS);
	}
	if (!ret)
		ret = sysfs_text(upload->node, "error", upload->error);

	return ret ? fail(upload, "status", ret) : true;
}

/* The sentence about what has come of it */
const char *upload_detail(const struct upload *upload)
{
	return upload->has_event ? json_get(upload->json, "detail") : upload->error;
}

/* The word for that, or @other if the kernel has none */
const char *upload_reason(const struct upload *upload, const char *other)
{
	const char *reason = upload->has_event ? json_get(upload->json, "reason") : other;

	return *reason ? reason : other;
}

/* The phase in which it ended says whether anything has changed. */
static enum upload_outcome classify(const struct upload *upload)
{
	const char *result = upload->has_event ? json_get(upload->json, "result") : NULL;

	if (result ? !strcmp(result, "updated") || !strcmp(result, "accepted") : !*upload->error)
		return UPLOAD_DONE;
	if (result ? !strcmp(result, "refused") : !strncmp(upload->error, "preparing:", 10))
		return UPLOAD_REFUSED;

	return UPLOAD_FAILED;
}

static void run(struct upload *upload)
{
	int fd = uevent_open();

	if (begin(upload))
		upload->outcome = watch(upload, fd) || upload->has_event ? classify(upload) :
									   UPLOAD_UNKNOWN;
	if (fd >= 0)
		close(fd);
}

/* Uploads an image and waits for the result.  Skipped checks hold for one upload. */
void upload_run(struct upload *upload)
{
	static const char * const names[] = {
		[UPLOAD_ERROR] = "error", [UPLOAD_BUSY] = "busy", [UPLOAD_UNKNOWN] = "unknown",
		[UPLOAD_DONE] = "done", [UPLOAD_REFUSED] = "refused", [UPLOAD_FAILED] = "failed",
	};
	const char *skip = options.kernel_skip;
	int ret;

	upload->json = json_object_new_object();
	json_add(upload->json, "file", "%s", upload->image->path);
	/* The order in which they are printed */
	json_add(upload->json, "outcome", "%s", names[UPLOAD_ERROR]);
	lock_mark(true);
	ret = *skip ? sysfs_write(PARAMETERS, SKIP_CHECKS, skip, strlen(skip)) : 0;
	/* A kernel that makes no checks has none to skip. */
	if (ret && ret != -ENOENT)
		fail(upload, "skip_checks", ret);
	else
		run(upload);
	/* The kernel has done that, unless the upload never began. */
	if (*skip)
		sysfs_write(PARAMETERS, SKIP_CHECKS, "\n", 1);
	lock_mark(false);

	json_add(upload->json, "outcome", "%s", names[upload->outcome]);
	json_add(upload->json, "answer", "%s", upload->error);
	if (upload->end_us)
		json_add_int(upload->json, "microseconds", upload->end_us - upload->begin_us);
}
