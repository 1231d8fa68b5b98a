/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A place in a translated block where an intercepted instruction stands, and
 * the ways on from there.
 */
#ifndef EMULATOR_QEMU_SITE_H
#define EMULATOR_QEMU_SITE_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/identity.h"
#include "qemu/decode.h"
#include "qemu/vcpu.h"

/**
 * struct site - an intercepted instruction
 * @insn: what stands there
 * @vaddr: its linear address when the block was translated
 * @block: linear address of the block's start at that time
 * @last: it is the last instruction of its block
 *
 * Blocks are shared between virtual aliases of the same code, so both addresses
 * are only good for their distance and their offset within a page.
 */
struct site {
	struct insn insn;
	uint64_t vaddr;
	uint64_t block;
	bool last;
};

/** site_get() - the site with this content; lives as long as the process */
const struct site *site_get(const struct site *content);

/** site_pc() - linear address of the instruction that is being executed */
uint64_t site_pc(const struct site *site);

/** site_address() - linear address of the memory operand */
uint64_t site_address(const struct site *site);

/** site_skip() - go on behind the instruction; does not return */
void site_skip(const struct site *site) __attribute__((noreturn));

/**
 * site_skip_flags() - go on behind an instruction that sets CF and ZF
 * @vcpu: the vCPU
 * @site: the instruction
 * @cf: carry flag
 * @zf: zero flag
 *
 * The interface cannot write the flags that QEMU evaluates lazily. So Jcc and
 * SETcc that follow are executed here, too. Does not return.
 */
void site_skip_flags(const struct vcpu *vcpu, const struct site *site, bool cf, bool zf)
	__attribute__((noreturn));

/**
 * site_fault_gp() - raise #GP(0) at the instruction
 *
 * Does not return, except if that is impossible: then QEMU executes the instruction.
 */
void site_fault_gp(const struct vcpu *vcpu, const struct site *site);

/** site_finish() - end the instruction as @result says; returns for OUTCOME_NATIVE */
void site_finish(const struct vcpu *vcpu, const struct site *site, enum outcome result);

#endif
