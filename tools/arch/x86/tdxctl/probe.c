// SPDX-License-Identifier: GPL-2.0
/*
 * tdxctl probe: what this host says, beside what it is expected to say
 *
 * Reads only.  Owners of TDX hosts can send the result to whoever maintains a
 * model of the firmware: it has no addresses and no serial numbers.
 */

#include <stdlib.h>
#include <sys/utsname.h>

#include <json-c/json.h>

#include "host.h"
#include "report.h"
#include "tdxctl.h"

/* Where the memory of the host is, is its owner's business. */
#define SEAMINFO_RANGE		48
#define SEAMINFO_CMRS		128
#define SEAMINFO_RESERVED	640
#define FIELD_CLASS(id)		((id) >> 56 & 0x3f)
#define CLASS_CMR		0x10
#define FIELD_NUM_CMRS		0x9000000100000000ULL

#define VALUE_LEN		24

/**
 * struct rule - a value that is expected of every host
 * @section: of the firmware contract (emulator/doc/seam-abi.md of the project)
 * @what: name of the value
 * @table: 'i' for SEAMLDR.INFO, 's' for SEAMINFO, 'm' for metadata
 * @at: offset in the table, or id of the field
 * @size: bytes
 * @min: lowest value that is expected
 * @max: highest
 */
static const struct rule {
	const char *section;
	const char *what;
	char table;
	u64 at;
	u32 size;
	u64 min, max;
} rules[] = {
	{ "3.3", "INFO version", 'i', 0, 4, 0, 0 },
	{ "3.3", "INFO attributes", 'i', 4, 4, 0, 0 },
	{ "3.3", "INFO vendor_id", 'i', 8, 4, 0x8086, 0x8086 },
	{ "3.3", "INFO build_date, decimal", 'i', 12, 4, 20200101, 20401231 },
	{ "3.3", "INFO minor_version", 'i', 18, 2, 0, 5 },
	{ "3.3", "INFO major_version", 'i', 20, 2, 1, 2 },
	{ "3.3", "INFO update_version", 'i', 22, 2, 0, 0 },
	{ "3.3", "INFO valid", 'i', 32, 8, 0x1ff, 0x1ff },
	{ "3.3", "INFO MRSIGNER, first bytes", 'i', 104, 8, 0, 0 },
	{ "3.3", "INFO seam_ready", 'i', 160, 1, 1, 1 },
	{ "3.3", "INFO p_seamldr_ready", 'i', 162, 1, 1, 1 },
	{ "3.3", "INFO features0", 'i', 168, 8, 0, 3 },
	{ "3.3", "INFO reserved, first bytes", 'i', 176, 8, 0, 0 },
	{ "3.3", "SEAMINFO version", 's', 0, 8, 0, 0 },
	{ "3.3", "SEAMINFO tot_num_sockets", 's', 12, 4, 1, 8 },
	{ "6.4", "MAX_TDMRS", 'm', 0x9100000100000008, 2, 64, 64 },
	{ "6.4", "MAX_RESERVED_PER_TDMR", 'm', 0x9100000100000009, 2, 16, 16 },
	{ "6.4", "PAMT_4K_ENTRY_SIZE", 'm', 0x9100000100000010, 2, 16, 16 },
	{ "6.4", "PAMT_2M_ENTRY_SIZE", 'm', 0x9100000100000011, 2, 16, 16 },
	{ "6.4", "PAMT_1G_ENTRY_SIZE", 'm', 0x9100000100000012, 2, 16, 16 },
	{ "6.4", "TDR_BASE_SIZE", 'm', 0x9800000100000000, 2, 4096, 4096 },
	{ "6.4", "TDVPS_BASE_SIZE", 'm', 0x9800000100000200, 2, 24576, 24576 },
	{ "6.4", "MIN_UPDATE_HV", 'm', 0x8900000100000001, 2, 0, 0 },
};

/* What differs between releases, see section 6.4 */
static const struct known_release {
	struct version version;
	u64 features0;
	u32 tdcs_pages, max_vcpus, nr_cpuid, module_hv;
} known[] = {
	{ { 1, 5, 5 }, 0x1f0fbf, 6, 576, 18, 0 },
	{ { 1, 5, 6 }, 0x2e1f0fbf, 6, 576, 18, 0 },
	{ { 1, 5, 8 }, 0x22e1f0fbf, 6, 576, 18, 0 },
	{ { 1, 5, 9 }, 0x26f1f0fbf, 6, 576, 28, 0 },
	{ { 1, 5, 13 }, 0x226f1f0fbf, 6, 576, 28, 0 },
	{ { 1, 5, 16 }, 0x226f3f0fbf, 6, 576, 28, 0 },
	{ { 1, 5, 20 }, 0x10326f3f0fbf, 6, 576, 28, 0 },
	{ { 1, 5, 24 }, 0xd1326f3f0fbf, 6, 576, 28, 1 },
	{ { 1, 5, 25 }, 0xd1326f3f0fbf, 6, 576, 28, 1 },
	{ { 1, 5, 28 }, 0x18d1326f3f0fbf, 6, 576, 28, 1 },
	{ { 1, 5, 34 }, 0x15ad9326f3f1fbf, 6, 576, 28, 2 },
	{ { 2, 0, 2 }, 0x22e1f0fbf, 7, 1376, 18, 0 },
	{ { 2, 0, 4 }, 0x26f1f0fbf, 9, 1376, 28, 0 },
	{ { 2, 0, 5 }, 0x26f1f0fbf, 9, 1376, 28, 0 },
	{ { 2, 0, 8 }, 0x10326f3f0fbf, 9, 1376, 28, 0 },
	{ { 2, 0, 12 }, 0x10326f3f0fbf, 9, 1376, 28, 0 },
	{ { 2, 0, 14 }, 0xd1326f3f0fbf, 9, 1376, 28, 1 },
	{ { 2, 0, 16 }, 0x18d1326f3f0fbf, 9, 1376, 28, 1 },
	{ { 2, 0, 18 }, 0x15ad9326f3f1fbf, 9, 1376, 28, 2 },
};

static u64 get_le(const u8 *p, u32 size)
{
	u64 value = 0;

	while (size--)
		value = value << 8 | p[size];

	return value;
}

static void format_range(u64 min, u64 max, char buf[2 * VALUE_LEN])
{
	if (min == max)
		snprintf(buf, 2 * VALUE_LEN, "0x%llx", (unsigned long long)min);
	else
		snprintf(buf, 2 * VALUE_LEN, "0x%llx to 0x%llx", (unsigned long long)min,
			 (unsigned long long)max);
}

/* One line of the table: what the contract says, and what this host says */
static void compare(struct json_object *table, const char *section, const char *what, u64 min,
		    u64 max, bool readable, u64 value)
{
	struct json_object *row = json_object_new_object();
	char wanted[2 * VALUE_LEN], got[VALUE_LEN] = "not readable";

	format_range(min, max, wanted);
	if (readable)
		snprintf(got, sizeof(got), "0x%llx", (unsigned long long)value);

	json_add_string(row, "section", section);
	json_add_string(row, "what", what);
	json_add_string(row, "contract", wanted);
	json_add_string(row, "host", got);
	json_add_bool(row, "agrees", readable && value >= min && value <= max);
	json_object_array_add(table, row);
	print_line("%-8s %-28s %-24s %-20s %s", section, what, wanted, got,
		   !readable ? "" : value >= min && value <= max ? "agrees" : "DIFFERS");
}

static void compare_rule(struct json_object *table, const struct host *host,
			 const struct rule *rule)
{
	bool readable;
	u64 value = 0;

	switch (rule->table) {
	case 'i':
		readable = host->has_info;
		if (readable)
			value = get_le(host->info + rule->at, rule->size);
		break;
	case 's':
		readable = host->has_seaminfo;
		if (readable)
			value = get_le(host->seaminfo + rule->at, rule->size);
		break;
	default:
		readable = host_field(host, rule->at, &value);
	}
	compare(table, rule->section, rule->what, rule->min, rule->max, readable, value);
}

static void compare_release(struct json_object *table, const struct host *host)
{
	const struct known_release *release = NULL;
	u64 value = 0;
	bool ok;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		if (!version_compare(&known[i].version, &host->version))
			release = &known[i];
	}
	if (!release)
		return;

	ok = host_field(host, 0x0a00000300000008, &value);
	compare(table, "6.4", "TDX_FEATURES0", release->features0, release->features0, ok, value);
	ok = host_field(host, 0x9800000100000100, &value);
	compare(table, "6.4", "TDCS_BASE_SIZE", release->tdcs_pages * 4096,
		release->tdcs_pages * 4096, ok, value);
	ok = host_field(host, 0x9900000100000008, &value);
	compare(table, "6.4", "MAX_VCPUS_PER_TD", release->max_vcpus, release->max_vcpus, ok,
		value);
	ok = host_field(host, 0x9900000100000004, &value);
	compare(table, "6.4", "NUM_CPUID_CONFIG", release->nr_cpuid, release->nr_cpuid, ok, value);
	ok = host_field(host, 0x8900000100000000, &value);
	compare(table, "6.4", "MODULE_HV", release->module_hv, release->module_hv, ok, value);
}

static struct json_object *contract_to_json(const struct host *host)
{
	struct json_object *table = json_object_new_array();
	u32 i;

	print_line("%-8s %-28s %-24s %-20s", "section", "what", "contract says", "this host says");
	for (i = 0; i < ARRAY_SIZE(rules); i++)
		compare_rule(table, host, &rules[i]);
	compare(table, "3.3", "SEAMINFO tot_num_lps", host->nr_present, host->nr_present,
		host->has_seaminfo, get_le(host->seaminfo + 8, 4));
	compare_release(table, host);

	return table;
}

static struct json_object *metadata_to_json(const struct host *host)
{
	struct json_object *object = json_object_new_object();
	char id[VALUE_LEN];
	u32 i;

	for (i = 0; i < host->nr_fields; i++) {
		if (FIELD_CLASS(host->fields[i].id) == CLASS_CMR &&
		    host->fields[i].id != FIELD_NUM_CMRS)
			continue;

		snprintf(id, sizeof(id), "0x%016llx", (unsigned long long)host->fields[i].id);
		json_add_hex(object, id, host->fields[i].value);
	}

	return object;
}

static void add_kernel(struct json_object *probe, const struct host *host)
{
	char microcode[ATTR_LEN], version[VERSION_LEN];
	struct utsname name;

	if (!uname(&name))
		json_add_string(probe, "kernel", name.release);
	json_add_hex(probe, "cpu", host->cpu);
	if (!sysfs_read(microcode, sizeof(microcode),
			"devices/system/cpu/cpu0/microcode/version"))
		json_add_string(probe, "microcode", microcode);
	json_add_int(probe, "cpus_present", host->nr_present);
	json_add_string(probe, "state", host_state_name(host->state));
	json_add_string(probe, "version", version_format(&host->version, version));
	json_add_string(probe, "seamldr_version", version_format(&host->seamldr, version));
	if (host->updates_left >= 0)
		json_add_int(probe, "updates_left", host->updates_left);
}

static void add_tables(struct json_object *probe, const struct host *host)
{
	u8 seaminfo[SEAMINFO_SIZE];

	if (host->has_info)
		json_add_bytes(probe, "seamldr_info", host->info, sizeof(host->info));
	if (host->has_seaminfo) {
		memcpy(seaminfo, host->seaminfo, sizeof(seaminfo));
		memset(seaminfo + SEAMINFO_RANGE, 0, 16);
		memset(seaminfo + SEAMINFO_CMRS, 0, SEAMINFO_RESERVED - SEAMINFO_CMRS);
		json_add_bytes(probe, "seaminfo", seaminfo, sizeof(seaminfo));
	}
	json_object_object_add(probe, "metadata", metadata_to_json(host));
	json_object_object_add(probe, "contract", contract_to_json(host));
}

void cmd_probe(int argc, char **argv)
{
	struct json_object *probe;
	struct host host;
	const char *text;

	host_read(&host);
	if (host.state == HOST_NONE) {
		no_interface(&host);
	} else if (!host.has_info && !host.nr_fields) {
		report_error(EXIT_UNCHECKED, "no-tables",
			     "Run tdxctl as root, with debugfs at /sys/kernel/debug.",
			     "The firmware's tables cannot be read");
	} else {
		probe = json_object_new_object();
		json_add_string(probe, "schema", "tdxctl-probe/1");
		add_kernel(probe, &host);
		add_tables(probe, &host);
		if (options.output) {
			text = json_object_to_json_string_ext(probe, JSON_C_TO_STRING_PRETTY |
							       JSON_C_TO_STRING_SPACED |
							       JSON_C_TO_STRING_NOSLASHESCAPE);
			if (write_file(options.output, text, strlen(text)))
				print_line("%s was written.", options.output);
		}
		report_add("probe", probe);
	}
	host_free(&host);
}
