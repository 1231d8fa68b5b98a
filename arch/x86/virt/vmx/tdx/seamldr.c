// SPDX-License-Identifier: GPL-2.0
/*
 * Update of the TDX module
 *
 * All CPUs are stopped and take the steps of the update at the same time.
 */

#define pr_fmt(fmt)	"virt/seamldr: " fmt

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/cpuhplock.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/nmi.h>
#include <linux/printk.h>
#include <linux/processor.h>
#include <linux/rcupdate.h>
#include <linux/sched/clock.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/stop_machine.h>
#include <linux/types.h>
#include <linux/vmalloc.h>

#include <asm/barrier.h>
#include <asm/page.h>
#include <asm/seamldr.h>
#include <asm/tdx.h>

#include "seamldr_call.h"
#include "seamldr_check.h"
#include "seamldr_image.h"
#include "seamldr_platform.h"
#include "seamldr_preflight.h"
#include "seamldr_update.h"
#include "tdx.h"

#define CREATE_TRACE_POINTS
#include "seamldr_trace.h"

/*
 * CPUs whose call counts in the installation that is open, if one is.  It is
 * open until all CPUs have made their call.  P-SEAMLDR refuses a second one of
 * the same CPU, so each CPU has to know, over a failed update, too.
 */
static struct cpumask install_called;

/* One CPU's part of an installation */
static u64 seamldr_install(const struct seamldr_params *params, u64 *rdx)
{
	unsigned int cpu = smp_processor_id();
	u64 status;

	*rdx = 0;
	if (cpumask_test_cpu(cpu, &install_called))
		return SEAMLDR_SUCCESS;

	status = seamldr_call_install(params, rdx);
	if (!status)
		cpumask_set_cpu(cpu, &install_called);

	return status;
}

/**
 * struct update - one update of the TDX module, as all CPUs share it
 * @state: what every CPU has to do now
 * @generation: counts the states, so that one can be made twice in a row
 * @attempt: how often @state was made in a row
 * @thread_ack: CPUs that have not yet done what @state says
 * @num_cpus: CPUs that take part
 * @primary: the CPU that does what is to be done once
 * @params: what P-SEAMLDR is to install
 * @handoff_hv: version of the handoff data
 * @first: the step to take first, later than SHUTDOWN to resume an earlier update
 * @stopped_ns: how long the primary was here, in nanoseconds
 * @lock: protects @failure while CPUs report
 * @failure: the first failure, or a later one that leaves less
 *
 * Every CPU performs the step and acknowledges with its result.  The last one
 * to acknowledge picks the next state.  Nobody leaves in the middle of a state:
 * P-SEAMLDR ends an installation that one CPU has begun only when all of them
 * have called it, and until then there is no TDX module.
 */
struct update {
	enum update_state	state;
	unsigned int		generation;
	unsigned int		attempt;
	atomic_t		thread_ack;
	unsigned int		num_cpus;
	unsigned int		primary;
	struct seamldr_params	*params;
	u16			handoff_hv;
	enum update_state	first;
	u64			stopped_ns;
	raw_spinlock_t		lock;
	struct update_failure	failure;
};

static void update_set_state(struct update *update, enum update_state state)
{
	/* The counter first: a CPU that sees the new state counts down from it. */
	atomic_set(&update->thread_ack, update->num_cpus);
	update->state = state;

	/* Pairs with smp_load_acquire() in update_cpu(). */
	smp_store_release(&update->generation, update->generation + 1);
}

/* One CPU's part of a state.  Runs with interrupts disabled, prints nothing. */
static u64 update_step(struct update *update, u64 *rdx)
{
	bool primary = smp_processor_id() == update->primary;

	*rdx = 0;

	switch (update->state) {
	case UPDATE_SHUTDOWN:
		return primary ? tdx_module_shutdown(update->handoff_hv) :
				 TDX_SUCCESS;
	case UPDATE_CPU_INSTALL:
		return seamldr_install(update->params, rdx);
	case UPDATE_CPU_INIT:
		return tdx_module_cpu_init();
	case UPDATE_RUN_UPDATE:
		return primary ? tdx_module_run_update() : TDX_SUCCESS;
	default:
		return TDX_SUCCESS;
	}
}

static void update_record(struct update *update, u64 status, u64 rdx)
{
	const struct update_failure failure = {
		.state	= update->state,
		.cpu	= smp_processor_id(),
		.status	= status,
		.rdx	= rdx,
	};

	if (!status)
		return;

	guard(raw_spinlock)(&update->lock);

	if (!update->failure.status ||
	    update_module_state(&failure, true) >
	    update_module_state(&update->failure, true))
		update->failure = failure;
}

static void update_ack(struct update *update)
{
	unsigned int nr_missing;
	enum update_state next;

	/* Fully ordered: the last CPU sees what all the others recorded. */
	if (!atomic_dec_and_test(&update->thread_ack))
		return;

	/* Whether it is complete after another failure, SEAMLDR.INFO says. */
	nr_missing = update->num_cpus - cpumask_weight(&install_called);
	if (update_install_complete(update->state, &update->failure, nr_missing))
		cpumask_clear(&install_called);

	next = update_next_state(update->state, &update->failure,
				 update->attempt, update->first);
	if (next == update->state) {
		update->attempt++;
		update->failure = (struct update_failure) {};
	} else {
		update->attempt = 1;
	}

	/* By the only CPU that is between two states. */
	if (update->state == UPDATE_CPU_INSTALL && next == UPDATE_CPU_INIT)
		tdx_module_forget_init();

	update_set_state(update, next);
}

/* Follows multi_cpu_stop(), which calls it. */
static int update_cpu(void *data)
{
	struct update *update = data;
	u64 start = local_clock(), status, rdx;
	unsigned int generation = 0;

	while (1) {
		/* Pairs with smp_store_release() in update_set_state(). */
		if (smp_load_acquire(&update->generation) == generation) {
			cpu_relax();
			/*
			 * All other CPUs are here as well, or in a firmware
			 * call.  A lockup shows on the CPU that causes it.
			 */
			touch_nmi_watchdog();
			rcu_momentary_eqs();
			continue;
		}

		generation++;
		if (update->state >= UPDATE_DONE)
			break;

		status = update_step(update, &rdx);
		trace_seamldr_update_step(update->state, status, rdx);
		update_record(update, status, rdx);
		update_ack(update);
	}

	if (smp_processor_id() == update->primary)
		update->stopped_ns = local_clock() - start;

	return 0;
}

/**
 * seamldr_install_module() - replace the running TDX module
 * @data: TDX module image, in page-aligned vmalloc() memory
 * @size: its length in bytes
 * @plan: what seamldr_check_module() decided
 *
 * Stops all CPUs, and lets them update the module together.  TDs do not run
 * meanwhile, and go on under the new module.  If an earlier update has shut the
 * module down and then failed, go on where it can be resumed.
 *
 * Context: Process context, may sleep.  Takes the CPU hotplug lock.  The caller
 *          makes sure that it is not called twice at a time.
 * Return: 0 if the new module runs, -EMSGSIZE or -EINVAL if @data is no image,
 * -ENOMEM, -EBUSY if nothing was changed and it may be another time, -EIO if the
 * update failed.
 */
int seamldr_install_module(const u8 *data, u32 size,
			   const struct seamldr_plan *plan)
{
	struct seamldr_platform platform = {};
	struct seamldr_verdict verdict;
	struct update update = { .attempt = 1 };
	struct tdx_sys_info_version from;
	struct seamldr_image image;
	enum tdx_module_state state;
	bool handoff_valid;
	int ret;

	if (WARN_ON_ONCE(!is_vmalloc_addr(data) || !PAGE_ALIGNED(data)))
		return -EINVAL;

	ret = seamldr_parse(data, size, &image);
	if (ret)
		return ret;

	tdx_module_last_version(&from);

	struct seamldr_params *params __free(kfree) =
		kzalloc(sizeof(*params), GFP_KERNEL);
	if (!params)
		return -ENOMEM;

	seamldr_fill_params(params, &image);
	update.params = params;
	update.handoff_hv = plan->handoff_hv;

	guard(cpus_read_lock)();

	/* What may have changed since the checks, and cannot change from here. */
	ret = seamldr_read_platform(&platform);
	if (ret)
		return ret;

	seamldr_preflight_again(&image, &platform, &verdict);
	ret = seamldr_refuse(&verdict);
	if (ret)
		return ret;

	if (tdx_get_module_state() != plan->state) {
		pr_err("image refused: the state of the TDX module has changed since the checks, upload it again\n");
		return -EBUSY;
	}

	/* The module can be called: no installation is open. */
	if (platform.seam_ready)
		cpumask_clear(&install_called);

	raw_spin_lock_init(&update.lock);
	update.first = update_first_state(plan->state, platform.updates_left);
	update.num_cpus = num_online_cpus();
	update.primary = cpumask_first(cpu_online_mask);
	update_set_state(&update, UPDATE_START);

	stop_machine_cpuslocked(update_cpu, &update, cpu_online_mask);

	if (update.failure.status) {
		handoff_valid = update.failure.status == TDX_SYS_INVALID_HANDOFF &&
				tdx_module_handoff_valid();
		state = update_module_state(&update.failure, handoff_valid);
		tdx_set_module_state(state);
		tdx_module_wake();
		update_report_failure(&update.failure, state);
		return update_errno(&update.failure);
	}

	tdx_module_wake();
	tdx_module_read_metadata();
	update_report_success(&from, update.stopped_ns);

	return 0;
}
EXPORT_SYMBOL_FOR_MODULES(seamldr_install_module, "tdx-host");
