// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "qemu/machine.h"
#include "qemu/section.h"

/* Stacks of the kernel are aligned to their size. */
#define STACK_SIZE	0x4000ULL
/* Where a 64-bit kernel is; programs need not be slowed down. */
#define KERNEL_ADDRESSES	0xffff800000000000ULL
/* Many times what an update of 64 CPUs takes */
#define MAX_EVENTS	65536

/*
 * What is counted: all instructions, those that wait for a lock, those around a
 * SEAMCALL, and those of an update that need not be in the section
 */
enum counter { COUNT_ALL, COUNT_WAIT, COUNT_GLUE, COUNT_UPDATE, NR_COUNTS };

enum event_kind { EVENT_ENTER, EVENT_LOAD, EVENT_STORE, EVENT_PAUSE, EVENT_LOCK, EVENT_UNLOCK,
		  EVENT_CALL, EVENT_LEAVE };

static const char * const event_names[] = {
	[EVENT_ENTER] = "enter", [EVENT_LOAD] = "load", [EVENT_STORE] = "store",
	[EVENT_PAUSE] = "pause", [EVENT_LOCK] = "lock", [EVENT_UNLOCK] = "unlock",
	[EVENT_CALL] = "call", [EVENT_LEAVE] = "leave",
};

/**
 * struct event - something that happened in a section
 * @kind: what
 * @value: address of memory, or of the PAUSE; leaf of a SEAMCALL
 * @count: instructions up to here, since the machine started
 * @times: how many PAUSEs without anything but loads between them
 */
struct event {
	enum event_kind kind;
	uint64_t value;
	uint64_t count[NR_COUNTS];
	uint64_t times;
};

/**
 * struct section - that of one vCPU, which alone accesses it
 * @active: the vCPU is in it
 * @number: how many there have been
 * @stack: of the vCPU there, which nobody else accesses
 * @spin: the last event that is a PAUSE, behind which are only loads; -1: none
 * @turn: the last PAUSE in the glue: where, with the counts there
 * @turn_events: how many events there were before that
 * @events: since it was entered
 */
struct section {
	bool active;
	unsigned int number;
	uint64_t stack;
	int spin;
	struct event turn;
	unsigned int turn_events;
	GArray *events;
};

static struct section sections[PLATFORM_MAX_LPS];
static qemu_plugin_u64 counters[NR_COUNTS];
static FILE *file;
static pthread_mutex_t file_lock = PTHREAD_MUTEX_INITIALIZER;

bool section_init(char *error, size_t error_size)
{
	const char *path = machine.options.section_trace;
	unsigned int i;

	if (!path)
		return true;
	file = fopen(path, "we");
	if (!file) {
		snprintf(error, error_size, "cannot write the sections to %s: %s", path,
			 strerror(errno));
		return false;
	}
	setvbuf(file, NULL, _IOLBF, BUFSIZ);
	for (i = 0; i < NR_COUNTS; i++)
		counters[i].score = qemu_plugin_scoreboard_new(sizeof(uint64_t));
	for (i = 0; i < machine.nr_vcpus; i++)
		sections[i].events = g_array_new(FALSE, FALSE, sizeof(struct event));
	return true;
}

static struct event event_now(unsigned int cpu, enum event_kind kind, uint64_t value)
{
	struct event event = { .kind = kind, .value = value, .times = 1 };
	unsigned int i;

	for (i = 0; i < NR_COUNTS; i++)
		event.count[i] = qemu_plugin_u64_get(counters[i], cpu);
	return event;
}

static void add(unsigned int cpu, enum event_kind kind, uint64_t value)
{
	struct event event = event_now(cpu, kind, value);
	struct section *section = &sections[cpu];

	if (section->events->len == MAX_EVENTS)
		machine_fail("vCPU %u has more than %u events in a section", cpu, MAX_EVENTS);
	if (kind != EVENT_LOAD)
		section->spin = kind == EVENT_PAUSE ? (int)section->events->len : -1;
	g_array_append_val(section->events, event);
}

static void enter(unsigned int cpu, void *userdata)
{
	struct section *section = &sections[cpu];

	section->active = true;
	section->number++;
	section->stack = vcpu_read_gpr(SEAM_RSP) & ~(STACK_SIZE - 1);
	section->spin = -1;
	section->turn.value = 0;
	g_array_set_size(section->events, 0);
	add(cpu, EVENT_ENTER, 0);
}

static void write_section(unsigned int cpu, const struct section *section)
{
	unsigned int i, counter;

	pthread_mutex_lock(&file_lock);
	fprintf(file, "{\"cpu\":%u,\"section\":%u,\"events\":[", cpu, section->number);
	for (i = 0; i < section->events->len; i++) {
		const struct event *event = &g_array_index(section->events, struct event, i);

		fprintf(file, "%s[\"%s\",\"%#" PRIx64 "\",%" PRIu64, i ? "," : "",
			event_names[event->kind], event->value, event->times);
		for (counter = 0; counter < NR_COUNTS; counter++)
			fprintf(file, ",%" PRIu64, event->count[counter]);
		fprintf(file, "]");
	}
	fprintf(file, "]}\n");
	pthread_mutex_unlock(&file_lock);
}

/* The caller executes again. */
static void leave(unsigned int cpu, void *userdata)
{
	struct section *section = &sections[cpu];

	if (!section->active)
		return;
	add(cpu, EVENT_LEAVE, 0);
	section->active = false;
	write_section(cpu, section);
}

static void access_memory(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t vaddr,
			  void *userdata)
{
	struct section *section = &sections[cpu];

	if (section->active && (vaddr & ~(STACK_SIZE - 1)) != section->stack)
		add(cpu, qemu_plugin_mem_is_store(info) ? EVENT_STORE : EVENT_LOAD, vaddr);
}

/* As long as a vCPU spins and only looks, this is one event. */
static void spin(unsigned int cpu, void *userdata)
{
	struct section *section = &sections[cpu];
	const uint64_t vaddr = (uintptr_t)userdata;
	struct event *event;

	if (!section->active)
		return;
	if (section->spin >= 0) {
		event = &g_array_index(section->events, struct event, section->spin);
		if (event->value == vaddr) {
			event->times++;
			g_array_set_size(section->events, section->spin + 1);
			return;
		}
	}
	add(cpu, EVENT_PAUSE, vaddr);
}

/* A vCPU that spins in the glue waits from one PAUSE to the next. */
static void spin_in_glue(unsigned int cpu, void *userdata)
{
	struct section *section = &sections[cpu];
	struct event now = event_now(cpu, EVENT_PAUSE, (uintptr_t)userdata);
	const struct event *before = &section->turn;

	if (!section->active)
		return;
	if (before->value == now.value && section->turn_events == section->events->len) {
		qemu_plugin_u64_add(counters[COUNT_WAIT], cpu,
				    now.count[COUNT_ALL] - before->count[COUNT_ALL]);
		qemu_plugin_u64_add(counters[COUNT_GLUE], cpu,
				    before->count[COUNT_GLUE] - now.count[COUNT_GLUE]);
		now = event_now(cpu, EVENT_PAUSE, now.value);
	}
	section->turn = now;
	section->turn_events = section->events->len;
}

/* The first argument is the lock. */
static void lock(unsigned int cpu, void *userdata)
{
	if (sections[cpu].active)
		add(cpu, EVENT_LOCK, vcpu_read_gpr(SEAM_RDI));
}

static void unlock(unsigned int cpu, void *userdata)
{
	if (sections[cpu].active)
		add(cpu, EVENT_UNLOCK, vcpu_read_gpr(SEAM_RDI));
}

void section_call(unsigned int cpu, uint64_t leaf)
{
	if (file && sections[cpu].active)
		add(cpu, EVENT_CALL, leaf);
}

static void count(struct qemu_plugin_insn *insn, enum counter counter)
{
	qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, QEMU_PLUGIN_INLINE_ADD_U64,
							    counters[counter], 1);
}

static void call(struct qemu_plugin_insn *insn, qemu_plugin_vcpu_udata_cb_t callback,
		 uint64_t vaddr)
{
	qemu_plugin_register_vcpu_insn_exec_cb(insn, callback, QEMU_PLUGIN_CB_R_REGS,
					       (void *)(uintptr_t)vaddr);
}

static void watch(struct qemu_plugin_insn *insn, enum section_role role, uint64_t vaddr,
		  uint64_t start, bool first, bool pause)
{
	switch (role) {
	case SECTION_FUNCTION:
		if (vaddr == start)
			call(insn, enter, vaddr);
		qemu_plugin_register_vcpu_mem_cb(insn, access_memory, QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_RW, NULL);
		if (pause)
			call(insn, spin, vaddr);
		break;
	case SECTION_CALLER:
		if (first)
			call(insn, leave, vaddr);
		break;
	case SECTION_WAIT:
		count(insn, COUNT_WAIT);
		break;
	case SECTION_LOCK:
		if (vaddr == start)
			call(insn, lock, vaddr);
		break;
	case SECTION_UNLOCK:
		if (vaddr == start)
			call(insn, unlock, vaddr);
		break;
	case SECTION_GLUE:
		count(insn, COUNT_GLUE);
		if (pause)
			call(insn, spin_in_glue, vaddr);
		break;
	case SECTION_UPDATE:
		count(insn, COUNT_UPDATE);
		break;
	case SECTION_NR_ROLES:
		break;
	}
}

void section_instrument(struct qemu_plugin_insn *insn, bool first, bool pause)
{
	uint64_t vaddr;
	unsigned int i;

	if (!file)
		return;
	vaddr = qemu_plugin_insn_vaddr(insn);
	if (vaddr < KERNEL_ADDRESSES)
		return;
	count(insn, COUNT_ALL);
	for (i = 0; i < machine.options.nr_sections; i++) {
		const struct section_option *range = &machine.options.section[i];

		if (vaddr >= range->range.start && vaddr < range->range.end)
			watch(insn, range->role, vaddr, range->range.start, first, pause);
	}
}
