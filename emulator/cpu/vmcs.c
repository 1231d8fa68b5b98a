// SPDX-License-Identifier: GPL-2.0-or-later
#include <glib.h>
#include <pthread.h>

#include "cpu/vmcs.h"

/* Field encoding (SDM volume 3, 24.11.2): reserved bits, type in bits 11:10 */
#define FIELD_RESERVED		(~0x7fffULL | 1ULL << 12)
#define FIELD_HIGH_HALF		1ULL
#define FIELD_TYPE_SHIFT	10
#define FIELD_TYPE_MASK		3
#define FIELD_TYPE_EXIT_INFO	1
#define FIELD_WIDTH_SHIFT	13
#define FIELD_WIDTH_64		1
#define FIELD_HIGH_SHIFT	32
#define FIELD_LOW_MASK		0xffffffffULL

struct vmcs_store {
	pthread_mutex_t lock;
	/* physical address of the VMCS -> (field -> value) */
	GHashTable *vmcss;
};

static GHashTable *new_table(GDestroyNotify free_value)
{
	return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_value);
}

struct vmcs_store *vmcs_store_new(void)
{
	struct vmcs_store *store = g_new0(struct vmcs_store, 1);

	pthread_mutex_init(&store->lock, NULL);
	store->vmcss = new_table((GDestroyNotify)g_hash_table_destroy);
	return store;
}

void vmcs_store_free(struct vmcs_store *store)
{
	if (!store)
		return;
	g_hash_table_destroy(store->vmcss);
	pthread_mutex_destroy(&store->lock);
	g_free(store);
}

void vmcs_store_reset(struct vmcs_store *store)
{
	pthread_mutex_lock(&store->lock);
	g_hash_table_remove_all(store->vmcss);
	pthread_mutex_unlock(&store->lock);
}

static bool is_64_bit(uint64_t field)
{
	return (field >> FIELD_WIDTH_SHIFT & 3) == FIELD_WIDTH_64;
}

bool vmcs_field_exists(uint64_t field)
{
	return !(field & FIELD_RESERVED) && (!(field & FIELD_HIGH_HALF) || is_64_bit(field));
}

bool vmcs_field_read_only(uint64_t field)
{
	return (field >> FIELD_TYPE_SHIFT & FIELD_TYPE_MASK) == FIELD_TYPE_EXIT_INFO;
}

static uint64_t *lookup(struct vmcs_store *store, uint64_t pa, uint64_t field)
{
	GHashTable *vmcs = g_hash_table_lookup(store->vmcss, &pa);

	return vmcs ? g_hash_table_lookup(vmcs, &field) : NULL;
}

static uint64_t *lookup_or_add(struct vmcs_store *store, uint64_t pa, uint64_t field)
{
	GHashTable *vmcs = g_hash_table_lookup(store->vmcss, &pa);
	uint64_t *value;

	if (!vmcs) {
		vmcs = new_table(g_free);
		g_hash_table_insert(store->vmcss, g_memdup2(&pa, sizeof(pa)), vmcs);
	}
	value = g_hash_table_lookup(vmcs, &field);
	if (!value) {
		value = g_new0(uint64_t, 1);
		g_hash_table_insert(vmcs, g_memdup2(&field, sizeof(field)), value);
	}
	return value;
}

uint64_t vmcs_get(struct vmcs_store *store, uint64_t pa, uint64_t field)
{
	uint64_t *slot, value;

	pthread_mutex_lock(&store->lock);
	slot = lookup(store, pa, field & ~FIELD_HIGH_HALF);
	value = slot ? *slot : 0;
	pthread_mutex_unlock(&store->lock);
	return field & FIELD_HIGH_HALF ? value >> FIELD_HIGH_SHIFT : value;
}

void vmcs_set(struct vmcs_store *store, uint64_t pa, uint64_t field, uint64_t value)
{
	uint64_t *slot;

	pthread_mutex_lock(&store->lock);
	slot = lookup_or_add(store, pa, field & ~FIELD_HIGH_HALF);
	if (field & FIELD_HIGH_HALF)
		*slot = (*slot & FIELD_LOW_MASK) | value << FIELD_HIGH_SHIFT;
	else
		*slot = value;
	pthread_mutex_unlock(&store->lock);
}
