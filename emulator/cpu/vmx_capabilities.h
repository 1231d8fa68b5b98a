/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EMULATOR_CPU_VMX_CAPABILITIES_H
#define EMULATOR_CPU_VMX_CAPABILITIES_H

#include <stdbool.h>
#include <stdint.h>

/** VMCS_REVISION_ID - first word of every VMXON region and VMCS */
#define VMCS_REVISION_ID		0x11e57ed0U
#define VMCS_REVISION_ID_MASK		0x7fffffffU

/* IA32_VMX_* capability MSRs (SDM volume 3, appendix A) */
#define MSR_IA32_VMX_BASIC		0x480
#define MSR_IA32_VMX_LAST		0x493

/**
 * vmx_capability() - value of a VMX capability MSR
 * @msr: MSR_IA32_VMX_BASIC to MSR_IA32_VMX_LAST
 * @vmcs_erratum: IA32_VMX_BASIC[60] is clear (SEAM ABI 1.4)
 * @value: receives the value
 *
 * The capabilities are what KVM needs to run TDs: EPT with accessed and dirty
 * bits, APIC virtualization, posted interrupts, unrestricted guest.
 *
 * Return: false if the MSR does not exist, because no control announces it.
 */
bool vmx_capability(uint32_t msr, bool vmcs_erratum, uint64_t *value);

#endif
