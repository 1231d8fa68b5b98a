// SPDX-License-Identifier: GPL-2.0
/*
 * P-SEAMLDR, the firmware that installs the TDX module, and the update of the
 * TDX module at run time
 *
 * P-SEAMLDR is called with SEAMCALL, like the TDX module, and distinguished
 * from it by bit 63 of the leaf number.  For an update all CPUs are stopped and
 * take its steps at the same time.
 */

#define pr_fmt(fmt)	"virt/seamldr: " fmt

#include <linux/array_size.h>
#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
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
#include <linux/time64.h>
#include <linux/types.h>
#include <linux/vmalloc.h>

#include <asm/barrier.h>
#include <asm/cpufeature.h>
#include <asm/cpuid/api.h>
#include <asm/msr.h>
#include <asm/page.h>
#include <asm/seamldr.h>
#include <asm/tdx.h>
#include <asm/tsc.h>

#include "seamldr.h"
#include "seamldr_image.h"
#include "seamldr_preflight.h"
#include "seamldr_update.h"
#include "tdx.h"

#define CREATE_TRACE_POINTS
#include "seamldr_trace.h"

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
	/* KVM would lose its VMCS.  There is no interface that gets here then. */
	if (WARN_ON_ONCE(boot_cpu_has_bug(X86_BUG_SEAMRET_INVD_VMCS)))
		return TDX_SEAMCALL_VMFAILINVALID;

	guard(raw_spinlock)(&seamldr_lock);

	return seamcall_ret(fn, args);
}

static int seamldr_errno(u64 status)
{
	return status == TDX_SEAMCALL_VMFAILINVALID ? -ENODEV : -EIO;
}

/*
 * Call @fn with a buffer of @size bytes, and copy to @out what it stored.  The
 * hotplug lock: a CPU that goes offline leaves VMX operation while tasks still
 * run on it.
 */
static int seamldr_query(u64 fn, void *out, size_t size, u64 *status)
{
	struct tdx_module_args args = {};

	lockdep_assert_cpus_held();

	/* kmalloc() aligns a power of two to itself, as P-SEAMLDR wants it. */
	void *buf __free(kfree) = kzalloc(size, GFP_KERNEL);

	if (!buf)
		return -ENOMEM;

	args.rcx = __pa(buf);
	*status = seamldr_call(fn, &args);
	if (!*status)
		memcpy(out, buf, size);

	return 0;
}

/**
 * seamldr_get_info() - ask P-SEAMLDR about itself and the module it loaded
 * @info: where to store the answer
 *
 * SEAMLDR.INFO is legal at any time, whatever the state of the TDX module.
 *
 * Context: Process context, may sleep.  Takes the CPU hotplug lock.
 * Return: 0, -ENOMEM, -ENODEV if there is no P-SEAMLDR, -EIO if it failed.
 */
int seamldr_get_info(struct seamldr_info *info)
{
	u64 status;
	int ret;

	guard(cpus_read_lock)();

	ret = seamldr_query(SEAMLDR_INFO, info, sizeof(*info), &status);
	if (ret || !status)
		return ret;

	pr_err_ratelimited("SEAMLDR.INFO failed: 0x%016llx (%s)\n", status,
			   seamldr_status_name(status));

	return seamldr_errno(status);
}
EXPORT_SYMBOL_FOR_MODULES(seamldr_get_info, "tdx-host");

/**
 * seamldr_get_seaminfo() - ask P-SEAMLDR about the platform
 * @seaminfo: where to store the answer, %SEAMLDR_SEAMINFO_SIZE bytes
 *
 * Context: Process context, may sleep.  Takes the CPU hotplug lock.
 * Return: 0, -ENOMEM, -ENODEV if there is no P-SEAMLDR, -EIO if it failed.
 */
int seamldr_get_seaminfo(void *seaminfo)
{
	struct seamldr_seaminfo *info = seaminfo;
	u64 status;
	int ret;

	BUILD_BUG_ON(sizeof(*info) != SEAMLDR_SEAMINFO_SIZE);

	guard(cpus_read_lock)();

	ret = seamldr_query(SEAMLDR_SEAMINFO, info, sizeof(*info), &status);
	if (ret)
		return ret;
	if (status)
		return seamldr_errno(status);

	/* Do not show where P-SEAMLDR is. */
	info->range_base = 0;
	info->range_size = 0;

	return 0;
}
EXPORT_SYMBOL_FOR_MODULES(seamldr_get_seaminfo, "tdx-host");

/**
 * seamldr_supports_update() - can the TDX module be updated on this platform?
 *
 * Context: Any context.
 * Return: true if P-SEAMLDR may be called and the TDX module can hand over its
 * state to another one.
 */
bool seamldr_supports_update(void)
{
	return !boot_cpu_has_bug(X86_BUG_SEAMRET_INVD_VMCS) &&
	       tdx_module_supports_update();
}
EXPORT_SYMBOL_FOR_MODULES(seamldr_supports_update, "tdx-host");

static phys_addr_t vmalloc_to_phys(const void *addr)
{
	return PFN_PHYS(vmalloc_to_pfn(addr));
}

/* Tell P-SEAMLDR what to install. */
static void seamldr_fill_params(struct seamldr_params *params,
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

/* Not on every CPU (chapter "SEAM_SIGSTRUCT", debug-signed modules) */
#define MSR_SGX_DEBUG_MODE		0x503
#define SGX_DEBUG_MODE_UNLOCKED		BIT_ULL(1)

static void read_debug_mode(struct seamldr_platform *platform)
{
	u64 mode;

	platform->debug_known = !rdmsrq_safe(MSR_SGX_DEBUG_MODE, &mode);
	if (platform->debug_known)
		platform->debug_unlocked = mode & SGX_DEBUG_MODE_UNLOCKED;
}

/* A newer P-SEAMLDR may have another structure. */
static bool seaminfo_makes_sense(const struct seamldr_seaminfo *seaminfo)
{
	BUILD_BUG_ON(ARRAY_SIZE(seaminfo->socket_cpuid) != SEAMLDR_MAX_SOCKETS);

	return !seaminfo->version &&
	       seaminfo->tot_num_lps && seaminfo->tot_num_lps <= SEAMLDR_MAX_LPS &&
	       seaminfo->tot_num_sockets &&
	       seaminfo->tot_num_sockets <= SEAMLDR_MAX_SOCKETS;
}

static int refuse_for_memory(struct seamldr_refusal *refusal)
{
	return seamldr_set_refusal(refusal, "memory", -ENOMEM,
				   "there is no memory for the checks");
}

static int refuse_for_call(struct seamldr_refusal *refusal, const char *check,
			   const char *leaf, u64 status)
{
	return seamldr_set_refusal(refusal, check, seamldr_errno(status),
				   "%s failed with 0x%016llx (%s)", leaf, status,
				   seamldr_status_name(status));
}

/*
 * The CPUs of the platform, by SEAMLDR.SEAMINFO, which is legal at any time, too.
 * Without it these are the CPUs that the kernel found: to initialize the TDX
 * module took all of them.  And sockets have equal CPUs.
 */
static int read_cpus(struct seamldr_platform *platform,
		     struct seamldr_refusal *refusal)
{
	struct seamldr_seaminfo *seaminfo __free(kfree) =
		kzalloc(sizeof(*seaminfo), GFP_KERNEL);
	u64 status;

	if (!seaminfo ||
	    seamldr_query(SEAMLDR_SEAMINFO, seaminfo, sizeof(*seaminfo), &status))
		return refuse_for_memory(refusal);

	/* EBADPARAM: no such leaf */
	if (status && status != SEAMLDR_EBADPARAM)
		return refuse_for_call(refusal, "seaminfo", "SEAMLDR.SEAMINFO",
				       status);

	platform->nr_online = num_online_cpus();
	if (!status && seaminfo_makes_sense(seaminfo)) {
		platform->nr_lps = seaminfo->tot_num_lps;
		platform->nr_sockets = seaminfo->tot_num_sockets;
		memcpy(platform->socket_cpuid, seaminfo->socket_cpuid,
		       sizeof(platform->socket_cpuid));
	} else {
		platform->nr_lps = num_present_cpus();
		platform->nr_sockets = 1;
		platform->socket_cpuid[0] = cpuid_eax(1);
	}

	return 0;
}

/* Read what an image is checked against. */
static int seamldr_read_platform(struct seamldr_platform *platform,
				 struct seamldr_refusal *refusal)
{
	struct seamldr_info info;
	u64 status;

	BUILD_BUG_ON(sizeof(platform->mrseam) != sizeof(info.seam_extend.mrseam));

	if (seamldr_query(SEAMLDR_INFO, &info, sizeof(info), &status))
		return refuse_for_memory(refusal);

	if (status)
		return refuse_for_call(refusal, "seamldr-info", "SEAMLDR.INFO",
				       status);

	/* With another structure nothing is known of what an update needs. */
	if (info.version)
		return seamldr_set_refusal(refusal, "seamldr-info", -EIO,
					   "SEAMLDR.INFO has structure version %u, expected 0",
					   info.version);

	platform->seamldr_major = info.major_version;
	platform->updates_left = info.num_remaining_updates;
	platform->svn_major = info.seam_extend.svn_major;
	platform->svn_minor = info.seam_extend.svn_minor;
	memcpy(platform->mrseam, info.seam_extend.mrseam, sizeof(platform->mrseam));
	platform->seam_ready = info.seam_extend.seam_ready;

	tdx_module_describe(platform);
	read_debug_mode(platform);

	return read_cpus(platform, refusal);
}

/* Say why an image is not installed: in the log, and to the caller. */
static int report_refusal(const struct seamldr_refusal *refusal,
			  struct seamldr_result *result)
{
	result->reason = refusal->check;
	strscpy(result->detail, refusal->sentence);
	pr_err("image refused (%s): %s%s. TDX module unchanged.\n",
	       refusal->check, refusal->sentence,
	       seamldr_is_skippable(refusal->check) ?
	       ", which skip_checks can allow" : "");

	return refusal->err;
}

/* Say which checks have not decided. */
static void report_checks(const struct seamldr_verdict *verdict)
{
	char names[SEAMLDR_SENTENCE_LEN];

	if (verdict->unchecked) {
		seamldr_print_checks(verdict->unchecked, names, sizeof(names));
		pr_info("not checked (%s): the platform does not report it\n", names);
	}

	if (verdict->skipped) {
		seamldr_print_checks(verdict->skipped, names, sizeof(names));
		pr_warn("checks skipped (%s): the image fails them, and skip_checks names them\n",
			names);
	}
}

/* 0 if the kernel does not know how fast the TSC is */
static u64 cycles_to_us(u64 cycles)
{
	return tsc_khz ? cycles * USEC_PER_MSEC / tsc_khz : 0;
}

/* Say that the new module runs. */
static void report_success(struct seamldr_result *result, u64 stopped, u64 firmware)
{
	const struct tdx_sys_info_version *from = &result->from, *to = &result->to;

	if (tdx_get_module_version(&result->to))
		pr_warn("the new TDX module does not report its version\n");

	scnprintf(result->detail, sizeof(result->detail),
		  "TDX module updated: %u.%u.%02u -> %u.%u.%02u, CPUs were stopped for %llu us, %llu us of it in the firmware",
		  from->major_version, from->minor_version, from->update_version,
		  to->major_version, to->minor_version, to->update_version,
		  cycles_to_us(stopped), cycles_to_us(firmware));
	pr_info("%s\n", result->detail);
}

/* Say what failed, and what is left. */
static void report_failure(const struct seamldr_failure *failure,
			   enum tdx_host_state state, struct seamldr_result *result)
{
	result->failed = true;
	result->reason = seamldr_state_name(failure->state);
	seamldr_describe_failure(failure, result->detail, sizeof(result->detail));
	pr_err("%s. %s.\n", result->detail, seamldr_consequence(state));
}

/**
 * seamldr_set_skip() - read a list of checks that are to be skipped
 * @list: their names, separated by commas
 * @skip: where to store them, for seamldr_check_module()
 *
 * Context: Any context.
 * Return: 0, -EINVAL if a check is unknown, or TDs would be lost without it.
 */
int seamldr_set_skip(const char *list, u32 *skip)
{
	return seamldr_parse_skip(list, skip);
}
EXPORT_SYMBOL_FOR_MODULES(seamldr_set_skip, "tdx-host");

/**
 * seamldr_show_skip() - write a list of checks that are to be skipped
 * @skip: the checks
 * @buf: where to write their names, separated by commas
 * @size: room there
 *
 * Context: Any context.
 * Return: number of characters written.
 */
int seamldr_show_skip(u32 skip, char *buf, size_t size)
{
	return seamldr_print_checks(skip, buf, size);
}
EXPORT_SYMBOL_FOR_MODULES(seamldr_show_skip, "tdx-host");

/* Parse the image, and check it against the platform. */
static int check_image(const u8 *data, u32 size, u32 skip, struct seamldr_plan *plan,
		       struct seamldr_verdict *verdict)
{
	struct seamldr_platform platform = {};
	struct seamldr_image image;
	u64 start;
	int ret;

	plan->state = tdx_get_host_state();
	if (plan->state == TDX_HOST_LOST)
		return seamldr_set_refusal(&verdict->refusal, "module-lost", -EIO,
					   "there is no TDX module to take over from until the next boot");

	ret = seamldr_image_parse(data, size, &image, &verdict->refusal);
	if (ret)
		return ret;

	scoped_guard(cpus_read_lock)
		ret = seamldr_read_platform(&platform, &verdict->refusal);
	if (ret)
		return ret;

	platform.skip = skip;
	start = local_clock();
	ret = seamldr_preflight(&image, &platform, verdict);
	trace_seamldr_preflight(ret ? verdict->refusal.check : "none",
				ret ? verdict->prevents : "none",
				local_clock() - start);
	plan->handoff_hv = verdict->handoff_hv;

	return ret;
}

/* Wait for the TDs that are being built, or refuse the image. */
static int block_builds(struct seamldr_refusal *refusal)
{
	struct tdx_builds_left left;

	if (!tdx_builds_block(&left))
		return 0;

	return seamldr_set_refusal(refusal, "td-builds", -EBUSY,
				   "%u TD%s being built, one by process %d (%s)",
				   left.nr, left.nr == 1 ? " is" : "s are",
				   left.pid, left.comm);
}

/**
 * seamldr_check_module() - can the TDX module be replaced by this one?
 * @data: TDX module image
 * @size: its length in bytes
 * @skip: checks that do not refuse it, see seamldr_set_skip()
 * @plan: where to store what is to be done
 * @result: where to store why not
 *
 * Changes nothing, except that after success no TD can be built until the
 * caller calls tdx_builds_allow().  Says in the log why not.
 *
 * Context: Process context, may sleep.  Takes the CPU hotplug lock.  Waits up
 *          to 5 seconds for TDs that are being built.
 * Return: 0 if the image is accepted, -EMSGSIZE for a wrong length, -EINVAL for
 * bad content, -EBUSY if it may be another time, -ENOSPC if there are no updates
 * left, -EOPNOTSUPP if the running module cannot be updated, -EIO or -ENODEV if
 * there is no module to take over from, or P-SEAMLDR fails, -ENOMEM.
 */
int seamldr_check_module(const u8 *data, u32 size, u32 skip,
			 struct seamldr_plan *plan, struct seamldr_result *result)
{
	struct seamldr_verdict verdict = {};
	int ret;

	*result = (struct seamldr_result) {};
	tdx_module_last_version(&result->from);

	ret = check_image(data, size, skip, plan, &verdict);
	report_checks(&verdict);

	/* Last, as it keeps others waiting. */
	if (!ret)
		ret = block_builds(&verdict.refusal);
	if (ret)
		return report_refusal(&verdict.refusal, result);

	strscpy(result->detail, "the image has passed all checks");

	return 0;
}
EXPORT_SYMBOL_FOR_MODULES(seamldr_check_module, "tdx-host");

/* How long a step may take before the lockup detectors may say something */
#define UPDATE_STEP_MAX_NS	(10 * NSEC_PER_SEC)

/*
 * CPUs whose call counts in the session that is open, if one is.  It is open
 * until all CPUs have made their call.  P-SEAMLDR refuses a second one of the
 * same CPU, so each CPU has to know, over a failed update, too.
 */
static struct cpumask install_called;

/**
 * seamldr_needs_cpu() - does an open session wait for a CPU that is offline?
 * @cpu: the CPU
 *
 * Context: CPU hotplug, which keeps updates away.
 * Return: true if the installation can only be completed with @cpu.
 */
bool seamldr_needs_cpu(unsigned int cpu)
{
	return !cpumask_empty(&install_called) &&
	       !cpumask_test_cpu(cpu, &install_called);
}

/* CPUs that have done the current step of the update */
static struct cpumask step_done;

/**
 * struct step_result - one CPU's part of a step
 * @called: it has made a SEAMCALL
 * @status: raw status of that, or 0
 * @rdx: what SEAMLDR.INSTALL returned in RDX
 * @cycles: how long that took, with the time that other CPUs were in the firmware
 *	    first, or 0
 */
struct step_result {
	bool	called;
	u64	status;
	u64	rdx;
	u64	cycles;
};

/**
 * struct update - one update of the TDX module, as all CPUs share it
 * @state: what every CPU has to do now
 * @generation: counts the states, so that one can be made twice in a row
 * @attempt: how often @state was made in a row
 * @thread_ack: CPUs that have not yet done what @state says
 * @num_cpus: CPUs that take part
 * @primary: the CPU that does what is to be done once
 * @params: what P-SEAMLDR is to install
 * @info: buffer for SEAMLDR.INFO, which nothing can be allocated for any more
 * @image_hash: SEAMHASH of the image
 * @was_image: that of the module that was installed last is the same
 * @handoff_hv: version of the handoff data
 * @first: the step to take first, later than SHUTDOWN to resume an earlier update
 * @stopped: time the primary CPU spent stopped, in cycles of the TSC
 * @longest: step_result.cycles of the CPU that has taken the longest for @state
 * @firmware: the same of all states that are done, and SEAMLDR.INFO
 * @hang: a CPU has not returned from its SEAMCALL, and this was said
 * @lock: protects @failure while CPUs report
 * @failure: the first failure, or a later one that leaves less
 * @session: what P-SEAMLDR said after the installation
 *
 * Every CPU performs the step and acknowledges with its result.  The last one
 * to acknowledge picks the next state.  Nobody leaves in the middle of a state:
 * P-SEAMLDR ends a session that one CPU has begun only when all of them have
 * called it, and until then there is no TDX module.
 */
struct update {
	enum module_update_state	state;
	unsigned int			generation;
	unsigned int			attempt;
	atomic_t			thread_ack;
	unsigned int			num_cpus;
	unsigned int			primary;
	struct seamldr_params		*params;
	struct seamldr_info		*info;
	const u8			*image_hash;
	bool				was_image;
	u16				handoff_hv;
	enum module_update_state	first;
	u64				stopped;
	u64				longest;
	u64				firmware;
	atomic_t			hang;
	raw_spinlock_t			lock;
	struct seamldr_failure		failure;
	struct seamldr_session		session;
};

/*
 * Ask P-SEAMLDR what there is now, without allocating or logging anything.
 * A new structure version means that the fields may be elsewhere.
 */
static void ask_session(struct update *update, struct seamldr_session *session)
{
	struct tdx_module_args args = { .rcx = __pa(update->info) };
	const struct seam_extend *seam = &update->info->seam_extend;

	*session = (struct seamldr_session) {};
	if (seamldr_call(SEAMLDR_INFO, &args) || update->info->version)
		return;

	session->known = true;
	session->valid = seam->valid == SEAM_EXTEND_VALID;
	session->seam_ready = seam->seam_ready;
	session->replaced = !update->was_image &&
			    !memcmp(seam->mrseam, update->image_hash,
				    sizeof(seam->mrseam));
}

/*
 * Have P-SEAMLDR install a TDX module.
 *
 * All CPUs have to make this call.  P-SEAMLDR only counts the first ones.  The
 * last one has its parameters looked at, the module installed, and the result:
 * on failure, RDX says whether the old image is still there.
 *
 * See SEAMLDR.INSTALL in the P-SEAMLDR interface specification.
 */
static void step_install(struct update *update, struct step_result *result)
{
	struct tdx_module_args args = { .rcx = __pa(update->params) };
	unsigned int cpu = smp_processor_id();

	if (cpumask_test_cpu(cpu, &install_called))
		return;

	result->called = true;
	result->status = seamldr_call(SEAMLDR_INSTALL, &args);
	if (!result->status)
		cpumask_set_cpu(cpu, &install_called);
	else if (!seamldr_is_software_status(result->status))
		result->rdx = args.rdx;
}

/* One CPU's part of a state.  Runs with interrupts disabled, prints nothing. */
static void update_step(struct update *update, struct step_result *result)
{
	bool primary = smp_processor_id() == update->primary;
	u64 start = rdtsc_ordered();

	*result = (struct step_result) {};

	switch (update->state) {
	case MODULE_UPDATE_SHUTDOWN:
		result->called = primary;
		if (primary)
			result->status = tdx_module_shutdown(update->handoff_hv);
		break;
	case MODULE_UPDATE_CPU_INSTALL:
		step_install(update, result);
		break;
	case MODULE_UPDATE_CPU_INIT:
		result->called = true;
		result->status = tdx_module_cpu_init();
		break;
	case MODULE_UPDATE_RUN_UPDATE:
		result->called = primary;
		if (primary)
			result->status = tdx_module_run_update();
		break;
	default:
		break;
	}

	if (result->called)
		result->cycles = rdtsc_ordered() - start;
}

static void update_record(struct update *update, const struct step_result *result)
{
	const struct seamldr_failure failure = {
		.state	= update->state,
		.cpu	= smp_processor_id(),
		.status	= result->status,
		.rdx	= result->rdx,
	};
	u64 longest = READ_ONCE(update->longest);

	/* All others wait for the CPU that takes the longest. */
	while (result->cycles > longest &&
	       !try_cmpxchg(&update->longest, &longest, result->cycles))
		;

	if (!failure.status)
		return;

	guard(raw_spinlock)(&update->lock);

	if (!update->failure.status ||
	    seamldr_failure_leaves_less(&failure, &update->failure))
		update->failure = failure;
}

static void update_set_state(struct update *update, enum module_update_state state)
{
	/* The counter first: a CPU that sees the new state counts down from it. */
	atomic_set(&update->thread_ack, update->num_cpus);
	cpumask_clear(&step_done);
	update->state = state;

	/* Pairs with smp_load_acquire() in update_wait(). */
	smp_store_release(&update->generation, update->generation + 1);
}

/* All CPUs have made their call, or failed to: is the module installed? */
static void update_end_install(struct update *update)
{
	/* P-SEAMLDR waits for CPUs that are offline, too. */
	unsigned int nr_missing = num_present_cpus() - cpumask_weight(&install_called);
	u64 start = rdtsc_ordered();

	ask_session(update, &update->session);
	update->firmware += rdtsc_ordered() - start;

	if (seamldr_session_over(&update->session, &update->failure, nr_missing)) {
		cpumask_clear(&install_called);
		return;
	}

	/* CPUs have to call that are not here. */
	if (!update->failure.status)
		update->failure = (struct seamldr_failure) {
			.state	= MODULE_UPDATE_CPU_INSTALL,
			.cpu	= smp_processor_id(),
			.status	= SEAMLDR_INCOMPLETE,
		};
}

static void update_ack(struct update *update)
{
	enum module_update_state next;

	cpumask_set_cpu(smp_processor_id(), &step_done);

	/* Fully ordered: the last CPU sees what all the others recorded. */
	if (!atomic_dec_and_test(&update->thread_ack))
		return;

	update->firmware += update->longest;
	update->longest = 0;

	if (update->state == MODULE_UPDATE_CPU_INSTALL)
		update_end_install(update);

	next = seamldr_next_state(update->state, &update->failure,
				  &update->session, update->attempt,
				  update->first);
	if (next == update->state) {
		update->attempt++;
		update->failure = (struct seamldr_failure) {};
	} else {
		update->attempt = 1;
	}

	/* Only the last CPU to acknowledge gets here. */
	if (update->state == MODULE_UPDATE_CPU_INSTALL && next == MODULE_UPDATE_CPU_INIT)
		tdx_module_forget_init();

	update_set_state(update, next);
}

/*
 * A firmware that fails its own sanity check never returns from the SEAMCALL,
 * and that CPU takes no interrupt and no NMI any more.  So say which one it is,
 * once, and leave the rest to the lockup detectors.
 */
static void update_report_hang(struct update *update)
{
	static struct cpumask missing;

	if (atomic_xchg(&update->hang, 1))
		return;

	cpumask_andnot(&missing, cpu_online_mask, &step_done);
	pr_emerg("CPU %*pbl has not returned from %s for 10 s, and all others wait for it\n",
		 cpumask_pr_args(&missing), seamldr_state_name(update->state));
}

/* Wait until the last CPU has done its part of the step, and set the next one. */
static void update_wait(struct update *update, unsigned int generation)
{
	u64 now, start = 0;

	/* Pairs with smp_store_release() in update_set_state(). */
	while (smp_load_acquire(&update->generation) == generation) {
		cpu_relax();
		rcu_momentary_eqs();

		/* Only a CPU that waits needs the time. */
		now = local_clock();
		start = start ?: now;
		if (now - start < UPDATE_STEP_MAX_NS)
			touch_nmi_watchdog();
		else
			update_report_hang(update);
	}
}

/* Modelled on multi_cpu_stop(), and called by it. */
static int update_cpu(void *data)
{
	struct update *update = data;
	unsigned int generation = 0;
	struct step_result result;
	u64 start = rdtsc_ordered();

	while (1) {
		update_wait(update, generation++);
		if (update->state >= MODULE_UPDATE_DONE)
			break;

		update_step(update, &result);
		trace_seamldr_update_step(update->state, result.called,
					  result.status, result.rdx);
		update_record(update, &result);
		update_ack(update);
	}

	if (smp_processor_id() == update->primary)
		update->stopped = rdtsc_ordered() - start;

	return 0;
}

/* What may have changed since the checks, and is stable with the CPUs pinned. */
static int recheck(const struct seamldr_image *image,
		   const struct seamldr_plan *plan,
		   struct seamldr_platform *platform,
		   struct seamldr_verdict *verdict)
{
	int ret;

	ret = seamldr_read_platform(platform, &verdict->refusal);
	if (ret)
		return ret;

	ret = seamldr_preflight_again(image, platform, verdict);
	if (ret)
		return ret;

	if (tdx_get_host_state() != plan->state)
		return seamldr_set_refusal(&verdict->refusal, "state-changed", -EBUSY,
					   "the state of the TDX module has changed since the checks, upload the image again");

	return 0;
}

/* Stop all CPUs, and have them update the module together. */
static void run_update(struct update *update, const struct seamldr_plan *plan,
		       const struct seamldr_platform *platform)
{
	/* The module can be called: no session is open. */
	if (platform->seam_ready)
		cpumask_clear(&install_called);

	raw_spin_lock_init(&update->lock);
	update->attempt = 1;
	update->was_image = !memcmp(platform->mrseam, update->image_hash,
				    sizeof(platform->mrseam));
	update->handoff_hv = plan->handoff_hv;
	update->first = seamldr_first_state(plan->state, platform->updates_left);
	update->num_cpus = num_online_cpus();
	update->primary = cpumask_first(cpu_online_mask);
	update_set_state(update, MODULE_UPDATE_START);

	stop_machine_cpuslocked(update_cpu, update, cpu_online_mask);
}

/* Publish what a failure has left, and report it. */
static int conclude_failure(struct update *update, struct seamldr_result *result)
{
	struct seamldr_evidence evidence = { .failure = update->failure };
	static struct cpumask can_call;
	enum tdx_host_state state;

	if (evidence.failure.state >= MODULE_UPDATE_CPU_INSTALL)
		ask_session(update, &evidence.session);
	cpumask_andnot(&can_call, cpu_present_mask, &install_called);
	evidence.nr_can_call = cpumask_weight(&can_call);
	evidence.handoff_gone = seamldr_handoff_refused(&evidence.failure) &&
				tdx_module_handoff_gone();

	state = seamldr_host_state(&evidence);
	tdx_set_host_state(state);
	tdx_module_wake();
	tdx_orphans_resume();
	if (state == TDX_HOST_STOPPED && evidence.session.known &&
	    !evidence.session.seam_ready)
		pr_err("installation incomplete: P-SEAMLDR waits for a call from CPU %*pbl\n",
		       cpumask_pr_args(&can_call));
	report_failure(&evidence.failure, state, result);

	return seamldr_update_errno(&evidence.failure);
}

/* Publish what a success has brought, and report it. */
static void conclude_success(const struct update *update,
			     struct seamldr_result *result)
{
	tdx_module_wake();
	tdx_module_read_metadata();
	tdx_orphans_resume();
	report_success(result, update->stopped, update->firmware);
}

/**
 * seamldr_install_module() - replace the running TDX module
 * @data: TDX module image, in page-aligned vmalloc() memory
 * @size: its length in bytes
 * @plan: what seamldr_check_module() decided
 * @result: what seamldr_check_module() stored, and where to store the outcome
 *
 * Stops all CPUs, and lets them update the module together.  TDs are paused and
 * continue on the new module.  If an earlier update has shut the module down and
 * then failed, go on where it can be resumed.
 *
 * Context: Process context, may sleep.  Takes the CPU hotplug lock.  The caller
 *          makes sure that it is not called twice at a time.
 * Return: 0 if the new module runs, -EMSGSIZE or -EINVAL if @data is not an image,
 * -ENOMEM, -EBUSY if nothing was changed and it may be another time, -EIO if the
 * update failed.
 */
int seamldr_install_module(const u8 *data, u32 size,
			   const struct seamldr_plan *plan,
			   struct seamldr_result *result)
{
	struct seamldr_params *params __free(kfree) =
		kzalloc(sizeof(*params), GFP_KERNEL);
	struct seamldr_info *info __free(kfree) =
		kzalloc(sizeof(*info), GFP_KERNEL);
	struct update update = { .params = params, .info = info };
	struct seamldr_platform platform = {};
	struct seamldr_verdict verdict = {};
	struct seamldr_image image;

	if (!params || !info) {
		refuse_for_memory(&verdict.refusal);
		return report_refusal(&verdict.refusal, result);
	}

	/* P-SEAMLDR is given addresses of pages. */
	if (WARN_ON_ONCE(!PAGE_ALIGNED(data)))
		return -EINVAL;

	if (seamldr_image_parse(data, size, &image, &verdict.refusal))
		return report_refusal(&verdict.refusal, result);

	seamldr_fill_params(params, &image);
	update.image_hash = image.sigstruct->seamhash;

	guard(cpus_read_lock)();

	if (recheck(&image, plan, &platform, &verdict))
		return report_refusal(&verdict.refusal, result);

	run_update(&update, plan, &platform);

	if (update.failure.status)
		return conclude_failure(&update, result);

	conclude_success(&update, result);

	return 0;
}
EXPORT_SYMBOL_FOR_MODULES(seamldr_install_module, "tdx-host");
