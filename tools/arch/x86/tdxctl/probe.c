// SPDX-License-Identifier: GPL-2.0
/*
 * tdxctl probe: what this host says, beside what it is expected to say
 *
 * Reads only.  Owners of TDX hosts can send the result to whoever maintains a
 * model of the firmware: it has no addresses and no serial numbers.
 */

#include <sys/utsname.h>

#include "tdxctl.h"

/* Where the memory of the host is, is its owner's business. */
#define SEAMINFO_RANGE		48
#define SEAMINFO_CMRS		128
#define SEAMINFO_RESERVED	640
#define FIELD_CLASS(id)		((id) >> 56 & 0x3f)
#define CLASS_CMR		0x10
#define FIELD_NUM_CMRS		0x9000000100000000ULL

/*
 * Values that are expected of every host: section of the firmware contract
 * (emulator/doc/seam-abi.md of the project), 'i' for SEAMLDR.INFO, 's' for SEAMINFO,
 * 'm' for metadata, offset there or id of the field
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
static const struct rule release_rules[] = {
	{ "6.4", "TDX_FEATURES0", 'm', 0x0a00000300000008, 8 },
	{ "6.4", "TDCS_BASE_SIZE", 'm', 0x9800000100000100, 2 },
	{ "6.4", "MAX_VCPUS_PER_TD", 'm', 0x9900000100000008, 2 },
	{ "6.4", "NUM_CPUID_CONFIG", 'm', 0x9900000100000004, 2 },
	{ "6.4", "MODULE_HV", 'm', 0x8900000100000000, 2 },
};

static const struct {
	u64 version;
	u64 values[ARRAY_SIZE(release_rules)];
} releases[] = {
	{ VERSION(1, 5, 5), { 0x1f0fbf, 0x6000, 576, 18, 0 } },
	{ VERSION(1, 5, 6), { 0x2e1f0fbf, 0x6000, 576, 18, 0 } },
	{ VERSION(1, 5, 8), { 0x22e1f0fbf, 0x6000, 576, 18, 0 } },
	{ VERSION(1, 5, 9), { 0x26f1f0fbf, 0x6000, 576, 28, 0 } },
	{ VERSION(1, 5, 13), { 0x226f1f0fbf, 0x6000, 576, 28, 0 } },
	{ VERSION(1, 5, 16), { 0x226f3f0fbf, 0x6000, 576, 28, 0 } },
	{ VERSION(1, 5, 20), { 0x10326f3f0fbf, 0x6000, 576, 28, 0 } },
	{ VERSION(1, 5, 24), { 0xd1326f3f0fbf, 0x6000, 576, 28, 1 } },
	{ VERSION(1, 5, 25), { 0xd1326f3f0fbf, 0x6000, 576, 28, 1 } },
	{ VERSION(1, 5, 28), { 0x18d1326f3f0fbf, 0x6000, 576, 28, 1 } },
	{ VERSION(1, 5, 34), { 0x15ad9326f3f1fbf, 0x6000, 576, 28, 2 } },
	{ VERSION(2, 0, 2), { 0x22e1f0fbf, 0x7000, 1376, 18, 0 } },
	{ VERSION(2, 0, 4), { 0x26f1f0fbf, 0x9000, 1376, 28, 0 } },
	{ VERSION(2, 0, 5), { 0x26f1f0fbf, 0x9000, 1376, 28, 0 } },
	{ VERSION(2, 0, 8), { 0x10326f3f0fbf, 0x9000, 1376, 28, 0 } },
	{ VERSION(2, 0, 12), { 0x10326f3f0fbf, 0x9000, 1376, 28, 0 } },
	{ VERSION(2, 0, 14), { 0xd1326f3f0fbf, 0x9000, 1376, 28, 1 } },
	{ VERSION(2, 0, 16), { 0x18d1326f3f0fbf, 0x9000, 1376, 28, 1 } },
	{ VERSION(2, 0, 18), { 0x15ad9326f3f1fbf, 0x9000, 1376, 28, 2 } },
};

static bool read_value(const struct host *host, const struct rule *rule, u64 *value)
{
	const u8 *table = rule->table == 'i' ? host->info : host->seaminfo;

	if (rule->table == 'm')
		return host_fields(host, rule->at, 1, value);

	*value = get_le(table + rule->at, rule->size);

	return rule->table == 'i' ? host->has_info : host->has_seaminfo;
}

/* One line of the table: what the contract says, and what this host says */
static void compare(struct json_object *table, const struct host *host, const struct rule *rule,
		    u64 min, u64 max)
{
	struct json_object *row;
	u64 value = 0;
	bool readable = read_value(host, rule, &value);
	bool agrees = readable && value >= min && value <= max;
	char range[30] = "";

	if (min != max)
		snprintf(range, sizeof(range), " to 0x%llx", (unsigned long long)max);
	row = json_make("section", json_text("%s", rule->section),
			"what", json_text("%s", rule->what),
			"contract", json_text("0x%llx%s", (unsigned long long)min, range),
			"host", readable ? json_hex(value) : json_text("not readable"),
			"agrees", json_bool(agrees));
	json_object_array_add(table, row);
	print_line("%-8s %-28s %-24s %-20s %s", rule->section, rule->what,
		   json_get(row, "contract"), json_get(row, "host"),
		   !readable ? "" : agrees ? "agrees" : "DIFFERS");
}

static struct json_object *contract_to_json(const struct host *host)
{
	static const struct rule nr_lps = { "3.3", "SEAMINFO tot_num_lps", 's', 8, 4 };
	struct json_object *table = json_object_new_array();
	size_t i, j;

	print_line("%-8s %-28s %-24s %-20s", "section", "what", "contract says", "this host says");
	for (i = 0; i < ARRAY_SIZE(rules); i++)
		compare(table, host, &rules[i], rules[i].min, rules[i].max);
	compare(table, host, &nr_lps, host->nr_present, host->nr_present);
	for (i = 0; i < ARRAY_SIZE(releases); i++) {
		for (j = 0; releases[i].version == host->version &&
		     j < ARRAY_SIZE(release_rules); j++)
			compare(table, host, &release_rules[j], releases[i].values[j],
				releases[i].values[j]);
	}

	return table;
}

static struct json_object *metadata_to_json(const struct host *host)
{
	struct json_object *object = json_object_new_object();
	char name[20];
	u64 id;

	for (u32 i = 0; i < host->nr_fields; i++) {
		id = host->fields[i].id;
		if (FIELD_CLASS(id) == CLASS_CMR && id != FIELD_NUM_CMRS)
			continue;

		snprintf(name, sizeof(name), "0x%016llx", (unsigned long long)id);
		json_add(object, name, json_hex(host->fields[i].value), NULL);
	}

	return object;
}

static struct json_object *probe_to_json(struct host *host)
{
	char microcode[ATTR_LEN];
	struct utsname name = {};
	bool has_microcode = !sysfs_text("devices/system/cpu/cpu0/microcode", "version", microcode);

	uname(&name);
	memset(host->seaminfo + SEAMINFO_RANGE, 0, 16);
	memset(host->seaminfo + SEAMINFO_CMRS, 0, SEAMINFO_RESERVED - SEAMINFO_CMRS);

	return json_make("schema", json_text("tdxctl-probe/1"),
			 "kernel", json_text("%s", name.release),
			 "cpu", json_hex(host->cpu),
			 "microcode", has_microcode ? json_text("%s", microcode) : NULL,
			 "cpus_present", json_int(host->nr_present),
			 "state", json_text("%s", host_states[host->state]),
			 "version", json_version(host->version),
			 "seamldr_version", json_version(host->seamldr),
			 "updates_left", host->updates_left < 0 ? NULL :
					 json_int(host->updates_left),
			 "seamldr_info", host->has_info ? json_bytes(host->info, INFO_SIZE) : NULL,
			 "seaminfo", host->has_seaminfo ?
				     json_bytes(host->seaminfo, SEAMINFO_SIZE) : NULL,
			 "metadata", metadata_to_json(host),
			 "contract", contract_to_json(host));
}

void cmd_probe(char **args)
{
	struct host *host = host_read();
	struct json_object *probe;
	const char *text;

	if (host->state == HOST_NONE) {
		no_interface(host);
		return;
	}
	if (!host->has_info && !host->nr_fields) {
		report_error(EXIT_UNCHECKED, "no-tables",
			     "Run tdxctl as root, with debugfs at /sys/kernel/debug.",
			     "The firmware's tables cannot be read");
		return;
	}

	probe = probe_to_json(host);
	report_add("probe", probe);
	if (options.output) {
		text = json_object_to_json_string_ext(probe, JSON_FORMAT);
		if (write_file(options.output, text, strlen(text)))
			print_line("%s was written.", options.output);
	}
}
