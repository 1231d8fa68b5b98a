/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands at run time, from the host through a UNIX socket and from the guest
 * through an MSR: arm and clear faults, hold an LP inside a TD, count what TDs own,
 * mark the trace.
 */
#ifndef EMULATOR_QEMU_CONTROL_H
#define EMULATOR_QEMU_CONTROL_H

#include "qemu/vcpu.h"

/**
 * MSR_TDX_HOST_CONTROL - the guest's door, in the range that Intel promises never
 *	to use. WRMSR appends eight characters, lowest byte first, a NUL ends the
 *	command; RDMSR tells how the last command of this vCPU went.
 */
#define MSR_TDX_HOST_CONTROL	0x400000f0

/**
 * MSR_TDX_HOST_REPLY - the answer to the last command of this vCPU: each RDMSR
 *	returns the next eight characters, lowest byte first, and zeroes at the end
 */
#define MSR_TDX_HOST_REPLY	0x400000f8

/** enum control_result - what RDMSR of MSR_TDX_HOST_CONTROL returns */
enum control_result { CONTROL_NONE, CONTROL_OK, CONTROL_REFUSED };

/**
 * control_execute() - execute one command
 * @command: text without newline
 * @reply: "ok", or that and what was asked for, or "error: " and a sentence
 */
enum control_result control_execute(const char *command, char reply[static VCPU_REPLY_SIZE]);

/** control_reply_read() - the value that the next RDMSR of MSR_TDX_HOST_REPLY has */
uint64_t control_reply_read(struct vcpu *vcpu);

/** control_msr_write() - the guest wrote @value to MSR_TDX_HOST_CONTROL */
void control_msr_write(struct vcpu *vcpu, uint64_t value);

/**
 * control_listen() - accept commands on a UNIX socket, a line each
 * @path: socket; one that nobody listens on any more is replaced
 * @error: receives one sentence on failure
 * @error_size: room for it
 */
bool control_listen(const char *path, char *error, size_t error_size);

/** control_close() - remove the socket */
void control_close(void);

#endif
