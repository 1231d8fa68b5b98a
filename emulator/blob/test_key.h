/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys whose signatures the virtual P-SEAMLDR accepts. */
#ifndef EMULATOR_BLOB_TEST_KEY_H
#define EMULATOR_BLOB_TEST_KEY_H

/*
 * SHA-384 of the modulus of test-key.pem, as stored in a sigstruct. The key is
 * public on purpose: it makes test images for the emulator and nothing else,
 * real hardware rejects what it signs.
 */
#define TEST_KEY_HASH							\
	"e0adc1c49ca74df1eee885ea654ff3f8a952d86f53a5df1d"		\
	"35d319a2458a08b88cf7d94db2673e0e777f5e0b3b681693"

/* The same of the key that signs Intel's releases */
#define INTEL_KEY_HASH							\
	"c8572f548869a0beca19376b81c2dffc2a23b5a5f71da0b8"		\
	"7579b43f408daa1a33bad9c149eb56c634f883737968a34c"

#endif
