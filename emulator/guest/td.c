// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kvm_tdx.h"
#include "td.h"

#define PAGE_SIZE		4096UL
#define TD_FIRST_PAGES		4UL
/* What the TD touches needs a page table that the first pages do not have. */
#define TD_GPA			(0x1200000UL - TD_FIRST_PAGES * PAGE_SIZE)

/* An MSI to a vCPU: its APIC ID is its number */
#define MSI_ADDRESS		0xfee00000U
#define MSI_ADDRESS_DEST_SHIFT	12
#define MSI_DATA_NMI		(4U << 8)

/* TD attributes: no #VE for S-EPT violations, which KVM insists on */
#define TDX_ATTR_SEPT_VE_DISABLE	(1ULL << 28)
/* CPUID 80000008: physical and guest physical address width */
#define CPUID_ADDRESS_SIZES		0x80000008
#define CPUID_PHYSICAL_BITS		0xff
#define CPUID_GUEST_BITS_48		(48 << 16)
#define CPUID_FEATURES			1
#define CPUID_1_ECX_X2APIC		(1U << 21)
#define MAX_CPUID_ENTRIES		256
#define IRQCHIP_PINS			24

#define USEC_PER_MSEC			1000U

static bool fail(char error[static TD_ERROR_SIZE], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool fail(char error[static TD_ERROR_SIZE], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, TD_ERROR_SIZE, format, args);
	va_end(args);
	return false;
}

unsigned long td_part_pages(const struct td *td, enum td_part part)
{
	const unsigned long pages[] = { TD_FIRST_PAGES, TD_USED_PAGES, td->bulk_pages };

	return pages[part];
}

/* Where @part begins, in the guest_memfd and in the TD */
static unsigned long part_offset(const struct td *td, enum td_part part)
{
	unsigned long offset = 0;
	unsigned int i;

	for (i = 0; i < part; i++)
		offset += td_part_pages(td, i) * PAGE_SIZE;
	return offset;
}

static unsigned long td_size(const struct td *td)
{
	return part_offset(td, TD_NR_PARTS);
}

static bool tdx_command(int fd, enum kvm_tdx_cmd_id id, uint32_t flags, const void *data,
			const char *name, char error[static TD_ERROR_SIZE])
{
	struct kvm_tdx_cmd cmd = { .id = id, .flags = flags, .data = (uintptr_t)data };

	if (!ioctl(fd, KVM_MEMORY_ENCRYPT_OP, &cmd))
		return true;
	return fail(error, "%s failed: %s (TDX status %#llx)", name, strerror(errno),
		    (unsigned long long)cmd.hw_error);
}

/* What KVM can give to any guest; to be freed */
static struct kvm_cpuid2 *supported_cpuid(int kvm, char error[static TD_ERROR_SIZE])
{
	struct kvm_cpuid2 *cpuid;

	cpuid = calloc(1, sizeof(*cpuid) + MAX_CPUID_ENTRIES * sizeof(struct kvm_cpuid_entry2));
	cpuid->nent = MAX_CPUID_ENTRIES;
	if (!ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid))
		return cpuid;
	fail(error, "KVM_GET_SUPPORTED_CPUID failed: %s", strerror(errno));
	free(cpuid);
	return NULL;
}

static struct kvm_cpuid_entry2 *find_cpuid(struct kvm_cpuid2 *cpuid, uint32_t leaf,
					   uint32_t subleaf)
{
	unsigned int i;

	for (i = 0; i < cpuid->nent; i++) {
		struct kvm_cpuid_entry2 *entry = &cpuid->entries[i];

		if (entry->function == leaf &&
		    (!(entry->flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX) || entry->index == subleaf))
			return entry;
	}
	return NULL;
}

/* As any VMM that wants what it can get: all that KVM has and the module lets it configure. */
static void choose_cpuid(struct kvm_cpuid2 *wanted, const struct kvm_cpuid2 *configurable,
			 struct kvm_cpuid2 *supported)
{
	unsigned int i;

	for (i = 0; i < configurable->nent; i++) {
		const struct kvm_cpuid_entry2 *may = &configurable->entries[i];
		struct kvm_cpuid_entry2 *has = find_cpuid(supported, may->function, may->index);
		struct kvm_cpuid_entry2 *entry = &wanted->entries[wanted->nent];

		if (!has)
			continue;
		*entry = *has;
		entry->eax &= may->eax;
		entry->ebx &= may->ebx;
		entry->ecx &= may->ecx;
		entry->edx &= may->edx;
		if (entry->function == CPUID_ADDRESS_SIZES)
			entry->eax = (entry->eax & CPUID_PHYSICAL_BITS) | CPUID_GUEST_BITS_48;
		wanted->nent++;
	}
}

static int init_errno(const struct td *td)
{
	struct kvm_tdx_cmd cmd = { .id = KVM_TDX_INIT_VM, .data = (uintptr_t)td->init };

	return ioctl(td->vm, KVM_MEMORY_ENCRYPT_OP, &cmd) ? errno : 0;
}

static void *init_as_rival(void *arg)
{
	struct td *td = arg;

	td->loser_error = init_errno(td);
	return NULL;
}

static void join_rival(struct td *td)
{
	if (td->has_rival)
		pthread_join(td->rival, NULL);
	td->has_rival = false;
}

/* One of both has to come first; a rival that does not may call when the TD runs already. */
static bool init_with_rival(struct td *td, char error[static TD_ERROR_SIZE])
{
	int ret;

	td->has_rival = !pthread_create(&td->rival, NULL, init_as_rival, td);
	if (!td->has_rival)
		return fail(error, "no second thread can be started");
	usleep(td->rival_lead_ms * USEC_PER_MSEC);
	ret = init_errno(td);
	if (!ret)
		return true;
	join_rival(td);
	if (td->loser_error)
		return fail(error, "KVM_TDX_INIT_VM by two threads failed: %s, and %s",
			    strerror(ret), strerror(td->loser_error));
	td->loser_error = ret;
	return true;
}

bool td_end_rival(struct td *td, char error[static TD_ERROR_SIZE])
{
	join_rival(td);
	return !td->wants_rival || td->loser_error == EBUSY || td->loser_error == EINVAL ||
	       fail(error, "KVM_TDX_INIT_VM by two threads: the second one got \"%s\"",
		    strerror(td->loser_error));
}

static bool init_vm(struct td *td, int kvm, char error[static TD_ERROR_SIZE])
{
	const size_t entries = MAX_CPUID_ENTRIES * sizeof(struct kvm_cpuid_entry2);
	struct kvm_cpuid2 *supported = supported_cpuid(kvm, error);
	struct kvm_tdx_capabilities *caps = calloc(1, sizeof(*caps) + entries);
	struct kvm_tdx_init_vm *init = calloc(1, sizeof(*init) + entries);
	bool ok;

	td->init = init;
	caps->cpuid.nent = MAX_CPUID_ENTRIES;
	ok = supported && tdx_command(td->vm, KVM_TDX_CAPABILITIES, 0, caps,
				      "KVM_TDX_CAPABILITIES", error);
	if (ok) {
		init->attributes = caps->supported_attrs & TDX_ATTR_SEPT_VE_DISABLE;
		init->xfam = caps->supported_xfam;
		choose_cpuid(&init->cpuid, &caps->cpuid, supported);
		ok = td->wants_rival ? init_with_rival(td, error) :
		     tdx_command(td->vm, KVM_TDX_INIT_VM, 0, init, "KVM_TDX_INIT_VM", error);
	}
	free(caps);
	free(supported);
	return ok;
}

static bool set_cpuid(int kvm, int vcpu, char error[static TD_ERROR_SIZE])
{
	struct kvm_cpuid2 *cpuid = supported_cpuid(kvm, error);
	struct kvm_cpuid_entry2 *features;
	bool ok;

	if (!cpuid)
		return false;
	/* TDs have an x2APIC, and KVM wants to hear it from us. */
	features = find_cpuid(cpuid, CPUID_FEATURES, 0);
	if (features)
		features->ecx |= CPUID_1_ECX_X2APIC;
	ok = !ioctl(vcpu, KVM_SET_CPUID2, cpuid);
	free(cpuid);
	return ok || fail(error, "KVM_SET_CPUID2 failed: %s", strerror(errno));
}

static bool add_vcpu(struct td *td, int kvm, char error[static TD_ERROR_SIZE])
{
	unsigned int index = td->nr_vcpus;
	unsigned long gpa = TD_GPA + part_offset(td, TD_USED) +
			    index * TD_PAGES_PER_VCPU * PAGE_SIZE;
	int vcpu = ioctl(td->vm, KVM_CREATE_VCPU, index);

	if (vcpu < 0)
		return fail(error, "KVM_CREATE_VCPU of vCPU %u failed: %s (KVM allows a TD no more vCPUs than the host has CPUs)",
			    index, strerror(errno));
	td->vcpu[index] = vcpu;
	td->run[index] = mmap(NULL, td->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	td->nr_vcpus++;
	if (td->run[index] == MAP_FAILED)
		return fail(error, "mapping vCPU %u failed: %s", index, strerror(errno));
	/* The initial RCX tells the TD's program where it may touch memory. */
	return set_cpuid(kvm, vcpu, error) &&
	       tdx_command(vcpu, KVM_TDX_INIT_VCPU, 0, (void *)gpa, "KVM_TDX_INIT_VCPU", error);
}

int td_slot(struct td *td, enum td_part part, bool present)
{
	unsigned long offset = part_offset(td, part);
	struct kvm_userspace_memory_region2 region = {
		.slot = part,
		.flags = KVM_MEM_GUEST_MEMFD,
		.guest_phys_addr = TD_GPA + offset,
		.memory_size = present ? td_part_pages(td, part) * PAGE_SIZE : 0,
		.userspace_addr = (uintptr_t)td->shared + offset,
		.guest_memfd = td->memory,
		.guest_memfd_offset = offset,
	};

	return ioctl(td->vm, KVM_SET_USER_MEMORY_REGION2, &region) ? -errno : 0;
}

static bool add_memory(struct td *td, char error[static TD_ERROR_SIZE])
{
	struct kvm_create_guest_memfd memfd = { .size = td_size(td) };
	unsigned int i;
	int ret;

	td->memory = ioctl(td->vm, KVM_CREATE_GUEST_MEMFD, &memfd);
	if (td->memory < 0)
		return fail(error, "KVM_CREATE_GUEST_MEMFD failed: %s", strerror(errno));
	td->shared = mmap(NULL, td_size(td), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (td->shared == MAP_FAILED)
		return fail(error, "no memory for the TD: %s", strerror(errno));
	for (i = 0; i < TD_NR_PARTS; i++) {
		if (!td_part_pages(td, i))
			continue;
		ret = td_slot(td, i, true);
		if (ret)
			return fail(error, "KVM_SET_USER_MEMORY_REGION2 failed: %s",
				    strerror(-ret));
		ret = td_convert(td, i, 0, td_part_pages(td, i), true);
		if (ret)
			return fail(error, "KVM_SET_MEMORY_ATTRIBUTES failed: %s", strerror(-ret));
	}
	return true;
}

static bool add_first_pages(struct td *td, char error[static TD_ERROR_SIZE])
{
	struct kvm_tdx_init_mem_region region = { .gpa = TD_GPA, .nr_pages = TD_FIRST_PAGES };
	size_t size = TD_FIRST_PAGES * PAGE_SIZE;
	void *source = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	bool ok;

	if (source == MAP_FAILED)
		return fail(error, "no memory for the TD's first pages: %s", strerror(errno));
	memset(source, 0x90, size);
	region.source_addr = (uintptr_t)source;
	ok = tdx_command(td->vcpu[0], KVM_TDX_INIT_MEM_REGION, KVM_TDX_MEASURE_MEMORY_REGION,
			 &region, "KVM_TDX_INIT_MEM_REGION", error);
	munmap(source, size);
	return ok;
}

static bool create_vm(struct td *td, int kvm, char error[static TD_ERROR_SIZE])
{
	struct kvm_enable_cap split = { .cap = KVM_CAP_SPLIT_IRQCHIP, .args = { IRQCHIP_PINS } };

	td->run_size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	td->vm = ioctl(kvm, KVM_CREATE_VM, KVM_X86_TDX_VM);
	if (td->vm < 0)
		return fail(error, "KVM_CREATE_VM of a TD failed: %s (is kvm_intel loaded with tdx=1?)",
			    strerror(errno));
	if (ioctl(td->vm, KVM_ENABLE_CAP, &split))
		return fail(error, "KVM_CAP_SPLIT_IRQCHIP failed: %s", strerror(errno));
	return true;
}

static bool add_vcpus(struct td *td, int kvm, unsigned int nr_vcpus,
		      char error[static TD_ERROR_SIZE])
{
	while (td->nr_vcpus < nr_vcpus)
		if (!add_vcpu(td, kvm, error))
			return false;
	return true;
}

static bool build_step(struct td *td, int kvm, unsigned int nr_vcpus,
		       char error[static TD_ERROR_SIZE])
{
	switch (td->next) {
	case TD_STEP_VM:
		return create_vm(td, kvm, error);
	case TD_STEP_INIT:
		return init_vm(td, kvm, error);
	case TD_STEP_VCPUS:
		return add_vcpus(td, kvm, nr_vcpus, error);
	case TD_STEP_MEMORY:
		return add_memory(td, error);
	case TD_STEP_PAGES:
		return add_first_pages(td, error);
	}
	return false;
}

bool td_build(struct td *td, int kvm, unsigned int nr_vcpus, enum td_step last,
	      char error[static TD_ERROR_SIZE])
{
	for (; td->next <= last; td->next++)
		if (!build_step(td, kvm, nr_vcpus, error))
			return false;
	return true;
}

void td_init(struct td *td, unsigned long bulk_pages)
{
	memset(td, 0, sizeof(*td));
	td->vm = -1;
	td->memory = -1;
	td->shared = MAP_FAILED;
	td->bulk_pages = bulk_pages;
}

bool td_cpuid(struct td *td, uint32_t leaf, uint32_t subleaf,
	      uint32_t reg[static TD_NR_REGISTERS], char error[static TD_ERROR_SIZE])
{
	const struct kvm_cpuid_entry2 *entry;
	struct kvm_cpuid2 *cpuid;
	bool ok;

	cpuid = calloc(1, sizeof(*cpuid) + MAX_CPUID_ENTRIES * sizeof(struct kvm_cpuid_entry2));
	cpuid->nent = MAX_CPUID_ENTRIES;
	ok = tdx_command(td->vcpu[0], KVM_TDX_GET_CPUID, 0, cpuid, "KVM_TDX_GET_CPUID", error);
	entry = ok ? find_cpuid(cpuid, leaf, subleaf) : NULL;
	if (entry) {
		reg[0] = entry->eax;
		reg[1] = entry->ebx;
		reg[2] = entry->ecx;
		reg[3] = entry->edx;
	} else if (ok) {
		ok = fail(error, "the TD has no CPUID leaf %#x, sub-leaf %#x", leaf, subleaf);
	}
	free(cpuid);
	return ok;
}

bool td_finalize(struct td *td, char error[static TD_ERROR_SIZE])
{
	return tdx_command(td->vm, KVM_TDX_FINALIZE_VM, 0, NULL, "KVM_TDX_FINALIZE_VM", error);
}

static enum td_exit unexpected(const struct kvm_run *run, char error[static TD_ERROR_SIZE])
{
	if (run->exit_reason == KVM_EXIT_INTERNAL_ERROR)
		fail(error, "KVM_RUN ended with internal error %u, data %#llx %#llx",
		     run->internal.suberror, (unsigned long long)run->internal.data[0],
		     (unsigned long long)run->internal.data[1]);
	else if (run->exit_reason == KVM_EXIT_FAIL_ENTRY)
		fail(error, "KVM_RUN ended with a failed entry, reason %#llx",
		     (unsigned long long)run->fail_entry.hardware_entry_failure_reason);
	else
		fail(error, "KVM_RUN ended with exit reason %u", run->exit_reason);
	return TD_EXIT_ERROR;
}

enum td_exit td_enter(struct td *td, unsigned int vcpu, uint16_t *port, uint32_t *value,
		      char error[static TD_ERROR_SIZE])
{
	const struct kvm_run *run = td->run[vcpu];

	if (ioctl(td->vcpu[vcpu], KVM_RUN, 0)) {
		if (errno == EINTR || errno == EAGAIN)
			return TD_EXIT_SIGNAL;
		fail(error, "KVM_RUN failed: %s", strerror(errno));
		return TD_EXIT_ERROR;
	}
	if (run->exit_reason != KVM_EXIT_IO || run->io.direction != KVM_EXIT_IO_OUT ||
	    run->io.size > sizeof(*value))
		return unexpected(run, error);
	*port = run->io.port;
	*value = 0;
	memcpy(value, (const char *)run + run->io.data_offset, run->io.size);
	return TD_EXIT_OUT;
}

int td_hole(struct td *td, enum td_part part, unsigned long first, unsigned long nr)
{
	return fallocate(td->memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			 part_offset(td, part) + first * PAGE_SIZE, nr * PAGE_SIZE) ? -errno : 0;
}

int td_convert(struct td *td, enum td_part part, unsigned long first, unsigned long nr,
	       bool private)
{
	struct kvm_memory_attributes attributes = {
		.address = TD_GPA + part_offset(td, part) + first * PAGE_SIZE,
		.size = nr * PAGE_SIZE,
		.attributes = private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0,
	};

	return ioctl(td->vm, KVM_SET_MEMORY_ATTRIBUTES, &attributes) ? -errno : 0;
}

int td_prefault(struct td *td, unsigned int vcpu, enum td_part part, unsigned long first,
		unsigned long nr)
{
	struct kvm_pre_fault_memory range = {
		.gpa = TD_GPA + part_offset(td, part) + first * PAGE_SIZE,
		.size = nr * PAGE_SIZE,
	};

	/* It returns 0 as well when only a part was done. */
	while (range.size)
		if (ioctl(td->vcpu[vcpu], KVM_PRE_FAULT_MEMORY, &range))
			return -errno;
	return 0;
}

int td_queue_nmi(struct td *td, unsigned int vcpu)
{
	struct kvm_msi msi = {
		.address_lo = MSI_ADDRESS | vcpu << MSI_ADDRESS_DEST_SHIFT,
		.data = MSI_DATA_NMI,
	};

	return ioctl(td->vm, KVM_SIGNAL_MSI, &msi) > 0 ? 0 : errno ? -errno : -ENOENT;
}

int td_tdx_command(struct td *td, const char *name)
{
	static const struct {
		const char *name;
		enum kvm_tdx_cmd_id id;
		bool vcpu;
	} commands[] = {
		{ "capabilities", KVM_TDX_CAPABILITIES, false },
		{ "init-vm", KVM_TDX_INIT_VM, false },
		{ "init-vcpu", KVM_TDX_INIT_VCPU, true },
		{ "init-mem-region", KVM_TDX_INIT_MEM_REGION, true },
		{ "finalize-vm", KVM_TDX_FINALIZE_VM, false },
		{ "get-cpuid", KVM_TDX_GET_CPUID, true },
	};
	/* As an argument as good as any: large enough, and zero */
	static char data[sizeof(struct kvm_tdx_capabilities) +
			 MAX_CPUID_ENTRIES * sizeof(struct kvm_cpuid_entry2)];
	struct kvm_tdx_cmd cmd = { .data = (uintptr_t)data };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(commands[i].name, name))
			continue;
		cmd.id = commands[i].id;
		memset(data, 0, sizeof(data));
		if (cmd.id == KVM_TDX_CAPABILITIES)
			((struct kvm_tdx_capabilities *)data)->cpuid.nent = MAX_CPUID_ENTRIES;
		if (cmd.id == KVM_TDX_GET_CPUID)
			((struct kvm_cpuid2 *)data)->nent = MAX_CPUID_ENTRIES;
		if (commands[i].vcpu && !td->nr_vcpus)
			return -ENOENT;
		return ioctl(commands[i].vcpu ? td->vcpu[td->nr_vcpus - 1] : td->vm,
			     KVM_MEMORY_ENCRYPT_OP, &cmd) ? -errno : 0;
	}
	return -EOPNOTSUPP;
}

void td_release(struct td *td)
{
	unsigned int i;

	join_rival(td);
	for (i = 0; i < td->nr_vcpus; i++) {
		if (td->run[i] != MAP_FAILED)
			munmap(td->run[i], td->run_size);
		close(td->vcpu[i]);
	}
	if (td->memory >= 0)
		close(td->memory);
	if (td->vm >= 0)
		close(td->vm);
	if (td->shared != MAP_FAILED)
		munmap(td->shared, td_size(td));
	free(td->init);
	td_init(td, td->bulk_pages);
}
