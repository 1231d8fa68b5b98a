// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "qemu/control.h"

#define BACKLOG	1

static struct sockaddr_un address = { .sun_family = AF_UNIX };

static void serve(FILE *in, int out)
{
	char line[VCPU_COMMAND_SIZE], reply[VCPU_REPLY_SIZE + 1];
	size_t len;

	while (fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		control_execute(line, reply);
		len = strlen(reply);
		reply[len] = '\n';
		/* The peer may have gone; that is no reason for a signal. */
		if (send(out, reply, len + 1, MSG_NOSIGNAL) < 0)
			return;
	}
}

static void *listener(void *arg)
{
	int fd = (int)(intptr_t)arg, peer;
	FILE *in;

	while ((peer = accept(fd, NULL, NULL)) >= 0) {
		in = fdopen(peer, "r");
		if (!in) {
			close(peer);
			continue;
		}
		serve(in, peer);
		fclose(in);
	}
	return NULL;
}

static bool stale(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool refused = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) &&
		       errno == ECONNREFUSED;

	if (fd >= 0)
		close(fd);
	return refused;
}

/* Signals are for QEMU's threads. */
static int start_listener(int fd)
{
	pthread_t thread;
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&thread, NULL, listener, (void *)(intptr_t)fd);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (!err)
		pthread_detach(thread);
	return err;
}

bool control_listen(const char *path, char *error, size_t error_size)
{
	int fd, err;

	if (strlen(path) >= sizeof(address.sun_path)) {
		snprintf(error, error_size, "control=%s is longer than a UNIX socket's name can be",
			 path);
		return false;
	}
	strcpy(address.sun_path, path);
	if (stale())
		unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(fd, BACKLOG)) {
		snprintf(error, error_size, "cannot listen on control=%s: %s", path,
			 strerror(errno));
		address.sun_path[0] = '\0';
		if (fd >= 0)
			close(fd);
		return false;
	}
	err = start_listener(fd);
	if (err) {
		snprintf(error, error_size, "cannot start the thread behind control=%s: %s", path,
			 strerror(err));
		close(fd);
		control_close();
		return false;
	}
	return true;
}

void control_close(void)
{
	if (address.sun_path[0])
		unlink(address.sun_path);
}
