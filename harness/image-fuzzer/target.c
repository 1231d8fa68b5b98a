// SPDX-License-Identifier: GPL-2.0
/*
 * Give the kernel's parser and its checks an image, and compare what they say
 * with the oracle.
 *
 * The kernel must refuse what the oracle refuses, for the reason that comes
 * first, and accept what it accepts.  The order of the kernel's checks is held
 * to the oracle's: each reason that an admin is told is then the one that the
 * documentation has.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/sha.h>

#include <crypto/sha2.h>

#include "input.h"
#include "oracle.h"
#include "seamldr_image.h"
#include "seamldr_preflight.h"

#define PAGE	4096

#define REQUIRE(condition, ...)						\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);	\
			fprintf(stderr, __VA_ARGS__);			\
			fputc('\n', stderr);				\
			abort();					\
		}							\
	} while (0)

/* Of the sanitizer, which is not in every program that is built of this. */
__attribute__((weak)) void *__asan_region_is_poisoned(void *data, size_t len);

/*
 * Hashing costs more than everything else, and each input is asked about several
 * times: what was hashed before is not hashed again while the input is the same.
 */
static struct {
	const u8 *data;
	size_t len;
	u8 hash[SHA384_DIGEST_SIZE];
} hashed;

void sha384(const u8 *data, size_t len, u8 out[SHA384_DIGEST_SIZE])
{
	if (data != hashed.data || len != hashed.len) {
		/* libcrypto is not built with the sanitizer. */
		REQUIRE(!__asan_region_is_poisoned || !__asan_region_is_poisoned((void *)data, len),
			"%zu bytes are hashed that are not all of the image", len);
		SHA384(data, len, hashed.hash);
		hashed.data = data;
		hashed.len = len;
	}
	memcpy(out, hashed.hash, sizeof(hashed.hash));
}

/* The module in place is that of the file, or differs in one byte of its hash. */
static void make_mrseam(const struct input_platform *in, const u8 *image, size_t size,
			struct seamldr_platform *p)
{
	if (size < 2 * PAGE)
		return;
	memcpy(p->mrseam, image + PAGE + 900, sizeof(p->mrseam));
	if (!(in->in_place & IN_PLACE_SAME_HASH))
		p->mrseam[(in->in_place >> IN_PLACE_SHIFT) % sizeof(p->mrseam)] ^= 0x10;
}

/* The list that an admin would write, and that comes back as it was written */
static void make_skip(const struct input_platform *in, struct seamldr_platform *p)
{
	char list[256] = "", back[256];
	unsigned int i;

	for (i = 0; i < NR_SKIPPABLE; i++) {
		if (!(in->skip & 1 << i))
			continue;
		if (*list)
			strcat(list, ",");
		strcat(list, oracle_skippable[i]);
	}
	REQUIRE(!seamldr_parse_skip(list, &p->skip), "%s: cannot be skipped", list);
	seamldr_print_checks(p->skip, back, sizeof(back));
	REQUIRE(!strcmp(list, back), "%s became %s", list, back);
}

static bool is_skipped(const char *name, const struct input_platform *in)
{
	unsigned int i;

	for (i = 0; i < NR_SKIPPABLE; i++) {
		if (in && in->skip & 1 << i && !strcmp(name, oracle_skippable[i]))
			return true;
	}
	return false;
}

static void make_platform(const struct input_platform *in, struct seamldr_platform *p)
{
	unsigned int i;

	memset(p, 0, sizeof(*p));
	p->preserving = in->flags & FLAG_PRESERVING;
	p->updates_left = in->updates_left;
	p->svn_major = in->svn_major;
	p->svn_minor = in->svn_minor;
	p->seam_ready = in->in_place & IN_PLACE_SEAM_READY;
	p->seamldr_major = in->seamldr_major;
	for (i = 0; i < 3; i++)
		p->pamt_entry_size[i] = in->pamt_entry_size[i];
	p->debug_known = in->flags & FLAG_DEBUG_KNOWN;
	p->debug_unlocked = in->flags & FLAG_DEBUG_UNLOCKED;
	p->nr_lps = in->nr_lps;
	p->nr_online = in->nr_online;
	p->nr_sockets = in->nr_sockets % (SEAMLDR_MAX_SOCKETS + 1);
	memcpy(p->socket_cpuid, in->socket_cpuid, sizeof(p->socket_cpuid));
	p->module_hv = in->module_hv;
	p->min_update_hv = in->min_update_hv;
	p->no_downgrade = in->flags & FLAG_NO_DOWNGRADE;
	p->handoff_pages = in->handoff_pages;
	p->handoff_written = in->flags & FLAG_HANDOFF_WRITTEN;
	p->handoff_hv = in->handoff_hv;
	make_skip(in, p);
}

/*
 * The first check that does not hold, NULL if all do; counts those unknown and
 * those that do not hold and are skipped.
 */
static const char *first_violation(const struct oracle_check *check,
				   const struct oracle_input *input,
				   const struct input_platform *in,
				   unsigned int *unknown, unsigned int *skipped)
{
	*unknown = 0;
	*skipped = 0;
	for (; check->name; check++) {
		switch (check->holds(input)) {
		case NO:
			if (!is_skipped(check->name, in))
				return check->name;
			(*skipped)++;
			break;
		case UNKNOWN:
			(*unknown)++;
			break;
		case YES:
			break;
		}
	}
	return NULL;
}

static void compare(const char *what, int err, const struct seamldr_refusal *refusal,
		    const char *violation)
{
	if (!err) {
		REQUIRE(!violation, "%s: accepted, and %s does not hold", what, violation);
		REQUIRE(!refusal->check, "%s: accepted, and refused for %s", what, refusal->check);
		return;
	}
	REQUIRE(violation, "%s: refused for %s, and everything holds", what, refusal->check);
	REQUIRE(!strcmp(refusal->check, violation), "%s: refused for %s, and %s comes first",
		what, refusal->check, violation);
	REQUIRE(*refusal->sentence, "%s: no sentence", refusal->check);
	REQUIRE(strlen(refusal->sentence) < sizeof(refusal->sentence) - 1,
		"%s: the sentence is cut off", refusal->check);
	REQUIRE(refusal->err == err, "%s: two errors", refusal->check);
	REQUIRE(err == -EINVAL || err == -EMSGSIZE || err == -EBUSY || err == -ENOSPC ||
		err == -EOPNOTSUPP, "%s: error %d", refusal->check, err);
	REQUIRE((err == -EMSGSIZE) ==
		(!strcmp(violation, "size") || !strcmp(violation, "length")),
		"%s: error %d", refusal->check, err);
}

static void check_parts(const struct seamldr_image *image, const struct oracle_input *in)
{
	const u8 *end = in->data + in->size;

	REQUIRE(image->data == in->data && image->size == in->size, "not the whole file");
	REQUIRE((const u8 *)image->sigstruct == in->data + PAGE, "sigstruct is elsewhere");
	REQUIRE(image->module == in->data + 2 * PAGE, "module is elsewhere");
	REQUIRE(image->nr_module_pages >= 1 &&
		image->nr_module_pages <= SEAMLDR_MAX_MODULE_PAGES, "%u pages",
		image->nr_module_pages);
	REQUIRE(image->module + (size_t)image->nr_module_pages * PAGE == end,
		"the module does not end with the file");
}

static void check_again(const struct seamldr_image *image,
			const struct seamldr_platform *platform, int err,
			const struct seamldr_verdict *verdict)
{
	struct seamldr_verdict again;
	int again_err;

	again_err = seamldr_preflight_again(image, platform, &again);
	REQUIRE(err || !again_err, "%s refuses the second time only", again.refusal.check);

	/* Nothing of the first time is left to decide the second time. */
	memset(&again, 0xff, sizeof(again));
	again_err = seamldr_preflight(image, platform, &again);
	REQUIRE(again_err == err && again.refusal.check == verdict->refusal.check &&
		again.prevents == verdict->prevents &&
		again.handoff_hv == verdict->handoff_hv &&
		again.unchecked == verdict->unchecked &&
		again.skipped == verdict->skipped, "another verdict the second time");
}

static void check_image(const struct oracle_input *in, const struct input_platform *raw)
{
	struct seamldr_image image, untouched;
	struct seamldr_verdict verdict;
	unsigned int unknown, skipped;
	const char *violation;
	int err;

	memset(&verdict, 0, sizeof(verdict));
	memset(&image, 0xa5, sizeof(image));
	untouched = image;
	err = seamldr_image_parse(in->data, in->size, &image, &verdict.refusal);
	violation = first_violation(oracle_geometry, in, NULL, &unknown, &skipped);
	compare("parser", err, &verdict.refusal, violation);
	if (err) {
		REQUIRE(!memcmp(&image, &untouched, sizeof(image)), "written to, and refused");
		return;
	}
	check_parts(&image, in);

	memset(&verdict, 0xff, sizeof(verdict));
	err = seamldr_preflight(&image, in->platform, &verdict);
	violation = first_violation(oracle_preflight, in, raw, &unknown, &skipped);
	compare("checks", err, &verdict.refusal, violation);
	REQUIRE(!err == !verdict.prevents, "no status that it prevents");
	REQUIRE((unsigned int)__builtin_popcount(verdict.unchecked) == unknown,
		"%x were not made instead of %u", verdict.unchecked, unknown);
	REQUIRE((unsigned int)__builtin_popcount(verdict.skipped) == skipped,
		"%x were skipped instead of %u", verdict.skipped, skipped);
	if (!err)
		REQUIRE(verdict.handoff_hv == oracle_handoff_version(in),
			"handoff version %u instead of %d", verdict.handoff_hv,
			oracle_handoff_version(in));
	check_again(&image, in->platform, err, &verdict);
}

/* What nobody hits by accident.  The hash is in the sum, so it comes first. */
static void make_sums_right(u8 *image, size_t size)
{
	if (size < 3 * PAGE)
		return;
	sha384(image + 2 * PAGE, size - 2 * PAGE, image + PAGE + 900);
	put16(image + HEADER_CHECKSUM, 0);
	put16(image + HEADER_CHECKSUM, -checksum(image, size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input_platform in = {};
	struct seamldr_platform platform;
	struct oracle_input input;
	size_t more;
	u8 *image;

	if (size < sizeof(in))
		return -1;

	memcpy(&in, data, sizeof(in));
	data += sizeof(in);
	size -= sizeof(in);
	more = (size_t)(in.more_pages % (MAX_MORE_PAGES + 1)) * PAGE;

	/* As long as the file, so that the sanitizer sees each byte beyond. */
	image = malloc(size + more);
	if (!image && size + more)
		return -1;
	if (size)
		memcpy(image, data, size);
	if (more)
		memset(image + size, 0, more);

	hashed.data = NULL;
	if (in.flags & FLAG_SUMS_RIGHT)
		make_sums_right(image, size + more);
	make_platform(&in, &platform);
	make_mrseam(&in, image, size + more, &platform);
	input = (struct oracle_input) {
		.data = image, .size = size + more, .platform = &platform,
	};
	check_image(&input, &in);
	free(image);

	return 0;
}
