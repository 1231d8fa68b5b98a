// SPDX-License-Identifier: GPL-2.0
/*
 * tdxctl check, apply and resume: ask the kernel, install a module
 *
 * Once the running module is shut down TDs wait, so all that takes time is done
 * before: the fallback is read and checked, and nothing is printed in between.
 */

#include "tdxctl.h"

static bool refuse(const char *check, const char *sentence, struct json_object *object)
{
	const char *consequence = check_consequence(check);

	json_add(object, "accepted", "no");
	json_add(object, "refused_by", "%s", check);
	json_add(object, "consequence", "%s", consequence);
	report_error(EXIT_REFUSED, check, check_hint(check), "Image refused (%s): %s", check,
		     sentence);
	print_line("%s", consequence);

	return false;
}

/* What an upload to the node that only checks says.  True if that is yes. */
static bool ask_kernel(const struct image *image, struct json_object *object)
{
	struct upload upload = { .node = NODE_CHECK, .image = image };

	upload_run(&upload);
	json_object_object_add(object, "upload", upload.json);

	switch (upload.outcome) {
	case UPLOAD_DONE:
		print_line("The kernel would accept the image.");
		return true;
	case UPLOAD_REFUSED:
	case UPLOAD_FAILED:
		/* A word of the node is all that there is without an event. */
		return refuse(upload_reason(&upload, "kernel"), upload_detail(&upload), object);
	case UPLOAD_BUSY:
		return report_error(EXIT_ERROR, "busy", "Try again.",
				    "Another process uploads an image to tdx_module_check");
	default:
		return report_error(EXIT_ERROR, "upload", NULL, "The kernel cannot be asked: %s",
				    upload.error);
	}
}

/* Without the kernel's answer it stays open what firmware will say. */
static bool judge_alone(const struct host *host, const char *unchecked,
			struct json_object *object)
{
	const char *why = !host->has_check ? "the kernel has no node that only checks" :
					     "only root can ask the kernel";

	print_line("Nothing speaks against the image, but %s.", why);
	if (unchecked) {
		json_add(object, "unchecked", "%s", unchecked);
		print_line("Not checked: %s.", unchecked);
	}
	if (is_skipped("kernel-check"))
		return true;

	json_add(object, "accepted", "unknown");

	return report_error(EXIT_UNCHECKED, "kernel-check",
			    host->has_check ? "Run tdxctl as root." : check_hint("kernel-check"),
			    "The image cannot be checked completely, because %s", why);
}

/* Checks an image as completely as this host allows.  @name is for the report. */
static bool check_image(const struct host *host, const struct image *image, const char *name)
{
	struct json_object *object = json_object_new_object();
	bool ask = host->has_check && can_upload(), ok;
	struct seamldr_platform platform;
	struct seamldr_refusal refusal;
	const char *unchecked = NULL;

	report_add(name, object);
	json_add(object, "checked_by", ask ? "kernel" : "tdxctl");
	if (ask && image_is_wellformed(image)) {
		if (!ask_kernel(image, object))
			return false;
		ok = image_check_signature(image, &refusal);
	} else {
		if (image_is_wellformed(image))
			unchecked = host_platform(host, image, &platform);
		ok = image_check(image, &platform, &refusal);
	}
	if (!ok)
		return refuse(refusal.check, refusal.sentence, object);

	ok = ask || judge_alone(host, unchecked, object);
	if (ok)
		json_add(object, "accepted", "yes");

	return ok;
}

void cmd_check(int argc, char **argv)
{
	struct image image;
	struct host host;

	/* What the firmware says has to be what it says while nobody uploads. */
	if (!lock())
		return;

	host_read(&host);
	if (!host.has_update) {
		no_interface(&host);
	} else {
		catch_signals();
		if (image_open(&image, argv[0])) {
			image_report(&image);
			check_image(&host, &image, "check");
			print_line("Nothing was changed.");
			image_close(&image);
		}
	}
	host_free(&host);
}

static enum host_state state_after(const struct upload *upload)
{
	enum host_state state = HOST_UNKNOWN;
	struct host host;

	if (upload->has_event)
		state = host_state_parse(json_get(upload->json, "state"));
	if (state != HOST_UNKNOWN)
		return state;

	host_read(&host);
	host_free(&host);

	return host.state;
}

static void report_success(const struct upload *upload)
{
	struct host host;
	char buf[VERSION_LEN];

	if (upload->has_event) {
		print_line("%s.", upload_detail(upload));
		return;
	}

	host_read(&host);
	print_line("TDX module updated: %s runs.", version_format(host.version, buf));
	host_free(&host);
}

static void report_failed(const struct upload *upload, enum host_state state)
{
	bool unknown = upload->outcome == UPLOAD_UNKNOWN;
	enum exit_status status = EXIT_ERROR;
	const char *hint = NULL;

	if (state == HOST_READY) {
		hint = unknown ? "A module runs, see tdxctl status for which." :
				 "The module and its TDs are unchanged.";
	} else if (state == HOST_STOPPED) {
		hint = "TDs wait: upload an image that can take over, see tdxctl resume.";
		status = EXIT_WAITING;
	} else if (state == HOST_LOST) {
		hint = "All TDs are lost.  Reboot.";
		status = EXIT_LOST;
	}
	report_error(status, upload_reason(upload, "update"), hint, "The update has %s: %s",
		     unknown ? "no result" : "failed", upload_detail(upload));
}

static void report_upload(const struct upload *upload, enum host_state state)
{
	switch (upload->outcome) {
	case UPLOAD_DONE:
		report_success(upload);
		return;
	case UPLOAD_REFUSED:
		report_error(EXIT_REFUSED, upload_reason(upload, "kernel"),
			     check_hint(upload_reason(upload, "kernel")), "Image refused: %s",
			     upload_detail(upload));
		break;
	case UPLOAD_BUSY:
		report_error(EXIT_REFUSED, "busy", "Try again.",
			     "Another process uploads an image");
		break;
	case UPLOAD_ERROR:
		report_error(EXIT_ERROR, "upload", NULL, "The image cannot be uploaded: %s",
			     upload->error);
		break;
	default:
		report_failed(upload, state);
		return;
	}
	/* Whoever waited before still does. */
	if (state == HOST_STOPPED)
		report_status(EXIT_WAITING);
}

/* Uploads @image and, if TDs wait then, the fallback, which may be NULL. */
static void install(const struct image *image, const struct image *fallback)
{
	struct upload first = { .node = NODE_UPDATE, .image = image };
	struct upload second = { .node = NODE_UPDATE, .image = fallback, .take_over = true };
	enum host_state state;

	upload_run(&first);
	state = state_after(&first);
	report_add("update", first.json);
	/* Whoever keeps the node busy may be about to end this, too. */
	if (fallback && state == HOST_STOPPED && first.outcome != UPLOAD_DONE &&
	    first.outcome != UPLOAD_BUSY) {
		upload_run(&second);
		state = state_after(&second);
		report_add("fallback", second.json);
	}

	/* The image has failed, and TDs run again because of the fallback. */
	if (second.outcome == UPLOAD_DONE) {
		report_error(EXIT_ERROR, upload_reason(&first, "update"),
			     "The fallback was installed and TDs run.",
			     "The update has failed: %s", upload_detail(&first));
		report_success(&second);
		print_line("TDs waited for the fallback for %lld ms at most.",
			   (second.end_us - first.begin_us) / 1000);
		return;
	}
	report_upload(&first, state);
	if (second.json)
		report_upload(&second, state);
}

/* An image that takes over from a failed update reads what was handed over then. */
static bool check_fallback(const struct host *host, const struct image *image,
			   const struct image *fallback)
{
	const struct seam_sigstruct *from = image->parts.sigstruct;
	const struct seam_sigstruct *to = fallback->parts.sigstruct;
	struct seamldr_platform platform;
	u16 hv;

	if (!check_image(host, fallback, "fallback_check"))
		return false;

	if (!memcmp(from->seamhash, to->seamhash, sizeof(from->seamhash)))
		report_warning("fallback", "The fallback is the same module as the image");

	host_platform(host, image, &platform);
	platform.handoff_written = host->nr_fields &&
				   seamldr_choose_handoff(from, &platform, &platform.handoff_hv);
	if (!platform.handoff_written || seamldr_choose_handoff(to, &platform, &hv))
		return true;

	return report_error(EXIT_REFUSED, "fallback", "Choose another fallback.",
			    "The fallback reads handoff versions %u to %u, the update would write %u",
			    to->min_update_hv, to->module_hv, platform.handoff_hv);
}

static bool still_wanted(void)
{
	if (interrupted())
		return report_error(EXIT_ERROR, "interrupted", "Nothing was changed.",
				    "Interrupted");
	if (options.dry_run)
		print_line("Nothing was changed.");

	return !options.dry_run;
}

static void apply(const struct host *host, const struct image *image)
{
	struct image fallback = {};
	char buf[VERSION_LEN];

	report_add("image", image_to_json(image));
	print_fact("image", "%s, version %s", image->path, version_format(image->version, buf));
	if (host_runs(host, image)) {
		print_line("The host runs this module already.");
		report_status(EXIT_NOTHING);
		return;
	}
	if (check_image(host, image, "check") &&
	    (!options.fallback || (image_open(&fallback, options.fallback) &&
				   check_fallback(host, image, &fallback))) && still_wanted())
		install(image, options.fallback ? &fallback : NULL);
	image_close(&fallback);
}

/* Can this host be updated at all?  False is reported. */
static bool ready_for_update(struct host *host)
{
	if (!host->has_update)
		return no_interface(host);
	if (!can_upload())
		return report_error(EXIT_REFUSED, "root", "Run tdxctl as root.",
				    "Only root can update the TDX module");
	if (host->state == HOST_LOST)
		return report_error(EXIT_REFUSED, "module-lost", check_hint("module-lost"),
				    "There is no TDX module that could hand over");

	catch_signals();
	if (*host->skip) {
		report_warning("skip-checks", "Checks to skip were left over, and are cleared: %s",
			       host->skip);
		sysfs_write(PARAMETERS, SKIP_CHECKS, "\n", 1);
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
	if (ready_for_update(&host) && image_open(&image, argv[0])) {
		apply(&host, &image);
		image_close(&image);
	}
	host_free(&host);
}

/* Which image can take over only the kernel knows: the first that it accepts. */
static void resume(const struct host *host, int argc, char **argv)
{
	bool found = false;
	struct image image;
	char name[24];
	int i;

	for (i = 0; i < argc && !found; i++) {
		snprintf(name, sizeof(name), "check_%d", i + 1);
		if (!image_open(&image, argv[i]))
			continue;

		print_fact("image", "%s", image.path);
		found = check_image(host, &image, name);
		if (found) {
			/* Those before were only candidates. */
			report_forget_errors();
			if (still_wanted()) {
				report_add("image", image_to_json(&image));
				install(&image, NULL);
			}
		}
		image_close(&image);
	}
	if (!found)
		report_status(EXIT_WAITING);
}

void cmd_resume(int argc, char **argv)
{
	struct host host;

	if (!lock())
		return;

	host_read(&host);
	if (host.state == HOST_READY && host.has_state) {
		print_line("The TDX module runs, there is nothing to resume.");
		report_status(EXIT_NOTHING);
	} else if (ready_for_update(&host)) {
		resume(&host, argc, argv);
	}
	host_free(&host);
}
