/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A TD, made and run through the ordinary KVM ioctls. */
#ifndef EMULATOR_GUEST_TD_H
#define EMULATOR_GUEST_TD_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define TD_MAX_VCPUS	64
#define TD_ERROR_SIZE	256

/* Pages that each vCPU touches, in the part of the memory that is "used" */
#define TD_PAGES_PER_VCPU	16UL
#define TD_USED_PAGES		(TD_MAX_VCPUS * TD_PAGES_PER_VCPU)
/* 64 GiB */
#define TD_MAX_BULK_PAGES	(1UL << 24)

/* Where the TD's program writes (tdxmod/program.h): its counter; four registers of CPUID */
#define TD_COUNTER_PORT	0x500
#define TD_CPUID_PORT	0x510
#define TD_NR_REGISTERS	4

struct kvm_run;
struct kvm_tdx_init_vm;

/**
 * enum td_part - a part of the private memory, with a slot of its own
 * @TD_FIRST: added before the TD is finalised, and measured
 * @TD_USED: provided when the TD touches it
 * @TD_BULK: never touched by the TD, any size
 */
enum td_part { TD_FIRST, TD_USED, TD_BULK, TD_NR_PARTS };

/** enum td_step - how far a TD is built; each includes those before it */
enum td_step {
	TD_STEP_VM,
	TD_STEP_INIT,
	TD_STEP_VCPUS,
	TD_STEP_MEMORY,
	TD_STEP_PAGES,
};

/**
 * struct td - one TD
 * @vm: KVM's file of the virtual machine
 * @memory: guest_memfd that holds the private memory
 * @shared: what the pages are while they are shared
 * @bulk_pages: size of the part TD_BULK
 * @init: what KVM_TDX_INIT_VM was given
 * @wants_rival: two threads initialize the TD
 * @rival_lead_ms: how much earlier the second one does it, 0: at the same time
 * @has_rival: the second one has to be joined
 * @rival: this thread
 * @loser_error: errno of the call that came second, or 0
 * @next: first step of the build that was not made yet
 * @nr_vcpus: vCPUs
 * @vcpu: KVM's file of each
 * @run: and its shared page
 * @run_size: its length
 */
struct td {
	int vm;
	int memory;
	void *shared;
	unsigned long bulk_pages;
	struct kvm_tdx_init_vm *init;
	bool wants_rival;
	unsigned int rival_lead_ms;
	bool has_rival;
	pthread_t rival;
	int loser_error;
	enum td_step next;
	unsigned int nr_vcpus;
	int vcpu[TD_MAX_VCPUS];
	struct kvm_run *run[TD_MAX_VCPUS];
	size_t run_size;
};

/** td_init() - nothing of the TD is there yet; td_release() may follow at any time */
void td_init(struct td *td, unsigned long bulk_pages);

/**
 * td_build() - create a TD with its vCPUs and first private pages
 * @td: what td_init() or an earlier call left
 * @kvm: open /dev/kvm
 * @nr_vcpus: vCPUs, up to TD_MAX_VCPUS
 * @last: where to stop; a later call goes on there
 * @error: receives one sentence on failure
 *
 * The TD cannot run before td_finalize(). More private memory than the first
 * pages is announced, and provided by KVM when the TD touches it.
 */
bool td_build(struct td *td, int kvm, unsigned int nr_vcpus, enum td_step last,
	      char error[static TD_ERROR_SIZE]);

/**
 * td_cpuid() - what CPUID says in the TD, as KVM reads it from the module
 * @td: a TD that is not finalized: KVM does not tell it of others
 * @leaf: EAX of CPUID
 * @subleaf: ECX of CPUID
 * @reg: receives EAX, EBX, ECX and EDX
 * @error: receives one sentence on failure
 */
bool td_cpuid(struct td *td, uint32_t leaf, uint32_t subleaf,
	      uint32_t reg[static TD_NR_REGISTERS], char error[static TD_ERROR_SIZE]);

/**
 * td_end_rival() - wait for the second thread, whose call can be late
 * @td: a TD that was built
 * @error: receives one sentence if the call that came second was not refused
 */
bool td_end_rival(struct td *td, char error[static TD_ERROR_SIZE]);

/** td_finalize() - end the measurement; the TD can run */
bool td_finalize(struct td *td, char error[static TD_ERROR_SIZE]);

/** enum td_exit - why td_enter() came back */
enum td_exit { TD_EXIT_OUT, TD_EXIT_SIGNAL, TD_EXIT_ERROR };

/**
 * td_enter() - run a vCPU until the TD writes to an I/O port
 * @td: the TD
 * @vcpu: index of the vCPU
 * @port: receives the port
 * @value: receives what was written
 * @error: receives one sentence for TD_EXIT_ERROR
 */
enum td_exit td_enter(struct td *td, unsigned int vcpu, uint16_t *port, uint32_t *value,
		      char error[static TD_ERROR_SIZE]);

/* All below return 0 or a negative errno. @first and @nr are pages in @part. */

/** td_part_pages() - size of @part */
unsigned long td_part_pages(const struct td *td, enum td_part part);

/** td_hole() - take the memory of these pages back */
int td_hole(struct td *td, enum td_part part, unsigned long first, unsigned long nr);

/** td_convert() - make these pages private, or shared */
int td_convert(struct td *td, enum td_part part, unsigned long first, unsigned long nr,
	       bool private);

/** td_slot() - add the memory slot of @part, or remove it */
int td_slot(struct td *td, enum td_part part, bool present);

/** td_prefault() - provide these pages now; by a vCPU that does not run */
int td_prefault(struct td *td, unsigned int vcpu, enum td_part part, unsigned long first,
		unsigned long nr);

/** td_queue_nmi() - for a vCPU that may run */
int td_queue_nmi(struct td *td, unsigned int vcpu);

/** td_tdx_command() - an ioctl of KVM's TDX part, by its name in lower case */
int td_tdx_command(struct td *td, const char *name);

/** td_release() - tear the TD down */
void td_release(struct td *td);

#endif
