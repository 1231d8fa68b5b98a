/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Questions to which the contract has no confirmed answer (SEAM ABI 10), as far
 * as a host can see the difference. The models can answer them either way, so
 * that a host can be tried with both; emulator/README.md says what each means.
 */
#ifndef EMULATOR_PLATFORM_UNCONFIRMED_H
#define EMULATOR_PLATFORM_UNCONFIRMED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** enum unconfirmed - the questions; "2.0" are about P-SEAMLDR of that generation */
enum unconfirmed {
	/** module leaves on other LPs after a halt */
	UNCONFIRMED_HALT_MODULE,
	/** P-SEAMLDR's leaves on other LPs after the module halted */
	UNCONFIRMED_HALT_LOADER,
	/** minor version that P-SEAMLDR 1.5 reports */
	UNCONFIRMED_LOADER_MINOR,
	/** 2.0: version of seamldr_params */
	UNCONFIRMED_PARAMS_VERSION,
	/** 2.0: sigstruct bytes 968..977 */
	UNCONFIRMED_SIGSTRUCT_968,
	/** 2.0: sigstruct bytes 978..983 */
	UNCONFIRMED_SIGSTRUCT_978,
	/** 2.0: sigstruct bytes 1008..1023 */
	UNCONFIRMED_SIGSTRUCT_1008,
	/** 2.0: RDX of INSTALL */
	UNCONFIRMED_INSTALL_RDX,
	/** 2.0: fewer handoff pages than the old module has */
	UNCONFIRMED_HANDOFF_PAGES,
	/** 2.0: leaf SEAMINFO */
	UNCONFIRMED_SEAMINFO,
	/** 2.0: version in what SEAMINFO writes */
	UNCONFIRMED_SEAMINFO_VERSION,
	/** write-backs of caches on several packages */
	UNCONFIRMED_CACHE_WB,
	/** SYS.DISABLE in state 4 */
	UNCONFIRMED_DISABLE_SHUTDOWN,
	/** handoff data after SYS.DISABLE */
	UNCONFIRMED_DISABLE_HANDOFF,
	/** other leaves once SYS.DISABLE has begun */
	UNCONFIRMED_DISABLE_OTHERS,
	NR_UNCONFIRMED
};

/** struct unconfirmed_answers - per question: is it the second answer? */
struct unconfirmed_answers {
	bool second[NR_UNCONFIRMED];
};

#define UNCONFIRMED_ERROR_SIZE	448

/**
 * unconfirmed_choose() - answer a question otherwise, or as by default
 * @answers: changed on success
 * @text: NAME:ANSWER
 * @expected: receives what would be good instead of a wrong @text
 */
bool unconfirmed_choose(struct unconfirmed_answers *answers, const char *text,
			char expected[static UNCONFIRMED_ERROR_SIZE]);

/**
 * unconfirmed_text() - the answers that are not those of the default
 * @answers: the answers
 * @text: receives "NAME:ANSWER NAME:ANSWER ...", or nothing
 * @size: room for it
 */
void unconfirmed_text(const struct unconfirmed_answers *answers, char *text, size_t size);

#endif
