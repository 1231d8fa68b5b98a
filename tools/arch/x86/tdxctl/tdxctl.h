/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of tdxctl share
 */
#ifndef TDXCTL_H
#define TDXCTL_H

#include <json-c/json.h>
#include <sys/types.h>

#include "include/shim.h"
#include "seamldr_image.h"
#include "seamldr_preflight.h"

/* A version of a module or of P-SEAMLDR, major.minor.update; 0 if it is not known */
#define VERSION(major, minor, update)	((u64)(major) << 32 | (u32)(minor) << 16 | (update))
#define VERSION_MAJOR(version)		((u32)((version) >> 32))
#define VERSION_MINOR(version)		((u32)((version) >> 16 & 0xffff))
#define VERSION_SERIES(version)		((version) >> 16)
#define VERSION_LEN			20

/* What a script can tell by the exit status.  The higher, the worse. */
enum exit_status {
	EXIT_DONE,
	EXIT_ERROR,
	/* The host has what it should have. */
	EXIT_NOTHING,
	/* No interface, no file, or a check that nobody can make */
	EXIT_UNCHECKED,
	/* Nothing was changed. */
	EXIT_REFUSED,
	/* The update has failed, and TDs wait for another upload. */
	EXIT_WAITING,
	/* The update has failed, and TDs are lost. */
	EXIT_LOST,
};

/* The command line; main.c says what each option is. */
extern struct options {
	const char *sysfs;
	const char *skip;
	/* Those of the skipped checks that the kernel makes */
	char kernel_skip[256];
	u32 skip_mask;
	const char *fallback;
	bool dry_run;
	const char *images;
	const char *mapping;
	const char *running;
	const char *seamldr;
	const char *cpu;
	const char *output;
	const char *header;
	const char *sigstruct;
} options;

/* report.c */
#define JSON_FORMAT	(JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | \
			 JSON_C_TO_STRING_NOSLASHESCAPE)

extern const struct status_name {
	const char *word;
	const char *meaning;
} status_names[EXIT_LOST + 1];

void report_init(bool json, bool quiet);
void report_add(const char *name, struct json_object *value);
void report_status(enum exit_status status);
int report_finish(void);
__printf(4, 5)
bool report_error(enum exit_status status, const char *code, const char *hint,
		  const char *fmt, ...);
__printf(2, 3)
void report_warning(const char *code, const char *fmt, ...);
void report_forget_errors(void);
__printf(2, 3)
void print_fact(const char *label, const char *fmt, ...);
#define print_line(...)	print_fact(NULL, __VA_ARGS__)
void print_progress(const char *text);
char *printable(const char *text, char *buf, size_t size);
void *allocate(size_t size);
char *copy_string(const char *text);

__printf(3, 4)
void json_add(struct json_object *object, const char *name, const char *fmt, ...);
void json_add_hex(struct json_object *object, const char *name, u64 value);
void json_add_bytes(struct json_object *object, const char *name, const u8 *data, size_t len);
#define json_add_int(object, name, value) \
	json_object_object_add(object, name, json_object_new_int64(value))
#define json_add_bool(object, name, value) \
	json_object_object_add(object, name, json_object_new_boolean(value))
#define json_get(object, name)	json_object_get_string(json_object_object_get(object, name))

/* crypto.c */
void crypto_init(void);
bool sigstruct_verify(const struct seam_sigstruct *sig);

/* names.c */
u64 version_parse(const char *text);
const char *version_format(u64 version, char buf[VERSION_LEN]);
const char *cpu_name(u32 signature);
u64 release_by_hash(const u8 *seamhash);
const char *check_hint(const char *check);
const char *check_consequence(const char *check);

/* image.c */
struct image_key {
	const char *word;
	const char *name;
	u8 hash[SHA384_DIGEST_SIZE];
};

struct image {
	const char *path;
	/* NULL if the file has no length that an image can have */
	u8 *data;
	u64 size;
	/* What the kernel's parser makes of it, or why it is not an image */
	struct seamldr_image parts;
	struct seamldr_refusal refusal;
	u8 hash[SHA384_DIGEST_SIZE];
	u8 key_hash[SHA384_DIGEST_SIZE];
	const struct image_key *key;
	/* The signature fits the key in the image, whosever that is. */
	bool signature_ok;
	u64 version;
	const char *version_source;
};

static inline bool image_is_wellformed(const struct image *image)
{
	return !image->refusal.check;
}

ssize_t read_all(int fd, void *data, size_t size);
int read_file(const char *path, u64 max, u8 **data, u64 *size);
int write_all(int fd, const void *data, size_t size);
int image_read(struct image *image, const char *path);
bool image_open(struct image *image, const char *path);
void image_examine(struct image *image);
void image_close(struct image *image);
void image_permissive_platform(const struct image *image, struct seamldr_platform *platform);
bool is_skipped(const char *check);
bool image_check(const struct image *image, const struct seamldr_platform *platform,
		 struct seamldr_refusal *refusal);
bool image_check_signature(const struct image *image, struct seamldr_refusal *refusal);
struct json_object *image_to_json(const struct image *image);
void image_report(const struct image *image);

/* host.c */
#define TDX_HOST	"devices/faux/tdx_host"
#define DEBUGFS		"kernel/debug/tdx_host"
#define PARAMETERS	"module/tdx_host/parameters"
#define SKIP_CHECKS	"skip_checks"
#define NODE_UPDATE	"class/firmware/tdx_module"
#define NODE_CHECK	"class/firmware/tdx_module_check"

#define ATTR_LEN	256
#define INFO_SIZE	256
#define SEAMINFO_SIZE	2048
#define MAX_FIELDS	4096

enum host_state { HOST_NONE, HOST_READY, HOST_STOPPED, HOST_LOST, HOST_UNKNOWN };
extern const char * const host_states[];

/* A field of the module's metadata */
struct field {
	u64 id, value;
};

/* What is not known is 0. */
struct host {
	enum host_state state;
	/* The kernel tells the state; there is an upload node, and one that only checks. */
	bool has_state, has_update, has_check;
	/* The CPU cannot take updates at run time. */
	bool erratum;
	u64 version;
	u64 seamldr;
	/* -1 if it is not known */
	long updates_left;
	u32 nr_online, nr_present;
	/* CPUID.1:EAX */
	u32 cpu;
	/* Checks that the next upload is to skip */
	char skip[ATTR_LEN];
	/* Tables of the firmware */
	bool has_info, has_seaminfo;
	u8 info[INFO_SIZE];
	u8 seaminfo[SEAMINFO_SIZE];
	/* The module's metadata */
	struct field *fields;
	u32 nr_fields;
};

bool is_here(void);
bool can_upload(void);
bool sysfs_exists(const char *dir);
int sysfs_text(const char *dir, const char *name, char buf[ATTR_LEN]);
int sysfs_write(const char *dir, const char *name, const void *data, size_t size);
u64 get_le(const u8 *p, u32 size);
void host_read(struct host *host);
void host_free(struct host *host);
enum host_state host_state_parse(const char *name);
bool host_field(const struct host *host, u64 id, u64 *value);
bool host_runs(const struct host *host, const struct image *image);
const char *host_platform(const struct host *host, const struct image *image,
			  struct seamldr_platform *platform);
bool no_interface(const struct host *host);

/* upload.c */
enum upload_outcome {
	/* It has not begun. */
	UPLOAD_ERROR,
	/* Another process uploads. */
	UPLOAD_BUSY,
	/* It has begun, and nobody says how it ended. */
	UPLOAD_UNKNOWN,
	/* The image was installed, or would be. */
	UPLOAD_DONE,
	UPLOAD_REFUSED,
	UPLOAD_FAILED,
};

struct upload {
	const char *node;
	const struct image *image;
	/* Discard what another process has begun to write. */
	bool take_over;
	enum upload_outcome outcome;
	/* What the node answers, or which step failed with which error */
	char error[ATTR_LEN];
	/* The same for programs, and what a uevent says */
	struct json_object *json;
	bool has_event;
	/* From when the kernel got the image to when the result was there */
	long long begin_us, end_us;
};

bool lock(void);
void catch_signals(void);
bool interrupted(void);
bool uevent_parse(const char *buf, size_t len, struct json_object *json);
void upload_run(struct upload *upload);
const char *upload_detail(const struct upload *upload);
const char *upload_reason(const struct upload *upload, const char *other);

/* select.c */
#define MAPPING_WHY_LEN	128
/* Images of twenty years */
#define MAX_CANDIDATES	256

/* An image file of a directory: @check is the rule that it breaks, NULL if it fits. */
struct candidate {
	struct image image;
	const char *check;
	char reason[SEAMLDR_SENTENCE_LEN];
	bool runs;
	/* Nothing that the host sees changes. */
	bool compatible;
};

/* All of them in ascending order of their versions, and which is the best */
struct selection {
	struct json_object *mapping;
	u32 nr;
	struct candidate candidates[MAX_CANDIDATES + 1];
	const struct candidate *best;
	/* How many that fit are newer than what runs */
	u32 nr_behind;
};

struct json_object *mapping_parse(const char *text, size_t len, char why[MAPPING_WHY_LEN]);
struct json_object *mapping_find(struct json_object *mapping, u64 version);
u64 mapping_version(struct json_object *release, const char *key);
struct selection *select_images(const struct host *host, const char *dir);
void select_free(struct selection *selection);

/* convert.c */
bool write_file(const char *path, const void *data, size_t size);

void cmd_apply(int argc, char **argv);
void cmd_check(int argc, char **argv);
void cmd_convert(int argc, char **argv);
void cmd_inspect(int argc, char **argv);
void cmd_probe(int argc, char **argv);
void cmd_resume(int argc, char **argv);
void cmd_select(int argc, char **argv);
void cmd_status(int argc, char **argv);

#endif /* TDXCTL_H */
