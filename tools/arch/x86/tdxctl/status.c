// SPDX-License-Identifier: GPL-2.0
/*
 * tdxctl status: what runs, and can it be updated?
 */

#include <unistd.h>

#include <json-c/json.h>

#include "host.h"
#include "report.h"
#include "select.h"
#include "tdxctl.h"

/* Why there can be no update, NULL if there can, or "?" if only root learns it */
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
	if (host->nr_online != host->nr_present) {
		snprintf(buf, size, "%u of %u CPUs are online and all have to take part",
			 host->nr_online, host->nr_present);
		return buf;
	}
	if (host->updates_left < 0)
		return "?";

	return NULL;
}

static void add_json(const struct host *host, const char *reason)
{
	struct json_object *object = json_object_new_object();
	char buf[VERSION_LEN];

	json_add_string(object, "version", version_format(&host->version, buf));
	json_add_string(object, "state", host_state_name(host->state));
	json_add_string(object, "seamldr_version", version_format(&host->seamldr, buf));
	if (host->updates_left >= 0)
		json_add_int(object, "updates_left", host->updates_left);
	json_add_int(object, "cpus_online", host->nr_online);
	json_add_int(object, "cpus_present", host->nr_present);
	if (host->cpu) {
		json_add_hex(object, "cpu", host->cpu);
		json_add_string(object, "cpu_name", cpu_name(host->cpu));
	}
	json_add_bool(object, "kernel_check", host->has_check);
	json_add_string(object, "skip_checks", host->skip);
	json_add_string(object, "can_update",
			!reason ? "yes" : !strcmp(reason, "?") ? "unknown" : "no");
	if (reason && strcmp(reason, "?"))
		json_add_string(object, "because", reason);
	report_add("host", object);
}

static void print(const struct host *host, const char *reason)
{
	char buf[VERSION_LEN];

	print_fact("TDX module", "%s, %s", version_format(&host->version, buf),
		   host_state_name(host->state));
	if (host->updates_left >= 0)
		print_fact("P-SEAMLDR", "%s, %ld updates left until the next boot",
			   version_format(&host->seamldr, buf), host->updates_left);
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
		print_fact("can be updated", "yes");
	else if (!strcmp(reason, "?"))
		print_fact("can be updated", "only root learns whether P-SEAMLDR has updates left");
	else
		print_fact("can be updated", "no, because %s", reason);
}

/**
 * no_interface() - say in one sentence why there is nothing to work with
 * @host: the host
 */
void no_interface(const struct host *host)
{
	if (host->state == HOST_NONE)
		report_error(EXIT_UNCHECKED, "no-interface",
			     "Is the BIOS set up for TDX, and are tdx_host and kvm_intel loaded?",
			     "The kernel offers no TDX module on this host");
	else if (host->erratum)
		report_error(EXIT_UNCHECKED, "erratum", NULL,
			     "The TDX module cannot be updated: the CPU has the erratum seamret_invd_vmcs");
	else
		report_error(EXIT_UNCHECKED, "no-interface", NULL,
			     "The TDX module cannot be updated: the kernel offers no upload node");
}

static void add_newest(const struct host *host)
{
	struct selection *selection;
	struct json_object *object;
	char buf[VERSION_LEN];

	if (!options.images || !host->version.major)
		return;

	selection = select_images(host, options.images);
	if (!selection)
		return;

	object = json_object_new_object();
	report_add("newest", object);
	json_add_int(object, "releases_behind", selection->nr_behind);
	if (selection->best) {
		version_format(&selection->best->image.version, buf);
		json_add_string(object, "version", buf);
		json_add_string(object, "file", selection->best->path);
		print_fact("newest that fits", "%s, %u behind: %s", buf, selection->nr_behind,
			   selection->best->path);
	} else {
		print_fact("newest that fits", "runs");
	}
	select_free(selection);
}

void cmd_status(int argc, char **argv)
{
	const char *reason;
	struct host host;
	char buf[128];

	host_read(&host);
	if (host.state == HOST_NONE) {
		no_interface(&host);
		return;
	}

	reason = why_not(&host, buf, sizeof(buf));
	add_json(&host, reason);
	print(&host, reason);
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
