// SPDX-License-Identifier: GPL-2.0-or-later
#include <sched.h>
#include <string.h>

#include "qemu/count.h"
#include "qemu/execute.h"
#include "qemu/machine.h"
#include "qemu/section.h"
#include "qemu/site.h"
#include "qemu/stay.h"
#include "qemu/translate.h"
#include "seam/page.h"

/* F000:FFF0 with the segment base that a reset leaves (SDM volume 3, 9.1.4) */
#define RESET_VECTOR		0xfffffff0ULL
/* PAUSE and CPUID are the shortest that matter */
#define SHORTEST_INSN		2

static const qemu_plugin_vcpu_udata_cb_t handlers[INSN_NR_KINDS] = {
	[INSN_CPUID] = execute_cpuid,
	[INSN_RDMSR] = execute_rdmsr,
	[INSN_WRMSR] = execute_wrmsr,
	[INSN_PAUSE] = execute_pause,
	[INSN_LIDT] = execute_lidt,
	[INSN_MOV_TO_CR4] = execute_mov_to_cr4,
	[INSN_MOV_FROM_CR4] = execute_mov_from_cr4,
	[INSN_MOVDIR64B] = execute_movdir64b,
	[INSN_SEAMCALL] = execute_seamcall,
	[INSN_VMXON] = execute_vmxon,
	[INSN_VMXOFF] = execute_vmxoff,
	[INSN_VMCLEAR] = execute_vmclear,
	[INSN_VMPTRLD] = execute_vmptrld,
	[INSN_VMPTRST] = execute_vmptrst,
	[INSN_VMREAD] = execute_vmread,
	[INSN_VMWRITE] = execute_vmwrite,
	[INSN_VMLAUNCH] = execute_vm_entry,
	[INSN_VMRESUME] = execute_vm_entry,
	[INSN_INVEPT] = execute_invept,
	[INSN_INVVPID] = execute_invvpid,
};

/*
 * Page offsets at which the instruction behind a block-ending CPUID stands.
 * Only ever set; a torn read costs a superfluous callback.
 */
static bool after_last_cpuid[SEAM_PAGE_SIZE];

/*
 * Page offsets at which a handler of interrupts begins. An interrupt comes before
 * the first translation of its handler, so none is missed; see above for the rest.
 */
static bool interrupt_entry[SEAM_PAGE_SIZE];

static bool yield_on_pause;

void translate_init(void)
{
	cpu_set_t host;

	yield_on_pause = sched_getaffinity(0, sizeof(host), &host) ||
			 (int)machine.nr_vcpus > CPU_COUNT(&host);
}

/* A PAUSE costs a callback only where it helps. */
static bool wanted(enum insn_kind kind)
{
	return kind != INSN_PAUSE || yield_on_pause;
}

static enum qemu_plugin_cb_flags flags(enum insn_kind kind)
{
	return kind == INSN_PAUSE ? QEMU_PLUGIN_CB_NO_REGS : QEMU_PLUGIN_CB_RW_REGS_PC;
}

/*
 * QEMU's bytes end where its decoder gave up, which for an unknown opcode may
 * be before the end of the instruction: read on from memory, in the next page,
 * too. QEMU does not translate again if only that one changes; whoever loads
 * code writes both.
 */
static size_t insn_bytes(const struct qemu_plugin_insn *insn, uint8_t code[X86_MAX_INSN_LEN])
{
	size_t len = qemu_plugin_insn_data(insn, code, X86_MAX_INSN_LEN);
	uint8_t more[X86_MAX_INSN_LEN];
	size_t read = vcpu_read_code(qemu_plugin_insn_vaddr(insn), more);

	if (read <= len)
		return len;
	memcpy(code + len, more + len, read - len);
	return read;
}

static bool decode(const struct qemu_plugin_insn *insn, struct insn *decoded)
{
	uint8_t code[X86_MAX_INSN_LEN];
	size_t len = qemu_plugin_insn_data(insn, code, sizeof(code));

	if (len < SHORTEST_INSN || !insn_may_match(code, len))
		return false;
	return insn_decode(decoded, code, insn_bytes(insn, code));
}

static void hang_in(struct qemu_plugin_insn *insn, const struct site *site)
{
	qemu_plugin_register_vcpu_insn_exec_cb(insn, handlers[site->insn.kind],
					       flags(site->insn.kind), (void *)site);
}

static void hang_in_after_cpuid(struct qemu_plugin_insn *insn)
{
	qemu_plugin_register_vcpu_insn_exec_cb(insn, execute_after_cpuid, QEMU_PLUGIN_CB_RW_REGS,
					       NULL);
}

/* VMX operation excludes real mode: a CPU that gets there has had an INIT. */
static void execute_real_mode(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];

	if (!vcpu->vmx.vmxe)
		return;
	seam_trace_event(machine.trace, (int)index, "INIT");
	vmx_reset(&vcpu->vmx);
	stay_reset(vcpu);
}

static void execute_reset_vector(unsigned int index, void *userdata)
{
	if (!index)
		machine_power_on();
}

static void watch_resets(struct qemu_plugin_tb *tb)
{
	if (vcpu_read(VCPU_CR0) & CR0_PE)
		return;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, execute_real_mode, QEMU_PLUGIN_CB_NO_REGS, NULL);
	if (qemu_plugin_tb_vaddr(tb) == RESET_VECTOR)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, execute_reset_vector,
						     QEMU_PLUGIN_CB_RW_REGS, NULL);
}

void translate_interrupt(unsigned int index, enum qemu_plugin_discon_type type, uint64_t from,
			 uint64_t to, void *userdata)
{
	interrupt_entry[to & SEAM_PAGE_OFFSET] = true;
}

static void watch_interrupts(struct qemu_plugin_tb *tb)
{
	if (interrupt_entry[qemu_plugin_tb_vaddr(tb) & SEAM_PAGE_OFFSET])
		qemu_plugin_register_vcpu_insn_exec_cb(qemu_plugin_tb_get_insn(tb, 0),
						       execute_interrupt_entry,
						       QEMU_PLUGIN_CB_RW_REGS_PC, NULL);
}

void translate_block(struct qemu_plugin_tb *tb, void *userdata)
{
	size_t n = qemu_plugin_tb_n_insns(tb), i;
	bool after_cpuid, found;

	watch_resets(tb);
	watch_interrupts(tb);
	after_cpuid = after_last_cpuid[qemu_plugin_tb_vaddr(tb) & SEAM_PAGE_OFFSET];
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		struct site site;

		count_instrument(insn);
		if (after_cpuid)
			hang_in_after_cpuid(insn);
		/* All of it, so that equal sites compare equal. */
		memset(&site, 0, sizeof(site));
		after_cpuid = false;
		found = decode(insn, &site.insn);
		section_instrument(insn, !i, found && site.insn.kind == INSN_PAUSE);
		if (!found || !wanted(site.insn.kind))
			continue;
		site.vaddr = qemu_plugin_insn_vaddr(insn);
		site.block = qemu_plugin_tb_vaddr(tb);
		site.last = i == n - 1;
		hang_in(insn, site_get(&site));
		if (site.insn.kind != INSN_CPUID)
			continue;
		after_cpuid = true;
		if (site.last)
			after_last_cpuid[(site.vaddr + site.insn.len) & SEAM_PAGE_OFFSET] = true;
	}
}
