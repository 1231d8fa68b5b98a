// SPDX-License-Identifier: GPL-2.0-or-later
#include <assert.h>

#include "qemu/exception_frame.h"
#include "qemu/machine.h"
#include "qemu/plugin_api.h"

#define VECTOR_GP	13
#define STACK_ALIGNMENT	16ULL

/** struct idt_gate - 64-bit gate descriptor (SDM volume 3, 6.14.1) */
struct idt_gate {
	uint16_t offset_low;
	uint16_t selector;
	uint8_t ist_index;
	uint8_t type;
	uint16_t offset_middle;
	uint32_t offset_high;
	uint32_t reserved;
};

static_assert(sizeof(struct idt_gate) == 16, "SDM volume 3, 6.14.1");

#define GATE_PRESENT		0x80
#define GATE_TYPE		0x1f
#define GATE_INTERRUPT		0x0e
#define GATE_TRAP		0x0f
#define GATE_IST		0x07

/** struct interrupt_frame - what a fault with an error code pushes (6.14.2) */
struct interrupt_frame {
	uint64_t error_code;
	uint64_t rip;
	uint64_t cs;
	uint64_t rflags;
	uint64_t rsp;
	uint64_t ss;
};

static_assert(sizeof(struct interrupt_frame) == 48, "SDM volume 3, 6.14.2");

/* Only what a 64-bit kernel uses for #GP in itself: same CPL, no stack switch. */
static bool gate_usable(const struct idt_gate *gate, uint64_t cs)
{
	uint8_t type = gate->type & GATE_TYPE;

	return (gate->type & GATE_PRESENT) && (type == GATE_INTERRUPT || type == GATE_TRAP) &&
	       !(gate->ist_index & GATE_IST) && gate->selector == cs;
}

void exception_gp(const struct vcpu *vcpu, const char *insn, uint64_t pc)
{
	uint64_t cs = vcpu_read(VCPU_CS), rflags = vcpu_read(VCPU_EFLAGS);
	uint64_t rsp = vcpu_read_gpr(SEAM_RSP), cleared;
	uint64_t handler;
	struct interrupt_frame frame = {
		.rip = pc,
		.cs = cs,
		.rflags = rflags | EFLAGS_ALWAYS_1 | EFLAGS_RF,
		.rsp = rsp,
		.ss = vcpu_read(VCPU_SS),
	};
	struct idt_gate gate;

	if (!vcpu_long_mode() ||
	    !vcpu_read_virtual(vcpu->idt_base + VECTOR_GP * sizeof(gate), &gate, sizeof(gate)) ||
	    !gate_usable(&gate, cs)) {
		machine_alert(vcpu, "%s at %#llx must raise #GP, but there is no plain 64-bit gate for it: QEMU executes it",
			      insn, (unsigned long long)pc);
		return;
	}
	rsp = (rsp & ~(STACK_ALIGNMENT - 1)) - sizeof(frame);
	if (!vcpu_write_virtual(rsp, &frame, sizeof(frame))) {
		machine_alert(vcpu, "%s at %#llx must raise #GP, but the stack at %#llx is not writable: QEMU executes it",
			      insn, (unsigned long long)pc, (unsigned long long)rsp);
		return;
	}
	cleared = EFLAGS_TF | EFLAGS_NT | EFLAGS_RF;
	if ((gate.type & GATE_TYPE) == GATE_INTERRUPT)
		cleared |= EFLAGS_IF;
	handler = gate.offset_low | (uint64_t)gate.offset_middle << 16 |
		  (uint64_t)gate.offset_high << 32;
	vcpu_write_gpr(SEAM_RSP, rsp);
	vcpu_write(VCPU_EFLAGS, rflags & ~cleared);
	qemu_plugin_set_pc(handler);
}
