// SPDX-License-Identifier: GPL-2.0
/*
 * Tear down TDs
 *
 * KVM destroys a TD at any time, also while an update has stopped the TDX
 * module and no SEAMCALL can be made.  All that the module holds for the TD
 * moves to a struct tdx_orphan: its KeyID and its pages.  The orphan is torn
 * down one SEAMCALL after the other, and remembers where it has stopped.  What
 * cannot be done at once is done by a worker when the module is ready again.
 * An orphan has no reference to KVM, which can be unloaded.
 *
 * See the TD teardown sequence in the TDX module base specification.
 */
#define pr_fmt(fmt)	"virt/tdx: " fmt

#include <linux/cleanup.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/misc_cgroup.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/topology.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <asm/tdx.h>
#include "tdx.h"

/**
 * struct tdx_orphan - what the TDX module holds for a TD that KVM lets go of
 * @node: entry in tdx_orphans
 * @next: the next step of the teardown, index of orphan_steps[]
 * @reported: the log has said why the teardown does not go on
 * @td: control pages of the TD
 * @keyid: KeyID, or -1
 * @misc_cg: the cgroup that is charged for @keyid
 * @lock: protects the lists and @nr_pages until the TD is released
 * @vps: TDVPR pages of vCPUs that are still associated with a CPU, which is in
 *	 page->private.  Linked by page->lru.
 * @pages: other pages that belong to the TD.  Linked by page->lru.
 * @removals: private pages whose removal is deferred, by gfn, tagged with their
 *	      enum tdx_page_state
 * @spilled: private pages that @removals had no memory for.  Each is tagged, and
 *	     has the next one in page->private: page->lru is in use.
 * @nr_pages: how many pages there are altogether
 *
 * Allocated along with the TD, because its destruction must not fail.
 */
struct tdx_orphan {
	struct list_head node;
	unsigned int next;
	bool reported;

	struct tdx_td td;
	int keyid;
	struct misc_cg *misc_cg;

	/* Taken in IPIs, too. */
	raw_spinlock_t lock;
	struct list_head vps;
	struct list_head pages;
	struct xarray removals;
	void *spilled;
	unsigned long nr_pages;
};

/* Orphans that wait to be torn down by the worker */
static LIST_HEAD(tdx_orphans);
static DEFINE_SPINLOCK(tdx_orphans_lock);

static void tdx_orphans_work(struct work_struct *work);
static DECLARE_WORK(tdx_orphans_worker, tdx_orphans_work);

/*
 * vCPUs of destroyed TDs that are associated with this CPU.  Incremented by an
 * IPI to the CPU, so it cannot go offline unnoticed.
 */
static DEFINE_PER_CPU(unsigned int, tdx_flushes_owed);

/*
 * Some SEAMCALLs take the key ownership table of the TDX module exclusively, and
 * fail with TDX_OPERAND_BUSY instead of waiting for each other: TDH.MNG.CREATE,
 * TDH.MNG.VPFLUSHDONE, TDH.PHYMEM.CACHE.WB and TDH.MNG.KEY.FREEID.  Taken inside
 * of cpus_read_lock().
 */
DEFINE_MUTEX(tdx_keyid_lock);

static bool status_is(u64 err, u64 status)
{
	return (err & TDX_SEAMCALL_STATUS_MASK) == status;
}

/* The call was not made: no module can be called, or virtualization is off. */
static bool not_ready(u64 err)
{
	return err == TDX_SEAMCALL_NOT_READY || err == TDX_SEAMCALL_UD;
}

/**
 * tdx_orphan_alloc() - prepare for the teardown of a TD
 *
 * Context: Process context, before TDH.MNG.CREATE.
 * Return: the orphan-to-be, or NULL.  It is freed by tdx_orphan_free() if the
 * TD was not created, else by tdx_orphan_release().
 */
struct tdx_orphan *tdx_orphan_alloc(void)
{
	struct tdx_orphan *orphan;

	orphan = kzalloc(sizeof(*orphan), GFP_KERNEL_ACCOUNT);
	if (!orphan)
		return NULL;

	orphan->keyid = -1;
	raw_spin_lock_init(&orphan->lock);
	INIT_LIST_HEAD(&orphan->vps);
	INIT_LIST_HEAD(&orphan->pages);
	xa_init_flags(&orphan->removals, XA_FLAGS_ACCOUNT);

	return orphan;
}
EXPORT_SYMBOL_FOR_MODULES(tdx_orphan_alloc, "kvm-intel");

/**
 * tdx_orphan_free() - free an orphan that has nothing
 * @orphan: from tdx_orphan_alloc(), or NULL
 *
 * Context: Any context.
 */
void tdx_orphan_free(struct tdx_orphan *orphan)
{
	kfree(orphan);
}
EXPORT_SYMBOL_FOR_MODULES(tdx_orphan_free, "kvm-intel");

/**
 * tdx_orphan_owe_flush() - have the vCPU of a TD flushed later
 * @orphan: takes the TDVPR page
 * @vp: a vCPU that is associated with this CPU, but cannot be flushed now
 *
 * Context: The IPI that should have flushed the vCPU, so that the CPU cannot go
 *          offline.
 */
void tdx_orphan_owe_flush(struct tdx_orphan *orphan, struct tdx_vp *vp)
{
	lockdep_assert_irqs_disabled();

	guard(raw_spinlock)(&orphan->lock);

	set_page_private(vp->tdvpr_page, smp_processor_id());
	list_add(&vp->tdvpr_page->lru, &orphan->vps);
	orphan->nr_pages++;
	this_cpu_inc(tdx_flushes_owed);
	vp->tdvpr_page = NULL;
	vp->tdvpr_pa = 0;
}
EXPORT_SYMBOL_FOR_MODULES(tdx_orphan_owe_flush, "kvm-intel");

/**
 * tdx_orphan_add_page() - reclaim a page with the TD
 * @orphan: takes the page
 * @page: belongs to the TD, and nothing else in the kernel refers to it
 *
 * Context: Any context.  Does not allocate memory.
 */
void tdx_orphan_add_page(struct tdx_orphan *orphan, struct page *page)
{
	guard(raw_spinlock_irqsave)(&orphan->lock);

	list_add(&page->lru, &orphan->pages);
	orphan->nr_pages++;
}
EXPORT_SYMBOL_FOR_MODULES(tdx_orphan_add_page, "kvm-intel");

/**
 * tdx_orphan_add_vp() - reclaim the pages of a vCPU with the TD
 * @orphan: takes the pages
 * @td: the TD
 * @vp: the vCPU, created or not
 *
 * Context: Process context.  The vCPU was flushed, or its flush is owed.
 */
void tdx_orphan_add_vp(struct tdx_orphan *orphan, struct tdx_td *td, struct tdx_vp *vp)
{
	int i;

	if (vp->tdvpr_page)
		tdx_orphan_add_page(orphan, vp->tdvpr_page);
	vp->tdvpr_page = NULL;
	vp->tdvpr_pa = 0;

	for (i = 0; vp->tdcx_pages && i < td->tdcx_nr_pages; i++) {
		if (vp->tdcx_pages[i])
			tdx_orphan_add_page(orphan, vp->tdcx_pages[i]);
	}
	kfree(vp->tdcx_pages);
	vp->tdcx_pages = NULL;
}
EXPORT_SYMBOL_FOR_MODULES(tdx_orphan_add_vp, "kvm-intel");

/**
 * tdx_orphan_defer_removal() - note a private page that has to be removed later
 * @orphan: of the TD
 * @removal: the page, and how far its removal got
 *
 * The page belongs to the TD until it is removed or reclaimed, and is not freed
 * before.  If it is noted already, its state is updated.
 *
 * Context: kvm->mmu_lock is held for writing.
 * Return: false if there is no memory to note the page.  It is reclaimed along
 * with the TD then, and the TD cannot run on.
 */
bool tdx_orphan_defer_removal(struct tdx_orphan *orphan, const struct tdx_removal *removal)
{
	void *old, *entry = xa_tag_pointer(removal->page, removal->state);
	bool lost = tdx_get_host_state() == TDX_HOST_LOST;

	/* If the module is lost, the page is only counted. */
	if (lost)
		old = xa_load(&orphan->removals, removal->gfn);
	else
		old = xa_store(&orphan->removals, removal->gfn, entry,
			       GFP_ATOMIC | __GFP_NOWARN);
	if (old && !xa_is_err(old))
		return true;

	get_page(removal->page);

	guard(raw_spinlock_irqsave)(&orphan->lock);

	orphan->nr_pages++;
	if (!old)
		return true;

	set_page_private(removal->page, (unsigned long)orphan->spilled);
	WRITE_ONCE(orphan->spilled, entry);

	return false;
}
EXPORT_SYMBOL_FOR_MODULES(tdx_orphan_defer_removal, "kvm-intel");

/**
 * tdx_orphan_next_removal() - find a deferred removal
 * @orphan: of the TD
 * @removal: where to store it
 *
 * Context: kvm->mmu_lock is held for writing.
 * Return: false if no removal is deferred.
 */
bool tdx_orphan_next_removal(struct tdx_orphan *orphan, struct tdx_removal *removal)
{
	unsigned long gfn = 0;
	void *entry;

	entry = xa_find(&orphan->removals, &gfn, ULONG_MAX, XA_PRESENT);
	if (!entry)
		return false;

	removal->gfn = gfn;
	removal->page = xa_untag_pointer(entry);
	removal->state = xa_pointer_tag(entry);

	return true;
}
EXPORT_SYMBOL_FOR_MODULES(tdx_orphan_next_removal, "kvm-intel");

/**
 * tdx_orphan_has_removals() - is there a deferred removal?
 * @orphan: of the TD
 *
 * Context: Any context.
 * Return: true if so, also for pages that tdx_orphan_defer_removal() failed for.
 */
bool tdx_orphan_has_removals(struct tdx_orphan *orphan)
{
	return !xa_empty(&orphan->removals) || READ_ONCE(orphan->spilled);
}
EXPORT_SYMBOL_FOR_MODULES(tdx_orphan_has_removals, "kvm-intel");

/**
 * tdx_orphan_end_removal() - free a page that was removed
 * @orphan: of the TD
 * @removal: of tdx_orphan_next_removal()
 *
 * Context: kvm->mmu_lock is held for writing.
 */
void tdx_orphan_end_removal(struct tdx_orphan *orphan, const struct tdx_removal *removal)
{
	xa_erase(&orphan->removals, removal->gfn);

	scoped_guard(raw_spinlock_irqsave, &orphan->lock)
		orphan->nr_pages--;

	put_page(removal->page);
}
EXPORT_SYMBOL_FOR_MODULES(tdx_orphan_end_removal, "kvm-intel");

struct flush_vp_arg {
	struct page *tdvpr_page;
	u64 err;
};

static void flush_vp(void *_arg)
{
	struct flush_vp_arg *arg = _arg;
	struct tdx_vp vp = {
		.tdvpr_page = arg->tdvpr_page,
		.tdvpr_pa = page_to_phys(arg->tdvpr_page),
	};

	arg->err = tdh_vp_flush(&vp);
	if (status_is(arg->err, TDX_VCPU_NOT_ASSOCIATED))
		arg->err = TDX_SUCCESS;
	if (!arg->err)
		this_cpu_dec(tdx_flushes_owed);
}

static u64 orphan_flush_vps(struct tdx_orphan *orphan)
{
	struct page *page, *tmp;

	guard(cpus_read_lock)();

	list_for_each_entry_safe(page, tmp, &orphan->vps, lru) {
		/* No CPU with an owed flush goes offline before a reboot. */
		struct flush_vp_arg arg = { .tdvpr_page = page, .err = TDX_SEAMCALL_UD };

		smp_call_function_single(page_private(page), flush_vp, &arg, true);
		if (arg.err)
			return arg.err;

		set_page_private(page, 0);
		list_move(&page->lru, &orphan->pages);
		cond_resched();
	}

	return TDX_SUCCESS;
}

static u64 orphan_flush_done(struct tdx_orphan *orphan)
{
	guard(mutex)(&tdx_keyid_lock);

	return tdh_mng_vpflushdone(&orphan->td);
}

#define TDX_CACHE_WB_RETRIES	10000

/* Writes the first error of all CPUs to @data. */
static void write_back_cache(void *data)
{
	int retries = TDX_CACHE_WB_RETRIES;
	u64 *result = data;
	u64 err;

	/*
	 * The TDX module may be interrupted while it flushes the caches.  It is
	 * called again until it is done, without rescheduling.
	 */
	err = tdh_phymem_cache_wb(false);
	while (status_is(err, TDX_INTERRUPTED_RESUMABLE) && --retries)
		err = tdh_phymem_cache_wb(true);

	/* Done before, by the teardown of this TD or of another one. */
	if (status_is(err, TDX_NO_HKID_READY_TO_WBCACHE))
		return;

	if (err)
		cmpxchg(result, TDX_SUCCESS, err);
}

/* On one CPU of each package, or on all if there is no memory. */
static u64 write_back_caches(void)
{
	bool have_packages, have_targets;
	cpumask_var_t packages, targets;
	u64 err = TDX_SUCCESS;
	int cpu;

	lockdep_assert_cpus_held();

	have_packages = zalloc_cpumask_var(&packages, GFP_KERNEL);
	have_targets = have_packages && zalloc_cpumask_var(&targets, GFP_KERNEL);

	if (have_targets) {
		for_each_online_cpu(cpu) {
			if (!cpumask_test_and_set_cpu(topology_physical_package_id(cpu), packages))
				cpumask_set_cpu(cpu, targets);
		}
		on_each_cpu_mask(targets, write_back_cache, &err, true);
		free_cpumask_var(targets);
	} else {
		on_each_cpu(write_back_cache, &err, true);
	}
	if (have_packages)
		free_cpumask_var(packages);

	return err;
}

static u64 orphan_free_keyid(struct tdx_orphan *orphan)
{
	u64 err;

	guard(cpus_read_lock)();
	guard(mutex)(&tdx_keyid_lock);

	err = write_back_caches();
	if (err)
		return err;

	err = tdh_mng_key_freeid(&orphan->td);
	if (err)
		return err;

	tdx_guest_keyid_free(orphan->keyid);
	orphan->keyid = -1;
	misc_cg_uncharge(MISC_CG_RES_TDX, orphan->misc_cg, 1);
	put_misc_cg(orphan->misc_cg);
	orphan->misc_cg = NULL;

	return TDX_SUCCESS;
}

/* The caches were written back along with the KeyID, except for the TDR. */
static u64 reclaim_page(struct page *page)
{
	u64 pt, owner, size, err;

	err = tdh_phymem_page_reclaim(page, &pt, &owner, &size);
	if (!err)
		tdx_quirk_reset_page(page);

	return err;
}

/* A page that cannot be reclaimed does not keep the others. */
static u64 orphan_reclaim_pages(struct tdx_orphan *orphan)
{
	u64 err, result = TDX_SUCCESS;
	struct page *page, *tmp;

	list_for_each_entry_safe(page, tmp, &orphan->pages, lru) {
		cond_resched();
		err = reclaim_page(page);
		if (not_ready(err))
			return err;
		if (err) {
			result = err;
			continue;
		}

		list_del(&page->lru);
		__free_page(page);
		orphan->nr_pages--;
	}

	return result;
}

/* A page that was removed does not belong to the TD any more. */
static u64 reclaim_private_page(struct tdx_orphan *orphan, void *entry)
{
	struct page *page = xa_untag_pointer(entry);
	u64 err;

	cond_resched();
	if (xa_pointer_tag(entry) == TDX_PAGE_REMOVED) {
		tdx_quirk_reset_page(page);
	} else {
		err = reclaim_page(page);
		if (err)
			return err;
	}

	put_page(page);
	orphan->nr_pages--;

	return TDX_SUCCESS;
}

static u64 orphan_reclaim_private(struct tdx_orphan *orphan)
{
	u64 err, result = TDX_SUCCESS;
	unsigned long gfn;
	void *entry, *next;

	xa_for_each(&orphan->removals, gfn, entry) {
		err = reclaim_private_page(orphan, entry);
		if (not_ready(err))
			return err;
		if (err)
			result = err;
		else
			xa_erase(&orphan->removals, gfn);
	}

	while (orphan->spilled) {
		struct page *page = xa_untag_pointer(orphan->spilled);

		/* The page may be freed. */
		next = (void *)page_private(page);
		err = reclaim_private_page(orphan, orphan->spilled);
		if (err)
			return err;
		orphan->spilled = next;
	}

	return result;
}

static u64 orphan_reclaim_tdcs(struct tdx_orphan *orphan)
{
	struct tdx_td *td = &orphan->td;
	u64 err;
	int i;

	for (i = 0; td->tdcs_pages && i < td->tdcs_nr_pages; i++) {
		if (!td->tdcs_pages[i])
			continue;

		err = reclaim_page(td->tdcs_pages[i]);
		if (err)
			return err;

		__free_page(td->tdcs_pages[i]);
		td->tdcs_pages[i] = NULL;
		orphan->nr_pages--;
	}
	kfree(td->tdcs_pages);
	td->tdcs_pages = NULL;

	return TDX_SUCCESS;
}

static u64 orphan_reclaim_tdr(struct tdx_orphan *orphan)
{
	u64 pt, owner, size;

	return tdh_phymem_page_reclaim(orphan->td.tdr_page, &pt, &owner, &size);
}

/* The TDX module may have accessed the TDR while other pages were reclaimed. */
static u64 orphan_write_back_tdr(struct tdx_orphan *orphan)
{
	u64 err;

	err = tdh_phymem_page_wbinvd_tdr(&orphan->td);
	if (err)
		return err;

	tdx_quirk_reset_page(orphan->td.tdr_page);
	__free_page(orphan->td.tdr_page);
	orphan->td.tdr_page = NULL;
	orphan->nr_pages--;

	return TDX_SUCCESS;
}

/* Each can be repeated if it has failed. */
static const struct {
	u64 (*func)(struct tdx_orphan *orphan);
	const char *name;
} orphan_steps[] = {
	{ orphan_flush_vps,		"TDH.VP.FLUSH" },
	{ orphan_flush_done,		"TDH.MNG.VPFLUSHDONE" },
	{ orphan_free_keyid,		"TDH.PHYMEM.CACHE.WB or TDH.MNG.KEY.FREEID" },
	{ orphan_reclaim_pages,		"TDH.PHYMEM.PAGE.RECLAIM" },
	{ orphan_reclaim_private,	"TDH.PHYMEM.PAGE.RECLAIM of a private page" },
	{ orphan_reclaim_tdcs,		"TDH.PHYMEM.PAGE.RECLAIM of a TDCS page" },
	{ orphan_reclaim_tdr,		"TDH.PHYMEM.PAGE.RECLAIM of the TDR page" },
	{ orphan_write_back_tdr,	"TDH.PHYMEM.PAGE.WBINVD of the TDR page" },
};

static void orphan_report(struct tdx_orphan *orphan, u64 err)
{
	bool lost = tdx_get_host_state() == TDX_HOST_LOST;

	if (orphan->reported || (not_ready(err) && !lost))
		return;

	orphan->reported = true;
	if (!lost)
		pr_warn("%s failed with 0x%llx for a destroyed TD: %lu pages%s stay with the TDX module until a retry succeeds.\n",
			orphan_steps[orphan->next].name, err, orphan->nr_pages,
			orphan->keyid < 0 ? "" : " and a KeyID");
	else if (orphan->keyid < 0)
		pr_warn("TDX module lost: %lu pages of a destroyed TD are leaked.\n",
			orphan->nr_pages);
	else
		pr_warn("TDX module lost: %lu pages and KeyID %d of a destroyed TD are leaked.\n",
			orphan->nr_pages, orphan->keyid);

	/* The pages are never touched again. */
	if (lost)
		xa_destroy(&orphan->removals);
}

/* Frees @orphan, or leaves it to the worker. */
static void orphan_tear_down(struct tdx_orphan *orphan)
{
	u64 err = TDX_SUCCESS;

	while (orphan->next < ARRAY_SIZE(orphan_steps)) {
		err = orphan_steps[orphan->next].func(orphan);
		if (err)
			break;
		orphan->next++;
	}

	if (!err) {
		tdx_orphan_free(orphan);
		return;
	}

	guard(spinlock)(&tdx_orphans_lock);

	list_add_tail(&orphan->node, &tdx_orphans);

	/*
	 * tdx_orphans_resume() may have come too early to find it, and then the
	 * state has changed since @err: do and say what belongs to the new one.
	 */
	orphan_report(orphan, err);
	if (err == TDX_SEAMCALL_NOT_READY && tdx_get_host_state() == TDX_HOST_READY)
		queue_work(system_dfl_wq, &tdx_orphans_worker);
}

static void tdx_orphans_work(struct work_struct *work)
{
	struct tdx_orphan *orphan;
	LIST_HEAD(orphans);

	scoped_guard(spinlock, &tdx_orphans_lock)
		list_splice_init(&tdx_orphans, &orphans);

	while (!list_empty(&orphans)) {
		orphan = list_first_entry(&orphans, struct tdx_orphan, node);
		list_del(&orphan->node);
		orphan_tear_down(orphan);
		cond_resched();
	}
}

/**
 * tdx_orphan_release() - tear down a TD
 * @orphan: has all pages of the TD but the control pages in @td; not to be used again
 * @td: the TD, empty afterwards
 * @keyid: its KeyID
 * @misc_cg: the cgroup that is charged for @keyid; takes the reference
 *
 * Reclaims everything that the TDX module holds for the TD.  What cannot be
 * reclaimed now is left to a worker, and if the module is lost, it is leaked.
 *
 * Context: Process context, no vCPU of the TD is left in the kernel.  Takes
 *          cpus_read_lock().
 */
void tdx_orphan_release(struct tdx_orphan *orphan, struct tdx_td *td, int keyid,
			struct misc_cg *misc_cg)
{
	int i;

	orphan->td = *td;
	orphan->keyid = keyid;
	orphan->misc_cg = misc_cg;
	memset(td, 0, sizeof(*td));

	orphan->nr_pages++;
	for (i = 0; orphan->td.tdcs_pages && i < orphan->td.tdcs_nr_pages; i++)
		orphan->nr_pages += !!orphan->td.tdcs_pages[i];

	/* What was left to the worker because of an error may succeed now. */
	tdx_orphans_resume();
	orphan_tear_down(orphan);
}
EXPORT_SYMBOL_FOR_MODULES(tdx_orphan_release, "kvm-intel");

/**
 * tdx_orphans_resume() - go on with the teardown of TDs
 *
 * To be called after the TDX module has left the state TDX_HOST_STOPPED.
 *
 * Context: Process context.  The work is left to a worker.
 */
void tdx_orphans_resume(void)
{
	guard(spinlock)(&tdx_orphans_lock);

	if (!list_empty(&tdx_orphans) && tdx_get_host_state() != TDX_HOST_STOPPED)
		queue_work(system_dfl_wq, &tdx_orphans_worker);
}

/**
 * tdx_orphans_flush() - wait until the worker has nothing to do
 *
 * What it could not do stays for the next tdx_orphans_resume().
 *
 * Context: Process context, may sleep.  No update can begin or end.
 */
void tdx_orphans_flush(void)
{
	flush_work(&tdx_orphans_worker);
}

/**
 * tdx_orphans_need_cpu() - is a vCPU of a destroyed TD associated with a CPU?
 * @cpu: the CPU
 *
 * TDH.VP.FLUSH is possible only on that CPU.
 *
 * Context: Hotplug of the CPU.
 * Return: true if the CPU has to stay online until the worker has flushed it.
 */
bool tdx_orphans_need_cpu(unsigned int cpu)
{
	return tdx_get_host_state() != TDX_HOST_LOST && per_cpu(tdx_flushes_owed, cpu);
}
