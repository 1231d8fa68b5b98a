/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One TD that does what it is told, command by command. */
#ifndef EMULATOR_GUEST_SCRIPT_H
#define EMULATOR_GUEST_SCRIPT_H

#include <stdbool.h>

/**
 * script_run() - execute the commands of a file
 * @file: its name, a FIFO for example
 * @kvm: open /dev/kvm
 * @nr_vcpus: vCPUs of the TD
 * @interval_ms: pause between two exits of a vCPU
 * @bulk_pages: pages of its memory that no vCPU touches
 *
 * Each command is answered on standard output:
 *
 *	answer N: COMMAND -> ANSWER (MS ms)
 *
 * N counts from 1. ANSWER is "done", the name of an errno, a sentence in
 * parentheses, or what the command says here:
 *
 *	build [vm|init|vcpus|memory|pages]	that far, or to its end
 *	finalize
 *	run [VCPU...]		have these run, or all
 *	counts MS		do those that run count within that time? runs (all do),
 *				waits (none does), partly, ended (one of them has)
 *	counted MS		the same, but since the last such question
 *	counters		the last number of each vCPU
 *	cpuid LEAF[.SUBLEAF]	what the TD has there, EAX EBX ECX EDX, as KVM reads it from the
 *				module; before it is finalized
 *	sees VCPU		what its program has told of CPUID, or "nothing"; see the port
 *				TD_CPUID_PORT. That must not change while the TD runs.
 *	ended VCPU MS		why the vCPU came to its end within that time, or "no"
 *	kick [VCPU...]		a signal; "no" for one that does not leave KVM_RUN
 *	move VCPU CPU		where it runs from now on
 *	nmi VCPU		an NMI, from another thread
 *	self-nmi VCPU		an NMI, from the thread that runs it
 *	hole RANGE		take the memory back
 *	share RANGE, private RANGE	convert it
 *	slot PART add|remove	its memory slot
 *	prefault RANGE		by the last vCPU, which must not run
 *	tdx NAME		one of KVM's TDX commands, as good as without arguments
 *	types			of VMs that KVM offers: "ordinary", "ordinary tdx"
 *	vm add|remove		another VM, of the ordinary kind, with one vCPU
 *	quit			tear down: "unbroken", or "broken" if a counter was
 *	exit			end the process, and leave all to the kernel
 *	die			the same, by SIGKILL
 *
 * PART is first, used or bulk, RANGE is PART [FIRST PAGES].
 *
 * Return: whether the script ended with "quit", and no counter was broken
 */
bool script_run(const char *file, int kvm, unsigned int nr_vcpus, unsigned int interval_ms,
		unsigned long bulk_pages);

#endif
