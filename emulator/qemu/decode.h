/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoder of the few x86 instructions that the plugin takes over. QEMU's idea
 * of an instruction's length cannot be used: for an opcode that TCG does not
 * know it is where TCG gave up.
 */
#ifndef EMULATOR_QEMU_DECODE_H
#define EMULATOR_QEMU_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** X86_MAX_INSN_LEN - an x86 instruction is never longer */
#define X86_MAX_INSN_LEN	15

/** enum insn_kind - instructions that are intercepted */
enum insn_kind {
	INSN_OTHER,
	INSN_CPUID,
	INSN_RDMSR,
	INSN_WRMSR,
	INSN_PAUSE,
	INSN_LIDT,
	INSN_MOV_TO_CR4,
	INSN_MOV_FROM_CR4,
	INSN_MOVDIR64B,
	INSN_SEAMCALL,
	INSN_VMXON,
	INSN_VMXOFF,
	INSN_VMCLEAR,
	INSN_VMPTRLD,
	INSN_VMPTRST,
	INSN_VMREAD,
	INSN_VMWRITE,
	INSN_VMLAUNCH,
	INSN_VMRESUME,
	INSN_INVEPT,
	INSN_INVVPID,
	INSN_NR_KINDS
};

/** INSN_NO_REGISTER - base or index of an address that has none */
#define INSN_NO_REGISTER	0xff

/** enum insn_segment - segment override that matters in 64-bit mode */
enum insn_segment { INSN_SEGMENT_NONE, INSN_SEGMENT_FS, INSN_SEGMENT_GS };

/**
 * struct insn - one decoded instruction
 * @kind: what it is
 * @len: its length in bytes
 * @reg: ModRM.reg with REX.R
 * @has_memory: the ModRM operand is memory, described by the fields below it
 * @rm: ModRM.rm with REX.B, when it is a register
 * @segment: segment override
 * @rip_relative: the address is relative to the end of the instruction
 * @base: base register or INSN_NO_REGISTER
 * @index: index register or INSN_NO_REGISTER
 * @scale: shift of the index
 * @disp: displacement
 */
struct insn {
	enum insn_kind kind;
	uint8_t len;
	uint8_t reg;
	bool has_memory;
	uint8_t rm;
	enum insn_segment segment;
	bool rip_relative;
	uint8_t base;
	uint8_t index;
	uint8_t scale;
	int32_t disp;
};

/**
 * insn_decode() - decode one instruction
 * @insn: result; its kind is INSN_OTHER for whatever is not intercepted
 * @code: its bytes
 * @len: how many of them could be read, up to X86_MAX_INSN_LEN
 *
 * Addresses are those of 64-bit mode: no intercepted instruction with a memory
 * operand is handled in another mode.
 *
 * Return: true if the instruction is one of the intercepted ones.
 */
bool insn_decode(struct insn *insn, const uint8_t *code, size_t len);

/**
 * insn_may_match() - can an instruction that begins with these bytes be one?
 *
 * A cheap test that spares nearly every instruction the full decoder.
 */
bool insn_may_match(const uint8_t *code, size_t len);

/** insn_name() - mnemonic of @kind */
const char *insn_name(enum insn_kind kind);

/** enum flag_use - what an instruction does with CF and ZF */
enum flag_use { FLAG_USE_NONE, FLAG_USE_JCC, FLAG_USE_SETCC };

/**
 * struct flag_insn - an instruction that consumes CF or ZF
 * @use: its form; FLAG_USE_NONE for every other instruction
 * @condition: low four opcode bits
 * @len: length in bytes
 * @disp: branch displacement from the end of the instruction
 * @reg: byte register that SETcc writes, by its 64-bit number
 */
struct flag_insn {
	enum flag_use use;
	uint8_t condition;
	uint8_t len;
	int32_t disp;
	uint8_t reg;
};

/** flag_insn_decode() - decode a Jcc, or a SETcc on the low byte of a register */
bool flag_insn_decode(struct flag_insn *insn, const uint8_t *code, size_t len);

/** flag_condition() - is @condition true with these flags and OF = SF = PF = 0? */
bool flag_condition(uint8_t condition, bool cf, bool zf);

#endif
