// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "kvm_tdx.h"
#include "script.h"
#include "td.h"
#include "worker.h"

#define MSEC_PER_SEC		1000
#define NSEC_PER_MSEC		1000000L
#define LINE_SIZE		256
#define MAX_WORDS		8
#define POLL_MS			20
/* How long a vCPU may take to leave KVM_RUN */
#define KICK_MS			5000

#define DONE			"done"

/** struct script - what the commands work on; @since: counters at the last look at them */
struct script {
	int kvm;
	unsigned int nr_vcpus;
	struct td td;
	struct worker worker[TD_MAX_VCPUS];
	uint32_t since[TD_MAX_VCPUS];
	int other_vm;
	int other_vcpu;
	bool quit;
	bool unbroken;
	char answer[TD_ERROR_SIZE + 2];
};

static void answer(struct script *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void answer(struct script *s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(s->answer, sizeof(s->answer), format, args);
	va_end(args);
}

static void answer_errno(struct script *s, int ret)
{
	answer(s, "%s", ret ? strerrorname_np(-ret) : DONE);
}

static void answer_bool(struct script *s, bool ok, const char *error)
{
	if (ok)
		answer(s, DONE);
	else
		answer(s, "(%s)", error);
}

static unsigned long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * MSEC_PER_SEC + now.tv_nsec / NSEC_PER_MSEC;
}

static void sleep_ms(unsigned int ms)
{
	struct timespec pause = { .tv_sec = ms / MSEC_PER_SEC,
				  .tv_nsec = ms % MSEC_PER_SEC * NSEC_PER_MSEC };

	nanosleep(&pause, NULL);
}

static bool number(const char *word, unsigned long max, unsigned long *value)
{
	char *end;

	if (!word || *word < '0' || *word > '9')
		return false;
	errno = 0;
	*value = strtoul(word, &end, 10);
	return !errno && !*end && *value <= max;
}

/* The worker that a word names, or NULL */
static struct worker *worker_of(struct script *s, const char *word)
{
	unsigned long vcpu;

	if (!number(word, s->nr_vcpus - 1, &vcpu)) {
		answer(s, "(there is no such vCPU)");
		return NULL;
	}
	return &s->worker[vcpu];
}

static bool part_of(struct script *s, const char *word, enum td_part *part)
{
	static const char * const names[] = { "first", "used", "bulk" };

	for (*part = 0; *part < TD_NR_PARTS; (*part)++)
		if (word && !strcmp(word, names[*part]))
			return true;
	answer(s, "(no part of the memory: first, used or bulk)");
	return false;
}

/** struct range - pages of a part */
struct range {
	enum td_part part;
	unsigned long first;
	unsigned long nr;
};

static bool range_of(struct script *s, char **word, struct range *range)
{
	unsigned long pages;

	if (!part_of(s, word[1], &range->part))
		return false;
	pages = td_part_pages(&s->td, range->part);
	range->first = 0;
	range->nr = pages;
	if (!word[2])
		return true;
	if (number(word[2], pages, &range->first) &&
	    number(word[3], pages - range->first, &range->nr))
		return true;
	answer(s, "(no range: FIRST PAGES, and the part has %lu pages)", pages);
	return false;
}

static void do_build(struct script *s, char **word)
{
	static const char * const names[] = { "vm", "init", "vcpus", "memory", "pages" };
	char error[TD_ERROR_SIZE];
	enum td_step last = TD_STEP_PAGES;

	if (word[1])
		for (last = 0; strcmp(word[1], names[last]); last++)
			if (last == TD_STEP_PAGES) {
				answer(s, "(no step of the build: vm, init, vcpus, memory or pages)");
				return;
			}
	answer_bool(s, td_build(&s->td, s->kvm, s->nr_vcpus, last, error), error);
}

static void do_finalize(struct script *s, char **word)
{
	char error[TD_ERROR_SIZE];

	answer_bool(s, td_finalize(&s->td, error), error);
}

static bool wanted(char **word, unsigned int vcpu)
{
	unsigned long value;

	if (!word[1])
		return true;
	for (word++; *word; word++)
		if (number(*word, TD_MAX_VCPUS, &value) && value == vcpu)
			return true;
	return false;
}

static void do_run(struct script *s, char **word)
{
	unsigned int i;

	for (i = 0; i < s->nr_vcpus; i++) {
		if (!wanted(word, i) || s->worker[i].started)
			continue;
		if (!worker_start(&s->worker[i], NULL)) {
			answer(s, "(no thread can be started)");
			return;
		}
	}
	answer(s, DONE);
}

static void look(struct script *s)
{
	unsigned int i;

	for (i = 0; i < s->nr_vcpus; i++)
		s->since[i] = s->worker[i].counter;
}

/* "runs", "waits", "partly" or "ended", by what the workers counted since the last look */
static const char *counted(const struct script *s)
{
	unsigned int i, running = 0, count = 0;

	for (i = 0; i < s->nr_vcpus; i++) {
		if (!s->worker[i].started)
			continue;
		if (s->worker[i].ended)
			return "ended";
		running++;
		count += s->worker[i].counter != s->since[i];
	}
	return !count ? "waits" : count == running ? "runs" : "partly";
}

static void do_counts(struct script *s, char **word)
{
	unsigned long ms, end;
	const char *result;

	if (!number(word[1], UINT32_MAX, &ms)) {
		answer(s, "(%s wants milliseconds)", word[0]);
		return;
	}
	if (!strcmp(word[0], "counts"))
		look(s);
	end = now_ms() + ms;
	do {
		sleep_ms(POLL_MS);
		result = counted(s);
	} while (now_ms() < end && (!strcmp(result, "waits") || !strcmp(result, "partly")));
	look(s);
	answer(s, "%s", result);
}

static void do_counters(struct script *s, char **word)
{
	char text[TD_MAX_VCPUS * sizeof(" 4294967295")];
	unsigned int i, used = 0;

	for (i = 0; i < s->nr_vcpus; i++)
		used += sprintf(text + used, "%s%u", i ? " " : "", s->worker[i].counter);
	answer(s, "%s", text);
}

/* LEAF or LEAF.SUBLEAF, hexadecimal */
static void do_cpuid(struct script *s, char **word)
{
	uint32_t reg[TD_NR_REGISTERS];
	unsigned int leaf, subleaf = 0;
	char error[TD_ERROR_SIZE];

	if (!word[1] || sscanf(word[1], "%x.%x", &leaf, &subleaf) < 1)
		answer(s, "(cpuid wants a leaf)");
	else if (!td_cpuid(&s->td, leaf, subleaf, reg, error))
		answer(s, "(%s)", error);
	else
		answer(s, "%08x %08x %08x %08x", reg[0], reg[1], reg[2], reg[3]);
}

static void do_sees(struct script *s, char **word)
{
	struct worker *worker = worker_of(s, word[1]);

	if (!worker)
		return;
	if (worker->seen.nr < TD_NR_REGISTERS)
		answer(s, "nothing");
	else
		answer(s, "%08x %08x %08x %08x", worker->seen.reg[0], worker->seen.reg[1],
		       worker->seen.reg[2], worker->seen.reg[3]);
}

static void do_ended(struct script *s, char **word)
{
	struct worker *worker = worker_of(s, word[1]);
	unsigned long ms, end;

	if (!worker)
		return;
	if (!number(word[2], UINT32_MAX, &ms)) {
		answer(s, "(ended wants a vCPU and milliseconds)");
		return;
	}
	end = now_ms() + ms;
	while (!worker->ended && now_ms() < end)
		sleep_ms(POLL_MS);
	answer(s, "%s", !worker->ended ? "no" : worker->ok ? "told to" : worker->end);
}

static void do_kick(struct script *s, char **word)
{
	unsigned long end = now_ms() + KICK_MS;
	unsigned int before[TD_MAX_VCPUS], i;

	for (i = 0; i < s->nr_vcpus; i++)
		before[i] = s->worker[i].signals;
	answer(s, DONE);
	for (i = 0; i < s->nr_vcpus; i++) {
		struct worker *worker = &s->worker[i];

		if (!wanted(word, i) || !worker->started)
			continue;
		/* One that comes between two entries is lost. */
		while (worker->signals == before[i] && !worker->ended && now_ms() < end) {
			worker_kick(worker);
			sleep_ms(POLL_MS);
		}
		if (worker->signals == before[i])
			answer(s, "no");
	}
}

static void do_move(struct script *s, char **word)
{
	struct worker *worker = worker_of(s, word[1]);
	unsigned long cpu;
	cpu_set_t set;

	if (!worker)
		return;
	if (!worker->tid || !number(word[2], CPU_SETSIZE - 1, &cpu)) {
		answer(s, "(move wants a vCPU that runs, and a CPU)");
		return;
	}
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	answer_errno(s, sched_setaffinity(worker->tid, sizeof(set), &set) ? -errno : 0);
}

static void do_nmi(struct script *s, char **word)
{
	struct worker *worker = worker_of(s, word[1]);

	if (worker)
		answer_errno(s, td_queue_nmi(&s->td, worker->vcpu));
}

static void do_self_nmi(struct script *s, char **word)
{
	struct worker *worker = worker_of(s, word[1]);
	unsigned long end = now_ms() + KICK_MS;

	if (!worker)
		return;
	worker->nmi = WORKER_NMI_WANTED;
	while (worker->nmi == WORKER_NMI_WANTED && !worker->ended && now_ms() < end) {
		worker_kick(worker);
		sleep_ms(POLL_MS);
	}
	if (worker->nmi == WORKER_NMI_WANTED)
		answer(s, "no");
	else
		answer_errno(s, worker->nmi);
}

static void do_hole(struct script *s, char **word)
{
	struct range range;

	if (range_of(s, word, &range))
		answer_errno(s, td_hole(&s->td, range.part, range.first, range.nr));
}

static void do_convert(struct script *s, char **word)
{
	struct range range;

	if (range_of(s, word, &range))
		answer_errno(s, td_convert(&s->td, range.part, range.first, range.nr,
					   !strcmp(word[0], "private")));
}

static void do_slot(struct script *s, char **word)
{
	enum td_part part;

	if (!part_of(s, word[1], &part))
		return;
	if (!word[2] || (strcmp(word[2], "add") && strcmp(word[2], "remove")))
		answer(s, "(slot wants a part, and add or remove)");
	else
		answer_errno(s, td_slot(&s->td, part, !strcmp(word[2], "add")));
}

static void do_prefault(struct script *s, char **word)
{
	struct range range;

	if (range_of(s, word, &range))
		answer_errno(s, td_prefault(&s->td, s->nr_vcpus - 1, range.part, range.first,
					    range.nr));
}

static void do_tdx(struct script *s, char **word)
{
	answer_errno(s, td_tdx_command(&s->td, word[1] ? word[1] : ""));
}

static void do_types(struct script *s, char **word)
{
	int types = ioctl(s->kvm, KVM_CHECK_EXTENSION, KVM_CAP_VM_TYPES);

	answer(s, "%s%s", types & 1 << KVM_X86_DEFAULT_VM ? "ordinary" : "",
	       types & 1 << KVM_X86_TDX_VM ? " tdx" : "");
}

static void remove_other_vm(struct script *s)
{
	if (s->other_vcpu >= 0)
		close(s->other_vcpu);
	if (s->other_vm >= 0)
		close(s->other_vm);
	s->other_vm = -1;
	s->other_vcpu = -1;
}

static void do_vm(struct script *s, char **word)
{
	if (!word[1] || strcmp(word[1], "add")) {
		remove_other_vm(s);
		answer(s, DONE);
		return;
	}
	s->other_vm = ioctl(s->kvm, KVM_CREATE_VM, 0);
	s->other_vcpu = s->other_vm < 0 ? -1 : ioctl(s->other_vm, KVM_CREATE_VCPU, 0);
	answer_errno(s, s->other_vcpu < 0 ? -errno : 0);
}

static void do_quit(struct script *s, char **word)
{
	unsigned int i;

	s->quit = true;
	s->unbroken = true;
	for (i = 0; i < s->nr_vcpus; i++)
		s->worker[i].stop = 1;
	for (i = 0; i < s->nr_vcpus; i++) {
		bool started = s->worker[i].started;

		worker_stop(&s->worker[i]);
		s->unbroken &= !started || s->worker[i].ok;
	}
	remove_other_vm(s);
	td_release(&s->td);
	answer(s, s->unbroken ? "unbroken" : "broken");
}

static void do_exit(struct script *s, char **word)
{
	_exit(EXIT_SUCCESS);
}

static void do_die(struct script *s, char **word)
{
	kill(getpid(), SIGKILL);
}

static const struct command {
	const char *name;
	void (*execute)(struct script *s, char **word);
} commands[] = {
	{ "build", do_build },
	{ "finalize", do_finalize },
	{ "run", do_run },
	{ "counts", do_counts },
	{ "counted", do_counts },
	{ "counters", do_counters },
	{ "cpuid", do_cpuid },
	{ "sees", do_sees },
	{ "ended", do_ended },
	{ "kick", do_kick },
	{ "move", do_move },
	{ "nmi", do_nmi },
	{ "self-nmi", do_self_nmi },
	{ "hole", do_hole },
	{ "share", do_convert },
	{ "private", do_convert },
	{ "slot", do_slot },
	{ "prefault", do_prefault },
	{ "tdx", do_tdx },
	{ "types", do_types },
	{ "vm", do_vm },
	{ "quit", do_quit },
	{ "exit", do_exit },
	{ "die", do_die },
};

static void execute(struct script *s, char *line)
{
	char *word[MAX_WORDS + 1] = { NULL }, *rest = NULL;
	unsigned int i;

	for (i = 0; i < MAX_WORDS; i++) {
		word[i] = strtok_r(i ? NULL : line, " \t", &rest);
		if (!word[i])
			break;
	}
	for (i = 0; word[0] && i < ARRAY_SIZE(commands); i++) {
		if (strcmp(commands[i].name, word[0]))
			continue;
		commands[i].execute(s, word);
		return;
	}
	answer(s, "(there is no such command)");
}

static void read_commands(struct script *s, FILE *in)
{
	char line[LINE_SIZE], copy[LINE_SIZE];
	unsigned int n = 0;
	unsigned long start;

	while (!s->quit && fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		if (!*line)
			continue;
		strcpy(copy, line);
		start = now_ms();
		execute(s, copy);
		printf("answer %u: %s -> %s (%lu ms)\n", ++n, line, s->answer, now_ms() - start);
		fflush(stdout);
	}
}

bool script_run(const char *file, int kvm, unsigned int nr_vcpus, unsigned int interval_ms,
		unsigned long bulk_pages)
{
	static struct script s;
	/* With a writer of its own a FIFO never ends. */
	int fd = open(file, O_RDWR | O_CLOEXEC);
	FILE *in = fd < 0 ? NULL : fdopen(fd, "r");
	unsigned int i;

	if (!in) {
		fprintf(stderr, "tdrun: %s cannot be opened: %s\n", file, strerror(errno));
		return false;
	}
	s.kvm = kvm;
	s.nr_vcpus = nr_vcpus;
	s.other_vm = -1;
	s.other_vcpu = -1;
	td_init(&s.td, bulk_pages);
	worker_signals();
	for (i = 0; i < nr_vcpus; i++) {
		s.worker[i].td = &s.td;
		s.worker[i].vcpu = i;
		s.worker[i].interval_ms = interval_ms;
	}
	read_commands(&s, in);
	fclose(in);
	return s.quit && s.unbroken;
}
