// SPDX-License-Identifier: GPL-2.0-or-later
/* The usual starting point of a test. */
#include "pseamldr/pseamldr.h"
#include "tests/fixture.h"

bool fixture_run(void (*adapt)(struct fixture *f, struct image_spec *old),
		 bool (*test)(struct fixture *f))
{
	struct image_spec old;
	struct fixture f = { 0 };
	bool ok;

	image_spec_init(&old);
	old.desc.update = FIXTURE_UPDATE;
	f.spec = old;
	f.spec.desc.update = FIXTURE_NEWER;
	host_init(&f.host, FIXTURE_LPS, FIXTURE_SOCKETS);
	if (adapt)
		adapt(&f, &old);

	f.old = host_image(&old);
	f.new = host_image(&f.spec);
	ok = host_start(&f.host, &f.old);
	if (ok && host_cold_init(&f.host)) {
		printf("# the module of the fixture does not become ready\n");
		ok = false;
	}
	ok = ok && test(&f);

	host_free(&f.host);
	host_image_free(&f.new);
	host_image_free(&f.old);

	return ok;
}

bool fixture_run_cold(bool (*test)(struct fixture *f))
{
	struct fixture f = { 0 };
	bool ok;

	image_spec_init(&f.spec);
	f.spec.nr_pages = FIXTURE_FEW_PAGES;
	f.new = host_image(&f.spec);
	host_init(&f.host, FIXTURE_LPS, FIXTURE_SOCKETS);
	ok = host_start(&f.host, &f.new) && test(&f);
	host_free(&f.host);
	host_image_free(&f.new);

	return ok;
}

void fixture_releases(struct fixture *f, struct image_spec *old, const char *from, const char *to)
{
	image_spec_like(old, release_by_name(from));
	image_spec_like(&f->spec, release_by_name(to));
	old->nr_pages = FIXTURE_FEW_PAGES;
	f->spec.nr_pages = FIXTURE_FEW_PAGES;
	for (unsigned int s = 0; s < FIXTURE_SOCKETS; s++)
		f->host.config.cpuid_1_eax[s] = old->cpuid[0];
}

void fixture_counting(struct fixture *f, struct image_spec *old)
{
	old->nr_pages = FIXTURE_FEW_PAGES;
	old->desc.module_hv = 1;
	old->desc.features0 |= TDX_FEATURES0_UPDATE_COMPATIBILITY;
	old->desc.flags |= MODULE_COUNTS_BUILDS | MODULE_UPDATE_V1;
	f->spec.nr_pages = FIXTURE_FEW_PAGES;
	f->spec.desc = old->desc;
	f->spec.desc.update = FIXTURE_NEWER;
}

uint64_t fixture_version(struct fixture *f)
{
	uint64_t version;

	return host_sys_rd(&f->host, FIELD_UPDATE_VERSION, &version) ? ~0ULL : version;
}

void fixture_replace(struct fixture *f, const struct image_spec *spec)
{
	host_image_free(&f->new);
	f->spec = *spec;
	f->new = host_image(&f->spec);
}

uint64_t fixture_shutdown(struct fixture *f, uint64_t rcx)
{
	return host_leaf(&f->host, 0, TDH_SYS_SHUTDOWN, rcx, 0, 0, 0);
}

struct host_install fixture_install(struct fixture *f)
{
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_UPDATE);

	return host_session(&f->host);
}

uint64_t fixture_install_on(struct fixture *f, unsigned int lp, uint64_t rcx, uint64_t *rdx)
{
	struct seam_regs regs = {
		.gpr[SEAM_RAX] = SEAMLDR_INSTALL,
		.gpr[SEAM_RCX] = rcx,
		.gpr[SEAM_RDX] = ~0ULL,
	};
	uint64_t status = host_call(&f->host, lp, &regs);

	*rdx = regs.gpr[SEAM_RDX];

	return status;
}

uint64_t fixture_until_update(struct fixture *f)
{
	uint64_t status = host_sys_init(&f->host);

	return status ? status : host_lp_init(&f->host, 0, FIXTURE_LPS);
}

uint64_t fixture_finish(struct fixture *f)
{
	uint64_t status = fixture_until_update(f);

	if (!status)
		status = host_leaf(&f->host, 0, TDH_SYS_UPDATE, 0, 0, 0, 0);

	return status;
}
