// SPDX-License-Identifier: GPL-2.0
/*
 * tdxctl - update the Intel TDX module under running TDs
 */

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>

#include "tdxctl.h"

struct options options = {
	.sysfs = "/sys",
};

/* One letter for each command, for the table of options */
static const struct command {
	const char *name;
	char letter;
	int min_args, max_args;
	const char *args;
	const char *what;
	void (*run)(int argc, char **argv);
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

static bool json, quiet, help;

/* An option has an argument, or sets a flag. */
static const struct {
	const char *name;
	/* Commands that take it, "" for all */
	const char *commands;
	const char *arg;
	const char *what;
	const char **value;
	bool *flag;
} option_table[] = {
	{ "json", "", NULL, "print one JSON object", .flag = &json },
	{ "quiet", "", NULL, "print errors and warnings only", .flag = &quiet },
	{ "help", "", NULL, "print this text", .flag = &help },
	{ "sysfs-root", "", "DIR", "where sysfs is (/sys)", &options.sysfs },
	{ "skip", "icarls", "CHECK,...", "let these checks not refuse the image", &options.skip },
	{ "fallback", "a", "IMAGE", "upload this at once if the update stops", &options.fallback },
	{ "dry-run", "ar", NULL, "check all, change nothing", .flag = &options.dry_run },
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
	size_t i;

	printf("Usage: tdxctl COMMAND [OPTION...]\n\nCommands:\n");
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-9s%-11s  %s\n", commands[i].name, commands[i].args, commands[i].what);
	printf("\nOptions:\n");
	for (i = 0; i < ARRAY_SIZE(option_table); i++) {
		arg = option_table[i].arg;
		printf("  --%s%s%-*s  %s\n", option_table[i].name, arg ? "=" : "",
		       19 - (int)strlen(option_table[i].name) - !!arg, arg ? arg : "",
		       option_table[i].what);
	}
	printf("\nExit status:\n");
	for (i = 0; i < ARRAY_SIZE(status_names); i++)
		printf("  %zu  %s\n", i, status_names[i].meaning);

	return fflush(stdout) ? EXIT_ERROR : EXIT_DONE;
}

#define usage_error(...)	report_error(EXIT_ERROR, "usage", "See tdxctl --help.", __VA_ARGS__)

/* Of --skip the kernel gets what it knows.  The others only tdxctl makes. */
static bool parse_skip(void)
{
	char *list = copy_string(options.skip ? options.skip : ""), *rest = list, *name;
	size_t used = 0;
	bool ok = true;

	while (ok && *list && (name = strsep(&rest, ","))) {
		if (!strcmp(name, "signature") || !strcmp(name, "signing-key") ||
		    !strcmp(name, "kernel-check"))
			continue;

		ok = seamldr_is_skippable(name) &&
		     used + strlen(name) + 2 < sizeof(options.kernel_skip);
		if (ok)
			used += sprintf(options.kernel_skip + used, "%s%s", used ? "," : "", name);
		else
			usage_error("There is no check \"%s\" that can be skipped", name);
	}
	free(list);

	return ok && !seamldr_parse_skip(options.kernel_skip, &options.skip_mask);
}

/*
 * Options may stand anywhere.  Before one that is wrong is reported, the first pass
 * finds out how.  Returns the indices of those that are there as bits.
 */
static bool parse_options(int argc, char **argv, bool first, u32 *there)
{
	struct option longs[ARRAY_SIZE(option_table) + 1] = {};
	char *words[argc + 1];
	int id, i;

	/* getopt_long() moves them, and a value that is missing would be found then. */
	memcpy(words, argv, sizeof(words));
	if (first)
		argv = words;

	for (i = 0; i < (int)ARRAY_SIZE(option_table); i++) {
		longs[i].name = option_table[i].name;
		longs[i].has_arg = !!option_table[i].arg;
		longs[i].val = 'A' + i;
	}

	*there = 0;
	opterr = 0;
	optind = 0;
	while ((id = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		i = id - 'A';
		if (id == '?' || id == ':') {
			if (first)
				continue;
			return usage_error(id == ':' ? "%s wants a value" : "There is no option %s",
					   argv[optind - 1]);
		}
		if (!first && option_table[i].arg && *there & BIT(i))
			return usage_error("--%s: give one list or name", option_table[i].name);
		if (option_table[i].flag)
			*option_table[i].flag = true;
		else
			*option_table[i].value = optarg;
		*there |= BIT(i);
	}

	return true;
}

static const struct command *find_command(int argc, char **argv, u32 there)
{
	const struct command *command = commands;
	int nr_args = argc - optind - 1;
	size_t i;

	if (nr_args < 0) {
		usage_error("The command is missing");
		return NULL;
	}
	while (command < commands + ARRAY_SIZE(commands) && strcmp(command->name, argv[optind]))
		command++;
	if (command == commands + ARRAY_SIZE(commands)) {
		usage_error("There is no command \"%s\"", argv[optind]);
		return NULL;
	}

	for (i = 0; i < ARRAY_SIZE(option_table); i++) {
		if (there & BIT(i) && *option_table[i].commands &&
		    !strchr(option_table[i].commands, command->letter)) {
			usage_error("%s takes no option --%s", command->name,
				    option_table[i].name);
			return NULL;
		}
	}
	if (nr_args < command->min_args || nr_args > command->max_args) {
		usage_error(*command->args ? "The arguments have to be: %s" :
					     "%sThere are no arguments", command->args);
		return NULL;
	}

	return command;
}

int main(int argc, char **argv)
{
	const struct command *command;
	u32 there;

	/* Whoever reads the output may leave.  An update goes on. */
	signal(SIGPIPE, SIG_IGN);
	crypto_init();
	parse_options(argc, argv, true, &there);
	if (help)
		return usage();

	report_init(json, quiet);
	if (parse_options(argc, argv, false, &there) && parse_skip()) {
		command = find_command(argc, argv, there);
		if (command) {
			report_add("command", json_object_new_string(command->name));
			command->run(argc - optind - 1, argv + optind + 1);
		}
	}

	return report_finish();
}
