// SPDX-License-Identifier: GPL-2.0
/*
 * The rules of the firmware, see oracle.h
 */
#include <string.h>

#include <crypto/sha2.h>

#include "input.h"
#include "oracle.h"

#define PAGE		4096ull
#define MAX_MODULE	496

static enum oracle_answer yes_if(bool condition)
{
	return condition ? YES : NO;
}

static bool all_zero(const u8 *data, u64 from, u64 to)
{
	while (from < to) {
		if (data[from++])
			return false;
	}
	return true;
}

static bool is_v1(const struct oracle_input *in)
{
	return get16(in->data) == 0x100;
}

static u64 sigstruct_pages(const struct oracle_input *in)
{
	if (is_v1(in))
		return get32(in->data + V1_OFFSET_OF_MODULE) / PAGE - 1;
	return get32(in->data + V2_SIGSTRUCT_PAGES);
}

static u64 module_pages(const struct oracle_input *in)
{
	if (is_v1(in))
		return (in->size - get32(in->data + V1_OFFSET_OF_MODULE)) / PAGE;
	return get32(in->data + V2_MODULE_PAGES);
}

static enum oracle_answer size_holds(const struct oracle_input *in)
{
	return yes_if(in->size / PAGE >= 3 && in->size / PAGE <= 2 + MAX_MODULE &&
		      !(in->size & (PAGE - 1)));
}

static enum oracle_answer version_holds(const struct oracle_input *in)
{
	return yes_if(is_v1(in) || get16(in->data) == 0x200);
}

static enum oracle_answer signature_holds(const struct oracle_input *in)
{
	return yes_if(!memcmp(in->data + (is_v1(in) ? V1_SIGNATURE : V2_SIGNATURE),
			      IMAGE_SIGNATURE, 8));
}

static enum oracle_answer reserved_holds(const struct oracle_input *in)
{
	return yes_if(all_zero(in->data, 20, PAGE));
}

static enum oracle_answer length_field_holds(const struct oracle_input *in)
{
	return yes_if(!is_v1(in) || get32(in->data + V1_LENGTH) == in->size);
}

static enum oracle_answer offset_holds(const struct oracle_input *in)
{
	u64 offset = get32(in->data + V1_OFFSET_OF_MODULE);

	return yes_if(!is_v1(in) ||
		      (offset % PAGE == 0 && offset >= PAGE && offset <= in->size));
}

static enum oracle_answer sigstruct_pages_hold(const struct oracle_input *in)
{
	return yes_if(sigstruct_pages(in) == 1);
}

static enum oracle_answer module_pages_hold(const struct oracle_input *in)
{
	return yes_if(module_pages(in) >= 1 && module_pages(in) <= MAX_MODULE);
}

static enum oracle_answer length_holds(const struct oracle_input *in)
{
	return yes_if((1 + sigstruct_pages(in) + module_pages(in)) * PAGE == in->size);
}

const struct oracle_check oracle_geometry[] = {
	{ "size", size_holds },
	{ "header-version", version_holds },
	{ "header-signature", signature_holds },
	{ "header-reserved", reserved_holds },
	{ "length", length_field_holds },
	{ "header-offset", offset_holds },
	{ "sigstruct-pages", sigstruct_pages_hold },
	{ "module-pages", module_pages_hold },
	{ "length", length_holds },
	{ }
};

/* From here on the geometry holds: one page of sigstruct behind the header. */
static const u8 *sig(const struct oracle_input *in)
{
	return in->data + PAGE;
}

static bool debug_signed(const struct oracle_input *in)
{
	return get32(sig(in) + 12) >> 31;
}

static enum oracle_answer preserving_holds(const struct oracle_input *in)
{
	return yes_if(in->platform->preserving);
}

static enum oracle_answer updates_hold(const struct oracle_input *in)
{
	const struct seamldr_platform *p = in->platform;
	unsigned int i;

	if (p->updates_left)
		return YES;

	/* A module that was installed and did not start is there already. */
	for (i = 0; i < sizeof(p->mrseam); i++) {
		if (p->mrseam[i] != sig(in)[900 + i])
			return NO;
	}
	return yes_if(p->seam_ready && p->handoff_written);
}

static enum oracle_answer cpus_hold(const struct oracle_input *in)
{
	return yes_if(in->platform->nr_lps == in->platform->nr_online);
}

static enum oracle_answer sigstruct_holds(const struct oracle_input *in)
{
	/* The 32-bit fields up to exponent_size, 20 being the date */
	static const u32 constants[] = {
		6, 0xe1, 0x10000, 0, 0x8086, 0, 0x200, 0x60, 0x60, 1
	};
	const u8 *s = sig(in);
	unsigned int i;

	for (i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
		u32 field = get32(s + 4 * i);

		if (i == 3)
			field &= 0x7fffffff;
		if (i == 5)
			continue;
		if (field != constants[i])
			return NO;
	}
	return yes_if(all_zero(s, 40, 128) && get32(s + 512) == 0x10001 &&
		      all_zero(s, 950, 958) && all_zero(s, 978, 984) &&
		      get16(s + 986) <= get16(s + 984) && !s[989] &&
		      get32(s + 1024) <= 255);
}

static enum oracle_answer generation_holds(const struct oracle_input *in)
{
	return yes_if(all_zero(sig(in), in->platform->seamldr_major == 1 ? 1000 : 1008, 1024));
}

static enum oracle_answer offsets_hold(const struct oracle_input *in)
{
	u64 gdt = get32(sig(in) + 992), wrapper = get32(sig(in) + 996);
	u64 end = in->size - 2 * PAGE;

	if (!gdt && !wrapper)
		return YES;
	return yes_if(gdt && wrapper && gdt % PAGE == 0 && gdt + PAGE <= end &&
		      wrapper + 512 <= end);
}

static enum oracle_answer debug_holds(const struct oracle_input *in)
{
	if (!debug_signed(in))
		return YES;
	if (!in->platform->debug_known)
		return UNKNOWN;
	return yes_if(in->platform->debug_unlocked);
}

static enum oracle_answer major_holds(const struct oracle_input *in)
{
	return yes_if(sig(in)[949] != 0 && sig(in)[949] == in->platform->svn_major);
}

static enum oracle_answer minor_holds(const struct oracle_input *in)
{
	return yes_if(sig(in)[948] >= in->platform->svn_minor);
}

static enum oracle_answer cpu_table_holds(const struct oracle_input *in)
{
	u32 entries = get32(sig(in) + 1024), i, j;

	if (!entries && debug_signed(in))
		return YES;
	if (entries > 255)
		return NO;
	for (i = 0; i < in->platform->nr_sockets; i++) {
		for (j = 0; j < entries; j++) {
			if (get32(sig(in) + 1028 + 4 * j) >> 4 ==
			    in->platform->socket_cpuid[i] >> 4)
				break;
		}
		if (j == entries)
			return NO;
	}
	return YES;
}

static enum oracle_answer pamt_holds(const struct oracle_input *in)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		u16 size = get16(sig(in) + 972 + 2 * i);

		if (size && size != in->platform->pamt_entry_size[i])
			return NO;
	}
	return YES;
}

static enum oracle_answer pages_hold(const struct oracle_input *in)
{
	return yes_if(get16(sig(in) + 990) >= in->platform->handoff_pages);
}

static enum oracle_answer checksum_holds(const struct oracle_input *in)
{
	/* Some tools leave it out of the new header. */
	return yes_if((!is_v1(in) && !get16(in->data + HEADER_CHECKSUM)) ||
		      !checksum(in->data, in->size));
}

static enum oracle_answer hash_holds(const struct oracle_input *in)
{
	u8 hash[SHA384_DIGEST_SIZE];

	sha384(in->data + 2 * PAGE, in->size - 2 * PAGE, hash);
	return yes_if(!memcmp(hash, sig(in) + 900, sizeof(hash)));
}

int oracle_handoff_version(const struct oracle_input *in)
{
	const struct seamldr_platform *p = in->platform;
	int v;

	for (v = get16(sig(in) + 984); v >= get16(sig(in) + 986); v--) {
		if (p->handoff_written ? v == p->handoff_hv :
		    p->no_downgrade ? v == p->module_hv :
		    v >= p->min_update_hv && v <= p->module_hv)
			return v;
	}
	return -1;
}

static enum oracle_answer handoff_holds(const struct oracle_input *in)
{
	return yes_if(oracle_handoff_version(in) >= 0);
}

static enum oracle_answer older_holds(const struct oracle_input *in)
{
	return yes_if(in->platform->handoff_written ||
		      oracle_handoff_version(in) == in->platform->module_hv);
}

const struct oracle_check oracle_preflight[] = {
	{ "td-preserving", preserving_holds },
	{ "updates-left", updates_hold },
	{ "cpus-online", cpus_hold },
	{ "sigstruct", sigstruct_holds },
	{ "seamldr-generation", generation_holds },
	{ "sigstruct-offsets", offsets_hold },
	{ "debug-signed", debug_holds },
	{ "svn-major", major_holds },
	{ "svn-minor", minor_holds },
	{ "cpu-table", cpu_table_holds },
	{ "pamt-size", pamt_holds },
	{ "handoff-pages", pages_hold },
	{ "handoff-version", handoff_holds },
	{ "handoff-older", older_holds },
	{ "checksum", checksum_holds },
	{ "hash", hash_holds },
	{ }
};

const char * const oracle_skippable[NR_SKIPPABLE] = {
	"sigstruct", "seamldr-generation", "sigstruct-offsets", "handoff-pages",
	"handoff-older", "checksum",
};
