// SPDX-License-Identifier: GPL-2.0-or-later
/* The layer between SEAMCALL and the models, ready for a test. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pseamldr/pseamldr.h"
#include "seam/leaves.h"
#include "seam/status.h"
#include "tests/bench.h"

#define LINE_SIZE	1024

static bool bench_read(void *ctx, uint64_t pa, void *buf, size_t len)
{
	struct bench *bench = ctx;

	if (pa >= HOST_RAM_SIZE || len > HOST_RAM_SIZE - pa)
		return false;
	host_read(&bench->f->host, pa, buf, len);
	return true;
}

static bool bench_write(void *ctx, uint64_t pa, const void *buf, size_t len)
{
	struct bench *bench = ctx;

	if (bench->intruder_waits && pa == HOST_BUFFER_PA) {
		bench->intruder_waits = false;
		seam_dispatch_call(bench->dispatch, &bench->intruder);
	}
	if (pa >= HOST_RAM_SIZE || len > HOST_RAM_SIZE - pa)
		return false;
	host_write(&bench->f->host, pa, buf, len);
	return true;
}

static bool start(struct bench *bench, struct fixture *f, bool referee)
{
	struct seam_dispatch_config config = {
		.nr_lps = FIXTURE_LPS,
		.memory = { .ctx = bench, .read = bench_read, .write = bench_write },
		.referee = referee,
	};
	char error[PLATFORM_ERROR_SIZE];

	*bench = (struct bench) { .f = f, .trace_path = "/tmp/bench-XXXXXX" };
	close(mkstemp(bench->trace_path));
	bench->trace = seam_trace_open(bench->trace_path, NULL, error, sizeof(error));
	config.trace = bench->trace;
	bench->dispatch = seam_dispatch_new(&config);
	CHECK(bench->trace && bench->dispatch);
	platform_free(f->host.platform);
	f->host.platform = platform_new(&f->host.config, seam_dispatch_memory(bench->dispatch),
					error);
	CHECK(f->host.platform);
	seam_dispatch_connect(bench->dispatch, f->host.platform);
	CHECK_EQ(host_cold_init(&f->host), TDX_SUCCESS);
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_UPDATE);
	return true;
}

bool bench_start(struct bench *bench, struct fixture *f)
{
	return start(bench, f, true);
}

bool bench_start_alone(struct bench *bench, struct fixture *f)
{
	return start(bench, f, false);
}

static unsigned int count_lines(const char *path, const char *word)
{
	FILE *file = fopen(path, "r");
	unsigned int count = 0;
	char line[LINE_SIZE];

	while (file && fgets(line, sizeof(line), file))
		count += !!strstr(line, word);
	if (file)
		fclose(file);
	return count;
}

unsigned int bench_said(const struct bench *bench, const char *word)
{
	return count_lines(bench->trace_path, word);
}

unsigned int bench_end_alerts(struct bench *bench, unsigned int *alerts)
{
	unsigned int broken = seam_dispatch_end(bench->dispatch);

	seam_dispatch_free(bench->dispatch);
	seam_trace_close(bench->trace);
	if (alerts)
		*alerts = count_lines(bench->trace_path, "!!!");
	unlink(bench->trace_path);
	return broken;
}

bool bench_arm(struct bench *bench, const char *spec)
{
	char error[FAULT_ERROR_SIZE];

	return seam_dispatch_add_fault(bench->dispatch, spec, error);
}

static struct seam_call make_call(unsigned int lp, uint64_t leaf, uint64_t rcx, bool interrupts)
{
	return (struct seam_call) {
		.lp = lp,
		.interrupts_enabled = interrupts,
		.in.gpr[SEAM_RAX] = leaf,
		.in.gpr[SEAM_RCX] = rcx,
		.in.gpr[SEAM_RDX] = 1,
	};
}

struct seam_call bench_call_with(struct bench *bench, unsigned int lp, uint64_t leaf, uint64_t rcx,
				 bool interrupts)
{
	struct seam_call call = make_call(lp, leaf, rcx, interrupts);

	seam_dispatch_call(bench->dispatch, &call);
	return call;
}

struct seam_call bench_call(struct bench *bench, unsigned int lp, uint64_t leaf, uint64_t rcx)
{
	return bench_call_with(bench, lp, leaf, rcx, false);
}

uint64_t bench_status(struct bench *bench, unsigned int lp, uint64_t leaf, uint64_t rcx)
{
	struct seam_call result = bench_call(bench, lp, leaf, rcx);

	if (result.outcome == OUTCOME_HALTED)
		return HOST_HALTED;
	return result.outcome == OUTCOME_DONE ? result.out.gpr[SEAM_RAX] : HOST_VMFAIL;
}

void bench_intrude(struct bench *bench, unsigned int lp, uint64_t leaf, uint64_t rcx)
{
	bench->intruder = make_call(lp, leaf, rcx, false);
	bench->intruder_waits = true;
}

struct seam_call bench_session(struct bench *bench)
{
	for (unsigned int lp = 0; lp < FIXTURE_LAST_LP; lp++)
		bench_call(bench, lp, SEAMLDR_INSTALL, HOST_PARAMS_PA);
	return bench_call(bench, FIXTURE_LAST_LP, SEAMLDR_INSTALL, HOST_PARAMS_PA);
}

bool bench_restart(struct bench *bench)
{
	CHECK_EQ(bench_status(bench, 0, TDH_SYS_INIT, 0), TDX_SUCCESS);
	for (unsigned int lp = 0; lp < FIXTURE_LPS; lp++)
		CHECK_EQ(bench_status(bench, lp, TDH_SYS_LP_INIT, 0), TDX_SUCCESS);
	CHECK_EQ(bench_status(bench, 0, TDH_SYS_UPDATE, 0), TDX_SUCCESS);
	return true;
}
