// SPDX-License-Identifier: GPL-2.0-or-later
#include <glib.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qemu/machine.h"
#include "qemu/profile.h"
#include "qemu/stay.h"
#include "qemu/topology.h"

/* The entry of the data base that the module loaded at boot takes */
#define SEAMDB_BOOT_ENTRIES	1

struct machine machine;

void machine_complain(const char *sentence)
{
	fprintf(stderr, "tdx-host: %s.\n", sentence);
}

void machine_fail(const char *format, ...)
{
	va_list args;
	char sentence[MACHINE_ERROR_SIZE];

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	machine_complain(sentence);
	seam_trace_close(machine.trace);
	/* exit() would run QEMU's own clean-up, in a thread that it does not expect. */
	_exit(EXIT_FAILURE);
}

static void diagnose(void *ctx, unsigned int lp, const char *sentence)
{
	seam_trace_alert(machine.trace, (int)lp, "%s", sentence);
}

static bool load_file(const char *option, const char *path, char **data, size_t *size,
		      char error[static MACHINE_ERROR_SIZE])
{
	GError *reason = NULL;

	if (g_file_get_contents(path, data, size, &reason))
		return true;
	snprintf(error, MACHINE_ERROR_SIZE, "option %s=%s cannot be used: %s", option, path,
		 reason->message);
	g_error_free(reason);
	return false;
}

static bool load_profile(struct platform_config *config, const char *path,
			 char error[static MACHINE_ERROR_SIZE])
{
	static struct platform_profile profile;
	char why[PROFILE_ERROR_SIZE], *text;
	size_t size;
	bool ok;

	/* A device would never end. */
	if (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		snprintf(error, MACHINE_ERROR_SIZE,
			 "option profile=%s cannot be used: it is not a regular file", path);
		return false;
	}
	if (!load_file("profile", path, &text, &size, error))
		return false;
	ok = profile_parse(text, size, &profile, config, why);
	if (!ok)
		snprintf(error, MACHINE_ERROR_SIZE, "option profile=%s cannot be used: the file %s",
			 path, why);
	g_free(text);
	config->profile = &profile;
	return ok;
}

static bool configure(unsigned int nr_vcpus, char error[static MACHINE_ERROR_SIZE])
{
	struct platform_config *config = &machine.config;
	const struct options *options = &machine.options;
	char *image = NULL, *program = NULL;
	size_t size;
	unsigned int i;

	platform_config_init(config, nr_vcpus, options->sockets);
	topology_set(config);
	for (i = 0; i < options->sockets; i++)
		config->cpuid_1_eax[i] = options->cpu->cpuid_1_eax;
	config->loader.major = options->cpu->loader_major;
	config->loader.minor = options->cpu->loader_minor;
	if (options->maxpa)
		config->maxpa = options->maxpa;
	if (options->debug_unlocked)
		config->sgx_debug_mode |= SGX_DEBUG_MODE_UNLOCKED;
	config->seamdb_size = options->updates + SEAMDB_BOOT_ENTRIES;
	config->unconfirmed = options->unconfirmed;
	config->seed = options->seed;
	config->hooks.diagnose = diagnose;
	if (options->module) {
		if (!load_file("module", options->module, &image, &size, error))
			return false;
		config->module_image = image;
		config->module_image_size = size;
	}
	if (options->profile && !load_profile(config, options->profile, error))
		return false;
	if (options->td_program) {
		if (!load_file("td-program", options->td_program, &program, &size,
			       error))
			return false;
		config->td_program = program;
	}
	return true;
}

static void identify(void)
{
	const struct platform_config *config = &machine.config;

	machine.identity = (struct cpu_identity) {
		.tdx = machine.options.tdx,
		.cpuid_1_eax = config->cpuid_1_eax[0],
		.maxpa = config->maxpa,
		.keyid_bits = config->keyid_bits,
		.nr_mktme_keyids = config->nr_mktme_keyids,
		.nr_tdx_keyids = config->nr_tdx_keyids,
		.seamrr_base = config->seamrr_base,
		.seamrr_size = config->seamrr_size,
		.sgx_debug_mode = config->sgx_debug_mode,
		.vmcs_erratum = machine.options.vmcs_erratum,
	};
}

static bool no_memory(void *ctx, uint64_t pa, void *buf, size_t len)
{
	return false;
}

static bool no_memory_write(void *ctx, uint64_t pa, const void *buf, size_t len)
{
	return false;
}

/* Guest memory does not exist yet, but all else that can be wrong can be seen now. */
static bool try_platform(char error[static MACHINE_ERROR_SIZE])
{
	const struct seam_memory memory = { .read = no_memory, .write = no_memory_write };
	struct platform *platform = platform_new(&machine.config, &memory, error);

	platform_free(platform);
	return platform;
}

static bool add_faults(char error[static MACHINE_ERROR_SIZE])
{
	char sentence[FAULT_ERROR_SIZE];
	unsigned int i;

	for (i = 0; i < machine.options.nr_faults; i++) {
		if (!seam_dispatch_add_fault(machine.dispatch, machine.options.fault[i],
					     sentence)) {
			snprintf(error, MACHINE_ERROR_SIZE, "%s", sentence);
			return false;
		}
	}
	return true;
}

bool machine_init(unsigned int nr_vcpus, char error[static MACHINE_ERROR_SIZE])
{
	const struct options *options = &machine.options;
	struct seam_dispatch_config config = {
		.nr_lps = nr_vcpus,
		.memory = *vcpu_physical_memory(),
		.referee = options->referee,
	};

	if (nr_vcpus > PLATFORM_MAX_LPS || nr_vcpus % options->sockets) {
		snprintf(error, MACHINE_ERROR_SIZE,
			 "%u vCPUs cannot be spread over %u sockets, use -smp with a multiple up to %u",
			 nr_vcpus, options->sockets, PLATFORM_MAX_LPS);
		return false;
	}
	machine.nr_vcpus = nr_vcpus;
	if (!configure(nr_vcpus, error))
		return false;
	identify();
	machine.trace = seam_trace_open(options->trace, options->trace_json, error,
					MACHINE_ERROR_SIZE);
	if (!machine.trace)
		return false;
	config.trace = machine.trace;
	machine.dispatch = seam_dispatch_new(&config);
	machine.vmcs = vmcs_store_new();
	return add_faults(error) && (!options->tdx || try_platform(error));
}

bool machine_vcpu_init(unsigned int index, char error[static MACHINE_ERROR_SIZE])
{
	struct vcpu *vcpu = &machine.vcpu[index];
	const char *missing = vcpu_find_registers();

	if (missing) {
		snprintf(error, MACHINE_ERROR_SIZE, "this QEMU has no register %s for plugins",
			 missing);
		return false;
	}
	vcpu->index = index;
	vcpu->thread = pthread_self();
	vcpu->vmx.store = machine.vmcs;
	vcpu->vmx.memory = vcpu_physical_memory();
	vcpu->vmx.maxpa = machine.config.maxpa;
	vmx_reset(&vcpu->vmx);
	/* One thread for all: blocks carry the index of the vCPU that compiled them. */
	if (index && pthread_equal(vcpu->thread, machine.vcpu[index - 1].thread)) {
		snprintf(error, MACHINE_ERROR_SIZE,
			 "%u vCPUs share one thread, start QEMU with -accel tcg,thread=multi",
			 machine.nr_vcpus);
		return false;
	}
	return true;
}

void machine_power_on(void)
{
	char error[MACHINE_ERROR_SIZE];
	unsigned int i;

	for (i = 0; i < machine.nr_vcpus; i++)
		stay_reset(&machine.vcpu[i]);
	if (!machine.options.tdx)
		return;
	if (machine.platform) {
		seam_trace_event(machine.trace, SEAM_TRACE_NO_LP, "cold reset");
		vmcs_store_reset(machine.vmcs);
		seam_dispatch_reset(machine.dispatch);
		if (!platform_reset(machine.platform, error))
			machine_fail("after the reset %s", error);
		return;
	}
	topology_probe_memory(&machine.config, vcpu_physical_memory());
	machine.platform = platform_new(&machine.config, seam_dispatch_memory(machine.dispatch),
					error);
	if (!machine.platform)
		machine_fail("%s", error);
	seam_dispatch_connect(machine.dispatch, machine.platform);
	seam_trace_event(machine.trace, SEAM_TRACE_NO_LP, "power on: %u LPs, %u sockets, %s",
			 machine.nr_vcpus, machine.options.sockets,
			 machine.options.module ?: "no module");
	unconfirmed_text(&machine.config.unconfirmed, error, sizeof(error));
	if (*error)
		seam_trace_event(machine.trace, SEAM_TRACE_NO_LP, "unconfirmed: %s", error);
	for (i = 0; i < machine.config.nr_cmrs; i++)
		seam_trace_event(machine.trace, SEAM_TRACE_NO_LP,
				 "CMR %u: %#" PRIx64 " + %#" PRIx64, i, machine.config.cmr[i].base,
				 machine.config.cmr[i].size);
}

static void wrong_topology(const struct vcpu *vcpu)
{
	machine_fail("vCPU %u is not where sockets=%u puts it, start QEMU with -smp %u,sockets=%u,cores=%u,threads=1 or change sockets=",
		     vcpu->index, machine.options.sockets, machine.nr_vcpus,
		     machine.options.sockets,
		     machine.nr_vcpus / machine.options.sockets);
}

void machine_check_apic_id(const struct vcpu *vcpu, uint32_t apic_id)
{
	/* CPUID.1 has only the low eight bits. */
	if (apic_id != (machine.config.x2apic_id[vcpu->index] & 0xff))
		wrong_topology(vcpu);
}

void machine_check_package_shift(const struct vcpu *vcpu, unsigned int shift)
{
	if (shift != topology_package_shift(&machine.config))
		wrong_topology(vcpu);
}

int machine_exit(void)
{
	unsigned int broken = seam_dispatch_end(machine.dispatch);

	if (machine.options.referee)
		seam_trace_event(machine.trace, SEAM_TRACE_NO_LP, "referee: %u violations", broken);
	if (broken)
		fprintf(stderr, "tdx-host: the referee saw %u violations of its rules, the run failed.\n",
			broken);
	/* The trace stays open: threads of QEMU may still be there. Each line is flushed. */
	return broken ? MACHINE_RULE_BROKEN : EXIT_SUCCESS;
}
