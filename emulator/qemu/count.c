// SPDX-License-Identifier: GPL-2.0-or-later
#include <glib.h>

#include "qemu/count.h"
#include "qemu/machine.h"

static qemu_plugin_u64 counters[OPTIONS_MAX_COUNTS];

void count_init(void)
{
	unsigned int i;

	for (i = 0; i < machine.options.nr_counts; i++)
		counters[i].score = qemu_plugin_scoreboard_new(sizeof(uint64_t));
}

void count_instrument(struct qemu_plugin_insn *insn)
{
	const enum qemu_plugin_op op = QEMU_PLUGIN_INLINE_ADD_U64;
	unsigned int i;
	uint64_t vaddr;

	if (!machine.options.nr_counts)
		return;
	vaddr = qemu_plugin_insn_vaddr(insn);
	for (i = 0; i < machine.options.nr_counts; i++) {
		const struct address_range *range = &machine.options.count[i].range;

		if (vaddr >= range->start && vaddr < range->end)
			qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, op, counters[i],
									    1);
	}
}

void count_report(void)
{
	unsigned int i, cpu;

	for (i = 0; i < machine.options.nr_counts; i++) {
		GString *line = g_string_new(NULL);
		uint64_t total = 0, n;

		for (cpu = 0; cpu < machine.nr_vcpus; cpu++) {
			n = qemu_plugin_u64_get(counters[i], cpu);
			total += n;
			g_string_append_printf(line, " %" G_GUINT64_FORMAT, n);
		}
		seam_trace_event(machine.trace, SEAM_TRACE_NO_LP,
				 "count %s: %" G_GUINT64_FORMAT " instructions, per CPU%s",
				 machine.options.count[i].name, total, line->str);
		g_string_free(line, true);
	}
}
