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

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#ifdef __KERNEL__
#include <linux/export.h>

#include <kunit/visibility.h>
#else
#define EXPORT_SYMBOL_IF_KUNIT(symbol)
#endif

#include "seamldr_image.h"
#include "seamldr_preflight.h"

/* The stepping does not count. */
#define CPUID_STEPPING_MASK		0xF

enum check_result { CHECK_PASSED, CHECK_FAILED, CHECK_IMPOSSIBLE };

/**
 * struct check_input - what a check looks at, and what it says
 * @image: what seamldr_image_parse() made of it
 * @platform: values of the running system
 * @row: the check
 * @verdict: where to store the sentence, and the handoff version
 */
struct check_input {
	const struct seamldr_image *image;
	const struct seamldr_platform *platform;
	const struct preflight_check *row;
	struct seamldr_verdict *verdict;
};

/**
 * struct preflight_check - one row of the table
 * @name: its name
 * @err: what the upload answers if it fails
 * @prevents: status of the firmware call that would fail without it
 * @can_change: the answer may be another one by the time the CPUs are pinned
 * @skippable: a failure without it can be recovered, or may not come at all
 * @check: the predicate
 */
struct preflight_check {
	const char *name;
	int err;
	const char *prevents;
	bool can_change;
	bool skippable;
	enum check_result (*check)(const struct check_input *in);
};

#define failed(_in, ...)						\
({									\
	const struct check_input *__in = (_in);				\
									\
	seamldr_set_refusal(&__in->verdict->refusal, __in->row->name,	\
			    __in->row->err, __VA_ARGS__);		\
	CHECK_FAILED;							\
})

static enum check_result check_preserving(const struct check_input *in)
{
	if (in->platform->preserving)
		return CHECK_PASSED;

	return failed(in, "the running module cannot hand its TDs over to another one");
}

/* Installed by an update that failed later: it needs no other installation. */
static bool is_installed(const struct check_input *in)
{
	const struct seamldr_platform *platform = in->platform;

	return platform->handoff_written && platform->seam_ready &&
	       !memcmp(platform->mrseam, in->image->sigstruct->seamhash,
		       sizeof(platform->mrseam));
}

static enum check_result check_updates_left(const struct check_input *in)
{
	if (in->platform->updates_left || is_installed(in))
		return CHECK_PASSED;

	return failed(in, "P-SEAMLDR has 0 updates left until the next boot");
}

static enum check_result check_cpus_online(const struct check_input *in)
{
	const struct seamldr_platform *platform = in->platform;

	if (platform->nr_online == platform->nr_lps)
		return CHECK_PASSED;

	return failed(in, "%u of %u CPUs are online and all have to take part",
		      platform->nr_online, platform->nr_lps);
}

static enum check_result check_sigstruct(const struct check_input *in)
{
	struct seamldr_field bad;

	if (seamldr_sigstruct_is_valid(in->image->sigstruct, &bad))
		return CHECK_PASSED;

	return failed(in, "field %s of the sigstruct is 0x%x, expected 0x%x",
		      bad.name, bad.value, bad.expected);
}

/*
 * What a 1.x P-SEAMLDR wants to be zero as a whole has the module's version in
 * its first part since 2.0.  The minor version tells nothing: a 1.5 may say 0.
 */
static enum check_result check_generation(const struct check_input *in)
{
	const struct seam_sigstruct *sig = in->image->sigstruct;
	u32 major = in->platform->seamldr_major;
	const u8 *bad;

	bad = memchr_inv(sig->reserved3, 0, sizeof(sig->reserved3));
	if (!bad && major == 1)
		bad = memchr_inv(sig->module_version, 0, sizeof(sig->module_version));
	if (!bad)
		return CHECK_PASSED;

	return failed(in, "byte %u of the sigstruct is 0x%02x, P-SEAMLDR %u.x expects 0",
		      (u32)(bad - (const u8 *)sig), *bad, major);
}

static enum check_result check_offsets(const struct check_input *in)
{
	const struct seam_sigstruct *sig = in->image->sigstruct;
	u32 nr_pages = in->image->nr_module_pages;

	if (seamldr_sigstruct_offsets_are_valid(sig, nr_pages))
		return CHECK_PASSED;

	return failed(in,
		      "offsets gdt_idt 0x%x, fault_wrapper 0x%x do not fit a module of 0x%x bytes",
		      sig->gdt_idt_offset, sig->fault_wrapper_offset,
		      nr_pages * SEAMLDR_PAGE_SIZE);
}

static enum check_result check_debug(const struct check_input *in)
{
	if (!seamldr_sigstruct_is_debug(in->image->sigstruct))
		return CHECK_PASSED;

	if (!in->platform->debug_known)
		return CHECK_IMPOSSIBLE;

	if (in->platform->debug_unlocked)
		return CHECK_PASSED;

	return failed(in, "image is signed for debugging and the platform is locked");
}

static enum check_result check_svn_major(const struct check_input *in)
{
	u32 major = in->image->sigstruct->seamsvn_major;

	if (major && major == in->platform->svn_major)
		return CHECK_PASSED;

	return failed(in, "image has major SVN %u, the running module has %u",
		      major, in->platform->svn_major);
}

static enum check_result check_svn_minor(const struct check_input *in)
{
	u32 minor = in->image->sigstruct->seamsvn_minor;

	if (minor >= in->platform->svn_minor)
		return CHECK_PASSED;

	return failed(in, "image has SVN %u, the running module has %u",
		      minor, in->platform->svn_minor);
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

static enum check_result check_cpu_table(const struct check_input *in)
{
	const struct seam_sigstruct *sig = in->image->sigstruct;
	const struct seamldr_platform *platform = in->platform;
	u32 i;

	/* Only a debug-signed module runs on any CPU. */
	if (!sig->cpuid_table_size && seamldr_sigstruct_is_debug(sig))
		return CHECK_PASSED;

	/* Not of this format, if the check of the sigstruct is skipped */
	if (sig->cpuid_table_size > SEAM_SIGSTRUCT_MAX_CPUIDS)
		return failed(in, "CPU table has %u entries, expected up to %u",
			      sig->cpuid_table_size, SEAM_SIGSTRUCT_MAX_CPUIDS);

	for (i = 0; i < platform->nr_sockets; i++) {
		if (!table_has_cpu(sig, platform->socket_cpuid[i]))
			return failed(in, "CPU table has %u entries, none is for CPU 0x%08x",
				      sig->cpuid_table_size,
				      platform->socket_cpuid[i]);
	}

	return CHECK_PASSED;
}

static bool pamt_size_ok(u16 size, u16 expected)
{
	return !size || size == expected;
}

/* PAMTs are allocated once, and keep their layout. */
static enum check_result check_pamt_size(const struct check_input *in)
{
	const struct seam_sigstruct *sig = in->image->sigstruct;
	const u16 *size = in->platform->pamt_entry_size;

	if (pamt_size_ok(sig->pamt_entry_size_4k, size[0]) &&
	    pamt_size_ok(sig->pamt_entry_size_2m, size[1]) &&
	    pamt_size_ok(sig->pamt_entry_size_1g, size[2]))
		return CHECK_PASSED;

	return failed(in,
		      "image has PAMT entries of %u/%u/%u bytes, the running module has %u/%u/%u",
		      sig->pamt_entry_size_4k, sig->pamt_entry_size_2m,
		      sig->pamt_entry_size_1g, size[0], size[1], size[2]);
}

static enum check_result check_handoff_pages(const struct check_input *in)
{
	u32 pages = in->image->sigstruct->num_handoff_pages;

	if (pages >= in->platform->handoff_pages)
		return CHECK_PASSED;

	return failed(in, "image has room for %u handoff pages, the running module fills up to %u",
		      pages + 1, in->platform->handoff_pages + 1);
}

/* The sum of all 16-bit words of the file is zero. */
static enum check_result check_checksum(const struct check_input *in)
{
	const struct seamldr_image *image = in->image;
	u16 sum = 0;
	size_t i;

	/* Not every tool fills it in, and the hash finds what matters. */
	if (image->header_version == SEAMLDR_IMAGE_VERSION_2 && !image->checksum)
		return CHECK_PASSED;

	for (i = 0; i < image->size; i += 2)
		sum += image->data[i] | image->data[i + 1] << 8;

	if (!sum)
		return CHECK_PASSED;

	return failed(in, "16-bit words of the file add up to 0x%04x, expected 0", sum);
}

static u32 first_word(const u8 *hash)
{
	return (u32)hash[0] << 24 | hash[1] << 16 | hash[2] << 8 | hash[3];
}

static enum check_result check_hash(const struct check_input *in)
{
	const struct seamldr_image *image = in->image;
	u8 hash[SHA384_DIGEST_SIZE];

	sha384(image->module, image->nr_module_pages * SEAMLDR_PAGE_SIZE, hash);
	if (!memcmp(hash, image->sigstruct->seamhash, sizeof(hash)))
		return CHECK_PASSED;

	return failed(in, "file is damaged: SHA-384 begins with %08x, the signed one with %08x",
		      first_word(hash), first_word(image->sigstruct->seamhash));
}

/**
 * seamldr_choose_handoff() - choose the version of the handoff data
 * @sig: sigstruct of the new module
 * @platform: the running module, or the one that has handed over already
 * @hv: where to store the version, if there is one
 *
 * The highest version that both modules support.  A module that was shut down
 * has made the choice.
 *
 * Context: Any context.
 * Return: true if there is one.
 */
bool seamldr_choose_handoff(const struct seam_sigstruct *sig,
			    const struct seamldr_platform *platform, u16 *hv)
{
	u16 lo = platform->min_update_hv, hi = platform->module_hv;

	if (platform->handoff_written)
		hi = platform->handoff_hv;
	if (platform->handoff_written || platform->no_downgrade)
		lo = hi;

	if (sig->min_update_hv > lo)
		lo = sig->min_update_hv;
	if (sig->module_hv < hi)
		hi = sig->module_hv;

	*hv = hi;

	return lo <= hi;
}
EXPORT_SYMBOL_IF_KUNIT(seamldr_choose_handoff);

static enum check_result check_handoff_version(const struct check_input *in)
{
	const struct seam_sigstruct *sig = in->image->sigstruct;
	const struct seamldr_platform *platform = in->platform;
	u16 *hv = &in->verdict->handoff_hv;

	if (seamldr_choose_handoff(sig, platform, hv))
		return CHECK_PASSED;

	if (platform->handoff_written)
		return failed(in, "image reads handoff versions %u to %u, the data has version %u",
			      sig->min_update_hv, sig->module_hv,
			      platform->handoff_hv);

	return failed(in,
		      "image reads handoff versions %u to %u, the running module writes %u to %u",
		      sig->min_update_hv, sig->module_hv,
		      platform->no_downgrade ? platform->module_hv :
					       platform->min_update_hv,
		      platform->module_hv);
}

/*
 * A version below the native one of the running module is legal but hardly ever
 * exercised, so it has to be asked for.
 */
static enum check_result check_handoff_older(const struct check_input *in)
{
	const struct seamldr_platform *platform = in->platform;
	u16 hv = in->verdict->handoff_hv;

	if (platform->handoff_written || hv >= platform->module_hv)
		return CHECK_PASSED;

	return failed(in, "image reads handoff version %u at most, the running module's own is %u",
		      hv, platform->module_hv);
}

#define ROW(_name, _check, _err, _prevents, ...)			\
	{								\
		.name = _name, .check = _check, .err = _err,		\
		.prevents = _prevents, __VA_ARGS__			\
	}
#define CAN_CHANGE	.can_change = true
#define SKIPPABLE	.skippable = true

/* First the platform, then the image; last what takes time. */
static const struct preflight_check checks[] = {
	ROW("td-preserving", check_preserving, -EOPNOTSUPP, "TDX_OPERAND_INVALID"),
	ROW("updates-left", check_updates_left, -ENOSPC, "EBADCALL", CAN_CHANGE),
	ROW("cpus-online", check_cpus_online, -EBUSY, "VMfailInvalid", CAN_CHANGE),
	ROW("sigstruct", check_sigstruct, -EINVAL, "EBADSIG", SKIPPABLE),
	ROW("seamldr-generation", check_generation, -EINVAL, "EBADSIG", SKIPPABLE),
	ROW("sigstruct-offsets", check_offsets, -EINVAL, "EBADSIG", SKIPPABLE),
	ROW("debug-signed", check_debug, -EINVAL, "EBADSIG"),
	ROW("svn-major", check_svn_major, -EINVAL, "EUNSUPPORTED"),
	ROW("svn-minor", check_svn_minor, -EINVAL, "EBADSIG"),
	ROW("cpu-table", check_cpu_table, -EINVAL, "EUNSUPCPU"),
	ROW("pamt-size", check_pamt_size, -EINVAL, "broken PAMTs"),
	ROW("handoff-pages", check_handoff_pages, -EINVAL, "a halt of the module",
	    SKIPPABLE),
	ROW("handoff-version", check_handoff_version, -EINVAL, "EBADHANDOFF"),
	ROW("handoff-older", check_handoff_older, -EINVAL, "EBADHANDOFF", SKIPPABLE),
	ROW("checksum", check_checksum, -EINVAL, "EBADHASH", SKIPPABLE),
	ROW("hash", check_hash, -EINVAL, "EBADHASH"),
};

/* Lists of checks are bit masks. */
static_assert(ARRAY_SIZE(checks) <= 32);

/* The first check that fails decides, unless it is to be skipped. */
static int run_check(struct check_input *in, u32 row)
{
	struct seamldr_verdict *verdict = in->verdict;

	in->row = &checks[row];

	switch (in->row->check(in)) {
	case CHECK_PASSED:
		return 0;
	case CHECK_IMPOSSIBLE:
		verdict->unchecked |= BIT(row);
		return 0;
	case CHECK_FAILED:
		break;
	}

	if (in->platform->skip & BIT(row)) {
		verdict->refusal.check = NULL;
		verdict->skipped |= BIT(row);
		return 0;
	}

	verdict->prevents = in->row->prevents;

	return in->row->err;
}

static int run_checks(const struct seamldr_image *image,
		      const struct seamldr_platform *platform, bool all,
		      struct seamldr_verdict *verdict)
{
	struct check_input in = {
		.image = image, .platform = platform, .verdict = verdict,
	};
	u32 i;
	int ret;

	memset(verdict, 0, sizeof(*verdict));

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		if (!all && !checks[i].can_change)
			continue;

		ret = run_check(&in, i);
		if (ret)
			return ret;
	}

	return 0;
}

/**
 * seamldr_preflight() - check an image against the platform
 * @image: what seamldr_image_parse() made of it
 * @platform: values of the running system
 * @verdict: where to store the result
 *
 * Changes nothing.  What cannot be checked is noted, and does not refuse the
 * image.
 *
 * Context: Any context.  Takes some milliseconds, for the hash.
 * Return: 0, or the error of the check that failed.
 */
int seamldr_preflight(const struct seamldr_image *image,
		      const struct seamldr_platform *platform,
		      struct seamldr_verdict *verdict)
{
	return run_checks(image, platform, true, verdict);
}
EXPORT_SYMBOL_IF_KUNIT(seamldr_preflight);

/**
 * seamldr_preflight_again() - make those checks again whose answer can change
 * @image: what seamldr_image_parse() made of it
 * @platform: values of the running system, as of now
 * @verdict: where to store the result
 *
 * Context: Any context, with the CPUs pinned.
 * Return: 0, or the error of the check that failed.
 */
int seamldr_preflight_again(const struct seamldr_image *image,
			    const struct seamldr_platform *platform,
			    struct seamldr_verdict *verdict)
{
	return run_checks(image, platform, false, verdict);
}
EXPORT_SYMBOL_IF_KUNIT(seamldr_preflight_again);

/* The row of the check with that name, or a negative errno. */
static int find_skippable(const char *name, size_t len)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		if (checks[i].skippable && strlen(checks[i].name) == len &&
		    !memcmp(checks[i].name, name, len))
			return i;
	}

	return -EINVAL;
}

/**
 * seamldr_parse_skip() - read a list of checks that are to be skipped
 * @list: their names, separated by commas
 * @skip: where to store the list, for struct seamldr_platform
 *
 * Context: Any context.
 * Return: 0, -EINVAL if a name is unknown or that of a check without which TDs
 * are lost.
 */
int seamldr_parse_skip(const char *list, u32 *skip)
{
	u32 mask = 0;
	size_t len;
	int row;

	while (*list && *list != '\n') {
		len = strcspn(list, ",\n");
		row = find_skippable(list, len);
		if (row < 0)
			return row;

		mask |= BIT(row);
		list += len;
		if (*list == ',')
			list++;
	}

	*skip = mask;

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(seamldr_parse_skip);

/**
 * seamldr_print_checks() - write the names of checks
 * @mask: the checks, as in struct seamldr_verdict
 * @buf: where to write their names, separated by commas
 * @size: room there
 *
 * Context: Any context.
 * Return: number of characters written, without the final zero.
 */
size_t seamldr_print_checks(u32 mask, char *buf, size_t size)
{
	size_t len = 0;
	u32 i;

	*buf = 0;
	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		if (mask & BIT(i))
			len += scnprintf(buf + len, size - len, "%s%s",
					 len ? "," : "", checks[i].name);
	}

	return len;
}
EXPORT_SYMBOL_IF_KUNIT(seamldr_print_checks);

/**
 * seamldr_is_skippable() - can this check be skipped?
 * @name: its name
 *
 * Context: Any context.
 * Return: true if it can.
 */
bool seamldr_is_skippable(const char *name)
{
	return find_skippable(name, strlen(name)) >= 0;
}
