// SPDX-License-Identifier: GPL-2.0
/*
 * P-SEAMLDR calls, and the update of the TDX module
 *
 * P-SEAMLDR is the firmware that installs the TDX module and replaces it at
 * run time.  It is called with SEAMCALL, like the TDX module, and is told
 * from it by bit 63 of the leaf number.
 */

#define pr_fmt(fmt)	"virt/seamldr: " fmt

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/cpuhplock.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/nmi.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/processor.h>
#include <linux/rcupdate.h>
#include <linux/sched/clock.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/stop_machine.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include <asm/msr.h>
#include <asm/page.h>
#include <asm/seamldr.h>
#include <asm/tdx.h>
#include <asm/vmx.h>

#include "seamldr_image.h"
#include "seamldr_update.h"
#include "tdx.h"

/* P-SEAMLDR leaf functions (chapter "SEAMLDR API") */
#define SEAMLDR_LEAF(n)		(BIT_ULL(63) | (n))
#define SEAMLDR_INFO		SEAMLDR_LEAF(0)
#define SEAMLDR_INSTALL		SEAMLDR_LEAF(1)

/*
 * P-SEAMLDR admits one CPU at a time on the whole platform and fails the call
 * of a second one, without a word of its own, in hardware.
 */
static DEFINE_RAW_SPINLOCK(seamldr_lock);

/*
 * Outputs in @args are valid only if P-SEAMLDR ran, that is unless the status
 * is one of the software-defined codes.
 */
static u64 seamldr_call(u64 fn, struct tdx_module_args *args)
{
	guard(raw_spinlock)(&seamldr_lock);

	return seamcall_ret(fn, args);
}

static int seamldr_errno(const char *leaf, u64 status)
{
	if (!status)
		return 0;

	pr_err_ratelimited("%s failed: 0x%016llx (%s)\n", leaf, status,
			   seamldr_status_name(status));

	return status == TDX_SEAMCALL_VMFAILINVALID ? -ENODEV : -EIO;
}

/**
 * seamldr_get_info() - ask P-SEAMLDR about itself and the module it loaded
 * @info: where to store the answer
 *
 * SEAMLDR.INFO is legal at any time, whatever the state of the TDX module.
 *
 * Context: Process context, may sleep.  Takes the CPU hotplug lock, because a
 *          CPU that goes offline leaves VMX operation while tasks still run.
 * Return: 0, -ENOMEM, -ENODEV if there is no P-SEAMLDR, -EIO if it failed.
 */
int seamldr_get_info(struct seamldr_info *info)
{
	struct tdx_module_args args = {};
	int ret;

	/* kmalloc() aligns a power of two to itself, as P-SEAMLDR wants it. */
	struct seamldr_info *buf __free(kfree) = kzalloc(sizeof(*buf), GFP_KERNEL);

	if (!buf)
		return -ENOMEM;

	guard(cpus_read_lock)();

	args.rcx = __pa(buf);
	ret = seamldr_errno("SEAMLDR.INFO", seamldr_call(SEAMLDR_INFO, &args));
	if (!ret)
		memcpy(info, buf, sizeof(*info));

	return ret;
}
EXPORT_SYMBOL_FOR_MODULES(seamldr_get_info, "tdx-host");

/**
 * seamldr_supports_update() - can the TDX module be updated on this platform?
 *
 * Some CPUs have an erratum: the return from P-SEAMLDR clears the current-VMCS
 * pointer, behind the back of a hypervisor that has one loaded.  P-SEAMLDR is
 * not called on these at all.
 *
 * Context: Any context.
 * Return: true if P-SEAMLDR may be called and the TDX module can hand over its
 * state to another one.
 */
bool seamldr_supports_update(void)
{
	u64 basic;

	if (rdmsrq_safe(MSR_IA32_VMX_BASIC, &basic))
		return false;

	if (!(basic & VMX_BASIC_SEAMRET_KEEPS_VMCS))
		return false;

	return tdx_module_supports_update();
}
EXPORT_SYMBOL_FOR_MODULES(seamldr_supports_update, "tdx-host");

static phys_addr_t vmalloc_to_phys(const void *addr)
{
	return PFN_PHYS(vmalloc_to_pfn(addr));
}

static void fill_params(struct seamldr_params *params,
			const struct seamldr_image *image)
{
	u32 i;

	BUILD_BUG_ON(ARRAY_SIZE(params->module_pa) != SEAMLDR_MAX_MODULE_PAGES);
	BUILD_BUG_ON(SEAMLDR_PAGE_SIZE != PAGE_SIZE);

	params->scenario = SEAMLDR_SCENARIO_UPDATE;
	params->sigstruct_pa = vmalloc_to_phys(image->sigstruct);
	params->num_module_pages = image->nr_module_pages;
	for (i = 0; i < image->nr_module_pages; i++)
		params->module_pa[i] = vmalloc_to_phys(image->module +
						       i * SEAMLDR_PAGE_SIZE);
}

/*
 * All CPUs have to make this call.  P-SEAMLDR only counts the first ones.  The
 * last one has its parameters looked at, the module installed, and the result:
 * on failure, RDX says whether the old image is still there.
 */
static u64 seamldr_install(const struct seamldr_params *params, u64 *rdx)
{
	struct tdx_module_args args = {
		.rcx = __pa(params),
		/* Stays if P-SEAMLDR does not run. */
		.rdx = 1,
	};
	u64 status;

	status = seamldr_call(SEAMLDR_INSTALL, &args);
	*rdx = args.rdx;

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
		return primary ? tdx_module_shutdown() : TDX_SUCCESS;
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
	enum update_state next;

	/* Fully ordered: the last CPU sees what all the others recorded. */
	if (!atomic_dec_and_test(&update->thread_ack))
		return;

	next = update_next_state(update->state, &update->failure,
				 update->attempt);
	if (next == update->state) {
		update->attempt++;
		update->failure = (struct update_failure) {};
	} else {
		update->attempt = 1;
	}

	/* By the only CPU that is between two states. */
	if (next == UPDATE_CPU_INIT)
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
		update_record(update, status, rdx);
		update_ack(update);
	}

	if (smp_processor_id() == update->primary)
		update->stopped_ns = local_clock() - start;

	return 0;
}

static int seamldr_parse(const u8 *data, u32 size, struct seamldr_image *image)
{
	const struct seamldr_refusal *refusal;

	refusal = seamldr_image_parse(data, size, image);
	if (!refusal)
		return 0;

	pr_err("image refused: %s %s\n", refusal->check, refusal->reason);

	return refusal->err;
}

/**
 * seamldr_check_module() - can the TDX module be replaced by this one?
 * @data: TDX module image
 * @size: its length in bytes
 *
 * Changes nothing.  Says in the log why not.
 *
 * Context: Process context, may sleep.
 * Return: 0 if nothing speaks against it, -EMSGSIZE for a wrong length,
 * -EINVAL for bad content, -EIO if there is no module to take over from.
 */
int seamldr_check_module(const u8 *data, u32 size)
{
	struct seamldr_image image;

	switch (tdx_get_module_state()) {
	case TDX_MODULE_READY:
		break;
	case TDX_MODULE_STOPPED:
		pr_err("image refused: the TDX module is stopped by an update that failed, reboot\n");
		return -EIO;
	case TDX_MODULE_LOST:
		pr_err("image refused: the TDX module is lost, reboot\n");
		return -EIO;
	}

	return seamldr_parse(data, size, &image);
}
EXPORT_SYMBOL_FOR_MODULES(seamldr_check_module, "tdx-host");

/**
 * seamldr_install_module() - replace the running TDX module
 * @data: TDX module image, in page-aligned vmalloc() memory
 * @size: its length in bytes
 *
 * Stops all CPUs, and lets them update the module together.  TDs do not run
 * meanwhile, and go on under the new module.
 *
 * Context: Process context, may sleep.  Takes the CPU hotplug lock.  The caller
 *          makes sure that it is not called twice at a time.
 * Return: 0 if the new module runs, -EMSGSIZE or -EINVAL if @data is no image,
 * -ENOMEM, -EIO if the update failed.
 */
int seamldr_install_module(const u8 *data, u32 size)
{
	struct update update = {
		.attempt = 1,
		.lock	 = __RAW_SPIN_LOCK_UNLOCKED(update.lock),
	};
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

	ret = tdx_get_module_version(&from);
	if (ret)
		return ret;

	struct seamldr_params *params __free(kfree) =
		kzalloc(sizeof(*params), GFP_KERNEL);
	if (!params)
		return -ENOMEM;

	fill_params(params, &image);
	update.params = params;

	guard(cpus_read_lock)();

	update.num_cpus = num_online_cpus();
	update.primary = cpumask_first(cpu_online_mask);
	update_set_state(&update, UPDATE_START);

	stop_machine_cpuslocked(update_cpu, &update, cpu_online_mask);

	if (update.failure.status) {
		handoff_valid = update.failure.status == TDX_SYS_INVALID_HANDOFF &&
				tdx_module_handoff_valid();
		state = update_module_state(&update.failure, handoff_valid);
		tdx_set_module_state(state);
		update_report_failure(&update.failure, state);
		return -EIO;
	}

	tdx_module_read_metadata();
	update_report_success(&from, update.stopped_ns);

	return 0;
}
EXPORT_SYMBOL_FOR_MODULES(seamldr_install_module, "tdx-host");
