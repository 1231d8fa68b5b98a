// SPDX-License-Identifier: GPL-2.0
/*
 * Image files: read, verify, describe
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json-c/json.h>

#include "image.h"
#include "report.h"
#include "tdxctl.h"

/* SHA-384 of the modulus, as stored, of the keys that are known */
static const struct {
	enum image_key key;
	const char *name;
	u8 hash[SHA384_DIGEST_SIZE];
} keys[] = {
	{ KEY_INTEL, "Intel", {
		0xc8, 0x57, 0x2f, 0x54, 0x88, 0x69, 0xa0, 0xbe, 0xca, 0x19, 0x37, 0x6b,
		0x81, 0xc2, 0xdf, 0xfc, 0x2a, 0x23, 0xb5, 0xa5, 0xf7, 0x1d, 0xa0, 0xb8,
		0x75, 0x79, 0xb4, 0x3f, 0x40, 0x8d, 0xaa, 0x1a, 0x33, 0xba, 0xd9, 0xc1,
		0x49, 0xeb, 0x56, 0xc6, 0x34, 0xf8, 0x83, 0x73, 0x79, 0x68, 0xa3, 0x4c } },
	{ KEY_TEST, "test key of the virtual TDX host", {
		0xe0, 0xad, 0xc1, 0xc4, 0x9c, 0xa7, 0x4d, 0xf1, 0xee, 0xe8, 0x85, 0xea,
		0x65, 0x4f, 0xf3, 0xf8, 0xa9, 0x52, 0xd8, 0x6f, 0x53, 0xa5, 0xdf, 0x1d,
		0x35, 0xd3, 0x19, 0xa2, 0x45, 0x8a, 0x08, 0xb8, 0x8c, 0xf7, 0xd9, 0x4d,
		0xb2, 0x67, 0x3e, 0x0e, 0x77, 0x7f, 0x5e, 0x0b, 0x3b, 0x68, 0x16, 0x93 } },
};

/* What no image exceeds; the parser knows it exactly. */
#define READ_MAX	(4U << 20)

static int read_all(int fd, u8 *data, size_t size)
{
	size_t done = 0;
	ssize_t n;

	while (done < size) {
		n = pread(fd, data + done, size - done, done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		/* Somebody has truncated it since. */
		if (!n)
			return -ESTALE;
		done += n;
	}

	return 0;
}

static int read_file(struct image *image)
{
	/* A FIFO must not make an update wait for whoever writes to it. */
	int fd = open(image->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	int ret;

	if (fd < 0)
		return -errno;

	if (fstat(fd, &st))
		ret = -errno;
	else if (S_ISDIR(st.st_mode))
		ret = -EISDIR;
	else if (!S_ISREG(st.st_mode))
		ret = -ENODEV;
	else
		ret = 0;

	image->size = ret ? 0 : st.st_size;
	if (!ret && image->size <= READ_MAX) {
		image->data = malloc(image->size + 1);
		ret = image->data ? read_all(fd, image->data, image->size) : -ENOMEM;
	}
	close(fd);

	return ret;
}

/* The last three numbers with dots in the name of the file */
static bool version_from_name(const char *path, struct version *version)
{
	const char *p = strrchr(path, '/');
	bool found = false;
	char part[24];
	size_t len;

	for (p = p ? p + 1 : path; *p; p += len) {
		len = strspn(p, "0123456789.");
		if (!len) {
			len = 1;
			continue;
		}
		snprintf(part, sizeof(part), "%.*s", (int)len, p);
		/* As in "module-1.5.06.bin" */
		if (*part && part[strlen(part) - 1] == '.')
			part[strlen(part) - 1] = 0;
		if (len < sizeof(part) && version_parse(part, version))
			found = true;
	}

	return found && version->major;
}

static void find_version(struct image *image)
{
	const u8 *v = image->parts.sigstruct->module_version;

	if (v[3]) {
		image->version = (struct version) { v[3], v[2], v[0] | v[1] << 8 };
		image->version_source = "sigstruct";
	} else if (release_by_hash(image->parts.sigstruct->seamhash, &image->version)) {
		image->version_source = "hash";
	} else if (version_from_name(image->path, &image->version)) {
		image->version_source = "file-name";
	} else {
		memset(&image->version, 0, sizeof(image->version));
		image->version_source = "none";
	}
}

static void find_key(struct image *image)
{
	const struct seam_sigstruct *sig = image->parts.sigstruct;
	size_t i;

	sha384(sig->modulus, sizeof(sig->modulus), image->key_hash);
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!memcmp(keys[i].hash, image->key_hash, sizeof(image->key_hash)))
			image->key = keys[i].key;
	}
}

const char *image_key_name(const struct image *image)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i].key == image->key)
			return keys[i].name;
	}

	return "unknown key";
}

/**
 * image_examine() - find out what can be known of an image in memory
 * @image: path, data and size are there; the rest is stored
 *
 * See image_is_wellformed() for whether it is one.
 */
void image_examine(struct image *image)
{
	/* Of a file that is too long the parser looks at the length only. */
	if (seamldr_image_parse(image->data, image->size, &image->parts, &image->refusal))
		return;

	image->refusal.check = NULL;
	find_version(image);
	find_key(image);
	image->signature_ok = sigstruct_verify(image->parts.sigstruct);
	sha384(image->parts.module, image->parts.nr_module_pages * SEAMLDR_PAGE_SIZE,
	       image->hash);
}

/**
 * image_open() - read an image file, and find out what can be known of it
 * @image: where to store it; to be closed if this succeeds
 * @path: its name, which has to stay there
 *
 * Return: 0, also for a file that is not an image, see image_is_wellformed();
 * negative errno if it cannot be read.
 */
int image_open(struct image *image, const char *path)
{
	int ret;

	memset(image, 0, sizeof(*image));
	image->path = path;
	ret = read_file(image);
	if (ret)
		image_close(image);
	else
		image_examine(image);

	return ret;
}

void image_close(struct image *image)
{
	free(image->data);
	image->data = NULL;
}

bool image_is_wellformed(const struct image *image)
{
	return !image->refusal.check;
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
	};
}

/* Is @check in the list @skip, which may be NULL? */
bool is_skipped(const char *skip, const char *check)
{
	size_t len = strlen(check);

	for (; skip && *skip; skip += strcspn(skip, ",")) {
		skip += *skip == ',';
		if (!strncmp(skip, check, len) && (!skip[len] || skip[len] == ','))
			return true;
	}

	return false;
}

/**
 * image_check_signature() - check what only P-SEAMLDR checks, which is too late
 * @image: the image, well-formed
 * @skip: names of checks that are to be skipped, separated by commas, or NULL
 * @verdict: where to store the result
 *
 * Return: true if nothing speaks against the image.
 */
bool image_check_signature(const struct image *image, const char *skip,
			   struct seamldr_verdict *verdict)
{
	memset(verdict, 0, sizeof(*verdict));
	if (!image->signature_ok && !is_skipped(skip, "signature")) {
		seamldr_set_refusal(&verdict->refusal, "signature", -EINVAL,
				    "signature of the sigstruct does not fit its key and content");
		return false;
	}
	if (image->key != KEY_INTEL && !is_skipped(skip, "signing-key")) {
		seamldr_set_refusal(&verdict->refusal, "signing-key", -EINVAL,
				    "image is signed with the %s, not with that of Intel",
				    image_key_name(image));
		return false;
	}

	return true;
}

/**
 * image_check() - check an image by the kernel's rows, and its signature
 * @image: the image
 * @platform: what is known of the host
 * @skip: names of checks that are to be skipped, separated by commas, or NULL
 * @verdict: where to store the result
 *
 * Return: true if nothing speaks against the image.
 */
bool image_check(const struct image *image, const struct seamldr_platform *platform,
		 const char *skip, struct seamldr_verdict *verdict)
{
	if (!image_is_wellformed(image)) {
		memset(verdict, 0, sizeof(*verdict));
		verdict->refusal = image->refusal;
		return false;
	}

	return !seamldr_preflight(&image->parts, platform, verdict) &&
	       image_check_signature(image, skip, verdict);
}
