// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes all of SEAMCALL: fuzz-seamcall ITERATIONS SEED [THREADS]
 *
 * Scripts know how a host builds, runs and ends TDs, updates and restarts the
 * module. Each iteration makes one call: the next of a script, one of a script
 * with something changed, or noise. Equal arguments give equal runs, except
 * with threads. Run under sanitizers; besides, the module's state may only
 * change as SEAM ABI 4.1 says, every status has a name, and the models' books
 * agree with each other. With threads, each has an LP and a TD of its own, but
 * also meddles with the others'; they leave the module itself alone.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "seam/names.h"
#include "tdxmod/td.h"
#include "tests/fuzz_script.h"

#define AUDIT_INTERVAL		1024
/* Calls without a module after which the platform is switched off and on */
#define PATIENCE		200
/* And in any case from time to time */
#define RESET_INTERVAL		50000
#define PROGRESS_INTERVAL	100000

/** struct fuzz - one thread of calls */
struct fuzz {
	struct host *host;
	struct script *scripts;
	unsigned int nr_scripts;
	struct script *system;
	uint64_t random;
	uint64_t iterations;
	int lp;
	uint64_t calls, successes;
	uint64_t without_module;
	uint64_t calls_in_state[SYS_SHUTDOWN + 2];
};

static uint64_t draw(struct fuzz *fuzz, uint64_t below)
{
	fuzz->random ^= fuzz->random << 13;
	fuzz->random ^= fuzz->random >> 7;
	fuzz->random ^= fuzz->random << 17;

	return (fuzz->random >> 11) % below;
}

static bool chance(struct fuzz *fuzz, unsigned int percent)
{
	return draw(fuzz, 100) < percent;
}

static void complain(const struct fuzz *fuzz, const struct step *step, const char *what,
		     uint64_t value)
{
	fprintf(stderr, "call %llu, LP %u, RAX 0x%llx RCX 0x%llx RDX 0x%llx R8 0x%llx: %s 0x%llx\n",
		(unsigned long long)fuzz->calls, step->lp, (unsigned long long)step->rax,
		(unsigned long long)step->rcx, (unsigned long long)step->rdx,
		(unsigned long long)step->r8, what, (unsigned long long)value);
	exit(EXIT_FAILURE);
}

/* Which state a successful leaf leads to from @from; -1: none but the same */
static bool transition_ok(const struct step *step, int from, int to, uint64_t status)
{
	bool ok = status == 0;

	if (from == to)
		return true;

	/* P-SEAMLDR removes the module, restores it, or installs a new one */
	if (step->rax & SEAM_P_SEAMLDR) {
		if (to == -1)
			return step->rax == SEAMLDR_INSTALL || step->rax == SEAMLDR_CLEANUP ||
			       step->rax == SEAMLDR_SHUTDOWN;
		return from == -1 && step->rax == SEAMLDR_INSTALL &&
		       (ok ? to == SYSINIT_PENDING : true);
	}

	/* A module that dies does so by itself */
	if (to == -1)
		return status == HOST_HALTED;

	switch (TDH_LEAF(step->rax)) {
	case TDH_SYS_INIT:
		return ok && from == SYSINIT_PENDING && to == SYSINIT_DONE;
	case TDH_SYS_CONFIG:
		return ok && from == SYSINIT_DONE && to == SYSCONFIG_DONE;
	case TDH_SYS_KEY_CONFIG:
		return ok && from == SYSCONFIG_DONE && to == SYS_READY;
	case TDH_SYS_UPDATE:
		return ok && from == SYSINIT_DONE && to == SYS_READY;
	case TDH_SYS_SHUTDOWN:
		return ok && from == SYS_READY && to == SYS_SHUTDOWN;
	case TDH_SYS_DISABLE:
		return ok && from == SYS_READY && to == SYSINIT_PENDING;
	}

	return false;
}

static void make_call(struct fuzz *fuzz, const struct step *step)
{
	struct platform *platform = fuzz->host->platform;
	unsigned int lp = fuzz->lp < 0 ? step->lp : (unsigned int)fuzz->lp;
	struct seam_regs regs = {
		.gpr[SEAM_RAX] = step->rax,
		.gpr[SEAM_RCX] = step->rcx,
		.gpr[SEAM_RDX] = step->rdx,
		.gpr[SEAM_R8] = step->r8,
		.gpr[SEAM_R9] = step->r9,
		.gpr[SEAM_R10] = step->r10,
		.gpr[SEAM_RSP] = 0x5b5b,
		.gpr[SEAM_RBP] = 0xb9b9,
	};
	int before = fuzz->lp < 0 ? tdxmod_state(platform) : -1;
	uint64_t status = host_call(fuzz->host, lp, &regs);
	int after;

	fuzz->calls++;
	fuzz->successes += !status;
	if (status != HOST_VMFAIL && status != HOST_HALTED &&
	    !seam_status_name(seam_firmware_of(step->rax), status))
		complain(fuzz, step, "nameless status", status);
	if (regs.gpr[SEAM_RSP] != 0x5b5b || regs.gpr[SEAM_RBP] != 0xb9b9)
		complain(fuzz, step, "RSP or RBP changed, status", status);

	/* With several threads nobody knows whose call changed the state */
	if (fuzz->lp >= 0)
		return;

	after = tdxmod_state(platform);
	fuzz->calls_in_state[after + 1]++;
	fuzz->without_module = after < 0 ? fuzz->without_module + 1 : 0;
	/* This LP cannot call any more: off and on */
	if (status == HOST_HALTED)
		fuzz->without_module = PATIENCE + 1;
	if (!transition_ok(step, before, after, status))
		complain(fuzz, step, "forbidden transition to state", after);
}

/* Change one thing, to something that may matter */
static struct step mutate(struct fuzz *fuzz, struct step step)
{
	const struct script *other = &fuzz->scripts[draw(fuzz, fuzz->nr_scripts)];
	const struct step *donor = &other->steps[draw(fuzz, other->nr_steps)];
	uint64_t bit = 1ULL << draw(fuzz, 64);

	switch (draw(fuzz, 12)) {
	case 0:
		step.rax = donor->rax;
		break;
	case 1:
		step.rcx = donor->rcx;
		break;
	case 2:
		step.rdx = donor->rdx;
		break;
	case 3:
		step.r8 = donor->r8;
		break;
	case 4:
		step.lp = donor->lp;
		break;
	case 5:
		step.rax ^= bit;
		break;
	case 6:
		step.rcx ^= bit;
		break;
	case 7:
		step.rdx ^= bit;
		break;
	case 8:
		step.r9 ^= bit;
		break;
	case 9:
		step.r10 ^= bit;
		break;
	case 10:
		step.rax = TDH_LEAF(step.rax) | draw(fuzz, 3) << TDH_VERSION_SHIFT;
		break;
	default:
		step.rcx += TDX_PAGE_SIZE * draw(fuzz, 8);
		break;
	}

	return step;
}

static struct step noise(struct fuzz *fuzz)
{
	return (struct step) {
		.rax = draw(fuzz, 128) | (chance(fuzz, 10) ? SEAM_P_SEAMLDR : 0),
		.rcx = draw(fuzz, 1ULL << 34),
		.rdx = draw(fuzz, 1ULL << 34),
		.r8 = draw(fuzz, 1ULL << 34) & ~0xfffULL,
		.r9 = fuzz->random,
		.lp = draw(fuzz, FUZZ_LPS),
	};
}

/* What the system does next: a restart if there is no module or no way on, else by weight */
static struct script *choose_system(struct fuzz *fuzz)
{
	int state = tdxmod_state(fuzz->host->platform);
	/* No image helps a module that cannot start: INSTALL measures by its pages */
	bool gone = state < 0 || (state == SYSINIT_PENDING && chance(fuzz, 50));
	unsigned int total = 0;
	uint64_t ticket;

	for (unsigned int i = 0; i < fuzz->nr_scripts; i++) {
		if (gone && fuzz->scripts[i].kind == SCRIPT_RESTART)
			return &fuzz->scripts[i];
		total += fuzz->scripts[i].weight;
	}

	ticket = draw(fuzz, total);
	for (unsigned int i = 0; i < fuzz->nr_scripts; i++) {
		if (ticket < fuzz->scripts[i].weight)
			return &fuzz->scripts[i];
		ticket -= fuzz->scripts[i].weight;
	}

	return NULL;
}

/* Whatever session is open, the LPs that it waits for end it */
static void end_session(struct fuzz *fuzz)
{
	const struct pseamldr *ldr = fuzz->host->platform->pseamldr;

	for (unsigned int lp = 0; lp < FUZZ_LPS; lp++) {
		struct step step = { .rax = SEAMLDR_CLEANUP, .lp = lp };

		if (ldr->flow == LOADER_INSTALL)
			step.rax = SEAMLDR_INSTALL;
		if (ldr->flow != LOADER_READY && !session_has(&ldr->session, lp))
			make_call(fuzz, &step);
	}
}

static struct step next_step(struct fuzz *fuzz, struct script *script)
{
	struct step step = script->steps[script->next];

	script->next = (script->next + 1) % script->nr_steps;
	/* Now and then a host gives up in the middle */
	if (!draw(fuzz, 2000))
		script->next = 0;

	return step;
}

static struct step system_step(struct fuzz *fuzz)
{
	if (!fuzz->system || !fuzz->system->next) {
		fuzz->system = choose_system(fuzz);
		if (fuzz->system->kind == SCRIPT_RESTART)
			end_session(fuzz);
	}

	return next_step(fuzz, fuzz->system);
}

static struct step td_step(struct fuzz *fuzz)
{
	struct script *script;

	do {
		script = &fuzz->scripts[draw(fuzz, fuzz->nr_scripts)];
	} while (script->kind != SCRIPT_TD);
	if (fuzz->lp >= 0 && chance(fuzz, 90))
		script = &fuzz->scripts[fuzz->lp];

	return next_step(fuzz, script);
}

/* A host that has begun an update or a restart does not let TDs come between */
static unsigned int system_percent(const struct fuzz *fuzz)
{
	if (fuzz->lp >= 0)
		return 0;
	if (!fuzz->system || !fuzz->system->next)
		return tdxmod_state(fuzz->host->platform) < 0 ? 50 : 1;

	return fuzz->system->kind == SCRIPT_RESTART ? 95 : 70;
}

static bool touches_module(const struct step *step)
{
	return step->rax & SEAM_P_SEAMLDR || TDH_LEAF(step->rax) == TDH_SYS_SHUTDOWN ||
	       TDH_LEAF(step->rax) == TDH_SYS_DISABLE;
}

static void iterate(struct fuzz *fuzz)
{
	const struct script *any = &fuzz->scripts[draw(fuzz, fuzz->nr_scripts)];
	struct step step;

	/* Calls of TDs are spoiled more often: one spoiled INSTALL spoils a session */
	if (any->kind != SCRIPT_TD && chance(fuzz, 80))
		any = &fuzz->scripts[0];
	if (chance(fuzz, 1))
		step = noise(fuzz);
	else if (chance(fuzz, 10))
		step = mutate(fuzz, any->steps[draw(fuzz, any->nr_steps)]);
	else if (chance(fuzz, system_percent(fuzz)))
		step = system_step(fuzz);
	else
		step = td_step(fuzz);

	/* Hooks of the host are not made for several threads */
	if (fuzz->lp < 0 && !draw(fuzz, 200))
		fuzz->host->interrupts = draw(fuzz, 3);
	if (fuzz->lp < 0 && !draw(fuzz, 500))
		fuzz->host->entropy_fails = draw(fuzz, 3);
	if (fuzz->lp < 0 || !touches_module(&step))
		make_call(fuzz, &step);
}

/* The sums that are kept must be those of the PAMT and of the TDs in it */
static bool sums_ok(const struct platform *platform)
{
	const struct td_property *sums = &platform->td_property;
	unsigned int pages[NR_PAGE_TYPES] = { 0 }, keyids = 0, flushed = 0;

	for (unsigned int i = 0; i < DRAM_BUCKETS; i++) {
		for (struct dram_page *page = platform->dram->bucket[i]; page; page = page->next) {
			const struct td *td = page->object;

			pages[page->type]++;
			if (page->type != PAGE_TDR)
				continue;
			keyids += td->lifecycle <= TD_KEYS_CONFIGURED;
			flushed += td->lifecycle == TD_BLOCKED;
		}
	}
	for (unsigned int type = 0; type < NR_PAGE_TYPES; type++) {
		if (pages[type] != atomic_load(&sums->pages[type]))
			return false;
	}

	return keyids == atomic_load(&sums->keyids) && flushed == atomic_load(&sums->flushed);
}

/* PAMT, TDs, vCPUs and KeyIDs have to tell the same story */
static const char *audit(const struct platform *platform)
{
	const struct tdxmod *mod = platform->tdxmod;
	struct dram *dram = platform->dram;

	if (!sums_ok(platform))
		return "sums that differ from what they are sums of";

	for (unsigned int i = 0; i < DRAM_BUCKETS; i++) {
		for (struct dram_page *page = dram->bucket[i]; page; page = page->next) {
			unsigned int children = 0, associated = 0;
			struct td *td = page->object;

			if (page->type != PAGE_TDR) {
				if (dram_look(dram, page->owner).type != PAGE_TDR)
					return "a page without a TD";
				continue;
			}
			for (unsigned int j = 0; j < DRAM_BUCKETS; j++) {
				for (struct dram_page *p = dram->bucket[j]; p; p = p->next) {
					struct vcpu *vcpu = p->object;

					if (p->type == PAGE_TDR || p->owner != page->pa)
						continue;
					children++;
					associated += p->type == PAGE_TDVPR &&
						      vcpu->lp != TD_NO_LP;
				}
			}
			if (children != atomic_load(&td->children))
				return "a TD that miscounts its pages";
			if (associated != atomic_load(&td->num_associated))
				return "a TD that miscounts its associated vCPUs";
			if (!mod || atomic_load(&mod->state) != SYS_READY)
				continue;
			if (td->lifecycle <= TD_KEYS_CONFIGURED &&
			    mod->kot[td->hkid].state != KOT_ASSIGNED)
				return "a TD whose KeyID is not assigned";
			if (td->lifecycle == TD_BLOCKED && mod->kot[td->hkid].state != KOT_FLUSHED)
				return "a blocked TD whose KeyID is not flushed";
		}
	}

	return NULL;
}

static void reset(struct fuzz *fuzz)
{
	char error[PLATFORM_ERROR_SIZE];

	fuzz->host->entropy_fails = 0;
	if (!platform_reset(fuzz->host->platform, error)) {
		fprintf(stderr, "%s\n", error);
		exit(EXIT_FAILURE);
	}
	for (unsigned int i = 0; i < fuzz->nr_scripts; i++)
		fuzz->scripts[i].next = 0;
	fuzz->system = NULL;
	host_cold_init(fuzz->host);
}

static void *run(void *ctx)
{
	struct fuzz *fuzz = ctx;

	for (uint64_t i = 0; i < fuzz->iterations; i++) {
		const char *what;

		iterate(fuzz);
		if (fuzz->lp >= 0)
			continue;
		what = i % AUDIT_INTERVAL ? NULL : audit(fuzz->host->platform);
		if (what) {
			fprintf(stderr, "iteration %llu: %s\n", (unsigned long long)i, what);
			exit(EXIT_FAILURE);
		}
		if (i % RESET_INTERVAL == RESET_INTERVAL - 1 || fuzz->without_module > PATIENCE)
			reset(fuzz);
		if (i % PROGRESS_INTERVAL == PROGRESS_INTERVAL - 1)
			printf("# %llu iterations\n", (unsigned long long)i + 1);
	}

	return NULL;
}

static void report(const struct fuzz *fuzz)
{
	printf("# %llu calls, %llu successful", (unsigned long long)fuzz->calls,
	       (unsigned long long)fuzz->successes);
	for (int state = -1; fuzz->lp < 0 && state <= SYS_SHUTDOWN; state++)
		printf("%s%llu in state %d", state < 0 ? ": " : ", ",
		       (unsigned long long)fuzz->calls_in_state[state + 1], state);
	printf("\n");
}

static void run_threads(struct fuzz *fuzz, unsigned int nr_threads)
{
	pthread_t threads[FUZZ_TDS];
	struct fuzz each[FUZZ_TDS];

	for (unsigned int i = 0; i < nr_threads; i++) {
		each[i] = *fuzz;
		each[i].lp = i;
		each[i].random += i;
		each[i].scripts = fuzz_scripts(fuzz->host, &each[i].nr_scripts);
		if (pthread_create(&threads[i], NULL, run, &each[i]))
			exit(EXIT_FAILURE);
	}
	for (unsigned int i = 0; i < nr_threads; i++) {
		pthread_join(threads[i], NULL);
		report(&each[i]);
		fuzz_scripts_free(each[i].scripts, each[i].nr_scripts);
	}
}

int main(int argc, char **argv)
{
	struct fuzz fuzz = { .lp = -1 };
	unsigned int nr_threads;
	struct host host;

	if (argc < 3) {
		fprintf(stderr, "usage: fuzz-seamcall ITERATIONS SEED [THREADS]\n");
		return 2;
	}
	fuzz.iterations = strtoull(argv[1], NULL, 0);
	/* The generator must not start at 0 */
	fuzz.random = strtoull(argv[2], NULL, 0) * 2 + 1;
	nr_threads = argc > 3 ? strtoul(argv[3], NULL, 0) : 1;
	if (!fuzz.iterations || !nr_threads || nr_threads > FUZZ_TDS) {
		fprintf(stderr, "At least one iteration, and 1 to %u threads.\n", FUZZ_TDS);
		return 2;
	}

	/* A thread makes all calls on one LP, so there is one package */
	fuzz_host(&host, nr_threads > 1 ? 1 : 2);
	fuzz.host = &host;
	if (nr_threads > 1) {
		run_threads(&fuzz, nr_threads);
	} else {
		fuzz.scripts = fuzz_scripts(&host, &fuzz.nr_scripts);
		run(&fuzz);
		report(&fuzz);
		fuzz_scripts_free(fuzz.scripts, fuzz.nr_scripts);
	}
	fuzz_host_free(&host);
	printf("fuzz: %llu iterations, seed %s: passed\n", (unsigned long long)fuzz.iterations,
	       argv[2]);

	return EXIT_SUCCESS;
}
