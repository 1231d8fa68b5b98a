// SPDX-License-Identifier: GPL-2.0
/*
 * Words for numbers: CPUs, releases, checks and what to do about them
 */

#include "tdxctl.h"

/* Neither module nor P-SEAMLDR has larger numbers. */
#define VERSION_MAX	65535

/* Three numbers with dots, and nothing but line feeds behind them; 0 if it is not */
u64 version_parse(const char *text)
{
	size_t len = strspn(text, "0123456789.");
	u32 major, minor, update;
	int end = 0;

	if (sscanf(text, "%5u.%5u.%5u%n", &major, &minor, &update, &end) != 3 ||
	    (size_t)end != len || text[len + strspn(text + len, "\n")] || !major ||
	    major > VERSION_MAX || minor > VERSION_MAX || update > VERSION_MAX)
		return 0;

	return VERSION(major, minor, update);
}

/* The text stands until the third call from now. */
const char *version_text(u64 version)
{
	static char bufs[4][20];
	static u32 next;
	char *buf = bufs[next++ % ARRAY_SIZE(bufs)];

	if (!version)
		return "unknown";

	snprintf(buf, sizeof(bufs[0]), "%u.%u.%02u", VERSION_MAJOR(version),
		 VERSION_MINOR(version), (u16)version);

	return buf;
}

static const struct {
	u32 signature;
	const char *name;
} cpus[] = {
	{ 0x000806f0, "Sapphire Rapids" },
	{ 0x000c06f0, "Emerald Rapids" },
	{ 0x000a06f0, "Sierra Forest" },
	{ 0x000a06d0, "Granite Rapids" },
	{ 0x000a06e0, "Granite Rapids-D" },
};

const char *cpu_name(u32 signature)
{
	/* The stepping does not count. */
	for (size_t i = 0; i < ARRAY_SIZE(cpus); i++) {
		if ((signature ^ cpus[i].signature) < 0x10)
			return cpus[i].name;
	}

	return "unknown CPU";
}

/*
 * Sigstructs of the 1.5 series do not have the version of the module.  These are
 * the first bytes of the hashes that Intel signed.
 */
static const struct {
	u64 version;
	u8 hash[8];
} releases[] = {
	{ VERSION(1, 5, 1), { 0x97, 0x90, 0xd8, 0x9a, 0x10, 0x21, 0x0e, 0xc6 } },
	{ VERSION(1, 5, 5), { 0x1c, 0xc6, 0xa1, 0x7a, 0xb7, 0x99, 0xe9, 0xa6 } },
	{ VERSION(1, 5, 6), { 0x5b, 0x38, 0xe3, 0x3a, 0x64, 0x87, 0x95, 0x8b } },
	{ VERSION(1, 5, 8), { 0x49, 0xb6, 0x6f, 0xaa, 0x45, 0x1d, 0x19, 0xeb } },
	{ VERSION(1, 5, 9), { 0xbf, 0xb3, 0x60, 0xac, 0x8e, 0x62, 0x33, 0xa1 } },
	{ VERSION(1, 5, 13), { 0x27, 0xb6, 0x7e, 0x0b, 0x20, 0x50, 0x8f, 0x0a } },
	{ VERSION(1, 5, 16), { 0x7b, 0xf0, 0x63, 0x28, 0x0e, 0x94, 0xfb, 0x05 } },
	{ VERSION(1, 5, 20), { 0xd0, 0xd8, 0x0c, 0x08, 0x51, 0x66, 0xba, 0x78 } },
	{ VERSION(1, 5, 24), { 0x48, 0x9e, 0x58, 0x5f, 0x1c, 0x54, 0xbc, 0x5a } },
	{ VERSION(1, 5, 25), { 0xfc, 0xa4, 0xff, 0x22, 0x12, 0x93, 0x80, 0x7e } },
	{ VERSION(1, 5, 28), { 0x34, 0x6b, 0xc7, 0x7a, 0x18, 0x46, 0xca, 0xc2 } },
};

u64 release_by_hash(const u8 *seamhash)
{
	for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
		if (!memcmp(releases[i].hash, seamhash, sizeof(releases[i].hash)))
			return releases[i].version;
	}

	return 0;
}

/*
 * What to do about a check that refuses an image.  Documentation/arch/x86/
 * has the same words.
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
	for (size_t i = 0; check && i < ARRAY_SIZE(hints); i++) {
		if (!strcmp(hints[i].check, check))
			return hints[i].hint;
	}

	return NULL;
}

bool report_refusal(const char *what, const struct seamldr_refusal *refusal)
{
	return report_error(EXIT_REFUSED, refusal->check, check_hint(refusal->check),
			    "%s (%s): %s", what, refusal->check, refusal->sentence);
}

/* A bit for each check that only tdxctl makes, 0 for those of the kernel */
u32 own_check(const char *check)
{
	static const char * const own[] = { "signature", "signing-key", "kernel-check" };

	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		if (!strcmp(own[i], check))
			return BIT(i);
	}

	return 0;
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
	if (own_check(check) || seamldr_is_skippable(check))
		return "It can be skipped by name: if P-SEAMLDR refuses the image, too, TDs wait.";

	return "It cannot be skipped.";
}
