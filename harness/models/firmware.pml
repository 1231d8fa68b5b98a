/* SPDX-License-Identifier: GPL-2.0 */
/*
 * P-SEAMLDR and the TDX module, as far as an update sees them.  What the numbers
 * in brackets say is in seam-abi.md.
 *
 * Each inline is one SEAMCALL of one CPU, and atomic: both firmwares serialize
 * the leaves of an update.  While "faults" is set, each may fail for a reason that
 * is not modelled.
 */

/* How a SEAMCALL ends.  The first two did not reach the firmware. */
#define SUCCESS			0
#define VMFAILINVALID		1
#define INCOMPLETE		2	/* SEAMLDR_INCOMPLETE, which the kernel makes up */
#define EBADCALL		3
#define ENOENTROPY		4
#define INVALID_HANDOFF		5
#define FAILED			6	/* any other status */

/* Modules, by the hash of their image: what ran at boot, and what is uploaded */
#define OLD_MODULE		1
#define NEW_MODULE		2

/* States of the module [4.1].  HALTED: it has failed a sanity check [4.5]. */
#define SYSINIT_PENDING		0
#define SYSINIT_DONE		1
#define SYS_READY		2
#define SYS_SHUTDOWN		3
#define HALTED			4

/* All CPUs of the platform, which have to call P-SEAMLDR [3.5] */
#define ALL			((1 << NCPU) - 1)
#define BIT(n)			(1 << (n))

bool faults = true;

/* P-SEAMLDR: the CPUs that have called it in the session that is open [3.4] */
byte session;
bool snapshot_ready;
byte updates_left = UPDATES;

/* SEAMEXTEND */
bool valid = true;
bool seam_ready = true;
byte mrseam = OLD_MODULE;

/* The module */
byte module = SYS_READY;
byte lp_initialized = ALL;
bool handoff_valid;

/* An installation has succeeded in this step of the rendezvous. */
bool just_installed;

/* Can a call bring the TDs back?  A session has to be completed first. */
#define RECOVERABLE							\
	(valid && handoff_valid && module != HALTED &&			\
	 (seam_ready || (session && session != ALL)))

inline end_session()
{
	session = 0
}

/* The call of the last CPU: rows 9 to 38 [3.4] */
inline install_last(image, status, rdx)
{
	if
	:: !snapshot_ready || !updates_left || !handoff_valid ->
		seam_ready = snapshot_ready;
		status = FAILED
	:: faults ->
		seam_ready = snapshot_ready;
		if
		:: status = FAILED
		:: status = ENOENTROPY
		fi
	:: faults ->	/* rows 33 to 36: nothing is left */
		valid = false;
		mrseam = 0;
		status = FAILED;
		rdx = 1
	:: faults ->	/* row 37: the image is there and cannot be called */
		mrseam = image;
		status = ENOENTROPY;
		rdx = 1
	:: snapshot_ready && updates_left && handoff_valid ->
		updates_left--;
		mrseam = image;
		seam_ready = true;
		module = SYSINIT_PENDING;
		lp_initialized = 0;
		just_installed = true
	fi;
	end_session()
}

inline fw_install(cpu, image, status, rdx)
{
	d_step { status = SUCCESS; rdx = 0 };
	if
	:: faults -> status = VMFAILINVALID
	:: faults -> status = EBADCALL
	:: true ->
		/* "Exactly once per LP and per session" [3.5] */
		assert(!just_installed);
		assert(!(session & BIT(cpu)));

		if
		:: !session -> snapshot_ready = seam_ready; seam_ready = false
		:: else
		fi;
		session = session | BIT(cpu);
		if
		:: session == ALL -> install_last(image, status, rdx)
		:: else
		fi
	fi
}

/* Is there an answer?  Not after a halt. */
inline fw_info(known)
{
	if
	:: module != HALTED -> known = true
	:: module == HALTED || faults -> known = false
	fi
}

#define CALLABLE	(seam_ready && module != HALTED)

inline fw_shutdown(status)
{
	if
	:: !CALLABLE -> status = VMFAILINVALID
	:: CALLABLE && (faults || module != SYS_READY) -> status = FAILED
	:: CALLABLE && module == SYS_READY ->
		module = SYS_SHUTDOWN;
		handoff_valid = true;
		status = SUCCESS
	fi
}

inline fw_sys_init(status)
{
	if
	:: !CALLABLE -> status = VMFAILINVALID
	:: CALLABLE && (faults || module != SYSINIT_PENDING) -> status = FAILED
	:: CALLABLE && module == SYSINIT_PENDING ->
		module = SYSINIT_DONE;
		status = SUCCESS
	fi
}

inline fw_lp_init(cpu, status)
{
	if
	:: !CALLABLE -> status = VMFAILINVALID
	:: CALLABLE && (faults || module != SYSINIT_DONE || (lp_initialized & BIT(cpu))) ->
		status = FAILED
	:: CALLABLE && module == SYSINIT_DONE && !(lp_initialized & BIT(cpu)) ->
		lp_initialized = lp_initialized | BIT(cpu);
		status = SUCCESS
	fi
}

inline fw_update(status)
{
	if
	:: !CALLABLE -> status = VMFAILINVALID
	:: CALLABLE && (faults || module != SYSINIT_DONE || lp_initialized != ALL) ->
		status = FAILED
	:: CALLABLE && (faults || !handoff_valid) ->
		/* Another image may read what this one cannot. */
		status = INVALID_HANDOFF
	:: CALLABLE && faults ->
		handoff_valid = false;
		status = INVALID_HANDOFF
	:: CALLABLE && faults ->
		module = HALTED;
		status = VMFAILINVALID
	:: CALLABLE && module == SYSINIT_DONE && lp_initialized == ALL && handoff_valid ->
		handoff_valid = false;
		module = SYS_READY;
		status = SUCCESS
	fi
}

/* TDH.SYS.RD of HANDOFF_DATA_VALID: does it say that there is none? */
inline fw_handoff_gone(gone)
{
	if
	:: gone = (CALLABLE && !handoff_valid)
#ifdef RD_FAILS
	:: faults -> gone = false
#endif
	fi
}
