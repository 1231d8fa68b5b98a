// SPDX-License-Identifier: GPL-2.0
/*
 * tdxctl status: what the kernel and the firmware say about this host
 */

#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

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
#define FIELD_SIZE		0x0000000300000000ULL
/* PAMT_4K_ENTRY_SIZE, and those for 2M and 1G */
#define FIELD_PAMT		0x9100000100000010ULL
/* MODULE_HV, MIN_UPDATE_HV, NO_DOWNGRADE, NUM_HANDOFF_PAGES */
#define FIELD_HANDOFF		0x8900000100000000ULL

static int sysfs_open(const char *dir, const char *name, int flags)
{
	char path[512];
	int fd;

	/* A name that is too long is not there. */
	snprintf(path, sizeof(path), "%s/%s/%s", options.sysfs, dir, name);
	fd = open(path, flags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

bool sysfs_exists(const char *dir)
{
	int fd = sysfs_open(dir, "", O_PATH);

	if (fd >= 0)
		close(fd);

	return fd >= 0;
}

static int sysfs_read(const char *dir, const char *name, void *buf, size_t size)
{
	int fd = sysfs_open(dir, name, O_RDONLY | O_NONBLOCK), ret = fd;

	if (fd >= 0) {
		ret = read_all(fd, buf, size);
		close(fd);
	}

	return ret;
}

/* Reads an attribute, without the line feed.  Returns 0 or a negative errno. */
int sysfs_text(const char *dir, const char *name, char buf[ATTR_LEN])
{
	int n = sysfs_read(dir, name, buf, ATTR_LEN - 1);

	buf[n < 0 ? 0 : n] = 0;
	buf[strcspn(buf, "\n")] = 0;

	return n < 0 ? n : 0;
}

int sysfs_write(const char *dir, const char *name, const void *data, size_t size)
{
	int fd = sysfs_open(dir, name, O_WRONLY), ret = fd;

	if (fd >= 0) {
		ret = write_all(fd, data, size);
		close(fd);
	}

	return ret;
}

/* A copy of sysfs says nothing about the CPU and the processes here. */
bool is_here(void)
{
	return !strcmp(options.sysfs, "/sys");
}

/* Only root can.  In a copy of sysfs it is a matter of the files. */
bool can_upload(void)
{
	return !is_here() || !geteuid();
}

/* "0-3,5": how many */
static u32 count_cpus(const char *name)
{
	unsigned long first, last;
	char buf[ATTR_LEN], *p;
	u32 count = 0;

	if (sysfs_text("devices/system/cpu", name, buf))
		return 0;

	for (p = buf; *p >= '0' && *p <= '9'; p += *p == ',') {
		first = strtoul(p, &p, 10);
		last = *p == '-' ? strtoul(p + 1, &p, 10) : first;
		if (last < first || last > 65535)
			return 0;

		count += last - first + 1;
	}

	return count;
}

/* A line is an id and a value.  Others are not from a kernel that is known. */
static void read_fields(struct host *host)
{
	int fd = sysfs_open(DEBUGFS, "metadata", O_RDONLY);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	unsigned long long id, value;
	char line[80];

	while (file && host->nr_fields < MAX_FIELDS && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "0x%16llx 0x%16llx", &id, &value) != 2)
			continue;
		host->fields[host->nr_fields].id = id;
		host->fields[host->nr_fields++].value = value;
	}
	if (file)
		fclose(file);
}

u64 get_le(const u8 *p, u32 size)
{
	u64 value = 0;

	while (size--)
		value = value << 8 | p[size];

	return value;
}

const char * const host_states[] = {
	[HOST_NONE] = "none", [HOST_READY] = "ready", [HOST_STOPPED] = "stopped",
	[HOST_LOST] = "lost", [HOST_UNKNOWN] = "unknown",
};

enum host_state host_state_parse(const char *name)
{
	enum host_state state = HOST_READY;

	while (state < HOST_UNKNOWN && strcmp(name, host_states[state]))
		state++;

	return state;
}

void host_read_state(struct host *host)
{
	char buf[ATTR_LEN];
	int ret;

	ret = sysfs_text(TDX_HOST, "version", buf);
	host->version = version_parse(buf);
	host->has_state = !sysfs_text(TDX_HOST, "state", buf);
	if (host->has_state)
		host->state = host_state_parse(buf);
	else
		/* A kernel that does not tell has no state in between. */
		host->state = ret == -ENXIO ? HOST_LOST : ret ? HOST_UNKNOWN : HOST_READY;
}

/* The kernel says so in cpuinfo, in the lines about the first CPU. */
static bool has_erratum(void)
{
	char text[8192] = "";

	return is_here() && sysfs_read("../proc", "cpuinfo", text, sizeof(text) - 1) > 0 &&
	       strstr(text, "seamret_invd_vmcs");
}

/* Finds out all that can be known of this host.  Who is not root learns less. */
struct host *host_read(void)
{
	static struct host memory, *host = &memory;
	u32 eax, ebx, ecx, edx;
	char buf[ATTR_LEN];

	host->updates_left = -1;
	host->nr_online = count_cpus("online");
	host->nr_present = count_cpus("present");
	if (sysfs_exists(TDX_HOST)) {
		host_read_state(host);
		host->has_update = sysfs_exists(NODE_UPDATE);
		host->has_check = sysfs_exists(NODE_CHECK);
		host->erratum = !host->has_update && has_erratum();
		sysfs_text(TDX_HOST, "seamldr_version", buf);
		host->seamldr = version_parse(buf);
		sysfs_text(TDX_HOST, "num_remaining_updates", buf);
		if (*buf >= '0' && *buf <= '9')
			host->updates_left = strtoul(buf, NULL, 10);
		sysfs_text(PARAMETERS, SKIP_CHECKS, host->skip);
		host->has_info = sysfs_read(DEBUGFS, "seamldr_info", host->info,
					    INFO_SIZE) == INFO_SIZE;
		host->has_seaminfo = sysfs_read(DEBUGFS, "seaminfo", host->seaminfo,
						SEAMINFO_SIZE) == SEAMINFO_SIZE;
		read_fields(host);
	}
	if (host->has_seaminfo && get_le(host->seaminfo + SEAMINFO_NR_SOCKETS, 4))
		host->cpu = get_le(host->seaminfo + SEAMINFO_CPUIDS, 4);
	else if (is_here() && __get_cpuid(1, &eax, &ebx, &ecx, &edx))
		host->cpu = eax;

	return host;
}

/*
 * Looks up @nr fields that follow each other.  Only the size of an element in bits 33:32
 * of their ids may differ.  True if all of them are known.
 */
bool host_fields(const struct host *host, u64 first, u32 nr, u64 *values)
{
	u32 found = 0;
	u64 index;

	for (u32 i = 0; i < host->nr_fields; i++) {
		index = (host->fields[i].id & ~FIELD_SIZE) - (first & ~FIELD_SIZE);
		if (index < nr) {
			values[index] = host->fields[i].value;
			found |= BIT(index);
		}
	}

	return found == BIT(nr) - 1;
}

/* Is this the module that runs?  Its hash tells, and without it nothing does. */
bool host_runs(const struct host *host, const struct image *image)
{
	return host->state == HOST_READY && host->has_info && image_is_wellformed(image) &&
	       host->info[INFO_SEAM_READY] &&
	       !memcmp(host->info + INFO_MRSEAM, image->parts.sigstruct->seamhash,
		       sizeof(image->parts.sigstruct->seamhash));
}

static void add_cpus(const struct host *host, struct seamldr_platform *platform)
{
	platform->nr_online = host->nr_online;
	platform->nr_lps = host->nr_present;
	platform->nr_sockets = !!host->cpu;
	platform->socket_cpuid[0] = host->cpu;
	if (!host->has_seaminfo)
		return;

	platform->nr_lps = get_le(host->seaminfo + SEAMINFO_NR_LPS, 4);
	platform->nr_sockets = get_le(host->seaminfo + SEAMINFO_NR_SOCKETS, 4);
	if (platform->nr_sockets > SEAMLDR_MAX_SOCKETS)
		platform->nr_sockets = SEAMLDR_MAX_SOCKETS;
	for (u32 i = 0; i < platform->nr_sockets; i++)
		platform->socket_cpuid[i] = get_le(host->seaminfo + SEAMINFO_CPUIDS + 4 * i, 4);
}

/*
 * What an image is checked against on this host.  Returns the names of checks that need
 * something that is not known, or NULL.
 */
const char *host_platform(const struct host *host, const struct image *image,
			  struct seamldr_platform *platform)
{
	u64 pamt[ARRAY_SIZE(platform->pamt_entry_size)], handoff[4];
	bool has_pamt = host_fields(host, FIELD_PAMT, ARRAY_SIZE(pamt), pamt);
	bool has_handoff = host_fields(host, FIELD_HANDOFF, ARRAY_SIZE(handoff), handoff);
	static char unknown[ATTR_LEN];

	image_permissive_platform(image, platform);
	add_cpus(host, platform);
	for (size_t i = 0; has_pamt && i < ARRAY_SIZE(pamt); i++)
		platform->pamt_entry_size[i] = pamt[i];
	if (has_handoff) {
		platform->module_hv = handoff[0];
		platform->min_update_hv = handoff[1];
		platform->no_downgrade = handoff[2];
		platform->handoff_pages = handoff[3];
	}
	if (host->updates_left >= 0)
		platform->updates_left = host->updates_left;
	if (host->has_info) {
		platform->seamldr_major = get_le(host->info + INFO_MAJOR, 2);
		platform->svn_major = host->info[INFO_SVN_MAJOR];
		platform->svn_minor = host->info[INFO_SVN_MINOR];
		platform->seam_ready = host->info[INFO_SEAM_READY];
		memcpy(platform->mrseam, host->info + INFO_MRSEAM, sizeof(platform->mrseam));
	} else if (host->seamldr) {
		platform->seamldr_major = VERSION_MAJOR(host->seamldr);
	}
	snprintf(unknown, sizeof(unknown), "%s%s%s%s",
		 host->has_info ? "" : ",svn-major,svn-minor",
		 host->updates_left >= 0 ? "" : ",updates-left",
		 has_handoff ? "" : ",handoff-version,handoff-older,handoff-pages",
		 has_pamt ? "" : ",pamt-size");

	return *unknown ? unknown + 1 : NULL;
}

/* Why there can be no update, "" if there can, or NULL if only root learns it */
static const char *why_not(const struct host *host)
{
	static char buf[128];

	if (host->erratum)
		return "the CPU has the erratum seamret_invd_vmcs";
	if (!host->has_update)
		return "the kernel offers no upload node";
	if (host->state == HOST_LOST)
		return "the TDX module is lost: reboot";
	if (host->state == HOST_UNKNOWN)
		return "the state of the TDX module is not known";
	if (host->updates_left == 0)
		return "P-SEAMLDR has no updates left: reboot";
	if (host->nr_online == host->nr_present)
		return host->updates_left < 0 ? NULL : "";

	snprintf(buf, sizeof(buf), "%u of %u CPUs are online and all have to take part",
		 host->nr_online, host->nr_present);

	return buf;
}

/* Says in one sentence why there is nothing to work with. */
bool no_interface(const struct host *host)
{
	if (host->state == HOST_NONE)
		return report_error(EXIT_UNCHECKED, "no-interface",
				    "Is the BIOS set up for TDX, and are tdx_host and kvm_intel loaded?",
				    "The kernel offers no TDX module on this host");

	return report_error(EXIT_UNCHECKED, host->erratum ? "erratum" : "no-interface", NULL,
			    "The TDX module cannot be updated: %s", why_not(host));
}

static void report_newest(const struct host *host)
{
	const struct selection *selection = select_images(host, options.images);
	const struct image *best;

	if (!selection)
		return;

	best = selection->best;
	report_add("newest", json_make("releases_behind", json_int(selection->nr_behind),
				       "version", best ? json_version(best->version) : NULL,
				       "file", best ? json_text("%s", best->path) : NULL));
	if (best)
		print_fact("newest that fits", "%s, %u behind: %s",
			   version_text(best->version), selection->nr_behind, best->path);
	else
		print_fact("newest that fits", "runs");
}

static void report_host(const struct host *host)
{
	const char *reason = why_not(host);
	bool counted = host->updates_left >= 0;

	report_add("host",
		   json_make("version", json_version(host->version),
			     "state", json_text("%s", host_states[host->state]),
			     "seamldr_version", json_version(host->seamldr),
			     "updates_left", counted ? json_int(host->updates_left) : NULL,
			     "cpus_online", json_int(host->nr_online),
			     "cpus_present", json_int(host->nr_present),
			     "cpu", host->cpu ? json_hex(host->cpu) : NULL,
			     "cpu_name", host->cpu ? json_text("%s", cpu_name(host->cpu)) : NULL,
			     "kernel_check", json_bool(host->has_check),
			     "skip_checks", json_text("%s", host->skip),
			     "can_update", json_text(!reason ? "unknown" : *reason ? "no" : "yes"),
			     "because", reason && *reason ? json_text("%s", reason) : NULL));

	print_fact("TDX module", "%s, %s", version_text(host->version),
		   host_states[host->state]);
	if (counted)
		print_fact("P-SEAMLDR", "%s, %ld updates left until the next boot",
			   version_text(host->seamldr), host->updates_left);
	else
		print_fact("P-SEAMLDR", "%s",
			   host->has_update ? "only root can ask it" : "not known");
	if (host->cpu)
		print_fact("CPUs", "%u of %u online, 0x%08x %s", host->nr_online,
			   host->nr_present, host->cpu, cpu_name(host->cpu));
	else
		print_fact("CPUs", "%u of %u online", host->nr_online, host->nr_present);
	print_fact("kernel's check", "%s", host->has_check ? "yes" : "no");
	if (!reason)
		print_fact("can be updated", "only root learns whether P-SEAMLDR has updates left");
	else
		print_fact("can be updated", "%s%s", *reason ? "no, because " : "yes", reason);
}

void cmd_status(char **args)
{
	const struct host *host = host_read();

	if (host->state == HOST_NONE) {
		no_interface(host);
		return;
	}

	report_host(host);
	if (options.images && host->version)
		report_newest(host);
	if (host->state == HOST_STOPPED)
		report_warning("stopped",
			       "TDs wait: upload an image that can take over, see tdxctl resume");
	if (*host->skip)
		report_warning("skip-checks",
			       "The next upload skips checks, set by hand or left over: %s",
			       host->skip);
}
