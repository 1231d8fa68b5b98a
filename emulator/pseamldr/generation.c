// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What differs between generations of P-SEAMLDR (SEAM ABI 3.3, "Sigstruct bytes
 * 948..1023 by loader generation"). The source of 1.5 is public, that of 2.0 is
 * not: where nothing is known of it, it is taken to be as strict as 1.5. One
 * function answers one question.
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

/* Bytes 978..983: unconfirmed for 2.0 */
static bool tolerates_reserved1(const struct platform *platform)
{
	(void)platform;

	return false;
}

/* Bytes 1008..1023: unconfirmed for 2.0 */
static bool tolerates_reserved3(const struct platform *platform)
{
	(void)platform;

	return false;
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

/* Version 1, with a sigstruct of up to four pages: unconfirmed for 2.0 */
bool loader_takes_params_version(const struct platform *platform, uint32_t version)
{
	(void)platform;

	return version == 0;
}
