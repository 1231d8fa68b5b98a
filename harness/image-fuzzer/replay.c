// SPDX-License-Identifier: GPL-2.0
/*
 * Give the target the files of the command line, without a fuzzer: to see one
 * input again, and to count lines.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data;
	long size;

	if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) < 0) {
		fprintf(stderr, "%s: this file cannot be read.\n", path);
		exit(2);
	}
	rewind(file);
	data = malloc(size ?: 1);
	if (!data || fread(data, 1, size, file) != (size_t)size) {
		fprintf(stderr, "%s: this file cannot be read.\n", path);
		exit(2);
	}
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%d inputs\n", argc - 1);

	return 0;
}
