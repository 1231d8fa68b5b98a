// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/evp.h>

#include "seamcall/params.h"

bool install_params_read(const struct seam_memory *memory, uint64_t pa,
			 struct seamldr_params *params)
{
	return !(pa & SEAM_PAGE_OFFSET) &&
	       memory->read(memory->ctx, pa, params, sizeof(*params)) &&
	       params->num_module_pages >= 1 &&
	       params->num_module_pages <= SEAMLDR_MAX_MODULE_PAGES;
}

static bool digest_page(EVP_MD_CTX *ctx, const struct seam_memory *memory, uint64_t pa)
{
	uint8_t page[SEAM_PAGE_SIZE];

	return memory->read(memory->ctx, pa, page, sizeof(page)) &&
	       EVP_DigestUpdate(ctx, page, sizeof(page));
}

static bool digest_all(EVP_MD_CTX *ctx, const struct seam_memory *memory,
		       const struct seamldr_params *params)
{
	uint64_t i;

	if (!EVP_DigestUpdate(ctx, params, sizeof(*params)) ||
	    !digest_page(ctx, memory, params->sigstruct_pa))
		return false;
	for (i = 0; i < params->num_module_pages; i++)
		if (!digest_page(ctx, memory, params->module_pa[i]))
			return false;
	return true;
}

bool install_params_digest(const struct seam_memory *memory, uint64_t pa,
			   uint8_t digest[static INSTALL_DIGEST_SIZE])
{
	struct seamldr_params params;
	EVP_MD_CTX *ctx;
	bool ok;

	if (!install_params_read(memory, pa, &params))
		return false;
	ctx = EVP_MD_CTX_new();
	ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) &&
	     digest_all(ctx, memory, &params) && EVP_DigestFinal_ex(ctx, digest, NULL);
	EVP_MD_CTX_free(ctx);
	return ok;
}
