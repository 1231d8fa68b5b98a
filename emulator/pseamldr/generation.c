// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What differs between generations of P-SEAMLDR (SEAM ABI 3.3, "Sigstruct bytes
 * 948..1023 by loader generation"). The source of 1.5 is public, that of 2.0 is
 * not: where nothing is known of it, it is taken to be as strict as 1.5, unless
 * the platform's description asks for the other answer. One function answers one
 * question.
 */
#include "pseamldr/pseamldr.h"

#define GENERATION_2_0	2

static bool is_2_0(const struct platform *platform)
{
	return platform->config.loader.major >= GENERATION_2_0;
}

/* Deduced: every known sigstruct of the 2.0 series uses bytes 1000..1007 */
static bool tolerates_version(const struct platform *platform)
{
	return is_2_0(platform);
}

/* What is unconfirmed for 2.0, and so can be chosen */
static bool other_2_0(const struct platform *platform, enum unconfirmed question)
{
	return is_2_0(platform) && platform_other(platform, question);
}

/* Bytes 978..983 */
static bool tolerates_reserved1(const struct platform *platform)
{
	return other_2_0(platform, UNCONFIRMED_SIGSTRUCT_978);
}

/* Bytes 1008..1023 */
static bool tolerates_reserved3(const struct platform *platform)
{
	return other_2_0(platform, UNCONFIRMED_SIGSTRUCT_1008);
}

unsigned int loader_tolerates(const struct platform *platform)
{
	unsigned int tolerated = 0;

	if (tolerates_version(platform))
		tolerated |= SIGSTRUCT_VERSION_USED;
	if (tolerates_reserved1(platform))
		tolerated |= SIGSTRUCT_RESERVED1_USED;
	if (tolerates_reserved3(platform))
		tolerated |= SIGSTRUCT_RESERVED3_USED;

	return tolerated;
}

/* Version 1 has a sigstruct of up to four pages */
bool loader_takes_params_version(const struct platform *platform, uint32_t version)
{
	return version == 0 ||
	       (version == 1 && other_2_0(platform, UNCONFIRMED_PARAMS_VERSION));
}

bool loader_checks_hints(const struct platform *platform)
{
	return other_2_0(platform, UNCONFIRMED_SIGSTRUCT_968);
}

bool loader_wants_handoff_pages(const struct platform *platform)
{
	return other_2_0(platform, UNCONFIRMED_HANDOFF_PAGES);
}

bool loader_writes_rdx(const struct platform *platform)
{
	return !other_2_0(platform, UNCONFIRMED_INSTALL_RDX);
}

bool loader_has_seaminfo(const struct platform *platform)
{
	return !other_2_0(platform, UNCONFIRMED_SEAMINFO);
}

uint64_t loader_seaminfo_version(const struct platform *platform)
{
	return other_2_0(platform, UNCONFIRMED_SEAMINFO_VERSION) ? 1 : 0;
}

/* The build files of 1.5.02 default to 1.0 (SEAM ABI 3.3) */
uint16_t loader_minor_version(const struct platform *platform)
{
	if (!is_2_0(platform) && platform_other(platform, UNCONFIRMED_LOADER_MINOR))
		return 0;

	return platform->config.loader.minor;
}
