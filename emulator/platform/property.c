// SPDX-License-Identifier: GPL-2.0-or-later
/* What TDs own, as numbers for those who look for leaks. */
#include <stdio.h>

#include "platform/state.h"

struct platform_pages platform_pages(const struct platform *platform)
{
	const struct td_property *property = &platform->td_property;

	return (struct platform_pages) {
		.tdr = atomic_load(&property->pages[PAGE_TDR]),
		.tdcx = atomic_load(&property->pages[PAGE_TDCX]),
		.tdvpr = atomic_load(&property->pages[PAGE_TDVPR]),
		.sept = atomic_load(&property->pages[PAGE_SEPT]),
		.regular = atomic_load(&property->pages[PAGE_REGULAR]),
		.keyids = atomic_load(&property->keyids),
		.flushed = atomic_load(&property->flushed),
	};
}

void platform_pages_text(const struct platform_pages *pages,
			 char text[static PLATFORM_PAGES_TEXT])
{
	snprintf(text, PLATFORM_PAGES_TEXT,
		 "tdr=%u tdcx=%u tdvpr=%u sept=%u regular=%u keyids=%u flushed=%u", pages->tdr,
		 pages->tdcx, pages->tdvpr, pages->sept, pages->regular, pages->keyids,
		 pages->flushed);
}
