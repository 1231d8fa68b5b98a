// SPDX-License-Identifier: GPL-2.0
/*
 * tdxctl check: would this host take the image?  Nothing is changed.
 */

#include <errno.h>

#include <json-c/json.h>

#include "report.h"
#include "tdxctl.h"
#include "upload.h"

static void refuse(const char *check, const char *sentence, struct json_object *object)
{
	const char *consequence = check_consequence(check);

	json_add_string(object, "accepted", "no");
	json_add_string(object, "refused_by", check);
	json_add_string(object, "consequence", consequence);
	report_error(EXIT_REFUSED, check, check_hint(check), "Image refused (%s): %s", check,
		     sentence);
	print_line("%s", consequence);
}

/**
 * skip_kernel_checks() - tell the kernel which checks the next upload skips
 *
 * Return: true if it knows; everything else is reported.
 */
bool skip_kernel_checks(void)
{
	int ret = *options.kernel_skip ? sysfs_write(options.kernel_skip, SKIP_CHECKS) : 0;

	/* A kernel that makes no checks has none to skip. */
	if (!ret || ret == -ENOENT)
		return true;

	report_error(EXIT_ERROR, "skip-checks", NULL, "%s/%s cannot be set to \"%s\": %s",
		     options.sysfs, SKIP_CHECKS, options.kernel_skip, strerror(-ret));

	return false;
}

/* What an upload to the node that only checks says.  True if that is yes. */
static bool ask_kernel(const struct image *image, struct json_object *object)
{
	struct upload upload = { .node = NODE_CHECK, .image = image };

	lock_mark(true);
	if (skip_kernel_checks())
		upload_run(&upload);
	if (*options.kernel_skip)
		sysfs_write("\n", SKIP_CHECKS);
	lock_mark(false);
	json_object_object_add(object, "upload", upload_to_json(&upload));

	switch (upload.outcome) {
	case UPLOAD_DONE:
		print_line("The kernel would accept the image.");
		return true;
	case UPLOAD_REFUSED:
	case UPLOAD_FAILED:
		/* A word of the node is all that there is without an event. */
		refuse(upload.has_event ? upload.reason : "kernel",
		       upload.has_event ? upload.detail : upload.error, object);
		return false;
	case UPLOAD_BUSY:
		report_error(EXIT_ERROR, "busy", "Try again.",
			     "Another process uploads an image to %s", NODE_CHECK);
		return false;
	default:
		report_error(EXIT_ERROR, "upload", NULL, "The kernel cannot be asked: %s",
			     upload.error);
		return false;
	}
}

/* Without the kernel's answer it stays open what firmware will say. */
static bool judge_alone(const struct host *host, const char *unchecked,
			struct json_object *object)
{
	const char *why = !host->has_check ? "the kernel has no node that only checks" :
					     "only root can ask the kernel";

	if (unchecked)
		json_add_string(object, "unchecked", unchecked);
	print_line("Nothing speaks against the image, but %s.", why);
	if (unchecked)
		print_line("Not checked: %s.", unchecked);
	if (is_skipped(options.skip, "kernel-check"))
		return true;

	json_add_string(object, "accepted", "unknown");
	report_error(EXIT_UNCHECKED, "kernel-check",
		     host->has_check ? "Run tdxctl as root." : check_hint("kernel-check"),
		     "The image cannot be checked completely, because %s", why);

	return false;
}

/**
 * check_image() - check an image as completely as this host allows
 * @host: the host
 * @image: the image
 * @name: of the result in the report
 *
 * Return: true if the image can be uploaded.  Everything else is reported.
 */
bool check_image(const struct host *host, const struct image *image, const char *name)
{
	struct json_object *object = json_object_new_object();
	bool ask = host->has_check && can_upload();
	struct seamldr_platform platform;
	struct seamldr_verdict verdict;
	const char *unchecked = NULL;
	bool ok;

	report_add(name, object);
	json_add_string(object, "checked_by", ask ? "kernel" : "tdxctl");
	if (ask && image_is_wellformed(image)) {
		if (!ask_kernel(image, object))
			return false;
		ok = image_check_signature(image, options.skip, &verdict);
	} else {
		if (image_is_wellformed(image))
			unchecked = host_platform(host, image, &platform);
		ok = image_check(image, &platform, options.skip, &verdict);
	}
	if (!ok) {
		refuse(verdict.refusal.check, verdict.refusal.sentence, object);
		return false;
	}

	ok = ask || judge_alone(host, unchecked, object);
	if (ok)
		json_add_string(object, "accepted", "yes");

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
		host_free(&host);
		return;
	}

	catch_signals();
	if (open_image(&image, argv[0])) {
		report_add("image", image_to_json(&image));
		image_print(&image);
		check_image(&host, &image, "check");
		print_line("Nothing was changed.");
		image_close(&image);
	}
	host_free(&host);
}
