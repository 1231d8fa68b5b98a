/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM seamldr

#if !defined(_TRACE_SEAMLDR_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_SEAMLDR_H

#include <linux/tracepoint.h>

#include "seamldr_update.h"

TRACE_DEFINE_ENUM(MODULE_UPDATE_START);
TRACE_DEFINE_ENUM(MODULE_UPDATE_SHUTDOWN);
TRACE_DEFINE_ENUM(MODULE_UPDATE_CPU_INSTALL);
TRACE_DEFINE_ENUM(MODULE_UPDATE_CPU_INIT);
TRACE_DEFINE_ENUM(MODULE_UPDATE_RUN_UPDATE);

/* An image was checked against the platform, before anything is changed */
TRACE_EVENT(seamldr_preflight,
	TP_PROTO(const char *refusal, const char *prevents, u64 ns),
	TP_ARGS(refusal, prevents, ns),
	TP_STRUCT__entry(
		__string(refusal, refusal)
		__string(prevents, prevents)
		__field(u64, ns)
	),
	TP_fast_assign(
		__assign_str(refusal);
		__assign_str(prevents);
		__entry->ns = ns;
	),
	TP_printk("refusal=%s prevents=\"%s\" ns=%llu", __get_str(refusal),
		  __get_str(prevents), __entry->ns)
);

/* One CPU has done its part of one step of an update, with or without a SEAMCALL */
TRACE_EVENT(seamldr_update_step,
	TP_PROTO(int state, bool called, u64 status, u64 rdx),
	TP_ARGS(state, called, status, rdx),
	TP_STRUCT__entry(
		__field(int, state)
		__field(bool, called)
		__field(u64, status)
		__field(u64, rdx)
	),
	TP_fast_assign(
		__entry->state = state;
		__entry->called = called;
		__entry->status = status;
		__entry->rdx = rdx;
	),
	TP_printk("step=%s called=%d status=0x%llx rdx=%llu",
		  __print_symbolic(__entry->state,
				   { MODULE_UPDATE_START, "START" },
				   { MODULE_UPDATE_SHUTDOWN, "SHUTDOWN" },
				   { MODULE_UPDATE_CPU_INSTALL, "CPU_INSTALL" },
				   { MODULE_UPDATE_CPU_INIT, "CPU_INIT" },
				   { MODULE_UPDATE_RUN_UPDATE, "RUN_UPDATE" }),
		  __entry->called, __entry->status, __entry->rdx)
);

#endif /* _TRACE_SEAMLDR_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE seamldr_trace
#include <trace/define_trace.h>
