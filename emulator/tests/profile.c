// SPDX-License-Identifier: GPL-2.0-or-later
/* The file that tdxctl probe writes: a machine that says what another has said. */
#include <stdlib.h>
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "qemu/profile.h"
#include "seam/page.h"
#include "tdxmod/metadata.h"
#include "tests/fixture.h"
#include "tests/suites.h"

#define MAX_TEXT	0x10000
#define MAX_ANSWERS	400
/* A field that no model has */
#define FIELD_UNKNOWN	0x0a0000030000aaaaULL
#define FIELD_TDCS_SIZE	0x9800000100000100ULL
#define CLASS_CMR	0x10

/* What the firmware of a host says */
struct answers {
	struct seamldr_info info;
	struct seamldr_seaminfo seaminfo;
	unsigned int nr;
	struct profile_field field[MAX_ANSWERS];
};

static bool ask(struct host *host, struct answers *answers)
{
	uint64_t id = METADATA_NO_FIELD;

	answers->nr = 0;
	CHECK_EQ(host_info(host, &answers->info), SEAMLDR_SUCCESS);
	CHECK_EQ(host_leaf(host, 0, SEAMLDR_SEAMINFO, HOST_BUFFER_PA, 0, 0, 0), SEAMLDR_SUCCESS);
	host_read(host, HOST_BUFFER_PA, &answers->seaminfo, sizeof(answers->seaminfo));
	do {
		struct seam_regs regs = { .gpr[SEAM_RAX] = TDH_SYS_RD, .gpr[SEAM_RDX] = id };
		uint64_t status = host_call(host, 0, &regs);

		CHECK(answers->nr < MAX_ANSWERS);
		if (id != METADATA_NO_FIELD) {
			CHECK_EQ(status, TDX_SUCCESS);
			answers->field[answers->nr++] = (struct profile_field) {
				id, regs.gpr[SEAM_R8]
			};
		}
		id = regs.gpr[SEAM_RDX];
	} while (id != METADATA_NO_FIELD);
	return true;
}

static bool same(const struct answers *a, const struct answers *b)
{
	CHECK(!memcmp(&a->info, &b->info, sizeof(a->info)));
	CHECK(!memcmp(&a->seaminfo, &b->seaminfo, sizeof(a->seaminfo)));
	CHECK_EQ(a->nr, b->nr);
	for (unsigned int i = 0; i < a->nr; i++) {
		CHECK_EQ(a->field[i].id, b->field[i].id);
		CHECK_EQ(a->field[i].value, b->field[i].value);
	}
	return true;
}

static void put_bytes(FILE *file, const char *name, const void *data, size_t size)
{
	const uint8_t *byte = data;

	fprintf(file, "\"%s\": \"", name);
	for (size_t i = 0; i < size; i++)
		fprintf(file, "%02x", byte[i]);
	fprintf(file, "\", ");
}

/* As tdxctl writes it */
static void write_file(const struct answers *answers, char text[static MAX_TEXT])
{
	struct seamldr_seaminfo seaminfo = answers->seaminfo;
	FILE *file = fmemopen(text, MAX_TEXT, "w");
	const char *comma = "";

	seaminfo.p_seamldr_base = 0;
	seaminfo.p_seamldr_size = 0;
	memset(seaminfo.cmr, 0, sizeof(seaminfo.cmr));
	fprintf(file, "{\"schema\": \"tdxctl-probe/1\", \"kernel\": \"k\", \"cpu\": \"0x%x\", ",
		seaminfo.socket_cpuid[0]);
	fprintf(file, "\"state\": \"ready\", \"version\": \"1.5.%02u\", ", FIXTURE_UPDATE);
	put_bytes(file, "seamldr_info", &answers->info, sizeof(answers->info));
	put_bytes(file, "seaminfo", &seaminfo, sizeof(seaminfo));
	fprintf(file, "\"metadata\": {");
	for (unsigned int i = 0; i < answers->nr; i++) {
		uint64_t id = answers->field[i].id;

		if ((id >> 56 & 0x3f) == CLASS_CMR && id != 0x9000000100000000)
			continue;
		fprintf(file, "%s\"%#018llx\": \"0x%llx\"", comma, (unsigned long long)id,
			(unsigned long long)answers->field[i].value);
		comma = ", ";
	}
	fprintf(file, ", \"%#018llx\": \"0x5\"}, \"contract\": []}", FIELD_UNKNOWN);
	fclose(file);
}

static struct platform_profile profile;
static char file_text[MAX_TEXT];

/* A host with the answers of the fixture's in a file, and one that reads the file */
static bool replay(struct fixture *f, struct host *host, struct host_image *image,
		   struct image_spec *spec)
{
	char error[PROFILE_ERROR_SIZE] = "";
	static struct answers answers;

	CHECK(ask(&f->host, &answers));
	write_file(&answers, file_text);
	host_init(host, FIXTURE_LPS, FIXTURE_SOCKETS);
	/* Nothing of this is what the file says. */
	host->config.cpuid_1_eax[0] = 0xa06e1;
	host->config.cpuid_1_eax[1] = 0xa06e1;
	host->config.loader.update = 7;
	host->config.seamdb_size = 3;
	if (!profile_parse(file_text, strlen(file_text), &profile, &host->config, error))
		printf("# %s\n", error);
	CHECK(!*error);
	host->config.profile = &profile;
	image_spec_init(spec);
	spec->nr_pages = FIXTURE_FEW_PAGES;
	spec->desc.update = 3;
	spec->desc.nr_cpuid_config = 18;
	spec->desc.tdcs_pages = 4;
	spec->desc.max_vcpus_per_td = 2;
	*image = host_image(spec);
	return host_start(host, image);
}

static void other(struct fixture *f, struct image_spec *old)
{
	old->desc.build_date = 20231224;
	old->desc.handoff_pages_raw = 30;
	f->host.config.loader.build_num = 99;
	f->host.config.seamdb_size = 9;
}

FIXTURE_TEST_WITH(says_the_same, other)
{
	static struct answers first, second;
	struct host_image image;
	struct image_spec spec;
	struct host host;
	uint64_t value;

	CHECK(replay(f, &host, &image, &spec));
	CHECK_EQ(host_cold_init(&host), 0);
	CHECK(ask(&f->host, &first));
	CHECK(ask(&host, &second));
	CHECK_EQ(host_sys_rd(&host, FIELD_UNKNOWN, &value), TDX_SUCCESS);
	CHECK_EQ(value, 5);
	/* That comes last, and the other has not said it. */
	CHECK_EQ(second.field[--second.nr].id, FIELD_UNKNOWN);
	CHECK(same(&first, &second));
	CHECK(host_sys_rd(&host, 0x0a0000030000aaabULL, &value) != TDX_SUCCESS);
	CHECK_EQ(value, 0);
	/* Without SEAMINFO in the file, SEAMINFO is the model's */
	profile.has_seaminfo = false;
	profile.seaminfo[0] = 9;
	CHECK_EQ(host_leaf(&host, 0, SEAMLDR_SEAMINFO, HOST_BUFFER_PA, 0, 0, 0), SEAMLDR_SUCCESS);
	host_read(&host, HOST_BUFFER_PA, &value, sizeof(value));
	CHECK_EQ(value, 0);
	/* What the model knows, and the file does not */
	for (unsigned int i = 0; i < profile.nr_fields; i++) {
		if (profile.field[i].id == FIELD_TDCS_SIZE)
			profile.field[i].id = FIELD_UNKNOWN;
	}
	CHECK_EQ(host_sys_rd(&host, FIELD_TDCS_SIZE, &value), TDX_METADATA_FIELD_ID_INCORRECT);
	CHECK_EQ(value, 0);
	host_free(&host);
	host_image_free(&image);
	return true;
}

/* The next module answers for itself, and P-SEAMLDR stays what it is. */
FIXTURE_TEST_WITH(until_an_update, other)
{
	static struct answers first, second;
	struct fixture other = { 0 };
	struct host_image image;
	struct image_spec spec;
	uint64_t value;

	CHECK(ask(&f->host, &first));
	CHECK(replay(f, &other.host, &image, &spec));
	CHECK_EQ(host_cold_init(&other.host), 0);
	CHECK_EQ(fixture_version(&other), FIXTURE_UPDATE);
	spec = f->spec;
	other.new = host_image(&spec);
	CHECK_EQ(fixture_shutdown(&other, 0), TDX_SUCCESS);
	CHECK_EQ(fixture_install(&other).status, SEAMLDR_SUCCESS);
	CHECK_EQ(fixture_finish(&other), TDX_SUCCESS);
	CHECK_EQ(fixture_version(&other), FIXTURE_NEWER);
	CHECK(host_sys_rd(&other.host, FIELD_UNKNOWN, &value) != TDX_SUCCESS);
	CHECK(ask(&other.host, &second));
	CHECK_EQ(second.info.build_num, 99);
	CHECK_EQ(second.info.num_remaining_updates, first.info.num_remaining_updates - 1);
	CHECK(memcmp(second.info.seamextend.mrseam, first.info.seamextend.mrseam, SHA384_SIZE));
	host_free(&other.host);
	host_image_free(&other.new);
	host_image_free(&image);
	return true;
}

/* A good file with @from replaced by @to, which are equally long */
static bool bad(const char *from, const char *to, const char *sentence)
{
	static char text[MAX_TEXT];
	struct platform_config config;
	char error[PROFILE_ERROR_SIZE] = "";
	char *at;

	platform_config_init(&config, 1, 1);
	strcpy(text, file_text);
	at = strstr(text, from);
	CHECK(at && strlen(from) == strlen(to));
	memcpy(at, to, strlen(to));
	if (profile_parse(text, strlen(text), &profile, &config, error)) {
		printf("# \"%s\" is accepted\n", to);
		return false;
	}
	if (!strstr(error, sentence))
		printf("# \"%s\": %s\n", to, error);
	CHECK(strstr(error, sentence));
	return true;
}

FIXTURE_TEST(bad_files)
{
	struct platform_config config;
	char error[PROFILE_ERROR_SIZE];
	static struct answers answers;

	platform_config_init(&config, 1, 1);
	CHECK(ask(&f->host, &answers));
	write_file(&answers, file_text);
	CHECK(profile_parse(file_text, strlen(file_text), &profile, &config, error));
	for (size_t size = 0; size < strlen(file_text); size += 997)
		CHECK(!profile_parse(file_text, size, &profile, &config, error) && *error);
	CHECK(!profile_parse("[]", 2, &profile, &config, error));
	CHECK(!profile_parse("{}", 2, &profile, &config, error));
	CHECK(bad("{", "[", "is not JSON at byte"));
	CHECK(bad("probe/1", "probe/2", "its schema is not"));
	CHECK(bad("\"ready\"", "\"lost!\"", "whose module was \"lost!\", not ready"));
	CHECK(bad("\"cpu\"", "\"upc\"", "no signature of a CPU"));
	CHECK(bad("\"cpu\": \"0x", "\"cpu\": \"0y", "no signature of a CPU"));
	CHECK(bad("seamldr_info\": \"0", "seamldr_info\": \"x", "no seamldr_info of 256 bytes"));
	CHECK(bad("seaminfo\": \"0", "seaminfo\": \"x", "a seaminfo that is not of 2048 bytes"));
	CHECK(bad("metadata", "metadatA", "has no metadata"));
	CHECK(bad("{\"0x0000000200000000", "{\"0x0000000200000x00", "which is not a field"));
	CHECK(bad("{\"0x0000000200000000", "{\"0x4000000200000000", "which is not a field"));
	CHECK(bad("00000200000000\": \"0x2\"", "00000200000000\": \"0xg\"", "is not a number"));
	CHECK(bad("0x0a0000030000aaaa", "0x9000000300000080", "says where memory is"));
	CHECK(bad("\"1.5.16\"", "\"1.5.17\"", "is of version \"1.5.17\", and of 1.5.16"));
	return true;
}

/* What the parser cannot know */
FIXTURE_TEST(bad_values)
{
	static const struct {
		uint64_t id, value;
		const char *sentence;
	} values[] = {
		{ FIELD_TDCS_SIZE, 4097, "has a value that it cannot have" },
		{ FIELD_TDCS_SIZE, 0, "is missing" },
		{ 0x9900000100000008, 0x10000, "has a value that it cannot have" },
		{ FIELD_NUM_CPUID_CONFIG, 33, "more than the model has room for" },
		{ 0x0800000100000004, 2, "an image of the same series" },
	};
	char error[PLATFORM_ERROR_SIZE] = "";
	struct host_image image;
	struct image_spec spec;
	struct host host;

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct seam_memory memory;
		unsigned int j = 0;

		CHECK(replay(f, &host, &image, &spec));
		memory = (struct seam_memory) { 0 };
		while (profile.field[j].id != values[i].id)
			j++;
		profile.field[j].value = values[i].value;
		CHECK(!platform_new(&host.config, &memory, error));
		if (!strstr(error, values[i].sentence))
			printf("# %s\n", error);
		CHECK(strstr(error, values[i].sentence));
		host_free(&host);
		host_image_free(&image);
	}
	/* As many as there is room for */
	CHECK(replay(f, &host, &image, &spec));
	for (unsigned int j = 0; j < profile.nr_fields; j++) {
		if (profile.field[j].id == FIELD_NUM_CPUID_CONFIG)
			profile.field[j].value = MODULE_MAX_CPUID_CONFIG;
	}
	CHECK(platform_reset(host.platform, error));
	host_free(&host);
	host_image_free(&image);
	return true;
}

static const struct test tests[] = {
	{ "firmware says what the file says", says_the_same },
	{ "until another module is installed", until_an_update },
	{ "a file that cannot be used", bad_files },
	{ "values that make no sense", bad_values },
	{ NULL, NULL }
};

const struct suite suite_profile = { "profile", tests };
