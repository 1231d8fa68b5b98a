// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "qemu/decode.h"

/* Legacy and REX prefixes */
#define PREFIX_OPSIZE		0x66
#define PREFIX_ADDRSIZE		0x67
#define PREFIX_REPNE		0xf2
#define PREFIX_REP		0xf3
#define PREFIX_LOCK		0xf0
#define PREFIX_ES		0x26
#define PREFIX_CS		0x2e
#define PREFIX_SS		0x36
#define PREFIX_DS		0x3e
#define PREFIX_FS		0x64
#define PREFIX_GS		0x65
#define PREFIX_REX		0x40
#define PREFIX_REX_MASK		0xf0
#define REX_B			0x01
#define REX_X			0x02
#define REX_R			0x04

/* Opcodes; two-byte ones without the 0F escape, three-byte ones without 0F 38 */
#define OPCODE_NOP_PAUSE	0x90
#define OPCODE_ESCAPE		0x0f
#define OPCODE_GROUP_7		0x01
#define OPCODE_MOV_FROM_CR	0x20
#define OPCODE_MOV_TO_CR	0x22
#define OPCODE_WRMSR		0x30
#define OPCODE_RDMSR		0x32
#define OPCODE_ESCAPE_38	0x38
#define OPCODE_VMREAD		0x78
#define OPCODE_VMWRITE		0x79
#define OPCODE_CPUID		0xa2
#define OPCODE_GROUP_9		0xc7
#define OPCODE_38_INVEPT	0x80
#define OPCODE_38_INVVPID	0x81
#define OPCODE_38_MOVDIR64B	0xf8
#define OPCODE_JCC_SHORT	0x70
#define OPCODE_JCC_NEAR		0x80
#define OPCODE_SETCC		0x90
#define OPCODE_CC_MASK		0xf0
#define CONDITION_MASK		0x0f

/* Whole ModRM bytes that complete the opcode of group 7 */
#define GROUP_7_VMLAUNCH	0xc2
#define GROUP_7_VMRESUME	0xc3
#define GROUP_7_VMXOFF		0xc4
#define GROUP_7_SEAMCALL	0xcf
/* ModRM.reg fields that complete an opcode */
#define GROUP_7_LIDT		3
#define GROUP_9_VMPTRLD		6
#define GROUP_9_VMPTRST		7
#define CONTROL_REGISTER_4	4

/* ModRM and SIB */
#define MOD_REGISTER		3
#define RM_SIB			4
#define RM_RIP_RELATIVE		5
#define SIB_NO_INDEX		4
#define SIB_NO_BASE		5
#define REGISTER_HIGH_BIT	8
#define REGISTER_SPL		4

/** struct prefixes - what stands before the opcode */
struct prefixes {
	bool opsize;
	bool addrsize;
	bool rep;
	bool repne;
	bool lock;
	uint8_t rex;
	bool has_rex;
	enum insn_segment segment;
};

/** struct cursor - bytes not yet decoded */
struct cursor {
	const uint8_t *code;
	size_t len;
	size_t pos;
};

static bool next_byte(struct cursor *c, uint8_t *byte)
{
	if (c->pos >= c->len)
		return false;
	*byte = c->code[c->pos++];
	return true;
}

static bool next_signed(struct cursor *c, size_t width, int32_t *value)
{
	int32_t wide;

	if (c->len - c->pos < width)
		return false;
	if (width == sizeof(int8_t)) {
		*value = (int8_t)c->code[c->pos];
	} else {
		memcpy(&wide, c->code + c->pos, sizeof(wide));
		*value = wide;
	}
	c->pos += width;
	return true;
}

/* Consume the prefixes and return the first opcode byte. */
static bool decode_prefixes(struct cursor *c, struct prefixes *p, uint8_t *opcode)
{
	memset(p, 0, sizeof(*p));
	while (next_byte(c, opcode)) {
		switch (*opcode) {
		case PREFIX_OPSIZE:
			p->opsize = true;
			break;
		case PREFIX_ADDRSIZE:
			p->addrsize = true;
			break;
		case PREFIX_REP:
			p->rep = true;
			break;
		case PREFIX_REPNE:
			p->repne = true;
			break;
		case PREFIX_LOCK:
			p->lock = true;
			break;
		case PREFIX_FS:
			p->segment = INSN_SEGMENT_FS;
			break;
		case PREFIX_GS:
			p->segment = INSN_SEGMENT_GS;
			break;
		case PREFIX_ES:
		case PREFIX_CS:
		case PREFIX_SS:
		case PREFIX_DS:
			break;
		default:
			if ((*opcode & PREFIX_REX_MASK) != PREFIX_REX)
				return true;
			p->rex = *opcode;
			p->has_rex = true;
			return next_byte(c, opcode);
		}
	}
	return false;
}

static bool decode_sib(struct insn *insn, struct cursor *c, uint8_t rex, uint8_t mod)
{
	uint8_t sib, base, index;

	if (!next_byte(c, &sib))
		return false;
	base = sib & 7;
	index = (sib >> 3 & 7) | (rex & REX_X ? REGISTER_HIGH_BIT : 0);
	insn->scale = sib >> 6;
	insn->index = index == SIB_NO_INDEX ? INSN_NO_REGISTER : index;
	if (base == SIB_NO_BASE && !mod) {
		insn->base = INSN_NO_REGISTER;
		return next_signed(c, sizeof(int32_t), &insn->disp);
	}
	insn->base = base | (rex & REX_B ? REGISTER_HIGH_BIT : 0);
	return true;
}

/* Consume ModRM, SIB and displacement. */
static bool decode_modrm(struct insn *insn, struct cursor *c, uint8_t rex)
{
	uint8_t modrm, mod, rm;

	if (!next_byte(c, &modrm))
		return false;
	mod = modrm >> 6;
	rm = modrm & 7;
	insn->reg = (modrm >> 3 & 7) | (rex & REX_R ? REGISTER_HIGH_BIT : 0);
	insn->rm = rm | (rex & REX_B ? REGISTER_HIGH_BIT : 0);
	insn->base = INSN_NO_REGISTER;
	insn->index = INSN_NO_REGISTER;
	if (mod == MOD_REGISTER)
		return true;

	insn->has_memory = true;
	if (rm == RM_SIB) {
		if (!decode_sib(insn, c, rex, mod))
			return false;
	} else if (rm == RM_RIP_RELATIVE && !mod) {
		insn->rip_relative = true;
	} else {
		insn->base = insn->rm;
	}
	if (mod == 1)
		return next_signed(c, sizeof(int8_t), &insn->disp);
	if (mod == 2 || insn->rip_relative)
		return next_signed(c, sizeof(int32_t), &insn->disp);
	return true;
}

static enum insn_kind group_7(const struct insn *insn, const struct prefixes *p, uint8_t modrm)
{
	if (insn->has_memory)
		return (insn->reg & 7) == GROUP_7_LIDT ? INSN_LIDT : INSN_OTHER;
	if (p->rep || p->repne)
		return INSN_OTHER;
	if (p->opsize)
		return modrm == GROUP_7_SEAMCALL ? INSN_SEAMCALL : INSN_OTHER;
	switch (modrm) {
	case GROUP_7_VMLAUNCH:
		return INSN_VMLAUNCH;
	case GROUP_7_VMRESUME:
		return INSN_VMRESUME;
	case GROUP_7_VMXOFF:
		return INSN_VMXOFF;
	default:
		return INSN_OTHER;
	}
}

static enum insn_kind group_9(const struct insn *insn, const struct prefixes *p)
{
	if (!insn->has_memory || p->repne)
		return INSN_OTHER;
	switch (insn->reg & 7) {
	case GROUP_9_VMPTRLD:
		if (p->rep)
			return INSN_VMXON;
		return p->opsize ? INSN_VMCLEAR : INSN_VMPTRLD;
	case GROUP_9_VMPTRST:
		return p->rep || p->opsize ? INSN_OTHER : INSN_VMPTRST;
	default:
		return INSN_OTHER;
	}
}

static enum insn_kind escape_38(struct insn *insn, struct cursor *c, const struct prefixes *p)
{
	uint8_t opcode;

	if (!next_byte(c, &opcode) || !p->opsize || p->rep || p->repne)
		return INSN_OTHER;
	if (opcode != OPCODE_38_INVEPT && opcode != OPCODE_38_INVVPID &&
	    opcode != OPCODE_38_MOVDIR64B)
		return INSN_OTHER;
	if (!decode_modrm(insn, c, p->rex) || !insn->has_memory)
		return INSN_OTHER;
	switch (opcode) {
	case OPCODE_38_INVEPT:
		return INSN_INVEPT;
	case OPCODE_38_INVVPID:
		return INSN_INVVPID;
	default:
		return INSN_MOVDIR64B;
	}
}

static enum insn_kind escape(struct insn *insn, struct cursor *c, const struct prefixes *p)
{
	uint8_t opcode, modrm;

	if (!next_byte(c, &opcode))
		return INSN_OTHER;
	switch (opcode) {
	case OPCODE_CPUID:
		return INSN_CPUID;
	case OPCODE_RDMSR:
		return INSN_RDMSR;
	case OPCODE_WRMSR:
		return INSN_WRMSR;
	case OPCODE_ESCAPE_38:
		return escape_38(insn, c, p);
	case OPCODE_GROUP_7:
	case OPCODE_GROUP_9:
	case OPCODE_MOV_FROM_CR:
	case OPCODE_MOV_TO_CR:
	case OPCODE_VMREAD:
	case OPCODE_VMWRITE:
		break;
	default:
		return INSN_OTHER;
	}

	modrm = c->pos < c->len ? c->code[c->pos] : 0;
	if (!decode_modrm(insn, c, p->rex))
		return INSN_OTHER;
	switch (opcode) {
	case OPCODE_GROUP_7:
		return group_7(insn, p, modrm);
	case OPCODE_GROUP_9:
		return group_9(insn, p);
	case OPCODE_MOV_FROM_CR:
		return insn->reg == CONTROL_REGISTER_4 ? INSN_MOV_FROM_CR4 : INSN_OTHER;
	case OPCODE_MOV_TO_CR:
		return insn->reg == CONTROL_REGISTER_4 ? INSN_MOV_TO_CR4 : INSN_OTHER;
	default:
		/* With 66 or F2 these are SSE4a instructions. */
		if (p->opsize || p->rep || p->repne)
			return INSN_OTHER;
		return opcode == OPCODE_VMREAD ? INSN_VMREAD : INSN_VMWRITE;
	}
}

bool insn_decode(struct insn *insn, const uint8_t *code, size_t len)
{
	struct cursor c = { .code = code, .len = len };
	struct prefixes p;
	uint8_t opcode;

	memset(insn, 0, sizeof(*insn));
	if (!decode_prefixes(&c, &p, &opcode) || p.lock)
		return false;
	if (opcode == OPCODE_NOP_PAUSE && p.rep && !(p.rex & REX_B))
		insn->kind = INSN_PAUSE;
	else if (opcode == OPCODE_ESCAPE)
		insn->kind = escape(insn, &c, &p);
	if (insn->has_memory && p.addrsize)
		insn->kind = INSN_OTHER;
	insn->segment = p.segment;
	insn->len = c.pos;
	return insn->kind != INSN_OTHER;
}

bool insn_may_match(const uint8_t *code, size_t len)
{
	struct cursor c = { .code = code, .len = len };
	struct prefixes p;
	uint8_t opcode;

	return decode_prefixes(&c, &p, &opcode) &&
	       (opcode == OPCODE_ESCAPE || (opcode == OPCODE_NOP_PAUSE && p.rep));
}

const char *insn_name(enum insn_kind kind)
{
	static const char * const names[INSN_NR_KINDS] = {
		[INSN_CPUID] = "CPUID", [INSN_RDMSR] = "RDMSR", [INSN_WRMSR] = "WRMSR",
		[INSN_PAUSE] = "PAUSE", [INSN_LIDT] = "LIDT",
		[INSN_MOV_TO_CR4] = "MOV to CR4", [INSN_MOV_FROM_CR4] = "MOV from CR4",
		[INSN_MOVDIR64B] = "MOVDIR64B", [INSN_SEAMCALL] = "SEAMCALL",
		[INSN_VMXON] = "VMXON", [INSN_VMXOFF] = "VMXOFF", [INSN_VMCLEAR] = "VMCLEAR",
		[INSN_VMPTRLD] = "VMPTRLD", [INSN_VMPTRST] = "VMPTRST",
		[INSN_VMREAD] = "VMREAD", [INSN_VMWRITE] = "VMWRITE",
		[INSN_VMLAUNCH] = "VMLAUNCH", [INSN_VMRESUME] = "VMRESUME",
		[INSN_INVEPT] = "INVEPT", [INSN_INVVPID] = "INVVPID",
	};

	return kind < INSN_NR_KINDS && names[kind] ? names[kind] : "?";
}

bool flag_insn_decode(struct flag_insn *insn, const uint8_t *code, size_t len)
{
	struct cursor c = { .code = code, .len = len };
	struct prefixes p;
	uint8_t opcode, modrm;

	memset(insn, 0, sizeof(*insn));
	if (!decode_prefixes(&c, &p, &opcode) || p.opsize)
		return false;
	insn->condition = opcode & CONDITION_MASK;
	if ((opcode & OPCODE_CC_MASK) == OPCODE_JCC_SHORT) {
		if (!next_signed(&c, sizeof(int8_t), &insn->disp))
			return false;
		insn->use = FLAG_USE_JCC;
	} else if (opcode == OPCODE_ESCAPE) {
		if (!next_byte(&c, &opcode))
			return false;
		insn->condition = opcode & CONDITION_MASK;
		if ((opcode & OPCODE_CC_MASK) == OPCODE_JCC_NEAR) {
			if (!next_signed(&c, sizeof(int32_t), &insn->disp))
				return false;
			insn->use = FLAG_USE_JCC;
		} else if ((opcode & OPCODE_CC_MASK) == OPCODE_SETCC) {
			if (!next_byte(&c, &modrm) || modrm >> 6 != MOD_REGISTER)
				return false;
			insn->reg = (modrm & 7) | (p.rex & REX_B ? REGISTER_HIGH_BIT : 0);
			/* Without REX these numbers mean AH, CH, DH and BH. */
			if (!p.has_rex && insn->reg >= REGISTER_SPL)
				return false;
			insn->use = FLAG_USE_SETCC;
		}
	}
	insn->len = c.pos;
	return insn->use != FLAG_USE_NONE;
}

/* Condition codes in pairs: the odd one of a pair is the negation. */
enum {
	CONDITION_O, CONDITION_B, CONDITION_Z, CONDITION_BE,
	CONDITION_S, CONDITION_P, CONDITION_L, CONDITION_LE,
};

bool flag_condition(uint8_t condition, bool cf, bool zf)
{
	bool result;

	switch (condition >> 1) {
	case CONDITION_B:
		result = cf;
		break;
	case CONDITION_Z:
	case CONDITION_LE:
		result = zf;
		break;
	case CONDITION_BE:
		result = cf || zf;
		break;
	default:
		result = false;
		break;
	}
	return result ^ (condition & 1);
}
