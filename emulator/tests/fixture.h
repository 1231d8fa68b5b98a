/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What most tests start from: a platform of four LPs in two sockets whose
 * module, 1.5.16, is ready, and a newer image for it.
 */
#ifndef EMULATOR_TESTS_FIXTURE_H
#define EMULATOR_TESTS_FIXTURE_H

#include "tests/host.h"
#include "tests/tap.h"

#define FIXTURE_LPS	4
#define FIXTURE_SOCKETS	2
#define FIXTURE_LAST_LP	(FIXTURE_LPS - 1)
#define FIXTURE_UPDATE	16
#define FIXTURE_NEWER	17
#define FIXTURE_FEW_PAGES	16

/* INSTALL tries so often to insert a module into SEAMDB */
#define SEAMDB_TRIES	5

/* Ids of metadata that tests look at */
#define FIELD_UPDATE_VERSION	0x0800000100000005ULL
#define FIELD_MODULE_HV		0x8900000100000000ULL
#define FIELD_HANDOFF_VALID	0x8900000000000004ULL
#define FIELD_NUM_CPUID_CONFIG	0x9900000100000004ULL
#define FIELD_CPUID_VALUES	0x9900000300000500ULL

/**
 * struct fixture - see above
 * @host: the platform and its surroundings
 * @old: image that BIOS loaded
 * @new: a newer one, not yet anywhere
 * @spec: of @new, to build variants from
 */
struct fixture {
	struct host host;
	struct host_image old;
	struct host_image new;
	struct image_spec spec;
};

/**
 * fixture_run() - build a fixture, run a test on it, release it
 * @adapt: changes specs and platform before anything is built; may be NULL
 * @test: the test
 */
bool fixture_run(void (*adapt)(struct fixture *f, struct image_spec *old),
		 bool (*test)(struct fixture *f));

/* A test function @name around the body that follows, on the usual fixture */
#define FIXTURE_TEST(name) FIXTURE_TEST_WITH(name, NULL)
#define FIXTURE_TEST_WITH(name, adapt)					\
	static bool name##_body(struct fixture *f);			\
	static bool name(void)						\
	{								\
		return fixture_run(adapt, name##_body);			\
	}								\
	static bool name##_body(struct fixture *f)

/** fixture_run_cold() - the same, but the module was only loaded; no @old */
bool fixture_run_cold(bool (*test)(struct fixture *f));

#define COLD_TEST(name)							\
	static bool name##_body(struct fixture *f);			\
	static bool name(void)						\
	{								\
		return fixture_run_cold(name##_body);			\
	}								\
	static bool name##_body(struct fixture *f)

/** fixture_releases() - for FIXTURE_TEST_WITH(): from one release to another, on its CPU */
void fixture_releases(struct fixture *f, struct image_spec *old, const char *from, const char *to);

/** fixture_counting() - for FIXTURE_TEST_WITH(): modules that count TD builds */
void fixture_counting(struct fixture *f, struct image_spec *old);

/** fixture_version() - UPDATE_VERSION that the running module reports, or ~0 */
uint64_t fixture_version(struct fixture *f);

/** fixture_replace() - put another image into @f->new and in front of INSTALL */
void fixture_replace(struct fixture *f, const struct image_spec *spec);

/** fixture_shutdown() - TDH.SYS.SHUTDOWN with handoff version @hv on LP 0 */
uint64_t fixture_shutdown(struct fixture *f, uint64_t rcx);

/** fixture_install() - write @f->new for an update, and run a session */
struct host_install fixture_install(struct fixture *f);

/** fixture_install_on() - one INSTALL on one LP; RDX comes out in @rdx */
uint64_t fixture_install_on(struct fixture *f, unsigned int lp, uint64_t rcx, uint64_t *rdx);

/* The outcome of a session: on the last LP, with this status and RDX */
#define CHECK_LAST(result, expected_status, expected_rdx)		\
	do {								\
		struct host_install result_ = (result);			\
									\
		CHECK_EQ(result_.status, expected_status);		\
		CHECK_EQ(result_.rdx, expected_rdx);			\
		CHECK_EQ(result_.lp, FIXTURE_LAST_LP);			\
	} while (0)

/** fixture_until_update() - SYS.INIT and LP.INIT after a good session */
uint64_t fixture_until_update(struct fixture *f);

/** fixture_finish() - SYS.INIT, LP.INIT, UPDATE after a good session */
uint64_t fixture_finish(struct fixture *f);

#endif
