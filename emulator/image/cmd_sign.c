// SPDX-License-Identifier: GPL-2.0-or-later
/* tdx-image sign */
#include <getopt.h>
#include <stdlib.h>

#include "image/tool.h"

static const struct option options[] = {
	{ "key", required_argument, NULL, 'k' },
	{ "rehash", no_argument, NULL, 'h' },
	{ }
};

int cmd_sign(int argc, char **argv)
{
	const char *output = NULL;
	const char *key = TEST_KEY;
	struct image_file file;
	bool rehash = false;
	struct blob blob;
	int option;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		switch (option) {
		case 'o':
			output = optarg;
			break;
		case 'k':
			key = optarg;
			break;
		case 'h':
			rehash = true;
			break;
		default:
			return 2;
		}
	}
	if (optind != argc - 1)
		usage_error("sign: name exactly one image");

	file = file_read(argv[optind]);
	blob = file_parse(argv[optind], &file);
	if (rehash && !image_hash(file_sigstruct(&file), &blob))
		fail("SHA-384 does not work here");
	file_sign(&file, key);
	blob_fix_checksum(file.data, file.size);
	file_write(output ? output : argv[optind], &file);
	free(file.data);

	return EXIT_SUCCESS;
}
