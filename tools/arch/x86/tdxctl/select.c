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
	size_t i;

	for (i = 0; list && i < json_object_array_length(list); i++) {
		listed = to_version(json_object_array_get_idx(list, i));
		if (listed == version || (or_later && listed < version &&
					  VERSION_SERIES(listed) == VERSION_SERIES(version)))
			return true;
	}

	return false;
}

struct json_object *mapping_find(struct json_object *mapping, u64 version)
{
	size_t i;

	for (i = 0; i < json_object_array_length(mapping); i++) {
		struct json_object *release = json_object_array_get_idx(mapping, i);

		if (mapping_version(release, MAPPING_VERSION) == version)
			return release;
	}

	return NULL;
}

static bool is_list(struct json_object *list)
{
	size_t i;

	if (!json_object_is_type(list, json_type_array))
		return false;

	for (i = 0; i < json_object_array_length(list); i++) {
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
struct json_object *mapping_parse(const char *text, size_t len, char why[MAPPING_WHY_LEN])
{
	struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH);
	struct json_object *root, *array;
	size_t i;

	json_tokener_set_flags(tokener, JSON_TOKENER_VALIDATE_UTF8);
	root = json_tokener_parse_ex(tokener, text, len);
	*why = 0;
	if (json_tokener_get_error(tokener) != json_tokener_success)
		snprintf(why, MAPPING_WHY_LEN, "it is not JSON at byte %zu",
			 json_tokener_get_parse_end(tokener));
	json_tokener_free(tokener);
	array = json_object_get(json_object_object_get(root, "tdx_module_releases"));
	json_object_put(root);
	if (!*why && !json_object_is_type(array, json_type_array))
		snprintf(why, MAPPING_WHY_LEN, "it has no list tdx_module_releases");
	else if (!*why && json_object_array_length(array) > MAX_RELEASES)
		snprintf(why, MAPPING_WHY_LEN, "it has more than %u releases", MAX_RELEASES);

	for (i = 0; !*why && i < json_object_array_length(array); i++) {
		struct json_object *release = json_object_array_get_idx(array, i);
		const char *key = bad_key(release);

		if (key)
			snprintf(why, MAPPING_WHY_LEN, "release number %zu has no valid %s",
				 i + 1, key);
		/* Which one lies? */
		else if (mapping_find(array, mapping_version(release, MAPPING_VERSION)) != release)
			snprintf(why, MAPPING_WHY_LEN, "release number %zu is there twice", i + 1);
	}
	if (!*why)
		return array;

	json_object_put(array);

	return NULL;
}

/* Without a file @mapping is NULL, which is right unless it is @required. */
static bool mapping_open(struct json_object **mapping, const char *path, bool required)
{
	char why[MAPPING_WHY_LEN];
	u8 *text;
	u64 len;
	int ret;

	*mapping = NULL;
	ret = read_file(path, MAPPING_MAX, &text, &len);
	if (ret == -ENOENT && !required)
		return true;

	if (ret)
		snprintf(why, sizeof(why), "%s", strerror(-ret));
	else if (!text)
		snprintf(why, sizeof(why), "it is not a file of %u bytes at most", MAPPING_MAX);
	else
		*mapping = mapping_parse((char *)text, len, why);
	free(text);

	return *mapping || report_error(ret == -ENOENT ? EXIT_UNCHECKED : EXIT_ERROR, "mapping",
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

static void add_candidate(struct selection *selection, const char *path)
{
	struct candidate *candidate = &selection->candidates[selection->nr];
	char *copy = copy_string(path);
	int ret;

	ret = image_read(&candidate->image, copy);
	if (!ret && looks_like_image(&candidate->image)) {
		/* There is room for one that is too many. */
		if (++selection->nr <= MAX_CANDIDATES)
			return;

		report_warning("too-many", "%s is ignored, there are more than %u images", path,
			       --selection->nr);
	} else if (ret) {
		report_warning("unreadable", "%s is ignored: %s", path, strerror(-ret));
	}
	image_close(&candidate->image);
	free(copy);
}

static bool scan(struct selection *selection, const char *dir, int depth)
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
			add_candidate(selection, path);
		else if (depth < DIR_DEPTH)
			scan(selection, path, depth + 1);
	}
	closedir(stream);

	return true;
}

static int compare(const void *a, const void *b)
{
	const struct image *x = &((const struct candidate *)a)->image;
	const struct image *y = &((const struct candidate *)b)->image;

	if (x->version != y->version)
		return x->version < y->version ? -1 : 1;

	return strcmp(x->path, y->path);
}

__printf(3, 4)
static void reject(struct candidate *candidate, const char *check, const char *fmt, ...)
{
	va_list args;

	candidate->check = check;
	va_start(args, fmt);
	vsnprintf(candidate->reason, sizeof(candidate->reason), fmt, args);
	va_end(args);
}

static void judge_policy(const struct selection *selection, const struct host *host,
			 struct candidate *candidate)
{
	u64 version = candidate->image.version, min;
	char a[VERSION_LEN], b[VERSION_LEN];
	struct json_object *release;

	if (!version)
		reject(candidate, "version", "neither the file nor its name tells its version");
	else if (VERSION_SERIES(version) != VERSION_SERIES(host->version))
		reject(candidate, "series", "series %u.%u, %u.%u runs", VERSION_MAJOR(version),
		       VERSION_MINOR(version), VERSION_MAJOR(host->version),
		       VERSION_MINOR(host->version));
	else if (version < host->version)
		reject(candidate, "older", "older than %s, which runs",
		       version_format(host->version, a));
	if (candidate->check || !selection->mapping)
		return;

	release = mapping_find(selection->mapping, version);
	min = mapping_version(release, MAPPING_MIN_MODULE);
	if (!release)
		reject(candidate, "mapping", "the mapping file does not know %s",
		       version_format(version, a));
	else if (host->version < min)
		reject(candidate, "min-version", "can follow %s or later, %s runs",
		       version_format(min, a), version_format(host->version, b));
	/* A loader whose update number reads 0 satisfies "1.5.00" only. */
	else if (host->seamldr && !mapping_lists(release, MAPPING_SEAMLDR, host->seamldr, true))
		reject(candidate, "seamldr", "not for P-SEAMLDR %s",
		       version_format(host->seamldr, a));
	else
		candidate->compatible = mapping_lists(release, MAPPING_COMPATIBLE, host->version,
						      false);
}

/* If only the image of what runs tells it: SVN, handoff versions */
static void add_running(const struct selection *selection, const struct host *host,
			struct seamldr_platform *platform)
{
	const struct seam_sigstruct *sig = NULL;
	u32 i;

	/* Which CPUs are online, and how many updates are left, can change. */
	platform->nr_online = platform->nr_lps;
	platform->updates_left = 1;
	platform->seam_ready = true;
	for (i = 0; i < selection->nr && !sig; i++) {
		if (selection->candidates[i].image.version == host->version)
			sig = selection->candidates[i].image.parts.sigstruct;
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

static void judge(const struct selection *selection, const struct host *host,
		  struct candidate *candidate)
{
	const struct image *image = &candidate->image;
	struct seamldr_platform platform;
	struct seamldr_refusal refusal;

	if (!image_is_wellformed(image)) {
		reject(candidate, image->refusal.check, "%s", image->refusal.sentence);
		return;
	}

	judge_policy(selection, host, candidate);
	candidate->runs = image->version == host->version;
	if (candidate->check)
		return;

	host_platform(host, image, &platform);
	add_running(selection, host, &platform);
	if (!image_check(image, &platform, &refusal))
		reject(candidate, refusal.check, "%s", refusal.sentence);
}

/* The newest, but nothing that hosts would see comes before what is compatible. */
static void choose(struct selection *selection)
{
	struct candidate *candidate;
	u32 i;

	for (i = 0; i < selection->nr; i++) {
		candidate = &selection->candidates[i];
		if (candidate->check || candidate->runs)
			continue;
		/* Two files of one release are one release. */
		if (!i || candidate[-1].check ||
		    candidate->image.version != candidate[-1].image.version)
			selection->nr_behind++;
		if (!selection->best || candidate->compatible || !selection->best->compatible)
			selection->best = candidate;
	}
}

/* Looks at all images of a directory.  NULL is reported. */
struct selection *select_images(const struct host *host, const char *dir)
{
	struct selection *selection = allocate(sizeof(*selection));
	char path[1024];
	u32 i;

	snprintf(path, sizeof(path), "%s/mapping_file.json", dir);
	if (!mapping_open(&selection->mapping, options.mapping ? options.mapping : path,
			  options.mapping))
		goto out;
	if (!selection->mapping)
		report_warning("no-mapping",
			       "Without a mapping file nobody says which release can follow which");

	if (!scan(selection, dir, 0))
		report_error(errno == ENOENT ? EXIT_UNCHECKED : EXIT_ERROR, "no-file", NULL,
			     "The directory %s cannot be read: %s", dir, strerror(errno));
	else if (!selection->nr)
		report_error(EXIT_UNCHECKED, "no-file", NULL, "There is no image in %s", dir);
	if (!selection->nr)
		goto out;

	qsort(selection->candidates, selection->nr, sizeof(*selection->candidates), compare);
	for (i = 0; i < selection->nr; i++)
		judge(selection, host, &selection->candidates[i]);
	choose(selection);

	return selection;

out:
	select_free(selection);

	return NULL;
}

void select_free(struct selection *selection)
{
	u32 i;

	for (i = 0; i < selection->nr; i++) {
		image_close(&selection->candidates[i].image);
		free((char *)selection->candidates[i].image.path);
	}
	json_object_put(selection->mapping);
	free(selection);
}

static struct json_object *candidate_to_json(const struct candidate *candidate)
{
	struct json_object *object = json_object_new_object();
	char buf[VERSION_LEN];

	json_add(object, "file", "%s", candidate->image.path);
	json_add(object, "version", "%s", version_format(candidate->image.version, buf));
	json_add_bool(object, "runs", candidate->runs);
	json_add_bool(object, "fits", !candidate->check && !candidate->runs);
	json_add_bool(object, "compatible", candidate->compatible);
	if (candidate->check) {
		json_add(object, "check", "%s", candidate->check);
		json_add(object, "reason", "%s", candidate->reason);
	}

	return object;
}

static void print_candidate(const struct selection *selection, const struct candidate *candidate)
{
	const char *path = candidate->image.path, *what;
	char buf[VERSION_LEN];
	const char *version = version_format(candidate->image.version, buf);

	if (candidate->check) {
		print_fact(version, "no (%s): %s: %s", candidate->check, candidate->reason, path);
		return;
	}

	if (candidate == selection->best)
		what = "BEST";
	else if (candidate->runs)
		what = "runs";
	else if (selection->best->compatible && !candidate->compatible)
		what = "fits, but new TDs would see changes";
	else
		what = "fits, but there is a newer one";
	print_fact(version, "%s: %s", what, path);
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
		host_free(host);
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

static void report_selection(const struct selection *selection)
{
	struct json_object *array = json_object_new_array();
	u32 i;

	report_add("candidates", array);
	for (i = 0; i < selection->nr; i++) {
		json_object_array_add(array, candidate_to_json(&selection->candidates[i]));
		print_candidate(selection, &selection->candidates[i]);
	}
	if (!selection->best) {
		print_line("No image fits that is newer than what runs.");
		report_status(EXIT_NOTHING);
		return;
	}

	report_add("best", candidate_to_json(selection->best));
	if (selection->mapping && !selection->best->compatible)
		report_warning("metadata",
			       "TDs that are built later may see other features, see the mapping file");
}

void cmd_select(int argc, char **argv)
{
	struct selection *selection;
	struct host host;

	host_read(&host);
	if (use_options(&host)) {
		selection = select_images(&host, argv[0]);
		if (selection) {
			report_selection(selection);
			select_free(selection);
		}
	}
	host_free(&host);
}
