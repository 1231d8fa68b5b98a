// SPDX-License-Identifier: GPL-2.0-or-later
/* Platform descriptions that are refused, images that do not load, and resets. */
#include <string.h>

#include "platform/native_cpuid.h"
#include "pseamldr/pseamldr.h"
#include "seam/page.h"
#include "tdxmod/module.h"
#include "tests/fixture.h"
#include "tests/suites.h"

/** struct bad_config - one impossible description, and a word of the refusal */
struct bad_config {
	void (*apply)(struct platform_config *config);
	const char *word;
};

#define BAD_CONFIG(name, statement)				\
	static void name(struct platform_config *config)	\
	{							\
		statement;					\
	}

BAD_CONFIG(no_lps, config->nr_lps = 0)
BAD_CONFIG(many_lps, config->nr_lps = PLATFORM_MAX_LPS + 1)
BAD_CONFIG(no_sockets, config->nr_sockets = 0)
BAD_CONFIG(many_sockets, config->nr_sockets = PLATFORM_MAX_SOCKETS + 1)
BAD_CONFIG(same_id, config->x2apic_id[1] = config->x2apic_id[0])
BAD_CONFIG(wrong_package, config->package[0] = 7)
BAD_CONFIG(empty_socket, config->package[2] = config->package[3] = 0)
BAD_CONFIG(many_keyids, config->nr_tdx_keyids = 64)
BAD_CONFIG(few_keyids, config->nr_tdx_keyids = 1)
BAD_CONFIG(no_keys, config->nr_key_hashes = 0)
BAD_CONFIG(wide_address, config->maxpa = 53)
BAD_CONFIG(seamrr_small, config->seamrr_size = 1 << 20)
BAD_CONFIG(seamrr_base, config->seamrr_base += 4096)
BAD_CONFIG(loader_outside, config->p_seamldr_base = config->seamrr_base)
BAD_CONFIG(no_seamdb, config->seamdb_size = 0)
BAD_CONFIG(many_cmrs, config->nr_cmrs = 33)
BAD_CONFIG(cmr_in_seamrr, config->cmr[0].base = config->seamrr_base)
BAD_CONFIG(cmr_order, (config->nr_cmrs = 2, config->cmr[1] = config->cmr[0]))
BAD_CONFIG(bad_program, config->td_program = "inc; jump 3")
BAD_CONFIG(empty_program, config->td_program = "# nothing")

static const struct bad_config bad_configs[] = {
	{ no_lps, "LPs" },
	{ many_lps, "LPs" },
	{ no_sockets, "sockets" },
	{ many_sockets, "sockets" },
	{ same_id, "x2APIC" },
	{ wrong_package, "socket" },
	{ empty_socket, "no LP" },
	{ many_keyids, "KeyID" },
	{ few_keyids, "KeyID" },
	{ no_keys, "keys" },
	{ wide_address, "address bits" },
	{ seamrr_small, "SEAM range" },
	{ seamrr_base, "SEAM range" },
	{ loader_outside, "P-SEAMLDR range" },
	{ no_seamdb, "SEAMDB" },
	{ many_cmrs, "CMRs" },
	{ cmr_in_seamrr, "SEAM range" },
	{ cmr_order, "CMR 1" },
	{ bad_program, "jump" },
	{ empty_program, "no statement" },
};

static bool refused(void)
{
	struct seam_memory memory = { 0 };
	char error[PLATFORM_ERROR_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(bad_configs); i++) {
		struct platform_config config;

		platform_config_init(&config, 4, 2);
		config.nr_cmrs = 1;
		config.cmr[0].size = HOST_RAM_SIZE;
		bad_configs[i].apply(&config);
		memset(error, 0, sizeof(error));
		CHECK(!platform_new(&config, &memory, error));
		if (!strstr(error, bad_configs[i].word))
			printf("# \"%s\" lacks \"%s\"\n", error, bad_configs[i].word);
		CHECK(strstr(error, bad_configs[i].word));
		CHECK(error[strlen(error) - 1] != '.');
	}

	return true;
}

static bool load(struct host_image *image, const char *word)
{
	struct seam_memory memory = { 0 };
	char error[PLATFORM_ERROR_SIZE] = "";
	struct platform_config config;
	struct platform *platform;

	platform_config_init(&config, 2, 1);
	config.module_image = image->file;
	config.module_image_size = image->size;
	platform = platform_new(&config, &memory, error);
	platform_free(platform);
	if (!word)
		return platform;

	return !platform && strstr(error, word);
}

static bool images(void)
{
	struct image_spec spec;
	struct host_image image;

	image_spec_init(&spec);
	spec.header = BLOB_V100;
	image = host_image(&spec);
	CHECK(load(&image, NULL));

	host_image_sigstruct(&image)->signature[0] ^= 1;
	blob_fix_checksum(image.file, image.size);
	CHECK(load(&image, "EBADSIG"));
	host_image_sigstruct(&image)->signature[0] ^= 1;
	CHECK(load(&image, "checksum"));
	blob_fix_checksum(image.file, image.size);
	host_image_module(&image)[0x7000] ^= 1;
	blob_fix_checksum(image.file, image.size);
	CHECK(load(&image, "EBADHASH"));
	image.file[8] = 'X';
	CHECK(load(&image, "TDX-BLOB"));
	host_image_free(&image);

	return true;
}

/* Everything is as it was after power on, entropy included */
FIXTURE_TEST(reset)
{
	char error[PLATFORM_ERROR_SIZE];
	uint64_t first, value;

	f->host.platform->config.hooks.entropy = NULL;
	CHECK(platform_reset(f->host.platform, error));
	CHECK(platform_entropy(f->host.platform, &first));
	CHECK_EQ(host_cold_init(&f->host), TDX_SUCCESS);
	CHECK_EQ(host_update(&f->host, &f->new, 0), TDX_SUCCESS);
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_INSTALL, HOST_PARAMS_PA, 0, 0, 0), 0);
	platform_hold_lp(f->host.platform, 2, true);

	CHECK(platform_reset(f->host.platform, error));
	CHECK(!platform_lp_in_td(f->host.platform, 2));
	CHECK(platform_entropy(f->host.platform, &value));
	CHECK_EQ(value, first);
	CHECK_EQ(tdxmod_state(f->host.platform), SYSINIT_PENDING);
	CHECK_EQ(host_cold_init(&f->host), TDX_SUCCESS);
	CHECK_EQ(fixture_version(f), FIXTURE_UPDATE);
	CHECK_EQ(host_update(&f->host, &f->new, 0), TDX_SUCCESS);

	return true;
}

/* A leaf that the processor does not have is zero */
static bool native_cpuids(void)
{
	struct platform_config config;
	struct native_leaf native;

	platform_config_init(&config, 1, 1);
	native = native_cpuid_find(&config, 0x21, 3);
	CHECK_EQ(native.leaf, 0x21);
	CHECK_EQ(native.subleaf, 3);
	CHECK_EQ(native.reg[0] | native.reg[1] | native.reg[2] | native.reg[3], 0);
	/* And leaf 1 says which processor it is */
	native = native_cpuid_find(&config, 1, NATIVE_NO_SUBLEAF);
	CHECK_EQ(native.reg[0], config.cpuid_1_eax[0]);

	return true;
}

static const struct test tests[] = {
	{ "descriptions that are refused", refused },
	{ "images that BIOS loads or not", images },
	{ "cold reset", reset },
	{ "CPUID of the processor", native_cpuids },
	{ NULL, NULL }
};

const struct suite suite_platform = { "platform", tests };
