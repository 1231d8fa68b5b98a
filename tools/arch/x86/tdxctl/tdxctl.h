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

/* The command line; main.c says what each option is.  NULL if it is not there. */
extern struct options {
	const char *json, *quiet;
	const char *help, *sysfs, *skip;
	/* Skipped checks that the kernel makes, and those that only tdxctl makes */
	u32 skip_kernel, skip_own;
	const char *fallback, *dry_run;
	const char *mapping;
	const char *images, *running, *seamldr, *cpu;
	const char *output, *header, *sigstruct;
} options;

/* report.c */
#define JSON_FORMAT	(JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | \
			 JSON_C_TO_STRING_NOSLASHESCAPE)

extern const struct status_name {
	const char *word;
	const char *meaning;
} status_names[EXIT_LOST + 1];

void report_init(void);
void report_status(enum exit_status status);
void report_forget_errors(void);
int report_finish(void);
bool report_text(enum exit_status status, const char *code, const char *hint, const char *text);
void print_text(const char *label, const char *text);
void print_progress(const char *text);
char *printable(const char *text, char *buf, size_t size);
__printf(1, 2)
const char *format(const char *fmt, ...);
void *allocate(size_t size);
char *copy_string(const char *text);

/*
 * Says what is wrong and what can be done about it: the status to exit with unless there
 * is a worse one, a word for programs, a hint or NULL, and one sentence without a full
 * stop.  It is false, for callers that fail.
 */
#define report_error(status, code, hint, ...) \
	report_text(status, code, hint, format(__VA_ARGS__))
/* A warning changes no exit status. */
#define report_warning(code, ...)	report_error(EXIT_DONE, code, NULL, __VA_ARGS__)
#define print_fact(label, ...)		print_text(label, format(__VA_ARGS__))
#define print_line(...)			print_fact(NULL, __VA_ARGS__)

__attribute((sentinel))
struct json_object *json_add(struct json_object *object, ...);
__printf(1, 2)
struct json_object *json_text(const char *fmt, ...);
struct json_object *json_bytes(const u8 *data, size_t len);
#define report_add(...)		json_add(NULL, __VA_ARGS__, NULL)
#define json_make(...)		json_add(json_object_new_object(), __VA_ARGS__, NULL)
/* JSON numbers have 53 bits. */
#define json_hex(value)		json_text("0x%llx", (unsigned long long)(value))
#define json_version(version)	json_text("%s", version_text(version))
#define json_int(value)		json_object_new_int64(value)
#define json_bool(value)	json_object_new_boolean(value)
#define json_get(object, name)	json_object_get_string(json_object_object_get(object, name))

/* crypto.c */
void crypto_init(void);
bool sigstruct_verify(const struct seam_sigstruct *sig);

/* names.c */
u64 version_parse(const char *text);
const char *version_text(u64 version);
const char *cpu_name(u32 signature);
u64 release_by_hash(const u8 *seamhash);
const char *check_hint(const char *check);
bool report_refusal(const char *what, const struct seamldr_refusal *refusal);
const char *check_consequence(const char *check);
u32 own_check(const char *check);
#define is_skipped(check)	(options.skip_own & own_check(check))

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
	/* What the kernel's parser makes of it; without a sigstruct it is not an image. */
	struct seamldr_image parts;
	/* Why it is not an image, or why nobody should install it */
	struct seamldr_refusal refusal;
	u8 hash[SHA384_DIGEST_SIZE];
	u8 key_hash[SHA384_DIGEST_SIZE];
	const struct image_key *key;
	/* The signature fits the key in the image, whosever that is. */
	bool signature_ok;
	u64 version;
	const char *version_source;
	/* Of one in a directory: it is the module that runs; no host would see a change. */
	bool runs, compatible;
};

#define image_is_wellformed(image)	(!!(image)->parts.sigstruct)

ssize_t read_all(int fd, void *data, size_t size);
int read_file(const char *path, u64 max, u8 **data, u64 *size);
int write_all(int fd, const void *data, size_t size);
int image_read(struct image *image, const char *path);
bool image_open(struct image *image, const char *path);
u16 sum_words(const u8 *data, u64 size);
void image_examine(struct image *image);
void image_close(struct image *image);
void image_permissive_platform(const struct image *image, struct seamldr_platform *platform);
bool image_check(struct image *image, const struct seamldr_platform *platform);
bool image_check_signature(struct image *image);
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
	struct { u64 id, value; } fields[MAX_FIELDS];
	u32 nr_fields;
};

bool is_here(void);
bool can_upload(void);
bool sysfs_exists(const char *dir);
int sysfs_text(const char *dir, const char *name, char buf[ATTR_LEN]);
int sysfs_write(const char *dir, const char *name, const void *data, size_t size);
u64 get_le(const u8 *p, u32 size);
void host_read_state(struct host *host);
struct host *host_read(void);
enum host_state host_state_parse(const char *name);
bool host_fields(const struct host *host, u64 first, u32 nr, u64 *values);
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
	/* What a uevent says of it: the sentence, else @error; the word for that, or NULL */
	bool has_event;
	const char *detail, *reason;
	/* All of that for programs */
	struct json_object *json;
	/* What is there now */
	enum host_state state;
	u64 version;
	/* From when the kernel got the image to when the result was there */
	long long begin_us, end_us;
};

bool lock(void);
void catch_signals(void);
bool interrupted(void);
bool uevent_parse(const char *buf, size_t len, struct json_object *json);
void upload_run(struct upload *upload);

/* select.c */
/* Images of twenty years */
#define MAX_IMAGES	256

/* The images of a directory in ascending order of their versions, and which is the best */
struct selection {
	struct json_object *mapping;
	u32 nr;
	struct image images[MAX_IMAGES + 1];
	const struct image *best;
	/* How many that fit are newer than what runs */
	u32 nr_behind;
};

struct json_object *mapping_parse(const char *text, size_t len, const char **why);
struct json_object *mapping_find(struct json_object *mapping, u64 version);
u64 mapping_version(struct json_object *release, const char *key);
const struct selection *select_images(const struct host *host, const char *dir);

/* convert.c */
bool write_file(const char *path, const void *data, size_t size);

/* The commands: the arguments end with NULL. */
void cmd_apply(char **args);
void cmd_check(char **args);
void cmd_convert(char **args);
void cmd_inspect(char **args);
void cmd_probe(char **args);
void cmd_resume(char **args);
void cmd_select(char **args);
void cmd_status(char **args);

#endif /* TDXCTL_H */
