// SPDX-License-Identifier: GPL-2.0
/*
 * P-SEAMLDR calls
 *
 * P-SEAMLDR is the firmware that installs the TDX module and replaces it at
 * run time.  It is called with SEAMCALL, like the TDX module, and is told
 * from it by bit 63 of the leaf number.
 */

#define pr_fmt(fmt)	"virt/seamldr: " fmt

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/cpuhplock.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>

#include <asm/msr.h>
#include <asm/page.h>
#include <asm/seamldr.h>
#include <asm/tdx.h>
#include <asm/vmx.h>

#include "seamldr_call.h"
#include "seamldr_image.h"
#include "tdx.h"

/* P-SEAMLDR leaf functions (chapter "SEAMLDR API") */
#define SEAMLDR_LEAF(n)		(BIT_ULL(63) | (n))
#define SEAMLDR_INFO		SEAMLDR_LEAF(0)
#define SEAMLDR_INSTALL		SEAMLDR_LEAF(1)
#define SEAMLDR_SEAMINFO	SEAMLDR_LEAF(3)

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

/* Call @fn with a buffer of @size bytes, and copy to @out what it stored. */
static int seamldr_query(u64 fn, const char *leaf, void *out, size_t size)
{
	struct tdx_module_args args = {};
	int ret;

	lockdep_assert_cpus_held();

	/* kmalloc() aligns a power of two to itself, as P-SEAMLDR wants it. */
	void *buf __free(kfree) = kzalloc(size, GFP_KERNEL);

	if (!buf)
		return -ENOMEM;

	args.rcx = __pa(buf);
	ret = seamldr_errno(leaf, seamldr_call(fn, &args));
	if (!ret)
		memcpy(out, buf, size);

	return ret;
}

/**
 * seamldr_read_info() - ask P-SEAMLDR about itself and the module it loaded
 * @info: where to store the answer
 *
 * SEAMLDR.INFO is legal at any time, whatever the state of the TDX module.
 *
 * Context: Process context, with the CPU hotplug lock held, because a CPU that
 *          goes offline leaves VMX operation while tasks still run.
 * Return: 0, -ENOMEM, -ENODEV if there is no P-SEAMLDR, -EIO if it failed.
 */
int seamldr_read_info(struct seamldr_info *info)
{
	return seamldr_query(SEAMLDR_INFO, "SEAMLDR.INFO", info, sizeof(*info));
}

/**
 * seamldr_read_seaminfo() - ask P-SEAMLDR about the platform
 * @seaminfo: where to store the answer
 *
 * SEAMLDR.SEAMINFO is legal at any time, too.
 *
 * Context: Process context, with the CPU hotplug lock held.
 * Return: 0, -ENOMEM, -ENODEV if there is no P-SEAMLDR, -EIO if it failed.
 */
int seamldr_read_seaminfo(struct seamldr_seaminfo *seaminfo)
{
	return seamldr_query(SEAMLDR_SEAMINFO, "SEAMLDR.SEAMINFO", seaminfo,
			     sizeof(*seaminfo));
}

/**
 * seamldr_get_info() - seamldr_read_info() for those who hold no lock
 * @info: where to store the answer
 *
 * Context: Process context, may sleep.  Takes the CPU hotplug lock.
 * Return: as seamldr_read_info().
 */
int seamldr_get_info(struct seamldr_info *info)
{
	guard(cpus_read_lock)();

	return seamldr_read_info(info);
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

/**
 * seamldr_fill_params() - tell P-SEAMLDR what to install
 * @params: where to store it, zeroed
 * @image: the module, in vmalloc() memory
 *
 * Context: Any context.
 */
void seamldr_fill_params(struct seamldr_params *params,
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

/**
 * seamldr_call_install() - have P-SEAMLDR install a TDX module
 * @params: what it is to install, page aligned
 * @rdx: where to store if the old module is gone, when this fails
 *
 * All CPUs have to make this call.  P-SEAMLDR only counts the first ones.  The
 * last one has its parameters looked at, the module installed, and the result:
 * on failure, RDX says whether the old image is still there.
 *
 * See SEAMLDR.INSTALL in the P-SEAMLDR interface specification.
 *
 * Context: Each CPU, with preemption disabled.  Prints nothing.
 * Return: raw status of the call.
 */
u64 seamldr_call_install(const struct seamldr_params *params, u64 *rdx)
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
