/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel and the firmware say about this host
 */
#ifndef TDXCTL_HOST_H
#define TDXCTL_HOST_H

#include "image.h"
#include "sysfs.h"

#define SEAMLDR_INFO_SIZE	256
#define SEAMINFO_SIZE		2048
#define MAX_FIELDS		4096

enum host_state { HOST_NONE, HOST_READY, HOST_STOPPED, HOST_LOST, HOST_UNKNOWN };

/* A field of the module's metadata */
struct field {
	u64 id, value;
};

/**
 * struct host - this host
 * @state: of the TDX module; HOST_NONE if there is no device
 * @has_state: the kernel tells it
 * @has_update: there is an upload node
 * @has_check: there is one that only checks
 * @erratum: the CPU cannot take updates at run time
 * @version: of the module; major is 0 if it is not known
 * @seamldr: version of P-SEAMLDR, the same
 * @updates_left: -1 if it is not known
 * @nr_online: CPUs that are online, 0 if it is not known
 * @nr_present: CPUs that are there, the same
 * @cpu: CPUID.1:EAX, 0 if it is not known
 * @skip: checks that the next upload is to skip
 * @info: SEAMLDR.INFO, if @has_info
 * @seaminfo: SEAMLDR.SEAMINFO, if @has_seaminfo
 * @fields: the module's metadata
 * @nr_fields: 0 if it cannot be read
 */
struct host {
	enum host_state state;
	bool has_state;
	bool has_update;
	bool has_check;
	bool erratum;
	struct version version;
	struct version seamldr;
	long updates_left;
	u32 nr_online;
	u32 nr_present;
	u32 cpu;
	char skip[ATTR_LEN];
	bool has_info;
	bool has_seaminfo;
	u8 info[SEAMLDR_INFO_SIZE];
	u8 seaminfo[SEAMINFO_SIZE];
	struct field *fields;
	u32 nr_fields;
};

void host_read(struct host *host);
void host_free(struct host *host);
const char *host_state_name(enum host_state state);
bool host_field(const struct host *host, u64 id, u64 *value);
bool host_runs(const struct host *host, const struct image *image);
const char *host_platform(const struct host *host, const struct image *image,
			  struct seamldr_platform *platform);

void cmd_status(int argc, char **argv);
void no_interface(const struct host *host);

#endif /* TDXCTL_HOST_H */
