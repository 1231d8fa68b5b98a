// SPDX-License-Identifier: GPL-2.0-or-later
#include <glib.h>
#include <pthread.h>
#include <string.h>

#include "qemu/exception_frame.h"
#include "qemu/machine.h"
#include "qemu/plugin_api.h"
#include "qemu/site.h"
#include "seam/page.h"

#define BYTE_MASK	0xffULL

static guint site_hash(gconstpointer key)
{
	const struct site *site = key;

	return g_int64_hash(&site->vaddr) ^ site->insn.kind;
}

static gboolean site_equal(gconstpointer a, gconstpointer b)
{
	return !memcmp(a, b, sizeof(struct site));
}

/* QEMU translates the same code again and again, and never says goodbye. */
const struct site *site_get(const struct site *content)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static GHashTable *sites;
	struct site *site;

	pthread_mutex_lock(&lock);
	if (!sites)
		sites = g_hash_table_new(site_hash, site_equal);
	site = g_hash_table_lookup(sites, content);
	if (!site) {
		site = g_memdup2(content, sizeof(*content));
		g_hash_table_add(sites, site);
	}
	pthread_mutex_unlock(&lock);
	return site;
}

/*
 * Inside a block RIP lags: it is that of some instruction from the block's
 * start to here. Those are less than a page apart, so its offset in the page
 * tells which one, and the rest of the difference is the alias.
 */
uint64_t site_pc(const struct site *site)
{
	uint64_t alias = (vcpu_read(VCPU_RIP) - site->block) & ~SEAM_PAGE_OFFSET;

	return site->vaddr + alias;
}

uint64_t site_address(const struct site *site)
{
	const struct insn *insn = &site->insn;
	uint64_t address = insn->disp;

	if (insn->rip_relative)
		address += site_pc(site) + insn->len;
	if (insn->base != INSN_NO_REGISTER)
		address += vcpu_read(insn->base);
	if (insn->index != INSN_NO_REGISTER)
		address += vcpu_read(insn->index) << insn->scale;
	if (insn->segment == INSN_SEGMENT_FS)
		address += vcpu_read(VCPU_FS_BASE);
	if (insn->segment == INSN_SEGMENT_GS)
		address += vcpu_read(VCPU_GS_BASE);
	return address;
}

void site_skip(const struct site *site)
{
	qemu_plugin_set_pc(site_pc(site) + site->insn.len);
}

/* Behind a VM entry there is no other way on than a failed one. */
static bool continues_only_on_failure(enum insn_kind kind)
{
	return kind == INSN_VMLAUNCH || kind == INSN_VMRESUME;
}

void site_skip_flags(const struct vcpu *vcpu, const struct site *site, bool cf, bool zf)
{
	uint64_t pc = site_pc(site) + site->insn.len;
	uint8_t code[X86_MAX_INSN_LEN];
	struct flag_insn consumer;
	bool consumed = false;

	while (flag_insn_decode(&consumer, code, vcpu_read_code(pc, code))) {
		bool taken = flag_condition(consumer.condition, cf, zf);

		consumed = true;
		pc += consumer.len;
		if (consumer.use == FLAG_USE_SETCC) {
			vcpu_write(consumer.reg, (vcpu_read(consumer.reg) & ~BYTE_MASK) | taken);
		} else if (taken) {
			pc += consumer.disp;
			break;
		}
	}
	if (!consumed && (cf || zf) && !continues_only_on_failure(site->insn.kind))
		machine_alert(vcpu, "%s failed at %#llx, but no Jcc or SETcc follows it: the failure is lost",
			      insn_name(site->insn.kind),
			      (unsigned long long)site_pc(site));
	qemu_plugin_set_pc(pc);
}

void site_fault_gp(const struct vcpu *vcpu, const struct site *site)
{
	exception_gp(vcpu, insn_name(site->insn.kind), site_pc(site));
}

void site_finish(const struct vcpu *vcpu, const struct site *site, enum outcome result)
{
	switch (result) {
	case OUTCOME_DONE:
		site_skip_flags(vcpu, site, false, false);
	case OUTCOME_VMFAIL_INVALID:
		site_skip_flags(vcpu, site, true, false);
	case OUTCOME_VMFAIL_VALID:
		site_skip_flags(vcpu, site, false, true);
	case OUTCOME_GP:
		site_fault_gp(vcpu, site);
		break;
	case OUTCOME_HALTED:
	case OUTCOME_NATIVE:
		break;
	}
}
