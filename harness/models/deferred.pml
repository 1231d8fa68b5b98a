/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happens to TDs around an update of the TDX module: what KVM defers while
 * the module is stopped, orphans and their worker, the gate for TD builds, CPU
 * hotplug.  Names are those of arch/x86/virt/vmx/tdx/ and arch/x86/kvm/vmx/tdx.c.
 *
 * The stopped section is one step here, whose outcomes are those of update.pml.
 * There is one VM with one private page, and one TD that is being built.  In the
 * end an upload succeeds, unless the module is lost, and everything comes to rest:
 * what was deferred has to be done then.
 *
 * What goes on beside that, so that the runs are short: KILL of the VM, REMOVALS of
 * its page, an NMI, BUILDS of a TD, HOTPLUG.
 *
 * Bugs that must be found:
 *   BUG_FLUSH	a flush that cannot be made is not remembered
 *   BUG_PREEMPT	an update can begin between the look at the state and the call
 *   BUG_REQUEUE	the resume may come too early to find an orphan
 *   BUG_OWED	a CPU goes offline although the flush of an orphan is owed
 *   BUG_GATE	an update does not wait for TD builds
 *   BUG_REMOVAL	a TD is entered before deferred removals are finished
 *   BUG_WAKE	vCPUs are woken up before the state is set
 *   BUG_LEAK	an orphan is reported before it is in the list
 * What the proof rests on, and must not hold without:
 *   NO_SCHED_IN	stop_machine() takes each vCPU thread off its CPU, which
 *		loads the vCPU again
 */
#ifndef VCPUS
#define VCPUS 1
#endif
#define NCPU 2
#define NONE 255

/* enum tdx_host_state */
#define TDX_HOST_READY		0
#define TDX_HOST_STOPPED	1
#define TDX_HOST_LOST		2

/* enum tdx_page_state, and that there is no page */
#define TDX_PAGE_MAPPED		0
#define TDX_PAGE_BLOCKED	1
#define TDX_PAGE_REMOVED	3
#define TDX_PAGE_FREE		4

byte tdx_host_state = TDX_HOST_READY;
/* Threads that have preemption disabled: stop_machine() waits for them. */
byte preempt_off;
bool online[NCPU] = true;
byte hotplug_readers;		/* cpus_read_lock() */
bool hotplug_writer;
/* The last upload has ended. */
bool final;

/* The gate for TD builds */
byte builds_nr;
byte nr_blockers;

/* KVM */
byte assoc_cpu[VCPUS] = NONE;
byte cpu_of[VCPUS] = 0;
/* The thread was taken off its CPU, and loads the vCPU when it comes back. */
bool sched_in[VCPUS] = true;
bool wake[VCPUS];
bool gone[VCPUS];
bool fail_entry[VCPUS];
bool nmi_deferred[VCPUS];
#ifdef NMI
bool nmi_wanted[VCPUS] = true;
#else
bool nmi_wanted[VCPUS];
#endif
bool mmu_lock;
bool mapped = true;		/* in KVM's page table */
bool killed;
bool vm_dead;
bool destroyed;

/* struct tdx_orphan, which has the deferred removal of a living VM, too */
byte removal = TDX_PAGE_FREE;
bool spilled;
byte vps[VCPUS] = NONE;		/* the CPU of a flush that is owed */
byte next_step;
bool reported;
bool tdx_orphans;		/* the orphan is in the list */
bool freed;
bool keyid = true;
byte tdx_flushes_owed[NCPU];
bool worker_queued;
bool unreached;			/* an IPI to a CPU that is offline */

/* The TDX module: where a vCPU is associated, and the private page */
byte fw_assoc[VCPUS] = NONE;
byte fw_page = TDX_PAGE_MAPPED;

/*
 * td_sc_retry(): look at the state, then make the call, with preemption disabled.
 * @ready says if it was made.  A call outside of "ready" is what must never be.
 */
#ifdef BUG_PREEMPT
#define preempt_disable		skip
#define preempt_enable		skip
#else
#define preempt_disable		preempt_off++
#define preempt_enable		preempt_off--
#endif

#define td_seamcall(ready, call)					\
	atomic { preempt_disable; ready = (tdx_host_state == TDX_HOST_READY) };	\
	atomic {							\
		if							\
		:: ready -> assert(tdx_host_state == TDX_HOST_READY); call	\
		:: else							\
		fi;							\
		preempt_enable						\
	}

/* The same where preemption is disabled all the time: one step */
#define is_ready	(tdx_host_state == TDX_HOST_READY)

/* tdx_flush_vp(), an IPI to the CPU that the vCPU is associated with */
inline tdx_flush_vp(v)
{
	if
	:: is_ready ->
		assert(online[assoc_cpu[v]]);
		fw_assoc[v] = NONE;
		assoc_cpu[v] = NONE
	:: tdx_host_state == TDX_HOST_STOPPED ->
#ifdef BUG_FLUSH
		assoc_cpu[v] = NONE
#else
		skip
#endif
	:: tdx_host_state == TDX_HOST_LOST -> assoc_cpu[v] = NONE
	fi
}

/* tdx_vcpu_load(), with preemption disabled, on any CPU */
inline tdx_vcpu_load(v)
{
	sched_in[v] = false;
	if
	:: online[0] -> cpu_of[v] = 0
	:: online[1] -> cpu_of[v] = 1
	fi;
	if
	:: assoc_cpu[v] != cpu_of[v] && assoc_cpu[v] != NONE -> tdx_flush_vp(v)
	:: else
	fi;
	if
	:: assoc_cpu[v] == NONE -> assoc_cpu[v] = cpu_of[v]
	:: else
	fi
}

#define has_removals	(removal != TDX_PAGE_FREE || spilled)

/* tdx_remove_page(): any SEAMCALL may find the module stopped. */
inline tdx_remove_page(page, ok)
{
	ok = true;
	if
	:: page == TDX_PAGE_MAPPED ->
		td_seamcall(ok, fw_page = TDX_PAGE_BLOCKED; page = TDX_PAGE_BLOCKED)
	:: else
	fi;
	if
	:: ok && page == TDX_PAGE_BLOCKED ->
		td_seamcall(ok, fw_page = TDX_PAGE_FREE; page = TDX_PAGE_REMOVED)
	:: else
	fi;
	if
	:: ok -> td_seamcall(ok, page = TDX_PAGE_FREE)
	:: else
	fi
}

/* tdx_finish_removals() */
inline tdx_finish_removals(ok)
{
	if
	:: has_removals ->
		atomic { !mmu_lock -> mmu_lock = true };
		if
		:: removal != TDX_PAGE_FREE -> tdx_remove_page(removal, ok)
		:: else
		fi;
		mmu_lock = false
	:: else
	fi
}

/* tdx_sept_remove_private_spte().  There may be no memory to note the page. */
inline zap(page, ok)
{
	atomic { !mmu_lock -> mmu_lock = true };
	if
	:: mapped ->
		mapped = false;
		page = TDX_PAGE_MAPPED;
		tdx_remove_page(page, ok);
		atomic {
			/* If the module is lost, the page is only counted. */
			if
			:: !ok && tdx_host_state != TDX_HOST_LOST -> removal = page
			:: !ok && tdx_host_state != TDX_HOST_LOST -> spilled = true; vm_dead = true
			:: else
			fi;
			page = 0
		}
	:: else
	fi;
	mmu_lock = false
}

#define wait_is_over	(tdx_host_state != TDX_HOST_STOPPED || vm_dead)

proctype vcpu(byte v)
{
	bool ok;

	do
	:: atomic { sched_in[v] -> tdx_vcpu_load(v) }
	/* The scheduler moves the thread. */
	:: atomic { !sched_in[v] && !final -> sched_in[v] = true }
	:: killed || vm_dead -> break
	:: atomic { !sched_in[v] && !killed && !vm_dead ->
		/* With preemption disabled: NMI, then tdx_vcpu_run() */
		if
		:: nmi_wanted[v] ->
			if
			:: is_ready -> nmi_wanted[v] = false
			:: else -> nmi_wanted[v] = false; nmi_deferred[v] = true
			fi
		:: else
		fi;
		if
#ifdef BUG_REMOVAL
		:: nmi_deferred[v] || !is_ready -> ok = false
#else
		:: nmi_deferred[v] || has_removals || !is_ready -> ok = false
#endif
		:: else ->
			/* TDH.VP.ENTER */
			assert(fw_assoc[v] == NONE || fw_assoc[v] == cpu_of[v]);
			assert(removal == TDX_PAGE_FREE);
			fw_assoc[v] = cpu_of[v];
			ok = true
		fi }
		if
		:: ok ->
			/* A fault: tdx_sept_set_private_spte() */
			if
			:: !mapped ->
				atomic { !mmu_lock -> mmu_lock = true };
				if
				:: !mapped && !has_removals ->
					td_seamcall(ok,
						    assert(fw_page == TDX_PAGE_FREE);
						    fw_page = TDX_PAGE_MAPPED;
						    mapped = true)
				:: else
				fi;
				mmu_lock = false
			:: else
			fi;
			/* The guest has run to its end, if nothing is going to come. */
			if
			:: final && mapped && !has_removals && !nmi_wanted[v] && !nmi_deferred[v] -> break
			:: else
			fi
		:: else ->
			/* tdx_handle_not_ready(): sleep, SRCU dropped */
			do
			:: atomic { wait_is_over -> wake[v] = false; break }
			:: atomic { !wait_is_over && wake[v] -> wake[v] = false }
			:: atomic { killed -> break }
			/* The thread sleeps, and is loaded when it comes back. */
			:: atomic { !wait_is_over && !wake[v] && !killed -> sched_in[v] = true };
				if
				:: wake[v]
				:: killed
				:: vm_dead
				fi
			od;
			tdx_finish_removals(ok);
			atomic {
				if
				:: is_ready ->
					if
					:: nmi_deferred[v] -> nmi_deferred[v] = false; nmi_wanted[v] = true
					:: else
					fi
				:: tdx_host_state == TDX_HOST_LOST -> fail_entry[v] = true
				:: else
				fi
			}
			if
			:: fail_entry[v] -> break
			:: else
			fi
		fi;
		ok = false
	od;
	gone[v] = true
}

/* Private memory goes away: a hole, a conversion. */
proctype zapper()
{
	byte page;
	bool ok;

	do
	:: !final && !destroyed && !killed -> zap(page, ok); ok = false
	:: final || destroyed || killed -> break
	od
}

inline queue_work()
{
	worker_queued = true
}

inline tdx_orphans_resume()
{
	if
	:: tdx_orphans && tdx_host_state != TDX_HOST_STOPPED -> queue_work()
	:: else
	fi
}

/* One orphan step that fails: where the loop ends */
inline step_done(ready)
{
	if
	:: ready -> next_step++
	:: else
	fi
}

/* Said of an orphan that is leaked only */
inline orphan_report()
{
	if
	:: tdx_host_state == TDX_HOST_LOST -> reported = true
	:: else
	fi
}

/* orphan_tear_down() */
inline orphan_tear_down(v, ok)
{
	ok = true;
	do
	:: ok && next_step == 0 ->		/* TDH.VP.FLUSH */
		atomic { !hotplug_writer -> hotplug_readers++ }
		v = 0;
		do
		:: v < VCPUS && ok && vps[v] != NONE ->
			/* An IPI, which does not reach a CPU that is offline */
			atomic {
				unreached = !online[vps[v]];
				ok = (is_ready && !unreached);
				if
				:: ok ->
					assert(fw_assoc[v] == NONE || fw_assoc[v] == vps[v]);
					fw_assoc[v] = NONE;
					tdx_flushes_owed[vps[v]]--;
					vps[v] = NONE
				:: else
				fi
			}
			v++
		:: v < VCPUS && ok && vps[v] == NONE -> v++
		:: v == VCPUS || !ok -> break
		od;
		atomic { v = 0; hotplug_readers--; step_done(ok) }
	:: ok && next_step == 1 ->		/* VPFLUSHDONE, CACHE.WB, KEY.FREEID */
		td_seamcall(ok, assert(fw_assoc[0] == NONE && fw_assoc[VCPUS - 1] == NONE); keyid = false);
		step_done(ok)
	:: ok && next_step == 2 ->		/* PAGE.RECLAIM */
		td_seamcall(ok, fw_page = TDX_PAGE_FREE; removal = TDX_PAGE_FREE; spilled = false);
		step_done(ok)
	:: !ok || next_step == 3 -> break
	od;
	if
	:: ok -> freed = true
	:: else ->
#ifdef BUG_LEAK
		atomic { orphan_report() };
#endif
		/* Under tdx_orphans_lock */
		atomic {
			tdx_orphans = true;
#ifndef BUG_LEAK
			orphan_report();
#endif
#ifndef BUG_REQUEUE
			if
			:: is_ready && !unreached -> queue_work()
			:: else
			fi;
#endif
			unreached = false
		}
	fi
}

proctype worker()
{
	byte v;
	bool ok;

end_worker:
	do
	:: atomic { worker_queued -> worker_queued = false };
		if
		:: atomic { tdx_orphans -> tdx_orphans = false };
			orphan_tear_down(v, ok);
			ok = false
		:: else
		fi
	od
}

/* The VMM is killed, or ends when its vCPUs do. */
proctype vmm()
{
	byte v, page;
	bool ok;

	if
#ifdef KILL
	:: killed = true
#endif
	:: final
	fi;
	(gone[0] && gone[VCPUS - 1]);
	if
	:: killed || vm_dead || fail_entry[0] || fail_entry[VCPUS - 1] ->
		zap(page, ok);
		/* tdx_vcpu_free(): what cannot be flushed is owed. */
		v = 0;
		do
		:: v < VCPUS ->
			atomic {
				if
				:: assoc_cpu[v] != NONE && !is_ready ->
					vps[v] = assoc_cpu[v];
					tdx_flushes_owed[assoc_cpu[v]]++;
					assoc_cpu[v] = NONE
				:: assoc_cpu[v] != NONE && is_ready -> tdx_flush_vp(v)
				:: else
				fi;
				v++
			}
		:: else -> break
		od;
		v = 0;
		/* tdx_orphan_release() */
		destroyed = true;
		atomic { tdx_orphans_resume() };
		orphan_tear_down(v, ok)
	:: else
	fi
}

/* KVM_TDX_INIT_VM and what follows */
proctype builder()
{
	bool ok;

	do
	:: final -> break
	:: !final ->
		/* tdx_build_begin() */
		atomic { !nr_blockers ->
			ok = is_ready;
			if
			:: ok -> builds_nr++
			:: else
			fi
		}
		if
		:: ok ->
			td_seamcall(ok, skip);
			/* Nothing has come in between. */
			assert(ok);
			/* tdx_build_end() */
			builds_nr--
		:: else
		fi;
		ok = false
	od
}

/* tdx_offline_cpu() */
#ifdef BUG_OWED
#define may_go(cpu)	(tdx_host_state != TDX_HOST_STOPPED)
#else
#define may_go(cpu)	(tdx_host_state == TDX_HOST_LOST ||			\
			 (is_ready && !tdx_flushes_owed[cpu]))
#endif

proctype hotplug()
{
	byte cpu, v;

	do
	:: final -> break
	:: atomic { !final && !hotplug_readers && !hotplug_writer -> hotplug_writer = true };
		atomic {
			select(cpu : 0 .. NCPU - 1);
			if
			:: !online[cpu] && tdx_host_state != TDX_HOST_STOPPED -> online[cpu] = true
			:: online[cpu] && online[1 - cpu] && may_go(cpu) ->
				/* tdx_disable_virtualization_cpu() */
				v = 0;
				do
				:: v < VCPUS ->
					if
					:: assoc_cpu[v] == cpu -> tdx_flush_vp(v)
					:: else
					fi;
					if
					:: cpu_of[v] == cpu -> sched_in[v] = true
					:: else
					fi;
					v++
				:: else -> break
				od;
				v = 0;
				online[cpu] = false
			:: else
			fi;
			cpu = 0;
			hotplug_writer = false
		}
	od
}

inline tdx_module_wake(v)
{
	atomic {
		v = 0;
		do
		:: v < VCPUS -> wake[v] = true; v++
		:: else -> break
		od;
		v = 0
	}
}

/* stop_machine(): every thread is taken off its CPU. */
inline stop_machine(v)
{
#ifndef NO_SCHED_IN
	v = 0;
	do
	:: v < VCPUS -> sched_in[v] = true; v++
	:: else -> break
	od;
	v = 0
#else
	skip
#endif
}

/*
 * Uploads that the checks let pass.  The last one succeeds, unless the module is
 * lost before.
 */
proctype uploads()
{
	byte v;
	bool last;

	do
	:: last || tdx_host_state == TDX_HOST_LOST -> break
	:: else ->
		if
		:: true
		:: last = true
		fi;

		/* tdx_builds_block() */
		nr_blockers++;
#ifndef BUG_GATE
		if
		:: !last && builds_nr -> goto refused
		:: builds_nr == 0
		fi;
#endif
		atomic { !hotplug_writer -> hotplug_readers++ };

		atomic { preempt_off == 0 ->
			assert(builds_nr == 0);
			stop_machine(v);
			if
			:: tdx_host_state = TDX_HOST_READY
			:: !last -> tdx_host_state = TDX_HOST_STOPPED
			fi
		};
#ifdef BUG_WAKE
		tdx_module_wake(v);
#endif
		/* conclude_failure(): what a failure leaves is known only now. */
		if
		:: tdx_host_state == TDX_HOST_STOPPED -> tdx_host_state = TDX_HOST_LOST
		:: true
		fi;
#ifndef BUG_WAKE
		tdx_module_wake(v);
#endif
		atomic { tdx_orphans_resume() };
		hotplug_readers--;
refused:
		nr_blockers--
	od;
	final = true
}

/* When everything has come to rest, nothing that was deferred is left. */
proctype rest()
{
	timeout ->
	assert(final && gone[0] && gone[VCPUS - 1]);
	assert(tdx_host_state != TDX_HOST_STOPPED);
	if
	:: tdx_host_state == TDX_HOST_READY ->
		assert(!tdx_orphans && destroyed == freed && keyid == !freed);
		assert(!tdx_flushes_owed[0] && !tdx_flushes_owed[1]);
		assert(!has_removals);
		assert(killed || vm_dead || (!nmi_wanted[0] && !nmi_deferred[0]));
		assert(!freed || fw_page == TDX_PAGE_FREE)
	:: tdx_host_state == TDX_HOST_LOST ->
		/* The log says of each orphan that it is leaked. */
		assert(!destroyed || freed || reported)
	fi
}

init {
	atomic {
		byte i;

		do
		:: i < VCPUS -> run vcpu(i); i++
		:: else -> break
		od;
		run uploads();
		run worker();
		run vmm();
#ifdef REMOVALS
		run zapper();
#endif
#ifdef BUILDS
		run builder();
#endif
#ifdef HOTPLUG
		run hotplug();
#endif
		run rest()
	}
}
