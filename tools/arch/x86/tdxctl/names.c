// SPDX-License-Identifier: GPL-2.0
/*
 * Words for numbers: CPUs, releases, checks and what to do about them
 */

#include <stdlib.h>

#include "image.h"

/* Neither module nor P-SEAMLDR has larger numbers. */
#define VERSION_MAX	65535

static bool parse_part(const char **text, u32 *part)
{
	char *end;

	if (**text < '0' || **text > '9')
		return false;

	*part = strtoul(*text, &end, 10);
	/* No version has more than five digits. */
	if (end - *text > 5 || *part > VERSION_MAX)
		return false;

	*text = end;

	return true;
}

/* Three numbers with dots, and nothing but white space behind them */
bool version_parse(const char *text, struct version *version)
{
	struct version v;

	if (!parse_part(&text, &v.major) || *text++ != '.' || !parse_part(&text, &v.minor) ||
	    *text++ != '.' || !parse_part(&text, &v.update) || text[strspn(text, "\n")])
		return false;

	*version = v;

	return true;
}

int version_compare(const struct version *a, const struct version *b)
{
	if (a->major != b->major)
		return a->major < b->major ? -1 : 1;
	if (a->minor != b->minor)
		return a->minor < b->minor ? -1 : 1;
	if (a->update != b->update)
		return a->update < b->update ? -1 : 1;

	return 0;
}

const char *version_format(const struct version *version, char buf[VERSION_LEN])
{
	if (!version->major)
		return "unknown";

	snprintf(buf, VERSION_LEN, "%u.%u.%02u", version->major & 0xffff,
		 version->minor & 0xffff, version->update & 0xffff);

	return buf;
}

/* The stepping does not count. */
const char *cpu_name(u32 signature)
{
	switch (signature & ~0xfU) {
	case 0x000806f0:
		return "Sapphire Rapids";
	case 0x000c06f0:
		return "Emerald Rapids";
	case 0x000a06f0:
		return "Sierra Forest";
	case 0x000a06d0:
		return "Granite Rapids";
	case 0x000a06e0:
		return "Granite Rapids-D";
	default:
		return "unknown CPU";
	}
}

/*
 * Sigstructs of the 1.5 series do not have the version of the module.  These are
 * the first bytes of the hashes that Intel signed.
 */
#define HASH_PREFIX	8

static const struct {
	struct version version;
	u8 hash[HASH_PREFIX];
} releases[] = {
	{ { 1, 5, 1 }, { 0x97, 0x90, 0xd8, 0x9a, 0x10, 0x21, 0x0e, 0xc6 } },
	{ { 1, 5, 5 }, { 0x1c, 0xc6, 0xa1, 0x7a, 0xb7, 0x99, 0xe9, 0xa6 } },
	{ { 1, 5, 6 }, { 0x5b, 0x38, 0xe3, 0x3a, 0x64, 0x87, 0x95, 0x8b } },
	{ { 1, 5, 8 }, { 0x49, 0xb6, 0x6f, 0xaa, 0x45, 0x1d, 0x19, 0xeb } },
	{ { 1, 5, 9 }, { 0xbf, 0xb3, 0x60, 0xac, 0x8e, 0x62, 0x33, 0xa1 } },
	{ { 1, 5, 13 }, { 0x27, 0xb6, 0x7e, 0x0b, 0x20, 0x50, 0x8f, 0x0a } },
	{ { 1, 5, 16 }, { 0x7b, 0xf0, 0x63, 0x28, 0x0e, 0x94, 0xfb, 0x05 } },
	{ { 1, 5, 20 }, { 0xd0, 0xd8, 0x0c, 0x08, 0x51, 0x66, 0xba, 0x78 } },
	{ { 1, 5, 24 }, { 0x48, 0x9e, 0x58, 0x5f, 0x1c, 0x54, 0xbc, 0x5a } },
	{ { 1, 5, 25 }, { 0xfc, 0xa4, 0xff, 0x22, 0x12, 0x93, 0x80, 0x7e } },
	{ { 1, 5, 28 }, { 0x34, 0x6b, 0xc7, 0x7a, 0x18, 0x46, 0xca, 0xc2 } },
};

bool release_by_hash(const u8 *seamhash, struct version *version)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(releases); i++) {
		if (!memcmp(releases[i].hash, seamhash, HASH_PREFIX)) {
			*version = releases[i].version;
			return true;
		}
	}

	return false;
}

/*
 * What to do about a check that refuses an image.  The words are those of
 * Documentation/arch/x86/tdx-module-update.rst.
 */
static const struct {
	const char *check;
	const char *hint;
} hints[] = {
	{ "size", "Get the file again: it may be truncated, compressed, or not an image." },
	{ "length", "Get the file again." },
	{ "header-version", "The file is not a TDX module image, or of a newer format." },
	{ "header-signature", "The file is not a TDX module image." },
	{ "header-reserved", "The file is damaged, or of a newer format." },
	{ "header-offset", "Get the file again." },
	{ "sigstruct-pages", "The file is damaged, or of a newer format." },
	{ "module-pages", "Get the file again." },
	{ "module-lost", "Reboot." },
	{ "seamldr-info", "P-SEAMLDR does not answer: try again, then reboot." },
	{ "seaminfo", "P-SEAMLDR does not answer: try again, then reboot." },
	{ "memory", "The kernel had no memory: try again." },
	{ "td-preserving", "Reboot with a module that can hand its TDs over." },
	{ "updates-left", "Reboot, or resume with the image that was installed last." },
	{ "cpus-online", "Bring all CPUs online." },
	{ "td-builds", "Try again when the TDs are built, or end the process that is named." },
	{ "state-changed", "Try again." },
	{ "sigstruct", "The file is damaged, or of a newer format." },
	{ "seamldr-generation", "The image is for another generation of P-SEAMLDR." },
	{ "sigstruct-offsets", "Get the file again." },
	{ "debug-signed", "Choose an image that is signed for production." },
	{ "svn-major", "Choose an image of the running series." },
	{ "svn-minor", "Choose a newer image, or reboot with this one." },
	{ "cpu-table", "Choose an image for this CPU." },
	{ "pamt-size", "Reboot with this image: it needs other tables than the kernel has." },
	{ "handoff-pages", "Choose an image with as much room for the state of TDs." },
	{ "handoff-version", "Go through a release in between." },
	{ "handoff-older", "Choose a newer image." },
	{ "checksum", "Get the file again." },
	{ "hash", "Get the file again." },
	{ "signature", "Get the file again." },
	{ "signing-key", "P-SEAMLDR accepts what Intel has signed: get the image from Intel." },
	{ "kernel-check", "Use a kernel that has tdx_module_check." },
};

const char *check_hint(const char *check)
{
	size_t i;

	for (i = 0; check && i < ARRAY_SIZE(hints); i++) {
		if (!strcmp(hints[i].check, check))
			return hints[i].hint;
	}

	return NULL;
}

/* What an update would come to without this check */
const char *check_consequence(const char *check)
{
	/* A kernel that does not name its checks */
	if (!strcmp(check, "kernel"))
		return "The kernel's log says why.";
	if (!strcmp(check, "kernel-check"))
		return "Without it an update can cost all TDs.";
	if (!strcmp(check, "handoff-pages"))
		return "It can be skipped by name: if the data does not fit, all TDs are lost.";
	if (!strcmp(check, "signature") || !strcmp(check, "signing-key") ||
	    seamldr_is_skippable(check))
		return "It can be skipped by name: if P-SEAMLDR refuses the image, too, TDs wait.";

	return "It cannot be skipped.";
}
