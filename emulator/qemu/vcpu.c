// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "qemu/plugin_api.h"
#include "qemu/vcpu.h"
#include "seam/page.h"

static const char * const names[VCPU_NR_REGISTERS] = {
	[SEAM_RAX] = "rax", [SEAM_RCX] = "rcx", [SEAM_RDX] = "rdx", [SEAM_RBX] = "rbx",
	[SEAM_RSP] = "rsp", [SEAM_RBP] = "rbp", [SEAM_RSI] = "rsi", [SEAM_RDI] = "rdi",
	[SEAM_R8] = "r8", [SEAM_R9] = "r9", [SEAM_R10] = "r10", [SEAM_R11] = "r11",
	[SEAM_R12] = "r12", [SEAM_R13] = "r13", [SEAM_R14] = "r14", [SEAM_R15] = "r15",
	[VCPU_RIP] = "rip", [VCPU_EFLAGS] = "eflags", [VCPU_CS] = "cs", [VCPU_SS] = "ss",
	[VCPU_CR0] = "cr0", [VCPU_CR4] = "cr4", [VCPU_EFER] = "efer",
	[VCPU_FS_BASE] = "fs_base", [VCPU_GS_BASE] = "gs_base",
};

/* A handle is the same for every vCPU: all are of one type. */
static struct qemu_plugin_register *handles[VCPU_NR_REGISTERS];

/* The interface passes data in GByteArrays; one per thread saves allocations. */
static GByteArray *buffer(size_t len)
{
	static _Thread_local GByteArray *array;

	if (!array)
		array = g_byte_array_new();
	g_byte_array_set_size(array, len);
	return array;
}

const char *vcpu_find_registers(void)
{
	GArray *all = qemu_plugin_get_registers();
	unsigned int i, reg;

	for (i = 0; i < all->len; i++) {
		qemu_plugin_reg_descriptor *desc =
			&g_array_index(all, qemu_plugin_reg_descriptor, i);

		for (reg = 0; reg < VCPU_NR_REGISTERS; reg++)
			if (!handles[reg] && !strcmp(desc->name, names[reg]))
				handles[reg] = desc->handle;
	}
	g_array_free(all, true);
	for (reg = 0; reg < VCPU_NR_REGISTERS; reg++)
		if (!handles[reg])
			return names[reg];
	return NULL;
}

uint64_t vcpu_read(enum vcpu_register reg)
{
	GByteArray *data = buffer(0);
	uint64_t value = 0;

	if (qemu_plugin_read_register(handles[reg], data))
		memcpy(&value, data->data, MIN(data->len, sizeof(value)));
	return value;
}

void vcpu_write(enum vcpu_register reg, uint64_t value)
{
	GByteArray *data = buffer(sizeof(value));

	memcpy(data->data, &value, sizeof(value));
	qemu_plugin_write_register(handles[reg], data);
}

bool vcpu_read_virtual(uint64_t address, void *data, size_t len)
{
	GByteArray *bytes = buffer(0);

	if (!qemu_plugin_read_memory_vaddr(address, bytes, len) || bytes->len != len)
		return false;
	memcpy(data, bytes->data, len);
	return true;
}

size_t vcpu_read_code(uint64_t pc, uint8_t code[static X86_MAX_INSN_LEN])
{
	size_t len = X86_MAX_INSN_LEN, rest = SEAM_PAGE_SIZE - (pc & SEAM_PAGE_OFFSET);

	if (vcpu_read_virtual(pc, code, len))
		return len;
	return rest < len && vcpu_read_virtual(pc, code, rest) ? rest : 0;
}

bool vcpu_write_virtual(uint64_t address, const void *data, size_t len)
{
	GByteArray *bytes = buffer(len);

	memcpy(bytes->data, data, len);
	return qemu_plugin_write_memory_vaddr(address, bytes);
}

bool vcpu_privileged(void)
{
	return (vcpu_read(VCPU_CR0) & CR0_PE) && !(vcpu_read(VCPU_CS) & SELECTOR_RPL);
}

bool vcpu_long_mode(void)
{
	return vcpu_read(VCPU_EFER) & EFER_LMA;
}

static bool read_physical(void *ctx, uint64_t pa, void *buf, size_t len)
{
	uint8_t *to = buf;
	size_t chunk;

	while (len) {
		GByteArray *bytes = buffer(0);

		chunk = MIN(len, SEAM_PAGE_SIZE - (pa & (SEAM_PAGE_SIZE - 1)));
		if (qemu_plugin_read_memory_hwaddr(pa, bytes, chunk) !=
		    QEMU_PLUGIN_HWADDR_OPERATION_OK)
			return false;
		memcpy(to, bytes->data, chunk);
		pa += chunk;
		to += chunk;
		len -= chunk;
	}
	return true;
}

static bool write_physical(void *ctx, uint64_t pa, const void *buf, size_t len)
{
	const uint8_t *from = buf;
	size_t chunk;

	while (len) {
		GByteArray *bytes;

		chunk = MIN(len, SEAM_PAGE_SIZE - (pa & (SEAM_PAGE_SIZE - 1)));
		bytes = buffer(chunk);
		memcpy(bytes->data, from, chunk);
		if (qemu_plugin_write_memory_hwaddr(pa, bytes) != QEMU_PLUGIN_HWADDR_OPERATION_OK)
			return false;
		pa += chunk;
		from += chunk;
		len -= chunk;
	}
	return true;
}

const struct seam_memory *vcpu_physical_memory(void)
{
	static const struct seam_memory memory = {
		.read = read_physical,
		.write = write_physical,
	};

	return &memory;
}
