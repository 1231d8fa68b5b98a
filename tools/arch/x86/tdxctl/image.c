// SPDX-License-Identifier: GPL-2.0
/*
 * tdxctl inspect: read, verify and describe image files
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tdxctl.h"

/* SHA-384 of the modulus, as stored, of the keys that are known */
static const struct image_key keys[] = {
	{ "intel", "Intel", {
		0xc8, 0x57, 0x2f, 0x54, 0x88, 0x69, 0xa0, 0xbe, 0xca, 0x19, 0x37, 0x6b,
		0x81, 0xc2, 0xdf, 0xfc, 0x2a, 0x23, 0xb5, 0xa5, 0xf7, 0x1d, 0xa0, 0xb8,
		0x75, 0x79, 0xb4, 0x3f, 0x40, 0x8d, 0xaa, 0x1a, 0x33, 0xba, 0xd9, 0xc1,
		0x49, 0xeb, 0x56, 0xc6, 0x34, 0xf8, 0x83, 0x73, 0x79, 0x68, 0xa3, 0x4c } },
	{ "test", "test key of the virtual TDX host", {
		0xe0, 0xad, 0xc1, 0xc4, 0x9c, 0xa7, 0x4d, 0xf1, 0xee, 0xe8, 0x85, 0xea,
		0x65, 0x4f, 0xf3, 0xf8, 0xa9, 0x52, 0xd8, 0x6f, 0x53, 0xa5, 0xdf, 0x1d,
		0x35, 0xd3, 0x19, 0xa2, 0x45, 0x8a, 0x08, 0xb8, 0x8c, 0xf7, 0xd9, 0x4d,
		0xb2, 0x67, 0x3e, 0x0e, 0x77, 0x7f, 0x5e, 0x0b, 0x3b, 0x68, 0x16, 0x93 } },
	{ "unknown", "unknown key" },
};

#define KEY_INTEL	(&keys[0])
#define KEY_UNKNOWN	(&keys[ARRAY_SIZE(keys) - 1])

/* What no image exceeds; the parser knows it exactly. */
#define IMAGE_MAX	(4U << 20)

/* Reads @size bytes, or up to the end.  Returns how many, or a negative errno. */
ssize_t read_all(int fd, void *data, size_t size)
{
	ssize_t n, done = 0;

	do {
		n = read(fd, (char *)data + done, size - done);
		if (n > 0)
			done += n;
	} while ((n > 0 && (size_t)done < size) || (n < 0 && errno == EINTR));

	return n < 0 ? -errno : done;
}

/* Returns 0 or a negative errno. */
int write_all(int fd, const void *data, size_t size)
{
	size_t done = 0;
	ssize_t n;

	while (done < size) {
		n = write(fd, (const char *)data + done, size - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		done += n;
	}

	return 0;
}

/*
 * Reads a regular file into memory, to be freed; not if it is longer than @max: then
 * @data is NULL.  Returns 0 or a negative errno.
 */
int read_file(const char *path, u64 max, u8 **data, u64 *size)
{
	/* A FIFO must not make an update wait for whoever writes to it. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	int ret = 0;
	ssize_t n;

	*data = NULL;
	*size = 0;
	if (fd < 0)
		return -errno;

	if (fstat(fd, &st))
		ret = -errno;
	else if (!S_ISREG(st.st_mode))
		ret = S_ISDIR(st.st_mode) ? -EISDIR : -ENODEV;
	else
		*size = st.st_size;

	if (!ret && *size <= max) {
		*data = allocate(*size + 1);
		n = read_all(fd, *data, *size);
		/* Somebody has truncated it since. */
		ret = n < 0 ? n : (u64)n < *size ? -ESTALE : 0;
	}
	close(fd);
	if (ret) {
		free(*data);
		*data = NULL;
	}

	return ret;
}

/* The last three numbers with dots in the name of the file */
static u64 version_from_name(const char *path)
{
	const char *p = strrchr(path, '/');
	u64 version, found = 0;
	char part[24];
	size_t len;

	for (p = p ? p + 1 : path; *p; p += len ? len : 1) {
		len = strspn(p, "0123456789.");
		if (!len || len >= sizeof(part))
			continue;
		/* As in "module-1.5.06.bin" */
		snprintf(part, sizeof(part), "%.*s", (int)(len - (p[len - 1] == '.')), p);
		version = version_parse(part);
		if (version)
			found = version;
	}

	return found;
}

/* All 16-bit words of an image add up to zero. */
u16 sum_words(const u8 *data, u64 size)
{
	u16 sum = 0;

	for (u64 i = 0; i + 1 < size; i += 2)
		sum += data[i] | data[i + 1] << 8;

	return sum;
}

/* Finds out what can be known of an image: path, data and size are there. */
void image_examine(struct image *image)
{
	static const char * const sources[] = { "sigstruct", "hash", "file-name", "none" };
	const struct seam_sigstruct *sig;
	u64 versions[ARRAY_SIZE(sources)] = {};
	int source = 0;
	const u8 *v;

	/* Of a file that is too long the parser looks at the length only. */
	if (seamldr_image_parse(image->data, image->size, &image->parts, &image->refusal))
		return;

	image->refusal.check = NULL;
	sig = image->parts.sigstruct;
	v = sig->module_version;
	versions[0] = v[3] ? VERSION(v[3], v[2], v[0] | v[1] << 8) : 0;
	versions[1] = release_by_hash(sig->seamhash);
	versions[2] = version_from_name(image->path);
	while (!versions[source] && source < (int)ARRAY_SIZE(sources) - 1)
		source++;
	image->version = versions[source];
	image->version_source = sources[source];

	sha384(sig->modulus, sizeof(sig->modulus), image->key_hash);
	image->key = keys;
	while (image->key < KEY_UNKNOWN &&
	       memcmp(image->key->hash, image->key_hash, sizeof(image->key_hash)))
		image->key++;
	image->signature_ok = sigstruct_verify(sig);
	sha384(image->parts.module, image->parts.nr_module_pages * SEAMLDR_PAGE_SIZE,
	       image->hash);
}

/*
 * Reads and examines a file, whose name has to stay there.  Returns a negative errno
 * if it cannot be read, not if it is not an image, see image_is_wellformed().
 */
int image_read(struct image *image, const char *path)
{
	int ret;

	memset(image, 0, sizeof(*image));
	image->path = path;
	ret = read_file(path, IMAGE_MAX, &image->data, &image->size);
	if (!ret)
		image_examine(image);

	return ret;
}

/* image_read() for a file that the user has named.  False is reported. */
bool image_open(struct image *image, const char *path)
{
	int ret = image_read(image, path);

	if (!ret)
		return true;
	if (ret == -ENOENT || ret == -ENOTDIR)
		return report_error(EXIT_UNCHECKED, "no-file", NULL, "%s does not exist", path);
	if (ret == -ESTALE)
		return report_error(EXIT_ERROR, "unreadable", "Try again.",
				    "%s was truncated while it was read", path);
	if (ret == -EISDIR || ret == -ENODEV)
		return report_error(EXIT_ERROR, "unreadable", NULL, "%s is %s", path,
				    ret == -EISDIR ? "a directory" : "not a regular file");

	return report_error(EXIT_ERROR, "unreadable", NULL, "%s cannot be read: %s", path,
			    strerror(-ret));
}

void image_close(struct image *image)
{
	free(image->data);
	image->data = NULL;
}

/* A platform of which nothing is known: no check that needs it fails. */
void image_permissive_platform(const struct image *image, struct seamldr_platform *platform)
{
	const struct seam_sigstruct *sig = image->parts.sigstruct;

	*platform = (struct seamldr_platform) {
		.preserving = true,
		/* That of the later generation lets more pass. */
		.seamldr_major = 2,
		.updates_left = 1,
		.svn_major = sig->seamsvn_major,
		.svn_minor = sig->seamsvn_minor,
		.seam_ready = true,
		.module_hv = sig->module_hv,
		.handoff_pages = sig->num_handoff_pages,
		.pamt_entry_size = {
			sig->pamt_entry_size_4k, sig->pamt_entry_size_2m, sig->pamt_entry_size_1g
		},
		.skip = options.skip_kernel,
	};
}

/* Checks what only P-SEAMLDR checks, which is too late. */
bool image_check_signature(struct image *image)
{
	if (!image->signature_ok && !is_skipped("signature"))
		seamldr_set_refusal(&image->refusal, "signature", -EINVAL,
				    "signature of the sigstruct does not fit its key and content");
	else if (image->key != KEY_INTEL && !is_skipped("signing-key"))
		seamldr_set_refusal(&image->refusal, "signing-key", -EINVAL,
				    "image is signed with the %s, not with that of Intel",
				    image->key->name);

	return !image->refusal.check;
}

/*
 * Checks an image by the kernel's rows, and its signature.  Nobody looks at @platform
 * if it is not an image.
 */
bool image_check(struct image *image, const struct seamldr_platform *platform)
{
	struct seamldr_verdict verdict;

	if (!image_is_wellformed(image))
		return false;
	if (!seamldr_preflight(&image->parts, platform, &verdict))
		return image_check_signature(image);

	image->refusal = verdict.refusal;

	return false;
}

/* A field of 0 with header 0x200: whoever made the file did not compute it. */
static const char *checksum_state(const struct image *image)
{
	if (!sum_words(image->data, image->size))
		return "good";

	return image->parts.header_version == SEAMLDR_IMAGE_VERSION_2 &&
	       !image->parts.checksum ? "absent" : "bad";
}

/* Of a file that is not an image, name and length. */
struct json_object *image_to_json(const struct image *image)
{
	const struct seam_sigstruct *sig = image->parts.sigstruct;
	struct json_object *object, *cpus;
	u32 i, cpu;

	object = json_make("file", json_text("%s", image->path), "size", json_int(image->size),
			   "wellformed", json_bool(image_is_wellformed(image)));
	if (!image_is_wellformed(image))
		return object;

	cpus = json_object_new_array();
	for (i = 0; i < sig->cpuid_table_size && i < SEAM_SIGSTRUCT_MAX_CPUIDS; i++) {
		cpu = sig->cpuid_table[i];
		json_object_array_add(cpus, json_make("signature", json_text("0x%08x", cpu),
						      "name", json_text("%s", cpu_name(cpu))));
	}

	return json_add(object,
		"header", json_hex(image->parts.header_version),
		"version", json_version(image->version),
		"version_source", json_text("%s", image->version_source),
		"module_pages", json_int(image->parts.nr_module_pages),
		/* BCD */
		"date", json_text("%04x-%02x-%02x", sig->date >> 16, sig->date >> 8 & 0xff,
				  sig->date & 0xff),
		"svn", json_text("%u.%u", sig->seamsvn_major, sig->seamsvn_minor),
		"debug_signed", json_bool(seamldr_sigstruct_is_debug(sig)),
		"cpus", cpus,
		"handoff", json_make("min", json_int(sig->min_update_hv),
				     "max", json_int(sig->module_hv),
				     "no_downgrade", json_bool(sig->no_downgrade),
				     "pages", json_int(sig->num_handoff_pages + 1)),
		/* What generation 1 of P-SEAMLDR wants to be zero has the version since 2.0. */
		"seamldr", json_text("%s", memchr_inv(sig->module_version, 0,
						  sizeof(sig->module_version)) ? "2.0" : "1.5"),
		"sha384", json_bytes(image->hash, sizeof(image->hash)),
		"sha384_ok", json_bool(!memcmp(image->hash, sig->seamhash, sizeof(image->hash))),
		"checksum", json_text("%s", checksum_state(image)),
		"signature", json_make("valid", json_bool(image->signature_ok),
				       "key", json_text("%s", image->key->word),
				       "key_sha384", json_bytes(image->key_hash,
								sizeof(image->key_hash))),
		NULL);
}

/* Adds the image to the report, and says the same to people. */
void image_report(const struct image *image)
{
	const struct seam_sigstruct *sig = image->parts.sigstruct;
	struct json_object *json = image_to_json(image);
	u32 i;

	report_add("image", json);
	print_fact("file", "%s, %s bytes", image->path, json_get(json, "size"));
	if (!image_is_wellformed(image))
		return;

	print_fact("header", "%s, checksum %s", json_get(json, "header"),
		   json_get(json, "checksum"));
	print_fact("module", "%s%s, %s pages, %s", json_get(json, "version"),
		   !strcmp(image->version_source, "file-name") ? " (from the file's name)" : "",
		   json_get(json, "module_pages"), json_get(json, "date"));
	print_fact("SVN", "%s%s", json_get(json, "svn"),
		   seamldr_sigstruct_is_debug(sig) ? ", signed for debugging" : "");
	for (i = 0; i < sig->cpuid_table_size && i < SEAM_SIGSTRUCT_MAX_CPUIDS; i++)
		print_fact(i ? "" : "CPUs", "0x%08x %s", sig->cpuid_table[i],
			   cpu_name(sig->cpuid_table[i]));
	if (!i)
		print_fact("CPUs", "no table");
	print_fact("handoff", "versions %u to %u, %u pages%s", sig->min_update_hv, sig->module_hv,
		   sig->num_handoff_pages + 1, sig->no_downgrade ? ", no older version" : "");
	print_fact("P-SEAMLDR", "%s or later", json_get(json, "seamldr"));
	print_fact("SHA-384", "%.32s..., %s", json_get(json, "sha384"),
		   memcmp(image->hash, sig->seamhash, sizeof(image->hash)) ?
		   "NOT as signed" : "as signed");
	print_fact("signature", "%s, %s", image->signature_ok ? "good" : "BAD", image->key->name);
}

void cmd_inspect(char **args)
{
	struct seamldr_platform platform;
	static struct image image;

	if (!image_open(&image, args[0]))
		return;

	image_report(&image);
	if (image_is_wellformed(&image))
		image_permissive_platform(&image, &platform);
	if (!image_check(&image, &platform))
		report_refusal("Image refused", &image.refusal);
}
