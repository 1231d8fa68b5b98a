/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine that QEMU runs, put together: options, vCPUs, firmware platform.
 */
#ifndef EMULATOR_QEMU_MACHINE_H
#define EMULATOR_QEMU_MACHINE_H

#include "cpu/identity.h"
#include "cpu/vmcs.h"
#include "firmware/firmware.h"
#include "qemu/options.h"
#include "qemu/vcpu.h"
#include "seamcall/dispatch.h"
#include "seamcall/trace.h"

#define MACHINE_ERROR_SIZE	PLATFORM_ERROR_SIZE

/**
 * struct machine - the one machine of this process
 * @options: what the user asked for
 * @identity: what CPUID and MSRs say
 * @config: what the firmware models know
 * @platform: the firmware models; NULL with tdx=off, and before power-on
 * @dispatch: SEAMCALL
 * @trace: record of everything
 * @vmcs: VMCS contents
 * @nr_vcpus: vCPUs; QEMU can add none later
 * @vcpu: the vCPUs
 */
struct machine {
	struct options options;
	struct cpu_identity identity;
	struct platform_config config;
	struct platform *platform;
	struct seam_dispatch *dispatch;
	struct seam_trace *trace;
	struct vmcs_store *vmcs;
	unsigned int nr_vcpus;
	struct vcpu vcpu[PLATFORM_MAX_LPS];
};

extern struct machine machine;

/**
 * machine_init() - before QEMU builds its machine: check everything that can be
 * @nr_vcpus: vCPUs at boot
 * @error: receives one sentence on failure
 *
 * machine.options is filled in.
 */
bool machine_init(unsigned int nr_vcpus, char error[static MACHINE_ERROR_SIZE]);

/** machine_vcpu_init() - a vCPU exists; runs in its thread; false: one sentence */
bool machine_vcpu_init(unsigned int index, char error[static MACHINE_ERROR_SIZE]);

/**
 * machine_power_on() - the boot processor is at its reset vector
 *
 * At power-on the firmware models are created, now that memory can be seen; at
 * every later time this is a cold reset.
 */
void machine_power_on(void);

/** machine_check_apic_id() - QEMU's topology must be the one of the firmware */
void machine_check_apic_id(const struct vcpu *vcpu, uint32_t apic_id);

/** machine_check_package_shift() - the same for the number of cores in a package */
void machine_check_package_shift(const struct vcpu *vcpu, unsigned int shift);

/** machine_exit() - QEMU ends: the exit status that the run deserves */
int machine_exit(void);

/** machine_complain() - say a sentence, which has no full stop, to the user */
void machine_complain(const char *sentence);

/** machine_fail() - end QEMU with one sentence */
void machine_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/** machine_alert() - something that must not be overlooked */
#define machine_alert(vcpu, ...)	\
	seam_trace_alert(machine.trace, (int)(vcpu)->index, __VA_ARGS__)

/** MACHINE_RULE_BROKEN - exit status when the referee saw a broken rule */
#define MACHINE_RULE_BROKEN	3

#endif
