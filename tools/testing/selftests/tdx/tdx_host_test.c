// SPDX-License-Identifier: GPL-2.0
/*
 * Test the runtime update of the TDX module, where a shell cannot: what can be
 * seen while an upload runs, poll() and uevents.
 *
 * The image that is uploaded is too short for anybody to install it.
 */

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/netlink.h>

#include "kselftest_harness.h"

#define TDX_HOST	"/sys/devices/faux/tdx_host"
#define TDX_FW		"/sys/class/firmware/tdx_module"

#define STATE		TDX_HOST "/state"
#define LOADING		TDX_FW "/loading"
#define DATA		TDX_FW "/data"
#define STATUS		TDX_FW "/status"
#define ERROR		TDX_FW "/error"
#define CANCEL		TDX_FW "/cancel"

#define TOO_SHORT	"not an image"
#define TOO_SHORT_ERROR	"preparing:invalid-file-size\n"

/* Far more than anything takes that is waited for here */
#define WAIT_MS		60000
#define TEST_TIMEOUT_S	120

/* An upload that was over before it could be looked at says nothing. */
#define ATTEMPTS	20

static const char * const phases[] = {
	"receiving\n", "preparing\n", "transferring\n", "programming\n", "idle\n",
};

#define NR_PHASES	((int)ARRAY_SIZE(phases))

/* Length, or negative errno */
static int read_file(const char *path, char *buf, size_t size)
{
	ssize_t len;
	int fd, err;

	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -errno;

	len = read(fd, buf, size - 1);
	err = errno;
	close(fd);
	if (len < 0)
		return -err;

	buf[len] = 0;

	return len;
}

/* 0, or negative errno */
static int write_file(const char *path, const char *text)
{
	ssize_t len;
	int fd, err;

	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -errno;

	len = write(fd, text, strlen(text));
	err = errno;
	close(fd);

	return len < 0 ? -err : 0;
}

static bool file_is(const char *path, const char *text)
{
	char buf[128];

	return read_file(path, buf, sizeof(buf)) >= 0 && !strcmp(buf, text);
}

static int phase(void)
{
	char buf[128];
	int i;

	if (read_file(STATUS, buf, sizeof(buf)) < 0)
		return -1;

	for (i = 0; i < NR_PHASES; i++) {
		if (!strcmp(buf, phases[i]))
			return i;
	}

	return -1;
}

static int begin_upload(void)
{
	return write_file(LOADING, "1") ?: write_file(DATA, TOO_SHORT) ?:
	       write_file(LOADING, "0");
}

static int wait_idle(void)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	int i;

	for (i = 0; i < WAIT_MS; i++) {
		if (file_is(STATUS, "idle\n"))
			return 0;
		nanosleep(&pause, NULL);
	}

	return -ETIMEDOUT;
}

/*
 * The upload is done by a worker that is bound to the CPU on which it was
 * begun.  Whoever has a real-time priority there keeps it waiting.
 */
static int occupy_cpu(void)
{
	const struct sched_param param = { .sched_priority = 10 };
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(sched_getcpu(), &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) ||
	    sched_setscheduler(0, SCHED_FIFO, &param))
		return -errno;

	return 0;
}

static int leave_cpu(void)
{
	const struct sched_param param = {};

	return sched_setscheduler(0, SCHED_OTHER, &param) ? -errno : 0;
}

FIXTURE(tdx_host) {
	char state[128];
};

FIXTURE_SETUP(tdx_host)
{
	if (geteuid())
		SKIP(return, "must be run as root");
	if (access(LOADING, F_OK))
		SKIP(return, "no upload node: no TDX module that can be updated");
	if (access(STATE, F_OK))
		SKIP(return, "no tdx_host/state: this kernel does not check images");
	if (!file_is(STATUS, "idle\n"))
		SKIP(return, "somebody else is uploading an image");

	ASSERT_LT(0, read_file(STATE, self->state, sizeof(self->state)));
}

FIXTURE_TEARDOWN(tdx_host)
{
	EXPECT_EQ(0, leave_cpu());
	EXPECT_EQ(0, wait_idle());
	if (file_is(LOADING, "1\n"))
		EXPECT_EQ(0, write_file(LOADING, "-1"));
	EXPECT_TRUE(file_is(STATE, self->state));
}

/* Nobody disturbs an upload that runs. */
TEST_F_TIMEOUT(tdx_host, busy, TEST_TIMEOUT_S)
{
	int data, loading, error, cancel, i;
	bool in_time = false;
	char buf[128];

	for (i = 0; i < ATTEMPTS && !in_time; i++) {
		ASSERT_EQ(0, occupy_cpu());
		ASSERT_EQ(0, begin_upload());
		data = write_file(DATA, TOO_SHORT);
		error = read_file(ERROR, buf, sizeof(buf));
		loading = write_file(LOADING, "1");
		cancel = write_file(CANCEL, "1");
		in_time = file_is(STATUS, "receiving\n");
		ASSERT_EQ(0, leave_cpu());
		ASSERT_EQ(0, wait_idle());
	}
	if (!in_time)
		SKIP(return, "each upload was over before it could be looked at");

	EXPECT_EQ(-ENODEV, data);
	EXPECT_EQ(-EBUSY, error);
	/* Accepted by the firmware class, and without effect */
	EXPECT_EQ(0, loading);
	EXPECT_TRUE(file_is(LOADING, "0\n"));
	/* There is nothing that could be cancelled. */
	EXPECT_EQ(0, cancel);
	EXPECT_TRUE(file_is(ERROR, TOO_SHORT_ERROR));
}

/* An upload goes through its phases in their order, the first one included. */
TEST_F_TIMEOUT(tdx_host, phases, TEST_TIMEOUT_S)
{
	int first = -1, last, now, i;

	for (i = 0; i < ATTEMPTS && first; i++) {
		ASSERT_EQ(0, occupy_cpu());
		ASSERT_EQ(0, begin_upload());
		first = phase();
		ASSERT_EQ(0, leave_cpu());

		for (last = first; last != NR_PHASES - 1; last = now) {
			now = phase();
			ASSERT_LE(last, now);
		}
	}
	if (first)
		SKIP(return, "each upload was over before it could be looked at");

	EXPECT_TRUE(file_is(ERROR, TOO_SHORT_ERROR));
}

/* poll() on "state" returns after an attempt, and not before the next one. */
TEST_F_TIMEOUT(tdx_host, poll, TEST_TIMEOUT_S)
{
	struct pollfd pfd = { .events = POLLPRI | POLLERR };
	char buf[128];
	int i;

	pfd.fd = open(STATE, O_RDONLY);
	ASSERT_LE(0, pfd.fd);

	for (i = 0; i < 3; i++) {
		ASSERT_LT(0, pread(pfd.fd, buf, sizeof(buf), 0));
		EXPECT_EQ(0, poll(&pfd, 1, 0));

		ASSERT_EQ(0, begin_upload());
		EXPECT_EQ(1, poll(&pfd, 1, WAIT_MS));
		EXPECT_EQ(POLLPRI | POLLERR, pfd.revents);
		ASSERT_EQ(0, wait_idle());
	}

	close(pfd.fd);
}

static bool is_our_uevent(const char *msg, ssize_t len)
{
	static const char header[] = "change@/devices/faux/tdx_host";

	return len >= (ssize_t)sizeof(header) &&
	       !memcmp(msg, header, sizeof(header));
}

/* Wait for one that is ours: its length, 0 if there is none, or negative errno. */
static ssize_t await_uevent(int fd, int timeout_ms, char *msg, size_t size)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	ssize_t len;
	int ret;

	do {
		ret = poll(&pfd, 1, timeout_ms);
		if (ret <= 0)
			return ret < 0 ? -errno : 0;

		len = recv(fd, msg, size - 1, 0);
		if (len < 0)
			return -errno;
	} while (!is_our_uevent(msg, len));
	msg[len] = 0;

	return len;
}

/* The value of @key, which ends with a "=", NULL if the message has none */
static const char *uevent_value(const char *msg, ssize_t len, const char *key)
{
	const char *line;

	for (line = msg; line < msg + len; line += strlen(line) + 1) {
		if (!strncmp(line, key, strlen(key)))
			return line + strlen(key);
	}

	return NULL;
}

/* There is one uevent for the device after each attempt, which says all. */
TEST_F_TIMEOUT(tdx_host, uevent, TEST_TIMEOUT_S)
{
	const struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK,
		.nl_groups = 1,
	};
	const char *detail, *state;
	char msg[4096];
	ssize_t len;
	int fd, i;

	fd = socket(AF_NETLINK, SOCK_DGRAM, NETLINK_KOBJECT_UEVENT);
	if (fd < 0)
		SKIP(return, "no netlink: CONFIG_NET is not set");
	ASSERT_EQ(0, bind(fd, (const struct sockaddr *)&addr, sizeof(addr)));

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, begin_upload());
		len = await_uevent(fd, WAIT_MS, msg, sizeof(msg));
		ASSERT_LT(0, len);
		EXPECT_STREQ("refused", uevent_value(msg, len, "TDX_RESULT="));
		EXPECT_STREQ("size", uevent_value(msg, len, "TDX_REASON="));
		detail = uevent_value(msg, len, "TDX_DETAIL=");
		ASSERT_NE(NULL, detail);
		EXPECT_NE(NULL, strstr(detail, "12 bytes"));
		state = uevent_value(msg, len, "TDX_STATE=");
		ASSERT_NE(NULL, state);
		EXPECT_EQ(0, strncmp(state, self->state, strlen(state)));
		EXPECT_EQ(NULL, uevent_value(msg, len, "TDX_TO="));
		ASSERT_EQ(0, wait_idle());
		EXPECT_EQ(0, await_uevent(fd, 0, msg, sizeof(msg)));
	}

	close(fd);
}

TEST_HARNESS_MAIN
