// SPDX-License-Identifier: GPL-2.0-or-later
/* What QEMU calls: installation, birth of vCPUs, end. */
#include <stdio.h>
#include <unistd.h>

#include "qemu/compat.h"
#include "qemu/control.h"
#include "qemu/count.h"
#include "qemu/machine.h"
#include "qemu/plugin_api.h"
#include "qemu/section.h"
#include "qemu/translate.h"

PLUGIN_EXPORT int qemu_plugin_version = PLUGIN_API_VERSION;
PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc,
				      char **argv);

static void vcpu_init(unsigned int index, void *userdata)
{
	char error[MACHINE_ERROR_SIZE];

	if (!machine_vcpu_init(index, error))
		machine_fail("%s", error);
}

static void at_exit(void *userdata)
{
	int status;

	count_report();
	status = machine_exit();
	control_close();
	if (status) {
		fflush(NULL);
		/* QEMU has decided on its exit status already; this one is ours. */
		_exit(status);
	}
}

PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc,
				      char **argv)
{
	char error[MACHINE_ERROR_SIZE];

	if (!compat_check(info, error) || !options_parse(&machine.options, argc, argv, error) ||
	    !machine_init(info->system.smp_vcpus, error) ||
	    !section_init(error, sizeof(error)) ||
	    (machine.options.control &&
	     !control_listen(machine.options.control, error, sizeof(error)))) {
		machine_complain(error);
		return -1;
	}
	translate_init();
	count_init();
	qemu_plugin_register_vcpu_init_cb(id, vcpu_init, NULL);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate_block, NULL);
	qemu_plugin_register_vcpu_discon_cb(id, QEMU_PLUGIN_DISCON_INTERRUPT, translate_interrupt,
					    NULL);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
	return 0;
}
