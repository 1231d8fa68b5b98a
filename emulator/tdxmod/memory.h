/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a module keeps in ordinary memory: the PAMT, and behind its pages TDs,
 * vCPUs and secure EPTs. None of it passes through the handoff data, all of it
 * is still there when the next module runs.
 */
#ifndef EMULATOR_TDXMOD_MEMORY_H
#define EMULATOR_TDXMOD_MEMORY_H

#include <pthread.h>

#include "tdxmod/module.h"

/**
 * struct dram_page - a page that the module owns; absent: PAGE_FREE
 * @pa: its address without KeyID
 * @type: &enum page_type
 * @owner: address of the TDR; 0 for a TDR itself
 * @object: what the model keeps for a TDR, TDVPR or SEPT page
 * @destroy: frees @object
 * @next: chain of the hash table
 */
struct dram_page {
	uint64_t pa;
	enum page_type type;
	uint64_t owner;
	void *object;
	void (*destroy)(void *object);
	struct dram_page *next;
};

#define DRAM_BUCKETS	4096

/**
 * struct dram - the PAMT
 * @lock: held for each look-up or change, never across a leaf's work
 * @bucket: hash table by page
 * @pamt_initialised: bytes of each TDMR whose PAMT entries are initialised
 * @property: sums for those who are not the module
 */
struct dram {
	pthread_mutex_t lock;
	struct dram_page *bucket[DRAM_BUCKETS];
	atomic_uint_least64_t pamt_initialised[TDX_MAX_TDMRS];
	struct td_property *property;
};

/** dram_clear() - a new configuration: no page has an owner any more */
void dram_clear(struct dram *dram);

/** dram_take() - turn a free page into one of @page's type; false if not free */
bool dram_take(struct dram *dram, const struct dram_page *page);

/** dram_release() - make a page free; what is behind it is destroyed */
void dram_release(struct dram *dram, uint64_t pa);

/**
 * dram_take_out() - make a page free, but leave what is behind it alone
 *
 * For an object whose lock the caller holds: once the page is out nobody finds
 * the object any more, and the caller can unlock and destroy it.
 */
void dram_take_out(struct dram *dram, uint64_t pa);

/** dram_look() - copy of the PAMT entry of a page; PAGE_FREE if there is none */
struct dram_page dram_look(struct dram *dram, uint64_t pa);

/**
 * dram_try_lock() - lock the object behind a page without waiting
 * @dram: the PAMT
 * @pa: the page
 * @type: the type that it must have
 * @try_lock: takes the object's lock; called with the PAMT locked, so that the
 *	object cannot go away before it is locked
 * @object: receives the object
 *
 * Return: 0, TDX_PAGE_METADATA_INCORRECT or TDX_OPERAND_BUSY.
 */
uint64_t dram_try_lock(struct dram *dram, uint64_t pa, enum page_type type,
		       bool (*try_lock)(void *object), void **object);

uint64_t dram_pamt_initialised(const struct dram *dram, unsigned int tdmr);
void dram_set_pamt_initialised(struct dram *dram, unsigned int tdmr, uint64_t bytes);

#endif
