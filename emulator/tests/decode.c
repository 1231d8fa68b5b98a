// SPDX-License-Identifier: GPL-2.0-or-later
/* Decoder of intercepted instructions: encodings as assemblers emit them. */
#include <string.h>

#include "qemu/decode.h"
#include "seam/page.h"
#include "seam/seam.h"
#include "tests/suites.h"

/** struct encoding - bytes, and what they are */
struct encoding {
	uint8_t code[X86_MAX_INSN_LEN];
	uint8_t len;
	enum insn_kind kind;
};

static const struct encoding encodings[] = {
	{ { 0x0f, 0xa2 }, 2, INSN_CPUID },
	{ { 0x0f, 0x32 }, 2, INSN_RDMSR },
	{ { 0x0f, 0x30 }, 2, INSN_WRMSR },
	{ { 0x2e, 0x0f, 0x30 }, 3, INSN_WRMSR },
	{ { 0xf3, 0x90 }, 2, INSN_PAUSE },
	{ { 0x66, 0x0f, 0x01, 0xcf }, 4, INSN_SEAMCALL },
	{ { 0x0f, 0x01, 0xc4 }, 3, INSN_VMXOFF },
	{ { 0x0f, 0x01, 0xc2 }, 3, INSN_VMLAUNCH },
	{ { 0x0f, 0x01, 0xc3 }, 3, INSN_VMRESUME },
	/* lidt 0x12345678(%rip), lidt (%rsp) */
	{ { 0x0f, 0x01, 0x1d, 0x78, 0x56, 0x34, 0x12 }, 7, INSN_LIDT },
	{ { 0x0f, 0x01, 0x1c, 0x24 }, 4, INSN_LIDT },
	/* mov %rax,%cr4; mov %cr4,%r12 */
	{ { 0x0f, 0x22, 0xe0 }, 3, INSN_MOV_TO_CR4 },
	{ { 0x41, 0x0f, 0x20, 0xe4 }, 4, INSN_MOV_FROM_CR4 },
	/* vmxon 8(%rsp), vmxon -16(%rbp), vmclear (%r8), vmptrld, vmptrst */
	{ { 0xf3, 0x0f, 0xc7, 0x74, 0x24, 0x08 }, 6, INSN_VMXON },
	{ { 0xf3, 0x0f, 0xc7, 0x75, 0xf0 }, 5, INSN_VMXON },
	{ { 0x66, 0x41, 0x0f, 0xc7, 0x30 }, 5, INSN_VMCLEAR },
	{ { 0x0f, 0xc7, 0x34, 0x24 }, 4, INSN_VMPTRLD },
	{ { 0x0f, 0xc7, 0x3c, 0x24 }, 4, INSN_VMPTRST },
	/* vmread %rdx,%rax; vmwrite %rax,%rdx; vmread to memory with disp32 */
	{ { 0x0f, 0x78, 0xd0 }, 3, INSN_VMREAD },
	{ { 0x0f, 0x79, 0xd0 }, 3, INSN_VMWRITE },
	{ { 0x0f, 0x78, 0x90, 0x00, 0x01, 0x00, 0x00 }, 7, INSN_VMREAD },
	{ { 0x66, 0x0f, 0x38, 0x80, 0x04, 0x24 }, 6, INSN_INVEPT },
	{ { 0x66, 0x0f, 0x38, 0x81, 0x04, 0x24 }, 6, INSN_INVVPID },
	{ { 0x66, 0x0f, 0x38, 0xf8, 0x06 }, 5, INSN_MOVDIR64B },
};

/* Instructions that are close to an intercepted one */
static const struct encoding others[] = {
	{ { 0x90 }, 1, INSN_OTHER },
	{ { 0xf3, 0x41, 0x90 }, 3, INSN_OTHER },
	{ { 0x0f, 0x01, 0xcf }, 3, INSN_OTHER },		/* ENCLS */
	{ { 0x66, 0x0f, 0x01, 0xcc }, 4, INSN_OTHER },		/* TDCALL */
	{ { 0x0f, 0x01, 0x14, 0x24 }, 4, INSN_OTHER },		/* LGDT */
	{ { 0x0f, 0x22, 0xd8 }, 3, INSN_OTHER },		/* to CR3 */
	{ { 0x44, 0x0f, 0x22, 0xe0 }, 4, INSN_OTHER },		/* to CR12 */
	{ { 0x0f, 0xc7, 0xf0 }, 3, INSN_OTHER },		/* RDRAND */
	{ { 0xf3, 0x0f, 0xc7, 0xf8 }, 4, INSN_OTHER },		/* RDPID */
	{ { 0x0f, 0xc7, 0x0f }, 3, INSN_OTHER },		/* CMPXCHG8B */
	{ { 0xf2, 0x0f, 0x79, 0xc1 }, 4, INSN_OTHER },		/* INSERTQ */
	{ { 0x66, 0x0f, 0x38, 0x82, 0x04, 0x24 }, 6, INSN_OTHER }, /* INVPCID */
	{ { 0x0f, 0x38, 0xf8, 0x06 }, 4, INSN_OTHER },
	{ { 0xf0, 0x0f, 0x32 }, 3, INSN_OTHER },
};

static bool kinds_and_lengths(void)
{
	struct insn insn;

	for (size_t i = 0; i < ARRAY_SIZE(encodings); i++) {
		const struct encoding *e = &encodings[i];

		CHECK(insn_may_match(e->code, e->len));
		/* More bytes follow in memory; they are not part of it. */
		CHECK(insn_decode(&insn, e->code, X86_MAX_INSN_LEN));
		CHECK_EQ(insn.kind, e->kind);
		CHECK_EQ(insn.len, e->len);
	}
	return true;
}

static bool neighbours(void)
{
	struct insn insn;

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (insn_decode(&insn, others[i].code, X86_MAX_INSN_LEN)) {
			printf("# encoding %zu is taken for %s\n", i, insn_name(insn.kind));
			return false;
		}
	return true;
}

static bool truncated(void)
{
	struct insn insn;

	for (size_t i = 0; i < ARRAY_SIZE(encodings); i++)
		for (size_t len = 0; len < encodings[i].len; len++)
			CHECK(!insn_decode(&insn, encodings[i].code, len));
	return true;
}

static bool operands(void)
{
	/* vmwrite 0x10(%r13,%r9,4),%r10 */
	static const uint8_t sib[] = { 0x47, 0x0f, 0x79, 0x54, 0x8d, 0x10 };
	/* vmclear %gs:0x1000 */
	static const uint8_t absolute[] = {
		0x65, 0x66, 0x0f, 0xc7, 0x34, 0x25, 0x00, 0x10, 0x00, 0x00,
	};
	/* vmxon -4(%rip) */
	static const uint8_t relative[] = { 0xf3, 0x0f, 0xc7, 0x35, 0xfc, 0xff, 0xff, 0xff };
	struct insn insn;

	CHECK(insn_decode(&insn, sib, sizeof(sib)));
	CHECK(insn.has_memory && !insn.rip_relative);
	CHECK_EQ(insn.reg, SEAM_R10);
	CHECK_EQ(insn.base, SEAM_R13);
	CHECK_EQ(insn.index, SEAM_R9);
	CHECK_EQ(insn.scale, 2);
	CHECK_EQ(insn.disp, 0x10);

	CHECK(insn_decode(&insn, absolute, sizeof(absolute)));
	CHECK_EQ(insn.segment, INSN_SEGMENT_GS);
	CHECK_EQ(insn.base, INSN_NO_REGISTER);
	CHECK_EQ(insn.index, INSN_NO_REGISTER);
	CHECK_EQ(insn.disp, 0x1000);

	CHECK(insn_decode(&insn, relative, sizeof(relative)));
	CHECK(insn.has_memory && insn.rip_relative);
	CHECK_EQ(insn.base, INSN_NO_REGISTER);
	CHECK_EQ((uint64_t)insn.disp, (uint64_t)-4);
	return true;
}

static bool flag_consumers(void)
{
	static const uint8_t jc_short[] = { 0x72, 0xfe };
	static const uint8_t jna_near[] = { 0x0f, 0x86, 0x00, 0x01, 0x00, 0x00 };
	static const uint8_t seta_dl[] = { 0x0f, 0x97, 0xc2 };
	static const uint8_t seta_sil[] = { 0x40, 0x0f, 0x97, 0xc6 };
	static const uint8_t seta_ah[] = { 0x0f, 0x97, 0xc4 };
	static const uint8_t mov[] = { 0x48, 0x89, 0xc8 };
	struct flag_insn insn;

	CHECK(flag_insn_decode(&insn, jc_short, sizeof(jc_short)));
	CHECK_EQ(insn.use, FLAG_USE_JCC);
	CHECK_EQ(insn.len, 2);
	CHECK_EQ((uint64_t)insn.disp, (uint64_t)-2);
	CHECK(flag_insn_decode(&insn, jna_near, sizeof(jna_near)));
	CHECK_EQ(insn.len, 6);
	CHECK_EQ(insn.disp, 0x100);
	CHECK(flag_insn_decode(&insn, seta_dl, sizeof(seta_dl)));
	CHECK_EQ(insn.use, FLAG_USE_SETCC);
	CHECK_EQ(insn.reg, SEAM_RDX);
	CHECK(flag_insn_decode(&insn, seta_sil, sizeof(seta_sil)));
	CHECK_EQ(insn.reg, SEAM_RSI);
	CHECK(!flag_insn_decode(&insn, seta_ah, sizeof(seta_ah)));
	CHECK(!flag_insn_decode(&insn, mov, sizeof(mov)));
	CHECK(!flag_insn_decode(&insn, jna_near, 5));
	return true;
}

static bool conditions(void)
{
	enum { JB = 2, JAE, JE, JNE, JBE, JA, JLE = 14, JG };

	CHECK(flag_condition(JB, true, false) && !flag_condition(JB, false, true));
	CHECK(!flag_condition(JAE, true, false) && flag_condition(JAE, false, true));
	CHECK(flag_condition(JE, false, true) && !flag_condition(JE, true, false));
	CHECK(flag_condition(JNE, true, false) && !flag_condition(JNE, false, true));
	CHECK(flag_condition(JBE, true, false) && flag_condition(JBE, false, true));
	CHECK(!flag_condition(JBE, false, false) && flag_condition(JA, false, false));
	CHECK(!flag_condition(JA, true, false) && !flag_condition(JA, false, true));
	CHECK(flag_condition(JLE, false, true) && flag_condition(JG, false, false));
	return true;
}

static const struct test tests[] = {
	{ "every intercepted instruction, with its length", kinds_and_lengths },
	{ "instructions next to them are left alone", neighbours },
	{ "an instruction that ends too early is not decoded", truncated },
	{ "memory operands", operands },
	{ "consumers of flags", flag_consumers },
	{ "conditions", conditions },
	{ 0 },
};

const struct suite suite_decode = { "decode", tests };
