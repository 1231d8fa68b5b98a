// SPDX-License-Identifier: GPL-2.0-or-later
/* The PAMT: a sparse map of the pages that the module owns. */
#include <stdlib.h>

#include "tdxmod/memory.h"

/* Knuth's multiplicative hash: neighbouring pages spread well */
#define HASH_MULTIPLIER	0x9e3779b97f4a7c15ULL
#define HASH_SHIFT	52

static_assert(DRAM_BUCKETS == 1 << (64 - HASH_SHIFT), "the hash selects every bucket");

static struct dram_page **bucket_of(struct dram *dram, uint64_t pa)
{
	return &dram->bucket[pa / TDX_PAGE_SIZE * HASH_MULTIPLIER >> HASH_SHIFT];
}

static struct dram_page **find(struct dram *dram, uint64_t pa)
{
	struct dram_page **link = bucket_of(dram, pa);

	while (*link && (*link)->pa != pa)
		link = &(*link)->next;

	return link;
}

static void free_page(struct dram_page *page)
{
	if (page->destroy)
		page->destroy(page->object);
	free(page);
}

static void forget_property(struct td_property *property)
{
	for (unsigned int type = 0; type < NR_PAGE_TYPES; type++)
		atomic_store(&property->pages[type], 0);
	atomic_store(&property->keyids, 0);
	atomic_store(&property->flushed, 0);
}

struct dram *dram_new(struct td_property *property)
{
	struct dram *dram = calloc(1, sizeof(*dram));

	if (!dram)
		return NULL;

	pthread_mutex_init(&dram->lock, NULL);
	dram->property = property;
	forget_property(property);

	return dram;
}

void dram_free(struct dram *dram)
{
	if (!dram)
		return;

	dram_clear(dram);
	pthread_mutex_destroy(&dram->lock);
	free(dram);
}

void dram_clear(struct dram *dram)
{
	pthread_mutex_lock(&dram->lock);
	for (unsigned int i = 0; i < DRAM_BUCKETS; i++) {
		struct dram_page *next;

		for (struct dram_page *page = dram->bucket[i]; page; page = next) {
			next = page->next;
			free_page(page);
		}
		dram->bucket[i] = NULL;
	}
	/* All TDs were removed above, and KeyIDs belong to TDs. */
	forget_property(dram->property);
	pthread_mutex_unlock(&dram->lock);

	for (unsigned int i = 0; i < TDX_MAX_TDMRS; i++)
		atomic_store(&dram->pamt_initialised[i], 0);
}

bool dram_take(struct dram *dram, const struct dram_page *page)
{
	struct dram_page *new = malloc(sizeof(*new));
	struct dram_page **link;
	bool taken = false;

	if (!new)
		return false;

	*new = *page;
	new->next = NULL;
	pthread_mutex_lock(&dram->lock);
	link = find(dram, page->pa);
	if (!*link) {
		*link = new;
		taken = true;
		atomic_fetch_add(&dram->property->pages[page->type], 1);
	}
	pthread_mutex_unlock(&dram->lock);
	if (!taken)
		free(new);

	return taken;
}

static struct dram_page *unlink_page(struct dram *dram, uint64_t pa)
{
	struct dram_page **link;
	struct dram_page *page;

	pthread_mutex_lock(&dram->lock);
	link = find(dram, pa);
	page = *link;
	if (page) {
		*link = page->next;
		atomic_fetch_sub(&dram->property->pages[page->type], 1);
	}
	pthread_mutex_unlock(&dram->lock);

	return page;
}

void dram_release(struct dram *dram, uint64_t pa)
{
	struct dram_page *page = unlink_page(dram, pa);

	if (page)
		free_page(page);
}

void dram_take_out(struct dram *dram, uint64_t pa)
{
	free(unlink_page(dram, pa));
}

struct dram_page dram_look(struct dram *dram, uint64_t pa)
{
	struct dram_page copy = { .pa = pa, .type = PAGE_FREE };
	struct dram_page *page;

	pthread_mutex_lock(&dram->lock);
	page = *find(dram, pa);
	if (page)
		copy = *page;
	pthread_mutex_unlock(&dram->lock);

	return copy;
}

uint64_t dram_try_lock(struct dram *dram, uint64_t pa, enum page_type type,
		       bool (*try_lock)(void *object), void **object)
{
	uint64_t status = TDX_PAGE_METADATA_INCORRECT;
	struct dram_page *page;

	pthread_mutex_lock(&dram->lock);
	page = *find(dram, pa);
	if (page && page->type == type) {
		*object = page->object;
		status = try_lock(page->object) ? TDX_SUCCESS : TDX_OPERAND_BUSY;
	}
	pthread_mutex_unlock(&dram->lock);

	return status;
}

uint64_t dram_pamt_initialised(const struct dram *dram, unsigned int tdmr)
{
	return atomic_load(&dram->pamt_initialised[tdmr]);
}

void dram_set_pamt_initialised(struct dram *dram, unsigned int tdmr, uint64_t bytes)
{
	atomic_store(&dram->pamt_initialised[tdmr], bytes);
}
