// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * INSTALL: each check fails as documented, and the checks come in the
 * documented order (SEAM ABI 3.4): of any two faults the earlier one wins.
 */
#include <elf.h>
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "seam/page.h"
#include "tests/fixture.h"
#include "tests/suites.h"

/* Faults, in the order in which INSTALL has to notice them */
enum fault {
	FAULT_PARAMS,
	FAULT_RESERVED,
	FAULT_KEY,
	FAULT_SVN_ZERO,
	FAULT_SVN_MINOR,
	FAULT_GDT_OFFSET,
	FAULT_CPU,
	FAULT_SIGNATURE,
	FAULT_ENTROPY,
	FAULT_SIZE,
	FAULT_REMAINING,
	FAULT_HANDOFF,
	FAULT_HASH,
	FAULT_ELF,
	FAULT_SEAMDB,
	NR_FAULTS
};

/** enum left - which module SEAMLDR.INFO describes after a fault (SEAM ABI 3.3) */
enum left {
	/* The old one, callable as before */
	LEFT_OLD,
	LEFT_NONE,
	/* The new one, measured but not callable */
	LEFT_NEW,
};

/** struct expectation - answer to a fault */
struct expectation {
	uint64_t status;
	uint64_t rdx;
	enum left left;
};

static const struct expectation expected[NR_FAULTS] = {
	[FAULT_PARAMS]		= { SEAMLDR_EBADPARAM, 0 },
	[FAULT_RESERVED]	= { SEAMLDR_EBADSIG, 0 },
	[FAULT_KEY]		= { SEAMLDR_EBADSIG, 0 },
	[FAULT_SVN_ZERO]	= { SEAMLDR_EUNSUPPORTED, 0 },
	[FAULT_SVN_MINOR]	= { SEAMLDR_EBADSIG, 0 },
	[FAULT_GDT_OFFSET]	= { SEAMLDR_EBADSIG, 0 },
	[FAULT_CPU]		= { SEAMLDR_EUNSUPCPU, 0 },
	[FAULT_SIGNATURE]	= { SEAMLDR_EBADSIG, 0 },
	[FAULT_ENTROPY]		= { SEAMLDR_ENOENTROPY, 0 },
	[FAULT_SIZE]		= { SEAMLDR_ENOMEM, 0 },
	[FAULT_REMAINING]	= { SEAMLDR_EBADCALL, 0 },
	[FAULT_HANDOFF]		= { SEAMLDR_EBADHANDOFF, 0 },
	[FAULT_HASH]		= { SEAMLDR_EBADHASH, 1, LEFT_NONE },
	[FAULT_ELF]		= { SEAMLDR_EBADPARAM, 1, LEFT_NONE },
	[FAULT_SEAMDB]		= { SEAMLDR_ENOENTROPY, 1, LEFT_NEW },
};

#define HAS(faults, fault)	((faults) & 1U << (fault))

static void break_elf(struct fixture *f)
{
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)host_image_module(&f->new);

	ehdr->e_ident[EI_CLASS] = ELFCLASS32;
}

static void prepare_image(struct fixture *f, unsigned int faults)
{
	struct seam_sigstruct *sig = host_image_sigstruct(&f->new);
	struct blob blob = {
		.module = host_image_module(&f->new),
		.module_nr_pages = f->new.size / SEAM_PAGE_SIZE - 2,
	};

	if (HAS(faults, FAULT_ELF)) {
		break_elf(f);
		image_hash(sig, &blob);
	}
	if (HAS(faults, FAULT_RESERVED))
		sig->reserved1[3] = 1;
	if (HAS(faults, FAULT_SVN_ZERO))
		sig->svn_major = 0;
	/* One below the old module's */
	if (HAS(faults, FAULT_SVN_MINOR))
		sig->svn_minor -= 2;
	if (HAS(faults, FAULT_GDT_OFFSET))
		sig->gdt_idt_offset = blob.module_nr_pages * SEAM_PAGE_SIZE;
	if (HAS(faults, FAULT_CPU))
		memset(sig->cpuid_table, 0, sizeof(sig->cpuid_table));
	if (HAS(faults, FAULT_SIZE))
		sig->global_pages_raw = UINT16_MAX;
	host_image_resign(&f->new);

	if (HAS(faults, FAULT_HASH))
		host_image_module(&f->new)[f->new.size / 2] ^= 1;
	if (HAS(faults, FAULT_KEY))
		sig->modulus[0] ^= 2;
	if (HAS(faults, FAULT_SIGNATURE))
		sig->signature[100] ^= 1;
}

static struct host_install install_with(struct fixture *f, unsigned int faults)
{
	static const uint32_t bad_version = 1;

	prepare_image(f, faults);
	if (!HAS(faults, FAULT_HANDOFF) && fixture_shutdown(f, 0))
		return (struct host_install) { .status = ~0ULL };
	if (HAS(faults, FAULT_REMAINING))
		f->host.platform->pseamldr->seamdb.remaining = 0;

	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_UPDATE);
	if (HAS(faults, FAULT_PARAMS))
		host_write(&f->host, HOST_PARAMS_PA, &bad_version, sizeof(bad_version));
	/* Address space randomisation comes first, then SEAMDB */
	f->host.entropy_passes = HAS(faults, FAULT_ENTROPY) ? 0 : 1;
	if (HAS(faults, FAULT_ENTROPY))
		f->host.entropy_fails = 1;
	else if (HAS(faults, FAULT_SEAMDB))
		f->host.entropy_fails = SEAMDB_TRIES;

	return host_session(&f->host);
}

static bool info_is(struct fixture *f, enum left left)
{
	const struct host_image *image = left == LEFT_NEW ? &f->new : &f->old;
	const struct seam_sigstruct *sig = host_image_sigstruct(image);
	static const struct seam_sigstruct none;
	struct seamldr_info info;

	if (left == LEFT_NONE)
		sig = &none;
	CHECK_EQ(host_info(&f->host, &info), SEAMLDR_SUCCESS);
	CHECK_EQ(info.seamextend.valid, left == LEFT_NONE ? 0 : SEAMEXTEND_VALID);
	CHECK_EQ(info.seamextend.svn_minor, sig->svn_minor);
	CHECK_EQ(info.seamextend.svn_major, sig->svn_major);
	CHECK(!memcmp(info.seamextend.mrseam, sig->seamhash, sizeof(sig->seamhash)));
	CHECK_EQ(info.seamextend.attributes, 0);
	CHECK_EQ(info.seamextend.seam_ready, left == LEFT_OLD);
	CHECK_EQ(info.seamextend.p_seamldr_ready, 1);

	return true;
}

static unsigned int current_faults;
static unsigned int first_fault;

static bool faults_body(struct fixture *f)
{
	const struct expectation *want = &expected[first_fault];
	struct host_install result = install_with(f, current_faults);

	CHECK_EQ(result.status, want->status);
	CHECK_EQ(result.rdx, want->rdx);
	CHECK_EQ(result.lp, FIXTURE_LAST_LP);
	CHECK_EQ(platform_seam_ready(f->host.platform), !want->rdx);
	CHECK(info_is(f, want->left));
	if (!want->rdx)
		CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_LP_SHUTDOWN, 0, 0, 0, 0),
			 TDX_SUCCESS);

	return true;
}

static void small_images(struct fixture *f, struct image_spec *old)
{
	old->nr_pages = 16;
	f->spec.nr_pages = 16;
	f->spec.svn_minor = old->svn_minor + 1;
}

static bool run_faults(unsigned int faults, unsigned int first)
{
	current_faults = faults;
	first_fault = first;
	if (fixture_run(small_images, faults_body))
		return true;

	printf("# faults 0x%x\n", faults);
	return false;
}

static bool each_check(void)
{
	for (unsigned int i = 0; i < NR_FAULTS; i++) {
		if (!run_faults(1U << i, i))
			return false;
	}

	return true;
}

static bool order_of_checks(void)
{
	for (unsigned int i = 0; i < NR_FAULTS; i++) {
		for (unsigned int j = i + 1; j < NR_FAULTS; j++) {
			if (!run_faults(1U << i | 1U << j, i))
				return false;
		}
	}

	return true;
}

/* Parameters that are refused, each alone */
struct bad_params {
	const char *what;
	void (*apply)(struct fixture *f, struct seamldr_params *params);
};

static void params_version(struct fixture *f, struct seamldr_params *p)
{
	p->version = 1;
}

static void params_scenario(struct fixture *f, struct seamldr_params *p)
{
	p->scenario = 2;
}

static void params_reserved_first(struct fixture *f, struct seamldr_params *p)
{
	p->reserved[0] = 1;
}

static void params_reserved_last(struct fixture *f, struct seamldr_params *p)
{
	p->reserved[sizeof(p->reserved) - 1] = 1;
}

static void params_no_pages(struct fixture *f, struct seamldr_params *p)
{
	p->num_module_pages = 0;
}

static void params_many_pages(struct fixture *f, struct seamldr_params *p)
{
	p->num_module_pages = SEAMLDR_MAX_MODULE_PAGES + 1;
}

static void params_unaligned_page(struct fixture *f, struct seamldr_params *p)
{
	p->module_pa[p->num_module_pages - 1] |= 0x800;
}

static void params_page_in_seamrr(struct fixture *f, struct seamldr_params *p)
{
	p->module_pa[3] = f->host.config.seamrr_base;
}

static void params_private_page(struct fixture *f, struct seamldr_params *p)
{
	p->module_pa[0] |= (uint64_t)HOST_TD_KEYID << (f->host.config.maxpa -
						      f->host.config.keyid_bits);
}

static void params_page_above_maxpa(struct fixture *f, struct seamldr_params *p)
{
	p->module_pa[0] |= 1ULL << f->host.config.maxpa;
}

static void params_unaligned_sigstruct(struct fixture *f, struct seamldr_params *p)
{
	p->sigstruct_pa |= 0x100;
}

static const struct bad_params bad_params[] = {
	{ "version 1", params_version },
	{ "scenario 2", params_scenario },
	{ "first reserved byte", params_reserved_first },
	{ "last reserved byte", params_reserved_last },
	{ "no pages", params_no_pages },
	{ "497 pages", params_many_pages },
	{ "unaligned page", params_unaligned_page },
	{ "page in the SEAM range", params_page_in_seamrr },
	{ "page with a private KeyID", params_private_page },
	{ "page above MAXPA", params_page_above_maxpa },
	{ "unaligned sigstruct", params_unaligned_sigstruct },
};

#define NR_BAD_PARAMS	ARRAY_SIZE(bad_params)

FIXTURE_TEST_WITH(params, small_images)
{
	struct seamldr_params good, bad;
	struct host_install result;

	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_UPDATE);
	host_read(&f->host, HOST_PARAMS_PA, &good, sizeof(good));
	for (size_t i = 0; i < NR_BAD_PARAMS; i++) {
		bad = good;
		bad_params[i].apply(f, &bad);
		host_write(&f->host, HOST_PARAMS_PA, &bad, sizeof(bad));
		result = host_session(&f->host);
		if (result.status != SEAMLDR_EBADPARAM || result.rdx)
			printf("# %s\n", bad_params[i].what);
		CHECK_EQ(result.status, SEAMLDR_EBADPARAM);
		CHECK_EQ(result.rdx, 0);
	}

	/* An MKTME KeyID is shared, and none of the refusals left a trace */
	good.module_pa[0] |= 1ULL << (f->host.config.maxpa - f->host.config.keyid_bits);
	host_write(&f->host, HOST_PARAMS_PA, &good, sizeof(good));
	CHECK_EQ(host_session(&f->host).status, SEAMLDR_SUCCESS);
	CHECK_EQ(fixture_finish(f), TDX_SUCCESS);

	return true;
}

/* Sigstructs that are refused although they are well signed */
struct bad_sigstruct {
	const char *what;
	void (*apply)(struct seam_sigstruct *sig);
};

#define BAD_SIGSTRUCT(name, statement)				\
	static void name(struct seam_sigstruct *sig)		\
	{							\
		statement;					\
	}

BAD_SIGSTRUCT(bad_reserved0, sig->reserved0[87] = 1)
BAD_SIGSTRUCT(bad_reserved1, sig->reserved1[0] = 1)
BAD_SIGSTRUCT(bad_reserved2, sig->reserved2 = 1)
BAD_SIGSTRUCT(bad_reserved3, sig->reserved3[15] = 1)
BAD_SIGSTRUCT(bad_header_type, sig->header_type++)
BAD_SIGSTRUCT(bad_header_length, sig->header_length++)
BAD_SIGSTRUCT(bad_header_version, sig->header_version++)
BAD_SIGSTRUCT(bad_key_size, sig->key_size++)
BAD_SIGSTRUCT(bad_modulus_size, sig->modulus_size++)
BAD_SIGSTRUCT(bad_exponent_size, sig->exponent_size++)
BAD_SIGSTRUCT(bad_vendor, sig->module_vendor++)
BAD_SIGSTRUCT(bad_type, sig->module_type |= 1)
BAD_SIGSTRUCT(bad_attributes, sig->attributes = 1)
BAD_SIGSTRUCT(bad_size, sig->size--)
BAD_SIGSTRUCT(bad_cpuid_table_size, sig->cpuid_table_size = SIGSTRUCT_MAX_CPUIDS + 1)
BAD_SIGSTRUCT(bad_min_hv, sig->min_update_hv = sig->module_hv + 1)
BAD_SIGSTRUCT(bad_gdt_alignment, sig->gdt_idt_offset++)
BAD_SIGSTRUCT(bad_gdt_zero, sig->gdt_idt_offset = 0)
BAD_SIGSTRUCT(bad_wrapper_zero, sig->fault_wrapper_offset = 0)
BAD_SIGSTRUCT(bad_gdt_offset, sig->gdt_idt_offset = 16 * SEAM_PAGE_SIZE)
BAD_SIGSTRUCT(bad_wrapper_offset, sig->fault_wrapper_offset = 16 * SEAM_PAGE_SIZE - 511)
BAD_SIGSTRUCT(bad_production_table, sig->cpuid_table_size = 0)

static const struct bad_sigstruct bad_sigstructs[] = {
	{ "reserved0", bad_reserved0 },
	{ "reserved1", bad_reserved1 },
	{ "reserved2", bad_reserved2 },
	{ "reserved3", bad_reserved3 },
	{ "header type", bad_header_type },
	{ "header length", bad_header_length },
	{ "header version", bad_header_version },
	{ "key size", bad_key_size },
	{ "modulus size", bad_modulus_size },
	{ "exponent size", bad_exponent_size },
	{ "vendor", bad_vendor },
	{ "module type", bad_type },
	{ "attributes", bad_attributes },
	{ "size", bad_size },
	{ "CPU table size", bad_cpuid_table_size },
	{ "minimum handoff version above the own", bad_min_hv },
	{ "GDT offset not aligned", bad_gdt_alignment },
	{ "GDT offset zero, wrapper not", bad_gdt_zero },
	{ "wrapper offset zero, GDT not", bad_wrapper_zero },
	{ "GDT beyond the image", bad_gdt_offset },
	{ "wrapper beyond the image", bad_wrapper_offset },
	{ "production image without CPU table", bad_production_table },
};

#define NR_BAD_SIGSTRUCTS	ARRAY_SIZE(bad_sigstructs)

FIXTURE_TEST_WITH(sigstructs, small_images)
{
	struct seam_sigstruct *sig = host_image_sigstruct(&f->new);
	struct seam_sigstruct good = *sig;
	struct host_install result;

	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	for (size_t i = 0; i < NR_BAD_SIGSTRUCTS; i++) {
		*sig = good;
		bad_sigstructs[i].apply(sig);
		host_image_resign(&f->new);
		result = fixture_install(f);
		if (result.status != SEAMLDR_EBADSIG || result.rdx)
			printf("# %s\n", bad_sigstructs[i].what);
		CHECK_EQ(result.status, SEAMLDR_EBADSIG);
		CHECK_EQ(result.rdx, 0);
	}

	/* The exponent is not signed */
	*sig = good;
	host_image_resign(&f->new);
	sig->exponent = 3;
	CHECK_EQ(fixture_install(f).status, SEAMLDR_EBADSIG);

	*sig = good;
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);

	return true;
}

/* RCX of the last LP: the shared HPA rule */
FIXTURE_TEST_WITH(params_address, small_images)
{
	uint64_t wrong[] = {
		HOST_PARAMS_PA | 0x800,
		HOST_PARAMS_PA | (uint64_t)HOST_TD_KEYID << (f->host.config.maxpa -
							     f->host.config.keyid_bits),
		f->host.config.seamrr_base,
		1ULL << f->host.config.maxpa,
		HOST_RAM_SIZE,
	};

	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_UPDATE);
	/* So that only the address can be what is wrong */
	host_write(&f->host, HOST_PARAMS_PA + 0x800, "", 1);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		for (unsigned int lp = 0; lp < FIXTURE_LPS; lp++) {
			struct seam_regs regs = {
				.gpr[SEAM_RAX] = SEAMLDR_INSTALL,
				.gpr[SEAM_RCX] = wrong[i],
				.gpr[SEAM_RDX] = 1,
			};

			CHECK_EQ(host_call(&f->host, lp, &regs),
				 lp == FIXTURE_LAST_LP ? SEAMLDR_EBADPARAM : SEAMLDR_SUCCESS);
			CHECK_EQ(regs.gpr[SEAM_RDX], 0);
		}
	}

	return true;
}

/* What is just right: offsets, a full CPU table, a SEAM range that is just enough */
FIXTURE_TEST_WITH(at_the_limit, small_images)
{
	struct seam_sigstruct *sig = host_image_sigstruct(&f->new);
	struct platform_config *config = &f->host.platform->config;
	uint64_t base = config->seamrr_base;
	uint64_t needed;

	sig->gdt_idt_offset = 15 * SEAM_PAGE_SIZE;
	sig->fault_wrapper_offset = 16 * SEAM_PAGE_SIZE - 512;
	sig->cpuid_table_size = SIGSTRUCT_MAX_CPUIDS;
	host_image_resign(&f->new);
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);

	needed = seam_range_needed(f->host.platform, sig, 16);
	config->seamrr_base = config->p_seamldr_base - needed + SEAM_PAGE_SIZE;
	CHECK_EQ(fixture_install(f).status, SEAMLDR_ENOMEM);
	config->seamrr_base = config->p_seamldr_base - needed;
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);
	config->seamrr_base = base;
	CHECK_EQ(fixture_finish(f), TDX_SUCCESS);

	return true;
}

static void debug_without_table(struct fixture *f, struct image_spec *old)
{
	small_images(f, old);
	f->host.config.sgx_debug_mode = SGX_DEBUG_MODE_UNLOCKED;
	f->spec.debug_signed = true;
	f->spec.nr_cpuids = 0;
}

/* Only a production image needs a CPU table, and a debug image that has one obeys it */
FIXTURE_TEST_WITH(debug_cpu_table, debug_without_table)
{
	CHECK_EQ(host_update(&f->host, &f->new, 0), TDX_SUCCESS);
	f->spec.nr_cpuids = 1;
	f->spec.cpuid[0] = 0x000806f0;
	fixture_replace(f, &f->spec);
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(fixture_install(f).status, SEAMLDR_EUNSUPCPU);

	return true;
}

static void most_pages(struct fixture *f, struct image_spec *old)
{
	old->nr_pages = 16;
	f->spec.nr_pages = SEAMLDR_MAX_MODULE_PAGES;
}

FIXTURE_TEST_WITH(largest_image, most_pages)
{
	CHECK_EQ(host_update(&f->host, &f->new, 0), TDX_SUCCESS);
	CHECK_EQ(fixture_version(f), FIXTURE_NEWER);

	return true;
}

static void hv_1_to_4(struct fixture *f, struct image_spec *old)
{
	small_images(f, old);
	old->desc.module_hv = 4;
	old->desc.min_update_hv = 1;
	f->spec.desc = old->desc;
	f->spec.desc.module_hv = 3;
	f->spec.desc.min_update_hv = 2;
}

static uint64_t install_after(struct fixture *f, uint64_t hv)
{
	uint64_t status = fixture_shutdown(f, hv);

	return status ? status : fixture_install(f).status;
}

static uint64_t handoff_hv;
static uint64_t handoff_answer;

static bool handoff_body(struct fixture *f)
{
	CHECK_EQ(install_after(f, handoff_hv), handoff_answer);

	return true;
}

/* The new module's range, both ends of it */
static bool handoff_range(void)
{
	for (handoff_hv = 1; handoff_hv <= 4; handoff_hv++) {
		handoff_answer = handoff_hv == 2 || handoff_hv == 3 ? SEAMLDR_SUCCESS :
								      SEAMLDR_EBADHANDOFF;
		if (!fixture_run(hv_1_to_4, handoff_body))
			return false;
	}

	return true;
}

/* The payload has to fit the old module's handoff pages, to the byte */
FIXTURE_TEST_WITH(handoff_size, small_images)
{
	struct handoff_header *header = (struct handoff_header *)f->host.platform->seam.handoff;
	uint32_t most = 14 * SEAM_PAGE_SIZE - sizeof(*header);

	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	header->size = most + 1;
	CHECK_EQ(fixture_install(f).status, SEAMLDR_EBADHANDOFF);
	header->size = UINT32_MAX;
	CHECK_EQ(fixture_install(f).status, SEAMLDR_EBADHANDOFF);
	header->size = most;
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);

	return true;
}

/* A LOAD without CLEANUP: keys and caches count each for itself */
FIXTURE_TEST_WITH(dirty, small_images)
{
	struct pseamldr *ldr = f->host.platform->pseamldr;

	for (unsigned int kind = 0; kind < 3; kind++) {
		memset(ldr->key_dirty, 0, sizeof(ldr->key_dirty));
		memset(ldr->cache_dirty, 0, sizeof(ldr->cache_dirty));
		ldr->key_dirty[1] = kind == 0;
		ldr->cache_dirty[1] = kind == 1;
		CHECK_EQ(host_leaf(&f->host, 1, SEAMLDR_SHUTDOWN, 0, 0, 0, 0),
			 kind == 2 ? SEAMLDR_SUCCESS : SEAMLDR_ECLEANUPREQ);
	}

	return true;
}

/* Not checked: date, and the unused end of the sigstruct page */
FIXTURE_TEST_WITH(unchecked, small_images)
{
	struct seam_sigstruct *sig = host_image_sigstruct(&f->new);

	sig->date = 0xffffffff;
	sig->rip_offset = 0;
	host_image_resign(&f->new);
	((uint8_t *)sig)[SIGSTRUCT_SIZE] = 1;
	CHECK_EQ(host_update(&f->host, &f->new, 0), TDX_SUCCESS);

	return true;
}

/* The ends of each reserved field of a sigstruct, and neighbours that are not read */
static const unsigned int reserved_bytes[] = { 40, 127, 978, 983, 989, 1000, 1007, 1008, 1023 };
static const unsigned int unread_bytes[] = { 958, 961, 968, 977 };

#define FIRST_VERSION_BYTE	1000
#define LAST_VERSION_BYTE	1007

static struct host_install install_with_byte(struct fixture *f, unsigned int offset)
{
	uint8_t *byte = (uint8_t *)host_image_sigstruct(&f->new) + offset;
	struct host_install result;
	uint8_t good = *byte;

	*byte ^= 0x40;
	host_image_resign(&f->new);
	result = fixture_install(f);
	*byte = good;
	host_image_resign(&f->new);

	return result;
}

/* Each generation of P-SEAMLDR has its own idea of what is reserved */
static bool reserved_body(struct fixture *f)
{
	bool strict = f->host.config.loader.major == 1;

	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	for (size_t i = 0; i < ARRAY_SIZE(reserved_bytes); i++) {
		unsigned int at = reserved_bytes[i];
		bool version = at >= FIRST_VERSION_BYTE && at <= LAST_VERSION_BYTE;
		struct host_install result = install_with_byte(f, at);
		bool taken = version && !strict;

		if (taken != !result.status)
			printf("# byte %u\n", at);
		CHECK_EQ(result.status, taken ? SEAMLDR_SUCCESS : SEAMLDR_EBADSIG);
		CHECK_EQ(result.rdx, 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(unread_bytes); i++)
		CHECK_EQ(install_with_byte(f, unread_bytes[i]).status, SEAMLDR_SUCCESS);

	return true;
}

static void loader_1_5(struct fixture *f, struct image_spec *old)
{
	small_images(f, old);
	f->host.config.loader.major = 1;
	f->host.config.loader.minor = 5;
}

static bool reserved_by_generation(void)
{
	return fixture_run(small_images, reserved_body) && fixture_run(loader_1_5, reserved_body);
}

/* After an unrecoverable failure only CLEANUP and LOAD help, except at SEAMDB */
FIXTURE_TEST_WITH(load_after_loss, small_images)
{
	struct host_install result = install_with(f, 1U << FAULT_HASH);

	CHECK_EQ(result.rdx, 1);
	host_put_image(&f->host, &f->old, SEAMLDR_SCENARIO_LOAD);
	result = host_session(&f->host);
	CHECK_EQ(result.status, SEAMLDR_ECLEANUPREQ);
	CHECK_EQ(result.rdx, 0);
	for (unsigned int lp = 0; lp < FIXTURE_LPS; lp++)
		CHECK_EQ(host_leaf(&f->host, lp, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_SUCCESS);
	CHECK_EQ(host_session(&f->host).status, SEAMLDR_SUCCESS);
	CHECK_EQ(host_cold_init(&f->host), TDX_SUCCESS);
	CHECK_EQ(fixture_version(f), FIXTURE_UPDATE);

	return true;
}

FIXTURE_TEST_WITH(load_after_seamdb_loss, small_images)
{
	struct host_install result = install_with(f, 1U << FAULT_SEAMDB);

	CHECK_EQ(result.rdx, 1);
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_LOAD);
	CHECK_EQ(host_session(&f->host).status, SEAMLDR_SUCCESS);

	return true;
}

/* The SEAMDB insertion is tried five times, not four */
FIXTURE_TEST_WITH(seamdb_tries, small_images)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_UPDATE);
	f->host.entropy_passes = 1;
	f->host.entropy_fails = SEAMDB_TRIES - 1;
	CHECK_EQ(host_session(&f->host).status, SEAMLDR_SUCCESS);

	return true;
}

static const struct test tests[] = {
	{ "each check answers as documented", each_check },
	{ "of two faults the earlier one wins", order_of_checks },
	{ "parameters that are refused", params },
	{ "sigstructs that are refused", sigstructs },
	{ "RCX of the last LP", params_address },
	{ "what is just right", at_the_limit },
	{ "debug images and CPU tables", debug_cpu_table },
	{ "496 pages", largest_image },
	{ "handoff versions of the new module", handoff_range },
	{ "size of the handoff data", handoff_size },
	{ "dirty keys, dirty caches", dirty },
	{ "what is not checked", unchecked },
	{ "reserved bytes of a sigstruct by P-SEAMLDR generation", reserved_by_generation },
	{ "LOAD after a lost module needs CLEANUP", load_after_loss },
	{ "LOAD after a SEAMDB failure needs none", load_after_seamdb_loss },
	{ "SEAMDB insertion is tried five times", seamdb_tries },
	{ NULL, NULL }
};

const struct suite suite_install = { "install", tests };
