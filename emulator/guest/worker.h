/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A thread that runs one vCPU and watches its counter. */
#ifndef EMULATOR_GUEST_WORKER_H
#define EMULATOR_GUEST_WORKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "td.h"

/** struct seen - what a vCPU has told about its CPUID; complete if @nr is all of it */
struct seen {
	unsigned int nr;
	uint32_t reg[TD_NR_REGISTERS];
};

/**
 * struct worker - a thread that runs one vCPU
 * @td: the TD
 * @td_index: its number, for messages
 * @vcpu: the vCPU
 * @max_exits: end after so many exits (0: when told)
 * @interval_ms: pause between two exits
 * @verbose: print every counter
 * @thread: the thread, if @started
 * @tid: what the scheduler calls it
 * @counter: what the TD wrote last
 * @exits: how often it wrote
 * @signals: how often a signal ended KVM_RUN
 * @seen: its CPUID, as the TD told it
 * @nmi: send KVM_NMI before the next entry; then its result, 0 or a negative errno
 * @stop: end at the next opportunity
 * @ended: the thread is through
 * @ok: as it should be, its counter unbroken
 * @end: else why
 */
struct worker {
	struct td *td;
	unsigned int td_index;
	unsigned int vcpu;
	unsigned int max_exits;
	unsigned int interval_ms;
	bool verbose;

	bool started;
	pthread_t thread;
	atomic_int tid;
	atomic_uint counter;
	atomic_uint exits;
	atomic_uint signals;
	struct seen seen;
	atomic_int nmi;
	atomic_bool stop;
	atomic_bool ended;
	bool ok;
	char end[TD_ERROR_SIZE];
};

/* @nmi of a worker that is to send one */
#define WORKER_NMI_WANTED	1

/** worker_signals() - once per process: SIGUSR2 ends KVM_RUN of another thread */
void worker_signals(void);

/**
 * worker_start() - start the thread
 * @worker: with everything before @started filled in
 * @through: called by the thread when it is through, or NULL
 */
bool worker_start(struct worker *worker, void (*through)(void));

/** worker_kick() - have the vCPU leave KVM_RUN, if it is in there */
void worker_kick(struct worker *worker);

/** worker_stop() - end the thread and wait for it */
void worker_stop(struct worker *worker);

#endif
