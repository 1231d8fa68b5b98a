/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KVM's interface to TDs (Documentation/virt/kvm/x86/intel-tdx.rst, Linux 6.16),
 * for C libraries whose kernel headers are older.
 */
#ifndef EMULATOR_GUEST_KVM_TDX_H
#define EMULATOR_GUEST_KVM_TDX_H

#include <linux/kvm.h>

#ifndef KVM_X86_TDX_VM

#define KVM_X86_TDX_VM	5

enum kvm_tdx_cmd_id {
	KVM_TDX_CAPABILITIES,
	KVM_TDX_INIT_VM,
	KVM_TDX_INIT_VCPU,
	KVM_TDX_INIT_MEM_REGION,
	KVM_TDX_FINALIZE_VM,
	KVM_TDX_GET_CPUID,
};

struct kvm_tdx_cmd {
	__u32 id;
	__u32 flags;
	__u64 data;
	__u64 hw_error;
};

struct kvm_tdx_capabilities {
	__u64 supported_attrs;
	__u64 supported_xfam;
	__u64 tdvmcallinfo[4];
	__u64 reserved[250];
	struct kvm_cpuid2 cpuid;
};

struct kvm_tdx_init_vm {
	__u64 attributes;
	__u64 xfam;
	__u64 mrconfigid[6];
	__u64 mrowner[6];
	__u64 mrownerconfig[6];
	__u64 reserved[12];
	struct kvm_cpuid2 cpuid;
};

#define KVM_TDX_MEASURE_MEMORY_REGION	(1U << 0)

struct kvm_tdx_init_mem_region {
	__u64 source_addr;
	__u64 gpa;
	__u64 nr_pages;
};

#endif /* KVM_X86_TDX_VM */

/* Linux 6.11 */
#ifndef KVM_PRE_FAULT_MEMORY

#define KVM_PRE_FAULT_MEMORY	_IOWR(KVMIO, 0xd5, struct kvm_pre_fault_memory)

struct kvm_pre_fault_memory {
	__u64 gpa;
	__u64 size;
	__u64 flags;
	__u64 padding[5];
};

#endif /* KVM_PRE_FAULT_MEMORY */

#endif
