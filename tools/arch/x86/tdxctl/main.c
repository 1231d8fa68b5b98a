// SPDX-License-Identifier: GPL-2.0
/*
 * tdxctl - update the Intel TDX module under running TDs
 */

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>

#include "tdxctl.h"

struct options options;

/* One letter for each command, for the table of options */
static const struct command {
	const char *name;
	char letter;
	int min_args, max_args;
	const char *args;
	const char *what;
	void (*run)(char **args);
} commands[] = {
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

static const struct {
	const char *name;
	/* Commands that take it, "" for all */
	const char *commands;
	/* NULL for a flag */
	const char *arg;
	const char *what;
	const char **value;
} option_table[] = {
	{ "json", "", NULL, "print one JSON object", &options.json },
	{ "quiet", "", NULL, "print errors and warnings only", &options.quiet },
	{ "help", "", NULL, "print this text", &options.help },
	{ "sysfs-root", "", "DIR", "where sysfs is (/sys)", &options.sysfs },
	{ "skip", "icarls", "CHECK,...", "let these checks not refuse the image", &options.skip },
	{ "fallback", "a", "IMAGE", "upload this at once if the update stops", &options.fallback },
	{ "dry-run", "ar", NULL, "check all, change nothing", &options.dry_run },
	{ "images", "s", "DIR", "say which image is the best of a directory", &options.images },
	{ "mapping", "ls", "FILE", "Intel's mapping file (DIR/mapping_file.json)",
	  &options.mapping },
	{ "running", "l", "VERSION", "instead of the module that runs here", &options.running },
	{ "seamldr", "l", "VERSION", "instead of the P-SEAMLDR that is here", &options.seamldr },
	{ "cpu", "l", "SIGNATURE", "CPUID.1:EAX, instead of the CPU that is here", &options.cpu },
	{ "output", "vp", "FILE", "file to write", &options.output },
	{ "header", "v", "0x100|0x200|raw", "format to write (0x200)", &options.header },
	{ "sigstruct", "v", "FILE", "sigstruct of a module in a file of its own",
	  &options.sigstruct },
};

static int usage(void)
{
	const char *arg;

	printf("Usage: tdxctl COMMAND [OPTION...]\n\nCommands:\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-9s%-11s  %s\n", commands[i].name, commands[i].args, commands[i].what);
	printf("\nOptions:\n");
	for (size_t i = 0; i < ARRAY_SIZE(option_table); i++) {
		arg = option_table[i].arg;
		printf("  --%s%s%-*s  %s\n", option_table[i].name, arg ? "=" : "",
		       19 - (int)strlen(option_table[i].name) - !!arg, arg ? arg : "",
		       option_table[i].what);
	}
	printf("\nExit status:\n");
	for (size_t i = 0; i < ARRAY_SIZE(status_names); i++)
		printf("  %zu  %s\n", i, status_names[i].meaning);

	return fflush(stdout) ? EXIT_ERROR : EXIT_DONE;
}

#define usage_error(...)	report_error(EXIT_ERROR, "usage", "See tdxctl --help.", __VA_ARGS__)

static bool parse_skip(void)
{
	char *list = options.skip ? copy_string(options.skip) : NULL, *rest = list, *name;
	bool ok = true;
	u32 mask, own;

	while (ok && (name = strsep(&rest, ","))) {
		own = own_check(name);
		ok = own || seamldr_is_skippable(name) || !*options.skip;
		if (!ok)
			usage_error("There is no check \"%s\" that can be skipped", name);
		else if (!own && !seamldr_parse_skip(name, &mask))
			options.skip_kernel |= mask;
		options.skip_own |= own;
	}
	free(list);

	return ok;
}

/* Options may stand anywhere.  How an error is reported depends on those behind it. */
static bool parse_options(int argc, char **argv)
{
	struct option longs[ARRAY_SIZE(option_table) + 1] = {};
	const char *wrong = NULL, *word = NULL;
	int id, i;

	for (i = 0; i < (int)ARRAY_SIZE(option_table); i++) {
		longs[i].name = option_table[i].name;
		longs[i].has_arg = !!option_table[i].arg;
	}

	opterr = 0;
	while ((id = getopt_long(argc, argv, ":", longs, &i)) != -1) {
		if (!id && !(option_table[i].arg && *option_table[i].value)) {
			*option_table[i].value = optarg ? optarg : "";
		} else if (!wrong) {
			wrong = id == '?' ? "There is no option %s" : id == ':' ?
				"%s wants a value" : "--%s: give one list or name";
			word = id ? argv[optind - 1] : option_table[i].name;
		}
	}
	if (!options.sysfs)
		options.sysfs = "/sys";

	return options.help || !wrong || usage_error(wrong, word);
}

static bool find_command(int argc, char **argv, const struct command **found)
{
	const struct command *command = commands;
	int nr_args = argc - optind - 1;

	if (nr_args < 0)
		return usage_error("The command is missing");
	while (command < commands + ARRAY_SIZE(commands) && strcmp(command->name, argv[optind]))
		command++;
	if (command == commands + ARRAY_SIZE(commands))
		return usage_error("There is no command \"%s\"", argv[optind]);

	for (size_t i = 0; i < ARRAY_SIZE(option_table); i++) {
		if (*option_table[i].value && *option_table[i].commands &&
		    !strchr(option_table[i].commands, command->letter))
			return usage_error("%s takes no option --%s", command->name,
					   option_table[i].name);
	}
	if (nr_args < command->min_args || nr_args > command->max_args)
		return usage_error(*command->args ? "The arguments have to be: %s" :
						    "%sThere are no arguments", command->args);
	*found = command;

	return true;
}

int main(int argc, char **argv)
{
	const struct command *command = NULL;
	bool ok;

	/* Whoever reads the output may leave.  An update goes on. */
	signal(SIGPIPE, SIG_IGN);
	crypto_init();
	report_init();
	ok = parse_options(argc, argv);
	if (options.help)
		return usage();

	if (ok && parse_skip() && find_command(argc, argv, &command)) {
		report_add("command", json_text("%s", command->name));
		command->run(argv + optind + 1);
	}

	return report_finish();
}
