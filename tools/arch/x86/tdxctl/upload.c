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
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tdxctl.h"

#define LOCK_FILE	"tdxctl.lock"
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

	if (pread(lock_fd, text, sizeof(text) - 1, 0) <= 0 || strcmp(text, UPLOADING))
		return;

	report_warning("left-over", "Another tdxctl was killed in the middle of an upload");
	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
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

	snprintf(path, sizeof(path), "%s/" LOCK_FILE, is_here() ? "/run" : options.sysfs);
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

static sigset_t caught;

/* Do not die in the middle of an upload. */
void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action;

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		/* What nohup ignores is to be ignored. */
		if (!sigaction(signals[i], NULL, &action) && action.sa_handler != SIG_IGN)
			sigaddset(&caught, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &caught, NULL);
}

/* Has somebody tried to end this process?  Then nothing new is begun. */
bool interrupted(void)
{
	sigset_t pending;

	sigpending(&pending);
	sigandset(&pending, &pending, &caught);

	return !sigisemptyset(&pending);
}

static long long now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

/* The value of @key in a uevent, "" if it is not there */
static const char *uevent_value(const char *buf, size_t len, const char *key)
{
	size_t key_len = strlen(key);
	const char *p;

	for (p = buf; p < buf + len; p += strlen(p) + 1) {
		if (!strncmp(p, key, key_len) && p[key_len] == '=')
			return p + key_len + 1;
	}

	return "";
}

/* Adds the result of an upload to @json if this is its uevent: strings that end with 0. */
bool uevent_parse(const char *buf, size_t len, struct json_object *json)
{
	static const char * const names[][2] = {
		{ "result", "TDX_RESULT" }, { "state", "TDX_STATE" }, { "from", "TDX_FROM" },
		{ "to", "TDX_TO" }, { "reason", "TDX_REASON" }, { "detail", "TDX_DETAIL" },
	};

	if (!len || buf[len - 1] || strcmp(uevent_value(buf, len, "DEVPATH"), "/" TDX_HOST) ||
	    !*uevent_value(buf, len, "TDX_RESULT"))
		return false;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		json_add(json, names[i][0], json_text("%s", uevent_value(buf, len, names[i][1])),
			 NULL);

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
		return fail(upload, "data", -EBUSY);
	if (ret) {
		sysfs_write(node, "loading", "-1", 2);
		return fail(upload, "data", ret);
	}

	upload->begin_us = now_us();
	ret = sysfs_write(node, "loading", "0", 1);

	return !ret || fail(upload, "loading", ret);
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

	return !ret || fail(upload, "status", ret);
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

/* What has come of it: the event tells, otherwise the host. */
static void conclude(struct upload *upload)
{
	static struct host host;
	const char *reason;

	upload->detail = upload->error;
	upload->state = HOST_UNKNOWN;
	if (upload->has_event) {
		upload->detail = json_get(upload->json, "detail");
		upload->state = host_state_parse(json_get(upload->json, "state"));
		reason = json_get(upload->json, "reason");
		upload->reason = *reason ? reason : NULL;
	}
	if (upload->state == HOST_UNKNOWN) {
		host_read_state(&host);
		upload->state = host.state;
		upload->version = host.version;
	}
}

/* Uploads an image and waits for the result.  Skipped checks hold for one upload. */
void upload_run(struct upload *upload)
{
	static const char * const names[] = {
		[UPLOAD_ERROR] = "error", [UPLOAD_BUSY] = "busy", [UPLOAD_UNKNOWN] = "unknown",
		[UPLOAD_DONE] = "done", [UPLOAD_REFUSED] = "refused", [UPLOAD_FAILED] = "failed",
	};
	char skip[ATTR_LEN];
	size_t len = seamldr_print_checks(options.skip_kernel, skip, sizeof(skip));
	int fd = uevent_open(), ret;

	/* The outcome has its place before what the event says. */
	upload->json = json_make("file", json_text("%s", upload->image->path),
				 "outcome", json_text("%s", names[UPLOAD_ERROR]));
	lock_mark(true);
	ret = len ? sysfs_write(PARAMETERS, SKIP_CHECKS, skip, len) : 0;
	/* A kernel that makes no checks has none to skip. */
	if (ret && ret != -ENOENT)
		fail(upload, "skip_checks", ret);
	else if (begin(upload))
		upload->outcome = watch(upload, fd) || upload->has_event ? classify(upload) :
									   UPLOAD_UNKNOWN;
	if (fd >= 0)
		close(fd);
	/* The kernel has done that, unless the upload never began. */
	if (len)
		sysfs_write(PARAMETERS, SKIP_CHECKS, "\n", 1);
	lock_mark(false);
	conclude(upload);

	json_add(upload->json, "outcome", json_text("%s", names[upload->outcome]),
		 "answer", json_text("%s", upload->error), "microseconds",
		 upload->end_us ? json_int(upload->end_us - upload->begin_us) : NULL, NULL);
}
