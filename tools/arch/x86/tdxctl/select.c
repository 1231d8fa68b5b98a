// SPDX-License-Identifier: GPL-2.0
/*
 * tdxctl select: the best image of a directory
 *
 * First what does not fit is sorted out, for a reason that is said; then the
 * newest is taken.  The other way round the newest number would be chosen, which
 * may be that of another product line.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json-c/json.h>

#include "report.h"
#include "select.h"
#include "tdxctl.h"

/* As in joined_files/1.5/ */
#define MAX_DEPTH	4
#define SIGNATURE	"TDX-BLOB"

/* Files of other kinds are in such directories, too. */
static bool looks_like_image(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t len = strlen(path);
	char head[16] = "";
	struct stat st;
	bool ok;

	if (fd < 0)
		return false;

	ok = !fstat(fd, &st) && S_ISREG(st.st_mode) &&
	     ((len > 5 && !strcmp(path + len - 5, ".blob")) ||
	      (pread(fd, head, sizeof(head), 0) == sizeof(head) &&
	       (!memcmp(head + 4, SIGNATURE, 8) || !memcmp(head + 8, SIGNATURE, 8))));
	close(fd);

	return ok;
}

static void add_candidate(struct selection *selection, const char *path)
{
	struct candidate *candidate;
	int ret;

	if (!looks_like_image(path))
		return;

	if (selection->nr == MAX_CANDIDATES) {
		report_warning("too-many", "%s is ignored, there are more than %u images", path,
			       MAX_CANDIDATES);
		return;
	}

	candidate = &selection->candidates[selection->nr];
	candidate->path = strdup(path);
	if (!candidate->path)
		return;

	ret = image_open(&candidate->image, candidate->path);
	if (ret) {
		report_warning("unreadable", "%s is ignored: %s", path, strerror(-ret));
		free(candidate->path);
		return;
	}
	selection->nr++;
}

static bool scan(struct selection *selection, const char *dir, int depth)
{
	DIR *stream = opendir(dir);
	struct dirent *entry;
	char path[1024];
	struct stat st;

	if (!stream)
		return false;

	while ((entry = readdir(stream))) {
		if (*entry->d_name == '.' ||
		    snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name) >= (int)sizeof(path))
			continue;
		/* A link to a directory may lead back here. */
		if (!lstat(path, &st) && S_ISDIR(st.st_mode)) {
			if (depth < MAX_DEPTH)
				scan(selection, path, depth + 1);
		} else {
			add_candidate(selection, path);
		}
	}
	closedir(stream);

	return true;
}

static int compare(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int order = version_compare(&x->image.version, &y->image.version);

	return order ? order : strcmp(x->path, y->path);
}

__printf(3, 4)
static void reject(struct candidate *candidate, const char *check, const char *fmt, ...)
{
	va_list args;

	candidate->check = check;
	va_start(args, fmt);
	vsnprintf(candidate->reason, sizeof(candidate->reason), fmt, args);
	va_end(args);
}

static bool list_has(const struct version_list *list, const struct version *version)
{
	u32 i;

	for (i = 0; i < list->nr; i++) {
		if (!version_compare(&list->version[i], version))
			return true;
	}

	return false;
}

/* A loader whose update number reads 0 satisfies "1.5.00" only. */
static bool loader_ok(const struct release *release, const struct version *seamldr)
{
	const struct version_list *list = &release->seamldr;
	u32 i;

	for (i = 0; i < list->nr; i++) {
		if (list->version[i].major == seamldr->major &&
		    list->version[i].minor == seamldr->minor &&
		    list->version[i].update <= seamldr->update)
			return true;
	}

	return false;
}

static void judge_policy(const struct selection *selection, const struct host *host,
			 struct candidate *candidate)
{
	const struct version *version = &candidate->image.version;
	char a[VERSION_LEN], b[VERSION_LEN];
	const struct release *release;

	if (!version->major) {
		reject(candidate, "version", "neither the file nor its name tells its version");
	} else if (version->major != host->version.major ||
		   version->minor != host->version.minor) {
		reject(candidate, "series", "series %u.%u, %u.%u runs", version->major,
		       version->minor, host->version.major, host->version.minor);
	} else if (version_compare(version, &host->version) < 0) {
		reject(candidate, "older", "older than %s, which runs",
		       version_format(&host->version, a));
	}
	if (candidate->check || !selection->mapping.nr)
		return;

	release = mapping_find(&selection->mapping, version);
	if (!release) {
		reject(candidate, "mapping", "the mapping file does not know %s",
		       version_format(version, a));
	} else if (version_compare(&host->version, &release->min_module) < 0) {
		reject(candidate, "min-version", "can follow %s or later, %s runs",
		       version_format(&release->min_module, a),
		       version_format(&host->version, b));
	} else if (host->seamldr.major && !loader_ok(release, &host->seamldr)) {
		reject(candidate, "seamldr", "not for P-SEAMLDR %s",
		       version_format(&host->seamldr, a));
	} else {
		candidate->compatible = list_has(&release->compatible, &host->version);
	}
}

/* If only the image of what runs tells it: SVN, handoff versions */
static const struct candidate *find_running(const struct selection *selection,
					    const struct host *host)
{
	u32 i;

	for (i = 0; i < selection->nr; i++) {
		const struct candidate *candidate = &selection->candidates[i];

		if (image_is_wellformed(&candidate->image) &&
		    !version_compare(&candidate->image.version, &host->version))
			return candidate;
	}

	return NULL;
}

static void add_running(const struct host *host, const struct candidate *running,
			struct seamldr_platform *platform)
{
	const struct seam_sigstruct *sig;

	/* Which CPUs are online, and how many updates are left, can change. */
	platform->nr_online = platform->nr_lps;
	platform->updates_left = 1;
	platform->seam_ready = true;
	if (!running)
		return;

	sig = running->image.parts.sigstruct;
	if (!host->has_info) {
		platform->svn_major = sig->seamsvn_major;
		platform->svn_minor = sig->seamsvn_minor;
	}
	if (!host->nr_fields) {
		platform->module_hv = sig->module_hv;
		platform->min_update_hv = sig->min_update_hv;
		platform->no_downgrade = sig->no_downgrade;
		platform->handoff_pages = sig->num_handoff_pages;
	}
}

static void judge(const struct selection *selection, const struct host *host,
		  const struct candidate *running, struct candidate *candidate)
{
	struct seamldr_platform platform;
	struct seamldr_verdict verdict;

	if (!image_is_wellformed(&candidate->image)) {
		reject(candidate, candidate->image.refusal.check, "%s",
		       candidate->image.refusal.sentence);
		return;
	}

	judge_policy(selection, host, candidate);
	candidate->runs = !version_compare(&candidate->image.version, &host->version);
	if (candidate->check)
		return;

	host_platform(host, &candidate->image, &platform);
	add_running(host, running, &platform);
	if (!image_check(&candidate->image, &platform, options.skip, &verdict))
		reject(candidate, verdict.refusal.check, "%s", verdict.refusal.sentence);
}

static bool is_better(const struct candidate *candidate, const struct candidate *best)
{
	if (!best || candidate->compatible != best->compatible)
		return !best || candidate->compatible;

	/* In ascending order */
	return true;
}

static void choose(struct selection *selection)
{
	struct candidate *candidate;
	u32 i;

	for (i = 0; i < selection->nr; i++) {
		candidate = &selection->candidates[i];
		if (candidate->check || candidate->runs)
			continue;
		/* Two files of one release are one release. */
		if (!i || candidate[-1].check ||
		    version_compare(&candidate->image.version, &candidate[-1].image.version))
			selection->nr_behind++;
		if (is_better(candidate, selection->best))
			selection->best = candidate;
	}
}

static bool open_mapping(struct selection *selection, const char *dir)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/" MAPPING_NAME, dir);
	if (!mapping_open(&selection->mapping, options.mapping ? options.mapping : path,
			  options.mapping))
		return false;

	if (!selection->mapping.nr)
		report_warning("no-mapping",
			       "Without a mapping file nobody says which release can follow which");

	return true;
}

/**
 * select_images() - look at all images of a directory
 * @host: the host
 * @dir: the directory
 *
 * Return: the selection, to be freed, or NULL, which is reported.
 */
struct selection *select_images(const struct host *host, const char *dir)
{
	struct selection *selection = calloc(1, sizeof(*selection));
	const struct candidate *running;
	u32 i;

	if (!selection || !open_mapping(selection, dir)) {
		select_free(selection);
		return NULL;
	}

	if (!scan(selection, dir, 0))
		report_error(errno == ENOENT ? EXIT_UNCHECKED : EXIT_ERROR, "no-file", NULL,
			     "The directory %s cannot be read: %s", dir, strerror(errno));
	else if (!selection->nr)
		report_error(EXIT_UNCHECKED, "no-file", NULL, "There is no image in %s", dir);
	if (!selection->nr) {
		select_free(selection);
		return NULL;
	}

	qsort(selection->candidates, selection->nr, sizeof(*selection->candidates), compare);
	running = find_running(selection, host);
	for (i = 0; i < selection->nr; i++)
		judge(selection, host, running, &selection->candidates[i]);
	choose(selection);

	return selection;
}

void select_free(struct selection *selection)
{
	u32 i;

	if (!selection)
		return;

	for (i = 0; i < selection->nr; i++) {
		image_close(&selection->candidates[i].image);
		free(selection->candidates[i].path);
	}
	mapping_close(&selection->mapping);
	free(selection);
}

static struct json_object *candidate_to_json(const struct candidate *candidate)
{
	struct json_object *object = json_object_new_object();
	char buf[VERSION_LEN];

	json_add_string(object, "file", candidate->path);
	json_add_string(object, "version", version_format(&candidate->image.version, buf));
	json_add_bool(object, "runs", candidate->runs);
	json_add_bool(object, "fits", !candidate->check && !candidate->runs);
	json_add_bool(object, "compatible", candidate->compatible);
	if (candidate->check) {
		json_add_string(object, "check", candidate->check);
		json_add_string(object, "reason", candidate->reason);
	}

	return object;
}

static void print_candidate(const struct selection *selection, const struct candidate *candidate)
{
	char buf[VERSION_LEN];
	const char *version = version_format(&candidate->image.version, buf);

	if (candidate == selection->best)
		print_fact(version, "BEST: %s", candidate->path);
	else if (candidate->check)
		print_fact(version, "no (%s): %s: %s", candidate->check, candidate->reason,
			   candidate->path);
	else
		print_fact(version, "%s: %s",
			   candidate->runs ? "runs" :
			   selection->best->compatible && !candidate->compatible ?
			   "fits, but new TDs would see changes" : "fits, but there is a newer one",
			   candidate->path);
}

/* The options stand for a host that is somewhere else. */
static bool use_options(struct host *host)
{
	char *end;

	if (options.running) {
		/* What is known of this host is known of another module. */
		host_free(host);
		host->nr_fields = 0;
		host->has_info = false;
		host->state = HOST_READY;
		if (!version_parse(options.running, &host->version)) {
			report_error(EXIT_ERROR, "usage", NULL, "%s is not a version",
				     options.running);
			return false;
		}
	}
	if (options.seamldr && !version_parse(options.seamldr, &host->seamldr)) {
		report_error(EXIT_ERROR, "usage", NULL, "%s is not a version", options.seamldr);
		return false;
	}
	if (options.cpu) {
		host->has_seaminfo = false;
		host->cpu = strtoul(options.cpu, &end, 16);
		if (*end || !host->cpu || *options.cpu == '-') {
			report_error(EXIT_ERROR, "usage", NULL, "%s is not a CPU signature",
				     options.cpu);
			return false;
		}
	}

	return true;
}

static void report_best(const struct selection *selection)
{
	if (!selection->best) {
		print_line("No image fits that is newer than what runs.");
		report_status(EXIT_NOTHING);
		return;
	}

	report_add("best", candidate_to_json(selection->best));
	if (selection->mapping.nr && !selection->best->compatible)
		report_warning("metadata",
			       "TDs that are built later may see other features, see the mapping file");
}

void cmd_select(int argc, char **argv)
{
	struct selection *selection = NULL;
	struct json_object *array;
	struct host host;
	u32 i;

	host_read(&host);
	if (use_options(&host)) {
		if (!host.version.major)
			report_error(EXIT_UNCHECKED, "no-interface", "Use --running.",
				     "This host does not tell which TDX module runs");
		else
			selection = select_images(&host, argv[0]);
	}
	if (selection) {
		array = json_object_new_array();
		for (i = 0; i < selection->nr; i++) {
			json_object_array_add(array,
					      candidate_to_json(&selection->candidates[i]));
			print_candidate(selection, &selection->candidates[i]);
		}
		report_add("candidates", array);
		report_best(selection);
	}
	select_free(selection);
	host_free(&host);
}
