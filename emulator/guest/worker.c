// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "worker.h"

#define MSEC_PER_SEC	1000
#define NSEC_PER_MSEC	1000000L

static void pause_between(const struct worker *worker)
{
	struct timespec pause = {
		.tv_sec = worker->interval_ms / MSEC_PER_SEC,
		.tv_nsec = worker->interval_ms % MSEC_PER_SEC * NSEC_PER_MSEC,
	};

	if (worker->interval_ms)
		nanosleep(&pause, NULL);
}

/* Whether the counter goes on where it was. */
static bool count(struct worker *worker, uint32_t value)
{
	if (value != worker->counter + 1) {
		snprintf(worker->end, sizeof(worker->end), "the counter jumped from %u to %u",
			 worker->counter, value);
		return false;
	}
	worker->counter = value;
	worker->exits++;
	if (worker->verbose) {
		printf("td %u vcpu %u counter %u\n", worker->td_index, worker->vcpu, value);
		fflush(stdout);
	}
	return true;
}

/* Whether the TD sees the CPUID that it saw first. */
static bool look_at_cpuid(struct worker *worker, unsigned int r, uint32_t value)
{
	struct seen *seen = &worker->seen;

	if (seen->nr == TD_NR_REGISTERS) {
		if (seen->reg[r] == value)
			return true;
		snprintf(worker->end, sizeof(worker->end),
			 "register %u of CPUID changed from %08x to %08x", r, seen->reg[r], value);
		return false;
	}
	seen->reg[r] = value;
	if (++seen->nr == TD_NR_REGISTERS) {
		printf("td %u vcpu %u sees %08x %08x %08x %08x\n", worker->td_index, worker->vcpu,
		       seen->reg[0], seen->reg[1], seen->reg[2], seen->reg[3]);
		fflush(stdout);
	}
	return true;
}

static bool take_exit(struct worker *worker, uint16_t port, uint32_t value)
{
	unsigned int r = (port - TD_CPUID_PORT) / sizeof(value);

	if (port >= TD_CPUID_PORT && r < TD_NR_REGISTERS)
		return look_at_cpuid(worker, r, value);
	if (!count(worker, value))
		return false;
	pause_between(worker);
	return true;
}

static bool work(struct worker *worker)
{
	uint32_t value;
	uint16_t port;

	while (!worker->stop && (!worker->max_exits || worker->exits < worker->max_exits)) {
		if (worker->nmi == WORKER_NMI_WANTED)
			worker->nmi = ioctl(worker->td->vcpu[worker->vcpu], KVM_NMI) ? -errno : 0;
		switch (td_enter(worker->td, worker->vcpu, &port, &value, worker->end)) {
		case TD_EXIT_OUT:
			if (!take_exit(worker, port, value))
				return false;
			break;
		case TD_EXIT_SIGNAL:
			worker->signals++;
			break;
		case TD_EXIT_ERROR:
			return false;
		}
	}
	return true;
}

/** struct start - what a thread gets */
struct start {
	struct worker *worker;
	void (*through)(void);
};

static void *thread(void *arg)
{
	struct start start = *(struct start *)arg;

	free(arg);
	start.worker->tid = gettid();
	start.worker->ok = work(start.worker);
	if (!start.worker->ok)
		fprintf(stderr, "tdrun: td %u vcpu %u: %s\n", start.worker->td_index,
			start.worker->vcpu, start.worker->end);
	start.worker->ended = true;
	if (start.through)
		start.through();
	return NULL;
}

static void kick(int signal)
{
}

void worker_signals(void)
{
	struct sigaction action = { .sa_handler = kick };

	sigaction(SIGUSR2, &action, NULL);
}

bool worker_start(struct worker *worker, void (*through)(void))
{
	struct start *start = malloc(sizeof(*start));

	if (!start)
		return false;
	*start = (struct start) { .worker = worker, .through = through };
	worker->started = !pthread_create(&worker->thread, NULL, thread, start);
	if (!worker->started)
		free(start);
	return worker->started;
}

void worker_kick(struct worker *worker)
{
	if (worker->started && !worker->ended)
		pthread_kill(worker->thread, SIGUSR2);
}

void worker_stop(struct worker *worker)
{
	if (!worker->started)
		return;
	worker->stop = 1;
	worker->td->run[worker->vcpu]->immediate_exit = 1;
	pthread_kill(worker->thread, SIGUSR2);
	pthread_join(worker->thread, NULL);
	worker->started = false;
}
