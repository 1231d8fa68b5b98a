// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tsc-khz - print how fast this machine's TSC counts, in kHz
 *
 * TCG's RDTSC is that of the host. A kernel finds out how fast it is by counting
 * for some milliseconds of the emulated PIT. Where a vCPU has to wait for a host
 * CPU just then, it may be wrong by a factor of forty. Tell it: tsc_early_khz=.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

#define NSEC_PER_SEC	1000000000LL
#define TRIES		16

/* 50 ms, in which an error of 1 us of either end is 40 ppm */
static const struct timespec interval = { .tv_nsec = 50000000 };

struct sample {
	uint64_t tsc;
	int64_t ns;
};

/* Both at the same time: the try that was least interrupted. */
static struct sample take_sample(void)
{
	struct sample best = { 0 };
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < TRIES; i++) {
		uint64_t before = __rdtsc(), after;
		struct timespec now;

		clock_gettime(CLOCK_MONOTONIC_RAW, &now);
		after = __rdtsc();
		if (after - before >= least)
			continue;
		least = after - before;
		best.tsc = before + least / 2;
		best.ns = now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
	}

	return best;
}

int main(void)
{
	struct sample from = take_sample(), to;

	nanosleep(&interval, NULL);
	to = take_sample();
	printf("%.0f\n", (double)(to.tsc - from.tsc) * 1e6 / (double)(to.ns - from.ns));

	return 0;
}
