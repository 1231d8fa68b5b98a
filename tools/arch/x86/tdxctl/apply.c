// SPDX-License-Identifier: GPL-2.0
/*
 * tdxctl apply and resume: install a module
 *
 * Once the running module is shut down TDs wait, so all that takes time is done
 * before: the fallback is read and checked, and nothing is printed in between.
 */

#include <unistd.h>

#include <json-c/json.h>

#include "report.h"
#include "tdxctl.h"
#include "upload.h"

#define HINT_WAIT	"TDs wait: upload an image that can take over, see tdxctl resume."
#define HINT_LOST	"All TDs are lost.  Reboot."
#define HINT_READY	"The module and its TDs are unchanged."
#define HINT_UNKNOWN	"A module runs, see tdxctl status for which."

static enum host_state state_after(const struct upload *upload)
{
	enum host_state state;
	struct host host;

	for (state = HOST_READY; state <= HOST_LOST; state++) {
		if (upload->has_event && !strcmp(upload->state, host_state_name(state)))
			return state;
	}

	host_read(&host);
	host_free(&host);

	return host.state;
}

/* Checks that the kernel skips hold for one upload. */
static enum host_state update(struct upload *upload)
{
	if (skip_kernel_checks())
		upload_run(upload);
	else
		snprintf(upload->error, sizeof(upload->error), "checks cannot be skipped");

	/* The kernel has done that, unless the upload never began. */
	if (*options.kernel_skip && upload->outcome <= UPLOAD_UNKNOWN)
		sysfs_write("\n", SKIP_CHECKS);

	return state_after(upload);
}

static const char *what_failed(const struct upload *upload)
{
	return upload->has_event ? upload->detail : upload->error;
}

static void report_success(const struct upload *upload)
{
	struct host host;
	char buf[VERSION_LEN];

	if (upload->has_event) {
		print_line("%s.", upload->detail);
		return;
	}

	host_read(&host);
	print_line("TDX module updated: %s runs.", version_format(&host.version, buf));
	host_free(&host);
}

static void report_failed(const struct upload *upload, enum host_state state)
{
	const char *code = upload->has_event && *upload->reason ? upload->reason : "update";
	enum exit_status status = EXIT_ERROR;
	const char *hint = NULL;

	switch (state) {
	case HOST_READY:
		hint = upload->outcome == UPLOAD_UNKNOWN ? HINT_UNKNOWN : HINT_READY;
		break;
	case HOST_STOPPED:
		hint = HINT_WAIT;
		status = EXIT_WAITING;
		break;
	case HOST_LOST:
		hint = HINT_LOST;
		status = EXIT_LOST;
		break;
	default:
		break;
	}
	report_error(status, code, hint, "The update has %s: %s",
		     upload->outcome == UPLOAD_UNKNOWN ? "no result" : "failed",
		     what_failed(upload));
}

static void report_upload(const struct upload *upload, enum host_state state)
{
	switch (upload->outcome) {
	case UPLOAD_DONE:
		report_success(upload);
		break;
	case UPLOAD_REFUSED:
		report_error(EXIT_REFUSED, upload->has_event ? upload->reason : "kernel",
			     upload->has_event ? check_hint(upload->reason) : NULL,
			     "Image refused: %s", what_failed(upload));
		/* Whoever waited before still does. */
		if (state == HOST_STOPPED)
			report_status(EXIT_WAITING);
		break;
	case UPLOAD_BUSY:
		report_error(state == HOST_STOPPED ? EXIT_WAITING : EXIT_REFUSED, "busy",
			     "Try again.", "Another process uploads an image");
		break;
	case UPLOAD_ERROR:
		report_error(state == HOST_STOPPED ? EXIT_WAITING : EXIT_ERROR, "upload", NULL,
			     "The image cannot be uploaded: %s", upload->error);
		break;
	default:
		report_failed(upload, state);
	}
}

/* What has failed with the image, if TDs run again because of the fallback */
static void report_fallback(const struct upload *first, const struct upload *second)
{
	report_error(EXIT_ERROR, first->has_event ? first->reason : "update",
		     "The fallback was installed and TDs run.", "The update has failed: %s",
		     what_failed(first));
	report_success(second);
	print_line("TDs waited for the fallback for %lld ms at most.",
		   (second->end_us - first->begin_us) / 1000);
}

static void run(const struct image *image, const struct image *fallback)
{
	struct upload first = { .node = NODE_UPDATE, .image = image };
	struct upload second = { .node = NODE_UPDATE, .image = fallback, .take_over = true };
	enum host_state state;

	lock_mark(true);
	state = update(&first);
	/* Whoever keeps the node busy may be about to end this, too. */
	if (fallback && state == HOST_STOPPED && first.outcome != UPLOAD_DONE &&
	    first.outcome != UPLOAD_BUSY)
		state = update(&second);
	lock_mark(false);

	report_add("update", upload_to_json(&first));
	if (second.outcome != UPLOAD_ERROR || *second.error)
		report_add("fallback", upload_to_json(&second));

	if (second.outcome == UPLOAD_DONE) {
		report_fallback(&first, &second);
		return;
	}
	report_upload(&first, state);
	if (*second.error || second.has_event)
		report_upload(&second, state);
}

/* An image that takes over from a failed update reads what was handed over then. */
static bool check_fallback(const struct host *host, const struct image *image,
			   const struct image *fallback)
{
	struct seamldr_platform platform;
	u16 hv;

	if (!check_image(host, fallback, "fallback_check"))
		return false;

	if (!memcmp(image->parts.sigstruct->seamhash, fallback->parts.sigstruct->seamhash,
		    sizeof(image->parts.sigstruct->seamhash)))
		report_warning("fallback", "The fallback is the same module as the image");

	host_platform(host, image, &platform);
	if (!host->nr_fields ||
	    !seamldr_choose_handoff(image->parts.sigstruct, &platform, &hv))
		return true;

	platform.handoff_written = true;
	platform.handoff_hv = hv;
	if (seamldr_choose_handoff(fallback->parts.sigstruct, &platform, &hv))
		return true;

	report_error(EXIT_REFUSED, "fallback", "Choose another fallback.",
		     "The fallback reads handoff versions %u to %u, the update would write %u",
		     fallback->parts.sigstruct->min_update_hv,
		     fallback->parts.sigstruct->module_hv, platform.handoff_hv);

	return false;
}

static bool still_wanted(void)
{
	if (options.dry_run)
		print_line("Nothing was changed.");
	else if (interrupted())
		report_error(EXIT_ERROR, "interrupted", "Nothing was changed.", "Interrupted");
	else
		return true;

	return false;
}

static void apply(const struct host *host, const struct image *image)
{
	struct image fallback;
	char buf[VERSION_LEN];

	report_add("image", image_to_json(image));
	print_fact("image", "%s, version %s", image->path, version_format(&image->version, buf));
	if (host_runs(host, image)) {
		print_line("The host runs this module already.");
		report_status(EXIT_NOTHING);
		return;
	}
	if (!check_image(host, image, "check"))
		return;

	if (!options.fallback) {
		if (still_wanted())
			run(image, NULL);
		return;
	}
	if (!open_image(&fallback, options.fallback))
		return;
	if (check_fallback(host, image, &fallback) && still_wanted())
		run(image, &fallback);
	image_close(&fallback);
}

/* True if this host can be updated at all. */
static bool ready_for_update(struct host *host)
{
	if (!host->has_update) {
		no_interface(host);
		return false;
	}
	if (!can_upload()) {
		report_error(EXIT_REFUSED, "root", "Run tdxctl as root.",
			     "Only root can update the TDX module");
		return false;
	}
	if (host->state == HOST_LOST) {
		report_error(EXIT_REFUSED, "module-lost", check_hint("module-lost"),
			     "There is no TDX module that could hand over");
		return false;
	}

	catch_signals();
	if (*host->skip) {
		report_warning("skip-checks", "Checks to skip were left over, and are cleared: %s",
			       host->skip);
		sysfs_write("\n", SKIP_CHECKS);
	}

	return true;
}

void cmd_apply(int argc, char **argv)
{
	struct image image;
	struct host host;

	if (!lock())
		return;

	host_read(&host);
	if (ready_for_update(&host) && open_image(&image, argv[0])) {
		apply(&host, &image);
		image_close(&image);
	}
	host_free(&host);
}

/* Which image can take over only the kernel knows: the first that it accepts. */
void cmd_resume(int argc, char **argv)
{
	bool found = false;
	struct image image;
	struct host host;
	char name[24];
	int i;

	if (!lock())
		return;

	host_read(&host);
	if (host.state == HOST_READY && host.has_state) {
		print_line("The TDX module runs, there is nothing to resume.");
		report_status(EXIT_NOTHING);
	} else if (ready_for_update(&host)) {
		for (i = 0; i < argc && !found; i++) {
			snprintf(name, sizeof(name), "check_%d", i + 1);
			if (!open_image(&image, argv[i]))
				continue;

			print_fact("image", "%s", image.path);
			found = check_image(&host, &image, name);
			/* Those before were only candidates. */
			if (found)
				report_forget_errors();
			if (found && still_wanted()) {
				report_add("image", image_to_json(&image));
				run(&image, NULL);
			}
			image_close(&image);
		}
		if (!found)
			report_status(EXIT_WAITING);
	}
	host_free(&host);
}
