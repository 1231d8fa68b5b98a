/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A TD, made and run through the ordinary KVM ioctls. */
#ifndef EMULATOR_GUEST_TD_H
#define EMULATOR_GUEST_TD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TD_MAX_VCPUS	64
#define TD_ERROR_SIZE	256

/* Where the TD's program writes (tdxmod/program.h): its counter; four registers of CPUID */
#define TD_COUNTER_PORT	0x500
#define TD_CPUID_PORT	0x510
#define TD_NR_REGISTERS	4

struct kvm_run;

/**
 * struct td - one TD
 * @vm: KVM's file of the virtual machine
 * @memory: guest_memfd that holds the private memory
 * @shared: what a shared page would be; the TD has none
 * @nr_vcpus: vCPUs
 * @vcpu: KVM's file of each
 * @run: and its shared page
 * @run_size: its length
 */
struct td {
	int vm;
	int memory;
	void *shared;
	unsigned int nr_vcpus;
	int vcpu[TD_MAX_VCPUS];
	struct kvm_run *run[TD_MAX_VCPUS];
	size_t run_size;
};

/**
 * td_build() - create a TD with its vCPUs and first private pages
 * @td: result, to be released with td_release() in any case
 * @kvm: open /dev/kvm
 * @nr_vcpus: vCPUs, up to TD_MAX_VCPUS
 * @error: receives one sentence on failure
 *
 * The TD cannot run before td_finalize(). More private memory than the first
 * pages is announced, and provided by KVM when the TD touches it.
 */
bool td_build(struct td *td, int kvm, unsigned int nr_vcpus, char error[static TD_ERROR_SIZE]);

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

/**
 * td_give_back() - have the host take back all memory but the first pages
 * @td: a TD that is finalized
 * @error: receives one sentence on failure
 *
 * KVM removes the pages from the TD, and provides others when it touches them.
 */
bool td_give_back(struct td *td, char error[static TD_ERROR_SIZE]);

/** td_release() - tear the TD down */
void td_release(struct td *td);

#endif
