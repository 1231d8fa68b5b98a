// SPDX-License-Identifier: GPL-2.0-or-later
#include <time.h>

#include "qemu/plugin_api.h"
#include "qemu/stay.h"

/* What others wait for this vCPU at most, and what keeps its host CPU free */
#define NAP_NS		5000000LL
#define NSEC_PER_SEC	1000000000LL
#define NSEC_PER_MSEC	1000000LL

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

static void again(uint64_t pc, long long nap_ns) __attribute__((noreturn));

/* Masked anew each time: a handler of an NMI may have been here. */
static void again(uint64_t pc, long long nap_ns)
{
	const struct timespec nap = { .tv_nsec = nap_ns };

	vcpu_write(VCPU_EFLAGS, vcpu_read(VCPU_EFLAGS) & ~(uint64_t)EFLAGS_IF);
	nanosleep(&nap, NULL);
	qemu_plugin_set_pc(pc);
}

void stay_halted(struct vcpu *vcpu, uint64_t pc)
{
	vcpu->halted = true;
	again(pc, NAP_NS);
}

bool stay_continues(const struct vcpu *vcpu, uint64_t pc, uint64_t rax)
{
	return vcpu->wait_until && vcpu->wait_pc == pc && vcpu->wait_rax == rax;
}

void stay_begin(struct vcpu *vcpu, uint64_t pc, uint64_t rax, unsigned int ms)
{
	vcpu->wait_until = ms ? now_ns() + ms * NSEC_PER_MSEC : 0;
	vcpu->wait_pc = pc;
	vcpu->wait_rax = rax;
	vcpu->wait_rflags = vcpu_read(VCPU_EFLAGS);
}

void stay_wait(struct vcpu *vcpu)
{
	long long rest;

	if (!vcpu->wait_until)
		return;
	rest = vcpu->wait_until - now_ns();
	if (rest > 0)
		again(vcpu->wait_pc, rest < NAP_NS ? rest : NAP_NS);
	vcpu->wait_until = 0;
	vcpu_write(VCPU_EFLAGS, vcpu->wait_rflags);
}

void stay_reset(struct vcpu *vcpu)
{
	vcpu->halted = false;
	vcpu->wait_until = 0;
}
