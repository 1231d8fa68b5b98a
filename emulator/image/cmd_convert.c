// SPDX-License-Identifier: GPL-2.0-or-later
/* tdx-image convert: only the header page differs (SEAM ABI 6.2). */
#include <getopt.h>
#include <stdlib.h>

#include "image/tool.h"

static const struct option options[] = {
	{ "header", required_argument, NULL, 'H' },
	{ }
};

int cmd_convert(int argc, char **argv)
{
	enum blob_version version = 0;
	const char *output = NULL;
	struct image_file file;
	struct image_file new;
	struct blob blob;
	int option;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		switch (option) {
		case 'o':
			output = optarg;
			break;
		case 'H':
			version = parse_header(optarg);
			break;
		default:
			return 2;
		}
	}
	if (optind != argc - 1 || !output || !version)
		usage_error("convert: name one image, a header with --header and a file with -o");

	file = file_read(argv[optind]);
	blob = file_parse(argv[optind], &file);
	blob.version = version;
	new.size = blob_size(&blob);
	new.data = malloc(new.size);
	if (!new.data)
		fail("not enough memory");
	blob_write(&blob, new.data);
	file_write(output, &new);
	free(new.data);
	free(file.data);

	return EXIT_SUCCESS;
}
