// SPDX-License-Identifier: GPL-2.0
/*
 * Intel's mapping file
 *
 * Keys that are not known are ignored: the file will get more of them.  What is
 * known and makes no sense is an error, because a guess can cost TDs.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json-c/json.h>

#include "mapping.h"
#include "report.h"

/* The file has some kilobytes. */
#define FILE_MAX	0x100000
#define MAX_DEPTH	16

static bool parse_version(struct json_object *object, const char *key, struct version *version)
{
	struct json_object *value;

	return json_object_object_get_ex(object, key, &value) &&
	       json_object_is_type(value, json_type_string) &&
	       /* A zero inside would hide the rest. */
	       strlen(json_object_get_string(value)) ==
	       (size_t)json_object_get_string_len(value) &&
	       version_parse(json_object_get_string(value), version) && version->major;
}

static bool parse_list(struct json_object *object, const char *key, struct version_list *list)
{
	struct json_object *array, *value;
	size_t nr, i;

	if (!json_object_object_get_ex(object, key, &array) ||
	    !json_object_is_type(array, json_type_array))
		return false;

	nr = json_object_array_length(array);
	if (nr > MAPPING_MAX_LIST)
		return false;

	for (i = 0; i < nr; i++) {
		value = json_object_array_get_idx(array, i);
		if (!json_object_is_type(value, json_type_string) ||
		    !version_parse(json_object_get_string(value), &list->version[i]))
			return false;
	}
	list->nr = nr;

	return true;
}

static const char *parse_release(struct json_object *object, struct release *release)
{
	if (!json_object_is_type(object, json_type_object) ||
	    !parse_version(object, "version", &release->version))
		return "version";
	if (!parse_version(object, "min_module_version_for_td_preserving", &release->min_module))
		return "min_module_version_for_td_preserving";
	if (!parse_list(object, "min_seamldr_versions", &release->seamldr))
		return "min_seamldr_versions";
	/* Older files do not have it. */
	if (json_object_object_get_ex(object, "strict_compat_versions", NULL) &&
	    !parse_list(object, "strict_compat_versions", &release->compatible))
		return "strict_compat_versions";

	return NULL;
}

/* Two entries for one release: which one lies? */
static bool is_twice(const struct mapping *mapping, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		if (!version_compare(&mapping->releases[i].version,
				     &mapping->releases[nr].version))
			return true;
	}

	return false;
}

static int parse_releases(struct json_object *array, struct mapping *mapping, char *why,
			  size_t size)
{
	const char *key;
	u32 i, nr;

	nr = json_object_array_length(array);
	if (nr > MAPPING_MAX_RELEASES) {
		snprintf(why, size, "it has %u releases, expected %u at most", nr,
			 MAPPING_MAX_RELEASES);
		return -EINVAL;
	}

	mapping->releases = calloc(nr ? nr : 1, sizeof(*mapping->releases));
	if (!mapping->releases) {
		snprintf(why, size, "there is no memory for it");
		return -ENOMEM;
	}

	for (i = 0; i < nr; i++) {
		key = parse_release(json_object_array_get_idx(array, i), &mapping->releases[i]);
		if (key) {
			snprintf(why, size, "release number %u has no valid %s", i + 1, key);
			return -EINVAL;
		}
		if (is_twice(mapping, i)) {
			snprintf(why, size, "release number %u is there twice", i + 1);
			return -EINVAL;
		}
	}
	mapping->nr = nr;

	return 0;
}

/**
 * mapping_parse() - read a mapping file
 * @text: its content
 * @len: length of that
 * @mapping: where to store it, to be closed if this succeeds
 * @why: where to store what is wrong
 * @why_size: room there
 *
 * Return: 0 or a negative errno.
 */
int mapping_parse(const char *text, size_t len, struct mapping *mapping, char *why,
		  size_t why_size)
{
	struct json_tokener *tokener = json_tokener_new_ex(MAX_DEPTH);
	struct json_object *root = NULL, *array;
	int ret = -EINVAL;

	memset(mapping, 0, sizeof(*mapping));
	if (!tokener) {
		snprintf(why, why_size, "there is no memory for it");
		return -ENOMEM;
	}

	json_tokener_set_flags(tokener, JSON_TOKENER_VALIDATE_UTF8);
	root = json_tokener_parse_ex(tokener, text, len);
	if (json_tokener_get_error(tokener) != json_tokener_success)
		snprintf(why, why_size, "it is not JSON at byte %zu",
			 json_tokener_get_parse_end(tokener));
	else if (!json_object_object_get_ex(root, "tdx_module_releases", &array) ||
		 !json_object_is_type(array, json_type_array))
		snprintf(why, why_size, "it has no list tdx_module_releases");
	else
		ret = parse_releases(array, mapping, why, why_size);

	json_object_put(root);
	json_tokener_free(tokener);
	if (ret)
		mapping_close(mapping);

	return ret;
}

static int read_text(const char *path, char **text, size_t *len, char *why, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	ssize_t n = -1;

	if (fd < 0) {
		snprintf(why, size, "%s", strerror(errno));
		return -errno;
	}

	*text = NULL;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX) {
		snprintf(why, size, "it is not a file of %u bytes at most", FILE_MAX);
	} else {
		*text = malloc(st.st_size + 1);
		n = *text ? read(fd, *text, st.st_size) : -1;
		if (n < 0)
			snprintf(why, size, "it cannot be read");
	}
	close(fd);
	if (n < 0) {
		free(*text);
		return -EIO;
	}
	*len = n;

	return 0;
}

/**
 * mapping_open() - read a mapping file
 * @mapping: where to store it; without releases if there is no such file
 * @path: its name
 * @required: it has to be there
 *
 * Return: false if it cannot be used, which is reported.
 */
bool mapping_open(struct mapping *mapping, const char *path, bool required)
{
	char why[128] = "", *text = NULL;
	size_t len = 0;
	int ret;

	memset(mapping, 0, sizeof(*mapping));
	ret = read_text(path, &text, &len, why, sizeof(why));
	if (ret == -ENOENT && !required)
		return true;

	if (!ret) {
		ret = mapping_parse(text, len, mapping, why, sizeof(why));
		free(text);
	}
	if (ret)
		report_error(ret == -ENOENT ? EXIT_UNCHECKED : EXIT_ERROR, "mapping",
			     "Get the file again from where the images are from.",
			     "The mapping file %s cannot be used: %s", path, why);

	return !ret;
}

void mapping_close(struct mapping *mapping)
{
	free(mapping->releases);
	memset(mapping, 0, sizeof(*mapping));
}

const struct release *mapping_find(const struct mapping *mapping, const struct version *version)
{
	u32 i;

	for (i = 0; i < mapping->nr; i++) {
		if (!version_compare(&mapping->releases[i].version, version))
			return &mapping->releases[i];
	}

	return NULL;
}
