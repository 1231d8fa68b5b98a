/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine without an operating system that makes instructions that QEMU does not know
 * across the end of a page, each cut at every byte. For QEMU's -kernel: an ELF
 * file with a PVH entry. It tells its results to the first serial port, as TAP.
 */
#define CR0_PE_PG	0x80000001
#define CR4_PAE_VMXE	0x2020
#define MSR_VMX_BASIC	0x480
#define MSR_EFER	0xc0000080
#define EFER_LME	0x100
#define PTE_LARGE	0x83
#define COM1		0x3f8
#define RESET_PORT	0xcf9
#define RESET_HARD	0x0e
#define INVEPT_ALL	2
#define VMCS_HOST_RIP	0x6c16
#define SEAMLDR_INFO	0x8000000000000000
#define PHYS32_ENTRY	18

	.section .note.Xen, "a", @note
	.long	4, 4, PHYS32_ENTRY
	.asciz	"Xen"
	.long	start

	.text
	.code32
	.globl	start
start:
	cli
	movl	$directory, %eax
	orl	$3, %eax
	movl	%eax, tables
	movl	$PTE_LARGE, directory
	movl	$CR4_PAE_VMXE, %eax
	movl	%eax, %cr4
	movl	$tables, %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$CR0_PE_PG, %eax
	movl	%eax, %cr0
	lgdt	gdt_pointer
	ljmp	$8, $long_mode

	.code64
long_mode:
	movl	$16, %eax
	movl	%eax, %ss
	movl	$stack, %esp
	movl	$MSR_VMX_BASIC, %ecx
	rdmsr
	movl	%eax, vmxon_region
	movl	%eax, vmcs

/* @insn with its first @cut bytes at the end of a page; CF or ZF say that it failed */
.macro	across cut, name, insn:vararg
	jmp	1f
	.balign	4096
	.skip	4096 - \cut
1:	\insn
	jbe	failed
	.pushsection .rodata
2:	.asciz	"ok \name after \cut bytes\n"
	.popsection
	movl	$2b, %esi
	call	print
.endm

	.irp	cut, 1, 2, 3, 4, 5, 6, 7, 8
	across	\cut, VMXON, vmxon vmxon_pointer
	vmxoff
	.endr
	vmxon	vmxon_pointer
	jbe	failed
	.irp	cut, 1, 2, 3, 4, 5, 6, 7
	across	\cut, VMPTRLD, vmptrld vmcs_pointer
	.endr
	movl	$VMCS_HOST_RIP, %edx
	.irp	cut, 1, 2, 3, 4, 5, 6, 7
	across	\cut, VMREAD, vmread %rdx, value
	.endr
	.irp	cut, 1, 2
	across	\cut, VMWRITE, vmwrite %rsp, %rdx
	.endr
	movl	$INVEPT_ALL, %eax
	.irp	cut, 1, 2, 3, 4, 5, 6, 7, 8, 9
	across	\cut, INVEPT, invept descriptor, %rax
	.endr
	.irp	cut, 1, 2, 3
	movq	$SEAMLDR_INFO, %rax
	movl	$info, %ecx
	across	\cut, SEAMCALL, .byte 0x66, 0x0f, 0x01, 0xcf
	.endr
	movl	$end, %esi
	call	print
	jmp	reset

failed:	movl	$failure, %esi
	call	print
reset:	movl	$RESET_PORT, %edx
	movb	$RESET_HARD, %al
	outb	%al, %dx
	hlt
	jmp	reset

/* The text at RSI; RAX and RDX stay */
print:	pushq	%rax
	pushq	%rdx
	movl	$COM1, %edx
	jmp	2f
1:	outb	%al, %dx
2:	lodsb
	testb	%al, %al
	jnz	1b
	popq	%rdx
	popq	%rax
	ret

	.data
	.balign	8
gdt:	.quad	0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
	.word	. - gdt - 1
	.quad	gdt
vmxon_pointer:
	.quad	vmxon_region
vmcs_pointer:
	.quad	vmcs
descriptor:
	.quad	0, 0

	.section .rodata
end:	.asciz	"1..36\n"
failure:
	.asciz	"not ok an instruction failed\n"

	.bss
	.balign	4096
tables:	.skip	4096
directory:
	.skip	4096
vmxon_region:
	.skip	4096
vmcs:	.skip	4096
info:	.skip	4096
value:	.skip	8
	.skip	256
stack:
