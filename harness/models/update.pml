/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The update of the TDX module: rendezvous, session of P-SEAMLDR, what a failure
 * leaves, resume, CPU hotplug.  Names are those of arch/x86/virt/vmx/tdx/.
 *
 * An admin uploads images UPLOADS times while anything may fail and CPUs come and
 * go.  Then nothing fails any more and the admin does what the log says: the host
 * has to be ready, or to say that it is lost.
 *
 * Bugs that must be found:
 *   BUG_M6	the check of the CPUs passes if it cannot be made, the result of
 *		CPU_INSTALL is counted and not asked for, and no CPU comes online
 *		while the module is stopped
 *   BUG_EARLY	a CPU that sees a failure does not make its INSTALL call
 *   BUG_TWICE	which CPUs have called is forgotten after a failed update
 *   BUG_LEAVE	a CPU whose step has failed leaves the rendezvous
 *   BUG_ONLINE	the calls are compared with the CPUs that are online
 * What still has to hold:
 *   HANG	a CPU may be absent for ever, or not return from a SEAMCALL
 *   FAIL_OPEN	the check of the CPUs alone passes if it cannot be made
 * What does not hold:
 *   RD_FAILS	TDH.SYS.RD may not say that the handoff data is gone
 *   HANG_TOLD	a line in the log names the CPU that does not return
 */
#ifndef NCPU
#define NCPU 3
#endif
#ifndef UPLOADS
#define UPLOADS 1
#endif
#ifndef UPDATES
#define UPDATES 2
#endif

#include "firmware.pml"

/* enum tdx_host_state */
#define TDX_HOST_READY			0
#define TDX_HOST_STOPPED		1
#define TDX_HOST_LOST			2

/* enum module_update_state */
#define MODULE_UPDATE_START		0
#define MODULE_UPDATE_SHUTDOWN		1
#define MODULE_UPDATE_CPU_INSTALL	2
#define MODULE_UPDATE_CPU_INIT		3
#define MODULE_UPDATE_RUN_UPDATE	4
#define MODULE_UPDATE_DONE		5
#define MODULE_UPDATE_ABORT		6

#define SEAMLDR_INSTALL_ATTEMPTS	3

#define is_software_status(status)	(status == VMFAILINVALID || status == INCOMPLETE)

byte tdx_host_state = TDX_HOST_READY;
byte online = ALL;
byte hotplug_readers;		/* cpus_read_lock() */
byte install_called;
bool sysinit_done = true;
byte tdx_lp_initialized = ALL;

/* SEAMLDR.SEAMINFO may not be there. */
bool seaminfo_known;

/* What P-SEAMLDR said last to the update */
bool s_known, s_valid, s_seam_ready, s_replaced;

/* struct update */
byte state;
byte generation;
byte attempt;
byte thread_ack;
byte num_cpus;
byte primary;
byte image;
bool was_image;
byte first;
byte f_state;
byte f_status;
bool f_rdx;
bool handoff_lost;

/* CPUs in the stopped section, and those among them that wait for a step to end */
byte stopped;
byte waiting;
/* CPUs that have made their call, or need not, in this step of CPU_INSTALL */
byte made_call;
/* A CPU that does not return, where, and that somebody said so */
bool hung, hang_in_seamldr, hang_in_sysinit, hang_reported;
bool good;

#ifdef HANG
#define may_hang	(faults && !hung)
#else
#define may_hang	false
#endif

byte scratch;

/* Number of CPUs in a mask */
#if NCPU == 2
#define weight(mask)	(((mask) & 1) + (((mask) >> 1) & 1))
#elif NCPU == 3
#define weight(mask)	(((mask) & 1) + (((mask) >> 1) & 1) + (((mask) >> 2) & 1))
#else
#define weight(mask)	(((mask) & 1) + (((mask) >> 1) & 1) + (((mask) >> 2) & 1) + (((mask) >> 3) & 1))
#endif

inline ask_session()
{
	fw_info(s_known);
	s_valid = s_known && valid;
	s_seam_ready = s_known && seam_ready;
	s_replaced = s_known && !was_image && mrseam == image
}

inline update_record(status, rdx)
{
	if
	:: status && (!f_status || (rdx && !f_rdx)) ->
		f_state = state;
		f_status = status;
		f_rdx = rdx
	:: else
	fi
}

inline update_set_state(next)
{
	thread_ack = num_cpus;
	made_call = 0;
	just_installed = false;
	state = next;
	generation++
}

#ifdef BUG_ONLINE
#define nr_missing	(num_cpus - weight(install_called))
#else
#define nr_missing	(NCPU - weight(install_called))
#endif

#ifdef BUG_M6
#define session_over	(nr_missing == 0)
#else
#define session_over							\
	(s_known -> s_seam_ready :				\
	 (nr_missing == 0 ||						\
	  (nr_missing == 1 && f_status && !is_software_status(f_status) && f_status != EBADCALL)))
#endif

#define can_repeat							\
	(state == MODULE_UPDATE_CPU_INSTALL && f_status != INCOMPLETE &&	\
	 !(s_known && !s_valid) &&				\
	 (is_software_status(f_status) ||				\
	  (f_status == ENOENTROPY && !f_rdx && (!s_known || s_seam_ready))))

/* All CPUs have made their call, or failed to. */
inline update_end_install()
{
	/* Nobody has left it out: only then is the session where the CPUs think. */
	assert((made_call & online) == online);

	ask_session();
	if
	:: session_over -> install_called = 0
	:: !session_over && !f_status ->
		f_state = MODULE_UPDATE_CPU_INSTALL;
		f_status = INCOMPLETE
	:: else
	fi
}

inline update_ack()
{
	thread_ack--;
	if
	:: thread_ack -> skip
	:: else ->
		if
		:: state == MODULE_UPDATE_CPU_INSTALL -> update_end_install()
		:: else
		fi;

		/* seamldr_next_state() */
		if
		:: !f_status && state == MODULE_UPDATE_START -> scratch = first
		:: !f_status && state != MODULE_UPDATE_START -> scratch = state + 1
		:: f_status && attempt < SEAMLDR_INSTALL_ATTEMPTS && can_repeat -> scratch = state
		:: else -> scratch = MODULE_UPDATE_ABORT
		fi;

		if
		:: scratch == state ->
			attempt++;
			f_state = 0;
			f_status = 0;
			f_rdx = false
		:: else -> attempt = 1
		fi;

		/* tdx_module_forget_init() */
		if
		:: state == MODULE_UPDATE_CPU_INSTALL && scratch == MODULE_UPDATE_CPU_INIT ->
			sysinit_done = false;
			tdx_lp_initialized = 0
		:: else
		fi;

		update_set_state(scratch);
		scratch = 0
	fi
}

/* A CPU that is in a SEAMCALL for ever: an end that "end" makes valid */
#define HANG_HERE(where)						\
	:: may_hang -> hung = true; where = true; goto end_hung

/* update_cpu(): what each CPU runs.  It may begin late, compared with the others. */
proctype update_cpu(byte cpu)
{
	byte seen, status;
	bool rdx, nowhere;

end_idle:
	do
	:: atomic { (stopped & BIT(cpu)) ->
		seen = 0;
		if
		:: true
		HANG_HERE(nowhere)	/* It does not come. */
		fi }

		do
		:: atomic { generation != seen ->
			waiting = waiting & ~BIT(cpu);
			seen++;
			/* Nobody is ahead by more than one. */
			assert(generation == seen) }
			if
			:: state >= MODULE_UPDATE_DONE -> break
			:: else
			fi;

			atomic {
				status = SUCCESS;
				rdx = false;
				if
				:: state == MODULE_UPDATE_SHUTDOWN && cpu == primary ->
					if
					:: true
					HANG_HERE(nowhere)
					fi;
					fw_shutdown(status);
					if
					:: status == SUCCESS -> tdx_host_state = TDX_HOST_STOPPED
					:: else
					fi

				:: state == MODULE_UPDATE_CPU_INSTALL ->
#ifdef BUG_EARLY
					if
					:: f_status -> goto ack
					:: else
					fi;
#endif
					if
					:: install_called & BIT(cpu) ->
						made_call = made_call | BIT(cpu)
					:: else ->
						/* seamldr_lock */
						if
						:: hang_in_seamldr -> goto end_hung
						:: else
						fi;
						if
						:: true
						HANG_HERE(hang_in_seamldr)
						fi;
						fw_install(cpu, image, status, rdx);
						made_call = made_call | BIT(cpu);
						if
						:: status == SUCCESS -> install_called = install_called | BIT(cpu)
						:: else
						fi
					fi

				:: state == MODULE_UPDATE_CPU_INIT && !(tdx_lp_initialized & BIT(cpu)) ->
					/* sysinit_lock */
					if
					:: hang_in_sysinit -> goto end_hung
					:: else
					fi;
					if
					:: true
					HANG_HERE(nowhere)
					:: may_hang && !sysinit_done ->
						hung = true;
						hang_in_sysinit = true;
						goto end_hung
					fi;
					if
					:: !sysinit_done ->
						fw_sys_init(status);
						sysinit_done = (status == SUCCESS)
					:: else
					fi;
					if
					:: status == SUCCESS ->
						fw_lp_init(cpu, status);
						if
						:: status == SUCCESS ->
							tdx_lp_initialized = tdx_lp_initialized | BIT(cpu)
						:: else
						fi
					:: else
					fi

				:: state == MODULE_UPDATE_RUN_UPDATE && cpu == primary ->
					if
					:: true
					HANG_HERE(nowhere)
					fi;
					fw_update(status);
					if
					:: status == SUCCESS -> tdx_host_state = TDX_HOST_READY
					:: else
					fi

				:: else
				fi
			}
ack:
			atomic {
				update_record(status, rdx);
				update_ack();
				waiting = waiting | BIT(cpu)
			}
#ifdef BUG_LEAVE
			if
			:: status -> break
			:: else
			fi
#endif

		/* 10 s have passed, and this one has taken the state since. */
		:: timeout ->
			assert(hung);
			hang_reported = true;
			goto end_hung
		od;

		/* Nobody leaves before all have done the last step. */
		atomic {
			assert(state >= MODULE_UPDATE_DONE && thread_ack == num_cpus);
			status = SUCCESS;
			rdx = false;
			seen = 0;
			waiting = waiting & ~BIT(cpu);
			stopped = stopped & ~BIT(cpu)
		}
	od;

end_hung:
	false
}

/* seamldr_host_state(), from what ask_session() says after the update */
inline seamldr_host_state(result)
{
	scratch = ALL & ~install_called;	/* can_call */
	if
	:: f_state < MODULE_UPDATE_CPU_INSTALL -> result = TDX_HOST_READY
#ifdef BUG_M6
	:: f_state >= MODULE_UPDATE_CPU_INSTALL && f_rdx -> result = TDX_HOST_LOST
	:: f_state >= MODULE_UPDATE_CPU_INSTALL && !f_rdx -> result = TDX_HOST_STOPPED
#else
	:: f_state >= MODULE_UPDATE_CPU_INSTALL && s_known ->
		if
		:: !s_valid -> result = TDX_HOST_LOST
		:: s_valid && s_seam_ready ->
			result = (handoff_lost -> TDX_HOST_LOST : TDX_HOST_STOPPED)
		:: s_valid && !s_seam_ready ->
			result = ((f_rdx || s_replaced || !scratch) ->
				  TDX_HOST_LOST : TDX_HOST_STOPPED)
		fi
	:: f_state == MODULE_UPDATE_CPU_INSTALL && !s_known ->
		result = ((f_rdx || !scratch) -> TDX_HOST_LOST : TDX_HOST_STOPPED)
	:: f_state == MODULE_UPDATE_RUN_UPDATE && !s_known ->
		result = ((f_status == VMFAILINVALID || handoff_lost) ->
			  TDX_HOST_LOST : TDX_HOST_STOPPED)
	:: f_state == MODULE_UPDATE_CPU_INIT && !s_known -> result = TDX_HOST_STOPPED
#endif
	fi;
	scratch = 0
}

inline conclude_failure()
{
	if
	:: f_state >= MODULE_UPDATE_CPU_INSTALL -> ask_session()
	:: else -> s_known = false
	fi;
	handoff_lost = false;
	if
	:: f_state == MODULE_UPDATE_RUN_UPDATE && f_status == INVALID_HANDOFF ->
		fw_handoff_gone(handoff_lost)
	:: else
	fi;
	seamldr_host_state(tdx_host_state);
	handoff_lost = false;

	/* What is said is true, if P-SEAMLDR has told it. */
	assert(tdx_host_state != TDX_HOST_LOST || !s_known || !RECOVERABLE);
#ifndef BUG_M6
	assert(tdx_host_state != TDX_HOST_STOPPED || !s_known || RECOVERABLE)
#endif
}

#define is_installed	(tdx_host_state == TDX_HOST_STOPPED && seam_ready && mrseam == image)
#define enough_updates	(updates_left || is_installed)
#if defined(FAIL_OPEN) || defined(BUG_M6)
#define cpus_are_online	(!seaminfo_known || online == ALL)
#else
/* What SEAMINFO does not say, the kernel knows since boot. */
#define cpus_are_online	(online == ALL)
#endif

/* seamldr_check_module() and seamldr_install_module() */
inline upload()
{
	/* Hotplug may come between the checks and the update. */
	plan = TDX_HOST_LOST;
	atomic {
		if
		:: tdx_host_state != TDX_HOST_LOST && enough_updates && cpus_are_online ->
			plan = tdx_host_state
		:: else
		fi
	}
	if
	:: plan != TDX_HOST_LOST ->
		atomic {
			hotplug_readers++;
			/* recheck() */
			if
			:: enough_updates && cpus_are_online && tdx_host_state == plan ->
				if
				:: seam_ready ->
					install_called = 0
#ifdef BUG_TWICE
				:: !seam_ready ->
					install_called = 0
#endif
				:: else
				fi;
				attempt = 1;
				generation = 0;
				f_state = 0;
				f_status = 0;
				f_rdx = false;
				was_image = (mrseam == image);
				if
				:: plan == TDX_HOST_READY -> first = MODULE_UPDATE_SHUTDOWN
				:: plan != TDX_HOST_READY && updates_left -> first = MODULE_UPDATE_CPU_INSTALL
				:: else -> first = MODULE_UPDATE_CPU_INIT
				fi;
				num_cpus = weight(online);
				primary = (online & 1 -> 0 : (online & 2 -> 1 : (online & 4 -> 2 : 3)));
				update_set_state(MODULE_UPDATE_START);
				stopped = online
			:: else -> plan = TDX_HOST_LOST
			fi
		}
		if
		:: plan != TDX_HOST_LOST ->
end_update:
			atomic {
				!stopped ->
				if
				:: f_status -> conclude_failure()
				:: else
				fi;
				assert(tdx_host_state != TDX_HOST_READY ||
				       (CALLABLE && !session && module == SYS_READY && lp_initialized == ALL))
			}
		:: else
		fi;
		atomic {
			state = 0; generation = 0; attempt = 0; first = 0; num_cpus = 0; primary = 0;
			thread_ack = 0; was_image = false; f_state = 0; f_status = 0; f_rdx = false;
			s_known = false; s_valid = false; s_seam_ready = false; s_replaced = false;
			just_installed = false;
			hotplug_readers--
		}
	:: else
	fi
}

/* tdx_online_cpu(), and seamldr_needs_cpu() */
#ifdef BUG_M6
#define may_come(cpu)	(tdx_host_state != TDX_HOST_STOPPED)
#else
#define may_come(cpu)	(tdx_host_state != TDX_HOST_STOPPED ||		\
			 (install_called && !(install_called & BIT(cpu))))
#endif

/* tdx_cpu_enable() makes SEAMCALLs only on a CPU that no update has initialized. */
inline online_cpu(cpu)
{
	assert(tdx_host_state != TDX_HOST_READY || (tdx_lp_initialized & BIT(cpu)));
	online = online | BIT(cpu)
}

proctype hotplug()
{
	byte cpu;

end_hotplug:
	do
	:: atomic { !good && !hotplug_readers ->
		select(cpu : 0 .. NCPU - 1);
		if
		:: !(online & BIT(cpu)) && may_come(cpu) -> online_cpu(cpu)
		/* tdx_offline_cpu(); another CPU of the package stays. */
		:: (online & BIT(cpu)) && online != BIT(cpu) && tdx_host_state != TDX_HOST_STOPPED ->
			online = online & ~BIT(cpu)
		:: else
		fi;
		cpu = 0 }
	od
}

#ifdef HANG_TOLD
/* The log names the CPU, if there is one that could write it. */
proctype told()
{
end_told:
	timeout && hung && !hang_reported && !waiting ->
	assert(false)
}
#endif

proctype admin()
{
	byte n, cpu, plan;

	do
	:: n < UPLOADS ->
		if
		:: image = OLD_MODULE
		:: image = NEW_MODULE
		fi;
		upload();
		n++
	:: n == UPLOADS -> break
	od;

	atomic { good = true; faults = false; n = 0 };

	/* Once to learn what is wrong, once more when the CPUs are there */
	do
	:: n < 3 && tdx_host_state == TDX_HOST_STOPPED ->
		atomic {
			cpu = 0;
			do
			:: cpu < NCPU ->
				if
				:: !(online & BIT(cpu)) && may_come(cpu) -> online_cpu(cpu)
				:: else
				fi;
				cpu++
			:: else -> break
			od;
			cpu = 0;
			/* The log says if no other installation is possible. */
			if
			:: updates_left -> image = NEW_MODULE
			:: else -> image = mrseam
			fi
		}
		upload();
		n++
	:: else -> break
	od;

	assert(tdx_host_state != TDX_HOST_STOPPED)
}

init {
	atomic {
		byte i;

		if
		:: seaminfo_known = true
		:: seaminfo_known = false
		fi;
		i = 0;
		do
		:: i < NCPU -> run update_cpu(i); i++
		:: else -> break
		od;
		run hotplug();
#ifdef HANG_TOLD
		run told();
#endif
		run admin()
	}
}
