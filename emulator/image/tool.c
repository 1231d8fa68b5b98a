// SPDX-License-Identifier: GPL-2.0-or-later
/* tdx-image: make, sign, convert, show and damage TDX module images. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "image/tool.h"
#include "seam/page.h"

#define EXIT_USAGE	2

static const char usage[] =
	"usage: tdx-image COMMAND ...\n"
	"\n"
	"build -o FILE [options]      make a test image, signed with the test key\n"
	"  --like RELEASE               everything as in this release, other options change\n"
	"                               it; without it as in 1.5.16, but for every CPU\n"
	"  --version MAJ.MIN.UPD        module version, nothing else (1.5.16)\n"
	"  --build-num N --internal N   the rest of the version (0)\n"
	"  --header 0x100|0x200         header of the file (0x200)\n"
	"  --svn MAJOR.MINOR            SEAMSVN (1.11)\n"
	"  --hv N --min-hv N            handoff versions that the module supports (0)\n"
	"  --no-downgrade[=0|1]         SHUTDOWN takes only the module's own version\n"
	"  --handoff-pages N            14; 25 for versions 2.x\n"
	"  --features0 N                TDX_FEATURES0\n"
	"  --attributes-fixed0 N        ATTRIBUTES that a TD may have\n"
	"  --config-flags-fixed0 N      CONFIG_FLAGS that a TD may have\n"
	"  --cpuid-configs N            only so many CPUID leaves are configurable\n"
	"  --tdcs-pages N --tdvps-pages N  pages of a TD and of a vCPU (6)\n"
	"  --max-vcpus N                of a TD; 0: the module does not say (576)\n"
	"  --cpus A,B,...|none          CPUID.1:EAX values of the CPU table\n"
	"  --pages N                    module pages (115)\n"
	"  --date YYYYMMDD              of the sigstruct (20250219)\n"
	"  --debug-signed               module_type bit 31\n"
	"  --crypto-generation N        MRTDs of another generation do not continue (0)\n"
	"  --disable-leaf               the module has TDH.SYS.DISABLE\n"
	"  --set FIELD=N                TDH.SYS.RD answers N; FIELD is a name or an id\n"
	"  --absent FIELD               TDH.SYS.RD does not know FIELD\n"
	"  --sigstruct-hv MIN-MAX       handoff range of the sigstruct, if it shall\n"
	"                               contradict the module's own\n"
	"  --key PEM                    another key than the test key\n"
	"  --no-sign                    leave modulus and signature zero\n"
	"\n"
	"sign FILE [-o FILE] [--key PEM] [--rehash]\n"
	"                             sign again; --rehash: compute SEAMHASH again first\n"
	"convert FILE -o FILE --header 0x100|0x200\n"
	"show [--json] FILE           what is in an image, and whether it verifies\n"
	"releases                     the releases that are known, and in what they differ;\n"
	"                             i: inferred, nobody has read or stated it\n"
	"damage KIND FILE -o FILE [--at N] [--resign] [--rehash] [--keep-checksum]\n"
	"                             break one thing; KIND is one of\n";

static void vfail(int status, const char *format, va_list args)
{
	fputs("tdx-image: ", stderr);
	vfprintf(stderr, format, args);
	fputs(".\n", stderr);
	exit(status);
}

void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfail(EXIT_FAILURE, format, args);
	abort();
}

void usage_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfail(EXIT_USAGE, format, args);
	abort();
}

uint64_t parse_number(const char *option, const char *text, uint64_t max)
{
	unsigned long long value;
	char *end;

	value = strtoull(text, &end, 0);
	if (!*text || *end || *text == '-' || value > max)
		usage_error("%s: \"%s\" is not a number from 0 to %llu", option, text,
			    (unsigned long long)max);

	return value;
}

enum blob_version parse_header(const char *text)
{
	if (!strcmp(text, "0x100"))
		return BLOB_V100;
	if (!strcmp(text, "0x200"))
		return BLOB_V200;

	usage_error("--header: \"%s\" is neither 0x100 nor 0x200", text);
}

static void print_usage(FILE *out)
{
	fputs(usage, out);
	damage_kinds(out);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} commands[] = {
		{ "build", cmd_build },
		{ "sign", cmd_sign },
		{ "convert", cmd_convert },
		{ "show", cmd_show },
		{ "releases", cmd_releases },
		{ "damage", cmd_damage },
	};

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		print_usage(stdout);
		return EXIT_SUCCESS;
	}

	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	}

	print_usage(stderr);

	return EXIT_USAGE;
}
