// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Run TDs inside the virtual TDX host and watch their counters. Each vCPU of a
 * TD adds one to a counter and writes it to an I/O port; a counter that jumps
 * means that a TD lost its state.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "script.h"
#include "td.h"
#include "worker.h"

#define MAX_TDS		32

static const char usage[] =
"Usage: tdrun [-t TDS] [-c VCPUS] [-n EXITS] [-i MS] [-r MS] [-v]\n"
"       tdrun -e FILE [-c VCPUS] [-i MS] [-m PAGES]\n"
"  -t TDS    number of TDs (1)\n"
"  -c VCPUS  vCPUs of each (1)\n"
"  -n EXITS  end after so many exits of each vCPU (0: on SIGTERM or SIGINT)\n"
"  -i MS     pause between two exits (0)\n"
"  -r MS     another thread initializes each TD, too, so much earlier\n"
"  -v        print every counter: td N vcpu N counter N\n"
"  -e FILE   one TD, and the commands of FILE, a line each; a FIFO for example\n"
"  -m PAGES  private memory beside what the vCPUs touch (0)\n"
"What a TD's program writes with its \"cpuid\" to port 0x510 is printed, too, as\n"
"td N vcpu N sees EAX EBX ECX EDX; that must not change while the TD runs.\n";

/** struct options - the command line */
struct options {
	unsigned int nr_tds;
	unsigned int nr_vcpus;
	unsigned int exits;
	unsigned int interval_ms;
	bool wants_rivals;
	unsigned int rival_lead_ms;
	bool verbose;
	const char *script;
	unsigned int bulk_pages;
};

static struct options options = { .nr_tds = 1, .nr_vcpus = 1 };
static struct td tds[MAX_TDS];
static struct worker workers[MAX_TDS * TD_MAX_VCPUS];

/* Signals are waited for, in the main thread. */
static void block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	/* From the last worker that is through */
	sigaddset(set, SIGALRM);
	pthread_sigmask(SIG_BLOCK, set, NULL);
	worker_signals();
}

static unsigned int nr_workers(void)
{
	return options.nr_tds * options.nr_vcpus;
}

static void tell(void)
{
	static unsigned int finished;

	if (__atomic_add_fetch(&finished, 1, __ATOMIC_SEQ_CST) == nr_workers())
		kill(getpid(), SIGALRM);
}

static bool build_all(int kvm)
{
	char error[TD_ERROR_SIZE];
	unsigned int i;

	for (i = 0; i < options.nr_tds; i++) {
		if (!td_build(&tds[i], kvm, options.nr_vcpus, TD_STEP_PAGES, error)) {
			fprintf(stderr, "tdrun: td %u: %s\n", i, error);
			return false;
		}
	}
	printf("tdrun: %u TDs with %u vCPUs each are built\n", options.nr_tds, options.nr_vcpus);
	fflush(stdout);
	return true;
}

static bool each_td(bool (*step)(struct td *td, char error[static TD_ERROR_SIZE]))
{
	char error[TD_ERROR_SIZE];
	unsigned int i;

	for (i = 0; i < options.nr_tds; i++) {
		if (!step(&tds[i], error)) {
			fprintf(stderr, "tdrun: td %u: %s\n", i, error);
			return false;
		}
	}
	return true;
}

static bool finalize_all(void)
{
	if (!each_td(td_finalize))
		return false;
	printf("tdrun: all TDs are finalised\n");
	fflush(stdout);
	return true;
}

static bool start_workers(void)
{
	unsigned int i;

	for (i = 0; i < nr_workers(); i++) {
		workers[i].td_index = i / options.nr_vcpus;
		workers[i].td = &tds[workers[i].td_index];
		workers[i].vcpu = i % options.nr_vcpus;
		workers[i].max_exits = options.exits;
		workers[i].interval_ms = options.interval_ms;
		workers[i].verbose = options.verbose;
		if (!worker_start(&workers[i], tell)) {
			fprintf(stderr, "tdrun: cannot start a thread for each vCPU\n");
			return false;
		}
	}
	return true;
}

static bool join_workers(void)
{
	bool ok = true;
	unsigned int i;

	/* All at once, then one after the other */
	for (i = 0; i < nr_workers(); i++)
		workers[i].stop = 1;
	for (i = 0; i < nr_workers(); i++) {
		worker_stop(&workers[i]);
		printf("td %u vcpu %u: %u exits, counter %u, %s\n", workers[i].td_index,
		       workers[i].vcpu, workers[i].exits, workers[i].counter,
		       workers[i].ok ? "unbroken" : "BROKEN");
		ok &= workers[i].ok;
	}
	return ok;
}

static bool run_all(int kvm, const sigset_t *signals)
{
	int signal;

	if (!build_all(kvm) || !finalize_all() || !start_workers())
		return false;
	sigwait(signals, &signal);
	return join_workers() && each_td(td_end_rival);
}

static bool parse_number(const char *text, unsigned int min, unsigned int max, unsigned int *number)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *text < '0' || *text > '9' || *end || value < min || value > max)
		return false;
	*number = value;
	return true;
}

static bool parse_options(int argc, char **argv)
{
	bool ok = true;
	int c;

	while (ok && (c = getopt(argc, argv, "t:c:n:i:r:ve:m:")) != -1) {
		switch (c) {
		case 't':
			ok = parse_number(optarg, 1, MAX_TDS, &options.nr_tds);
			break;
		case 'c':
			ok = parse_number(optarg, 1, TD_MAX_VCPUS, &options.nr_vcpus);
			break;
		case 'n':
			ok = parse_number(optarg, 0, UINT32_MAX, &options.exits);
			break;
		case 'i':
			ok = parse_number(optarg, 0, UINT32_MAX, &options.interval_ms);
			break;
		case 'e':
			options.script = optarg;
			break;
		case 'm':
			ok = parse_number(optarg, 0, TD_MAX_BULK_PAGES, &options.bulk_pages);
			break;
		case 'r':
			options.wants_rivals = true;
			ok = parse_number(optarg, 0, UINT32_MAX / 1000, &options.rival_lead_ms);
			break;
		case 'v':
			options.verbose = true;
			break;
		default:
			ok = false;
			break;
		}
	}
	return ok && optind == argc;
}

int main(int argc, char **argv)
{
	sigset_t signals;
	unsigned int i;
	bool ok;
	int kvm;

	if (!parse_options(argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0) {
		fprintf(stderr, "tdrun: /dev/kvm: %s, load kvm_intel first\n", strerror(errno));
		return EXIT_FAILURE;
	}
	if (options.script)
		return script_run(options.script, kvm, options.nr_vcpus, options.interval_ms,
				  options.bulk_pages) ? EXIT_SUCCESS : EXIT_FAILURE;
	block_signals(&signals);
	for (i = 0; i < MAX_TDS; i++) {
		td_init(&tds[i], 0);
		tds[i].wants_rival = options.wants_rivals;
		tds[i].rival_lead_ms = options.rival_lead_ms;
	}
	ok = run_all(kvm, &signals);
	for (i = 0; i < options.nr_tds; i++)
		td_release(&tds[i]);
	printf("tdrun: torn down\n");
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
