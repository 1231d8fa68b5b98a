// SPDX-License-Identifier: GPL-2.0
/*
 * tdxctl select: the best image of a directory
 *
 * First what does not fit is sorted out, for a reason that is said; then the
 * newest is taken.  The other way round the newest number would be chosen, which
 * may be that of another product line.  What fits says Intel's mapping file.  Keys
 * that are not known there are ignored: it will get more of them.  What is known
 * and makes no sense is an error, because a guess can cost TDs.
 */

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tdxctl.h"

#define MAPPING_VERSION		"version"
#define MAPPING_MIN_MODULE	"min_module_version_for_td_preserving"
#define MAPPING_SEAMLDR		"min_seamldr_versions"
#define MAPPING_COMPATIBLE	"strict_compat_versions"

/* The file has some kilobytes. */
#define MAPPING_MAX	0x100000
#define MAX_RELEASES	512
#define JSON_DEPTH	16

/* As in joined_files/1.5/ */
#define DIR_DEPTH	4
#define SIGNATURE	"TDX-BLOB"

static struct selection selection;

/* 0 if it is not a version */
static u64 to_version(struct json_object *value)
{
	const char *text = json_object_get_string(value);

	/* A zero inside would hide the rest. */
	return json_object_is_type(value, json_type_string) &&
	       strlen(text) == (size_t)json_object_get_string_len(value) ? version_parse(text) : 0;
}

u64 mapping_version(struct json_object *release, const char *key)
{
	return to_version(json_object_object_get(release, key));
}

/* Does a list have @version or, with @or_later, an earlier one of its series? */
static bool mapping_lists(struct json_object *release, const char *key, u64 version,
			  bool or_later)
{
	struct json_object *list = json_object_object_get(release, key);
	u64 listed;

	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		listed = to_version(json_object_array_get_idx(list, i));
		if (listed == version || (or_later && listed < version &&
					  VERSION_SERIES(listed) == VERSION_SERIES(version)))
			return true;
	}

	return false;
}

struct json_object *mapping_find(struct json_object *mapping, u64 version)
{
	for (size_t i = 0; i < json_object_array_length(mapping); i++) {
		struct json_object *release = json_object_array_get_idx(mapping, i);

		if (mapping_version(release, MAPPING_VERSION) == version)
			return release;
	}

	return NULL;
}

static bool is_list(struct json_object *list)
{
	if (!json_object_is_type(list, json_type_array))
		return false;

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		if (!to_version(json_object_array_get_idx(list, i)))
			return false;
	}

	return true;
}

/* The key of a release that is not there or makes no sense, or NULL */
static const char *bad_key(struct json_object *release)
{
	if (!json_object_is_type(release, json_type_object) ||
	    !mapping_version(release, MAPPING_VERSION))
		return MAPPING_VERSION;
	if (!mapping_version(release, MAPPING_MIN_MODULE))
		return MAPPING_MIN_MODULE;
	if (!is_list(json_object_object_get(release, MAPPING_SEAMLDR)))
		return MAPPING_SEAMLDR;
	/* Older files do not have it. */
	if (json_object_object_get_ex(release, MAPPING_COMPATIBLE, NULL) &&
	    !is_list(json_object_object_get(release, MAPPING_COMPATIBLE)))
		return MAPPING_COMPATIBLE;

	return NULL;
}

/* Returns the array of the releases, to be put, or NULL with a sentence in @why. */
struct json_object *mapping_parse(const char *text, size_t len, const char **why)
{
	struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH);
	struct json_object *root, *array, *release;
	const char *key;

	json_tokener_set_flags(tokener, JSON_TOKENER_VALIDATE_UTF8);
	root = json_tokener_parse_ex(tokener, text, len);
	*why = NULL;
	if (json_tokener_get_error(tokener) != json_tokener_success)
		*why = format("it is not JSON at byte %zu", json_tokener_get_parse_end(tokener));
	json_tokener_free(tokener);
	array = json_object_get(json_object_object_get(root, "tdx_module_releases"));
	json_object_put(root);
	if (!*why && !json_object_is_type(array, json_type_array))
		*why = format("it has no list tdx_module_releases");
	else if (!*why && json_object_array_length(array) > MAX_RELEASES)
		*why = format("it has more than %u releases", MAX_RELEASES);

	for (size_t i = 0; !*why && i < json_object_array_length(array); i++) {
		release = json_object_array_get_idx(array, i);
		key = bad_key(release);
		if (key)
			*why = format("release number %zu has no valid %s", i + 1, key);
		/* Which one lies? */
		else if (mapping_find(array, mapping_version(release, MAPPING_VERSION)) != release)
			*why = format("release number %zu is there twice", i + 1);
	}
	if (!*why)
		return array;

	json_object_put(array);

	return NULL;
}

/* Without a file there is no mapping, which is right unless it is @required. */
static bool mapping_open(const char *path, bool required)
{
	const char *why;
	u8 *text;
	u64 len;
	int ret;

	ret = read_file(path, MAPPING_MAX, &text, &len);
	if (ret == -ENOENT && !required)
		return true;

	if (ret)
		why = strerror(-ret);
	else if (!text)
		why = format("it is not a file of %u bytes at most", MAPPING_MAX);
	else
		selection.mapping = mapping_parse((char *)text, len, &why);
	free(text);

	return selection.mapping ||
	       report_error(ret == -ENOENT ? EXIT_UNCHECKED : EXIT_ERROR, "mapping",
			    "Get the file again from where the images are from.",
			    "The mapping file %s cannot be used: %s", path, why);
}

/* Files of other kinds are in such directories, too. */
static bool looks_like_image(const struct image *image)
{
	size_t len = strlen(image->path);

	return (len > 5 && !strcmp(image->path + len - 5, ".blob")) ||
	       (image->data && image->size >= 16 &&
		(!memcmp(image->data + 4, SIGNATURE, 8) || !memcmp(image->data + 8, SIGNATURE, 8)));
}

static void add_image(const char *path)
{
	struct image *image = &selection.images[selection.nr];
	char *copy = copy_string(path);
	int ret;

	ret = image_read(image, copy);
	if (!ret && looks_like_image(image)) {
		/* There is room for one that is too many. */
		if (++selection.nr <= MAX_IMAGES)
			return;

		report_warning("too-many", "%s is ignored, there are more than %u images", path,
			       --selection.nr);
	} else if (ret) {
		report_warning("unreadable", "%s is ignored: %s", path, strerror(-ret));
	}
	image_close(image);
	free(copy);
}

static bool scan(const char *dir, int depth)
{
	DIR *stream = opendir(dir);
	struct dirent *entry;
	char path[1024];
	struct stat st;

	if (!stream)
		return false;

	while ((entry = readdir(stream))) {
		if (*entry->d_name == '.' ||
		    snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name) >= (int)sizeof(path))
			continue;
		/* A link to a directory may lead back here. */
		if (lstat(path, &st) || !S_ISDIR(st.st_mode))
			add_image(path);
		else if (depth < DIR_DEPTH)
			scan(path, depth + 1);
	}
	closedir(stream);

	return true;
}

static int compare(const void *a, const void *b)
{
	const struct image *x = a, *y = b;

	if (x->version != y->version)
		return x->version < y->version ? -1 : 1;

	return strcmp(x->path, y->path);
}

#define is_rejected(image)	((image)->refusal.check)
#define reject(image, check, ...) \
	seamldr_set_refusal(&(image)->refusal, check, -EINVAL, __VA_ARGS__)

static void judge_policy(const struct host *host, struct image *image)
{
	u64 version = image->version, min;
	struct json_object *release;

	if (!version)
		reject(image, "version", "neither the file nor its name tells its version");
	else if (VERSION_SERIES(version) != VERSION_SERIES(host->version))
		reject(image, "series", "series %u.%u, %u.%u runs", VERSION_MAJOR(version),
		       VERSION_MINOR(version), VERSION_MAJOR(host->version),
		       VERSION_MINOR(host->version));
	else if (version < host->version)
		reject(image, "older", "older than %s, which runs",
		       version_text(host->version));
	if (is_rejected(image) || !selection.mapping)
		return;

	release = mapping_find(selection.mapping, version);
	min = mapping_version(release, MAPPING_MIN_MODULE);
	if (!release)
		reject(image, "mapping", "the mapping file does not know %s",
		       version_text(version));
	else if (host->version < min)
		reject(image, "min-version", "can follow %s or later, %s runs",
		       version_text(min), version_text(host->version));
	/* A loader whose update number reads 0 satisfies "1.5.00" only. */
	else if (host->seamldr && !mapping_lists(release, MAPPING_SEAMLDR, host->seamldr, true))
		reject(image, "seamldr", "not for P-SEAMLDR %s", version_text(host->seamldr));
	else
		image->compatible = mapping_lists(release, MAPPING_COMPATIBLE, host->version,
						  false);
}

/* If only the image of what runs tells it: SVN, handoff versions */
static void add_running(const struct host *host, struct seamldr_platform *platform)
{
	const struct seam_sigstruct *sig = NULL;

	/* Which CPUs are online, and how many updates are left, can change. */
	platform->nr_online = platform->nr_lps;
	platform->updates_left = 1;
	platform->seam_ready = true;
	for (u32 i = 0; i < selection.nr && !sig; i++) {
		if (selection.images[i].version == host->version)
			sig = selection.images[i].parts.sigstruct;
	}
	if (sig && !host->has_info) {
		platform->svn_major = sig->seamsvn_major;
		platform->svn_minor = sig->seamsvn_minor;
	}
	if (sig && !host->nr_fields) {
		platform->module_hv = sig->module_hv;
		platform->min_update_hv = sig->min_update_hv;
		platform->no_downgrade = sig->no_downgrade;
		platform->handoff_pages = sig->num_handoff_pages;
	}
}

static void judge(const struct host *host, struct image *image)
{
	struct seamldr_platform platform;

	if (!image_is_wellformed(image))
		return;

	judge_policy(host, image);
	image->runs = image->version == host->version;
	if (is_rejected(image))
		return;

	host_platform(host, image, &platform);
	add_running(host, &platform);
	image_check(image, &platform);
}

/* The newest, but nothing that hosts would see comes before what is compatible. */
static void choose(const struct image *image)
{
	if (is_rejected(image) || image->runs)
		return;

	/* Two files of one release are one release. */
	if (image == selection.images || is_rejected(image - 1) ||
	    image->version != image[-1].version)
		selection.nr_behind++;
	if (!selection.best || image->compatible || !selection.best->compatible)
		selection.best = image;
}

/* Looks at all images of a directory.  NULL is reported. */
const struct selection *select_images(const struct host *host, const char *dir)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/mapping_file.json", dir);
	if (!mapping_open(options.mapping ?: path, options.mapping))
		return NULL;
	if (!selection.mapping)
		report_warning("no-mapping",
			       "Without a mapping file nobody says which release can follow which");

	if (!scan(dir, 0))
		report_error(errno == ENOENT ? EXIT_UNCHECKED : EXIT_ERROR, "no-file", NULL,
			     "The directory %s cannot be read: %s", dir, strerror(errno));
	else if (!selection.nr)
		report_error(EXIT_UNCHECKED, "no-file", NULL, "There is no image in %s", dir);
	if (!selection.nr)
		return NULL;

	qsort(selection.images, selection.nr, sizeof(*selection.images), compare);
	for (u32 i = 0; i < selection.nr; i++) {
		judge(host, &selection.images[i]);
		choose(&selection.images[i]);
	}

	return &selection;
}

static struct json_object *verdict_to_json(const struct image *image)
{
	const struct seamldr_refusal *refusal = &image->refusal;

	return json_make("file", json_text("%s", image->path),
			 "version", json_version(image->version),
			 "runs", json_bool(image->runs),
			 "fits", json_bool(!refusal->check && !image->runs),
			 "compatible", json_bool(image->compatible),
			 "check", refusal->check ? json_text("%s", refusal->check) : NULL,
			 "reason", refusal->check ? json_text("%s", refusal->sentence) : NULL);
}

static void print_verdict(const struct image *image)
{
	const char *version = version_text(image->version), *what;

	if (is_rejected(image)) {
		print_fact(version, "no (%s): %s: %s", image->refusal.check,
			   image->refusal.sentence, image->path);
		return;
	}

	if (image == selection.best)
		what = "BEST";
	else if (image->runs)
		what = "runs";
	else if (selection.best->compatible && !image->compatible)
		what = "fits, but new TDs would see changes";
	else
		what = "fits, but there is a newer one";
	print_fact(version, "%s: %s", what, image->path);
}

static bool use_version(const char *text, u64 *version)
{
	if (text)
		*version = version_parse(text);

	return !text || *version ||
	       report_error(EXIT_ERROR, "usage", NULL, "%s is not a version", text);
}

/* The options stand for a host that is somewhere else. */
static bool use_options(struct host *host)
{
	char *end;

	if (options.running) {
		/* What is known of this host is known of another module. */
		host->nr_fields = 0;
		host->has_info = false;
		host->state = HOST_READY;
	}
	if (!use_version(options.running, &host->version) ||
	    !use_version(options.seamldr, &host->seamldr))
		return false;

	if (options.cpu) {
		host->has_seaminfo = false;
		host->cpu = strtoul(options.cpu, &end, 16);
		if (*end || !host->cpu || *options.cpu == '-')
			return report_error(EXIT_ERROR, "usage", NULL,
					    "%s is not a CPU signature", options.cpu);
	}

	return host->version || report_error(EXIT_UNCHECKED, "no-interface", "Use --running.",
					     "This host does not tell which TDX module runs");
}

void cmd_select(char **args)
{
	struct host *host = host_read();
	struct json_object *array;

	if (!use_options(host) || !select_images(host, args[0]))
		return;

	array = json_object_new_array();
	report_add("candidates", array);
	for (u32 i = 0; i < selection.nr; i++) {
		json_object_array_add(array, verdict_to_json(&selection.images[i]));
		print_verdict(&selection.images[i]);
	}
	if (!selection.best) {
		print_line("No image fits that is newer than what runs.");
		report_status(EXIT_NOTHING);
		return;
	}

	report_add("best", verdict_to_json(selection.best));
	if (selection.mapping && !selection.best->compatible)
		report_warning("metadata",
			       "TDs that are built later may see other features, see the mapping file");
}
