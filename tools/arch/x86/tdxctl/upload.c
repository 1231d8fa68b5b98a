// SPDX-License-Identifier: GPL-2.0
/*
 * Uploads of images, see Documentation/ABI/testing/sysfs-class-firmware
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <json-c/json.h>

#include "report.h"
#include "tdxctl.h"
#include "upload.h"

#define DEVPATH			"DEVPATH=/" TDX_HOST
#define KERNEL_GROUP		1

/* How often the status is read.  An update takes some milliseconds. */
#define POLL_MS			1
/* The node may be busy for a moment behind the uevent of another upload. */
#define BUSY_TRIES		200
#define BUSY_US			5000
/* The kernel waits 5 s for TDs that are being built, and for nothing longer. */
#define TIMEOUT_US		(300 * 1000000LL)
#define PATIENCE_US		(10 * 1000000LL)

static int signal_fd = -1;

/**
 * catch_signals() - do not die in the middle of an upload
 */
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

/**
 * interrupted() - has somebody tried to end this process?
 *
 * Return: true if nothing new is to be begun.
 */
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

static void take(char *to, size_t size, const char *from)
{
	char text[sizeof(((struct upload *)NULL)->detail)];

	printable(from, text, sizeof(text));
	snprintf(to, size, "%.*s", (int)size - 1, text);
}

static void take_variable(struct upload *upload, const char *variable)
{
	const struct {
		const char *name;
		char *to;
		size_t size;
	} variables[] = {
		{ "TDX_RESULT=", upload->result, sizeof(upload->result) },
		{ "TDX_STATE=", upload->state, sizeof(upload->state) },
		{ "TDX_FROM=", upload->from, sizeof(upload->from) },
		{ "TDX_TO=", upload->to, sizeof(upload->to) },
		{ "TDX_REASON=", upload->reason, sizeof(upload->reason) },
		{ "TDX_DETAIL=", upload->detail, sizeof(upload->detail) },
	};
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(variables); i++) {
		len = strlen(variables[i].name);
		if (!strncmp(variable, variables[i].name, len))
			take(variables[i].to, variables[i].size, variable + len);
	}
}

/**
 * uevent_parse() - take the result of an upload from a uevent
 * @buf: the message, strings that end with 0
 * @len: its length
 * @upload: where to store it
 *
 * Return: true if it is the uevent of an upload.
 */
bool uevent_parse(const char *buf, size_t len, struct upload *upload)
{
	const char *end = buf + len, *p;
	bool ours = false;

	if (!len || buf[len - 1])
		return false;

	for (p = buf; p < end; p += strlen(p) + 1)
		ours = ours || !strcmp(p, DEVPATH);
	if (!ours)
		return false;

	upload->result[0] = 0;
	for (p = buf; p < end; p += strlen(p) + 1)
		take_variable(upload, p);

	return upload->result[0];
}

/* Without events the node's answer has to do, so no failure is an error. */
static int uevent_open(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
	int fd;

	if (strcmp(options.sysfs, "/sys"))
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

	if (fd < 0)
		return;

	for (;;) {
		len = sizeof(address);
		n = recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&address, &len);
		if (n < 0 && errno != EINTR && errno != ENOBUFS)
			return;
		/* Anybody can send, but only the kernel has port 0. */
		if (n > 0 && len == sizeof(address) && !address.nl_pid && upload &&
		    uevent_parse(buf, n, upload))
			upload->has_event = true;
	}
}

static int fail(struct upload *upload, const char *step, int err)
{
	upload->outcome = err == -EBUSY ? UPLOAD_BUSY : UPLOAD_ERROR;
	snprintf(upload->error, sizeof(upload->error), "%s: %s", step, strerror(-err));

	return err;
}

static int write_data(struct upload *upload)
{
	const u8 *data = upload->image->data;
	size_t size = upload->image->size, done = 0;
	char path[512];
	ssize_t n = 0;
	int fd;

	sysfs_path(path, sizeof(path), "class/firmware/%s/data", upload->node);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	while (done < size) {
		n = write(fd, data + done, size - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += n;
	}
	/* The node is not loading: somebody else's upload was faster. */
	n = n < 0 ? (errno == ENODEV ? -EBUSY : -errno) : 0;
	close(fd);

	return n;
}

/* Wait for whoever uploads, unless it takes long. */
static int wait_idle(struct upload *upload)
{
	char status[ATTR_LEN], loading[ATTR_LEN];
	int tries, ret;

	for (tries = 0; tries < BUSY_TRIES; tries++) {
		ret = sysfs_read(status, sizeof(status), "class/firmware/%s/status", upload->node);
		if (ret)
			return ret;
		ret = sysfs_read(loading, sizeof(loading), "class/firmware/%s/loading",
				 upload->node);
		if (ret)
			return ret;
		if (!strcmp(status, "idle") && (upload->take_over || strcmp(loading, "1")))
			return 0;
		usleep(BUSY_US);
	}

	return -EBUSY;
}

static int begin(struct upload *upload)
{
	const char *node = upload->node;
	int ret;

	ret = wait_idle(upload);
	if (ret)
		return fail(upload, "status", ret);
	ret = sysfs_write("1", "class/firmware/%s/loading", node);
	if (ret)
		return fail(upload, "loading", ret);

	ret = write_data(upload);
	if (ret) {
		/* Somebody else's upload is not ours to end. */
		if (ret != -EBUSY)
			sysfs_write("-1", "class/firmware/%s/loading", node);
		return fail(upload, "data", ret);
	}

	upload->begin_us = now_us();
	ret = sysfs_write("0", "class/firmware/%s/loading", node);

	return ret ? fail(upload, "loading", ret) : 0;
}

static void watch(struct upload *upload, int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char status[ATTR_LEN], last[ATTR_LEN] = "";
	bool told = false, slow = false;
	int ret;

	for (;;) {
		ret = sysfs_read(status, sizeof(status), "class/firmware/%s/status", upload->node);
		uevent_drain(fd, upload);
		upload->end_us = now_us();
		if (ret || !strcmp(status, "idle"))
			break;

		if (strcmp(status, last))
			print_progress(status);
		snprintf(last, sizeof(last), "%s", status);
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
		ret = sysfs_read(upload->error, sizeof(upload->error), "class/firmware/%s/error",
				 upload->node);
	if (ret) {
		fail(upload, "status", ret);
		upload->outcome = UPLOAD_UNKNOWN;
	}
}

/* The phase in which it ended says whether anything has changed. */
static enum upload_outcome classify(const struct upload *upload)
{
	if (upload->has_event) {
		if (!strcmp(upload->result, "updated") || !strcmp(upload->result, "accepted"))
			return UPLOAD_DONE;

		return strcmp(upload->result, "refused") ? UPLOAD_FAILED : UPLOAD_REFUSED;
	}
	if (!*upload->error)
		return UPLOAD_DONE;

	return strncmp(upload->error, "preparing:", 10) ? UPLOAD_FAILED : UPLOAD_REFUSED;
}

/**
 * upload_run() - upload an image and wait for the result
 * @upload: what to upload, and where to store what has come of it
 */
void upload_run(struct upload *upload)
{
	int fd = uevent_open();

	upload->has_event = false;
	if (!begin(upload)) {
		/* Not one of before */
		upload->outcome = UPLOAD_DONE;
		watch(upload, fd);
		if (upload->outcome != UPLOAD_UNKNOWN || upload->has_event)
			upload->outcome = classify(upload);
	}
	if (fd >= 0)
		close(fd);
}

/**
 * upload_to_json() - an upload and its result, for programs
 * @upload: the upload
 *
 * Return: an object.
 */
struct json_object *upload_to_json(const struct upload *upload)
{
	static const char * const names[] = {
		[UPLOAD_ERROR] = "error", [UPLOAD_BUSY] = "busy", [UPLOAD_UNKNOWN] = "unknown",
		[UPLOAD_DONE] = "done", [UPLOAD_REFUSED] = "refused", [UPLOAD_FAILED] = "failed",
	};
	struct json_object *object = json_object_new_object();

	json_add_string(object, "file", upload->image->path);
	json_add_string(object, "outcome", names[upload->outcome]);
	json_add_string(object, "answer", upload->error);
	if (upload->end_us)
		json_add_int(object, "microseconds", upload->end_us - upload->begin_us);
	if (!upload->has_event)
		return object;

	json_add_string(object, "result", upload->result);
	json_add_string(object, "state", upload->state);
	json_add_string(object, "from", upload->from);
	json_add_string(object, "to", upload->to);
	json_add_string(object, "reason", upload->reason);
	json_add_string(object, "detail", upload->detail);

	return object;
}
