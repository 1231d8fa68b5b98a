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

	json_add(object, "accepted", json_text("no"), "refused_by", json_text("%s", check),
		 "consequence", json_text("%s", consequence), NULL);
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
	json_add(object, "upload", upload.json, NULL);

	switch (upload.outcome) {
	case UPLOAD_DONE:
		print_line("The kernel would accept the image.");
		return true;
	case UPLOAD_REFUSED:
	case UPLOAD_FAILED:
		/* A word of the node is all that there is without an event. */
		return refuse(upload.reason ?: "kernel", upload.detail, object);
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
		json_add(object, "unchecked", json_text("%s", unchecked), NULL);
		print_line("Not checked: %s.", unchecked);
	}
	if (is_skipped("kernel-check"))
		return true;

	json_add(object, "accepted", json_text("unknown"), NULL);

	return report_error(EXIT_UNCHECKED, "kernel-check",
			    host->has_check ? "Run tdxctl as root." : check_hint("kernel-check"),
			    "The image cannot be checked completely, because %s", why);
}

/* Checks an image as completely as this host allows.  @name is for the report. */
static bool check_image(const struct host *host, struct image *image, const char *name)
{
	bool ask = host->has_check && can_upload();
	struct json_object *object = json_make("checked_by", json_text(ask ? "kernel" : "tdxctl"));
	struct seamldr_platform platform;
	const char *unchecked = NULL;

	report_add(name, object);
	if (!image_is_wellformed(image))
		return refuse(image->refusal.check, image->refusal.sentence, object);
	if (ask && !ask_kernel(image, object))
		return false;
	if (!ask)
		unchecked = host_platform(host, image, &platform);
	if (ask ? !image_check_signature(image) : !image_check(image, &platform))
		return refuse(image->refusal.check, image->refusal.sentence, object);
	if (!ask && !judge_alone(host, unchecked, object))
		return false;

	json_add(object, "accepted", json_text("yes"), NULL);

	return true;
}

/* What the firmware says has to be what it says while nobody uploads. */
static const struct host *lock_host(void)
{
	return lock() ? host_read() : NULL;
}

void cmd_check(char **args)
{
	const struct host *host = lock_host();
	static struct image image;

	if (!host)
		return;
	if (!host->has_update) {
		no_interface(host);
		return;
	}

	catch_signals();
	if (image_open(&image, args[0])) {
		image_report(&image);
		check_image(host, &image, "check");
		print_line("Nothing was changed.");
	}
}

static void report_success(const struct upload *upload)
{
	if (upload->has_event)
		print_line("%s.", upload->detail);
	else
		print_line("TDX module updated: %s runs.", version_text(upload->version));
}

static void report_failed(const struct upload *upload)
{
	bool unknown = upload->outcome == UPLOAD_UNKNOWN;
	enum exit_status status = EXIT_ERROR;
	const char *hint = NULL;

	if (upload->state == HOST_READY) {
		hint = unknown ? "A module runs, see tdxctl status for which." :
				 "The module and its TDs are unchanged.";
	} else if (upload->state == HOST_STOPPED) {
		hint = "TDs wait: upload an image that can take over, see tdxctl resume.";
		status = EXIT_WAITING;
	} else if (upload->state == HOST_LOST) {
		hint = "All TDs are lost.  Reboot.";
		status = EXIT_LOST;
	}
	report_error(status, upload->reason ?: "update", hint, "The update has %s: %s",
		     unknown ? "no result" : "failed", upload->detail);
}

static void report_upload(const struct upload *upload)
{
	const char *reason = upload->reason ?: "kernel";

	switch (upload->outcome) {
	case UPLOAD_DONE:
		report_success(upload);
		return;
	case UPLOAD_REFUSED:
		report_error(EXIT_REFUSED, reason, check_hint(reason), "Image refused: %s",
			     upload->detail);
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
		report_failed(upload);
		return;
	}
	/* Whoever waited before still does. */
	if (upload->state == HOST_STOPPED)
		report_status(EXIT_WAITING);
}

/* Uploads @image and, if TDs wait then, the fallback, which may be NULL. */
static void install(const struct image *image, const struct image *fallback)
{
	struct upload first = { .node = NODE_UPDATE, .image = image };
	struct upload second = { .node = NODE_UPDATE, .image = fallback, .take_over = true };

	upload_run(&first);
	report_add("update", first.json);
	/* Whoever keeps the node busy may be about to end this, too. */
	if (fallback && first.state == HOST_STOPPED && first.outcome != UPLOAD_DONE &&
	    first.outcome != UPLOAD_BUSY) {
		upload_run(&second);
		report_add("fallback", second.json);
		first.state = second.state;
	}

	/* The image has failed, and TDs run again because of the fallback. */
	if (second.outcome == UPLOAD_DONE) {
		report_error(EXIT_ERROR, first.reason ?: "update",
			     "The fallback was installed and TDs run.",
			     "The update has failed: %s", first.detail);
		report_success(&second);
		print_line("TDs waited for the fallback for %lld ms at most.",
			   (second.end_us - first.begin_us) / 1000);
		return;
	}
	report_upload(&first);
	if (second.json)
		report_upload(&second);
}

/* An image that takes over from a failed update reads what was handed over then. */
static bool check_fallback(const struct host *host, const struct image *image,
			   struct image *fallback)
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

/* Can this host be updated at all?  False is reported. */
static bool ready_for_update(const struct host *host)
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

void cmd_apply(char **args)
{
	const struct host *host = lock_host();
	static struct image image, fallback;

	if (!host || !ready_for_update(host) || !image_open(&image, args[0]))
		return;

	report_add("image", image_to_json(&image));
	print_fact("image", "%s, version %s", image.path, version_text(image.version));
	if (host_runs(host, &image)) {
		print_line("The host runs this module already.");
		report_status(EXIT_NOTHING);
		return;
	}
	if (check_image(host, &image, "check") &&
	    (!options.fallback || (image_open(&fallback, options.fallback) &&
				   check_fallback(host, &image, &fallback))) && still_wanted())
		install(&image, options.fallback ? &fallback : NULL);
}

/* Which image can take over only the kernel knows: the first that it accepts. */
void cmd_resume(char **args)
{
	const struct host *host = lock_host();
	static struct image image;
	bool found = false;
	char name[24];

	if (!host)
		return;
	if (host->state == HOST_READY && host->has_state) {
		print_line("The TDX module runs, there is nothing to resume.");
		report_status(EXIT_NOTHING);
		return;
	}
	if (!ready_for_update(host))
		return;

	for (int i = 0; args[i] && !found; i++) {
		image_close(&image);
		if (!image_open(&image, args[i]))
			continue;

		print_fact("image", "%s", image.path);
		snprintf(name, sizeof(name), "check_%d", i + 1);
		found = check_image(host, &image, name);
	}
	if (!found) {
		report_status(EXIT_WAITING);
		return;
	}

	/* Those before were only candidates. */
	report_forget_errors();
	if (still_wanted()) {
		report_add("image", image_to_json(&image));
		install(&image, NULL);
	}
}
