// SPDX-License-Identifier: GPL-2.0
/*
 * tdxctl - the runtime update of the Intel TDX module, for admins
 */

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "host.h"
#include "report.h"
#include "select.h"
#include "tdxctl.h"
#include "upload.h"

struct options options = {
	.sysfs = "/sys",
};

/* One letter for each command, for the table of options */
struct command {
	const char *name;
	char letter;
	int min_args, max_args;
	const char *args;
	const char *what;
	void (*run)(int argc, char **argv);
};

static const struct command commands[] = {
	{ "status", 's', 0, 0, "", "show what runs, and whether it can be updated", cmd_status },
	{ "inspect", 'i', 1, 1, "IMAGE", "show and verify an image file", cmd_inspect },
	{ "check", 'c', 1, 1, "IMAGE", "ask whether this host would take an image", cmd_check },
	{ "apply", 'a', 1, 1, "IMAGE", "install a module under running TDs", cmd_apply },
	{ "resume", 'r', 1, 64, "IMAGE...", "end a failed update with the first image that can",
	  cmd_resume },
	{ "select", 'l', 1, 1, "DIR", "choose the best image of a directory", cmd_select },
	{ "convert", 'v', 1, 1, "FILE", "write a module with another header", cmd_convert },
	{ "probe", 'p', 0, 0, "", "compare this host with what is expected of it", cmd_probe },
};

/* The command line, as it was */
static struct {
	int argc;
	char **argv;
} words;

/* Errors in the other options are to be JSON, too. */
static bool has_word(const char *word)
{
	int i;

	for (i = 1; i < words.argc && strcmp(words.argv[i], "--"); i++) {
		if (!strcmp(words.argv[i], word))
			return true;
	}

	return false;
}

enum option_id {
	OPT_JSON = 256, OPT_QUIET, OPT_HELP, OPT_SYSFS_ROOT, OPT_SKIP, OPT_FALLBACK,
	OPT_DRY_RUN, OPT_IMAGES, OPT_MAPPING, OPT_RUNNING, OPT_SEAMLDR, OPT_CPU,
	OPT_OUTPUT, OPT_HEADER, OPT_SIGSTRUCT,
};

static const struct {
	struct option option;
	/* Commands that take it, "" for all */
	const char *commands;
	const char *arg;
	const char *what;
} option_table[] = {
	{ { "json", no_argument, NULL, OPT_JSON }, "", NULL, "print one JSON object" },
	{ { "quiet", no_argument, NULL, OPT_QUIET }, "", NULL, "print errors and warnings only" },
	{ { "help", no_argument, NULL, OPT_HELP }, "", NULL, "print this text" },
	{ { "sysfs-root", required_argument, NULL, OPT_SYSFS_ROOT }, "", "DIR",
	  "where sysfs is (/sys)" },
	{ { "skip", required_argument, NULL, OPT_SKIP }, "icarls", "CHECK,...",
	  "let these checks not refuse the image" },
	{ { "fallback", required_argument, NULL, OPT_FALLBACK }, "a", "IMAGE",
	  "upload this at once if the update stops" },
	{ { "dry-run", no_argument, NULL, OPT_DRY_RUN }, "ar", NULL, "check all, change nothing" },
	{ { "images", required_argument, NULL, OPT_IMAGES }, "s", "DIR",
	  "say which image is the best of a directory" },
	{ { "mapping", required_argument, NULL, OPT_MAPPING }, "ls", "FILE",
	  "Intel's mapping file (DIR/mapping_file.json)" },
	{ { "running", required_argument, NULL, OPT_RUNNING }, "l", "VERSION",
	  "instead of the module that runs here" },
	{ { "seamldr", required_argument, NULL, OPT_SEAMLDR }, "l", "VERSION",
	  "instead of the P-SEAMLDR that is here" },
	{ { "cpu", required_argument, NULL, OPT_CPU }, "l", "SIGNATURE",
	  "CPUID.1:EAX, instead of the CPU that is here" },
	{ { "output", required_argument, NULL, OPT_OUTPUT }, "vp", "FILE", "file to write" },
	{ { "header", required_argument, NULL, OPT_HEADER }, "v", "0x100|0x200|raw",
	  "format to write (0x200)" },
	{ { "sigstruct", required_argument, NULL, OPT_SIGSTRUCT }, "v", "FILE",
	  "sigstruct of a module in a file of its own" },
};

static const char * const statuses[] = {
	[EXIT_DONE]		= "done",
	[EXIT_ERROR]		= "error",
	[EXIT_NOTHING]		= "nothing to do",
	[EXIT_UNCHECKED]	= "no interface, no file, or not checkable",
	[EXIT_REFUSED]		= "refused, nothing was changed",
	[EXIT_WAITING]		= "the update has failed and TDs wait",
	[EXIT_LOST]		= "the update has failed and TDs are lost",
};

static void usage(FILE *out)
{
	char option[40];
	size_t i;

	fprintf(out, "Usage: tdxctl COMMAND [OPTION...]\n\nCommands:\n");
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-9s%-11s  %s\n", commands[i].name, commands[i].args,
			commands[i].what);
	fprintf(out, "\nOptions:\n");
	for (i = 0; i < ARRAY_SIZE(option_table); i++) {
		snprintf(option, sizeof(option), "--%s%s%s", option_table[i].option.name,
			 option_table[i].arg ? "=" : "",
			 option_table[i].arg ? option_table[i].arg : "");
		fprintf(out, "  %-21s  %s\n", option, option_table[i].what);
	}
	fprintf(out, "\nExit status:\n");
	for (i = 0; i < ARRAY_SIZE(statuses); i++)
		fprintf(out, "  %zu  %s\n", i, statuses[i]);
}

static bool usage_error(const char *fmt, const char *what)
{
	char sentence[256];

	snprintf(sentence, sizeof(sentence), fmt, what);
	report_error(EXIT_ERROR, "usage", "See tdxctl --help.", "%s", sentence);

	return false;
}

/* Those that only tdxctl makes */
static bool is_own_check(const char *name)
{
	return !strcmp(name, "signature") || !strcmp(name, "signing-key") ||
	       !strcmp(name, "kernel-check");
}

static bool add_skip(const char *list)
{
	char *copy = strdup(list), *rest = copy, *name;
	size_t used = strlen(options.kernel_skip);
	bool ok = copy;

	while (ok && (name = strsep(&rest, ","))) {
		if (is_own_check(name))
			continue;

		ok = seamldr_is_skippable(name) &&
		     used + strlen(name) + 2 < sizeof(options.kernel_skip);
		if (ok)
			used += sprintf(options.kernel_skip + used, "%s%s", used ? "," : "", name);
		else
			usage_error("There is no check \"%s\" that can be skipped", name);
	}
	free(copy);
	options.skip = list;

	return ok && !seamldr_parse_skip(options.kernel_skip, &options.skip_mask);
}

static bool take_option(int id, const char *value)
{
	switch (id) {
	/* These were looked for before.  An abbreviation was not found. */
	case OPT_JSON:
		return has_word("--json") || usage_error("Do not abbreviate %s", "--json");
	case OPT_QUIET:
		return has_word("--quiet") || usage_error("Do not abbreviate %s", "--quiet");
	case OPT_HELP:
		return usage_error("Do not abbreviate %s", "--help");
	case OPT_SYSFS_ROOT:
		options.sysfs = value;
		return true;
	case OPT_FALLBACK:
		options.fallback = value;
		return true;
	case OPT_DRY_RUN:
		options.dry_run = true;
		return true;
	case OPT_IMAGES:
		options.images = value;
		return true;
	case OPT_MAPPING:
		options.mapping = value;
		return true;
	case OPT_RUNNING:
		options.running = value;
		return true;
	case OPT_SEAMLDR:
		options.seamldr = value;
		return true;
	case OPT_CPU:
		options.cpu = value;
		return true;
	case OPT_OUTPUT:
		options.output = value;
		return true;
	case OPT_HEADER:
		options.header = value;
		return true;
	case OPT_SIGSTRUCT:
		options.sigstruct = value;
		return true;
	case OPT_SKIP:
		if (options.skip)
			return usage_error("%s: give one list", "--skip");
		return add_skip(value);
	default:
		return false;
	}
}

static bool takes_option(const struct command *command, int id)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(option_table); i++) {
		if (option_table[i].option.val != id)
			continue;
		if (*option_table[i].commands &&
		    !strchr(option_table[i].commands, command->letter)) {
			char text[128];

			snprintf(text, sizeof(text), "%s takes no option --%s", command->name,
				 option_table[i].option.name);

			return usage_error("%s", text);
		}
	}

	return true;
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	}
	usage_error("There is no command \"%s\"", name);

	return NULL;
}

/* Options may stand anywhere.  The first other word is the command. */
static const struct command *parse(int argc, char **argv)
{
	struct option longs[ARRAY_SIZE(option_table) + 1] = {};
	const struct command *command;
	bool taken[1024] = {};
	int id, nr_args;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(option_table); i++)
		longs[i] = option_table[i].option;

	opterr = 0;
	while ((id = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (id == '?' || id == ':') {
			usage_error(id == ':' ? "%s wants a value" : "There is no option %s",
				    argv[optind - 1]);
			return NULL;
		}
		if (!take_option(id, optarg))
			return NULL;
		taken[id] = true;
	}

	if (optind == argc) {
		usage_error("%s is missing", "The command");
		return NULL;
	}
	command = find_command(argv[optind++]);
	for (i = 0; command && i < ARRAY_SIZE(taken); i++) {
		if (taken[i] && !takes_option(command, i))
			return NULL;
	}

	nr_args = argc - optind;
	if (command && (nr_args < command->min_args || nr_args > command->max_args)) {
		usage_error(*command->args ? "The arguments have to be: %s" :
					     "%sThere are no arguments", command->args);
		return NULL;
	}

	return command;
}

int main(int argc, char **argv)
{
	const struct command *command;

	/* Whoever reads the output may leave.  An update goes on. */
	signal(SIGPIPE, SIG_IGN);
	words.argc = argc;
	words.argv = argv;
	crypto_init();
	if (has_word("--help")) {
		usage(stdout);
		return fflush(stdout) ? EXIT_ERROR : EXIT_DONE;
	}

	report_init(has_word("--json"), has_word("--quiet"));
	command = parse(argc, argv);
	if (command) {
		report_command(command->name);
		command->run(argc - optind, argv + optind);
	}

	return report_finish();
}

/* Only root can.  In a copy of sysfs it is a matter of the files. */
bool can_upload(void)
{
	return strcmp(options.sysfs, "/sys") || !geteuid();
}

/**
 * open_image() - image_open() for a file that the user has named
 * @image: where to store it
 * @path: its name
 *
 * Return: true if it could be read.
 */
bool open_image(struct image *image, const char *path)
{
	int ret = image_open(image, path);

	if (!ret)
		return true;

	switch (ret) {
	case -ENOENT:
	case -ENOTDIR:
		report_error(EXIT_UNCHECKED, "no-file", NULL, "%s does not exist", path);
		break;
	case -EISDIR:
		report_error(EXIT_ERROR, "unreadable", NULL, "%s is a directory", path);
		break;
	case -ENODEV:
		report_error(EXIT_ERROR, "unreadable", NULL, "%s is not a regular file", path);
		break;
	case -ESTALE:
		report_error(EXIT_ERROR, "unreadable", "Try again.",
			     "%s was truncated while it was read", path);
		break;
	default:
		report_error(EXIT_ERROR, "unreadable", NULL, "%s cannot be read: %s", path,
			     strerror(-ret));
	}

	return false;
}

/**
 * report_refusal() - say why an image is refused, and the way out
 * @verdict: what image_check() has found
 */
void report_refusal(const struct seamldr_verdict *verdict)
{
	report_error(EXIT_REFUSED, verdict->refusal.check, check_hint(verdict->refusal.check),
		     "Image refused (%s): %s", verdict->refusal.check,
		     verdict->refusal.sentence);
}
