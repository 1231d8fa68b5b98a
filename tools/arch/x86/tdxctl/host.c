// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel and the firmware say about this host
 */

#include <cpuid.h>
#include <errno.h>
#include <stdlib.h>

#include "host.h"
#include "report.h"
#include "tdxctl.h"

/* SEAMLDR.INFO and the copy of SEAMEXTEND in it (chapter "SEAMLDR_INFO") */
#define INFO_MAJOR		20
#define INFO_SVN_MINOR		40
#define INFO_SVN_MAJOR		41
#define INFO_MRSEAM		56
#define INFO_SEAM_READY		160

/* SEAMLDR.SEAMINFO (chapter "SEAMINFO") */
#define SEAMINFO_NR_LPS		8
#define SEAMINFO_NR_SOCKETS	12
#define SEAMINFO_CPUIDS		16

/* Metadata of the module (chapter "Global-Scope Metadata") */
#define FIELD_PAMT_4K		0x9100000100000010ULL
#define FIELD_MODULE_HV		0x8900000100000000ULL
#define FIELD_MIN_UPDATE_HV	0x8900000100000001ULL
#define FIELD_NO_DOWNGRADE	0x8900000000000002ULL
#define FIELD_HANDOFF_PAGES	0x8900000100000003ULL

/* "0-3,5": how many */
static u32 count_list(const char *list)
{
	unsigned long first, last;
	u32 count = 0;
	char *end;

	while (*list >= '0' && *list <= '9') {
		first = strtoul(list, &end, 10);
		last = *end == '-' ? strtoul(end + 1, &end, 10) : first;
		if (last < first || last > 65535)
			return 0;

		count += last - first + 1;
		list = *end == ',' ? end + 1 : end;
	}

	return count;
}

static bool read_table(const char *name, u8 *table, size_t size)
{
	char path[512];

	return !sysfs_path(path, sizeof(path), DEBUGFS "/%s", name) &&
	       read_file_some(path, table, size) == (ssize_t)size;
}

/* A line is an id and a value.  Others are not from a kernel that is known. */
static void read_fields(struct host *host)
{
	unsigned long long id, value;
	char path[512], line[80];
	FILE *file;

	if (sysfs_path(path, sizeof(path), DEBUGFS "/metadata"))
		return;

	file = fopen(path, "re");
	if (!file)
		return;

	host->fields = calloc(MAX_FIELDS, sizeof(*host->fields));
	while (host->fields && host->nr_fields < MAX_FIELDS && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "0x%16llx 0x%16llx", &id, &value) == 2)
			host->fields[host->nr_fields++] = (struct field) { id, value };
	}
	fclose(file);
}

static u32 get_u32(const u8 *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (u32)p[3] << 24;
}

static void read_state(struct host *host)
{
	char buf[ATTR_LEN];
	int ret;

	ret = sysfs_read(buf, sizeof(buf), TDX_HOST "/version");
	if (!ret)
		version_parse(buf, &host->version);

	/* A kernel that does not tell has no state in between. */
	host->has_state = !sysfs_read(buf, sizeof(buf), TDX_HOST "/state");
	if (!host->has_state)
		host->state = ret == -ENXIO ? HOST_LOST : ret ? HOST_UNKNOWN : HOST_READY;
	else if (!strcmp(buf, "ready"))
		host->state = HOST_READY;
	else if (!strcmp(buf, "stopped"))
		host->state = HOST_STOPPED;
	else if (!strcmp(buf, "lost"))
		host->state = HOST_LOST;
	else
		host->state = HOST_UNKNOWN;
}

static void read_cpu(struct host *host)
{
	u32 eax, ebx, ecx, edx;

	if (host->has_seaminfo && get_u32(host->seaminfo + SEAMINFO_NR_SOCKETS))
		host->cpu = get_u32(host->seaminfo + SEAMINFO_CPUIDS);
	else if (!strcmp(options.sysfs, "/sys") && __get_cpuid(1, &eax, &ebx, &ecx, &edx))
		host->cpu = eax;
}

/* The kernel says so in cpuinfo, which is not in sysfs. */
static bool has_erratum(void)
{
	char line[4096];
	bool found = false;
	FILE *file;

	if (strcmp(options.sysfs, "/sys"))
		return false;

	file = fopen("/proc/cpuinfo", "re");
	while (file && !found && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, "bugs", 4)) {
			found = strstr(line, "seamret_invd_vmcs");
			break;
		}
	}
	if (file)
		fclose(file);

	return found;
}

/**
 * host_read() - find out all that can be known of this host
 * @host: where to store it, to be freed
 *
 * Who is not root learns less.
 */
void host_read(struct host *host)
{
	char buf[ATTR_LEN];

	memset(host, 0, sizeof(*host));
	host->updates_left = -1;
	if (!sysfs_read(buf, sizeof(buf), "devices/system/cpu/online"))
		host->nr_online = count_list(buf);
	if (!sysfs_read(buf, sizeof(buf), "devices/system/cpu/present"))
		host->nr_present = count_list(buf);

	if (sysfs_exists(TDX_HOST)) {
		read_state(host);
		host->has_update = sysfs_exists("class/firmware/" NODE_UPDATE);
		host->has_check = sysfs_exists("class/firmware/" NODE_CHECK);
		host->erratum = !host->has_update && has_erratum();
		if (!sysfs_read(buf, sizeof(buf), TDX_HOST "/seamldr_version"))
			version_parse(buf, &host->seamldr);
		if (!sysfs_read(buf, sizeof(buf), TDX_HOST "/num_remaining_updates") &&
		    *buf >= '0' && *buf <= '9')
			host->updates_left = strtoul(buf, NULL, 10);
		sysfs_read(host->skip, sizeof(host->skip), SKIP_CHECKS);
		host->has_info = read_table("seamldr_info", host->info, sizeof(host->info));
		host->has_seaminfo = read_table("seaminfo", host->seaminfo,
						sizeof(host->seaminfo));
		read_fields(host);
	}
	read_cpu(host);
}

void host_free(struct host *host)
{
	free(host->fields);
	host->fields = NULL;
}

const char *host_state_name(enum host_state state)
{
	static const char * const names[] = {
		[HOST_NONE] = "none", [HOST_READY] = "ready", [HOST_STOPPED] = "stopped",
		[HOST_LOST] = "lost", [HOST_UNKNOWN] = "unknown",
	};

	return names[state];
}

bool host_field(const struct host *host, u64 id, u64 *value)
{
	u32 i;

	for (i = 0; i < host->nr_fields; i++) {
		if (host->fields[i].id == id) {
			*value = host->fields[i].value;
			return true;
		}
	}

	return false;
}

/* Is this the module that runs?  Its hash tells, and without it nothing does. */
bool host_runs(const struct host *host, const struct image *image)
{
	return host->state == HOST_READY && host->has_info && image_is_wellformed(image) &&
	       host->info[INFO_SEAM_READY] &&
	       !memcmp(host->info + INFO_MRSEAM, image->parts.sigstruct->seamhash,
		       sizeof(image->parts.sigstruct->seamhash));
}

static bool add_handoff(const struct host *host, struct seamldr_platform *platform)
{
	u64 hv, min, no_downgrade, pages;

	if (!host_field(host, FIELD_MODULE_HV, &hv) ||
	    !host_field(host, FIELD_MIN_UPDATE_HV, &min) ||
	    !host_field(host, FIELD_NO_DOWNGRADE, &no_downgrade) ||
	    !host_field(host, FIELD_HANDOFF_PAGES, &pages))
		return false;

	platform->module_hv = hv;
	platform->min_update_hv = min;
	platform->no_downgrade = no_downgrade;
	platform->handoff_pages = pages;

	return true;
}

static void add_seaminfo(const struct host *host, struct seamldr_platform *platform)
{
	u32 nr = get_u32(host->seaminfo + SEAMINFO_NR_SOCKETS), i;

	platform->nr_lps = get_u32(host->seaminfo + SEAMINFO_NR_LPS);
	platform->nr_online = host->nr_online;
	platform->nr_sockets = nr < SEAMLDR_MAX_SOCKETS ? nr : SEAMLDR_MAX_SOCKETS;
	for (i = 0; i < platform->nr_sockets; i++)
		platform->socket_cpuid[i] = get_u32(host->seaminfo + SEAMINFO_CPUIDS + 4 * i);
}

static void add_info(const struct host *host, struct seamldr_platform *platform)
{
	platform->seamldr_major = host->info[INFO_MAJOR] | host->info[INFO_MAJOR + 1] << 8;
	platform->svn_major = host->info[INFO_SVN_MAJOR];
	platform->svn_minor = host->info[INFO_SVN_MINOR];
	platform->seam_ready = host->info[INFO_SEAM_READY];
	memcpy(platform->mrseam, host->info + INFO_MRSEAM, sizeof(platform->mrseam));
}

/**
 * host_platform() - what an image is checked against on this host
 * @host: the host
 * @image: the image, well-formed
 * @platform: where to store it
 *
 * Return: names of checks that need something that is not known, separated by
 * commas, or NULL if there are none.
 */
const char *host_platform(const struct host *host, const struct image *image,
			  struct seamldr_platform *platform)
{
	static char unknown[ATTR_LEN];
	size_t len = 0, i;
	bool known;
	u64 size;

	image_permissive_platform(image, platform);
	platform->skip = options.skip_mask;
	if (host->has_info)
		add_info(host, platform);
	else
		len += scnprintf(unknown + len, sizeof(unknown) - len, ",svn-major,svn-minor");
	if (!host->has_info && host->seamldr.major)
		platform->seamldr_major = host->seamldr.major;

	if (host->has_seaminfo) {
		add_seaminfo(host, platform);
	} else {
		platform->nr_lps = host->nr_present;
		platform->nr_online = host->nr_online;
		platform->nr_sockets = !!host->cpu;
		platform->socket_cpuid[0] = host->cpu;
	}
	if (host->updates_left >= 0)
		platform->updates_left = host->updates_left;
	else
		len += scnprintf(unknown + len, sizeof(unknown) - len, ",updates-left");

	if (!add_handoff(host, platform))
		len += scnprintf(unknown + len, sizeof(unknown) - len,
				 ",handoff-version,handoff-older,handoff-pages");

	for (i = 0, known = true; i < ARRAY_SIZE(platform->pamt_entry_size); i++) {
		known = known && host_field(host, FIELD_PAMT_4K + i, &size);
		if (known)
			platform->pamt_entry_size[i] = size;
	}
	if (!known)
		len += scnprintf(unknown + len, sizeof(unknown) - len, ",pamt-size");

	return len ? unknown + 1 : NULL;
}
