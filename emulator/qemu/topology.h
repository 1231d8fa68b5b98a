/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EMULATOR_QEMU_TOPOLOGY_H
#define EMULATOR_QEMU_TOPOLOGY_H

#include "platform/platform.h"

/**
 * topology_set() - give every LP the APIC id that QEMU gives its vCPU
 * @config: nr_lps and nr_sockets are given, x2apic_id and package are set
 *
 * For -smp N,sockets=S without threads and dies: cores are numbered through
 * within a socket, sockets start at a power of two.
 */
void topology_set(struct platform_config *config);

/** topology_package_shift() - APIC id bits below those of the package */
unsigned int topology_package_shift(const struct platform_config *config);

/**
 * topology_probe_memory() - find the machine's RAM, and make it the CMRs
 * @config: nr_cmrs and cmr are set
 * @memory: guest physical memory, in a vCPU's context
 *
 * RAM is below and above the hole for devices under 4 GiB. It must be called at
 * the reset vector: no PCI device has got an address yet, so what answers is RAM.
 */
void topology_probe_memory(struct platform_config *config, const struct seam_memory *memory);

#endif
