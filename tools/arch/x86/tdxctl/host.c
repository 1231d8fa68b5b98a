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
#define FIELD_PAMT_4K		0x9100000100000010ULL
#define FIELD_MODULE_HV		0x8900000100000000ULL
#define FIELD_MIN_UPDATE_HV	0x8900000100000001ULL
#define FIELD_NO_DOWNGRADE	0x8900000000000002ULL
#define FIELD_HANDOFF_PAGES	0x8900000100000003ULL

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

static ssize_t sysfs_read(const char *dir, const char *name, void *buf, size_t size)
{
	int fd = sysfs_open(dir, name, O_RDONLY | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return fd;

	n = read_all(fd, buf, size);
	close(fd);

	return n;
}

/* Reads an attribute, without the line feed.  Returns 0 or a negative errno. */
int sysfs_text(const char *dir, const char *name, char buf[ATTR_LEN])
{
	ssize_t n = sysfs_read(dir, name, buf, ATTR_LEN - 1);

	buf[n < 0 ? 0 : n] = 0;
	buf[strcspn(buf, "\n")] = 0;

	return n < 0 ? n : 0;
}

int sysfs_write(const char *dir, const char *name, const void *data, size_t size)
{
	int fd = sysfs_open(dir, name, O_WRONLY), ret;

	if (fd < 0)
		return fd;

	ret = write_all(fd, data, size);
	close(fd);

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

	if (!file)
		return;

	host->fields = allocate(MAX_FIELDS * sizeof(*host->fields));
	while (host->nr_fields < MAX_FIELDS && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "0x%16llx 0x%16llx", &id, &value) == 2)
			host->fields[host->nr_fields++] = (struct field) { id, value };
	}
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

static void read_state(struct host *host)
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

/* The kernel says so in cpuinfo, which is not in sysfs. */
static bool has_erratum(void)
{
	FILE *file = is_here() ? fopen("/proc/cpuinfo", "re") : NULL;
	bool found = false;
	char line[4096];

	while (file && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, "bugs", 4)) {
			found = strstr(line, "seamret_invd_vmcs");
			break;
		}
	}
	if (file)
		fclose(file);

	return found;
}

/* Finds out all that can be known of this host.  Who is not root learns less. */
void host_read(struct host *host)
{
	u32 eax, ebx, ecx, edx;
	char buf[ATTR_LEN];

	memset(host, 0, sizeof(*host));
	host->updates_left = -1;
	host->nr_online = count_cpus("online");
	host->nr_present = count_cpus("present");
	if (sysfs_exists(TDX_HOST)) {
		read_state(host);
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
}

void host_free(struct host *host)
{
	free(host->fields);
	host->fields = NULL;
	host->nr_fields = 0;
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

static bool add_pamt(const struct host *host, struct seamldr_platform *platform)
{
	u64 size[ARRAY_SIZE(platform->pamt_entry_size)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(size); i++) {
		if (!host_field(host, FIELD_PAMT_4K + i, &size[i]))
			return false;
	}
	for (i = 0; i < ARRAY_SIZE(size); i++)
		platform->pamt_entry_size[i] = size[i];

	return true;
}

static void add_cpus(const struct host *host, struct seamldr_platform *platform)
{
	const u8 *seaminfo = host->seaminfo;
	u32 i;

	platform->nr_online = host->nr_online;
	platform->nr_lps = host->nr_present;
	platform->nr_sockets = !!host->cpu;
	platform->socket_cpuid[0] = host->cpu;
	if (!host->has_seaminfo)
		return;

	platform->nr_lps = get_le(seaminfo + SEAMINFO_NR_LPS, 4);
	platform->nr_sockets = get_le(seaminfo + SEAMINFO_NR_SOCKETS, 4);
	if (platform->nr_sockets > SEAMLDR_MAX_SOCKETS)
		platform->nr_sockets = SEAMLDR_MAX_SOCKETS;
	for (i = 0; i < platform->nr_sockets; i++)
		platform->socket_cpuid[i] = get_le(seaminfo + SEAMINFO_CPUIDS + 4 * i, 4);
}

static bool add_info(const struct host *host, struct seamldr_platform *platform)
{
	if (!host->has_info) {
		if (host->seamldr)
			platform->seamldr_major = VERSION_MAJOR(host->seamldr);
		return false;
	}

	platform->seamldr_major = get_le(host->info + INFO_MAJOR, 2);
	platform->svn_major = host->info[INFO_SVN_MAJOR];
	platform->svn_minor = host->info[INFO_SVN_MINOR];
	platform->seam_ready = host->info[INFO_SEAM_READY];
	memcpy(platform->mrseam, host->info + INFO_MRSEAM, sizeof(platform->mrseam));

	return true;
}

/*
 * What an image is checked against on this host.  Returns the names of checks that need
 * something that is not known, or NULL.
 */
const char *host_platform(const struct host *host, const struct image *image,
			  struct seamldr_platform *platform)
{
	static char unknown[ATTR_LEN];

	image_permissive_platform(image, platform);
	add_cpus(host, platform);
	if (host->updates_left >= 0)
		platform->updates_left = host->updates_left;
	snprintf(unknown, sizeof(unknown), "%s%s%s%s",
		 add_info(host, platform) ? "" : ",svn-major,svn-minor",
		 host->updates_left >= 0 ? "" : ",updates-left",
		 add_handoff(host, platform) ? "" : ",handoff-version,handoff-older,handoff-pages",
		 add_pamt(host, platform) ? "" : ",pamt-size");

	return *unknown ? unknown + 1 : NULL;
}

/* Why there can be no update, "" if there can, or NULL if only root learns it */
static const char *why_not(const struct host *host, char *buf, size_t size)
{
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

	snprintf(buf, size, "%u of %u CPUs are online and all have to take part",
		 host->nr_online, host->nr_present);

	return buf;
}

static struct json_object *host_to_json(const struct host *host, const char *reason)
{
	struct json_object *object = json_object_new_object();
	char buf[VERSION_LEN];

	json_add(object, "version", "%s", version_format(host->version, buf));
	json_add(object, "state", "%s", host_states[host->state]);
	json_add(object, "seamldr_version", "%s", version_format(host->seamldr, buf));
	if (host->updates_left >= 0)
		json_add_int(object, "updates_left", host->updates_left);
	json_add_int(object, "cpus_online", host->nr_online);
	json_add_int(object, "cpus_present", host->nr_present);
	if (host->cpu) {
		json_add_hex(object, "cpu", host->cpu);
		json_add(object, "cpu_name", "%s", cpu_name(host->cpu));
	}
	json_add_bool(object, "kernel_check", host->has_check);
	json_add(object, "skip_checks", "%s", host->skip);
	json_add(object, "can_update", "%s", !reason ? "unknown" : *reason ? "no" : "yes");
	if (reason && *reason)
		json_add(object, "because", "%s", reason);

	return object;
}

static void print(const struct host *host, struct json_object *json, const char *reason)
{
	print_fact("TDX module", "%s, %s", json_get(json, "version"), json_get(json, "state"));
	if (host->updates_left >= 0)
		print_fact("P-SEAMLDR", "%s, %ld updates left until the next boot",
			   json_get(json, "seamldr_version"), host->updates_left);
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

/* Says in one sentence why there is nothing to work with. */
bool no_interface(const struct host *host)
{
	if (host->state == HOST_NONE)
		return report_error(EXIT_UNCHECKED, "no-interface",
				    "Is the BIOS set up for TDX, and are tdx_host and kvm_intel loaded?",
				    "The kernel offers no TDX module on this host");

	return report_error(EXIT_UNCHECKED, host->erratum ? "erratum" : "no-interface", NULL,
			    "The TDX module cannot be updated: %s", why_not(host, NULL, 0));
}

static void add_newest(const struct host *host)
{
	struct selection *selection = select_images(host, options.images);
	struct json_object *object;
	char buf[VERSION_LEN];

	if (!selection)
		return;

	object = json_object_new_object();
	report_add("newest", object);
	json_add_int(object, "releases_behind", selection->nr_behind);
	if (selection->best) {
		version_format(selection->best->image.version, buf);
		json_add(object, "version", "%s", buf);
		json_add(object, "file", "%s", selection->best->image.path);
		print_fact("newest that fits", "%s, %u behind: %s", buf, selection->nr_behind,
			   selection->best->image.path);
	} else {
		print_fact("newest that fits", "runs");
	}
	select_free(selection);
}

void cmd_status(int argc, char **argv)
{
	struct json_object *json;
	const char *reason;
	struct host host;
	char buf[128];

	host_read(&host);
	if (host.state == HOST_NONE) {
		no_interface(&host);
		return;
	}

	reason = why_not(&host, buf, sizeof(buf));
	json = host_to_json(&host, reason);
	print(&host, json, reason);
	report_add("host", json);
	if (options.images && host.version)
		add_newest(&host);
	if (host.state == HOST_STOPPED)
		report_warning("stopped",
			       "TDs wait: upload an image that can take over, see tdxctl resume");
	if (*host.skip)
		report_warning("skip-checks",
			       "The next upload skips checks, set by hand or left over: %s",
			       host.skip);
	host_free(&host);
}
