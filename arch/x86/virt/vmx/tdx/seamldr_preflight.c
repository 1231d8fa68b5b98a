// SPDX-License-Identifier: GPL-2.0
/*
 * Checks of a TDX module image before anything is changed
 *
 * Once the running module is shut down, every further failure stops or kills
 * all TDs.  So what P-SEAMLDR and the modules would refuse after that is
 * refused before.  A check belongs here if an update that it lets pass would
 * cost TDs; which module to install is not the kernel's business.
 */

#include <crypto/sha2.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#ifdef __KERNEL__
#include <kunit/visibility.h>
#else
#define EXPORT_SYMBOL_IF_KUNIT(symbol)
#endif

#include "seamldr_image.h"
#include "seamldr_preflight.h"
#include "seamldr_sigstruct.h"

/* The stepping does not count. */
#define CPUID_STEPPING_MASK		0xF

enum check_result { CHECK_PASSED, CHECK_FAILED, CHECK_IMPOSSIBLE };

typedef enum check_result (*check_func)(const struct seamldr_image *image,
					const struct seamldr_platform *platform);

/**
 * struct preflight_check - one row of the table
 * @refusal: its name, and what to say and answer if it fails
 * @prevents: status of the firmware call that would fail without it
 * @can_change: the answer may be another one by the time the CPUs are pinned
 * @check: the predicate
 */
struct preflight_check {
	struct seamldr_refusal refusal;
	const char *prevents;
	bool can_change;
	check_func check;
};

static enum check_result passed_if(bool condition)
{
	return condition ? CHECK_PASSED : CHECK_FAILED;
}

static enum check_result check_preserving(const struct seamldr_image *image,
					  const struct seamldr_platform *platform)
{
	return passed_if(platform->preserving);
}

/* Installed by an update that failed later: it needs no other installation. */
static bool is_installed(const struct seamldr_image *image,
			 const struct seamldr_platform *platform)
{
	return platform->handoff_written && platform->seam_ready &&
	       !memcmp(platform->mrseam, image->sigstruct->seamhash,
		       sizeof(platform->mrseam));
}

static enum check_result check_updates_left(const struct seamldr_image *image,
					    const struct seamldr_platform *platform)
{
	return passed_if(platform->updates_left || is_installed(image, platform));
}

static enum check_result check_cpus_online(const struct seamldr_image *image,
					   const struct seamldr_platform *platform)
{
	if (!platform->lps_known)
		return CHECK_IMPOSSIBLE;

	return passed_if(platform->nr_online == platform->nr_lps);
}

static enum check_result check_td_builds(const struct seamldr_image *image,
					 const struct seamldr_platform *platform)
{
	/* The module is shut down: what was to be measured has been. */
	if (platform->handoff_written)
		return CHECK_PASSED;

	return passed_if(!platform->nr_td_builds);
}

/* The sum of all 16-bit words of the file is zero. */
static enum check_result check_checksum(const struct seamldr_image *image,
					const struct seamldr_platform *platform)
{
	u16 sum = 0;
	size_t i;

	/* How header 0x200 is summed up is not published. */
	if (image->header_version != SEAMLDR_IMAGE_VERSION_1)
		return CHECK_PASSED;

	for (i = 0; i < image->size; i += 2)
		sum += image->data[i] | image->data[i + 1] << 8;

	return passed_if(!sum);
}

static enum check_result check_sigstruct(const struct seamldr_image *image,
					 const struct seamldr_platform *platform)
{
	return passed_if(seam_sigstruct_is_valid(image->sigstruct));
}

static enum check_result check_offsets(const struct seamldr_image *image,
				       const struct seamldr_platform *platform)
{
	return passed_if(seam_sigstruct_offsets_are_valid(image->sigstruct,
							  image->nr_module_pages));
}

static enum check_result check_debug(const struct seamldr_image *image,
				     const struct seamldr_platform *platform)
{
	if (!seam_sigstruct_is_debug(image->sigstruct))
		return CHECK_PASSED;

	if (!platform->debug_known)
		return CHECK_IMPOSSIBLE;

	return passed_if(platform->debug_unlocked);
}

static enum check_result check_svn_major(const struct seamldr_image *image,
					 const struct seamldr_platform *platform)
{
	return passed_if(image->sigstruct->seamsvn_major &&
			 image->sigstruct->seamsvn_major == platform->svn_major);
}

static enum check_result check_svn_minor(const struct seamldr_image *image,
					 const struct seamldr_platform *platform)
{
	return passed_if(image->sigstruct->seamsvn_minor >= platform->svn_minor);
}

static bool table_has_cpu(const struct seam_sigstruct *sig, u32 cpuid)
{
	u32 i;

	for (i = 0; i < sig->cpuid_table_size; i++) {
		if (!((sig->cpuid_table[i] ^ cpuid) & ~CPUID_STEPPING_MASK))
			return true;
	}

	return false;
}

static enum check_result check_cpu_table(const struct seamldr_image *image,
					 const struct seamldr_platform *platform)
{
	const struct seam_sigstruct *sig = image->sigstruct;
	u32 i;

	/* Only a debug-signed module runs on any CPU. */
	if (!sig->cpuid_table_size)
		return passed_if(seam_sigstruct_is_debug(sig));

	if (!platform->lps_known)
		return CHECK_IMPOSSIBLE;

	for (i = 0; i < platform->nr_sockets; i++) {
		if (!table_has_cpu(sig, platform->socket_cpuid[i]))
			return CHECK_FAILED;
	}

	return CHECK_PASSED;
}

static enum check_result check_handoff_pages(const struct seamldr_image *image,
					     const struct seamldr_platform *platform)
{
	return passed_if(image->sigstruct->num_handoff_pages >=
			 platform->handoff_pages);
}

static enum check_result check_hash(const struct seamldr_image *image,
				    const struct seamldr_platform *platform)
{
	u8 hash[SHA384_DIGEST_SIZE];

	sha384(image->module, image->nr_module_pages * SEAMLDR_PAGE_SIZE, hash);

	return passed_if(!memcmp(hash, image->sigstruct->seamhash, sizeof(hash)));
}

#define CHECK(_func, _name, _reason, _err, _prevents, _can_change)	\
	{								\
		.refusal = {						\
			.check = _name, .reason = _reason, .err = _err	\
		},							\
		.prevents = _prevents, .can_change = _can_change,	\
		.check = _func						\
	}

/* First the platform, then the image; last what takes time. */
static const struct preflight_check checks[] = {
	CHECK(check_preserving, "td-preserving",
	      "is missing: the running module cannot hand its TDs over",
	      -EOPNOTSUPP, "TDX_OPERAND_INVALID", false),
	CHECK(check_updates_left, "updates-left",
	      "are none: P-SEAMLDR installs no other module until the next boot",
	      -ENOSPC, "EBADCALL", true),
	CHECK(check_cpus_online, "cpus-online",
	      "are not all CPUs of the platform: bring the others online",
	      -EBUSY, "VMfailInvalid", true),
	CHECK(check_td_builds, "td-builds",
	      "are under way: try again when all TDs are finalized",
	      -EBUSY, "TDX_UPDATE_COMPATIBILITY_SENSITIVE", true),
	CHECK(check_sigstruct, "sigstruct",
	      "has a field that P-SEAMLDR does not take", -EINVAL, "EBADSIG", false),
	CHECK(check_offsets, "sigstruct-offsets",
	      "point out of the module", -EINVAL, "EBADSIG", false),
	CHECK(check_debug, "debug-signed",
	      "module on a platform that is locked", -EINVAL, "EBADSIG", false),
	CHECK(check_svn_major, "svn-major",
	      "is not that of the running module", -EINVAL, "EUNSUPPORTED", false),
	CHECK(check_svn_minor, "svn-minor",
	      "is lower than that of the running module", -EINVAL, "EBADSIG", false),
	CHECK(check_cpu_table, "cpu-table",
	      "lacks a CPU of this platform", -EINVAL, "EUNSUPCPU", false),
	CHECK(check_handoff_pages, "handoff-pages",
	      "are fewer than the running module may fill", -EINVAL,
	      "a halt of the module", false),
	CHECK(check_checksum, "checksum",
	      "of the file is wrong", -EINVAL, "EBADHASH", false),
	CHECK(check_hash, "hash",
	      "of the module differs from the signed one: the file is damaged",
	      -EINVAL, "EBADHASH", false),
};

static void note_unchecked(struct seamldr_verdict *verdict, const char *name)
{
	if (verdict->nr_unchecked < ARRAY_SIZE(verdict->unchecked))
		verdict->unchecked[verdict->nr_unchecked++] = name;
}

static void run_checks(const struct seamldr_image *image,
		       const struct seamldr_platform *platform, bool all,
		       struct seamldr_verdict *verdict)
{
	size_t i;

	memset(verdict, 0, sizeof(*verdict));

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		if (!all && !checks[i].can_change)
			continue;

		switch (checks[i].check(image, platform)) {
		case CHECK_PASSED:
			break;
		case CHECK_IMPOSSIBLE:
			note_unchecked(verdict, checks[i].refusal.check);
			break;
		case CHECK_FAILED:
			verdict->refusal = &checks[i].refusal;
			verdict->prevents = checks[i].prevents;
			return;
		}
	}
}

/**
 * seamldr_preflight() - check an image against the platform
 * @image: what seamldr_image_parse() made of it
 * @platform: values of the running system
 * @verdict: where to store the result
 *
 * Changes nothing.  The first check that fails decides.  What cannot be checked
 * is noted, and does not refuse the image.
 *
 * Context: Any context.  Takes some milliseconds, for the hash.
 */
void seamldr_preflight(const struct seamldr_image *image,
		       const struct seamldr_platform *platform,
		       struct seamldr_verdict *verdict)
{
	run_checks(image, platform, true, verdict);
	if (verdict->refusal)
		return;

	verdict->refusal = seamldr_choose_handoff(image->sigstruct, platform,
						  &verdict->handoff_hv);
	if (verdict->refusal)
		verdict->prevents = "EBADHANDOFF";
}
EXPORT_SYMBOL_IF_KUNIT(seamldr_preflight);

/**
 * seamldr_preflight_again() - make those checks again whose answer can change
 * @image: what seamldr_image_parse() made of it
 * @platform: values of the running system, as of now
 * @verdict: where to store the result
 *
 * Context: Any context, with the CPUs pinned.
 */
void seamldr_preflight_again(const struct seamldr_image *image,
			     const struct seamldr_platform *platform,
			     struct seamldr_verdict *verdict)
{
	run_checks(image, platform, false, verdict);
}
EXPORT_SYMBOL_IF_KUNIT(seamldr_preflight_again);
